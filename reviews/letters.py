"""Letters: what is written to whom, with nothing in it but what the person needs."""

from __future__ import annotations

from datetime import datetime

from models import Assessment, Assignment, Invitation, Letter, Printout, User
from reviews import printouts, texts
from reviews.policy import Action, allowed

LINK = "LINK"
"""Stands in a body until it is sent: the link itself is nowhere stored."""


def invitation_letter(invitation: Invitation, *, until: str, now: datetime) -> Letter:
    """The mail that asks somebody to help a city; `until` is its last day in words.

    Raises Unusable where a name would break the head of a mail.
    """
    city = texts.line(invitation.assessment.city.name, field="city")
    inviter = texts.line(invitation.invited_by.name, field="name")
    subject = f"Help {city} with its self-assessment"
    body = (
        f"{inviter} asks you to help {city} with its self-assessment\n"
        "under the Charter on Integrating Cities.\n\n"
        f"Open this link to accept. It works once, until {until}:\n\n"
        f"{LINK}\n\n"
        "If you did not expect this, do nothing: nothing happens without your answer.\n"
    )
    return Letter(
        invitation=invitation,
        to=invitation.email,
        subject=subject[:200],
        body=body,
        made_at=now,
    )


REVIEW = "review"
"""The kind of letter that asks somebody to review a city."""

QUESTIONS, ANSWER = "questions", "answer"
"""The kinds of letter about questions: to the leads of a city, and to who asked."""

REPORT = "report"
"""The kind of letter that tells a city that its report is there."""

PRINTOUT = "printout"
"""The kind of letter that tells of a file that is made."""

_RIGHT = {
    REVIEW: Action.ASSIGNMENT_REPLY,
    QUESTIONS: Action.QUESTION_ANSWER,
    ANSWER: Action.REVIEW_READ,
    REPORT: Action.REPORT_READ,
}
"""What a person must still be allowed to do for a letter of a kind to be of use."""


def review_letter(assignment: Assignment, *, now: datetime) -> Letter:
    """The mail that asks a reviewer for a review; nothing about the others of the team."""
    city = texts.line(assignment.assessment.city.name, field="city")
    round_ = texts.line(assignment.assessment.round.title, field="title")
    body = (
        f"You are asked to review {city} in {round_}.\n\n"
        f"Read what it is about, then accept or decline:\n\n{LINK}\n\n"
        "If you know this city too well to be fair, please decline.\n"
    )
    return Letter(
        kind=REVIEW,
        person=assignment.reviewer,
        assignment=assignment,
        to=assignment.reviewer.email,
        subject=f"Please review {city}"[:200],
        body=body,
        made_at=now,
    )


def questions_letter(assessment: Assessment, person: User, *, now: datetime) -> Letter:
    """The mail that tells a lead officer of questions; not which, how many, or whose."""
    city = texts.line(assessment.city.name, field="city")
    body = (
        f"The review team has a question to {city}.\n\n"
        f"Read it here and answer within a week:\n\n{LINK}\n\n"
        "There may be more than one question on the page.\n"
    )
    return Letter(
        kind=QUESTIONS,
        person=person,
        assessment=assessment,
        to=person.email,
        subject=f"A question to {city} from the review team"[:200],
        body=body,
        made_at=now,
    )


def answer_letter(assignment: Assignment, *, now: datetime) -> Letter:
    """The mail that tells a reviewer of an answer; not of what it says."""
    city = texts.line(assignment.assessment.city.name, field="city")
    return Letter(
        kind=ANSWER,
        person=assignment.reviewer,
        assignment=assignment,
        to=assignment.reviewer.email,
        subject=f"{city} has answered your question"[:200],
        body=f"{city} has answered a question of yours.\n\nRead it here:\n\n{LINK}\n",
        made_at=now,
    )


def report_letter(assessment: Assessment, person: User, *, now: datetime) -> Letter:
    """The mail that tells a lead or a signatory of the report on their city; not what it says."""
    city = texts.line(assessment.city.name, field="city")
    body = (
        f"The report of the review team on {city} is ready for you to read.\n\n"
        f"Read it here and reply before the date that stands there:\n\n{LINK}\n\n"
        "Your reply is printed in the report, beside what the peers answer to it.\n"
    )
    return Letter(
        kind=REPORT,
        person=person,
        assessment=assessment,
        to=person.email,
        subject=f"The report on {city} is there for your reply"[:200],
        body=body,
        made_at=now,
    )


def printout_letter(printout: Printout, *, now: datetime) -> Letter:
    """The mail that tells whoever asked for a file that it is made; not what is in it."""
    about, round_ = printout.assessment, printout.snapshot.round
    title = texts.line(about.city.name if about else round_.title, field="title")
    return Letter(
        kind=PRINTOUT,
        person=printout.asked_by,
        printout=printout,
        to=printout.asked_by.email,
        subject=f"Your file on {title} is ready"[:200],
        body=(
            f"The file on {title} that you asked for is ready.\n\n"
            f"Sign in and download it here:\n\n{LINK}\n\n"
            "It is not attached, so that nobody reads it who may not.\n"
        ),
        made_at=now,
    )


def still_due(letter: Letter, now: datetime) -> bool:
    """Whether a letter that waits may still go out: what it tells of must still hold."""
    if letter.sent_at is not None:
        return False
    if letter.invitation is not None:
        return letter.invitation.open_at(now)
    if letter.printout is not None:
        return printouts.may_read(letter.printout, letter.person, now)
    about = letter.assignment or letter.assessment
    return allowed(letter.person, _RIGHT[letter.kind], about, now)


def with_link(letter: Letter, link: str) -> str:
    """The body as it is sent."""
    return letter.body.replace(f"\n{LINK}\n", f"\n{link}\n")
