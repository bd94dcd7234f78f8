"""Verdicts on evidence: one reviewer, one piece of signed evidence, one statement."""

from __future__ import annotations

import pytest

from models import AssignmentState, Sufficiency
from reviews.errors import NotNow, Unusable
from reviews.verdicts import give_verdict
from tests.builders import NOW, a_consensus, an_assignment, asked, deeds_of

SIGNED = {7, 9}


def judged(assignment, *, evidence=7, choice="partly", note=""):
    give_verdict(
        assignment,
        asked(assignment.assessment, "PM1.1"),
        SIGNED,
        evidence=evidence,
        choice=choice,
        note=note,
        by=assignment.reviewer,
        now=NOW,
    )
    return [(one.evidence_id, one.sufficiency, one.note) for one in assignment.verdicts]


def test_a_verdict_begins_the_review_and_is_journalled_without_what_it_says():
    assignment = an_assignment(state=AssignmentState.ACCEPTED)

    kept = judged(assignment, choice="not-found", note="The link\r\nis dead.")

    assert kept == [(7, Sufficiency.NOT_FOUND, "The link\nis dead.")]
    assert assignment.state is AssignmentState.DRAFTING
    assert deeds_of(assignment.reviewer) == [
        ("verdict:write", {"assignment": assignment.id, "statement": "PM1.1", "evidence": 7})
    ]


def test_a_later_verdict_replaces_the_one_before_and_the_same_one_counts_once():
    assignment = an_assignment()
    judged(assignment, choice="partly")

    judged(assignment, choice="sufficient", note="Found it.")
    kept = judged(assignment, choice="sufficient", note="Found it.")

    assert kept == [(7, Sufficiency.SUFFICIENT, "Found it.")]
    assert len(deeds_of(assignment.reviewer)) == 2


def test_each_piece_of_evidence_has_a_verdict_of_its_own():
    assignment = an_assignment()

    judged(assignment, evidence=9, choice="partly")
    kept = judged(assignment, evidence=7, choice="sufficient")

    assert kept == [(9, Sufficiency.PARTLY, ""), (7, Sufficiency.SUFFICIENT, "")]


def test_an_empty_choice_takes_a_verdict_back_and_changes_nothing_where_there_is_none():
    assignment = an_assignment()

    nothing = judged(assignment, choice="")
    judged(assignment, choice="partly")
    taken_back = judged(assignment, choice="")

    assert (nothing, taken_back) == ([], [])
    assert len(deeds_of(assignment.reviewer)) == 2


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"evidence": 8}, "evidence"),
        ({"choice": "excellent"}, "choice"),
        ({"choice": "SUFFICIENT"}, "choice"),
        ({"choice": "", "note": "Later."}, "choice"),
        ({"note": "x" * 2_001}, "note"),
        ({"note": "a\0b"}, "note"),
    ],
)
def test_what_is_no_verdict_on_signed_evidence_is_refused(sent, field):
    assignment = an_assignment()

    with pytest.raises(Unusable) as refusal:
        judged(assignment, **sent)

    assert refusal.value.field == field
    assert (assignment.verdicts, deeds_of(assignment.reviewer)) == ([], [])


def test_only_a_reviewer_at_work_gives_verdicts():
    finished = an_assignment(state=AssignmentState.SUBMITTED)
    too_late = an_assignment()
    a_consensus(of=too_late.assessment)

    for assignment in (finished, too_late):
        with pytest.raises(NotNow):
            judged(assignment)

    assert (finished.verdicts, too_late.verdicts) == ([], [])
