"""Builders: a thing of the domain in one call, with everything around it that it needs.

Each gives its things ids by hand, because rules ask for them and most tests store nothing.
They start high, so that rows which the application adds itself never meet them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from models import (
    AgreedLevel,
    Answer,
    Assessment,
    AssessmentState,
    Assignment,
    AssignmentState,
    Base,
    Block,
    CalibrationCase,
    CalibrationReview,
    CalibrationScore,
    Citation,
    City,
    CityMembership,
    CityRole,
    Commitment,
    Conflict,
    Consensus,
    ConsensusState,
    Consent,
    ConsentChoice,
    Edition,
    Entry,
    Evidence,
    EvidenceKind,
    EvidenceVersion,
    Finding,
    FindingKind,
    Instrument,
    InstrumentState,
    Level,
    PlannedSeat,
    PlatformRole,
    Printout,
    PrintoutKind,
    Report,
    ReportSection,
    ReportState,
    ReviewerProfile,
    ReviewSubmission,
    Revision,
    Role,
    Round,
    RoundMembership,
    RoundRole,
    RoundState,
    Score,
    Snapshot,
    Statement,
    StatementKind,
    Submission,
    User,
)
from reviews import printouts, reports, snapshots, submissions
from reviews.cases import Case, CaseAnswer, Excerpt, Reference
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.report_documents import report_document
from reviews.saving import Kept, Sent

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ANSWERS_DUE = datetime(2026, 5, 29, 21, 59, tzinfo=UTC)
REVIEWS_DUE = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)

ANSWERED = (AssessmentState.LOCKED, AssessmentState.SUBMITTED, AssessmentState.IN_REVIEW)
SIGNED = (AssessmentState.SUBMITTED, AssessmentState.IN_REVIEW)

_numbers = count(1001)
_T = TypeVar("_T", bound=Base)


def a_city(name: str | None = None, **columns: object) -> City:
    number = next(_numbers)
    name = name or f"Sampleton {number}"
    slug = name.lower().replace(" ", "-")
    return _with_id(City(**{"slug": slug, "name": name, "country": "BE"} | columns), number)


def a_user(name: str = "Ana Silva", **columns: object) -> User:
    number = next(_numbers)
    given = {
        "email": f"{name.lower().replace(' ', '.')}.{number}@example.org",
        "name": name,
        "password_hash": "not a hash",
        "created_at": NOW - timedelta(days=100),
    }
    return _with_id(User(**given | columns), number)


def an_officer(
    *,
    of: City,
    role: CityRole = CityRole.LEAD,
    name: str = "Joris Peeters",
    ended_at: datetime | None = None,
) -> User:
    """Somebody who works, or worked, for a city."""
    return a_user(name, city_memberships=[_membership(of, role, ended_at)])


def a_reviewer(*, of: City | None = None, name: str = "Mirela Ionescu") -> User:
    """A colleague from a city, by default from one that nothing else is about."""
    return a_user(name, city_memberships=[_membership(of or a_city(), CityRole.REVIEWER, None)])


def a_coordinator(
    *,
    of: Round | None = None,
    name: str = "Hanna Virtanen",
    ended_at: datetime | None = None,
) -> User:
    """Somebody of the rounds office; the coordinator of a round, if one is named."""
    user = a_user(name, platform_role=PlatformRole.COORDINATOR)
    if of is not None:
        user.round_memberships.append(
            _with_id(
                RoundMembership(
                    round=of,
                    role=RoundRole.COORDINATOR,
                    since=NOW - timedelta(days=50),
                    ended_at=ended_at,
                )
            )
        )
    return user


def a_conflict(user: User, *, with_: City, reason: str = "I advised this city.") -> Conflict:
    conflict = _with_id(Conflict(city=with_, reason=reason, declared_at=NOW))
    user.conflicts.append(conflict)
    return conflict


def an_instrument(**columns: object) -> Instrument:
    """Two roles, three commitments, five statements, levels 0 to 4; published.

    Only the last statement may be outside the remit of a city.
    """
    number = next(_numbers)
    given = {
        "code": f"small-{number}",
        "version": "1",
        "title": "A small questionnaire",
        "language": "en",
        "source": "Invented for tests.",
        "introduction": "Say how far your city is.",
        "scale_minimum": 0,
        "scale_maximum": 4,
        "state": InstrumentState.PUBLISHED,
        "sha256": "5" * 64,
        "published_at": NOW - timedelta(days=30),
        "roles": [
            _role("policy-maker", 1, [_commitment("PM1", 1, 2), _commitment("PM2", 2, 1)]),
            _role("employer", 2, [_commitment("EM1", 1, 2)]),
        ],
    }
    instrument = _with_id(Instrument(**given | columns), number)
    if instrument.roles:
        instrument.roles[-1].commitments[-1].statements[-1].may_be_outside_remit = True
    return instrument


def a_long_instrument(statements: int) -> Instrument:
    """One commitment, PM1, with so many statements; published."""
    return an_instrument(roles=[_role("policy-maker", 1, [_commitment("PM1", 1, statements)])])


def a_questionnaire(instrument: Instrument | None = None) -> Questionnaire:
    return Questionnaire.of(instrument or an_instrument())


def a_round(**columns: object) -> Round:
    """A round that is open, with a small instrument and due dates in spring and autumn."""
    number = next(_numbers)
    given: dict[str, object] = {
        "slug": f"round-{number}",
        "title": "Review of 2026",
        "answers_due": ANSWERS_DUE,
        "reviews_due": REVIEWS_DUE,
        "created_at": NOW - timedelta(days=20),
        "state": RoundState.OPEN,
    }
    if "instrument" not in columns:
        given["instrument"] = an_instrument()
    return _with_id(Round(**given | columns), number)


def an_assessment(
    *,
    of: City | None = None,
    round: Round | None = None,
    state: AssessmentState = AssessmentState.DRAFT,
    answered: str | None = None,
    mark: str = "3",
    signed_by: User | None = None,
) -> Assessment:
    """A city in a round, with an answer row per statement, of which none, one or all say
    something. From submitted on it carries the version that its signatory signed."""
    city = of or a_city()
    round_ = round or a_round()
    assessment = _with_id(Assessment(city=city, state=state))
    round_.assessments.append(assessment)
    answered = answered or ("all" if state in ANSWERED else "none")
    for place, statement in enumerate(questionnaire_of(assessment).statements):
        full = answered == "all" or (answered == "one" and place == 0)
        assessment.answers.append(_an_answer(statement, mark if full else None))
    if state in SIGNED:
        signatory = signed_by or an_officer(of=city, role=CityRole.SIGNATORY, name="Els Maes")
        assessment.submissions.append(a_submission(assessment, signatory))
    return assessment


def an_answer(*, to: str = "PM1.1", of: Assessment | None = None) -> Answer:
    """The answer row of one statement, by its code."""
    assessment = of or an_assessment()
    statement = asked(assessment, to)
    return next(one for one in assessment.answers if one.statement_id == statement.id)


def a_submission(assessment: Assessment, signed_by: User) -> Submission:
    """What the signatory signs now; not yet part of the assessment."""
    questionnaire = questionnaire_of(assessment)
    document = submissions.canonical(
        submissions.city_document(assessment, questionnaire, assessment.answers, [])
    )
    marked = {answer.statement_id: answer.mark for answer in assessment.answers}
    return _with_id(
        Submission(
            version=assessment.version,
            document=document,
            sha256=submissions.sha256(document),
            packed=submissions.packed(questionnaire, marked),
            signed_by=signed_by,
            signed_at=NOW,
        )
    )


def a_document(*, of: City, by: User | None = None, **columns: object) -> Evidence:
    """A web page in the library of a city."""
    number = next(_numbers)
    version = EvidenceVersion(
        number=1,
        kind=EvidenceKind.LINK,
        address="https://example.org/minutes",
        added_by=by or an_officer(of=of),
        added_at=NOW,
    )
    given = {"number": number, "title": "Council minutes", "versions": [_with_id(version)]}
    return _with_id(Evidence(city=of, **given | columns), number)


def a_citation(
    *, of: Evidence, in_: Assessment, to: str = "PM1.1", pointer: str = "", claim: str = ""
) -> Citation:
    """A use of a document under one statement, by its code."""
    citation = Citation(
        assessment=in_, statement_id=asked(in_, to).id, pointer=pointer, claim=claim
    )
    of.citations.append(citation)
    return _with_id(citation)


def an_assignment(
    *,
    of: Assessment | None = None,
    reviewer: User | None = None,
    lead: bool = False,
    state: AssignmentState = AssignmentState.DRAFTING,
    scored: str = "none",
    mark: str = "2",
    justification: str = "",
) -> Assignment:
    """A reviewer's task; a review that is under way has scores for none or all statements."""
    assessment = of or an_assessment(state=AssessmentState.IN_REVIEW)
    assignment = _with_id(
        Assignment(reviewer=reviewer or a_reviewer(), invited_at=NOW, lead=lead, state=state)
    )
    assessment.assignments.append(assignment)
    if scored == "all":
        for statement in questionnaire_of(assessment).statements:
            assignment.scores.append(a_score(statement, mark, justification))
    return assignment


