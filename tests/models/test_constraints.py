"""What the database refuses, whatever the application tries: every CHECK and every UNIQUE."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import (
    CheckConstraint,
    Engine,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import (
    AgreedLevel,
    Answer,
    Approval,
    Assent,
    Assessment,
    Assignment,
    Base,
    CalibrationCase,
    CalibrationReview,
    CalibrationScore,
    Citation,
    City,
    CityMembership,
    Commitment,
    Conflict,
    Consensus,
    Consent,
    ConsentChoice,
    Dissent,
    Edition,
    Entry,
    Evidence,
    EvidenceKind,
    EvidenceVerdict,
    EvidenceVersion,
    Finding,
    Instrument,
    InstrumentState,
    Invitation,
    Letter,
    Level,
    Mention,
    Note,
    Part,
    PeersAnswer,
    PlanItem,
    PlannedSeat,
    PlanStatus,
    PlanUpdate,
    Presence,
    Printout,
    PrintoutKind,
    Question,
    Release,
    ReleaseApproval,
    Reply,
    Report,
    ReportSection,
    ReportState,
    ReviewerProfile,
    ReviewSubmission,
    Revision,
    Role,
    Round,
    RoundMembership,
    Score,
    SheetUpload,
    SignIn,
    Snapshot,
    Statement,
    Submission,
    Sufficiency,
    User,
    Visit,
    VisitNote,
    VisitSession,
)
from reviews.journal import record
from tests.builders import (
    NOW,
    a_conflict,
    a_consensus,
    a_coordinator,
    a_report,
    a_submitted_review,
    a_user,
    an_answer,
    an_instrument,
    an_officer,
    asked,
    store,
)
from tests.databases import engine_for

A_PERSON = select(func.min(User.id)).scalar_subquery()

# Each way to break a row: the table, the columns that are changed, the constraint that says no.
BROKEN = [
    (Answer, {"to_confirm": True}, "to_confirm_means_carried"),
    (Assessment, {"version": 0}, "versions_start_at_one"),
    (Assessment, {"state": "lost"}, "assessmentstate"),
    (Assignment, {"state": "lost"}, "assignmentstate"),
    (City, {"migrant_share": -0.01}, "migrant_share_is_a_share"),
    (City, {"migrant_share": 1.01}, "migrant_share_is_a_share"),
    (City, {"population": 0}, "population_is_positive"),
    (CityMembership, {"limited": True}, "only_contributors_limited"),
    (CityMembership, {"role": "mayor"}, "cityrole"),
    (Commitment, {"weight": -0.1}, "weight_is_not_negative"),
    (Conflict, {"kind": "rumour"}, "conflictkind"),
    (Consensus, {"state": "lost"}, "consensusstate"),
    (Consensus, {"closed_at": NOW}, "agreed_is_dated"),
    (
        Consensus,
        {"closed_by_id": A_PERSON},
        "agreed_has_its_closer",
    ),
    (Consent, {"choice": "perhaps"}, "consentchoice"),
    (Evidence, {"number": 0}, "numbers_start_at_one"),
    (Evidence, {"document_kind": "rumour"}, "documentkind"),
    (Evidence, {"confidentiality": "nobody"}, "confidentiality"),
    (EvidenceVerdict, {"sufficiency": "rumour"}, "sufficiency"),
    (EvidenceVersion, {"number": 0}, "numbers_start_at_one"),
    (EvidenceVersion, {"address": None}, "a_link_has_an_address"),
    (EvidenceVersion, {"kind": "file", "address": None}, "a_file_has_its_facts"),
    (EvidenceVersion, {"kind": "rumour", "address": None}, "evidencekind"),
    (Invitation, {"accepted_at": NOW}, "accepted_by_somebody"),
    (Invitation, {"email": "Ana@example.org"}, "email_lower_case"),
    (Invitation, {"expires_at": NOW}, "expires_later"),
    (
        Invitation,
        {
            "accepted_at": NOW,
            "accepted_by_id": select(func.min(User.id)).scalar_subquery(),
            "revoked_at": NOW,
        },
        "ended_one_way_only",
    ),
    (Instrument, {"scale_minimum": 4}, "scale_has_two_ends"),
    (Instrument, {"published_at": None}, "published_means_dated"),
    (Instrument, {"sha256": None}, "published_means_hashed"),
    (Instrument, {"state": "lost"}, "instrumentstate"),
    (Letter, {"kind": "questions"}, "invitation_names_one"),
    (Letter, {"person_id": select(func.min(User.id)).scalar_subquery()}, "for_somebody"),
    (Note, {"resolved_at": NOW}, "resolved_by_somebody"),
    (Question, {"answered_by_id": None}, "answered_by_somebody"),
    (Question, {"number": 0}, "answered_means_saved"),
    (Question, {"answer": ""}, "answered_says_something"),
    (Question, {"withdrawn_at": NOW}, "answered_is_not_withdrawn"),
    (
        Question,
        {
            "answered_at": None,
            "answered_by_id": None,
            "number": 0,
            "answer": "",
            "changed_at": NOW,
        },
        "answered_before_changed",
    ),
    (CalibrationCase, {"sha256": "short"}, "hash_is_sha256"),
    (Edition, {"reason": "A mistake."}, "a_correction_has_its_reason"),
    (Edition, {"sha256": "short"}, "hash_is_sha256"),
    (Finding, {"place": 0}, "places_start_at_one"),
    (PlanUpdate, {"status": "lost"}, "planstatus"),
    (Reply, {"answered_at": None}, "answered_is_dated"),
    (Reply, {"answer": "perhaps"}, "peersanswer"),
    (Reply, {"reworded": "Else."}, "reworded_has_its_words"),
    (Report, {"sent_at": None, "reply_due": None}, "whoever_has_it_was_sent_it"),
    (Report, {"reply_due": None}, "a_reply_has_a_date"),
    (Report, {"reply_signed_at": NOW}, "signed_by_somebody"),
    (Report, {"state": "final", "correction_reason": "A mistake."}, "only_published_is_corrected"),
    (Report, {"state": "lost"}, "reportstate"),
    (ReportSection, {"block": "findings"}, "a_block_has_its_role"),
    (ReportSection, {"block": "rumours", "role": "x"}, "block"),
    (ReviewSubmission, {"sha256": "short"}, "hash_is_sha256"),
    (ReviewerProfile, {"capacity": 11}, "capacity_can_be_kept"),
    (ReviewerProfile, {"capacity": -1}, "capacity_can_be_kept"),
    (ReviewerProfile, {"earlier_reviews": -1}, "earlier_reviews_are_counted"),
    (Revision, {"answer_id": None}, "of_exactly_one_thing"),
    (Revision, {"score_id": select(func.min(Score.id)).scalar_subquery()}, "of_exactly_one_thing"),
    (Revision, {"number": 0}, "numbers_start_at_one"),
    (Round, {"answers_due": NOW + timedelta(days=999)}, "answers_before_reviews"),
    (Round, {"minimum_reviewers": 0}, "at_least_one_reviewer"),
    (Round, {"state": "lost"}, "roundstate"),
    (RoundMembership, {"role": "guest"}, "roundrole"),
    (Score, {"confidence": "sure"}, "confidence_is_known"),
    (Statement, {"kind": "wish"}, "statementkind"),
    (Statement, {"weight": -0.1}, "weight_is_not_negative"),
    (Submission, {"sha256": "short"}, "hash_is_sha256"),
    (Submission, {"version": 0}, "versions_start_at_one"),
    (User, {"email": "Ana@example.org"}, "email_lower_case"),
    (User, {"platform_role": "king"}, "platformrole"),
    (Visit, {"last_day": date(2026, 6, 7)}, "ends_after_it_begins"),
    (VisitNote, {"session_id": None, "statement_id": None}, "is_about_something"),
    (VisitSession, {"minutes": 4}, "lasts_a_while"),
    (Printout, {"kind": "poster", "assessment_id": None}, "printoutkind"),
    (Printout, {"state": "lost"}, "printoutstate"),
    (Printout, {"progress": 101}, "progress_is_in_percent"),
    (Printout, {"progress": -1}, "progress_is_in_percent"),
    (Printout, {"tries": -1}, "tries_are_counted"),
    (Printout, {"state": "ready"}, "ready_has_its_file"),
    (Printout, {"made_at": NOW, "content": b"%PDF", "sha256": "c" * 64}, "ready_has_its_file"),
    (Printout, {"state": "failed"}, "failed_says_why"),
    (Printout, {"failure": "No paper."}, "failed_says_why"),
    (Printout, {"kind": "comparative"}, "about_a_city_or_a_round"),
    (Printout, {"assessment_id": None}, "about_a_city_or_a_round"),
    (Release, {"public_from": NOW - timedelta(hours=1)}, "not_public_before_it_is_released"),
    (Release, {"called_off_at": NOW - timedelta(hours=1)}, "called_off_by_somebody"),
    (Release, {"called_off_by_id": A_PERSON}, "called_off_by_somebody"),
    (
        Release,
        {"called_off_at": NOW, "called_off_by_id": A_PERSON},
        "what_is_public_is_not_called_off",
    ),
    (Snapshot, {"number": 0, "reason": "A mistake."}, "numbers_start_at_one"),
    (Snapshot, {"number": 2}, "a_further_one_has_its_reason"),
    (Snapshot, {"reason": "A mistake."}, "a_further_one_has_its_reason"),
    (Snapshot, {"input_sha256": "a"}, "input_hash_is_sha256"),
    (Snapshot, {"result_sha256": "a"}, "result_hash_is_sha256"),
]

# Each set of columns in which no two rows may be alike.
TWINS = [
    (AgreedLevel, ("consensus_id", "statement_id")),
    (Answer, ("assessment_id", "statement_id")),
    (Assent, ("consensus_id", "assignment_id")),
    (Assessment, ("round_id", "city_id")),
    (Assignment, ("assessment_id", "reviewer_id")),
    (Citation, ("evidence_id", "assessment_id", "statement_id")),
    (City, ("slug",)),
    (CityMembership, ("user_id", "city_id", "role")),
    (Commitment, ("role_id", "code")),
    (Commitment, ("role_id", "position")),
    (Consensus, ("assessment_id",)),
    (Dissent, ("consensus_id", "assignment_id", "statement_id")),
    (Entry, ("hash",)),
    (Evidence, ("city_id", "number")),
    (EvidenceVerdict, ("assignment_id", "statement_id", "evidence_id")),
    (EvidenceVersion, ("evidence_id", "number")),
    (EvidenceVersion, ("stored_as",)),
    (Instrument, ("code", "version")),
    (Invitation, ("token_hash",)),
    (Level, ("statement_id", "value")),
    (Mention, ("note_id", "person_id")),
    (Part, ("assessment_id", "person_id", "code")),
    (Question, ("key",)),
    (PlannedSeat, ("assessment_id", "reviewer_id")),
    (Approval, ("report_id", "edition", "by_id")),
    (CalibrationCase, ("round_id",)),
    (CalibrationReview, ("case_id", "reviewer_id")),
    (CalibrationScore, ("review_id", "statement")),
    (Edition, ("report_id", "number")),
    (Finding, ("report_id", "place")),
    (PlanItem, ("finding_id",)),
    (Reply, ("finding_id",)),
    (Report, ("assessment_id",)),
    (ReportSection, ("report_id", "role", "block")),
    (ReviewSubmission, ("assignment_id",)),
    (ReviewerProfile, ("user_id",)),
    (Revision, ("agreed_level_id", "number")),
    (Revision, ("answer_id", "number")),
    (Revision, ("by_id", "key")),
    (Revision, ("calibration_score_id", "number")),
    (Revision, ("finding_id", "number")),
    (Revision, ("plan_item_id", "number")),
    (Revision, ("reply_id", "number")),
    (Revision, ("report_section_id", "number")),
    (Revision, ("score_id", "number")),
    (Role, ("instrument_id", "code")),
    (Role, ("instrument_id", "position")),
    (Round, ("slug",)),
    (RoundMembership, ("user_id", "round_id", "role")),
    (Score, ("assignment_id", "statement_id")),
    (SheetUpload, ("assessment_id", "by_id")),
    (SignIn, ("token_hash",)),
    (Statement, ("commitment_id", "code")),
    (Statement, ("commitment_id", "position")),
    (Submission, ("assessment_id", "version")),
    (User, ("email",)),
    (Visit, ("assessment_id",)),
    (Snapshot, ("round_id", "number")),
    (ReleaseApproval, ("snapshot_id", "by_id")),
    (Release, ("round_id", "number")),
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[Engine]:
    """A database with at least one sound row in every table, once for all tests here."""
    databases = request.getfixturevalue(request.param)
    with databases.fresh(tmp_path_factory.mktemp("filled")) as url:
        engine = engine_for(url)
        with Session(engine) as session:
            fill(session)
        yield engine
        engine.dispose()


@pytest.fixture
def full(filled: Engine) -> Iterator[Session]:
    """A session on the filled database that keeps nothing of what is done in it."""
    with Session(filled) as session:
        yield session


def fill(session: Session) -> None:
    review = a_submitted_review(lead=True)
    assessment = review.assessment
    consensus = a_consensus(of=assessment, agreed="all")
    consensus.assents.append(Assent(assignment=review, consensus_number=1, given_at=NOW))
    lead = an_officer(of=assessment.city)
    statement = asked(assessment, "PM1.1")
    link = EvidenceVersion(
        number=1,
        kind=EvidenceKind.LINK,
        address="https://example.org/minutes",
        added_by=lead,
        added_at=NOW,
    )
    file = EvidenceVersion(
        number=2,
        kind=EvidenceKind.FILE,
        file_name="plan.pdf",
        media_type="application/pdf",
        size=10,
        sha256="a" * 64,
        stored_as="b" * 32,
        added_by=lead,
        added_at=NOW,
    )
    minutes = Evidence(
        city=assessment.city,
        number=1,
        title="Council minutes",
        versions=[link, file],
        citations=[Citation(assessment=assessment, statement_id=statement.id)],
    )
    for thing in (an_answer(of=assessment), review.scores[0], consensus.agreed_levels[0]):
        thing.revisions.add(Revision(number=1, content={}, by=lead, at=NOW))
    keyed = Revision(number=2, content={}, by=lead, at=NOW, key="key-00001", sent_sha256="c" * 64)
    an_answer(of=assessment).revisions.add(keyed)
    store(session, assessment, lead, minutes, a_coordinator(of=assessment.round))
    session.add(
        SignIn(
            user=lead,
            token_hash="d" * 64,
            browser="Firefox",
            started_at=NOW,
            password_given_at=NOW,
            expires_at=NOW + timedelta(hours=8),
        )
    )
    session.add_all(delegated(assessment, lead))
    session.add_all(visited(review, lead))
    consensus.dissents.append(
        Dissent(
            assignment=review,
            statement_id=statement.id,
            level_number=1,
            given_at=NOW,
            text="Too high.",
        )
    )
    review.verdicts.append(
        EvidenceVerdict(
            statement_id=statement.id,
            evidence_id=minutes.id,
            sufficiency=Sufficiency.PARTLY,
            changed_at=NOW,
        )
    )
    session.add(
        Question(
            assignment=review,
            statement_id=statement.id,
            key="9" * 32,
            text="How many?",
            asked_at=NOW,
            due=NOW + timedelta(days=7),
            answer="Seven.",
            number=1,
            answered_by=lead,
            answered_at=NOW,
        )
    )
    session.add_all(reported(assessment, lead))
    session.add_all(calibrated(review, lead))
    session.add_all(frozen(assessment, lead))
    a_conflict(lead, with_=assessment.city)
    assessment.seats.append(PlannedSeat(reviewer=lead, planned_at=NOW))
    session.add(ReviewerProfile(user=lead, changed_at=NOW))
    record(lead, "assessment:lock", assessment, now=NOW)
    session.commit()


def reported(assessment: Assessment, by: User) -> Iterator[Base]:
    """A published report with a reply that was answered, and what the city does about it."""
    report = a_report(of=assessment, state=ReportState.PUBLISHED, written=True)
    report.approvals.append(Approval(edition=1, by=by, at=NOW))
    yield report
    finding = report.findings[-1]
    finding.reply = Reply(
        text="We know.", number=1, answer=PeersAnswer.ACCEPT, answered_by=by, answered_at=NOW
    )
    finding.plan_item = PlanItem(response="accepted", number=1)
    finding.plan_item.updates.append(
        PlanUpdate(status=PlanStatus.UNDER_WAY, text="Begun.", by=by, at=NOW)
    )
    for kept in (report.sections[0], finding, finding.reply, finding.plan_item):
        kept.revisions.add(Revision(number=1, content={}, by=by, at=NOW))


def frozen(assessment: Assessment, by: User) -> Iterator[Base]:
    """A snapshot that was approved and released, a consent, and a file about the city."""
    assessment.consents.append(Consent(choice=ConsentChoice.NAMED, by=by, at=NOW))
    snapshot = Snapshot(
        number=1,
        input=b"in",
        input_sha256="a" * 64,
        choices="{}",
        result=b"out",
        result_sha256="b" * 64,
        method_version="1",
        cities=[assessment.city.slug],
        named=[],
        taken_by=by,
        taken_at=NOW,
    )
    assessment.round.snapshots.append(snapshot)
    snapshot.approvals.append(ReleaseApproval(by=by, at=NOW))
    snapshot.releases.append(
        Release(round=assessment.round, number=1, public_from=NOW, released_by=by, released_at=NOW)
    )
    yield snapshot
    yield Printout(
        snapshot=snapshot,
        kind=PrintoutKind.BRIEF,
        asked_by=by,
        asked_at=NOW,
        assessment=assessment,
    )


def calibrated(review: Assignment, by: User) -> Iterator[Base]:
    """The case of the round with one view of it."""
    case = CalibrationCase(
        round=review.assessment.round,
        code="charter-2010",
        sha256="a" * 64,
        opened_by=by,
        opened_at=NOW,
    )
    view = CalibrationReview(reviewer=review.reviewer)
    case.reviews.append(view)
    view.scores.append(CalibrationScore(statement="PM1.1", mark="2", number=1))
    view.scores[0].revisions.add(Revision(number=1, content={}, by=by, at=NOW))
    yield case


def visited(review: Assignment, by: User) -> Iterator[Base]:
    """A visit with a session, and a note about it."""
    assessment, day = review.assessment, date(2026, 6, 8)
    session = VisitSession(
        starts_at=NOW,
        minutes=60,
        title="Housing",
        place="",
        people="",
        about=[],
        led_by=None,
        changed_by=by,
        changed_at=NOW,
    )
    yield Visit(
        assessment=assessment,
        first_day=day,
        last_day=day,
        meeting_point="Main door",
        changed_by=by,
        changed_at=NOW,
        sessions=[session],
    )
    yield VisitNote(
        assessment=assessment,
        session=session,
        statement_id=asked(assessment, "PM1.1").id,
        text="Rents are capped.",
        written_by=review.reviewer,
        written_at=NOW,
    )


def delegated(assessment: Assessment, lead: User) -> Iterator[Base]:
    """A part, a note, a heartbeat, a sheet that waits, and an invitation with its letter."""
    statement = asked(assessment, "PM1.1")
    lead.parts.append(Part(assessment=assessment, code="PM1", due=NOW))
    yield Presence(
        person_id=lead.id, assessment_id=assessment.id, statement_id=statement.id, seen_at=NOW
    )
    yield SheetUpload(
        assessment=assessment,
        by=lead,
        key="b" * 32,
        file_name="answers.xlsx",
        version=1,
        at=NOW,
        rows=[],
        faults=[],
    )
    yield Note(
        assessment=assessment,
        statement_id=statement.id,
        text="Ask Ana.",
        written_by=lead,
        written_at=NOW,
        mentions=[Mention(person=lead)],
    )
    invitation = Invitation(
        assessment=assessment,
        email="ana@example.org",
        name="Ana Ruiz",
        limited=False,
        seed="e" * 64,
        token_hash="f" * 64,
        invited_by=lead,
        invited_at=NOW,
        expires_at=NOW + timedelta(days=14),
    )
    yield invitation
    yield Letter(
        invitation=invitation, to="ana@example.org", subject="Help", body="LINK", made_at=NOW
    )


@pytest.mark.parametrize(
    ("table", "change", "refusal"),
    BROKEN,
    ids=[f"{table.__tablename__}-{'-'.join(change)}-{name}" for table, change, name in BROKEN],
)
def test_a_broken_row_is_refused(full: Session, table, change, refusal):
    row = full.scalars(select(table).order_by(table.id).limit(1)).one()

    with pytest.raises(IntegrityError) as error:
        full.execute(update(table).where(table.id == row.id).values(as_it_is(change)))

    assert f"ck_{table.__tablename__}_{refusal}" in str(error.value.orig)


@pytest.mark.parametrize(
    ("table", "columns"), TWINS, ids=[f"{table.__tablename__}-{'-'.join(c)}" for table, c in TWINS]
)
def test_a_second_row_with_the_same_words_is_refused(full: Session, table, columns):
    rows = table.__table__
    whole = select(rows).where(*(rows.c[name].is_not(None) for name in columns)).limit(1)
    row = full.execute(whole).one()

    with pytest.raises(IntegrityError) as error:
        full.execute(insert(rows).values({**row._mapping, **different(rows, columns)}))

    in_postgresql = f"uq_{rows.name}_{'_'.join(columns)}"
    in_sqlite = f"failed: {', '.join(f'{rows.name}.{name}' for name in columns)}"
    told = str(error.value.orig)
    assert in_postgresql in told or told.endswith(in_sqlite)


def as_it_is(change: dict[str, object]) -> dict[str, object]:
    """Values that reach the database past the types of the columns, which refuse some earlier."""
    return {
        name: literal(value, String) if isinstance(value, str) else value
        for name, value in change.items()
    }


def different(rows: Table, columns: tuple[str, ...]) -> dict[str, object]:
    """New values for all that must be unique in a row, but for the columns under test."""
    return {
        column.name: 9_999 if isinstance(column.type, Integer) else "different"
        for constraint in rows.constraints
        if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)
        for column in constraint.columns
        if column.name not in columns and not column.foreign_keys
    }


def test_saves_without_a_key_are_no_twins(full: Session):
    keyless = full.scalars(select(Revision.by_id).where(Revision.key.is_(None))).all()

    assert (len(keyless), len(set(keyless))) == (8, 1)


def test_an_answer_to_a_statement_that_does_not_exist_is_refused(full: Session):
    with pytest.raises(IntegrityError):
        full.execute(update(Answer).values(statement_id=999_999))


def test_a_city_that_takes_part_cannot_be_deleted(full: Session):
    full.delete(full.scalars(select(Assessment)).one().city)

    with pytest.raises(IntegrityError):
        full.flush()


def test_a_draft_instrument_has_neither_date_nor_hash(session: Session):
    draft = an_instrument(state=InstrumentState.DRAFT, sha256=None, published_at=None)
    session.add(draft)
    session.flush()

    with pytest.raises(IntegrityError):
        session.execute(update(Instrument).values(published_at=NOW))


def test_a_person_who_leaves_takes_memberships_but_no_deeds_along(full: Session):
    visitor = a_user("Lea Koch")
    full.add(visitor)
    full.flush()
    record(visitor, "account:own", None, now=NOW)
    full.flush()
    full.delete(visitor)

    with pytest.raises(IntegrityError):
        full.flush()


def test_every_constraint_of_the_tables_is_broken_above():
    declared = {
        constraint.name
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    shared = {
        (table.name, tuple(constraint.columns.keys()))
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    } | {
        (table.name, tuple(index.columns.keys()))
        for table in Base.metadata.tables.values()
        for index in table.indexes
        if index.unique
    }

    assert {f"ck_{table.__tablename__}_{name}" for table, _, name in BROKEN} == declared
    assert {(table.__tablename__, columns) for table, columns in TWINS} == shared


def test_the_full_database_has_a_row_in_every_table(full: Session):
    empty = [
        table.name
        for table in Base.metadata.sorted_tables
        if full.scalar(select(func.count()).select_from(table)) == 0
    ]

    assert empty == []
