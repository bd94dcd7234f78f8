"""Calibration: one invented city for all reviewers, each alone, and then for good."""

from __future__ import annotations

import pytest

from models import CalibrationReview, CalibrationScore, RoundState, marks
from reviews.calibration import (
    Closeness,
    close_case,
    give_score,
    open_case,
    submit,
    tally,
    to_panel,
    to_reference,
    without_score,
)
from reviews.errors import Incomplete, NotNow, Stale, Unusable
from reviews.questionnaires import Questionnaire
from reviews.saving import Known, content_of
from tests.builders import (
    NOW,
    a_calibration_review,
    a_case,
    a_coordinator,
    a_round,
    an_instrument,
    an_open_case,
    deeds_of,
    revisions_of,
    sent,
)

KEY = "0b9fa2d8-6c55-4a3e-8d2f-90a7c7d3b1aa"


def a_small_round(**columns):
    round_ = a_round(instrument=an_instrument(code="small"), **columns)
    return round_, Questionnaire.of(round_.instrument)


def scored(review: CalibrationReview, code: str = "PM1.1", mark: str = "3", **more: str):
    """A first score for one statement of the case."""
    statement = Questionnaire.of(review.case.round.instrument).statement(code)
    score = CalibrationScore(statement=code)
    review.scores.append(score)
    give_score(score, statement, sent(0, mark=mark, **more), Known(), by=review.reviewer, now=NOW)
    return score


@pytest.mark.parametrize("state", [RoundState.PREPARING, RoundState.OPEN])
def test_a_coordinator_opens_a_case_and_the_journal_names_it(state):
    round_, questionnaire = a_small_round(state=state)
    coordinator = a_coordinator(of=round_)

    opened = open_case(round_, a_case(), questionnaire, by=coordinator, now=NOW)

    assert (opened.code, opened.sha256, opened.opened_by, opened.opened_at) == (
        "small-case",
        "6" * 64,
        coordinator,
        NOW,
    )
    assert (round_.calibration, opened.closed_at) == (opened, None)
    assert deeds_of(coordinator) == [("calibration:open", {"case": "small-case"})]


def test_a_case_that_is_open_already_stays():
    round_, questionnaire = a_small_round()
    there, coordinator = an_open_case(of=round_), a_coordinator(of=round_)

    again = open_case(round_, a_case(), questionnaire, by=coordinator, now=NOW)

    assert (again, deeds_of(coordinator)) == (there, [])


@pytest.mark.parametrize("case", [None, a_case(instrument="other"), a_case("PM1.1 PM9.9")])
def test_a_case_that_does_not_fit_the_questionnaire_is_refused(case):
    round_, questionnaire = a_small_round()

    with pytest.raises(Unusable):
        open_case(round_, case, questionnaire, by=a_coordinator(of=round_), now=NOW)

    assert round_.calibration is None


def test_a_closed_round_takes_neither_a_case_nor_its_closing():
    round_, questionnaire = a_small_round(state=RoundState.CLOSED)
    coordinator = a_coordinator(of=round_)

    with pytest.raises(NotNow):
        open_case(round_, a_case(), questionnaire, by=coordinator, now=NOW)
    with pytest.raises(NotNow):
        close_case(an_open_case(of=round_), by=coordinator, now=NOW)

    assert deeds_of(coordinator) == []


def test_a_score_is_kept_and_journalled_without_its_level():
    review = a_calibration_review()

    score = scored(review, mark="3", justification="Seen\r\nthere.")

    assert content_of(score) == {"mark": "3", "justification": "Seen\nthere."}
    assert score.number == 1
    assert deeds_of(review.reviewer) == [("calibration:score", {"statement": "PM1.1"})]


@pytest.mark.parametrize("mark", ["0", "4", marks.CANNOT_JUDGE])
def test_a_reviewer_gives_a_level_or_says_that_none_can_be_given(mark):
    assert scored(a_calibration_review(), mark=mark).mark == mark


@pytest.mark.parametrize("mark", ["5", "-1", "٣", " 3", marks.NOT_OUR_COMPETENCE])
def test_other_marks_are_refused(mark):
    with pytest.raises(Unusable) as refusal:
        scored(a_calibration_review(), mark=mark)

    assert refusal.value.field == "mark"


def test_a_justification_has_at_most_ten_thousand_characters_and_no_nul():
    for text in ("x" * 10_001, "a\0b"):
        with pytest.raises(Unusable) as refusal:
            scored(a_calibration_review(), justification=text)
        assert refusal.value.field == "justification"


