"""One person of each kind towards one city in each phase: the demonstration, filled up.

What the demonstration lacks comes about through the verbs of `reviews`, as everything else in
it. Only two things are put there by hand, because no verb makes them this late: a file as
evidence of a city that has locked or signed, and a reviewer who has left a finished team.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from models import (
    Assessment,
    Assignment,
    AssignmentState,
    Citation,
    City,
    Conflict,
    Evidence,
    EvidenceKind,
    EvidenceVersion,
    PlatformRole,
    PrintoutKind,
    Round,
    RoundMembership,
    RoundRole,
    Score,
    Submission,
    User,
    marks,
)
from reviews import (
    assessments,
    assigning,
    calibration,
    cases,
    delegation,
    rounds,
    scoring,
    submissions,
    visits,
)
from reviews.queries import answers
from reviews.queries import evidence as shelves
from reviews.questionnaires import Questionnaire
from reviews.saving import Known, Sent
from tests.browser import running
from tests.builders import a_printout
from tests.databases import PostgresPool, SqliteTemplate
from tests.uploads import PDF
from webapp.clock import now
from webapp.extensions import db
from webapp.links import fresh_link_key, token_of
from webapp.storage import store_file

CITY = {
    "D": "sint-willibrord",
    "L": "eichmunde",
    "S": "brzozogrod",
    "U": "vilarmonde",
    "N": "puertalba",
    "P": "anemopoli",
    "Y": "clairvaumont",
    "F": "svetlobryag",
    "B": "vinterhamra",
}
"""A city per phase, of the round of 2026; that in B of the closed one of 2024. Those in D and L
were sent back: they have a signed version, and a team that waits."""

ROUND = {"p": "2027", "o": "2026", "c": "2024"}
CODE = "PM1.1"
GAP = "PM1.2"
"""The statement that the city in D has emptied again, so that it cannot be locked."""

_TEAM = {
    "D": {
        "invited": "reviewer.clairvaumont",
        "reviewer": "reviewer.tahtisalmi",
        "recused": "reviewer.roccamirna",
    },
    "L": {
        "invited": "reviewer.clairvaumont",
        "reviewer": "reviewer.tahtisalmi",
        "recused": "reviewer.roccamirna",
    },
    "S": {
        "invited": "reviewer.clairvaumont",
        "reviewer": "reviewer.tahtisalmi",
        "recused": "reviewer.roccamirna",
    },
    "U": {
        "invited": "reviewer.svetlobryag",
        "reviewer": "reviewer.brzozogrod",
        "finished_reviewer": "reviewer.anemopoli",
        "lead_reviewer": "reviewer.eichmunde",
        "recused": "reviewer.vinterhamra",
    },
    "N": {
        "finished_reviewer": "reviewer.svetlobryag",
        "lead_reviewer": "reviewer.roccamirna",
        "recused": "reviewer.clairvaumont",
    },
    "P": {
        "finished_reviewer": "reviewer.eichmunde",
        "lead_reviewer": "reviewer.tahtisalmi",
        "recused": "reviewer.clairvaumont",
    },
    "Y": {
        "finished_reviewer": "reviewer.hal-qamrija",
        "lead_reviewer": "reviewer.vinterhamra",
        "recused": "reviewer.eichmunde",
        "unassigned_reviewer": "reviewer.anemopoli",
    },
    "F": {
        "finished_reviewer": "reviewer.tahtisalmi",
        "lead_reviewer": "reviewer.sint-willibrord",
        "recused": "reviewer.clairvaumont",
    },
    "B": {
        "finished_reviewer": "reviewer.tahtisalmi",
        "lead_reviewer": "reviewer.puertalba",
        "recused": "reviewer.anemopoli",
    },
}
PERSONAS = (
    "visitor",
    "contributor",
    "lead",
    "signatory",
    "other_officer",
    "invited",
    "reviewer",
    "finished_reviewer",
    "lead_reviewer",
    "unassigned_reviewer",
    "recused",
    "coordinator",
    "conflicted_coordinator",
    "other_coordinator",
    "admin",
)


def people(phase: str) -> dict[str, str | None]:
    """The address of each kind of person there is towards the city in a phase."""
    officers = {role: f"{role}.{CITY[phase]}" for role in ("contributor", "lead", "signatory")}
    others = {
        "other_officer": "lead.roccamirna",
        "unassigned_reviewer": "reviewer.hal-qamrija",
        "coordinator": "coordinator",
        "conflicted_coordinator": "conflicted.coordinator",
        "other_coordinator": "other.coordinator",
        "admin": "admin",
    }
    there = {**officers, **others, **_TEAM[phase]}
    return {"visitor": None} | {
        persona: f"{there[persona]}@example.org" for persona in PERSONAS if persona in there
    }


@dataclass
class Ids:
    """The numbers in the addresses of one city: of its evidence, and of its reviewers' tasks."""

    assessment: int
    evidence: int
    citation: int
    membership: int = 0
    token: str = ""
    session: int = 0
    tasks: dict[str, int] = field(default_factory=dict)


