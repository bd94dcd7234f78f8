"""States in the words that a person would use."""

from __future__ import annotations

from babel import Locale
from flask_babel import get_locale, lazy_gettext

from models import (
    AssignmentState,
    Confidentiality,
    ConsentChoice,
    DocumentKind,
    FindingKind,
    PeersAnswer,
    Phase,
    PlanResponse,
    PlanStatus,
    Priority,
    RoundState,
    StatementKind,
    Sufficiency,
)
from reviews.completeness import Progress
from reviews.hints import Oddity
from reviews.plans import Standing

_PHASES = {
    Phase.DRAFT: lazy_gettext("City is writing"),
    Phase.LOCKED: lazy_gettext("Waiting for signature"),
    Phase.SUBMITTED: lazy_gettext("Signed"),
    Phase.UNDER_REVIEW: lazy_gettext("Under review"),
    Phase.CONSENSUS: lazy_gettext("Consensus open"),
    Phase.REPORT: lazy_gettext("Report being written"),
    Phase.REPLY: lazy_gettext("With the city for reply"),
    Phase.FINAL: lazy_gettext("Report final, not published"),
    Phase.PUBLISHED: lazy_gettext("Report published"),
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


_CONSENTS = {
    ConsentChoice.NAMED: lazy_gettext("By name"),
    ConsentChoice.GROUP: lazy_gettext("In groups only"),
}
_CONFIDENCES = {
    "low": lazy_gettext("Not very sure"),
    "medium": lazy_gettext("Fairly sure"),
    "high": lazy_gettext("Very sure"),
}
_SUFFICIENCY = {
    Sufficiency.SUFFICIENT: lazy_gettext("Sufficient: it shows what the city says"),
    Sufficiency.PARTLY: lazy_gettext("Partly: it shows some of it"),
    Sufficiency.NOT_FOUND: lazy_gettext("Not found: it does not show it, or cannot be opened"),
}
_FINDING_KINDS = {
    FindingKind.STRENGTH: lazy_gettext("Strength"),
    FindingKind.CHALLENGE: lazy_gettext("Challenge"),
    FindingKind.GOOD_PRACTICE: lazy_gettext("Good practice"),
    FindingKind.RECOMMENDATION: lazy_gettext("Recommendation"),
}
_PRIORITIES = {
    Priority.HIGH: lazy_gettext("High priority"),
    Priority.MEDIUM: lazy_gettext("Medium priority"),
    Priority.LOW: lazy_gettext("Low priority"),
}
_PEERS_ANSWERS = {
    PeersAnswer.ACCEPT: lazy_gettext("The peers agree with the city"),
    PeersAnswer.KEEP: lazy_gettext("The peers keep the finding as it is"),
    PeersAnswer.REWORD: lazy_gettext("The peers have reworded the finding"),
}
_PLAN_RESPONSES = {
    PlanResponse.ACCEPTED: lazy_gettext("Accepted"),
    PlanResponse.PARTLY: lazy_gettext("Partly accepted"),
    PlanResponse.NOT_ACCEPTED: lazy_gettext("Not accepted"),
}
_PLAN_STATUSES = {
    PlanStatus.NOT_BEGUN: lazy_gettext("Not begun"),
    PlanStatus.UNDER_WAY: lazy_gettext("Under way"),
    PlanStatus.DONE: lazy_gettext("Done"),
    PlanStatus.DROPPED: lazy_gettext("Dropped"),
}
_STANDINGS = {
    Standing.UNANSWERED: lazy_gettext("Not answered"),
    Standing.NOT_BEGUN: lazy_gettext("Not begun"),
    Standing.UNDER_WAY: lazy_gettext("Under way"),
    Standing.DONE: lazy_gettext("Done"),
    Standing.DROPPED: lazy_gettext("Dropped"),
    Standing.NOT_FOLLOWED: lazy_gettext("Not followed"),
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


def confidence_words(confidence: str) -> str:
    """How sure a reviewer is of a score; nothing for one who does not say."""
    return str(_CONFIDENCES[confidence]) if confidence else ""


def sufficiency_words(sufficiency: Sufficiency) -> str:
    return str(_SUFFICIENCY[sufficiency])


def kind_words(kind: StatementKind) -> str:
    return str(_KINDS[kind])


def document_kind_words(kind: DocumentKind) -> str:
    return str(_DOCUMENT_KINDS[kind])


def consent_words(choice: ConsentChoice) -> str:
    return str(_CONSENTS[choice])


def confidentiality_words(confidentiality: Confidentiality) -> str:
    return str(_CONFIDENTIALITY[confidentiality])


def finding_kind_words(kind: FindingKind) -> str:
    return str(_FINDING_KINDS[kind])


def priority_words(priority: Priority) -> str:
    return str(_PRIORITIES[priority])


def peers_answer_words(answer: PeersAnswer) -> str:
    return str(_PEERS_ANSWERS[answer])


def plan_response_words(response: PlanResponse) -> str:
    return str(_PLAN_RESPONSES[response])


def plan_status_words(status: PlanStatus) -> str:
    return str(_PLAN_STATUSES[status])


def standing_words(standing: Standing) -> str:
    return str(_STANDINGS[standing])


def language_words(code: str) -> str:
    """The name of a language in the reader's language; nothing for no language."""
    locale = get_locale() or Locale("en")
    return str(locale.languages.get(code, code))