def a_score(statement: AskedStatement, mark: str = "2", justification: str = "") -> Score:
    """A score that was saved once; with an empty mark one that nobody has saved yet."""
    return _with_id(
        Score(
            statement_id=statement.id,
            mark=mark,
            justification=justification,
            number=1 if mark else 0,
        )
    )


def a_submitted_review(
    *,
    of: Assessment | None = None,
    reviewer: User | None = None,
    lead: bool = False,
    mark: str = "2",
) -> Assignment:
    """A reviewer's task that is finished and frozen, with one mark for all statements."""
    assignment = an_assignment(
        of=of,
        reviewer=reviewer,
        lead=lead,
        state=AssignmentState.SUBMITTED,
        scored="all",
        mark=mark,
    )
    questionnaire = questionnaire_of(assignment.assessment)
    document = submissions.canonical(
        submissions.review_document(assignment, questionnaire, assignment.scores)
    )
    marked = {score.statement_id: score.view.mark for score in assignment.scores}
    assignment.submission = _with_id(
        ReviewSubmission(
            document=document,
            sha256=submissions.sha256(document),
            packed=submissions.packed(questionnaire, marked),
            submitted_at=NOW,
        )
    )
    return assignment


def a_profile(user: User, **columns: object) -> ReviewerProfile:
    """What a reviewer says about themselves."""
    return _with_id(ReviewerProfile(**{"user": user, "changed_at": NOW} | columns))