@contextmanager
def demonstration(request: pytest.FixtureRequest, folder: Path) -> Iterator[Flask]:
    """The application on a demonstration of one's own, for all tests of a module.

    `request.param` is the name of a database fixture.
    """
    databases: SqliteTemplate | PostgresPool = request.getfixturevalue(request.param)
    with databases.fresh(folder) as url, contextmanager(running)(url, folder) as app:
        yield app


def fill_up(app: Flask) -> dict[str, Ids]:
    """Add whoever is missing; the numbers in the addresses, by phase."""
    with app.app_context():
        _employ_coordinators()
        _send_back("D")
        lead = _user("lead", "L")
        assessments.unlock(assessment("L"), by=lead, now=now())
        _send_back("L")
        _lock("L")
        _assign("S")
        _finish_review("U")
        for phase in "NPYFB":
            _recuse_after_all(phase)
        _empty_one_answer("D")
        ids = {phase: _evidence(phase) for phase in CITY}
        for phase, there in ids.items():
            there.tasks.update(_tasks(phase))
            there.membership = _user("contributor", phase).city_memberships[0].id
            there.token = _invite(phase)
        for phase in "UNP":
            ids[phase].session = _plan_visit(phase)
        _print_the_round()
        db.session.commit()
    return ids


def _print_the_round() -> None:
    """The files that everybody may have of the published round, and the brief of its city."""
    published = assessment("B")
    snapshot = published.round.snapshots[-1]
    db.session.add(a_printout(PrintoutKind.BRIEF, of=snapshot, about=published, at=now()))
    for kind in (PrintoutKind.COMPARATIVE, PrintoutKind.DATA_PACKAGE):
        db.session.add(a_printout(kind, of=snapshot, at=now()))


def assessment(phase: str) -> Assessment:
    rows = select(Assessment).join(Assessment.round).join(Assessment.city)
    here = rows.where(Round.slug == round_of(phase), City.slug == CITY[phase])
    return db.session.scalars(here).one()


def round_of(phase: str) -> str:
    """The word for the round of a phase in addresses."""
    return ROUND["c"] if phase == "B" else ROUND.get(phase, ROUND["o"])


def user(local: str) -> User:
    return db.session.scalars(select(User).where(User.email == f"{local}@example.org")).one()


def questionnaire_of(one: Assessment) -> Questionnaire:
    return Questionnaire.of(one.round.instrument)


def _user(persona: str, phase: str) -> User:
    return user(str(people(phase)[persona]).removesuffix("@example.org"))


def _employ_coordinators() -> None:
    """One who declared a conflict with all our cities, and one of another round."""
    office = user("coordinator")
    conflicted, other = (
        User(
            email=f"{local}@example.org",
            name=name,
            password_hash=office.password_hash,
            created_at=now(),
            platform_role=PlatformRole.COORDINATOR,
        )
        for local, name in (("conflicted.coordinator", "Ada Bos"), ("other.coordinator", "Bo Lind"))
    )
    db.session.add_all([conflicted, other])
    db.session.flush()
    this_year = assessment("D").round
    _prepare("2027", this_year, by=office)
    _prepare("2028", this_year, by=other)
    _open_case("2027", by=office)
    for slug in ROUND.values():
        there = db.session.scalars(select(Round).where(Round.slug == slug)).one()
        conflicted.round_memberships.append(
            RoundMembership(round=there, role=RoundRole.COORDINATOR, since=now())
        )
    for phase in CITY:
        city = assessment(phase).city
        conflicted.conflicts.append(Conflict(city=city, reason="A cousin.", declared_at=now()))
    db.session.flush()


def _prepare(slug: str, like: Round, *, by: User) -> None:
    rounds.create(
        slug=slug,
        title=f"Charter review {slug}",
        instrument=like.instrument,
        answers_due=like.answers_due,
        reviews_due=like.reviews_due,
        minimum_reviewers=2,
        by=by,
        now=now(),
    )
    db.session.flush()


def _open_case(slug: str, *, by: User) -> None:
    there = db.session.scalars(select(Round).where(Round.slug == slug)).one()
    questionnaire = Questionnaire.of(there.instrument)
    case = cases.of_questionnaire(questionnaire)
    db.session.add(calibration.open_case(there, case, questionnaire, by=by, now=now()))
    db.session.flush()


def _send_back(phase: str) -> None:
    """From a complete draft through a signature and the call of a team to a draft again."""
    one = assessment(phase)
    _lock(phase)
    document = submissions.city_document(
        one, questionnaire_of(one), one.answers, answers.citations(db.session(), one)
    )
    assessments.sign_off(
        one,
        questionnaire_of(one),
        document,
        shown=submissions.sha256(submissions.canonical(document)),
        by=_user("signatory", phase),
        now=now(),
    )
    _assign(phase)
    assessments.send_back(one, reason="Say more.", by=user("coordinator"), now=now())
    db.session.flush()


