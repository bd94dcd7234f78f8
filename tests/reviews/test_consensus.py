"""Consensus: opened when all have submitted, agreed statement by statement, closed for good."""

from __future__ import annotations

import pytest

from models import (
    AgreedLevel,
    Assessment,
    AssessmentState,
    AssignmentState,
    Consensus,
    ConsensusState,
    marks,
)
from reviews.consensus import (
    Divergence,
    adopt_unanimous,
    agree,
    close,
    divergences,
    not_agreed,
    open_consensus,
    reason_needed,
    set_agreed_level,
    team,
)
from reviews.errors import Incomplete, NotNow, Stale, Unusable
from reviews.saving import Known, content_of
from tests.builders import (
    NOW,
    a_consensus,
    a_questionnaire,
    a_round,
    a_submitted_review,
    a_user,
    an_assessment,
    an_assignment,
    asked,
    deeds_of,
    questionnaire_of,
    revisions_of,
    sent,
)

CANNOT = marks.CANNOT_JUDGE
ELSEWHERE = marks.NOT_OUR_COMPETENCE


def reviewed(*, reviews: int = 2, minimum: int = 2, lead: bool = True) -> Assessment:
    """An assessment with finished reviews, the last of them by the lead."""
    assessment = an_assessment(
        round=a_round(minimum_reviewers=minimum), state=AssessmentState.IN_REVIEW
    )
    for place in range(reviews):
        a_submitted_review(of=assessment, lead=lead and place == reviews - 1)
    return assessment


def a_row(*given: str) -> Divergence:
    return Divergence(a_questionnaire().statements[0], given)


def agreed_on(consensus: Consensus, code: str = "PM1.1") -> AgreedLevel:
    """The row of one statement, before anything was agreed."""
    agreed = AgreedLevel(statement_id=asked(consensus.assessment, code).id)
    consensus.agreed_levels.append(agreed)
    return agreed


@pytest.mark.parametrize(
    ("given", "levels", "spread", "unanimous"),
    [
        (("1", "3", "2"), (1, 3, 2), 2, None),
        (("2", "2"), (2, 2), 0, "2"),
        (("0", "0", CANNOT), (0, 0), 0, None),
        (("4", CANNOT), (4,), None, None),
        ((CANNOT, CANNOT), (), None, None),
        ((ELSEWHERE, ELSEWHERE), (), None, ELSEWHERE),
        ((ELSEWHERE, "0"), (0,), None, None),
        (("3",), (3,), None, "3"),
        ((), (), None, None),
    ],
)
def test_what_a_team_gave_is_close_or_far_apart(given, levels, spread, unanimous):
    row = a_row(*given)

    assert (row.levels, row.spread, row.unanimous) == (levels, spread, unanimous)


def test_the_widest_disagreement_comes_first_and_ties_stay_in_order():
    questionnaire = a_questionnaire()
    ana = ["1", "0", CANNOT, "2", "4"]
    berta = ["2", "4", "3", "2", "0"]

    rows = divergences(questionnaire, [ana, berta])

    assert [(row.statement.code, row.marks, row.spread) for row in rows] == [
        ("PM1.2", ("0", "4"), 4),
        ("EM1.2", ("4", "0"), 4),
        ("PM1.1", ("1", "2"), 1),
        ("PM2.1", (CANNOT, "3"), None),
        ("EM1.1", ("2", "2"), 0),
    ]


def test_the_team_is_who_finished_with_the_lead_first():
    assessment = reviewed()
    an_assignment(of=assessment, state=AssignmentState.RECUSED)
    an_assignment(of=assessment, state=AssignmentState.DRAFTING)
    other, lead = assessment.assignments[:2]

    assert team(assessment) == (lead, other)


def test_consensus_opens_when_all_have_submitted():
    assessment = reviewed()
    lead = team(assessment)[0].reviewer

    consensus = open_consensus(assessment, by=lead, now=NOW)

    assert (assessment.consensus, consensus.state, consensus.number) == (
        consensus,
        ConsensusState.OPEN,
        0,
    )
    assert (consensus.opened_by, consensus.opened_at) == (lead, NOW)
    assert deeds_of(lead) == [("consensus:open", {"reviewers": 2})]


