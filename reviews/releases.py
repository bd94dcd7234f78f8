"""Releases: the figures of a snapshot become public, approved by two, from a moment on."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto

from models import ConsentChoice, Phase, Release, ReleaseApproval, Round, Snapshot, User
from reviews import consents, embargo, reports, texts
from reviews.errors import ConflictOfInterest, Incomplete, NotNow, Unusable
from reviews.hats import conflicted
from reviews.journal import record
from reviews.phases import phase

LONGEST = timedelta(days=366)
"""How far ahead the moment may lie."""


class Stage(Enum):
    """How far a snapshot is on its way to the public."""

    FROZEN = auto()
    APPROVED = auto()
    WAITING = auto()
    PUBLIC = auto()
    PAST = auto()
    CALLED_OFF = auto()
    REPLACED = auto()


def stage(snapshot: Snapshot, *, needed: int, now: datetime) -> Stage:
    """What became of a snapshot: frozen, approved by `needed`, released and waiting, public, public
    until a later release, called off, or replaced by a later snapshot before it was public."""
    made = snapshot.releases[-1] if snapshot.releases else None
    if made is not None and made.called_off_at is None:
        if embargo.waits(made, now):
            return Stage.WAITING
        return Stage.PUBLIC if made is current(snapshot.round, now) else Stage.PAST
    if snapshot is not snapshot.round.snapshots[-1]:
        return Stage.REPLACED
    if made is not None:
        return Stage.CALLED_OFF
    return Stage.APPROVED if len(approvers(snapshot)) >= needed else Stage.FROZEN


def approve(snapshot: Snapshot, *, shown: str, by: User, now: datetime) -> None:
    """Say that the figures of the latest snapshot, under the hash that was shown, may be public.

    Raises ConflictOfInterest for a person too close to one of its cities, NotNow where it cannot
    be released, Unusable for a second approval by one person.
    """
    need_distance(snapshot, by)
    need_releasable(snapshot)
    need_shown(snapshot, shown)
    if by in approvers(snapshot):
        raise Unusable("You have approved this already.", field="approve")
    snapshot.approvals.append(ReleaseApproval(by=by, at=now))
    record(by, "release:approve", snapshot.round, now=now, snapshot=snapshot.number)


def approvers(snapshot: Snapshot) -> tuple[User, ...]:
    return tuple(one.by for one in snapshot.approvals)


def too_close(snapshot: Snapshot, who: User) -> frozenset[str]:
    """The slugs of the cities of a snapshot about which a person may learn nothing."""
    there = set(snapshot.cities)
    return frozenset(
        one.city.slug
        for one in snapshot.round.assessments
        if one.city.slug in there and conflicted(who, one.city)
    )


def need_distance(snapshot: Snapshot, by: User) -> None:
    """Raise ConflictOfInterest for a person in conflict with a city of the snapshot."""
    if too_close(snapshot, by):
        raise ConflictOfInterest(
            "You are too close to one of these cities to release their figures."
        )


def need_releasable(snapshot: Snapshot) -> None:
    """Raise NotNow unless the snapshot is the latest, not released, and its consents still hold."""
    if snapshot is not snapshot.round.snapshots[-1]:
        raise NotNow("There is a later snapshot of this round.")
    if any(one.called_off_at is None for one in snapshot.releases):
        raise NotNow("This snapshot is released already.")
    withdrawn = _withdrawn(snapshot)
    if withdrawn:
        raise NotNow(
            "No longer to be named: %(cities)s. Take a new snapshot.", cities=", ".join(withdrawn)
        )


def _withdrawn(snapshot: Snapshot) -> list[str]:
    """The cities, by name, that the snapshot names and that have withdrawn their consent."""
    there = set(snapshot.named)
    return sorted(
        one.city.name
        for one in snapshot.round.assessments
        if one.city.slug in there and consents.current(one) is not ConsentChoice.NAMED
    )


def need_shown(snapshot: Snapshot, shown: str) -> None:
    """Raise Unusable for the hash of anything else."""
    if shown != snapshot.result_sha256:
        raise Unusable("These are not the figures that you were shown.", field="shown")


def unpublished(snapshot: Snapshot) -> tuple[str, ...]:
    """The cities of a snapshot, by name, whose report is not published."""
    there = set(snapshot.cities)
    return tuple(
        sorted(
            one.city.name
            for one in snapshot.round.assessments
            if one.city.slug in there and phase(one) is not Phase.PUBLISHED
        )
    )


def need_ready(snapshot: Snapshot, *, needed: int, by: User) -> None:
    """Raise unless a person can release the snapshot now: as approve does, and Incomplete while
    approvals or published reports are lacking."""
    need_distance(snapshot, by)
    need_releasable(snapshot)
    reports.need_approvals(len(approvers(snapshot)), needed)
    waiting = unpublished(snapshot)
    if waiting:
        raise Incomplete("Not all reports are published.", missing=list(waiting))


def release(
    snapshot: Snapshot,
    *,
    public_from: datetime,
    shown: str,
    needed: int,
    reason: str = "",
    by: User,
    now: datetime,
) -> Release:
    """Release a snapshot under the hash that was shown, public from a moment on.

    Raises as approve does, Incomplete while approvals or published reports are lacking, Unusable
    for a moment that has passed or lies over a year ahead, and for a reason that is lacking.
    """
    need_ready(snapshot, needed=needed, by=by)
    need_shown(snapshot, shown)
    if not now <= public_from <= now + LONGEST:
        raise Unusable("Choose a moment between now and a year ahead.", field="public_from")
    again = bool(releases(snapshot.round))
    given = texts.reason(reason) if again else ""
    made = Release(
        round=snapshot.round,
        number=len(releases(snapshot.round)) + 1,
        public_from=public_from,
        released_by=by,
        released_at=now,
        reason=given,
    )
    snapshot.releases.append(made)
    record(
        by,
        "release:publish",
        snapshot.round,
        now=now,
        snapshot=snapshot.number,
        number=made.number,
        public_from=public_from.isoformat(),
    )
    return made


def releases(round_: Round) -> tuple[Release, ...]:
    """All releases of a round, the oldest first, those called off too."""
    return tuple(
        sorted(
            (one for snapshot in round_.snapshots for one in snapshot.releases),
            key=lambda one: one.number,
        )
    )


def is_public(made: Release, now: datetime) -> bool:
    return made.called_off_at is None and now >= made.public_from


def current(round_: Round, now: datetime) -> Release | None:
    """The release that everybody sees now."""
    public = [one for one in releases(round_) if is_public(one, now)]
    return public[-1] if public else None
