"""Secrets: words that one group of people may read, searched for in all that the others get.

Each word is put into the demonstration by the people who write such things, through their own
pages. Then everybody follows every link from the start page and tries every address there is,
and reads exactly the words that KNOWS gives them, written by hand from the process document.
Levels are no words: for them two worlds that differ in one level only must look the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from models import (
    Assessment,
    Assignment,
    Citation,
    City,
    CityMembership,
    Entry,
    Evidence,
    EvidenceKind,
    EvidenceVersion,
    Invitation,
    Note,
    ReviewSubmission,
    Round,
    Score,
    User,
)
from tests.browser import Browser
from tests.personas import CODE, demonstration, fill_up, questionnaire_of, user
from tests.uploads import PDF
from webapp.clock import now
from webapp.demonstration import DEMO_PASSWORD
from webapp.extensions import db
from webapp.links import token_of
from webapp.storage import store_file


def officers(city: str) -> set[str]:
    return {f"{role}.{city}" for role in ("contributor", "lead", "signatory")}


def reviewers(*homes: str) -> set[str]:
    return {f"reviewer.{home}" for home in homes}


SENT_BACK, REVIEWED, ARGUING, DONE = "sint-willibrord", "vinterhamra", "tahtisalmi", "puertalba"
"""Cities: drafting its second version, under review, in consensus, and with a closed one."""

AT_WORK, FINISHED, LEADER = "roccamirna", "anemopoli", "hal-qamrija"
DECLINED, RECUSED, REVOKED = "svetlobryag", "eichmunde", "brzozogrod"
"""The team of the city under review, by the cities it comes from."""

# One test asks thousands of times.
pytestmark = pytest.mark.timeout(300)

TEAM = reviewers(AT_WORK, FINISHED, LEADER)
ARGUERS = reviewers("clairvaumont", "vilarmonde")
OFFICE = {"coordinator", "second.coordinator"}
# This one is too close to SENT_BACK and DONE, but to none of the others.
COORDINATORS = OFFICE | {"conflicted.coordinator"}

KNOWS: dict[str, set[str]] = {
    # P6, P8, P9: what a city drafts is its own, also where a team waits for it.
    "draft answer": officers(SENT_BACK),
    "draft answer that was replaced": officers(SENT_BACK),
    "title of evidence in a draft": officers(SENT_BACK),
    "pointer of evidence in a draft": officers(SENT_BACK),
    "name of a file in a draft": officers(SENT_BACK),
    "content of a file in a draft": officers(SENT_BACK),
    "abstract of evidence in a draft": officers(SENT_BACK),
    "claim of evidence in a draft": officers(SENT_BACK),
    # P11: what only the city may see is its own for good, signed or not, cited or not.
    "title of the city's own": officers(REVIEWED),
    "abstract of the city's own": officers(REVIEWED),
    "name of a file of the city's own": officers(REVIEWED),
    "content of a file of the city's own": officers(REVIEWED),
    "claim of the city's own": officers(REVIEWED),
    "pointer of the city's own": officers(REVIEWED),
    # P12: notes are for the city alone, and for its contributors only while it writes.
    "note in a draft": officers(SENT_BACK),
    "note that was resolved": officers(SENT_BACK),
    "note in a signed assessment": officers(REVIEWED) - {f"contributor.{REVIEWED}"},
    # P17: whom a city invites.
    "name of somebody invited": {f"lead.{SENT_BACK}"} | OFFICE,
    # P15: written to the city.
    "reason for sending back": officers(REVIEWED),
    # P16, P11: the signed version that counts is read by its team; earlier ones are not.
    "signed answer": officers(REVIEWED) | TEAM | COORDINATORS,
    "title of signed evidence": officers(REVIEWED) | TEAM | COORDINATORS,
    "claim of signed evidence": officers(REVIEWED) | TEAM | COORDINATORS,
    "abstract of signed evidence": officers(REVIEWED) | TEAM | COORDINATORS,
    "content of a signed file": officers(REVIEWED) | TEAM | COORDINATORS,
    # What comes after the signature is not what was signed.
    "content of a newer version": officers(REVIEWED),
    "answer in an earlier signed version": officers(REVIEWED) | COORDINATORS,
    # P24, A3: until the consensus opens, a review is its reviewer's alone.
    "justification at work": reviewers(AT_WORK),
    "justification that was submitted": reviewers(FINISHED),
    # P45: why somebody is not in a team is for those who put it together.
    "reason for declining": COORDINATORS,
    "conflict of interest": COORDINATORS,
    "reason for taking off": COORDINATORS,
    # P25, P30: what a team says to each other, and P34: nothing of it is the city's yet.
    "justification in consensus": ARGUERS | COORDINATORS,
    "reason for an agreed level": ARGUERS | COORDINATORS,
    "dissent": ARGUERS | COORDINATORS,
    "reason in a closed consensus": reviewers("roccamirna", "svetlobryag", "vinterhamra") | OFFICE,
    # P2: a round is its coordinators' until its cities take part.
    "title of a round being prepared": {"other.coordinator"},
}
WORDS = {name: f"secret{number:03}" for number, name in enumerate(KNOWS)}

HOMES = (
    *("vinterhamra", "roccamirna", "anemopoli", "svetlobryag", "hal-qamrija", "sint-willibrord"),
    *("vilarmonde", "eichmunde", "tahtisalmi", "brzozogrod", "clairvaumont", "puertalba"),
)
GROUPS: dict[str, list[str]] = {
    "officers": [*sorted(officers(SENT_BACK)), *sorted(officers(REVIEWED))],
    # One who sees another commitment of the city under review, and nothing that is secret here.
    "helpers": [f"helper.{REVIEWED}"],
    "officers of cities with a consensus": [f"lead.{ARGUING}", f"signatory.{DONE}"],
    "reviewers": [f"reviewer.{home}" for home in HOMES],
    "coordinators": [*sorted(COORDINATORS), "other.coordinator"],
    "others": ["", "admin", "lead.roccamirna"],
}
"""Everybody by the first part of their address; nobody signed in is an empty one."""


@dataclass
class World:
    app: Flask
    thin: bool
    browsers: dict[str, Browser] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)

    def browser(self, local: str) -> Browser:
        if local not in self.browsers:
            email = f"{local}@example.org" if local else None
            self.browsers[local] = Browser(self.app, email)
        return self.browsers[local]

    def some(self, people: Iterable[str]) -> list[str]:
        """Everybody; on the second kind of database, one in three."""
        return list(people)[:: 3 if self.thin else 1]


@pytest.fixture(scope="module", params=["demo_sqlite", "demo_postgresql"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with demonstration(request, tmp_path_factory.mktemp("canaries")) as app:
        fill_up(app)
        world = World(app, thin=request.param == "demo_postgresql")
        _share_work(world)
        _sent_back(world)
        _under_review(world)
        _replace_what_is_signed(world)
        _in_consensus(world)
        _closed(world)
        _prepared(world)
        world.addresses = list(_known(world))
        yield world


# What people write.


def _at(city: str) -> dict[str, str]:
    return {"round_slug": "2026", "city_slug": city}


def _post(world: World, local: str, endpoint: str, form: Mapping[str, object], **where: object):
    answer = world.browser(local).post(endpoint, dict(form), **where)
    assert answer.status_code == 303, answer.text


def _answer(world: World, city: str, code: str, **fields: str) -> None:
    browser, here = world.browser(f"lead.{city}"), {"code": code, **_at(city)}
    page = browser.get("assessments.show_answer", **here)
    body = {"base": _hidden(page, "base"), "fields": fields}
    assert browser.patch("assessments.save_answer", body, **here).status_code == 200


def _hidden(page: TestResponse, name: str) -> int:
    return int(re.search(f'name="{name}" value="([0-9]+)"', page.text).group(1))


def _share_work(world: World) -> None:
    """Notes between colleagues, one of them resolved, and somebody who is invited."""
    here, lead = {"code": CODE, **_at(SENT_BACK)}, f"lead.{SENT_BACK}"
    for name in ("note in a draft", "note that was resolved"):
        _post(world, lead, "notes.write_note", {"note": WORDS[name]}, **here)
    form = {"note": WORDS["note in a signed assessment"]}
    _post(world, f"lead.{REVIEWED}", "notes.write_note", form, code=CODE, **_at(REVIEWED))
    with world.app.app_context():
        there = select(Note.id).where(Note.text == WORDS["note that was resolved"])
        note = db.session.scalars(there).one()
    _post(world, lead, "notes.settle", {"note": note, "resolved": "yes"}, **here)
    form = {"email": "ana@example.org", "name": WORDS["name of somebody invited"]}
    page = world.browser(lead).post("colleagues.invite", form, **_at(SENT_BACK))
    assert page.status_code == 200, page.text


def _sent_back(world: World) -> None:
    here, lead = {"code": CODE, **_at(SENT_BACK)}, f"lead.{SENT_BACK}"
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
    _post(world, lead, "evidence.add_evidence", form, **here)


def _sign(world: World, city: str) -> None:
    _post(world, f"lead.{city}", "assessments.lock", {}, **_at(city))
    page = world.browser(f"signatory.{city}").get("assessments.show_sign_off", **_at(city))
    shown = re.search('name="shown"[^>]* value="([0-9a-f]{64})"', page.text).group(1)
    form = {"shown": shown, "password": DEMO_PASSWORD}
    _post(world, f"signatory.{city}", "assessments.sign_off", form, **_at(city))


def _under_review(world: World) -> None:
    here = _at(REVIEWED)
    for code in ("EM2.3", "BU2.2"):
        _answer(world, REVIEWED, code, mark="2")
    _answer(world, REVIEWED, CODE, text=WORDS["answer in an earlier signed version"])
    _sign(world, REVIEWED)
    reason = {"reason": WORDS["reason for sending back"]}
    _post(world, "coordinator", "rounds.send_back", reason, **here)
    _answer(world, REVIEWED, CODE, text=WORDS["signed answer"])
    _cite(world)
    _sign(world, REVIEWED)
    tasks = {
        home: _invite(world, home, lead=home == LEADER)
        for home in (AT_WORK, FINISHED, LEADER, DECLINED, RECUSED, REVOKED)
    }
    _leave(world, tasks)
    _post(world, "coordinator", "rounds.open_review", {}, **here)
    for home in (AT_WORK, FINISHED, LEADER):
        form = {"declared": "yes"}
        _post(world, f"reviewer.{home}", "reviewing.accept", form, assignment_id=tasks[home])
    _score(world, AT_WORK, tasks[AT_WORK], CODE, WORDS["justification at work"])
    _score_all(world, FINISHED, tasks[FINISHED], WORDS["justification that was submitted"])


def _cite(world: World) -> None:
    """What reviewers may see, with a version that comes too late, and what they never do."""
    here, lead = _at(REVIEWED), f"lead.{REVIEWED}"
    shown = {
        "title": WORDS["title of signed evidence"],
        "claim": WORDS["claim of signed evidence"],
        "abstract": WORDS["abstract of signed evidence"],
        "file": _file("content of a signed file", "plan"),
    }
    _post(world, lead, "evidence.add_evidence", shown, statement=CODE, **here)
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
    _post(world, lead, "evidence.add_evidence", kept, statement=CODE, **here)


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
    _post(world, "coordinator", "rounds.invite_reviewer", form, **_at(REVIEWED))
    return _task(world, home, REVIEWED)


def _task(world: World, home: str, city: str) -> int:
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
    _post(world, f"reviewer.{DECLINED}", "reviewing.decline", form, **own)
    own = {"assignment_id": tasks[RECUSED]}
    form = {"conflict_reason": WORDS["conflict of interest"]}
    _post(world, f"reviewer.{RECUSED}", "reviewing.recuse", form, **own)
    of_city = {"assignment_id": tasks[REVOKED], **_at(REVIEWED)}
    form = {"reason": WORDS["reason for taking off"]}
    _post(world, "coordinator", "rounds.revoke_reviewer", form, **of_city)


def _score(world: World, home: str, task: int, code: str, justification: str) -> None:
    browser, here = world.browser(f"reviewer.{home}"), {"code": code, "assignment_id": task}
    page = browser.get("reviewing.show_score", **here)
    fields = {"mark": "1", "justification": justification}
    body = {"base": _hidden(page, "base"), "fields": fields}
    assert browser.patch("reviewing.save_score", body, **here).status_code == 200


def _score_all(world: World, home: str, task: int, justification: str) -> None:
    browser = world.browser(f"reviewer.{home}")
    for code in _codes(world):
        here = {"code": code, "assignment_id": task}
        body = {"base": 0, "fields": {"mark": "1", "justification": justification}}
        assert browser.patch("reviewing.save_score", body, **here).status_code == 200
    _post(world, f"reviewer.{home}", "reviewing.submit", {}, assignment_id=task)


def _codes(world: World) -> list[str]:
    with world.app.app_context():
        one = db.session.scalars(select(Assessment)).first()
        return [statement.code for statement in questionnaire_of(one).statements]


def _in_consensus(world: World) -> None:
    here, leader = _at(ARGUING), "reviewer.clairvaumont"
    missing = {
        "clairvaumont": ("SP2.3", "EM3.2", "BU3.1"),
        "vilarmonde": ("PM3.4", "BU3.2"),
    }
    for home, codes in missing.items():
        task = _task(world, home, ARGUING)
        for code in (CODE, *codes):
            _score(world, home, task, code, WORDS["justification in consensus"])
        _post(world, f"reviewer.{home}", "reviewing.submit", {}, assignment_id=task)
    _post(world, leader, "consensus.open_consensus", {}, **here)
    _agree_on(world, leader, ARGUING, CODE, WORDS["reason for an agreed level"])
    page = world.browser("reviewer.vilarmonde").get("consensus.show_consensus", **here)
    form = {"shown": _hidden(page, "shown"), "dissent": WORDS["dissent"]}
    _post(world, "reviewer.vilarmonde", "consensus.agree", form, **here)


def _agree_on(world: World, local: str, city: str, code: str, reason: str) -> None:
    browser, here = world.browser(local), {"code": code, **_at(city)}
    page = browser.get("consensus.show_agreed_level", **here)
    body = {"base": _hidden(page, "base"), "fields": {"mark": "2", "reason": reason}}
    assert browser.patch("consensus.save_agreed_level", body, **here).status_code == 200


def _closed(world: World) -> None:
    leader = "reviewer.roccamirna"
    code: str | None = CODE
    while code is not None:
        _agree_on(world, leader, DONE, code, WORDS["reason in a closed consensus"])
        page = world.browser(leader).get("consensus.show_consensus", **_at(DONE))
        still_open = re.search('id="open".*?/statements/([A-Z0-9.]+)"', page.text)
        code = still_open and still_open.group(1)
    _post(world, leader, "consensus.close", {}, **_at(DONE))


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
    _post(world, "other.coordinator", "rounds.create_round", form)


# What people read.


def _known(world: World) -> Iterator[str]:
    """Every address that can be read of the cities that the secrets are about."""
    values = _values(world)
    for rule in world.app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint not in _ALIKE:
            names = sorted(rule.arguments)
            for chosen in product(*(values[name] for name in names)):
                there = dict(zip(names, chosen, strict=True))
                if "city_slug" not in there or there["round_slug"] == "2026":
                    yield world.browser("").address(rule.endpoint, **there)
    for one in ("", "/profile.csv", "/gap.csv", "/heat.csv", "/profile.svg"):
        yield f"/rounds/2026/benchmark{one}?city={REVIEWED}"


_ALIKE = ("static", "instruments.show_instrument")
"""What is the same for everybody: files, and the questionnaire."""


def _values(world: World) -> dict[str, list[object]]:
    """What may stand in an address, and the numbers of all files and all tasks."""
    cities = [SENT_BACK, REVIEWED, ARGUING, DONE]
    with world.app.app_context():
        here = (
            select(Assessment.id)
            .join(Assessment.round)
            .join(Assessment.city)
            .where(Round.slug == "2026", City.slug.in_(cities))
        )
        # Reviewers have written no secret into a review of the other two.
        reviewed = here.where(City.slug.in_([REVIEWED, ARGUING]))
        tasks = select(Assignment.id).where(Assignment.assessment_id.in_(reviewed))
        files = (
            select(Evidence.id)
            .join(Evidence.city)
            .where(City.slug.in_(cities))
            .where(Evidence.versions.any(EvidenceVersion.stored_as.is_not(None)))
        )
        uses = select(Citation.id).join(Citation.evidence).where(Evidence.id.in_(files))
        work = select(CityMembership.id).join(CityMembership.city)
        link = select(Invitation.seed).where(Invitation.email == f"new.{SENT_BACK}@example.org")
        return {
            "token": [token_of(db.session.scalars(link).one())],
            "membership_id": list(db.session.scalars(work.where(City.slug == SENT_BACK))),
            "round_slug": ["2026", "2027", "2030"],
            "city_slug": cities,
            "code": [CODE],
            "version": [1, 2],
            "earlier": [1],
            "number": [1, 2],
            # No word can be found in a picture made of dots.
            "chart": ["profile", "gap", "heat"],
            "ending": ["csv", "svg"],
            "assignment_id": list(db.session.scalars(tasks.order_by(Assignment.id))),
            "evidence_id": list(db.session.scalars(files.order_by(Evidence.id))),
            "citation_id": list(db.session.scalars(uses.order_by(Citation.id))),
        }


def walk(browser: Browser, addresses: Iterable[str]) -> Iterator[TestResponse]:
    """All that a person gets by links from the start page, and at addresses known to others."""
    waiting, met = ["/", *addresses], set()
    while waiting:
        address = waiting.pop()
        if address not in met:
            met.add(address)
            answer = browser.get(address)
            yield answer
            waiting += [link for link in _links(answer) if link not in met]


def _links(answer: TestResponse) -> set[str]:
    """Where a page leads, but for other statements, the round of 2024, and pictures of dots."""
    if answer.mimetype != "text/html":
        return {answer.location} if (answer.location or "").startswith("/") else set()
    found = {unescape(link) for link in re.findall(r'(?:href|src)="(/[^"#]*)', answer.text)}
    return {link for link in found if not _LIKE_OTHERS.search(link)}


_LIKE_OTHERS = re.compile(
    rf"^/static/|^/rounds/2024/|/statements/(?!{re.escape(CODE)}\b)|\.(png|pdf)(\?|$)"
)


def everything(answer: TestResponse) -> str:
    """The head and the body of an answer as one text."""
    return f"{answer.headers}\n{answer.data.decode('utf-8', 'replace')}"


def met(world: World, local: str) -> set[str]:
    """The secrets that a person comes across."""
    texts = map(everything, walk(world.browser(local), world.addresses))
    found = {word for text in texts for word in re.findall("secret[0-9]{3}", text)}
    return {name for name, word in WORDS.items() if word in found}


@pytest.mark.parametrize("group", GROUPS)
def test_everybody_reads_what_they_may_know_and_nothing_else(world: World, group: str):
    people = world.some(GROUPS[group])

    assert {local: met(world, local) for local in people} == {
        local: {name for name, who in KNOWS.items() if local in who} for local in people
    }


def test_every_secret_is_kept_by_somebody_who_is_asked():
    asked = {local for people in GROUPS.values() for local in people}

    assert [name for name, who in KNOWS.items() if not who] == []
    assert set().union(*KNOWS.values()) <= asked


def test_the_journal_holds_no_secret(world: World):
    with world.app.app_context():
        facts = " ".join(str(one) for one in db.session.scalars(select(Entry.facts)))

    assert re.findall("secret[0-9]{3}", facts) == []


# Levels, and how far others are: nothing in a page depends on them.


def pages(world: World, local: str) -> dict[str, str]:
    """All that a person gets about the city under review and its round."""
    browser = world.browser(local)
    about = [one for one in world.addresses if _ELSEWHERE.search(one) is None]
    return {one: _lasting(browser.get(one)) for one in ["/", *about]}


# A ZIP of the evidence says when it was packed.
_ELSEWHERE = re.compile(
    f"/({SENT_BACK}|{ARGUING}|{DONE}|2027|2030|evidence/|evidence.zip)|^/(account|charter|help|instruments)"
)


def _lasting(answer: TestResponse) -> str:
    """An answer but for what is new each time it is asked for."""
    text = answer.data.decode("utf-8", "replace")
    return f"{answer.status} {answer.location} {_NEW_EACH_TIME.sub('', text)}"


_NEW_EACH_TIME = re.compile(r'(?:name="(?:csrf_token|key)" value|data-token)="[^"]+"')
AROUND = [f"lead.{REVIEWED}", f"reviewer.{LEADER}", "coordinator"]


@pytest.mark.parametrize(("giver", "colleague"), [(AT_WORK, FINISHED), (FINISHED, AT_WORK)])
def test_a_level_changes_nothing_for_anybody_but_who_gave_it(
    world: World, giver: str, colleague: str
):
    others, own = [*AROUND, f"reviewer.{colleague}"], f"reviewer.{giver}"
    before = {local: pages(world, local) for local in [*others, own]}

    _change_a_level(world, giver, "4")

    after = {local: pages(world, local) for local in [*others, own]}
    assert {local for local in after if after[local] != before[local]} == {own}


def test_whether_a_colleague_has_submitted_is_not_to_be_seen(world: World):
    others = [f"reviewer.{AT_WORK}", f"reviewer.{FINISHED}", f"lead.{REVIEWED}"]
    before = {local: pages(world, local) for local in [*others, "coordinator"]}

    _score_all(world, LEADER, _task(world, LEADER, REVIEWED), "")

    after = {local: pages(world, local) for local in [*others, "coordinator"]}
    assert {local for local in after if after[local] != before[local]} == {"coordinator"}


def _change_a_level(world: World, home: str, mark: str) -> None:
    """By hand and wherever it is kept: a deed would leave its time with the coordinator."""
    task = _task(world, home, REVIEWED)
    with world.app.app_context():
        questionnaire = questionnaire_of(db.session.get_one(Assignment, task).assessment)
        place = [one.code for one in questionnaire.statements].index(CODE)
        db.session.execute(
            update(Score)
            .where(Score.assignment_id == task)
            .where(Score.statement_id == questionnaire.statements[place].id)
            .values(mark=mark)
        )
        submitted = select(ReviewSubmission.packed).where(ReviewSubmission.assignment_id == task)
        if packed := db.session.scalars(submitted).one_or_none():
            levels = packed[:place] + bytes([int(mark)]) + packed[place + 1 :]
            db.session.execute(
                update(ReviewSubmission)
                .where(ReviewSubmission.assignment_id == task)
                .values(packed=levels, document=f"another one, with {mark}")
            )
        db.session.commit()