def a_seat(*, of: Assessment, reviewer: User | None = None, lead: bool = False) -> PlannedSeat:
    """A reviewer planned for a city, whom nobody has told."""
    seat = _with_id(PlannedSeat(reviewer=reviewer or a_reviewer(), planned_at=NOW, lead=lead))
    of.seats.append(seat)
    return seat


def a_consensus(
    *,
    of: Assessment | None = None,
    state: ConsensusState = ConsensusState.OPEN,
    agreed: str = "none",
    by: User | None = None,
) -> Consensus:
    """The consensus of a city's team; with `agreed="all"` every statement has a level."""
    assessment = of or an_assessment(state=AssessmentState.IN_REVIEW)
    closed = state is ConsensusState.AGREED
    opener = by or a_reviewer(name="Tomas Novak")
    consensus = _with_id(
        Consensus(
            opened_by=opener,
            opened_at=NOW,
            state=state,
            closed_by=opener if closed else None,
            closed_at=NOW if closed else None,
        )
    )
    assessment.consensus = consensus
    if agreed == "all" or closed:
        for statement in questionnaire_of(assessment).statements:
            consensus.agreed_levels.append(
                _with_id(AgreedLevel(statement_id=statement.id, mark="3", number=1))
            )
    return consensus


def a_report(
    *,
    of: Assessment | None = None,
    state: ReportState = ReportState.DRAFTING,
    written: bool = False,
    correction: str = "",
) -> Report:
    """The report on a city whose consensus is closed; `written` fills every block and gives it
    one finding of each kind. Past its drafting it was sent a week ago, and its reply is due in two
    more; what is published has its first edition."""
    assessment = of or an_assessment(state=AssessmentState.IN_REVIEW)
    if assessment.consensus is None:
        a_consensus(of=assessment, state=ConsensusState.AGREED)
    sent = state is not ReportState.DRAFTING
    report = _with_id(
        Report(
            state=state,
            sent_at=NOW - timedelta(days=7) if sent else None,
            reply_due=NOW + timedelta(days=14) if sent else None,
            correction_reason=correction,
        )
    )
    assessment.report = report
    if written:
        _write(report)
    if state is ReportState.PUBLISHED:
        text = submissions.canonical({"corrects": None, "edition": 1})
        report.editions.append(
            _with_id(
                Edition(
                    number=1,
                    document=text,
                    sha256=submissions.sha256(text),
                    published_by=a_coordinator(of=assessment.round),
                    published_at=NOW,
                )
            )
        )
    return report


