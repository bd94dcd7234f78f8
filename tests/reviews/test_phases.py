"""Phases: one letter out of the separate lives."""

from __future__ import annotations

import pytest

from models import AssessmentState, ConsensusState
from reviews.phases import phase
from tests.builders import a_consensus, an_assessment


@pytest.mark.parametrize(
    ("state", "letter"),
    [
        (AssessmentState.DRAFT, "D"),
        (AssessmentState.LOCKED, "L"),
        (AssessmentState.SUBMITTED, "S"),
        (AssessmentState.IN_REVIEW, "U"),
    ],
)
def test_before_consensus_the_assessment_says_the_phase(state, letter):
    assert phase(an_assessment(state=state)) == letter


@pytest.mark.parametrize(
    ("state", "letter"), [(ConsensusState.OPEN, "N"), (ConsensusState.AGREED, "P")]
)
def test_once_there_is_a_consensus_it_says_the_phase(state, letter):
    assert phase(a_consensus(state=state).assessment) == letter
