"""What is written about a city and by it from the closed consensus on: reports, replies, plans."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from models import Assessment
from reviews.reports import ROLE_BLOCKS
from tests.personas import CODE, questionnaire_of
from tests.webapp.planting import hidden, post, save
from tests.webapp.secrets import (
    ANSWERED,
    CORRECTOR,
    DONE,
    PUBLISHED,
    REPLYING,
    REVIEWED,
    WORDS,
    World,
    at,
)
from webapp.clock import now
from webapp.demonstration import DEMO_PASSWORD
from webapp.extensions import db

RECOMMENDATION = 4
"""The first one in each report of the demonstration, by its number there."""


def plant_reports(world: World) -> None:
    """All secrets in reports, in the replies to them and in the plans after them."""
    _draft(world)
    _draft_a_reply(world)
    _reply_and_answer(world)
    _publish(world)
    _correct(world)
    _draft_a_correction(world)
    _plan(world)
    _plan_of_an_earlier_round(world)


def _draft(world: World) -> None:
    writer, here = "reviewer.svetlobryag", at(DONE)
    for secret in ("section in draft that was replaced", "section in draft"):
        _write_section(world, writer, DONE, "introduction", WORDS[secret])
    for key, secret in ("3" * 32, "finding that was taken out"), ("4" * 32, "finding in draft"):
        form = {"base": "0", "key": key, "kind": "strength", "statement": CODE}
        post(world, writer, "reports.add_finding", {**form, "text": WORDS[secret]}, **here)
    post(world, writer, "reports.withdraw_finding", {}, place=1, **here)


def _write_section(world: World, writer: str, city: str, section: str, text: str) -> None:
    here = {"section": section, **at(city)}
    save(world, writer, "reports.show_section", "reports.save_section", {"text": text}, **here)


def _write_finding(world: World, writer: str, city: str, text: str) -> None:
    here = {"place": 1, **at(city)}
    save(world, writer, "reports.show_finding", "reports.save_finding", {"text": text}, **here)


def _draft_a_reply(world: World) -> None:
    _reply(world, REPLYING, "reply in draft")


def _reply(world: World, city: str, secret: str) -> None:
    fields, here = {"text": WORDS[secret]}, {"place": 1, **at(city)}
    save(world, f"lead.{city}", "replies.show_finding", "replies.save_reply", fields, **here)


def _reply_and_answer(world: World) -> None:
    """From the first words of the team to its answer to what the city has replied."""
    leader, here = "reviewer.tahtisalmi", at(ANSWERED)
    for section in _sections(world):
        _write_section(world, leader, ANSWERED, section, WORDS["section with the city"])
    _write_finding(world, leader, ANSWERED, WORDS["finding with the city"])
    due = now() + timedelta(days=21)
    form = {"reply_due": [str(due.day), str(due.month), str(due.year)]}
    post(world, "coordinator", "publishing.send", form, **here)
    _reply(world, ANSWERED, "signed reply")
    signatory = f"signatory.{ANSWERED}"
    form = {"shown": _shown(world, signatory, "replies.show_sign", ANSWERED)}
    post(world, signatory, "replies.sign", {**form, "password": DEMO_PASSWORD}, **here)
    form = {
        "seen": "",
        "answer": "reword",
        "answer_text": WORDS["answer to a reply"],
        "reworded": WORDS["new wording of a finding"],
    }
    post(world, leader, "publishing.write_answer", form, place=1, **here)


def _sections(world: World) -> list[str]:
    with world.app.app_context():
        one = db.session.scalars(select(Assessment)).first()
        roles = [role.code for role in questionnaire_of(one).roles]
    return ["introduction", *(f"{role}-{block.value}" for role in roles for block in ROLE_BLOCKS)]


def _shown(world: World, local: str, endpoint: str, city: str) -> str:
    """The fingerprint of what a person has before them."""
    page = world.browser(local).get(endpoint, **at(city))
    return re.search('name="shown"[^>]* value="([0-9a-f]{64})"', page.text).group(1)


def _publish(world: World) -> None:
    form = {
        "shown": _shown(world, "coordinator", "publishing.show_publication", PUBLISHED),
        "password": DEMO_PASSWORD,
    }
    post(world, "coordinator", "publishing.publish", form, **at(PUBLISHED))


def _begin_correction(world: World, secret: str) -> None:
    form = {"reason": WORDS[secret]}
    post(world, "coordinator", "publishing.begin_correction", form, **at(PUBLISHED))


def _correct(world: World) -> None:
    """A second edition, with the words that everybody reads."""
    _begin_correction(world, "reason for a published correction")
    _write_section(world, CORRECTOR, PUBLISHED, "introduction", WORDS["published section"])
    _write_finding(world, CORRECTOR, PUBLISHED, WORDS["published finding"])
    for local in ("coordinator", "second.coordinator"):
        form = {"shown": _shown(world, local, "publishing.show_approval", PUBLISHED), "read": "y"}
        post(world, local, "publishing.approve", form, **at(PUBLISHED))
    _publish(world)


def _draft_a_correction(world: World) -> None:
    _begin_correction(world, "reason for a correction in draft")
    text = WORDS["section of a correction in draft"]
    _write_section(world, CORRECTOR, PUBLISHED, "introduction", text)


def _plan(world: World) -> None:
    here = {"place": RECOMMENDATION, **at(PUBLISHED)}
    _act(world, f"lead.{PUBLISHED}", here, "action in a plan", "owner of an action")
    form = {"status": "under-way", "text": WORDS["progress of an action"]}
    post(world, f"lead.{PUBLISHED}", "plans.report_progress", form, **here)
    form = {"status": "under-way", "text": WORDS["review of an action"]}
    post(world, CORRECTOR, "plans.review", form, **here)


def _plan_of_an_earlier_round(world: World) -> None:
    here = {"place": RECOMMENDATION, "round_slug": "2024", "city_slug": REVIEWED}
    lead = f"lead.{REVIEWED}"
    _act(world, lead, here, "action in an earlier plan", "owner of an earlier action")
    form = {"status": "under-way", "text": WORDS["progress of an earlier action"]}
    post(world, lead, "plans.report_progress", form, **here)


def _act(world: World, lead: str, here: dict[str, object], action: str, owner: str) -> None:
    page = world.browser(lead).get("plans.show_item", **here)
    form = {
        "base": str(hidden(page, "base")),
        "response": "accepted",
        "action": WORDS[action],
        "owner": WORDS[owner],
        "due": "2027-12-31",
    }
    post(world, lead, "plans.write_item", form, **here)
