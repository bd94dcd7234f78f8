"""The demonstration world: what people find in it, and that it came about by the rules."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from models import (
    FIRST_HASH,
    AgreedLevel,
    Answer,
    Assessment,
    AssignmentState,
    Base,
    CalibrationScore,
    City,
    CityRole,
    ConsensusState,
    Entry,
    Finding,
    Phase,
    PlanItem,
    PlatformRole,
    Reply,
    Report,
    ReportSection,
    ReportState,
    ReviewSubmission,
    Revision,
    Round,
    RoundState,
    Score,
    Submission,
    User,
)
from reviews import assessments, completeness, scoring
from reviews.hats import conflicted
from reviews.phases import phase
from reviews.queries.reports import editors
from reviews.questionnaires import Questionnaire
from reviews.registry import registry
from webapp import demonstration

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> Iterator[Session]:
    """Built once: nothing here changes it."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        demonstration.build(session, now=NOW, password_hash="the hash")
        session.commit()
        yield session
    engine.dispose()


def round_(world: Session, slug: str) -> Round:
    return world.scalars(select(Round).filter_by(slug=slug)).one()


def assessment(world: Session, city: str, slug: str = "2026") -> Assessment:
    return next(one for one in round_(world, slug).assessments if one.city.slug == city)


def person(world: Session, local: str) -> User:
    return world.scalars(select(User).filter_by(email=f"{local}@example.org")).one()


def test_every_phase_is_there_in_the_round_of_this_year(world: Session):
    this_year = round_(world, "2026")

    phases = Counter(phase(one) for one in this_year.assessments)

    assert this_year.state is RoundState.OPEN
    assert phases == {
        Phase.DRAFT: 4,
        Phase.LOCKED: 1,
        Phase.SUBMITTED: 1,
        Phase.UNDER_REVIEW: 2,
        Phase.CONSENSUS: 1,
        Phase.REPORT: 1,
        Phase.REPLY: 1,
        Phase.FINAL: 1,
    }


def test_the_earlier_round_is_finished_with_three_reviewers_for_each_city(world: Session):
    earlier = round_(world, "2024")

    assert earlier.state is RoundState.CLOSED
    assert [phase(one) for one in earlier.assessments] == [Phase.PUBLISHED] * 12
    assert [[review.state for review in one.assignments] for one in earlier.assessments] == [
        [AssignmentState.SUBMITTED] * 3
    ] * 12


def test_no_two_cities_review_each_other(world: Session):
    for slug in ("2024", "2026"):
        pairs = {
            (review.reviewer.city_memberships[0].city.slug, one.city.slug)
            for one in round_(world, slug).assessments
            for review in one.assignments
        }

        mutual = [one for one in pairs if one[::-1] in pairs]

        assert mutual == []


def test_the_dates_lie_five_and_ten_weeks_ahead_at_the_end_of_the_day_in_brussels(
    world: Session,
):
    this_year = round_(world, "2026")

    assert this_year.answers_due == datetime(2026, 12, 28, 22, 59, 59, tzinfo=UTC)
    assert this_year.reviews_due == datetime(2027, 2, 1, 22, 59, 59, tzinfo=UTC)


def test_two_statements_are_missing_in_the_city_to_try_first(world: Session):
    trying = assessment(world, "vinterhamra")
    questionnaire = Questionnaire.of(trying.round.instrument)

    gaps = completeness.missing(questionnaire, assessments.states_of(trying))

    assert [gap.code for gap in gaps] == ["EM2.3", "BU2.2"]


def test_the_city_that_was_sent_back_works_on_its_second_version(world: Session):
    returned = assessment(world, "sint-willibrord")

    assert (returned.version, phase(returned)) == (2, Phase.DRAFT)
    assert [one.version for one in returned.submissions] == [1]
    assert returned.sent_back_reason.startswith("The answers on buying")


