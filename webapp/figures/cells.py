"""What stands in the cells of a table: a figure with its interval, or the reason for a dash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
from flask_babel import gettext

from benchmarks.charts.calibration import CALIBRATED
from benchmarks.charts.drawing import named, points, score, span

Labels = Mapping[str, str]
NOTHING = "–"


@dataclass(frozen=True)
class Group:
    """A heading over some columns; empty over a single one."""

    words: str
    span: int


@dataclass(frozen=True)
class Table:
    """Headings, and rows whose first cell names the row; the others are figures or notes.

    words      the columns, from 0, that are read and not compared down the column.
    addresses  where the cells lead, row by row like `rows`; empty where they lead nowhere.
    """

    caption: str
    groups: tuple[Group, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[int, ...] = ()
    addresses: tuple[tuple[str, ...], ...] = ()


def estimate(row: Mapping[Any, Any] | pd.Series, labels: Labels) -> str:
    """The points of a row of scores, calibrated ones with their interval; or why there are none."""
    value = points_or_why(row["value"], row["reason"], labels)
    if pd.isna(row["value"]) or row["series"] != CALIBRATED or pd.isna(row["lo"]):
        return value
    return with_interval(value, score(row["lo"]), score(row["hi"]))


def gap(row: Mapping[Any, Any]) -> str:
    """A gap with its interval."""
    if pd.isna(row["gap"]):
        return NOTHING
    value, *ends = (points(row[name], True) for name in ("gap", "lo", "hi") if pd.notna(row[name]))
    return with_interval(value, *ends) if ends else value


def with_interval(value: str, lo: str, hi: str) -> str:
    return gettext("%(value)s (%(lo)s to %(hi)s)", value=value, lo=lo, hi=hi)


def between(lo: float, hi: float) -> str:
    """From the lower to the upper quartile."""
    if pd.isna(lo):
        return NOTHING
    return gettext("%(lo)s to %(hi)s", lo=score(lo), hi=score(hi))


def points_or_why(value: float, reason: Any = None, labels: Labels | None = None) -> str:
    """Points, or why there are none."""
    if pd.notna(value):
        return score(value)
    return NOTHING if reason is None or pd.isna(reason) else named(str(reason), labels)


def decimals(value: float, places: int, signed: bool = False) -> str:
    """A number with so many decimals, half up; a dash where there is none."""
    if pd.isna(value):
        return NOTHING
    shown = Decimal(str(round(value, 9))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    size = str(abs(shown))
    if shown < 0:
        return f"\N{MINUS SIGN}{size}"
    return f"+{size}" if signed and shown > 0 else size


def percent(shares: Sequence[float] | pd.Series) -> str:
    return span([100 * share for share in shares if share == share], " %")


def finer(value: float, signed: bool = False) -> str:
    """Points with one decimal, half up, where whole ones would not add up before one's eyes."""
    return decimals(value, 1, signed)


def coded(code: str, labels: Labels) -> str:
    """The name of a commitment after its code."""
    name = named(code, labels)
    return name if name == code else f"{code} {name}"
