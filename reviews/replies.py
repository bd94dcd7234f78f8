"""The right of reply: the city replies per finding and signs; the peers answer each reply."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Finding, PeersAnswer, Reply, Report, ReportState, Revision, User
from reviews import reports, submissions, texts
from reviews.errors import NotNow, Stale, Unusable
from reviews.journal import record
from reviews.saving import Known, Sent, save


def open_reply(finding: Finding) -> Reply:
    """The reply to a finding, opened empty; it is stored with its first text."""
    if finding.reply is None:
        finding.reply = Reply()
    return finding.reply


def write_reply(
    reply: Reply, sent: Sent, known: Known, *, by: User, now: datetime
) -> Revision | None:
    """Write the city's reply to one finding. Raises as saving.save does, and NotNow once the
    reply is signed or its date has passed."""
    _replying(reply.finding.report, now)
    content = {name: texts.typed(text, field=name) for name, text in sent.content.items()}
    revision = save(reply, Sent(content, sent.base, sent.key), known, by=by, now=now)
    if revision is not None and revision is not known.under_key:
        record(by, "reply:write", reply, now=now, finding=reply.finding.place)
    return revision


def reply_document(report: Report) -> dict[str, Any]:
    """The city's reply as a whole, as it is signed: every finding with what is said to it."""
    assessment = report.assessment
    return {
        "round": assessment.round.slug,
        "city": assessment.city.slug,
        "replies": [
            {"finding": f"F{one.place}", "text": one.text, "reply": text_of(one)}
            for one in reports.standing(report)
        ],
    }


def text_of(finding: Finding) -> str:
    """What the city replies to a finding; nothing where it says nothing."""
    return finding.reply.text.strip() if finding.reply is not None else ""


def sha256(report: Report) -> str:
    """The fingerprint of the reply as it is now."""
    return submissions.sha256(submissions.canonical(reply_document(report)))


def sign(report: Report, *, by: User, now: datetime, shown: str | None = None) -> None:
    """Sign the city's reply as a whole; findings without a text are left without a reply, and a
    reply without any text says that the city has no remarks.

    Raises Stale when `shown`, the fingerprint of what the signatory has read, is not the one of
    the reply as it is now.
    """
    _replying(report, now)
    fingerprint = sha256(report)
    if shown is not None and shown != fingerprint:
        raise Stale(
            "The reply has changed since you opened this page. Read it again before you sign.",
            theirs={},
            number=0,
        )
    report.reply_signed_by, report.reply_signed_at = by, now
    record(by, "reply:sign", report, now=now, sha256=fingerprint)


def answer(
    reply: Reply, given: PeersAnswer, *, text: str, reworded: str, by: User, now: datetime
) -> None:
    """Answer the city's reply to one finding; `reworded` is the finding in its new words.

    Raises NotNow until the reply is signed or its date has passed, and once the report is final.
    """
    report = reply.finding.report
    if report.state is not ReportState.WITH_CITY:
        raise NotNow(reports.LIFE.refusals[report.state])
    if not reports.reply_is_over(report, now):
        raise NotNow("The city can still reply.")
    if not reply.text.strip():
        raise Unusable("The city has not replied to this finding.", field="answer")
    said = texts.typed(text, field="answer_text").strip()
    words = texts.typed(reworded, field="reworded").strip()
    if given is PeersAnswer.REWORD and not words:
        raise Unusable("Write the finding in its new words.", field="reworded")
    if given is PeersAnswer.KEEP and not said:
        raise Unusable("Say why the finding stays as it is.", field="answer_text")
    reply.answer, reply.answer_text = given, said
    reply.reworded = words if given is PeersAnswer.REWORD else ""
    reply.answered_by, reply.answered_at = by, now
    # Whoever approved has not seen this answer.
    report.approvals[:] = [one for one in report.approvals if one.edition != 1]
    record(by, "reply:answer", reply, now=now, finding=reply.finding.place, answer=given.value)


def _replying(report: Report, now: datetime) -> None:
    if report.state is not ReportState.WITH_CITY:
        raise NotNow(reports.LIFE.refusals[report.state])
    if report.reply_signed_at is not None:
        raise NotNow("The reply is signed; it does not change any more.")
    if reports.reply_is_over(report, now):
        raise NotNow("The date for the reply has passed.")
