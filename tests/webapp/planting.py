"""What the people of the secrets write, each through the page that they would write it on."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from werkzeug.test import TestResponse

from models import (
    Assessment,
    Assignment,
    City,
    ConsentChoice,
    Evidence,
    EvidenceKind,
    EvidenceVersion,
    Note,
    Release,
    Round,
    User,
)
from reviews import consents
from tests.personas import CODE, questionnaire_of, user
from tests.uploads import PDF
from tests.webapp.secrets import (
    ARGUING,
    AT_WORK,
    DECLINED,
    DONE,
    FINISHED,
    INSTEAD,
    JUDGED,
    LEADER,
    RECUSED,
    REPLACED,
    REVIEWED,
    REVOKED,
    SENT_BACK,
    WORDS,
    World,
    at,
)
from webapp.clock import now
from webapp.demonstration import DEMO_PASSWORD
from webapp.extensions import db
from webapp.figures import computing
from webapp.storage import store_file


def plant(world: World) -> None:
    """All secrets but those of reports."""
    _share_work(world)
    _sent_back(world)
    _under_review(world)
    _replace_what_is_signed(world)
    _in_consensus(world)
    _closed(world)
    _employed_before(world)
    _prepared(world)
    _calibrated(world)
    _frozen_again(world)


def post(world: World, local: str, endpoint: str, form: Mapping[str, object], **where: object):
    answer = world.browser(local).post(endpoint, dict(form), **where)
    assert answer.status_code == 303, answer.text


def _answer(world: World, city: str, code: str, **fields: str) -> None:
    here = {"code": code, **at(city)}
    save(
        world, f"lead.{city}", "assessments.show_answer", "assessments.save_answer", fields, **here
    )


def save(
    world: World, local: str, page: str, saving: str, fields: Mapping[str, str], **where: object
) -> None:
    """Change what is stored, as the script of its page does."""
    browser = world.browser(local)
    body = {"base": hidden(browser.get(page, **where), "base"), "fields": fields}
    answer = browser.patch(saving, body, **where)
    assert answer.status_code == 200, answer.text


def hidden(page: TestResponse, name: str) -> int:
    return int(re.search(f'name="{name}" value="([0-9]+)"', page.text).group(1))


def _share_work(world: World) -> None:
    """Notes between colleagues, one of them resolved, and somebody who is invited."""
    here, lead = {"code": CODE, **at(SENT_BACK)}, f"lead.{SENT_BACK}"
    for name in ("note in a draft", "note that was resolved"):
        post(world, lead, "notes.write_note", {"note": WORDS[name]}, **here)
    form = {"note": WORDS["note in a signed assessment"]}
    post(world, f"lead.{REVIEWED}", "notes.write_note", form, code=CODE, **at(REVIEWED))
    with world.app.app_context():
        there = select(Note.id).where(Note.text == WORDS["note that was resolved"])
        note = db.session.scalars(there).one()
    post(world, lead, "notes.settle", {"note": note, "resolved": "yes"}, **here)
    form = {"email": "ana@example.org", "name": WORDS["name of somebody invited"]}
    page = world.browser(lead).post("colleagues.invite", form, **at(SENT_BACK))
    assert page.status_code == 200, page.text


def _sent_back(world: World) -> None:
    here, lead = {"code": CODE, **at(SENT_BACK)}, f"lead.{SENT_BACK}"
    _answer(world, SENT_BACK, CODE, text=WORDS["draft answer that was replaced"])
    _answer(world, SENT_BACK, CODE, text=WORDS["draft answer"])
    file = io.BytesIO(PDF + WORDS["content of a file in a draft"].encode())
    form = {
        "title": WORDS["title of evidence in a draft"],
        "pointer": WORDS["pointer of evidence in a draft"],
        "claim": WORDS["claim of evidence in a draft"],
        "abstract": WORDS["abstract of evidence in a draft"],
        "file": (file, f"{WORDS['name of a file in a draft']}.pdf"),
    }
    here["statement"] = here.pop("code")
    post(world, lead, "evidence.add_evidence", form, **here)


def _sign(world: World, city: str) -> None:
    post(world, f"lead.{city}", "assessments.lock", {}, **at(city))
    page = world.browser(f"signatory.{city}").get("assessments.show_sign_off", **at(city))
    shown = re.search('name="shown"[^>]* value="([0-9a-f]{64})"', page.text).group(1)
    form = {"shown": shown, "password": DEMO_PASSWORD}
    post(world, f"signatory.{city}", "assessments.sign_off", form, **at(city))


def _under_review(world: World) -> None:
    here = at(REVIEWED)
    for code in ("EM2.3", "BU2.2"):
        _answer(world, REVIEWED, code, mark="2")
    _answer(world, REVIEWED, CODE, text=WORDS["answer in an earlier signed version"])
    _sign(world, REVIEWED)
    reason = {"reason": WORDS["reason for sending back"]}
    post(world, "coordinator", "rounds.send_back", reason, **here)
    _answer(world, REVIEWED, CODE, text=WORDS["signed answer"])
    _cite(world)
    _sign(world, REVIEWED)
    tasks = {
        home: _invite(world, home, lead=home == LEADER)
        for home in (AT_WORK, FINISHED, LEADER, DECLINED, RECUSED, REVOKED, REPLACED)
    }
    _leave(world, tasks)
    post(world, "coordinator", "rounds.open_review", {}, **here)
    for home in (AT_WORK, FINISHED, LEADER):
        form = {"declared": "yes"}
        post(world, f"reviewer.{home}", "reviewing.accept", form, assignment_id=tasks[home])
    _score(world, AT_WORK, tasks[AT_WORK], CODE, "at work")
    _look_into_evidence(world, AT_WORK, tasks[AT_WORK], CODE, "note on evidence at work")
    _plan_visit(world, f"reviewer.{AT_WORK}", REVIEWED)
    note = {"text": WORDS["note of a visit before the consensus"], "code": CODE, "session": ""}
    post(world, f"reviewer.{AT_WORK}", "visits.write_note", note, **here)
    _ask(world, AT_WORK, tasks[AT_WORK], "question to the city", "1" * 32)
    form = {"question": "1" * 32, "base": "0", "answer": WORDS["answer to a question"]}
    post(world, f"lead.{REVIEWED}", "questions.answer_question", form, **here)
    score_all(world, FINISHED, tasks[FINISHED], WORDS["justification that was submitted"])


def _plan_visit(world: World, local: str, city: str) -> None:
    day = ["7", "9", "2026"]
    days = {"base": "0", "first_day": day, "last_day": day, "meeting_point": "Town hall"}
    post(world, local, "visits.write_days", days, **at(city))
    session = {
        "title": "Housing",
        "day": day,
        "starts": "9:00",
        "minutes": "60",
        "people": WORDS["people met in a visit"],
    }
    post(world, local, "visits.add_session", session, **at(city))


def _ask(world: World, home: str, task: int, secret: str, key: str) -> None:
    form = {"question": WORDS[secret], "key": key}
    here = {"code": CODE, "assignment_id": task}
    post(world, f"reviewer.{home}", "questions.ask", form, **here)


def _cite(world: World) -> None:
    """What reviewers may see, with a version that comes too late, and what they never do."""
    here, lead = at(REVIEWED), f"lead.{REVIEWED}"
    shown = {
        "title": WORDS["title of signed evidence"],
        "claim": WORDS["claim of signed evidence"],
        "abstract": WORDS["abstract of signed evidence"],
        "file": _file("content of a signed file", "plan"),
    }
    post(world, lead, "evidence.add_evidence", shown, statement=CODE, **here)
    kept = {
        "title": WORDS["title of the city's own"],
        "abstract": WORDS["abstract of the city's own"],
        "claim": WORDS["claim of the city's own"],
        "pointer": WORDS["pointer of the city's own"],
        "confidentiality": "city",
        "file": _file(
            "content of a file of the city's own", WORDS["name of a file of the city's own"]
        ),
    }
    post(world, lead, "evidence.add_evidence", kept, statement=CODE, **here)


def _file(secret: str, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF + WORDS[secret].encode()), f"{name}.pdf"


def _replace_what_is_signed(world: World) -> None:
    """A version that was added in another round, where the city drafts already: by hand."""
    signed = select(Evidence).where(Evidence.title == WORDS["title of signed evidence"])
    with world.app.app_context():
        document = db.session.scalars(signed).one()
        file = store_file(*_file("content of a newer version", "newer"))
        document.versions.append(
            EvidenceVersion(
                number=2,
                kind=EvidenceKind.FILE,
                file_name=file.name,
                media_type=file.media_type,
                size=file.size,
                sha256=file.sha256,
                stored_as=file.stored_as,
                added_by=user(f"lead.{REVIEWED}"),
                added_at=now(),
            )
        )
        db.session.commit()


def _invite(world: World, home: str, *, lead: bool) -> int:
    with world.app.app_context():
        reviewer = user(f"reviewer.{home}").id
    form = {"reviewer": reviewer} | ({"lead": "y"} if lead else {})
    post(world, "coordinator", "rounds.invite_reviewer", form, **at(REVIEWED))
    return task_of(world, home, REVIEWED)


def task_of(world: World, home: str, city: str) -> int:
    with world.app.app_context():
        rows = (
            select(Assignment.id)
            .join(Assignment.reviewer)
            .join(Assignment.assessment)
            .join(Assessment.round)
            .join(Assessment.city)
            .where(Round.slug == "2026", City.slug == city)
            .where(User.email == f"reviewer.{home}@example.org")
        )
        return db.session.scalars(rows).one()


def _leave(world: World, tasks: Mapping[str, int]) -> None:
    own = {"assignment_id": tasks[DECLINED]}
    form = {"decline_reason": WORDS["reason for declining"]}
    post(world, f"reviewer.{DECLINED}", "reviewing.decline", form, **own)
    own = {"assignment_id": tasks[RECUSED]}
    form = {"conflict_reason": WORDS["conflict of interest"]}
    post(world, f"reviewer.{RECUSED}", "reviewing.recuse", form, **own)
    of_city = {"assignment_id": tasks[REVOKED], **at(REVIEWED)}
    form = {"reason": WORDS["reason for taking off"]}
    post(world, "coordinator", "rounds.revoke_reviewer", form, **of_city)
    with world.app.app_context():
        form = {"instead": user(f"reviewer.{INSTEAD}").id, "reason": WORDS["reason for replacing"]}
    of_city["assignment_id"] = tasks[REPLACED]
    post(world, "coordinator", "assigning.replace_reviewer", form, **of_city)


def _score(world: World, home: str, task: int, code: str, when: str) -> None:
    """A level from the desk and another one after the visit."""
    fields = {
        "mark": "1",
        "justification": WORDS[f"justification {when}"],
        "visit_mark": "2",
        "visit_justification": WORDS[f"justification after a visit {when}"],
    }
    here = {"code": code, "assignment_id": task}
    save(world, f"reviewer.{home}", "reviewing.show_score", "reviewing.save_score", fields, **here)


def _look_into_evidence(world: World, home: str, task: int, code: str, secret: str) -> None:
    local, here = f"reviewer.{home}", {"code": code, "assignment_id": task}
    page = world.browser(local).get("reviewing.show_score", **here)
    evidence = int(re.search(f'action="[^"]*/{code}/evidence/([0-9]+)', page.text).group(1))
    form = {"choice": "partly", "note": WORDS[secret]}
    post(world, local, "reviewing.write_verdict", form, evidence_id=evidence, **here)


def score_all(world: World, home: str, task: int, justification: str) -> None:
    browser = world.browser(f"reviewer.{home}")
    for code in _codes(world):
        here = {"code": code, "assignment_id": task}
        body = {"base": 0, "fields": {"mark": "1", "justification": justification}}
        assert browser.patch("reviewing.save_score", body, **here).status_code == 200
    post(world, f"reviewer.{home}", "reviewing.submit", {}, assignment_id=task)


def _codes(world: World) -> list[str]:
    with world.app.app_context():
        one = db.session.scalars(select(Assessment)).first()
        return [statement.code for statement in questionnaire_of(one).statements]


def _in_consensus(world: World) -> None:
    here, leader = at(ARGUING), "reviewer.clairvaumont"
    missing = {
        "clairvaumont": ("SP2.3", "EM3.2", "BU3.1"),
        "vilarmonde": ("PM3.4", "BU3.2"),
    }
    for home, codes in missing.items():
        task = task_of(world, home, ARGUING)
        if home == "clairvaumont":
            _ask(world, home, task, "question of a team in consensus", "2" * 32)
        for code in (CODE, *codes):
            _score(world, home, task, code, "in consensus")
        _look_into_evidence(world, home, task, JUDGED, "note on evidence in consensus")
        post(world, f"reviewer.{home}", "reviewing.submit", {}, assignment_id=task)
    post(world, leader, "consensus.open_consensus", {}, **here)
    _agree_on(world, leader, ARGUING, CODE, WORDS["reason for an agreed level"])
    page = world.browser("reviewer.vilarmonde").get("consensus.show_consensus", **here)
    form = {"shown": hidden(page, "shown"), "dissent": WORDS["dissent"]}
    post(world, "reviewer.vilarmonde", "consensus.agree", form, **here)
    form = {"shown": "1", "dissent": WORDS["dissent at a statement"]}
    post(world, "reviewer.vilarmonde", "consensus.dissent", form, code=CODE, **here)
    note = {"text": WORDS["note of a visit in consensus"], "code": CODE}
    post(world, "reviewer.vilarmonde", "visits.write_note", note, **here)


def _agree_on(world: World, local: str, city: str, code: str, reason: str) -> None:
    here, fields = {"code": code, **at(city)}, {"mark": "2", "reason": reason}
    page = "consensus.show_agreed_level"
    save(world, local, page, "consensus.save_agreed_level", fields, **here)


def _closed(world: World) -> None:
    leader = "reviewer.roccamirna"
    code: str | None = CODE
    while code is not None:
        _agree_on(world, leader, DONE, code, WORDS["reason in a closed consensus"])
        page = world.browser(leader).get("consensus.show_consensus", **at(DONE))
        still_open = re.search('id="open".*?/statements/([A-Z0-9.]+)"', page.text)
        code = still_open and still_open.group(1)
    post(world, leader, "consensus.close", {}, **at(DONE))


def _employed_before(world: World) -> None:
    form = {"city": "hal-qamrija", "reason": WORDS["work for a former employer"]}
    post(world, "reviewer.clairvaumont", "pool.state_employer", form)


def _prepared(world: World) -> None:
    browser = world.browser("other.coordinator")
    page = browser.get("rounds.show_new_round")
    form = {
        "title": WORDS["title of a round being prepared"],
        "slug": "2030",
        "instrument": re.search(r'<option value="([0-9]+)"', page.text).group(1),
        "answers_due": ["1", "2", "2030"],
        "reviews_due": ["1", "5", "2030"],
        "minimum_reviewers": "2",
    }
    post(world, "other.coordinator", "rounds.create_round", form)


def _calibrated(world: World) -> None:
    browser, here = world.browser("reviewer.clairvaumont"), {"code": CODE, "round_slug": "2026"}
    fields = {"mark": "1", "justification": WORDS["justification in the calibration case"]}
    answer = browser.patch("calibration.save_score", {"base": 0, "fields": fields}, **here)
    assert answer.status_code == 200


def _frozen_again(world: World) -> None:
    """New figures of the published round, which wait for their moment: a city is not named any
    more. By hand, for it takes the word of two coordinators."""
    with world.app.app_context():
        round_ = db.session.scalars(select(Round).where(Round.slug == "2024")).one()
        city = next(one for one in round_.assessments if one.city.slug == REVIEWED)
        signatory, by = user(f"signatory.{REVIEWED}"), user("coordinator")
        consents.sign(city, ConsentChoice.GROUP, by=signatory, now=now())
        reason = WORDS["reason for a snapshot"]
        snapshot = computing.freeze(db.session(), round_, reason=reason, by=by, now=now())
        snapshot.releases.append(
            Release(
                round=round_,
                number=2,
                public_from=now() + timedelta(days=1),
                released_by=by,
                released_at=now(),
                reason=WORDS["reason for a release that waits"],
            )
        )
        db.session.commit()
