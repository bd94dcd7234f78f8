"""Letters: what they say, and when they are not sent any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reviews import delegation, letters
from reviews.errors import Unusable
from tests.builders import NOW, a_city, an_assessment, an_officer


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
