"""What the pages of a report show to those who read and write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext, ngettext

from models import Assessment, Edition, FindingKind, Report, ReportState, User
from reviews import reports
from reviews.policy import Action, allowed
from reviews.questionnaires import Questionnaire
from webapp import filters
from webapp.clock import now
from webapp.places import Place, address_in
from webapp.report_places import Link, gap_links, spots
from webapp.report_texts import ReportText
from webapp.words import finding_kind_words


@dataclass(frozen=True)
class BlockLine:
    """One block as the team sees it in its list: whether it is written, and who saved it last."""

    words: str
    slug: str
    written: bool
    changed_by: str
    changed_at: datetime | None


@dataclass(frozen=True)
class FindingLine:
    """One finding as the team sees it in its list; withdrawn ones can be put back."""

    place: int
    kind: str
    withdrawn: bool

    @property
    def id(self) -> str:
        return f"F{self.place}"


@dataclass(frozen=True)
class Desk:
    """What the team sees of a report that it is writing, beside its text."""

    blocks: tuple[BlockLine, ...]
    findings: tuple[FindingLine, ...]
    gaps: tuple[Link, ...]
    correction: str

    @classmethod
    def of(cls, report: Report, questionnaire: Questionnaire) -> Desk:
        there = {(one.role, one.block): one for one in report.sections}
        return cls(
            blocks=tuple(
                BlockLine(
                    words=spot.words,
                    slug=spot.slug,
                    written=bool(kept and kept.text.strip()),
                    changed_by=kept.changed_by.name if kept and kept.changed_by else "",
                    changed_at=kept.changed_at if kept else None,
                )
                for spot in spots(questionnaire)
                for kept in [there.get((spot.role, spot.block))]
            ),
            findings=tuple(
                FindingLine(
                    place=one.place,
                    kind=finding_kind_words(FindingKind(one.kind)),
                    withdrawn=one.withdrawn_at is not None,
                )
                for one in report.findings
                if one.number
            ),
            gaps=gap_links(
                report.assessment, questionnaire, reports.lacking(report, questionnaire)
            ),
            correction=report.correction_reason,
        )


@dataclass(frozen=True)
class EditionLine:
    number: int
    published_at: datetime
    sha256: str
    reason: str

    @classmethod
    def of(cls, edition: Edition) -> EditionLine:
        return cls(edition.number, edition.published_at, edition.sha256, edition.reason)


@dataclass(frozen=True)
class ReportPage:
    """The report on a city, for the team, the coordinators and, later, the city.

    `reply_links` are drawn under the findings, by their id such as F3.
    """

    title: str
    place: Place
    state: str
    text: ReportText
    steps: tuple[Link, ...]
    desk: Desk | None
    replied: str
    reply_links: Mapping[str, tuple[Link, ...]]
    editions: tuple[EditionLine, ...]
    template: ClassVar[str] = "reports/report.html"

    @classmethod
    def of(
        cls,
        report: Report,
        questionnaire: Questionnaire,
        document: Mapping[str, Any],
        who: User,
    ) -> ReportPage:
        at, assessment = now(), report.assessment
        writes = allowed(who, Action.REPORT_WRITE, assessment, at) and is_open(report)
        return cls(
            title=gettext("Report on %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            state=state_words(report, at),
            text=ReportText.of(document, questionnaire),
            steps=(*_steps(report, who, at), *_onward(report, who, at)),
            desk=Desk.of(report, questionnaire) if writes else None,
            replied=_replied(report, who, at),
            reply_links=_reply_links(report, document, who, at),
            editions=tuple(map(EditionLine.of, reversed(report.editions))),
        )


@dataclass(frozen=True)
class PrintPage:
    """The report on paper."""

    title: str
    place: Place
    state: str
    text: ReportText
    template: ClassVar[str] = "reports/print.html"

    @classmethod
    def of(
        cls, report: Report, questionnaire: Questionnaire, document: Mapping[str, Any]
    ) -> PrintPage:
        assessment = report.assessment
        return cls(
            title=gettext("Report on %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            state=state_words(report, now()),
            text=ReportText.of(document, questionnaire),
        )


def is_open(report: Report) -> bool:
    """Whether the text of a report can change."""
    return report.state is ReportState.DRAFTING or bool(report.correction_reason)


def state_words(report: Report, at: datetime) -> str:
    """Where a report stands, in a sentence."""
    if report.state is ReportState.DRAFTING:
        return gettext("The team is writing this report. The city does not see it yet.")
    if report.state is ReportState.WITH_CITY:
        return _with_city(report, at)
    if report.state is ReportState.FINAL:
        return gettext("Final and approved. It is not published yet.")
    latest = report.editions[-1]
    return gettext(
        "Published on %(day)s, edition %(number)d.",
        day=filters.date(latest.published_at),
        number=latest.number,
    )


def _with_city(report: Report, at: datetime) -> str:
    if report.reply_signed_at is not None:
        return gettext(
            "The city signed its reply on %(day)s.", day=filters.date(report.reply_signed_at)
        )
    if report.reply_due is None:
        raise LookupError("a report that is with the city has a date for the reply")
    if reports.reply_is_over(report, at):
        return gettext(
            "The date for the reply has passed: it was %(date)s.",
            date=filters.date_time(report.reply_due),
        )
    return gettext(
        "With the city for reply until %(date)s.", date=filters.date_time(report.reply_due)
    )


_STEPS = (
    (Action.REPORT_SEND, "publishing.show_send"),
    (Action.REPORT_APPROVE, "publishing.show_approval"),
    (Action.REPORT_PUBLISH, "publishing.show_publication"),
    (Action.REPORT_CORRECT, "publishing.show_correction"),
)


def _step_words(action: Action) -> str:
    return {
        Action.REPORT_SEND: gettext("Send the report to the city"),
        Action.REPORT_APPROVE: gettext("Approve the report"),
        Action.REPORT_PUBLISH: gettext("Publish the report"),
        Action.REPORT_CORRECT: gettext("Correct the published report"),
    }[action]


def _steps(report: Report, who: User, at: datetime) -> tuple[Link, ...]:
    """What a coordinator can do with the report now."""
    published = report.state is ReportState.PUBLISHED
    correcting = bool(report.correction_reason)
    fitting = {
        Action.REPORT_SEND: True,
        Action.REPORT_APPROVE: correcting or not published,
        Action.REPORT_PUBLISH: correcting or not published,
        Action.REPORT_CORRECT: not correcting,
    }
    return tuple(
        Link(_step_words(action), address_in(endpoint, report.assessment))
        for action, endpoint in _STEPS
        if fitting[action] and allowed(who, action, report.assessment, at)
    )


def _onward(report: Report, who: User, at: datetime) -> tuple[Link, ...]:
    """What follows from the report: the city's reply, its plan, and its benchmark."""
    assessment = report.assessment
    pages = (
        (Action.REPLY_READ, gettext("The reply of the city"), "replies.show_reply"),
        (Action.PLAN_READ, gettext("The plan of the city"), "plans.show_plan"),
        (
            Action.CITY_BENCHMARK_READ,
            gettext("The benchmark of the city"),
            "city_benchmarks.show_city_benchmark",
        ),
    )
    return tuple(
        Link(words, address_in(endpoint, assessment))
        for action, words, endpoint in pages
        if allowed(who, action, assessment, at)
    )


