"""How the benchmark of the finished round became public: consents, a snapshot, two approvals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from models import Assessment, ConsentChoice, Round, Snapshot, User
from reviews import consents, releases
from webapp.demonstration.people import COORDINATOR, THIRD, World
from webapp.demonstration.stories import Diary, at
from webapp.figures import computing

NEEDED = 2
UNDECIDED = 11
"""The city, by its place in the round, that has not said anything."""


def release_figures(world: World, diary: Diary, round_: Round) -> None:
    """Every other city agrees to be named, so that six stay in groups; then it becomes public."""
    for number, assessment in enumerate(round_.assessments):
        choice = ConsentChoice.GROUP if number % 2 else ConsentChoice.NAMED
        if number != UNDECIDED:
            signing = partial(_sign, world, assessment, choice)
            diary.plan(at(datetime(2025, 1, 20, tzinfo=UTC), 10, number), signing)
    by, second = world.people[COORDINATOR], world.people[THIRD]
    steps: Sequence[tuple[int, Callable[..., object]]] = (
        (27, partial(_freeze, world, round_, by=by)),
        (28, partial(_approve, round_, by=by)),
        (29, partial(_approve, round_, by=second)),
        (30, partial(_release, round_, by=second)),
    )
    for day, deed in steps:
        diary.plan(at(datetime(2025, 1, day, tzinfo=UTC), 14, 10), deed, settled=True)


def _sign(world: World, assessment: Assessment, choice: ConsentChoice, *, now: datetime) -> None:
    signatory = world.people[f"signatory.{assessment.city.slug}"]
    consents.sign(assessment, choice, by=signatory, now=now)


def _freeze(world: World, round_: Round, *, by: User, now: datetime) -> None:
    computing.freeze(world.session, round_, by=by, now=now)


def _latest(round_: Round) -> Snapshot:
    return round_.snapshots[-1]


def _approve(round_: Round, *, by: User, now: datetime) -> None:
    snapshot = _latest(round_)
    releases.approve(snapshot, shown=snapshot.result_sha256, by=by, now=now)


def _release(round_: Round, *, by: User, now: datetime) -> None:
    snapshot = _latest(round_)
    releases.release(
        snapshot,
        public_from=now + timedelta(hours=18),
        shown=snapshot.result_sha256,
        needed=NEEDED,
        by=by,
        now=now,
    )
