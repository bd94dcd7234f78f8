"""Consents: a city says, round by round, whether public figures may bear its name."""

from __future__ import annotations

from datetime import datetime

from models import Assessment, Consent, ConsentChoice, User
from reviews import embargo
from reviews.journal import record


def current(assessment: Assessment) -> ConsentChoice:
    """What holds now: the latest word of the city; without any, it is in groups only."""
    return assessment.consents[-1].choice if assessment.consents else ConsentChoice.GROUP


def sign(
    assessment: Assessment, choice: ConsentChoice, *, by: User, now: datetime
) -> Consent | None:
    """Sign a choice. The same choice again changes nothing, and gives None.

    Who withdraws calls off every release that waits with the name of the city in it; what is
    public stays.
    """
    if assessment.consents and assessment.consents[-1].choice is choice:
        return None
    consent = Consent(choice=choice, by=by, at=now)
    assessment.consents.append(consent)
    record(by, "consent:sign", assessment, now=now, choice=choice.value)
    if choice is ConsentChoice.GROUP:
        for made in embargo.waiting(assessment.round, now):
            if assessment.city.slug in made.snapshot.named:
                embargo.call_off(made, by=by, now=now)
    return consent
