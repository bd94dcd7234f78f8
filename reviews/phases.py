"""Where a city stands in a round: one letter out of the separate lives."""

from __future__ import annotations

from models import Assessment, AssessmentState, ConsensusState, Phase, ReportState

_OF_STATE = {
    AssessmentState.DRAFT: Phase.DRAFT,
    AssessmentState.LOCKED: Phase.LOCKED,
    AssessmentState.SUBMITTED: Phase.SUBMITTED,
    AssessmentState.IN_REVIEW: Phase.UNDER_REVIEW,
}
_OF_REPORT = {
    ReportState.DRAFTING: Phase.REPORT,
    ReportState.WITH_CITY: Phase.REPLY,
    ReportState.FINAL: Phase.FINAL,
    ReportState.PUBLISHED: Phase.PUBLISHED,
}


def phase(assessment: Assessment) -> Phase:
    """The letter that the policy and the permission matrix use."""
    if assessment.consensus is None:
        return _OF_STATE[assessment.state]
    if assessment.consensus.state is ConsensusState.OPEN:
        return Phase.CONSENSUS
    if assessment.report is None:
        return Phase.REPORT
    return _OF_REPORT[assessment.report.state]