def test_a_score_under_an_old_page_keeps_both_texts():
    review = a_calibration_review()
    score = scored(review, justification="From the tablet.")
    statement = Questionnaire.of(review.case.round.instrument).statement("PM1.1")

    with pytest.raises(Stale) as refusal:
        give_score(
            score,
            statement,
            sent(0, mark="3", justification="From the laptop."),
            Known(),
            by=review.reviewer,
            now=NOW,
        )

    assert refusal.value.theirs == {"mark": "3", "justification": "From the tablet."}


def test_a_repeated_score_counts_and_is_journalled_once():
    review = a_calibration_review(marks="2")
    score = review.scores[0]
    statement = Questionnaire.of(review.case.round.instrument).statement("PM1.1")
    request = sent(1, KEY, mark="4")
    first = give_score(score, statement, request, Known(), by=review.reviewer, now=NOW)

    again = give_score(
        score, statement, request, Known(under_key=first), by=review.reviewer, now=NOW
    )

    assert (again, score.number, len(deeds_of(review.reviewer))) == (first, 2, 1)


def test_what_is_not_judged_yet_is_named_in_the_order_of_the_case():
    review = a_calibration_review()
    scored(review, "PM2.1")
    scored(review, "EM1.1", "")

    assert without_score(review, a_case().codes) == ("PM1.1", "EM1.1")


def test_a_case_with_gaps_is_not_submitted():
    review = a_calibration_review(marks="1 2")

    with pytest.raises(Incomplete) as refusal:
        submit(review, a_case(), by=review.reviewer, now=NOW)

    assert (refusal.value.missing, review.submitted_at) == (("EM1.1",), None)


def test_a_submitted_view_is_frozen():
    review = a_calibration_review(marks="1 2 cannot_judge")

    submit(review, a_case(), by=review.reviewer, now=NOW)

    assert review.submitted_at == NOW
    assert deeds_of(review.reviewer) == [("calibration:submit", {})]
    with pytest.raises(NotNow):
        scored(review, "PM1.2")
    with pytest.raises(NotNow):
        submit(review, a_case(), by=review.reviewer, now=NOW)
    assert revisions_of(review.scores[0]) == []


@pytest.mark.parametrize("by", ["coordinator", "round"])
def test_a_closed_case_takes_no_more_scores(by):
    review = a_calibration_review(marks="1 2 3")
    coordinator = a_coordinator(of=review.case.round)
    if by == "coordinator":
        close_case(review.case, by=coordinator, now=NOW)
    else:
        review.case.round.state = RoundState.CLOSED

    with pytest.raises(NotNow):
        scored(review, "PM1.2")
    with pytest.raises(NotNow):
        submit(review, a_case(), by=review.reviewer, now=NOW)

    assert review.submitted_at is None


def test_a_case_is_closed_once():
    case = an_open_case()
    coordinator = a_coordinator(of=case.round)

    for _ in range(2):
        close_case(case, by=coordinator, now=NOW)

    assert case.closed_at == NOW
    assert deeds_of(coordinator) == [("calibration:close", {})]


def test_marks_beside_the_reference():
    given = {"A": "3", "B": "1", "C": "cannot_judge", "D": "cannot_judge", "E": "4"}
    reference = {"A": "3", "B": "2", "C": "cannot_judge", "D": "2", "E": "2"}

    # A, B and E have levels on both sides: 0, one lower, two higher.
    assert to_reference(given, reference) == Closeness(
        statements=5, exact=2, within_one=3, difference=1 / 3
    )


def test_nothing_is_compared_where_no_statement_has_a_level_on_both_sides():
    close = to_reference({"A": "cannot_judge"}, {"A": "2"})

    assert close == Closeness(statements=1, exact=0, within_one=0, difference=None)
    assert to_panel({"A": "cannot_judge"}, {"A": {"2": 3}}) is None
    assert to_panel({"A": "2"}, {"A": {"cannot_judge": 3}}) is None
    assert to_panel({"A": "2"}, {}) is None


def test_severity_is_the_mean_distance_to_the_mean_of_the_others():
    others = tally([{"A": "1", "B": "2"}, {"A": "3", "B": "cannot_judge"}, {"A": "1", "B": "4"}])

    assert others == {"A": {"1": 2, "3": 1}, "B": {"2": 1, "cannot_judge": 1, "4": 1}}
    # A: 3 less 5/3; B: 2 less 3.
    assert to_panel({"A": "3", "B": "2"}, others) == pytest.approx(((3 - 5 / 3) - 1) / 2)
