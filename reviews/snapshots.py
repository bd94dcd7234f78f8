"""Snapshots: a coordinator freezes the benchmark of a round once enough cities are final."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from models import Assessment, ConsentChoice, Phase, Round, Snapshot, User
from reviews import consents, texts
from reviews.errors import Incomplete, NotNow
from reviews.journal import record
from reviews.phases import phase
from reviews.submissions import sha256

LEAST = 6
"""A city and five others: fewer, and a group figure says too much (METHOD 3.9)."""
FEW = 5
"""Fewer hidden cities than this between two figures, and they tell of them."""


@dataclass(frozen=True)
class Frozen:
    """One benchmark as text: canonical JSON of the input, the choices and the result."""

    input: str
    choices: str
    result: str
    method_version: str


def final(round_: Round) -> tuple[Assessment, ...]:
    """The cities whose report is final or published, by name: those a snapshot may hold."""
    there = [one for one in round_.assessments if phase(one) in (Phase.FINAL, Phase.PUBLISHED)]
    return tuple(sorted(there, key=lambda one: (one.city.name.casefold(), one.city.slug)))


def in_next(round_: Round) -> tuple[Assessment, ...]:
    """The cities that the next snapshot will hold: the final ones the first time, and ever after
    those of the first. Two snapshots that are a city apart would tell everybody that city."""
    if not round_.snapshots:
        return final(round_)
    fixed = set(round_.snapshots[0].cities)
    return tuple(one for one in final(round_) if one.city.slug in fixed)


def named(assessments: Sequence[Assessment]) -> tuple[str, ...]:
    """The slugs of the cities that agreed to be named."""
    return tuple(
        sorted(one.city.slug for one in assessments if consents.current(one) is ConsentChoice.NAMED)
    )


def named_before(round_: Round) -> tuple[str, ...]:
    """The slugs of all cities that a snapshot of the round has named."""
    return tuple(sorted({slug for one in round_.snapshots for slug in one.named}))


def tell_of(taken: Sequence[Snapshot], left_out: Collection[str]) -> bool:
    """Whether figures without some cities (slugs), beside those that everybody gets, would tell
    what these have: where a snapshot has one to four of them and does not name them (RULES G6)."""
    unnamed = [set(one.cities) & set(left_out) - set(one.named) for one in taken]
    return any(0 < len(cities) < FEW for cities in unnamed)


def need_enough(round_: Round) -> None:
    """Raise unless a snapshot can be taken: Incomplete while too few cities are final, NotNow
    where a city of the first snapshot is being corrected."""
    there = in_next(round_)
    if len(there) < LEAST:
        raise Incomplete(
            "A snapshot needs %(least)d cities with a final report. So far: %(have)d.",
            missing=[],
            least=LEAST,
            have=len(there),
        )
    if round_.snapshots and len(there) < len(round_.snapshots[0].cities):
        raise NotNow("A city of the first snapshot has no final report now.")


def take(round_: Round, frozen: Frozen, *, reason: str = "", by: User, now: datetime) -> Snapshot:
    """Freeze a benchmark of the cities `in_next`. A further one needs a reason.

    Raises as need_enough does, Unusable for a reason that is lacking, and NotNow where nothing
    has changed since the last one.
    """
    need_enough(round_)
    there = in_next(round_)
    again = round_.snapshots[-1] if round_.snapshots else None
    given = texts.reason(reason) if again else ""
    in_public = list(named(there))
    if again and again.input_sha256 == sha256(frozen.input) and again.named == in_public:
        raise NotNow("Nothing has changed since the last snapshot.")
    snapshot = Snapshot(
        number=len(round_.snapshots) + 1,
        input=packed(frozen.input),
        input_sha256=sha256(frozen.input),
        choices=frozen.choices,
        result=packed(frozen.result),
        result_sha256=sha256(frozen.result),
        method_version=frozen.method_version,
        cities=sorted(one.city.slug for one in there),
        named=in_public,
        taken_by=by,
        taken_at=now,
        reason=given,
    )
    round_.snapshots.append(snapshot)
    record(
        by,
        "snapshot:take",
        round_,
        now=now,
        number=snapshot.number,
        input_sha256=snapshot.input_sha256,
        result_sha256=snapshot.result_sha256,
    )
    return snapshot


def packed(text: str) -> bytes:
    """Text as it is stored."""
    return zlib.compress(text.encode(), 6)


def unpacked(stored: bytes) -> str:
    """The text behind stored bytes."""
    return zlib.decompress(stored).decode()