def _write(report: Report) -> None:
    roles = [role.code for role in questionnaire_of(report.assessment).roles]
    blocks = [("", Block.INTRODUCTION)]
    blocks += [(role, block) for role in roles for block in reports.ROLE_BLOCKS]
    for role, block in blocks:
        text = f"On {role} {block.value}."
        report.sections.append(_with_id(ReportSection(role=role, block=block, text=text, number=1)))
    for place, kind in enumerate(FindingKind, 1):
        report.findings.append(a_finding(place=place, kind=kind))


def an_edition(*, of: Report, at: datetime = NOW) -> Edition:
    """What would be published of a report now, as its first edition; not yet part of it."""
    questionnaire = questionnaire_of(of.assessment)
    document = report_document(
        of, questionnaire, self_marks=["3"] * len(questionnaire.statements), agreed={}, team=[]
    )
    text = submissions.canonical(document)
    return _with_id(
        Edition(
            number=1,
            document=text,
            sha256=submissions.sha256(text),
            published_by=a_coordinator(of=of.assessment.round),
            published_at=at,
        )
    )


def a_printout(
    kind: PrintoutKind,
    *,
    of: Snapshot,
    about: Assessment | None = None,
    content: bytes = b"%PDF",
    at: datetime = NOW,
) -> Printout:
    """A file about a round or a city, made and ready, that was asked for by who took the
    snapshot."""
    made = printouts.ask(of, kind, about=about, by=of.taken_by, now=at)
    printouts.begin(made, at)
    printouts.finish(made, content, at)
    return made


def a_finding(*, place: int = 1, kind: FindingKind = FindingKind.STRENGTH) -> Finding:
    """A finding that was saved once; a recommendation says how urgent it is and for whom."""
    urgent = kind is FindingKind.RECOMMENDATION
    return _with_id(
        Finding(
            place=place,
            kind=kind.value,
            statement="PM1.1",
            text=f"A {kind.value} of the city.",
            priority="high" if urgent else "",
            addressee="The council" if urgent else "",
            number=1,
        )
    )


def a_case(codes: str = "PM1.1 PM2.1 EM1.1", **columns: object) -> Case:
    """A calibration case for the small instrument: the city says 3 everywhere, 2 is right."""
    answer = CaseAnswer("3", "We are far.", (Excerpt("Minutes", "page 1", "We shall."),))
    reference = Reference("2", "It is so.", "Not more.", "Not less.", "Read.")
    given = {
        "code": "small-case",
        "instrument": "small",
        "title": "A small case",
        "city": "Nowhere",
        "setting": "Invented.",
        "sha256": "6" * 64,
        "answers": dict.fromkeys(codes.split(), answer),
        "references": dict.fromkeys(codes.split(), reference),
    }
    return Case(**given | columns)  # type: ignore[arg-type]


def an_open_case(*, of: Round | None = None, by: User | None = None) -> CalibrationCase:
    """The calibration case of a round, opened."""
    round_ = of or a_round()
    return _with_id(
        CalibrationCase(
            round=round_,
            code="small-case",
            sha256="6" * 64,
            opened_by=by or a_coordinator(of=round_),
            opened_at=NOW,
        )
    )


def a_calibration_review(
    *,
    of: CalibrationCase | None = None,
    reviewer: User | None = None,
    marks: str = "",
    submitted: bool = False,
    codes: str = "PM1.1 PM2.1 EM1.1",
) -> CalibrationReview:
    """One reviewer's view of a case, with one mark each for the first statements of it."""
    review = _with_id(
        CalibrationReview(
            reviewer=reviewer or a_reviewer(), submitted_at=NOW if submitted else None
        )
    )
    (of or an_open_case()).reviews.append(review)
    for code, mark in zip(codes.split(), marks.split(), strict=False):
        review.scores.append(_with_id(CalibrationScore(statement=code, mark=mark, number=1)))
    return review


