"""Dissent at one statement: from an agreed level as it was shown, in one's own words."""

from __future__ import annotations

import pytest

from models import AgreedLevel, Assignment, Consensus, ConsensusState
from reviews import dissents
from reviews.errors import NotNow, Stale, Unusable
from reviews.questionnaires import AskedStatement
from tests.builders import NOW, a_consensus, a_submitted_review, asked, deeds_of


def a_case(
    state: ConsensusState = ConsensusState.OPEN, agreed: str = "all"
) -> tuple[Consensus, Assignment, AskedStatement]:
    review = a_submitted_review()
    consensus = a_consensus(of=review.assessment, state=state, agreed=agreed)
    return consensus, review, asked(review.assessment, "PM1.1")


def say(
    case: tuple[Consensus, Assignment, AskedStatement], text: str = "Too high.", shown: int = 1
) -> None:
    by = case[1].reviewer
    dissents.dissent(*case, shown=shown, text=text, by=by, now=NOW)


def test_a_dissent_is_kept_with_the_version_of_the_level_and_journalled_without_its_words():
    consensus, review, statement = case = a_case()

    say(case, " Too high. ")

    [dissent] = consensus.dissents
    assert (dissent.assignment, dissent.statement_id) == (review, statement.id)
    assert (dissent.text, dissent.level_number, dissent.given_at) == ("Too high.", 1, NOW)
    assert deeds_of(review.reviewer) == [("consensus:dissent", {"statement": "PM1.1"})]


def test_a_member_has_one_dissent_per_statement_and_takes_it_back():
    consensus, review, _ = case = a_case()
    say(case, "First.")
    say(case, "Second.")

    assert [one.text for one in consensus.dissents] == ["Second."]

    for _ in range(2):
        dissents.withdraw(*case, by=review.reviewer, now=NOW)

    assert consensus.dissents == []
    assert [deed for deed, _ in deeds_of(review.reviewer)] == [
        "consensus:dissent",
        "consensus:dissent",
        "consensus:withdraw-dissent",
    ]


def test_a_dissent_is_about_the_level_that_was_shown():
    case = a_case()

    with pytest.raises(Stale) as refusal:
        say(case, shown=0)

    assert (refusal.value.number, case[0].dissents) == (1, [])


def test_a_dissent_says_something():
    case = a_case()

    with pytest.raises(Unusable) as refusal:
        say(case, " ")

    assert (refusal.value.field, case[0].dissents) == ("dissent", [])


def test_there_is_no_dissent_from_no_level():
    none, emptied = a_case(agreed="none"), a_case(agreed="none")
    emptied[0].agreed_levels.append(AgreedLevel(statement_id=emptied[2].id, number=2))

    with pytest.raises(NotNow):
        say(none, shown=0)
    with pytest.raises(NotNow):
        say(emptied, shown=2)


def test_a_closed_consensus_takes_no_dissent_and_gives_none_back():
    case = a_case(ConsensusState.AGREED)

    with pytest.raises(NotNow):
        say(case)
    with pytest.raises(NotNow):
        dissents.withdraw(*case, by=case[1].reviewer, now=NOW)
