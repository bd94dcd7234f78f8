"""Embargo: a release waits for its moment, and until then it can be called off."""

from __future__ import annotations

from datetime import datetime

from models import Release, Round, User
from reviews.errors import NotNow
from reviews.journal import record


def waits(made: Release, now: datetime) -> bool:
    """Whether the moment of a release is still to come."""
    return made.called_off_at is None and now < made.public_from


def waiting(round_: Round, now: datetime) -> tuple[Release, ...]:
    """The releases of a round that wait for their moment."""
    made = (one for snapshot in round_.snapshots for one in snapshot.releases)
    return tuple(one for one in made if waits(one, now))


def call_off(made: Release, *, by: User, now: datetime) -> None:
    """Take a release back before its moment has come; twice counts once. Raises NotNow after."""
    if made.called_off_at is not None:
        return
    if not waits(made, now):
        raise NotNow("These figures are public already; a correction makes a new release.")
    made.called_off_by, made.called_off_at = by, now
    record(by, "release:call-off", made.round, now=now, number=made.number)
