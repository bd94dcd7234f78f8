"""Letters: what is written to whom, with nothing in it but what the person needs."""

from __future__ import annotations

from datetime import datetime

from models import Invitation, Letter
from reviews import texts

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


def still_due(letter: Letter, now: datetime) -> bool:
    """Whether a letter that waits may still go out: what it tells of must still hold."""
    return letter.sent_at is None and letter.invitation.open_at(now)


def with_link(letter: Letter, link: str) -> str:
    """The body as it is sent."""
    return letter.body.replace(f"\n{LINK}\n", f"\n{link}\n")
