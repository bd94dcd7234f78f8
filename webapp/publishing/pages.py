"""What the pages show on which a report leaves the team: to the city, and to everybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext

from models import Finding, PeersAnswer, Report, ReportState, User
from reviews import reports
from reviews.questionnaires import Questionnaire
from webapp.clock import now
from webapp.places import Place
from webapp.publishing.forms import ApprovalForm, PublicationForm, SendForm
from webapp.report_places import Link, gap_links
from webapp.report_texts import FindingText, ReportText
from webapp.words import peers_answer_words

NO_LINKS: Mapping[str, tuple[Link, ...]] = {}


@dataclass(frozen=True)
class SendPage:
    """What is lacking before a report can go to the city, and until when the city replies."""

    title: str
    place: Place
    gaps: tuple[Link, ...]
    told: tuple[str, ...]
    form: SendForm
    template: ClassVar[str] = "publishing/send.html"

    @classmethod
    def of(
        cls,
        report: Report,
        questionnaire: Questionnaire,
        told: Sequence[User],
        form: SendForm,
    ) -> SendPage:
        assessment = report.assessment
        return cls(
            title=gettext("Send the report to %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            gaps=gap_links(assessment, questionnaire, reports.lacking(report, questionnaire)),
            told=tuple(one.name for one in told),
            form=form,
        )


@dataclass(frozen=True)
class Typed:
    """What the peers answer: as it is stored, or as it was sent and refused."""

    answer: str
    answer_text: str
    reworded: str


@dataclass(frozen=True)
class Choice:
    value: str
    words: str
    chosen: bool


def _choices(chosen: str) -> tuple[Choice, ...]:
    words = {
        PeersAnswer.ACCEPT: gettext("We agree with the city"),
        PeersAnswer.KEEP: gettext("We keep the finding as it is"),
        PeersAnswer.REWORD: gettext("We put the finding in new words"),
    }
    return tuple(Choice(one.value, text, one.value == chosen) for one, text in words.items())


@dataclass(frozen=True)
class AnswerPage:
    """One finding with the city's reply, and what the peers answer to it. While the city can
    still reply, its text is not in here: `finding` shows no reply, and nothing can be sent."""

    title: str
    place: Place
    number: int
    over: bool
    finding: FindingText
    given: str
    given_text: str
    choices: tuple[Choice, ...]
    typed: Typed
    seen: str
    problem: str
    problem_field: str
    template: ClassVar[str] = "publishing/answer.html"

    @classmethod
    def of(
        cls,
        finding: Finding,
        document: Mapping[str, Any],
        questionnaire: Questionnaire,
        *,
        typed: Typed | None = None,
        problem: str = "",
        problem_field: str = "",
    ) -> AnswerPage:
        """`document` is the report as this person may read it."""
        row = next(one for one in document["findings"] if one["id"] == f"F{finding.place}")
        stored = Typed(row["answer"], row["answer_text"], row["reworded"])
        shown = typed or stored
        over = reports.reply_is_over(finding.report, now())
        at = finding.reply.answered_at if finding.reply and over else None
        return cls(
            title=gettext("Answer the city on F%(number)d", number=finding.place),
            place=Place.of(finding.assessment),
            number=finding.place,
            over=over,
            finding=FindingText.of(row, questionnaire),
            given=peers_answer_words(PeersAnswer(stored.answer)) if stored.answer else "",
            given_text="\n\n".join(filter(None, (stored.reworded, stored.answer_text))),
            choices=_choices(shown.answer),
            typed=shown,
            seen=at.isoformat() if at else "",
            problem=problem,
            problem_field=problem_field,
        )


@dataclass(frozen=True)
class Release:
    """What approval and publication have in common: the very text, its hash, who stands for it."""

    edition: int
    sha256: str
    text: ReportText
    approved_by: tuple[str, ...]
    needed: int
    corrects: str
    reason: str

    @classmethod
    def of(
        cls,
        report: Report,
        questionnaire: Questionnaire,
        document: Mapping[str, Any],
        sha256: str,
        needed: int,
    ) -> Release:
        return cls(
            edition=reports.next_edition(report),
            sha256=sha256,
            text=ReportText.of(document, questionnaire),
            approved_by=tuple(one.name for one in reports.approvers(report)),
            needed=needed,
            corrects=document["corrects"] or "",
            reason=report.correction_reason,
        )


@dataclass(frozen=True)
class ApprovalPage:
    """The report as it would be published, for a coordinator to approve; `hindrance` says why
    this person cannot approve it now."""

    title: str
    place: Place
    release: Release
    writers: tuple[str, ...]
    hindrance: str
    form: ApprovalForm
    error: str
    reply_links: Mapping[str, tuple[Link, ...]] = field(default_factory=lambda: NO_LINKS)
    template: ClassVar[str] = "publishing/approval.html"

    @property
    def text(self) -> ReportText:
        return self.release.text

    @classmethod
    def of(
        cls,
        report: Report,
        release: Release,
        writers: Sequence[str],
        editors: Collection[int],
        form: ApprovalForm,
        who: User,
        *,
        error: str = "",
    ) -> ApprovalPage:
        assessment = report.assessment
        return cls(
            title=gettext("Approve the report on %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            release=release,
            writers=tuple(writers),
            hindrance=_hindrance(report, editors, who, now()),
            form=form,
            error=error,
        )


def _hindrance(report: Report, editors: Collection[int], who: User, at: datetime) -> str:
    """Why a person cannot approve a report now, in words; nothing where they can."""
    if report.state is ReportState.PUBLISHED and not report.correction_reason:
        return gettext("This report is published, and no correction of it is being prepared.")
    if not reports.reply_is_over(report, at):
        return gettext("The city can still reply. Approve the report after that.")
    waiting = reports.unanswered(report)
    if waiting:
        findings = ", ".join(f"F{one.place}" for one in waiting)
        return gettext(
            "The peers have not answered all replies of the city: %(findings)s.", findings=findings
        )
    if who.id in editors:
        return gettext("You wrote in this report, so somebody else has to approve it.")
    if who in reports.approvers(report):
        return gettext("You have approved this report.")
    return ""


@dataclass(frozen=True)
class PublicationPage:
    """What is about to be published, with its hash; `lacks` is why it cannot be yet."""

    title: str
    place: Place
    release: Release
    lacks: str
    form: PublicationForm
    error: str
    reply_links: Mapping[str, tuple[Link, ...]] = field(default_factory=lambda: NO_LINKS)
    template: ClassVar[str] = "publishing/publication.html"

    @property
    def text(self) -> ReportText:
        return self.release.text

    @classmethod
    def of(
        cls, report: Report, release: Release, form: PublicationForm, *, error: str = ""
    ) -> PublicationPage:
        assessment = report.assessment
        return cls(
            title=gettext("Publish the report on %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            release=release,
            lacks=_lacks(report, release),
            form=form,
            error=error,
        )


def _lacks(report: Report, release: Release) -> str:
    if report.state is ReportState.PUBLISHED and not report.correction_reason:
        return gettext("This report is published, and no correction of it is being prepared.")
    have = len(release.approved_by)
    if have < release.needed:
        return gettext(
            "%(needed)d coordinators must approve; %(have)d have.",
            needed=release.needed,
            have=have,
        )
    return ""


@dataclass(frozen=True)
class CorrectionPage:
    """Why a published report is to be corrected."""

    title: str
    place: Place
    number: int
    under_way: bool
    typed: str
    problem: str
    template: ClassVar[str] = "publishing/correction.html"

    @classmethod
    def of(cls, report: Report, *, typed: str = "", problem: str = "") -> CorrectionPage:
        assessment = report.assessment
        return cls(
            title=gettext("Correct the report on %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            number=len(report.editions),
            under_way=bool(report.correction_reason),
            typed=typed,
            problem=problem,
        )
