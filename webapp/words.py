"""States in the words that a person would use."""

from __future__ import annotations

from flask_babel import lazy_gettext

from models import AssignmentState, Phase, RoundState, StatementKind
from reviews.completeness import Progress

_PHASES = {
    Phase.DRAFT: lazy_gettext("City is writing"),
    Phase.LOCKED: lazy_gettext("Waiting for signature"),
    Phase.SUBMITTED: lazy_gettext("Signed"),
    Phase.UNDER_REVIEW: lazy_gettext("Under review"),
    Phase.CONSENSUS: lazy_gettext("Consensus open"),
    Phase.REPORT: lazy_gettext("Consensus closed"),
}
_ROUNDS = {
    RoundState.PREPARING: lazy_gettext("Being prepared"),
    RoundState.OPEN: lazy_gettext("Open"),
    RoundState.CLOSED: lazy_gettext("Closed"),
}
_ASSIGNMENTS = {
    AssignmentState.INVITED: lazy_gettext("Invited"),
    AssignmentState.ACCEPTED: lazy_gettext("Accepted"),
    AssignmentState.DRAFTING: lazy_gettext("Scoring"),
    AssignmentState.SUBMITTED: lazy_gettext("Submitted"),
    AssignmentState.DECLINED: lazy_gettext("Declined"),
    AssignmentState.RECUSED: lazy_gettext("Stepped back"),
    AssignmentState.REVOKED: lazy_gettext("Taken off"),
}
_PROGRESS = {
    Progress.EMPTY: lazy_gettext("Empty"),
    Progress.DRAFT: lazy_gettext("Draft"),
    Progress.COMPLETE: lazy_gettext("Complete"),
}
_KINDS = {
    StatementKind.POLICY: lazy_gettext("Policy"),
    StatementKind.PROCESS: lazy_gettext("Process"),
    StatementKind.OUTCOME: lazy_gettext("Outcome"),
}


def phase_words(phase: Phase) -> str:
    return str(_PHASES[phase])


def round_words(state: RoundState) -> str:
    return str(_ROUNDS[state])


def assignment_words(state: AssignmentState) -> str:
    return str(_ASSIGNMENTS[state])


def progress_words(progress: Progress) -> str:
    return str(_PROGRESS[progress])


def kind_words(kind: StatementKind) -> str:
    return str(_KINDS[kind])
