"""What the pages of a city's reply show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten
from typing import ClassVar

from flask_babel import gettext

from models import Finding, FindingKind, Priority, Reply, Report, User
from reviews import replies, reports
from reviews.policy import Action, allowed
from reviews.queries.revisions import Change
from webapp.clock import now
from webapp.places import Place
from webapp.replies.forms import SignForm
from webapp.saved_sheets import SavedSheet
from webapp.words import finding_kind_words, peers_answer_words, priority_words
from webapp.worksheets import NO_ATTEMPT, Attempt


@dataclass(frozen=True)
class Answered:
    """What the peers answered to one reply; never who of them."""

    words: str
    text: str
    reworded: str

    @classmethod
    def of(cls, reply: Reply | None) -> Answered | None:
        if reply is None or reply.answer is None:
            return None
        return cls(peers_answer_words(reply.answer), reply.answer_text, reply.reworded)


@dataclass(frozen=True)
class FindingLine:
    """One finding, and what the city and the peers say about it."""

    place: int
    kind: str
    statement: str
    text: str
    excerpt: str
    priority: str
    addressee: str
    reply: str
    answered: Answered | None

    @property
    def id(self) -> str:
        return f"F{self.place}"

    @classmethod
    def of(cls, finding: Finding) -> FindingLine:
        return cls(
            place=finding.place,
            kind=finding_kind_words(FindingKind(finding.kind)),
            statement=finding.statement,
            text=finding.text,
            excerpt=shorten(finding.text, 160, placeholder=" …"),
            priority=priority_words(Priority(finding.priority)) if finding.priority else "",
            addressee=finding.addressee,
            reply=replies.text_of(finding),
            answered=Answered.of(finding.reply),
        )


@dataclass(frozen=True)
class Clock:
    """Until when a city can reply, and whether that is over: by a signature or by the date."""

    due: datetime
    over: bool
    signed_by: str
    signed_at: datetime | None

    @classmethod
    def of(cls, report: Report) -> Clock:
        if report.reply_due is None:
            raise LookupError("this report has not been sent to the city")
        return cls(
            due=report.reply_due,
            over=reports.reply_is_over(report, now()),
            signed_by=report.reply_signed_by.name if report.reply_signed_by else "",
            signed_at=report.reply_signed_at,
        )


def may(who: User, action: Action, report: Report) -> bool:
    """Whether somebody may do something with a reply that is not over yet."""
    at = now()
    return allowed(who, action, report.assessment, at) and not reports.reply_is_over(report, at)


@dataclass(frozen=True)
class ReplyPage:
    """All findings of a report, and how far the city is with its reply."""

    title: str
    place: Place
    clock: Clock
    findings: tuple[FindingLine, ...]
    replied: int
    may_write: bool
    may_sign: bool
    template: ClassVar[str] = "replies/reply.html"

    @classmethod
    def of(cls, report: Report, findings: Sequence[Finding], who: User) -> ReplyPage:
        lines = tuple(map(FindingLine.of, findings))
        return cls(
            title=gettext("Reply of %(city)s", city=report.assessment.city.name),
            place=Place.of(report.assessment),
            clock=Clock.of(report),
            findings=lines,
            replied=sum(bool(one.reply) for one in lines),
            may_write=may(who, Action.REPLY_WRITE, report),
            may_sign=may(who, Action.REPLY_SIGN, report),
        )


@dataclass(frozen=True)
class FindingPage:
    """One finding and the city's reply to it; `saves` are what the reply was, the last first."""

    title: str
    place: Place
    clock: Clock
    finding: FindingLine
    sheet: SavedSheet
    saves: tuple[Change, ...]
    number: int
    findings: int
    previous: FindingLine | None
    next: FindingLine | None
    template: ClassVar[str] = "replies/finding.html"

    @classmethod
    def of(
        cls,
        report: Report,
        findings: Sequence[Finding],
        finding: Finding,
        saves: Sequence[Change],
        who: User,
        attempt: Attempt = NO_ATTEMPT,
    ) -> FindingPage:
        line = FindingLine.of(finding)
        here = list(findings).index(finding)
        around = dict(enumerate(map(FindingLine.of, findings)))
        return cls(
            title=gettext("%(finding)s %(kind)s", finding=line.id, kind=line.kind),
            place=Place.of(report.assessment),
            clock=Clock.of(report),
            finding=line,
            sheet=SavedSheet.of(
                finding.reply or Reply(),
                may_write=may(who, Action.REPLY_WRITE, report),
                attempt=attempt,
            ),
            saves=tuple(saves),
            number=here + 1,
            findings=len(findings),
            previous=around.get(here - 1),
            next=around.get(here + 1),
        )


@dataclass(frozen=True)
class SignPage:
    """The whole reply as it would be signed now, with its fingerprint."""

    title: str
    place: Place
    clock: Clock
    findings: tuple[FindingLine, ...]
    replied: int
    sha256: str
    form: SignForm
    may_sign: bool
    error: str = ""
    template: ClassVar[str] = "replies/sign.html"

    @classmethod
    def of(
        cls,
        report: Report,
        findings: Sequence[Finding],
        sha256: str,
        form: SignForm,
        who: User,
        *,
        error: str = "",
    ) -> SignPage:
        lines = tuple(map(FindingLine.of, findings))
        return cls(
            title=gettext("Sign the reply of %(city)s", city=report.assessment.city.name),
            place=Place.of(report.assessment),
            clock=Clock.of(report),
            findings=lines,
            replied=sum(bool(one.reply) for one in lines),
            sha256=sha256,
            form=form,
            may_sign=may(who, Action.REPLY_SIGN, report),
            error=error,
        )
