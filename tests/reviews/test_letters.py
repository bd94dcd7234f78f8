"""Letters: what they say, and when they are not sent any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import AssessmentState, AssignmentState, ReportState
from reviews import assigning, delegation, letters
from reviews.errors import Unusable
from tests.builders import NOW, a_city, a_report, an_assessment, an_assignment, an_officer


def an_invitation(city="Ghent", inviter="Joris Peeters"):
    assessment = an_assessment(of=a_city(city, slug="ghent"))
    return delegation.invite(
        assessment,
        email="ana@city.example",
        name="Ana Ruiz",
        limited=False,
        key=delegation.Key("5" * 64, "6" * 64),
        there=(),
        waiting=(),
        team_is_known=True,
        by=an_officer(of=assessment.city, name=inviter),
        now=NOW,
    )


def test_a_letter_says_who_asks_what_and_until_when():
    letter = letters.invitation_letter(an_invitation(), until="16 March 2026", now=NOW)

    assert (letter.to, letter.subject) == (
        "ana@city.example",
        "Help Ghent with its self-assessment",
    )
    assert letters.with_link(letter, "https://review.example.org/x") == (
        "Joris Peeters asks you to help Ghent with its self-assessment\n"
        "under the Charter on Integrating Cities.\n\n"
        "Open this link to accept. It works once, until 16 March 2026:\n\n"
        "https://review.example.org/x\n\n"
        "If you did not expect this, do nothing: nothing happens without your answer.\n"
    )


@pytest.mark.parametrize(
    "names", [{"city": "Ghent\r\nBcc: all@city.example"}, {"inviter": "Joris\nBcc: x@y.example"}]
)
def test_a_name_that_would_add_a_line_to_the_head_is_refused(names):
    with pytest.raises(Unusable):
        letters.invitation_letter(an_invitation(**names), until="16 March 2026", now=NOW)


def test_a_letter_is_due_until_it_is_sent_or_its_invitation_has_ended():
    invitation = an_invitation()
    letter = letters.invitation_letter(invitation, until="16 March 2026", now=NOW)

    moments = [letters.still_due(letter, NOW + timedelta(days=days)) for days in (0, 14)]
    delegation.take_back(invitation, by=invitation.invited_by, now=NOW)

    assert (moments, letters.still_due(letter, NOW)) == ([True, False], False)


def test_a_letter_asks_for_a_review_and_names_nobody_else():
    assessment = an_assessment(of=a_city("Ghent"), state=AssessmentState.SUBMITTED)
    task = an_assignment(of=assessment, state=AssignmentState.INVITED)

    letter = letters.review_letter(task, now=NOW)

    assert (letter.to, letter.subject) == (task.reviewer.email, "Please review Ghent")
    assert letters.with_link(letter, "https://review.example.org/x") == (
        "You are asked to review Ghent in Review of 2026.\n\n"
        "Read what it is about, then accept or decline:\n\nhttps://review.example.org/x\n\n"
        "If you know this city too well to be fair, please decline.\n"
    )


@pytest.mark.parametrize("end", ["accept", "decline", "revoke"])
def test_a_letter_that_asks_for_a_review_is_due_until_there_is_an_answer(end):
    assessment = an_assessment(state=AssessmentState.SUBMITTED)
    task = an_assignment(of=assessment, state=AssignmentState.INVITED)
    letter = letters.review_letter(task, now=NOW)
    before = letters.still_due(letter, NOW)

    reason = {} if end == "accept" else {"reason": "Away."}
    getattr(assigning, end)(task, **reason, by=task.reviewer, now=NOW)

    assert (before, letters.still_due(letter, NOW)) == (True, False)


def test_a_letter_tells_of_a_report_and_not_what_it_says():
    report = a_report(of=an_assessment(of=a_city("Ghent"), state=AssessmentState.IN_REVIEW))
    lead = an_officer(of=report.assessment.city)

    letter = letters.report_letter(report.assessment, lead, now=NOW)

    assert (letter.to, letter.subject) == (
        lead.email,
        "The report on Ghent is there for your reply",
    )
    assert letters.with_link(letter, "https://review.example.org/x") == (
        "The report of the review team on Ghent is ready for you to read.\n\n"
        "Read it here and reply before the date that stands there:\n\n"
        "https://review.example.org/x\n\n"
        "Your reply is printed in the report, beside what the peers answer to it.\n"
    )


def test_a_letter_about_a_report_is_due_for_those_who_may_read_it():
    drafted, sent = a_report(), a_report(state=ReportState.WITH_CITY)
    lead = an_officer(of=sent.assessment.city)
    told = [
        letters.report_letter(sent.assessment, lead, now=NOW),
        letters.report_letter(drafted.assessment, an_officer(of=drafted.assessment.city), now=NOW),
        letters.report_letter(sent.assessment, an_officer(of=a_city()), now=NOW),
    ]

    assert [letters.still_due(one, NOW) for one in told] == [True, False, False]
