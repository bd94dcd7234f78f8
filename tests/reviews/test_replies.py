"""The right of reply: per finding, signed as a whole, answered by the peers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import PeersAnswer, ReportState
from reviews import replies, reports
from reviews.errors import Incomplete, NotNow, Unusable
from reviews.saving import Known
from tests.builders import NOW, a_coordinator, a_report, a_reviewer, an_officer, deeds_of, sent


def replied(text: str = "We see this differently."):
    """A report with the city, with a reply to its first finding, not signed yet."""
    report = a_report(state=ReportState.WITH_CITY, written=True)
    lead = an_officer(of=report.assessment.city)
    reply = replies.open_reply(report.findings[0])
    replies.write_reply(reply, sent(0, text=text), Known(), by=lead, now=NOW)
    return report, reply, lead


def test_a_reply_belongs_to_one_finding():
    report, reply, lead = replied()

    assert (reply.text, report.findings[0].reply, reply.number) == (
        "We see this differently.",
        reply,
        1,
    )
    assert deeds_of(lead) == [("reply:write", {"finding": 1})]


def test_a_reply_is_closed_by_its_signature_and_by_its_date():
    report, reply, lead = replied()
    late = report.reply_due + timedelta(seconds=1)

    with pytest.raises(NotNow, match="date"):
        replies.write_reply(reply, sent(1, text="Late."), Known(), by=lead, now=late)
    with pytest.raises(NotNow, match="date"):
        replies.sign(report, by=lead, now=late)
    replies.sign(report, by=lead, now=NOW)
    with pytest.raises(NotNow, match="signed"):
        replies.write_reply(reply, sent(1, text="Again."), Known(), by=lead, now=NOW)
    with pytest.raises(NotNow, match="signed"):
        replies.sign(report, by=lead, now=NOW)

    assert (reply.text, report.reply_signed_by) == ("We see this differently.", lead)


def test_a_reply_is_written_only_while_the_report_is_with_the_city():
    report = a_report(written=True)

    with pytest.raises(NotNow):
        replies.write_reply(
            replies.open_reply(report.findings[0]),
            sent(0, text="Early."),
            Known(),
            by=an_officer(of=report.assessment.city),
            now=NOW,
        )


def answer(reply, given, **texts):
    said = {"text": "", "reworded": "", **texts}
    replies.answer(reply, given, **said, by=a_reviewer(), now=NOW)


def test_the_peers_answer_once_the_reply_is_over():
    report, reply, lead = replied()

    with pytest.raises(NotNow, match="still reply"):
        answer(reply, PeersAnswer.ACCEPT)
    replies.sign(report, by=lead, now=NOW)
    answer(reply, PeersAnswer.REWORD, text="You are right.", reworded="A plan, since May.")

    assert (reply.answer, reply.answer_text, reply.reworded) == (
        PeersAnswer.REWORD,
        "You are right.",
        "A plan, since May.",
    )


@pytest.mark.parametrize(
    ("given", "field"), [(PeersAnswer.REWORD, "reworded"), (PeersAnswer.KEEP, "answer_text")]
)
def test_new_words_and_a_refusal_need_a_text(given, field):
    report, reply, lead = replied()
    replies.sign(report, by=lead, now=NOW)

    with pytest.raises(Unusable) as refused:
        answer(reply, given, text=" ", reworded=" ")

    assert (refused.value.field, reply.answer) == (field, None)


def test_only_a_reply_that_says_something_is_answered():
    report, _, lead = replied()
    silent = replies.open_reply(report.findings[1])
    replies.sign(report, by=lead, now=NOW)

    with pytest.raises(Unusable):
        answer(silent, PeersAnswer.ACCEPT)

    assert [one.place for one in reports.unanswered(report)] == [1]


def test_nothing_is_approved_before_the_peers_have_answered():
    report, reply, lead = replied()
    replies.sign(report, by=lead, now=NOW)

    with pytest.raises(Incomplete) as incomplete:
        reports.approve(report, editors=(), needed=1, by=a_coordinator(), now=NOW)
    answer(reply, PeersAnswer.ACCEPT)
    reports.approve(report, editors=(), needed=1, by=a_coordinator(), now=NOW)

    assert (incomplete.value.missing, report.state) == (("F1",), ReportState.FINAL)


def test_a_new_answer_takes_back_an_approval():
    report, reply, lead = replied()
    replies.sign(report, by=lead, now=NOW)
    answer(reply, PeersAnswer.ACCEPT)
    reports.approve(report, editors=(), needed=2, by=a_coordinator(), now=NOW)

    answer(reply, PeersAnswer.KEEP, text="We were there.")

    assert (reports.approvers(report), reply.answer) == ((), PeersAnswer.KEEP)
