"""Rounds: prepared by a coordinator from a published instrument, opened, closed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from models import (
    Assessment,
    City,
    Instrument,
    InstrumentState,
    Round,
    RoundMembership,
    RoundRole,
    RoundState,
    User,
)
from reviews import texts
from reviews.errors import Incomplete, NotNow, Unusable
from reviews.journal import record
from reviews.machine import Machine, Step

Preparing, Open, Closed = RoundState.PREPARING, RoundState.OPEN, RoundState.CLOSED

# fmt: off
LIFE = Machine(Preparing, [
    Step("open_round",  Preparing, Open),
    Step("close_round", Open,      Closed),
], refusals={
    Preparing: "The round is still being prepared.",
    Open:      "The round is open.",
    Closed:    "The round is closed.",
})
# fmt: on

NOTICE = timedelta(days=7)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+){0,9}")
RESERVED = frozenset({"new"})
RESERVED_CITY_SLUGS = frozenset(
    {
        *("assignments", "benchmark", "blind", "calibration", "cities", "new"),
        *("open", "plans", "printouts", "set-up", "snapshots"),
    }
)
"""Words that stand where a city's word would in the address of a round's own pages."""


def create(
    *,
    slug: str,
    title: str,
    instrument: Instrument,
    answers_due: datetime,
    reviews_due: datetime,
    minimum_reviewers: int,
    blind: bool = False,
    by: User,
    now: datetime,
) -> Round:
    """Prepare a round. Whoever creates it is its coordinator."""
    if not _SLUG.fullmatch(slug) or len(slug) > 60 or slug in RESERVED:
        raise Unusable(
            "Use small letters, digits and hyphens, such as 2026 or 2026-autumn.", field="slug"
        )
    if instrument.state is not InstrumentState.PUBLISHED:
        raise Unusable("Choose a published instrument.", field="instrument")
    named = texts.typed(title, field="title", limit=120).strip()
    if not named:
        raise Unusable("Give the round a title.", field="title")
    if not 1 <= minimum_reviewers <= 10:
        raise Unusable("Choose between 1 and 10 reviewers.", field="minimum_reviewers")
    check_dates(answers_due, reviews_due, now=now)
    round_ = Round(
        slug=slug,
        title=named,
        instrument=instrument,
        answers_due=answers_due,
        reviews_due=reviews_due,
        minimum_reviewers=minimum_reviewers,
        blind=blind,
        created_at=now,
    )
    by.round_memberships.append(
        RoundMembership(round=round_, role=RoundRole.COORDINATOR, since=now)
    )
    record(by, "round:create", None, now=now, slug=slug)
    return round_


def check_dates(answers_due: datetime, reviews_due: datetime, *, now: datetime) -> None:
    """Refuse dates in the past or in the wrong order."""
    if answers_due <= now:
        raise Unusable("This date is in the past.", field="answers_due")
    if reviews_due <= answers_due:
        raise Unusable("Reviews are due after the answers.", field="reviews_due")


def add_city(round_: Round, city: City, *, by: User, now: datetime) -> Assessment:
    """Let a city take part: its empty self-assessment is opened."""
    if round_.state is Closed:
        raise NotNow(LIFE.refusals[Closed])
    if any(assessment.city is city for assessment in round_.assessments):
        raise Unusable("This city takes part already.", field="city")
    if city.slug in RESERVED_CITY_SLUGS:
        raise Unusable(
            "A page of the round has the address %(slug)s; give the city another one.",
            field="city",
            slug=city.slug,
        )
    assessment = Assessment(city=city)
    round_.assessments.append(assessment)
    record(by, "city:add", round_, now=now, city=city.id)
    return assessment


def move_dates(
    round_: Round, answers_due: datetime, reviews_due: datetime, *, by: User, now: datetime
) -> None:
    """Change the dates. Later is always possible; earlier only to a day over a week ahead."""
    if round_.state is Closed:
        raise NotNow(LIFE.refusals[Closed])
    if reviews_due <= answers_due:
        raise Unusable("Reviews are due after the answers.", field="reviews_due")
    for field, new in (("answers_due", answers_due), ("reviews_due", reviews_due)):
        if new < getattr(round_, field) and new <= now + NOTICE:
            raise Unusable("An earlier date must be more than seven days ahead.", field=field)
    round_.answers_due, round_.reviews_due = answers_due, reviews_due
    record(
        by,
        "round:set-up",
        round_,
        now=now,
        answers_due=answers_due.isoformat(),
        reviews_due=reviews_due.isoformat(),
    )


def choose_blind(round_: Round, *, blind: bool, by: User, now: datetime) -> None:
    """Hide the city's own levels from its reviewers until they have given theirs, or do not.

    Nobody can be made to forget what was shown, so it is settled before the round opens.
    """
    if round_.state is not Preparing:
        raise NotNow("This is chosen before the round is open.")
    if round_.blind is not blind:
        round_.blind = blind
        record(by, "round:set-up", round_, now=now, blind=blind)


def open_round(round_: Round, *, by: User, now: datetime) -> None:
    """Let the cities start. The instrument does not change from here on."""
    target = LIFE.after(round_.state, "open_round")
    if not round_.assessments:
        raise Incomplete("Choose at least one city first.", missing=[])
    round_.state = target
    record(by, "round:open", round_, now=now, cities=len(round_.assessments))


def close_round(round_: Round, *, by: User, now: datetime) -> None:
    """Archive a round: nothing in it changes any more."""
    round_.state = LIFE.after(round_.state, "close_round")
    record(by, "round:close", round_, now=now)