def _lock(phase: str) -> None:
    one, lead = assessment(phase), _user("lead", phase)
    assessments.lock(one, questionnaire_of(one), by=lead, now=now())
    db.session.flush()


def _assign(phase: str) -> None:
    """One who has not answered, one who has accepted, one who has stepped back."""
    for persona in ("invited", "reviewer", "recused"):
        reviewer = _user(persona, phase)
        task = assigning.invite(
            assessment(phase), reviewer, lead=False, by=user("coordinator"), now=now()
        )
        db.session.flush()
        if persona == "reviewer":
            assigning.accept(task, by=reviewer, now=now())
        if persona == "recused":
            assigning.recuse(task, reason="A cousin.", by=reviewer, now=now())


def _finish_review(phase: str) -> None:
    reviewer = _user("finished_reviewer", phase)
    task = next(one for one in assessment(phase).assignments if one.reviewer is reviewer)
    questionnaire = questionnaire_of(task.assessment)
    for statement in questionnaire.statements:
        score = Score(assignment=task, statement_id=statement.id)
        db.session.add(score)
        sent = Sent({"mark": str(statement.levels[0][0]), "justification": "As I read it."}, 0)
        scoring.give_score(score, statement, sent, Known(), by=reviewer, now=now())
    db.session.flush()
    scoring.submit(task, questionnaire, by=reviewer, now=now())


def _recuse_after_all(phase: str) -> None:
    """A reviewer who stepped back before the consensus opened."""
    one, reviewer = assessment(phase), _user("recused", phase)
    left = Assignment(
        reviewer=reviewer,
        invited_at=now(),
        state=AssignmentState.RECUSED,
        ended_reason="A cousin.",
    )
    one.assignments.append(left)
    reviewer.conflicts.append(Conflict(city=one.city, reason="A cousin.", declared_at=now()))
    db.session.flush()


def _empty_one_answer(phase: str) -> None:
    one, lead = assessment(phase), _user("lead", phase)
    statement = questionnaire_of(one).statement(GAP)
    answer = next(each for each in one.answers if each.statement_id == statement.id)
    sent = Sent({"mark": marks.EMPTY}, answer.number)
    assessments.save_answer(answer, statement, sent, Known(), by=lead, now=now())


def _evidence(phase: str) -> Ids:
    """A file, cited under one statement, and named in what was signed."""
    one = assessment(phase)
    file = store_file(io.BytesIO(PDF), "plan.pdf")
    version = EvidenceVersion(
        number=1,
        kind=EvidenceKind.FILE,
        file_name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        stored_as=file.stored_as,
        added_by=_user("contributor", phase),
        added_at=now(),
    )
    number = shelves.next_number(db.session(), one.city)
    evidence = Evidence(city=one.city, number=number, title="Our plan", versions=[version])
    statement = questionnaire_of(one).statement(CODE)
    citation = Citation(assessment=one, statement_id=statement.id)
    evidence.citations.append(citation)
    db.session.add(evidence)
    db.session.flush()
    for submission in one.submissions:
        _sign_after_all(submission, citation)
    return Ids(assessment=one.id, evidence=evidence.id, citation=citation.id)


def _sign_after_all(submission: Submission, citation: Citation) -> None:
    document = json.loads(submission.document)
    answer = next(row for row in document["answers"] if row["statement"] == CODE)
    answer["evidence"].append(submissions.cited_as(citation))
    text = submissions.canonical(document)
    db.session.execute(
        update(Submission)
        .where(Submission.id == submission.id)
        .values(document=text, sha256=submissions.sha256(text))
    )


def _invite(phase: str) -> str:
    """Somebody without an account is invited; the token of the link."""
    key = fresh_link_key()
    invitation = delegation.invite(
        assessment(phase),
        email=f"new.{CITY[phase]}@example.org",
        name="Noor Visser",
        limited=False,
        key=key,
        there=(),
        waiting=(),
        team_is_known=True,
        by=_user("lead", phase),
        now=now(),
    )
    db.session.add(invitation)
    return token_of(key.seed)


def _plan_visit(phase: str) -> int:
    """A visit with one session."""
    one, leader = assessment(phase), _user("lead_reviewer", phase)
    day = date(2026, 9, 7)
    facts = {"by": leader, "now": now()}
    visit = visits.set_days(
        one, None, first_day=day, last_day=day, meeting_point="Town hall", base=0, **facts
    )
    plan = visits.Plan(
        starts_at=datetime(2026, 9, 7, 8, tzinfo=UTC),
        day=day,
        minutes=60,
        title="Housing",
        place="Room 2",
        people="Head of housing",
        about="PM1",
        led_by=leader,
    )
    session = visits.add_session(visit, questionnaire_of(one), plan, **facts)
    db.session.add(visit)
    db.session.flush()
    return session.id


def _tasks(phase: str) -> dict[str, int]:
    persona_of = {email: persona for persona, email in people(phase).items()}
    return {
        persona_of[task.reviewer.email]: task.id
        for task in assessment(phase).assignments
        if task.reviewer.email in persona_of
    }
