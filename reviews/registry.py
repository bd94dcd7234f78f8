"""The registry of the Charter: the signatories that are known, with dates and sources."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Signatory:
    """A city that signed. `signed` is as precise as the source is: see `precision`."""

    city: str
    country: str
    signed: str
    precision: str
    note: str
    source: str


@dataclass(frozen=True)
class Count:
    """How many cities had signed by a date, according to one source."""

    as_of: str
    total: str
    basis: str
    source: str


@dataclass(frozen=True)
class Registry:
    as_of: str
    signatories: tuple[Signatory, ...]
    counts: tuple[Count, ...]


@cache
def registry() -> Registry:
    """The registry that comes with the program, in the order of signing."""
    file = resources.files("reviews") / "instruments" / "signatories.toml"
    raw = tomllib.loads(file.read_text(encoding="utf-8"))
    return Registry(
        as_of=raw["as_of"],
        signatories=tuple(Signatory(**row) for row in raw["signatory"]),
        counts=tuple(
            Count(str(row["as_of"]), str(row["total"]), row["basis"], row["source"])
            for row in raw["count"]
        ),
    )
