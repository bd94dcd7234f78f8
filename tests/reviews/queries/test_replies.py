"""The findings of a report with the city's replies, and which of them others get to read."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from models import Reply, ReportState
from reviews.queries import replies
from tests.builders import NOW, a_report, an_officer, store


def replied(session: Session):
    """Replies to F1, F2 and F3, of which the second is empty and the third finding withdrawn."""
    report = a_report(state=ReportState.WITH_CITY, written=True)
    for place, text in ((1, "We see this differently."), (2, " \n"), (3, "Gone.")):
        report.findings[place - 1].reply = Reply(text=text, number=1)
    report.findings[2].withdrawn_at = NOW
    store(session, report)
    return report


def test_the_city_gets_what_stands_in_the_report_in_its_order(session: Session):
    report = replied(session)

    found = replies.findings(session, report)

    assert [one.place for one in found] == [1, 2, 4]


def test_others_get_no_reply_before_its_date(session: Session):
    report = replied(session)

    assert replies.shown_replies(session, report, report.reply_due) == {}


def test_others_get_what_says_something_once_it_is_over(session: Session):
    report = replied(session)
    late = report.reply_due + timedelta(seconds=1)

    assert {
        place: one.text for place, one in replies.shown_replies(session, report, late).items()
    } == {1: "We see this differently."}
    report.reply_signed_at, report.reply_signed_by = NOW, an_officer(of=report.assessment.city)
    assert list(replies.shown_replies(session, report, NOW)) == [1]