@pytest.mark.parametrize(
    "state", [AssignmentState.INVITED, AssignmentState.ACCEPTED, AssignmentState.DRAFTING]
)
def test_consensus_waits_for_whoever_has_not_submitted(state):
    assessment = reviewed()
    waiting = an_assignment(of=assessment, state=state)

    with pytest.raises(Incomplete) as refusal:
        open_consensus(assessment, by=a_user(), now=NOW)

    assert (refusal.value.missing, assessment.consensus) == ((str(waiting.id),), None)


@pytest.mark.parametrize(
    "state", [AssignmentState.DECLINED, AssignmentState.RECUSED, AssignmentState.REVOKED]
)
def test_consensus_does_not_wait_for_whoever_left(state):
    assessment = reviewed()
    an_assignment(of=assessment, state=state)

    open_consensus(assessment, by=a_user(), now=NOW)

    assert assessment.consensus is not None


def test_consensus_asks_for_the_least_number_of_reviews_of_the_round():
    assessment = reviewed(reviews=2, minimum=3)

    with pytest.raises(Incomplete) as refusal:
        open_consensus(assessment, by=a_user(), now=NOW)

    assert str(refusal.value) == "This round asks for at least 3 submitted reviews."


def test_consensus_asks_for_a_lead():
    assessment = reviewed(lead=False)

    with pytest.raises(Incomplete) as refusal:
        open_consensus(assessment, by=a_user(), now=NOW)

    assert str(refusal.value) == "The team has no lead reviewer."


def test_consensus_opens_once():
    with pytest.raises(NotNow):
        open_consensus(a_consensus().assessment, by=a_user(), now=NOW)


@pytest.mark.parametrize(
    "state", [AssessmentState.DRAFT, AssessmentState.LOCKED, AssessmentState.SUBMITTED]
)
def test_consensus_opens_only_in_review(state):
    with pytest.raises(NotNow):
        open_consensus(an_assessment(state=state), by=a_user(), now=NOW)


def test_an_agreed_level_is_saved_and_counted_and_journalled_without_the_level():
    consensus, lead = a_consensus(), a_user()
    agreed = agreed_on(consensus)

    set_agreed_level(
        agreed,
        asked(consensus.assessment, "PM1.1"),
        sent(0, mark="3", reason="Both saw it."),
        Known(),
        given=["3", "3"],
        by=lead,
        now=NOW,
    )

    assert content_of(agreed) == {"mark": "3", "reason": "Both saw it."}
    assert (agreed.number, consensus.number) == (1, 1)
    assert deeds_of(lead) == [("agreed-level:write", {"statement": "PM1.1"})]


def test_an_agreed_level_that_changes_nothing_is_not_counted():
    consensus, lead = a_consensus(agreed="all"), a_user()

    set_agreed_level(
        consensus.agreed_levels[0],
        asked(consensus.assessment, "PM1.1"),
        sent(1, mark="3"),
        Known(),
        given=["3", "3"],
        by=lead,
        now=NOW,
    )

    assert (consensus.number, deeds_of(lead)) == (0, [])


def test_a_team_agrees_only_on_what_the_scale_knows():
    consensus = a_consensus()

    with pytest.raises(Unusable) as refusal:
        set_agreed_level(
            agreed_on(consensus),
            asked(consensus.assessment, "PM1.1"),
            sent(0, mark="5"),
            Known(),
            given=["2"],
            by=a_user(),
            now=NOW,
        )

    assert (refusal.value.field, consensus.number) == ("mark", 0)


WIDE = "The team's levels lie two or more apart here. Say what settled it."
OUTSIDE = "None of the team gave this level or one on either side of it. Say why it is right."