def test_a_handful_of_scores_is_left_in_the_review_to_try(world: Session):
    nearly = assessment(world, "tahtisalmi")
    questionnaire = Questionnaire.of(nearly.round.instrument)

    left = {
        review.reviewer.email: len(scoring.without_score(review, questionnaire))
        for review in nearly.assignments
    }

    assert left == {
        "reviewer.clairvaumont@example.org": 3,
        "reviewer.vilarmonde@example.org": 2,
    }
    assert [review.lead for review in nearly.assignments] == [True, False]


def test_one_team_has_a_reviewer_in_every_state(world: Session):
    states = Counter(review.state for review in assessment(world, "vilarmonde").assignments)

    assert states == {state: 1 for state in AssignmentState if state is not AssignmentState.REVOKED}


def test_the_team_in_consensus_has_a_few_levels_left(world: Session):
    consensus = assessment(world, "puertalba").consensus

    assert consensus is not None
    assert consensus.state is ConsensusState.OPEN
    assert len(consensus.agreed_levels) == 54 - 8


def test_the_accounts_to_try_exist_under_their_names(world: Session):
    shown = demonstration.accounts()

    stored = [(one.email, one.name) for one in (person(world, _local(a)) for a in shown)]

    assert stored == [(account.email, account.name) for account in shown]


def _local(account: demonstration.DemoAccount) -> str:
    return account.email.removesuffix("@example.org")


def test_everybody_has_the_one_password_and_an_address_that_nobody_owns(world: Session):
    people = world.scalars(select(User)).all()

    assert len(people) == 12 * 4 + 5
    assert {one.password_hash for one in people} == {"the hash"}
    assert {one.email.partition("@")[2] for one in people} == {"example.org"}


def test_three_coordinate_and_one_of_them_has_a_conflict(world: Session):
    office = [person(world, f"{one}coordinator") for one in ("", "second.", "third.")]

    shared = [
        [city.slug for city in world.scalars(select(City)) if conflicted(one, city)]
        for one in office
    ]

    assert shared == [[], ["clairvaumont"], []]
    assert [one.platform_role for one in office] == [PlatformRole.COORDINATOR] * 3
    assert person(world, "admin").platform_role is PlatformRole.ADMINISTRATOR


def test_no_invented_city_bears_the_name_of_a_signatory(world: Session):
    real = {one.city for one in registry().signatories}

    assert real.isdisjoint(world.scalars(select(City.name)))


def test_the_sizes_and_the_alphabets_of_cities_differ(world: Session):
    cities = world.scalars(select(City)).all()

    assert len({one.country for one in cities}) == 12
    assert min(one.population or 0 for one in cities) < 250_000
    assert max(one.population or 0 for one in cities) > 1_000_000
    assert {"Ανεμόπολη", "Светлобряг", "Ħal Qamrija"} <= {one.name for one in cities}
    assert max(len(one.name) for one in cities) == 34


def test_the_journal_is_one_unbroken_chain_in_the_order_of_time(world: Session):
    entries = world.scalars(select(Entry).order_by(Entry.sequence)).all()

    assert [one.previous_hash for one in entries] == [
        FIRST_HASH,
        *(one.hash for one in entries[:-1]),
    ]
    assert all(one.computed_hash() == one.hash for one in entries)
    assert all(one.at <= after.at for one, after in pairwise(entries))
    assert entries[-1].at < NOW


def test_nobody_acts_on_a_city_with_a_conflict(world: Session):
    cities = {city.id: city for city in world.scalars(select(City))}
    of_officers = {"answer:confirm", "answer:write", "assessment:carry-over"}
    of_officers |= {"assessment:lock", "assessment:sign", "evidence:add"}
    of_officers |= {"evidence:cite", "colleague:invite", "note:resolve", "note:write", "part:give"}
    of_officers |= {"consent:sign", "plan:progress", "plan:write", "reply:sign", "reply:write"}

    wrong = [
        (entry.action, entry.actor and entry.actor.email)
        for entry in world.scalars(select(Entry).where(Entry.city_id.is_not(None)))
        if entry.actor is not None
        and entry.action != "assignment:recuse"
        and conflicted(entry.actor, cities[entry.city_id or 0]) != (entry.action in of_officers)
    ]

    assert wrong == []


