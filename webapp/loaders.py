"""From the address to the record: by what the person may see only, or not found."""

from __future__ import annotations

from typing import TypeVar

from flask import abort, current_app, request
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.interfaces import ORMOption

from models import (
    AgreedLevel,
    Answer,
    Assessment,
    Assignment,
    Block,
    CalibrationCase,
    CalibrationReview,
    CalibrationScore,
    Citation,
    City,
    CityMembership,
    Consensus,
    Evidence,
    Finding,
    Instrument,
    Invitation,
    Report,
    ReportSection,
    Round,
    Score,
    SheetUpload,
    Snapshot,
    Submission,
)
from reviews import assessments, reports, scoring, visibility
from reviews.errors import NotNow
from reviews.hats import Hat, worn
from reviews.policy import Action, allowed
from reviews.queries import delegation, instruments, snapshots
from reviews.questionnaires import AskedStatement, Questionnaire
from webapp.clock import now
from webapp.extensions import db
from webapp.guard import SAFE
from webapp.sessions import hashed, require_user, signed_in

T = TypeVar("T")

_AROUND_ASSESSMENT = (
    joinedload(Assessment.round),
    joinedload(Assessment.city),
    joinedload(Assessment.consensus),
    joinedload(Assessment.report),
    joinedload(Assessment.assignments).joinedload(Assignment.reviewer),
)


def nothing() -> None:
    """For actions on no particular thing, such as one's own account."""


def round_(*, round_slug: str) -> Round:
    """A round that the person coordinates."""
    who, at = signed_in(), now()
    if request.method in SAFE and who is not None:
        # Read together with the person already; whoever coordinates nothing gets 404 as below.
        mine = (one.round for one in who.round_memberships if one.round.slug == round_slug)
        return found(next((one for one in mine if Hat.COORDINATOR in worn(who, one, at)), None))
    return _one(visibility.rounds(who, at).where(Round.slug == round_slug), Round.id)


def snapshot(*, round_slug: str, number: int) -> Snapshot:
    """A frozen benchmark of a round that the person coordinates."""
    there = round_(round_slug=round_slug)
    return found(snapshots.numbered(db.session(), there, number))


def assessment(*, round_slug: str, city_slug: str) -> Assessment:
    """A city in a round, with its team and what rights depend on."""
    rows = (
        visibility.assessments(signed_in(), now())
        .join(Assessment.round)
        .join(Assessment.city)
        .where(Round.slug == round_slug, City.slug == city_slug)
    )
    return _one(rows, Assessment.id, *_AROUND_ASSESSMENT)


def assignment(*, assignment_id: int) -> Assignment:
    """A review of one's own."""
    rows = visibility.assignments(signed_in(), now()).where(Assignment.id == assignment_id)
    around = joinedload(Assignment.assessment).options(*_AROUND_ASSESSMENT)
    return _one(rows, Assessment.id, around)


def assignment_of_city(*, round_slug: str, city_slug: str, assignment_id: int) -> Assignment:
    """An assignment as the coordinator of its city's round sees it."""
    parent = assessment(round_slug=round_slug, city_slug=city_slug)
    return found(next((one for one in parent.assignments if one.id == assignment_id), None))


def evidence(assessment: Assessment, evidence_id: int) -> Evidence:
    """A document in the library of a city, or one that was removed from it."""
    rows = select(Evidence).where(
        Evidence.id == evidence_id, Evidence.city_id == assessment.city.id
    )
    return found(db.session.scalars(rows).one_or_none())


def lock_library(assessment: Assessment) -> None:
    """Let those who add to the library of one city take turns, in whatever round they do it:
    its numbers and its quota are counted."""
    db.session.execute(select(City.id).where(City.id == assessment.city.id).with_for_update())


def lock_round(assessment: Assessment) -> None:
    """Let those who decide what becomes public of one round take turns, from whatever city."""
    db.session.execute(select(Round.id).where(Round.id == assessment.round_id).with_for_update())


def citation(*, round_slug: str, city_slug: str, citation_id: int) -> Citation:
    parent = assessment(round_slug=round_slug, city_slug=city_slug)
    rows = (
        select(Citation)
        .where(Citation.id == citation_id, Citation.assessment_id == parent.id)
        .options(joinedload(Citation.evidence))
    )
    return found(db.session.scalars(rows).one_or_none())


def submission(assessment: Assessment, version: int) -> Submission:
    """One signed version of an assessment."""
    rows = select(Submission).where(
        Submission.assessment_id == assessment.id, Submission.version == version
    )
    return found(db.session.scalars(rows).one_or_none())


def signed_version(assessment: Assessment, version: int) -> Submission:
    """A signed version that the person may read, once the guard has let them read the one that
    counts; of those that were sent back, reviewers learn nothing, and in a blind round nothing
    whole before their own review is in."""
    counts = assessments.counted(assessment)
    earlier = counts is None or counts.version != version
    if earlier and not allowed(signed_in(), Action.SUBMISSION_READ_EARLIER, assessment, now()):
        abort(404)
    if scoring.city_levels_hidden(assessment, signed_in()):
        raise NotNow(
            "In this round you give your own levels first. You can read the whole document once"
            " your review is submitted."
        )
    return submission(assessment, version)


def instrument(*, code: str, version: str) -> Instrument:
    """A questionnaire that was published; a draft is nobody's to read."""
    return found(instruments.one_readable(db.session(), code, version))


def questionnaire(round_: Round) -> Questionnaire:
    """The round's instrument, read once per process: a published one never changes."""
    return questionnaire_of(round_.instrument_id)


