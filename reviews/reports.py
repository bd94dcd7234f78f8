"""City reports: written by the team, replied to by the city, approved by two, published for good.

drafting -> with the city -> final -> published; a correction makes a further edition.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from models import (
    Approval,
    Assessment,
    Block,
    ConsensusState,
    Edition,
    Finding,
    FindingKind,
    Priority,
    Report,
    ReportSection,
    ReportState,
    Revision,
    User,
)
from reviews import submissions, texts
from reviews.errors import Incomplete, NotNow, RuleBroken, Stale, Unusable
from reviews.journal import record
from reviews.machine import Machine, Step
from reviews.questionnaires import Questionnaire
from reviews.saving import Known, Sent, save

Drafting, WithCity = ReportState.DRAFTING, ReportState.WITH_CITY
Final, Published = ReportState.FINAL, ReportState.PUBLISHED

# fmt: off
LIFE = Machine(Drafting, [
    Step("send_to_city", Drafting, WithCity),
    Step("approve",      WithCity, Final),
    Step("publish",      Final,    Published),
], refusals={
    Drafting:  "The report is still being written.",
    WithCity:  "The report is with the city for its reply.",
    Final:     "The report is final.",
    Published: "The report is published; it never changes. A correction makes a new edition.",
})
# fmt: on

REPLY_DAYS = 14
"""How many days a city has for its reply at least."""
ROLE_BLOCKS = (Block.SELF_ASSESSMENT, Block.FINDINGS, Block.CHALLENGES)
"""What the report says about each role, in the order of the 3rd Integrating Cities Report."""


class OwnWork(RuleBroken):
    """Whoever wrote in a report does not approve it."""


def begin(assessment: Assessment) -> Report:
    """The report of a city, opened empty once its consensus is closed."""
    if assessment.consensus is None or assessment.consensus.state is not ConsensusState.AGREED:
        raise NotNow("The report is written once the consensus is closed.")
    if assessment.report is None:
        assessment.report = Report()
    return assessment.report


def writing(report: Report) -> None:
    """Raise NotNow unless the text of a report can change: in draft, or in a correction."""
    if report.state is not Drafting and not report.correction_reason:
        raise NotNow(LIFE.refusals[report.state])


def write_section(
    section: ReportSection, sent: Sent, known: Known, *, by: User, now: datetime
) -> Revision | None:
    """Write one block of the report. Raises as saving.save does."""
    writing(section.report)
    content = {name: texts.typed(text, field=name) for name, text in sent.content.items()}
    revision = save(section, Sent(content, sent.base, sent.key), known, by=by, now=now)
    if revision is not None and revision is not known.under_key:
        _withdraw_approvals(section.report)
        record(by, "report:write", section, now=now, role=section.role, block=section.block.value)
    return revision


def write_finding(
    finding: Finding,
    sent: Sent,
    known: Known,
    *,
    statements: Collection[str],
    by: User,
    now: datetime,
) -> Revision | None:
    """Write one finding; `statements` are the codes it may be about. Raises as saving.save does,
    and Unusable for a kind, a priority or a statement that does not exist."""
    writing(finding.report)
    content = {
        name: texts.line(text, field=name)
        if name == "addressee"
        else texts.typed(text, field=name).strip()
        for name, text in sent.content.items()
    }
    _choose(content, "kind", list(FindingKind), "Say what kind of finding this is.")
    _choose(content, "priority", ["", *Priority], "Choose one of the priorities.")
    _choose(content, "statement", ["", *statements], "Choose one of the statements.")
    if not content.get("text", "-"):
        raise Unusable("Say what you have found.", field="text")
    revision = save(finding, Sent(content, sent.base, sent.key), known, by=by, now=now)
    if revision is not None and revision is not known.under_key:
        _withdraw_approvals(finding.report)
        record(by, "finding:write", finding, now=now, finding=finding.place)
    return revision


def _choose(content: Mapping[str, str], field: str, known: Collection[str], otherwise: str) -> None:
    if field in content and content[field] not in known:
        raise Unusable(otherwise, field=field)


def add_finding(report: Report) -> Finding:
    """A new finding at the end; it is stored with its first text."""
    writing(report)
    place = max((one.place for one in report.findings), default=0) + 1
    finding = Finding(place=place)
    report.findings.append(finding)
    return finding


def withdraw_finding(finding: Finding, *, by: User, now: datetime) -> None:
    """Take a finding out of the report. It is kept, and can be put back; twice counts once."""
    writing(finding.report)
    if finding.withdrawn_at is None:
        finding.withdrawn_at = now
        _withdraw_approvals(finding.report)
        record(by, "finding:withdraw", finding, now=now, finding=finding.place)


def restore_finding(finding: Finding, *, by: User, now: datetime) -> None:
    """Put a finding back that was taken out."""
    writing(finding.report)
    if finding.withdrawn_at is not None:
        finding.withdrawn_at = None
        _withdraw_approvals(finding.report)
        record(by, "finding:restore", finding, now=now, finding=finding.place)


def standing(report: Report) -> tuple[Finding, ...]:
    """The findings that are part of the report, in their order."""
    return tuple(one for one in report.findings if one.withdrawn_at is None and one.number)


def lacking(report: Report, questionnaire: Questionnaire) -> tuple[str, ...]:
    """What a report lacks before the city can get it: "introduction", "employer/findings" for an
    empty block, "findings" where there is none, "F3" for a recommendation without its facts."""
    written = {(one.role, one.block) for one in report.sections if one.text.strip()}
    gaps = [] if ("", Block.INTRODUCTION) in written else ["introduction"]
    gaps += [
        f"{role.code}/{block.value}"
        for role in questionnaire.roles
        for block in ROLE_BLOCKS
        if (role.code, block) not in written
    ]
    findings = standing(report)
    if not findings:
        gaps.append("findings")
    gaps += [
        f"F{one.place}"
        for one in findings
        if one.kind == FindingKind.RECOMMENDATION and not (one.priority and one.addressee)
    ]
    return tuple(gaps)


def send_to_city(
    report: Report,
    questionnaire: Questionnaire,
    reply_due: datetime,
    *,
    by: User,
    now: datetime,
) -> None:
    """Give the report to the city for its reply. Raises Incomplete with what is lacking."""
    target = LIFE.after(report.state, "send_to_city")
    if reply_due < now + timedelta(days=REPLY_DAYS):
        raise Unusable(
            "The city has at least %(days)d days for its reply: choose a later date.",
            field="reply_due",
            days=REPLY_DAYS,
        )
    gaps = lacking(report, questionnaire)
    if gaps:
        raise Incomplete("The report is not complete yet.", missing=gaps)
    report.state, report.sent_at, report.reply_due = target, now, reply_due
    record(by, "report:send", report, now=now, reply_due=reply_due.isoformat())


def reply_is_over(report: Report, now: datetime) -> bool:
    """Whether the city can reply no more: it has signed its reply, or the date has passed."""
    return report.reply_signed_at is not None or (
        report.reply_due is not None and now > report.reply_due
    )


def unanswered(report: Report) -> tuple[Finding, ...]:
    """The findings to which the city replied and the peers have not answered."""
    return tuple(
        one
        for one in standing(report)
        if one.reply is not None and one.reply.text.strip() and one.reply.answer is None
    )


def next_edition(report: Report) -> int:
    return len(report.editions) + 1


def approvers(report: Report) -> tuple[User, ...]:
    """Who has approved the edition to come."""
    number = next_edition(report)
    return tuple(one.by for one in report.approvals if one.edition == number)


def need_approvals(have: int, needed: int) -> None:
    """Raise Incomplete while too few coordinators have approved."""
    if have < needed:
        raise Incomplete(
            "%(needed)d coordinators must approve; %(have)d have.",
            missing=[],
            needed=needed,
            have=have,
        )


def approve(
    report: Report, *, editors: Collection[int], needed: int, by: User, now: datetime
) -> None:
    """Say that the report, or its correction, may be published; the last of `needed` approvals
    makes it final. `editors` are the ids of all who wrote in it.

    Raises NotNow while the city can still reply, Incomplete with the findings whose reply the
    peers have not answered, OwnWork for an editor, Unusable for a second approval by one person.
    """
    target = report.state if report.correction_reason else LIFE.after(report.state, "approve")
    if not reply_is_over(report, now):
        raise NotNow("The city can still reply.")
    waiting = unanswered(report)
    if waiting:
        raise Incomplete(
            "The peers have not answered all replies of the city.",
            missing=[f"F{one.place}" for one in waiting],
        )
    if by.id in editors:
        raise OwnWork("Whoever wrote in a report cannot approve it.")
    if by in approvers(report):
        raise Unusable("You have approved this already.", field="approve")
    number = next_edition(report)
    report.approvals.append(Approval(edition=number, by=by, at=now))
    record(by, "report:approve", report, now=now, edition=number)
    if len(approvers(report)) >= needed:
        report.state = target


def publish(
    report: Report,
    document: Mapping[str, Any],
    *,
    shown: str,
    needed: int,
    by: User,
    now: datetime,
) -> Edition:
    """Publish the approved report, or its correction, under the hash that was shown.

    Raises Stale when `shown` is not the hash of the document as it is now, Incomplete while
    approvals are lacking.
    """
    target = report.state if report.correction_reason else LIFE.after(report.state, "publish")
    need_approvals(len(approvers(report)), needed)
    text = submissions.canonical(document)
    if submissions.sha256(text) != shown:
        raise Stale(
            "The report has changed since you opened this page. Read it again before you publish.",
            theirs={},
            number=next_edition(report),
        )
    edition = Edition(
        number=next_edition(report),
        document=text,
        sha256=shown,
        published_by=by,
        published_at=now,
        reason=report.correction_reason,
    )
    report.editions.append(edition)
    report.correction_reason, report.state = "", target
    record(by, "report:publish", report, now=now, edition=edition.number, sha256=shown)
    return edition


def begin_correction(report: Report, *, reason: str, by: User, now: datetime) -> None:
    """Open a published report for a correction. What is published stays until the new edition."""
    if report.state is not Published:
        raise NotNow(LIFE.refusals[report.state])
    if report.correction_reason:
        raise NotNow("A correction is being prepared already.")
    report.correction_reason = texts.reason(reason)
    record(by, "report:correct", report, now=now, edition=next_edition(report))


def _withdraw_approvals(report: Report) -> None:
    """What was approved has changed: approvals of the edition to come count no more."""
    number = next_edition(report)
    report.approvals[:] = [one for one in report.approvals if one.edition != number]
