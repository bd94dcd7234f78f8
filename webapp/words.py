"""States in the words that a person would use."""

from __future__ import annotations

from babel import Locale
from flask_babel import get_locale, lazy_gettext

from models import AssignmentState, Confidentiality, DocumentKind, Phase, RoundState, StatementKind
from reviews.completeness import Progress
from reviews.hints import Oddity

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
    Progress.TO_CONFIRM: lazy_gettext("To be confirmed"),
    Progress.COMPLETE: lazy_gettext("Complete"),
}
_KINDS = {
    StatementKind.POLICY: lazy_gettext("Policy"),
    StatementKind.PROCESS: lazy_gettext("Process"),
    StatementKind.OUTCOME: lazy_gettext("Outcome"),
}


_ODDITIES = {
    Oddity.NO_EVIDENCE: lazy_gettext("a high level without evidence that reviewers can see"),
    Oddity.NO_TEXT: lazy_gettext("the highest level without a word on what shows it"),
    Oddity.OUT_OF_DATE: lazy_gettext("evidence that is out of date"),
}
_DOCUMENT_KINDS = {
    DocumentKind.LAW: lazy_gettext("Law or regulation"),
    DocumentKind.PLAN: lazy_gettext("Strategy or plan"),
    DocumentKind.REPORT: lazy_gettext("Report or evaluation"),
    DocumentKind.STATISTICS: lazy_gettext("Statistics"),
    DocumentKind.BUDGET: lazy_gettext("Budget"),
    DocumentKind.MINUTES: lazy_gettext("Minutes or decision"),
    DocumentKind.WEB_PAGE: lazy_gettext("Web page"),
    DocumentKind.PHOTO: lazy_gettext("Photo"),
    DocumentKind.OTHER: lazy_gettext("Other"),
}
_CONFIDENTIALITY = {
    Confidentiality.CITY: lazy_gettext("City only"),
    Confidentiality.REVIEWERS: lazy_gettext("City and reviewers"),
    Confidentiality.PUBLIC: lazy_gettext("Public"),
}


def phase_words(phase: Phase) -> str:
    return str(_PHASES[phase])


def round_words(state: RoundState) -> str:
    return str(_ROUNDS[state])


def assignment_words(state: AssignmentState) -> str:
    return str(_ASSIGNMENTS[state])


def progress_words(progress: Progress) -> str:
    return str(_PROGRESS[progress])


def oddity_words(oddity: Oddity) -> str:
    return str(_ODDITIES[oddity])


def kind_words(kind: StatementKind) -> str:
    return str(_KINDS[kind])


def document_kind_words(kind: DocumentKind) -> str:
    return str(_DOCUMENT_KINDS[kind])


def confidentiality_words(confidentiality: Confidentiality) -> str:
    return str(_CONFIDENTIALITY[confidentiality])


def language_words(code: str) -> str:
    """The name of a language in the reader's language; nothing for no language."""
    locale = get_locale() or Locale("en")
    return str(locale.languages.get(code, code))
