"""What is found of plans: the edition that counts, the round that opens the next one."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from models import AssessmentState, ReportState
from reviews import plans
from reviews.queries import plans as planning
from tests.builders import (
    NOW,
    a_city,
    a_report,
    a_round,
    an_assessment,
    an_edition,
    an_instrument,
    store,
)

PUBLISHED = ReportState.PUBLISHED


def in_round(city, years, instrument=None, *, state=None):
    """A city in a round of so many years ago, with its report in some state."""
    created = NOW - timedelta(days=365 * years)
    round_ = a_round(created_at=created, instrument=instrument or an_instrument(code="charter"))
    one = an_assessment(of=city, round=round_, state=AssessmentState.IN_REVIEW)
    if state:
        report = a_report(of=one, state=state, written=True)
        report.editions[:] = [an_edition(of=report)] if state is PUBLISHED else []
    return one


def test_the_last_published_report_of_the_same_questionnaire_opens_a_round(session: Session):
    city, instruments = a_city(), [an_instrument(code="charter", version=str(n)) for n in range(5)]
    this = in_round(city, 1, instruments[1])
    final = in_round(city, 2, instruments[2], state=ReportState.FINAL)
    published = in_round(city, 3, instruments[3], state=PUBLISHED)
    older = in_round(city, 4, instruments[4], state=PUBLISHED)
    later = in_round(city, 0, instruments[0], state=PUBLISHED)
    other = in_round(city, 2, an_instrument(code="survey"), state=PUBLISHED)
    stranger = in_round(a_city(), 2, an_instrument(code="charter", version="9"), state=PUBLISHED)
    store(session, this, final, published, older, later, other, stranger)

    assert planning.open_plan(session, this, "charter").assessment is published
    assert planning.open_plan(session, this, "survey").assessment is other
    assert planning.open_plan(session, older, "charter") is None


def test_a_plan_follows_the_latest_edition_and_counts_from_the_first(session: Session):
    one = in_round(a_city(), 1, state=PUBLISHED)
    first = one.report.editions[0]
    second = an_edition(of=one.report, at=NOW + timedelta(days=90))
    second.number, second.reason = 2, "A name was wrong."
    second.document = second.document.replace("A recommendation of", "A corrected one of")
    one.report.editions.append(second)
    store(session, one)

    plan = planning.plan_of(session, one)

    assert plan.first is first
    assert [line.recommendation.text for line in plan.lines] == ["A corrected one of the city."]


def test_there_is_no_plan_before_the_report_is_published(session: Session):
    final = in_round(a_city(), 1, state=ReportState.FINAL)
    store(session, final)

    assert planning.plan_of(session, final) is None


def test_the_plans_of_a_round_come_by_the_name_of_the_city(session: Session):
    ghent = in_round(a_city("Ghent"), 1, state=PUBLISHED)
    antwerp = an_assessment(
        of=a_city("Antwerp"), round=ghent.round, state=AssessmentState.IN_REVIEW
    )
    report = a_report(of=antwerp, state=PUBLISHED, written=True)
    report.editions[:] = [an_edition(of=report)]
    plans.open_item(report.findings[3])
    final = an_assessment(of=a_city("Leuven"), round=ghent.round, state=AssessmentState.IN_REVIEW)
    a_report(of=final, state=ReportState.FINAL, written=True)
    store(session, ghent, antwerp, final)

    found = planning.plans_in(session, ghent.round)

    assert [one.assessment.city.name for one in found] == ["Antwerp", "Ghent"]
    assert [one.lines[0].item is not None for one in found] == [True, False]