def questionnaire_of(instrument_id: int) -> Questionnaire:
    kept: dict[int, Questionnaire] = current_app.extensions.setdefault("questionnaires", {})
    if instrument_id not in kept:
        kept[instrument_id] = Questionnaire.of(db.session.get_one(Instrument, instrument_id))
    return kept[instrument_id]


def asked(assessment: Assessment) -> Questionnaire:
    """What the person sees of the questionnaire of a city: all of it, or their parts."""
    whole = questionnaire(assessment.round)
    return visibility.in_sight(signed_in(), assessment, whole, now())


def statement(place: Assessment | Round, code: str) -> AskedStatement:
    """A statement of the round's instrument; of no other one, and of a city only one that the
    person sees there."""
    seen = asked(place) if isinstance(place, Assessment) else questionnaire(place)
    return found(seen.statement(code))


def colleague(assessment: Assessment, membership_id: int) -> CityMembership:
    """Somebody who works on a city now."""
    there = delegation.memberships(db.session(), assessment.city, now())
    return found(next((one for one in there if one.id == membership_id), None))


def invitation(*, token: str) -> Invitation:
    """The invitation behind a link; one that has ended is gone."""
    rows = select(Invitation).where(Invitation.token_hash == hashed(token))
    if request.method not in SAFE:
        rows = rows.with_for_update()
    there = found(db.session.scalars(rows).one_or_none())
    if not there.open_at(now()):
        abort(410)
    return there


def answer(assessment: Assessment, asked: AskedStatement) -> Answer:
    """The city's answer to one statement, opened empty if there is none yet."""
    rows = select(Answer).where(
        Answer.assessment_id == assessment.id, Answer.statement_id == asked.id
    )
    kept = db.session.scalars(rows).one_or_none()
    return kept or _opened(Answer(assessment=assessment, statement_id=asked.id))


def sheet_upload(assessment: Assessment) -> SheetUpload | None:
    """The sheet of this city that the person has sent in and not decided about, if any."""
    who = signed_in()
    rows = select(SheetUpload).where(
        SheetUpload.assessment_id == assessment.id,
        SheetUpload.by_id == (who.id if who else None),
    )
    return db.session.scalars(rows).one_or_none()


def score(assignment: Assignment, asked: AskedStatement) -> Score:
    """The reviewer's score of one statement, opened empty if there is none yet."""
    rows = select(Score).where(Score.assignment_id == assignment.id, Score.statement_id == asked.id)
    kept = db.session.scalars(rows).one_or_none()
    return kept or _opened(Score(assignment=assignment, statement_id=asked.id))


def calibration_review(*, round_slug: str) -> CalibrationReview:
    """The person's own view of the calibration case of a round, empty if there is none yet."""
    who = require_user()
    cases = (
        visibility.calibration_cases(who, now())
        .join(CalibrationCase.round)
        .where(Round.slug == round_slug)
    )
    case = _one(cases, CalibrationCase.id, contains_eager(CalibrationCase.round))
    rows = (
        select(CalibrationReview)
        .where(CalibrationReview.case_id == case.id, CalibrationReview.reviewer_id == who.id)
        .options(selectinload(CalibrationReview.scores))
    )
    kept = db.session.scalars(rows).one_or_none()
    return kept or _begun(CalibrationReview(reviewer=who), case=case)


def calibration_score(review: CalibrationReview, code: str) -> CalibrationScore:
    """The own score of one statement of the case, empty if there is none yet."""
    kept = next((one for one in review.scores if one.statement == code), None)
    return kept or _begun(CalibrationScore(statement=code), review=review)


def agreed_level(consensus: Consensus, asked: AskedStatement) -> AgreedLevel:
    """What the team agrees on for one statement, opened empty if there is nothing yet."""
    rows = select(AgreedLevel).where(
        AgreedLevel.consensus_id == consensus.id, AgreedLevel.statement_id == asked.id
    )
    kept = db.session.scalars(rows).one_or_none()
    return kept or _opened(AgreedLevel(consensus=consensus, statement_id=asked.id))


def report(assessment: Assessment) -> Report:
    """The report on a city, opened empty if nobody has written in it."""
    return reports.begin(assessment)


def section(report: Report, role: str, block: Block) -> ReportSection:
    """One block of a report, opened empty if there is nothing in it yet."""
    there = (one for one in report.sections if (one.role, one.block) == (role, block))
    kept = next(there, None)
    if kept is None:
        kept = ReportSection(role=role, block=block)
        report.sections.append(kept)
    return kept


def finding(report: Report, place: int) -> Finding:
    """A finding of a report by its number in it, whether it was taken out or not."""
    return found(next((one for one in report.findings if one.place == place), None))


def _opened(thing: T) -> T:
    """A new thing, in the session but stored only if the request commits."""
    db.session.add(thing)
    return thing


def _begun(thing: T, **parent: object) -> T:
    """A new thing under its parent, in the session only where the request may store it."""
    for name, one in parent.items():
        if request.method in SAFE:
            set_committed_value(thing, name, one)
        else:
            setattr(thing, name, one)
    return thing if request.method in SAFE else _opened(thing)


def found(thing: T | None) -> T:
    if thing is None:
        abort(404)
    return thing


def _one(rows: Select[T], lock: InstrumentedAttribute[int], *around: ORMOption) -> T:
    """The row with what is around it. For a request that may write, the round or the city that
    `lock` is the id of is locked first, so that writers to one city take turns.

    The lock is a statement of its own: what a statement has read before it had to wait for a
    lock is older than what the writer before it has stored. On SQLite the transaction itself is
    the lock: the guard has begun it as a writer.
    """
    if request.method not in SAFE and db.engine.dialect.name != "sqlite":
        db.session.execute(rows.with_only_columns(lock).with_for_update(of=lock)).all()
    return found(db.session.scalars(rows.options(*around)).unique().one_or_none())