def a_final_round(
    cities: int = 6, *, state: ReportState = ReportState.PUBLISHED, named: int = 0
) -> Round:
    """A round of cities A, B, C and so on, all with a report that is published, or final; the first
    ones agreed to be named."""
    round_ = a_round()
    for place in range(cities):
        assessment = an_assessment(
            of=a_city(chr(65 + place)), round=round_, state=AssessmentState.IN_REVIEW
        )
        a_report(of=assessment, state=state)
        if place < named:
            signatory = assessment.submissions[0].signed_by
            assessment.consents.append(
                _with_id(Consent(choice=ConsentChoice.NAMED, by=signatory, at=NOW))
            )
    return round_


def a_snapshot(*, of: Round | None = None, by: User | None = None, text: str = "{}") -> Snapshot:
    """The next snapshot of a round, by default of one with six published cities; what it froze
    is a text that is none of a benchmark."""
    round_ = of or a_final_round()
    frozen = snapshots.Frozen(input=text, choices="{}", result=text, method_version="1")
    by = by or a_coordinator(of=round_)
    return _with_id(snapshots.take(round_, frozen, reason="A mistake.", by=by, now=NOW))


def store(session: Session, *things: Base) -> None:
    """Store things and all around them, instruments first: answers name statements by id only."""
    assessments = [thing.assessment for thing in things if hasattr(thing, "assessment")]
    session.add_all(assessment.round.instrument for assessment in assessments)
    session.flush()
    session.add_all(things)
    session.flush()


def questionnaire_of(assessment: Assessment) -> Questionnaire:
    """The questionnaire that a city answers."""
    return Questionnaire.of(assessment.round.instrument)


def asked(assessment: Assessment, code: str) -> AskedStatement:
    """One statement of the questionnaire that a city answers."""
    statement = questionnaire_of(assessment).statement(code)
    assert statement is not None, f"no statement {code}"
    return statement


def sent(base: int | None, key: str | None = None, **content: str) -> Sent:
    """What a browser sends: the fields by name, and the version that they change."""
    return Sent(content, base, key)


def deeds_of(user: User) -> list[tuple[str, dict[str, object]]]:
    """What a person did since the user was built, as action and facts."""
    return [(entry.action, entry.facts) for entry in entries_of(user)]


def entries_of(user: User) -> list[Entry]:
    return list(inspect(user).attrs.deeds.history.added or ())


def revisions_of(kept: Kept) -> list[Revision]:
    """The saves of an answer, a score or an agreed level that are not stored yet."""
    return list(inspect(kept).attrs.revisions.history.added or ())


def _with_id(thing: _T, number: int | None = None) -> _T:
    thing.id = number or next(_numbers)  # type: ignore[attr-defined]
    return thing


def _membership(city: City, role: CityRole, ended_at: datetime | None) -> CityMembership:
    since = NOW - timedelta(days=365)
    return _with_id(CityMembership(city=city, role=role, since=since, ended_at=ended_at))


def _an_answer(statement: AskedStatement, mark: str | None) -> Answer:
    if mark is None:
        return _with_id(Answer(statement_id=statement.id))
    return _with_id(
        Answer(statement_id=statement.id, mark=mark, text=f"On {statement.code}.", number=1)
    )


def _role(code: str, position: int, commitments: list[Commitment]) -> Role:
    return _with_id(
        Role(
            code=code,
            title=code.capitalize(),
            summary=f"The city as a {code}.",
            position=position,
            commitments=commitments,
        )
    )


def _commitment(code: str, position: int, statements: int) -> Commitment:
    return _with_id(
        Commitment(
            code=code,
            title=f"Commitment {code}",
            text=f"The city promises {code}.",
            principles=["CBP1"],
            weight=1.0,
            position=position,
            statements=[_statement(f"{code}.{place}", place) for place in range(1, statements + 1)],
        )
    )


def _statement(code: str, position: int) -> Statement:
    return _with_id(
        Statement(
            code=code,
            anchor=f"anchor-{code.lower().replace('.', '-')}",
            kind=StatementKind.PROCESS,
            title=f"Statement {code}",
            text=f"The city does {code}.",
            guidance="Count what is in place today.",
            evidence_examples=["Minutes of the council"],
            weight=1.0,
            may_be_outside_remit=False,
            position=position,
            levels=[
                _with_id(Level(value=value, text=f"Level {value} of {code}.")) for value in range(5)
            ],
        )
    )
