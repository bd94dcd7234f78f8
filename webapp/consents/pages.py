"""What a city and its coordinators see of the consent to be named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Assessment, Consent, Release, Snapshot, User
from reviews import consents, embargo, releases
from reviews.policy import Action, allowed
from webapp.clock import now
from webapp.consents.forms import ConsentForm
from webapp.filters import date_time
from webapp.places import Place
from webapp.words import consent_words


@dataclass(frozen=True)
class Word:
    """What a signatory decided, and when."""

    choice: str
    by: str
    at: datetime

    @classmethod
    def of(cls, consent: Consent) -> Word:
        return cls(consent_words(consent.choice), consent.by.name, consent.at)


@dataclass(frozen=True)
class ConsentPage:
    """The choice that holds now, what each of the two means, and what was decided before."""

    title: str
    place: Place
    holds: str
    decided: bool
    words: tuple[Word, ...]
    named_example: str
    group_example: str
    effects: tuple[str, ...]
    of_the_city: bool
    may_sign: bool
    shown: str
    form: ConsentForm
    error: str
    template: ClassVar[str] = "consents/consent.html"

    @classmethod
    def of(
        cls, assessment: Assessment, who: User, form: ConsentForm, *, error: str = ""
    ) -> ConsentPage:
        at, city = now(), assessment.city.name
        return cls(
            title=gettext("%(city)s in public figures", city=city),
            place=Place.of(assessment),
            holds=consent_words(consents.current(assessment)),
            decided=bool(assessment.consents),
            words=tuple(Word.of(one) for one in reversed(assessment.consents)),
            named_example=gettext("%(city)s: 62 of 100 points as a policy maker", city=city),
            group_example=gettext("Mean of 12 cities as policy makers: 58 of 100 points"),
            effects=_effects(assessment, at),
            of_the_city=allowed(who, Action.ASSESSMENT_READ, assessment, at),
            may_sign=allowed(who, Action.CONSENT_SIGN, assessment, at),
            shown=last_word(assessment),
            form=form,
            error=error,
        )


def last_word(assessment: Assessment) -> str:
    """What tells the latest decision from every earlier one; empty before the first."""
    return str(assessment.consents[-1].id) if assessment.consents else ""


def _effects(assessment: Assessment, at: datetime) -> tuple[str, ...]:
    """What a choice changes now, given what is frozen and released."""
    round_, slug = assessment.round, assessment.city.slug
    if not round_.snapshots:
        words = gettext(
            "No benchmark of this round is frozen yet. The first one takes the choice that holds"
            " then."
        )
        return (words,)
    last = round_.snapshots[-1]
    if slug not in last.cities:
        words = gettext(
            "The city is not in the figures of this round: its report was not final when the first"
            " benchmark was frozen. So its choice changes nothing."
        )
        return (words,)
    return (_frozen_words(last, slug), *_release_words(last, slug, at))


def _frozen_words(last: Snapshot, slug: str) -> str:
    number, moment = last.number, date_time(last.taken_at)
    if slug in last.named:
        return gettext(
            "Snapshot %(number)d, frozen on %(moment)s, holds the city by name. A change counts for"
            " the next snapshot.",
            number=number,
            moment=moment,
        )
    return gettext(
        "Snapshot %(number)d, frozen on %(moment)s, holds the city in groups only. A change counts"
        " for the next snapshot.",
        number=number,
        moment=moment,
    )


def _release_words(last: Snapshot, slug: str, at: datetime) -> tuple[str, ...]:
    current = releases.current(last.round, at)
    words = [_public_words(current, slug)] if current is not None else []
    waiting = [one for one in embargo.waiting(last.round, at) if slug in one.snapshot.named]
    if waiting:
        words.append(
            gettext(
                "Figures with the name of the city become public on %(moment)s. If the city"
                " withdraws its name before, that is called off at once.",
                moment=date_time(waiting[0].public_from),
            )
        )
    elif slug in last.named and (current is None or current.snapshot is not last):
        words.append(
            gettext("If the city withdraws its name, that snapshot can no longer become public.")
        )
    return tuple(words)


def _public_words(current: Release, slug: str) -> str:
    if slug in current.snapshot.named:
        return gettext(
            "Since %(moment)s figures with the name of the city are public. What is public stays;"
            " a later release follows the choice that holds then.",
            moment=date_time(current.public_from),
        )
    return gettext(
        "Since %(moment)s figures are public in which the city is in groups only.",
        moment=date_time(current.public_from),
    )