@pytest.mark.parametrize(
    ("mark", "given", "says"),
    [
        ("2", ("2", "2"), ""),
        ("3", ("2", "3"), ""),
        ("3", ("2", "4"), WIDE),
        ("2", ("2", "4", CANNOT), WIDE),
        ("4", ("2", "3"), OUTSIDE),
        (CANNOT, ("2", "3"), OUTSIDE),
        (CANNOT, ("2", CANNOT), ""),
        ("2", (CANNOT, CANNOT), OUTSIDE),
        (ELSEWHERE, (ELSEWHERE, "0"), ""),
        ("1", (ELSEWHERE, "0"), OUTSIDE),
        (marks.EMPTY, ("0", "4"), ""),
    ],
)
def test_a_reason_is_needed_where_a_team_parts_or_agrees_outside_its_marks(mark, given, says):
    consensus, lead = a_consensus(), a_user()
    agreed = agreed_on(consensus)
    statement = next(
        one for one in questionnaire_of(consensus.assessment).statements if one.code == "EM1.2"
    )

    def write(**content: str) -> None:
        facts = {"given": given, "by": lead, "now": NOW}
        set_agreed_level(agreed, statement, sent(0, **content), Known(), **facts)

    assert reason_needed(mark, given) == says
    if says:
        with pytest.raises(Unusable) as refusal:
            write(mark=mark, reason=" \n")
        assert (refusal.value.field, str(refusal.value)) == ("reason", says)
        assert (agreed.mark, consensus.number, deeds_of(lead)) == ("", 0, [])
    write(mark=mark, reason="The minutes say so." if says else "")
    assert agreed.mark == mark


def test_a_reason_that_is_needed_is_not_taken_away_later():
    consensus = a_consensus()
    agreed = agreed_on(consensus)
    statement = asked(consensus.assessment, "PM1.1")
    facts = {"given": ("0", "4"), "by": a_user(), "now": NOW}
    first = sent(0, mark="2", reason="Half of it.")
    set_agreed_level(agreed, statement, first, Known(), **facts)

    with pytest.raises(Unusable):
        set_agreed_level(agreed, statement, sent(1, mark="2", reason=""), Known(), **facts)

    assert (agreed.reason, agreed.number) == ("Half of it.", 1)


def test_an_older_page_does_not_leave_a_level_without_its_reason():
    consensus = a_consensus()
    agreed = agreed_on(consensus)
    statement = asked(consensus.assessment, "PM1.1")
    facts = {"given": ("2", "3"), "by": a_user(), "now": NOW}
    set_agreed_level(agreed, statement, sent(0, mark="2", reason="x"), Known(), **facts)
    set_agreed_level(agreed, statement, sent(1, mark="4"), Known(), **facts)
    at_base = revisions_of(agreed)[0]

    with pytest.raises(Unusable):
        set_agreed_level(agreed, statement, sent(1, reason=""), Known(at_base=at_base), **facts)

    assert (agreed.mark, agreed.reason) == ("4", "x")


def test_whatever_all_gave_alike_is_adopted_at_once():
    consensus, lead = a_consensus(), a_user()
    questionnaire = questionnaire_of(consensus.assessment)
    rows = divergences(
        questionnaire, [["1", "0", CANNOT, "2", ELSEWHERE], ["1", "4", CANNOT, "2", ELSEWHERE]]
    )

    adopted = adopt_unanimous(consensus, rows, by=lead, now=NOW)

    codes = {statement.id: statement.code for statement in questionnaire.statements}
    levels = [(codes[one.statement_id], one.mark) for one in consensus.agreed_levels]
    assert (adopted, consensus.number) == (3, 1)
    assert sorted(levels) == [("EM1.1", "2"), ("EM1.2", ELSEWHERE), ("PM1.1", "1")]
    assert [revisions_of(one)[0].number for one in consensus.agreed_levels] == [1, 1, 1]
    assert deeds_of(lead) == [("agreed-level:adopt", {"statements": 3})]


def test_adopting_leaves_what_the_team_agreed_on_alone():
    consensus = a_consensus(agreed="all")
    rows = divergences(questionnaire_of(consensus.assessment), [["0"] * 5] * 2)

    adopted = adopt_unanimous(consensus, rows, by=a_user(), now=NOW)

    assert (adopted, {one.mark for one in consensus.agreed_levels}) == (0, {"3"})