def _replied(report: Report, who: User, at: datetime) -> str:
    """How far the city is with its reply: how many findings have one, never what it says."""
    watches = allowed(who, Action.REPORT_APPROVE, report.assessment, at)
    if report.state is not ReportState.WITH_CITY or not watches:
        return ""
    standing = reports.standing(report)
    done = sum(bool(one.reply and one.reply.text.strip()) for one in standing)
    return ngettext(
        "%(done)d of %(num)d finding has a reply of the city.",
        "%(done)d of %(num)d findings have a reply of the city.",
        len(standing),
        done=done,
    )


def _reply_links(
    report: Report, document: Mapping[str, Any], who: User, at: datetime
) -> Mapping[str, tuple[Link, ...]]:
    """Under each finding: where the city replies, or where the peers answer its reply."""
    assessment, over = report.assessment, reports.reply_is_over(report, at)
    if allowed(who, Action.REPLY_WRITE, assessment, at) and not over:
        links = {
            one["id"]: _link(gettext("Reply"), "replies.show_finding", one["id"], assessment)
            for one in document["findings"]
        }
    elif allowed(who, Action.REPLY_ANSWER, assessment, at) and over:
        links = {
            one["id"]: _link(
                gettext("Change the answer") if one["answer"] else gettext("Answer the city"),
                "publishing.show_answer",
                one["id"],
                assessment,
            )
            for one in document["findings"]
            if one["reply"]
        }
    else:
        links = {}
    return {name: (link,) for name, link in links.items()}


def _link(words: str, endpoint: str, finding: str, assessment: Assessment) -> Link:
    address = address_in(endpoint, assessment, place=int(finding[1:]))
    return Link(words, address, label=f"{words}: {finding}")