def test_each_version_is_signed_by_the_signatory_and_keeps_its_hash(world: Session):
    signed = world.scalars(select(Submission)).all()

    assert len(signed) == 12 + 8
    for one in signed:
        assert hashlib.sha256(one.document.encode()).hexdigest() == one.sha256
        assert len(one.packed) == 54
        roles = [
            membership.role
            for membership in one.signed_by.city_memberships
            if membership.city is one.assessment.city
        ]
        assert roles == [CityRole.SIGNATORY]


def test_cities_rate_themselves_a_little_higher_than_their_peers_do(world: Session):
    own, peers = (
        [level for one in world.scalars(select(of)) for level in one.packed if level < 128]
        for of in (Submission, ReviewSubmission)
    )

    gap = sum(own) / len(own) - sum(peers) / len(peers)

    assert 0.2 < gap < 0.6


def test_every_save_has_its_revision(world: Session):
    saves = sum(number for of in _SAVED for number in world.scalars(select(of.number)))

    assert world.scalar(select(func.count(Revision.id))) == saves


def test_the_same_moment_gives_the_same_world(world: Session):
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        demonstration.build(session, now=NOW, password_hash="the hash")
        again = session.scalars(_LAST_ENTRY).one()
    engine.dispose()

    first = world.scalars(_LAST_ENTRY).one()

    # The last hash stands for all deeds; the versions signed are among their facts.
    assert (again.sequence, again.hash) == (first.sequence, first.hash)


_LAST_ENTRY = select(Entry).order_by(Entry.sequence.desc()).limit(1)
_SAVED = (Answer, Score, AgreedLevel, CalibrationScore)
_SAVED += (ReportSection, Finding, Reply, PlanItem)


def test_the_calibration_case_is_closed_in_2024_and_open_in_2026(world: Session):
    states = {}
    for slug in ("2024", "2026"):
        case = round_(world, slug).calibration
        assert case is not None
        views = Counter(
            (one.submitted_at is not None, len(one.scores) == 12) for one in case.reviews
        )
        states[slug] = (case.closed_at is not None, views)

    # In 2026 two are at work, and one has not begun.
    assert states == {
        "2024": (True, {(True, True): 12}),
        "2026": (False, {(True, True): 9, (False, False): 2}),
    }


def test_every_city_of_2024_has_its_report_published_by_the_rules(world: Session):
    reports = [one.report for one in round_(world, "2024").assessments]
    closed = world.scalars(select(Entry.at).where(Entry.action == "round:close")).one()

    assert [len(report.editions) for report in reports] == [1] * 12
    for report in reports:
        (edition,) = report.editions
        approvers = [one.by for one in report.approvals]
        assert len({*approvers}) == 2
        assert not any(conflicted(one, report.assessment.city) for one in approvers)
        assert not {one.id for one in approvers} & editors(world, report)
        assert report.reply_signed_at <= report.reply_due < edition.published_at < closed
        assert hashlib.sha256(edition.document.encode()).hexdigest() == edition.sha256
        assert 4 <= len(report.findings) <= 7
        assert [one.place for one in report.findings if one.reply] == [1, 2]


def test_of_three_reports_of_this_year_one_is_written_one_replied_to_and_one_final(
    world: Session,
):
    there = world.scalars(select(Report).join(Report.assessment).join(Round).filter_by(slug="2026"))
    found = {
        one.assessment.city.slug: (
            one.state,
            len(one.findings),
            sum(bool(finding.reply) for finding in one.findings),
            one.reply_signed_at is not None,
        )
        for one in there
    }

    assert found == {
        "anemopoli": (ReportState.DRAFTING, 2, 0, False),
        "clairvaumont": (ReportState.WITH_CITY, 6, 2, False),
        "svetlobryag": (ReportState.FINAL, 6, 2, True),
    }
