"""The panel, the attendance and the results of a case: what leaves the database, and when."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models import AssignmentState, CityRole, RoundState
from reviews.queries.calibration import (
    Attendance,
    CaseTask,
    Panel,
    Submitted,
    attendance,
    panel,
    submitted,
    tasks_of,
)
from tests.builders import (
    NOW,
    a_calibration_review,
    a_reviewer,
    a_round,
    a_user,
    an_assessment,
    an_assignment,
    an_officer,
    an_open_case,
    store,
)


def stored(session: Session, *things):
    store(session, *(thing.round.instrument for thing in things if hasattr(thing, "round")))
    store(session, *things)


def views(case, *marks, submitted=True):
    return [a_calibration_review(of=case, marks=one, submitted=submitted) for one in marks]


def test_the_panel_is_the_others_counted_by_statement_without_names(session: Session):
    case = an_open_case()
    own, *_ = views(case, "1 1 1", "2 3 cannot_judge", "2 4 0", "3 3 0")
    stored(session, case)

    assert panel(session, own) == Panel(
        others=3,
        counts={
            "PM1.1": {"2": 2, "3": 1},
            "PM2.1": {"3": 2, "4": 1},
            "EM1.1": {"cannot_judge": 1, "0": 2},
        },
    )


def test_of_fewer_than_three_others_nothing_is_said(session: Session):
    case = an_open_case()
    own, *_ = views(case, "1 1 1", "2 2 2", "3 3 3")
    views(case, "4 4 4", submitted=False)
    stored(session, case)

    assert panel(session, own) == Panel(0, {})


def test_before_the_own_view_is_submitted_there_is_no_panel(session: Session):
    case, elsewhere = an_open_case(), an_open_case()
    views(case, "2 2 2", "2 2 2", "3 3 3", "4 4 4")
    views(elsewhere, "0 0 0")
    own, empty = views(case, "1 1 1", "", submitted=False)
    stored(session, case, elsewhere)

    assert [panel(session, one) for one in (own, empty, *elsewhere.reviews)] == [Panel(0, {})] * 3


def test_attendance_counts_everybody_who_reviews_for_a_city_or_in_a_team(session: Session):
    assessment = an_assessment()
    case = an_open_case(of=assessment.round)
    views(case, "1 1 1", "2 2 2")
    views(case, "1", submitted=False)
    expert, declined, gone, closed = a_user("Ea"), a_user("Ed"), a_reviewer(), a_reviewer()
    an_assignment(of=assessment, reviewer=expert, state=AssignmentState.ACCEPTED)
    an_assignment(of=assessment, reviewer=declined, state=AssignmentState.DECLINED)
    gone.city_memberships[0].ended_at, closed.active = NOW, False
    store(session, assessment, case)
    store(session, gone, closed, an_officer(of=assessment.city, role=CityRole.LEAD))

    assert attendance(session, case, NOW) == Attendance(submitted=2, at_work=1, reviewers=4)


def test_who_gave_what_is_told_once_the_case_is_closed(session: Session):
    case = an_open_case()
    ana, bo = a_reviewer(name="Ana"), a_reviewer(name="Bo")
    a_calibration_review(of=case, reviewer=bo, marks="2 3 4", submitted=True)
    a_calibration_review(of=case, reviewer=ana, marks="1 1 1", submitted=True)
    views(case, "0 0 0", submitted=False)
    stored(session, case)

    before = submitted(session, case)
    case.closed_at = NOW
    session.flush()
    after = submitted(session, case)

    assert before == []
    assert after == [
        Submitted("Ana", {"PM1.1": "1", "PM2.1": "1", "EM1.1": "1"}),
        Submitted("Bo", {"PM1.1": "2", "PM2.1": "3", "EM1.1": "4"}),
    ]


def test_a_round_that_is_closed_has_closed_its_case(session: Session):
    case = an_open_case()
    views(case, "1 1 1")
    case.round.state = RoundState.CLOSED
    stored(session, case)

    assert [one.marks["PM1.1"] for one in submitted(session, case)] == ["1"]


@pytest.mark.parametrize("closed", [False, True])
def test_an_open_case_waits_for_a_reviewer_and_feedback_stays(session: Session, closed):
    case = an_open_case(of=a_round(slug="r1", title="Round 1"))
    fresh, begun, done, officer = a_reviewer(), a_reviewer(), a_reviewer(), a_user()
    a_calibration_review(of=case, reviewer=begun)
    a_calibration_review(of=case, reviewer=done, submitted=True)
    case.closed_at = NOW if closed else None
    stored(session, case)
    store(session, fresh, officer)

    tasks = [tasks_of(session, one, NOW) for one in (fresh, begun, done, officer)]

    waiting = [] if closed else [CaseTask("r1", "Round 1", closed, False, False)]
    half = [] if closed else [CaseTask("r1", "Round 1", closed, True, False)]
    assert tasks == [waiting, half, [CaseTask("r1", "Round 1", closed, True, True)], []]


def test_nothing_of_a_closed_round_waits(session: Session):
    case = an_open_case()
    review = a_calibration_review(of=case, submitted=True)
    case.round.state = RoundState.CLOSED
    stored(session, case)

    assert tasks_of(session, review.reviewer, NOW) == []