def test_adopting_fills_a_statement_whose_level_was_taken_back():
    consensus = a_consensus()
    agreed = agreed_on(consensus)
    rows = divergences(questionnaire_of(consensus.assessment), [["4"] + [CANNOT] * 4] * 2)

    adopted = adopt_unanimous(consensus, rows, by=a_user(), now=NOW)

    assert (adopted, agreed.mark, consensus.agreed_levels) == (1, "4", [agreed])


def test_a_reviewer_agrees_with_what_was_shown():
    review = a_submitted_review()
    consensus = a_consensus(of=review.assessment)
    consensus.number = 7

    assent = agree(consensus, review, shown=7, dissent=" ", by=review.reviewer, now=NOW)

    assert (assent.assignment, assent.consensus_number, assent.dissent, assent.given_at) == (
        review,
        7,
        "",
        NOW,
    )
    assert consensus.assents == [assent]
    assert deeds_of(review.reviewer) == [("consensus:agree", {"number": 7, "dissent": False})]


def test_a_reviewer_changes_the_own_word_and_has_one():
    review = a_submitted_review()
    consensus = a_consensus(of=review.assessment)
    first = agree(consensus, review, shown=0, dissent="", by=review.reviewer, now=NOW)

    second = agree(
        consensus, review, shown=0, dissent="PM1.1 is too high.", by=review.reviewer, now=NOW
    )

    assert (second, consensus.assents, first.dissent) == (first, [first], "PM1.1 is too high.")
    assert deeds_of(review.reviewer)[-1] == ("consensus:agree", {"number": 0, "dissent": True})


def test_nobody_agrees_with_levels_that_changed_since():
    review = a_submitted_review()
    consensus = a_consensus(of=review.assessment)
    consensus.number = 8

    with pytest.raises(Stale):
        agree(consensus, review, shown=7, dissent="", by=review.reviewer, now=NOW)

    assert consensus.assents == []


def test_what_is_not_agreed_yet_is_named_in_order():
    consensus = a_consensus(agreed="all")
    consensus.agreed_levels[3].mark = marks.EMPTY
    consensus.agreed_levels.remove(consensus.agreed_levels[1])

    gaps = not_agreed(consensus, questionnaire_of(consensus.assessment))

    assert [statement.code for statement in gaps] == ["PM1.2", "EM1.1"]


def test_consensus_closes_with_its_closer_and_date():
    consensus, lead = a_consensus(agreed="all"), a_user()

    close(consensus, questionnaire_of(consensus.assessment), by=lead, now=NOW)

    assert (consensus.state, consensus.closed_by, consensus.closed_at) == (
        ConsensusState.AGREED,
        lead,
        NOW,
    )
    assert deeds_of(lead) == [("consensus:close", {"number": 0})]


def test_consensus_does_not_close_with_a_gap():
    consensus = a_consensus()

    with pytest.raises(Incomplete) as refusal:
        close(consensus, questionnaire_of(consensus.assessment), by=a_user(), now=NOW)

    assert refusal.value.missing == ("PM1.1", "PM1.2", "PM2.1", "EM1.1", "EM1.2")
    assert (consensus.state, consensus.closed_by) == (ConsensusState.OPEN, None)


def test_nothing_changes_in_a_closed_consensus():
    review = a_submitted_review()
    consensus = a_consensus(of=review.assessment, state=ConsensusState.AGREED)
    questionnaire = questionnaire_of(consensus.assessment)
    agreed, statement = consensus.agreed_levels[0], questionnaire.statements[0]
    facts = {"by": review.reviewer, "now": NOW}

    with pytest.raises(NotNow):
        set_agreed_level(agreed, statement, sent(1, mark="4"), Known(), given=["4"], **facts)
    with pytest.raises(NotNow):
        adopt_unanimous(consensus, divergences(questionnaire, [["0"] * 5]), **facts)
    with pytest.raises(NotNow):
        agree(consensus, review, shown=0, dissent="", **facts)
    with pytest.raises(NotNow):
        close(consensus, questionnaire, **facts)

    assert (agreed.mark, consensus.number, consensus.assents) == ("3", 0, [])
    assert deeds_of(review.reviewer) == []
