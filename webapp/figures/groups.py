"""Groups of cities that are alike (METHOD 3.8): their names for people, and a result cut to one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import pandas as pd
from flask_babel import get_locale, gettext

from benchmarks import peers
from benchmarks.charts.group import EVERYBODY
from benchmarks.result import BenchmarkResult
from reviews.queries import levels

LEAST = 2
"""A group of one is that city."""


def members(cities: Collection[levels.CityRow], there: Collection[str]) -> dict[str, list[str]]:
    """The cities (slugs) of each group, all of them first; only those that are `there`."""
    table = pd.DataFrame(list(cities), columns=levels.CityRow._fields)
    pairs = peers.named_groups(table)
    pairs = pairs.loc[pairs["city"].isin(list(there))]
    found = {str(name): list(part["city"]) for name, part in pairs.groupby("group", sort=False)}
    return {name: found[name] for name in sorted(found, key=place) if len(found[name]) >= LEAST}


def place(group: str) -> tuple[int, int, str]:
    """Everybody, then countries, then sizes and shares from the smallest on."""
    kind, _, which = group.partition(":")
    kinds = (EVERYBODY, "country", "size", "share")
    order = {"size": peers.SIZE_BANDS, "share": peers.TERCILES}.get(kind, ())
    return kinds.index(kind), order.index(which) if which in order else 0, which


def named(group: str) -> str:
    """A group in words."""
    kind, _, which = group.partition(":")
    if kind == "country":
        return country(which)
    return {
        EVERYBODY: gettext("All cities"),
        "size:<250k": gettext("Fewer than 250,000 people"),
        "size:250-500k": gettext("250,000 to 500,000 people"),
        "size:500k-1M": gettext("500,000 to 1 million people"),
        "size:>1M": gettext("Over 1 million people"),
        "share:low": gettext("Share of migrants: lowest third"),
        "share:middle": gettext("Share of migrants: middle third"),
        "share:high": gettext("Share of migrants: highest third"),
    }.get(group, group)


def country(code: str) -> str:
    """The name of a country by its two letters."""
    locale = get_locale()
    words: Mapping[str, str] = locale.territories if locale is not None else {}
    return words.get(code, code)


def of_group(
    result: BenchmarkResult, group: str, cities: Collection[str], *, beside: str = ""
) -> BenchmarkResult:
    """The part of a result that is about some cities: they take the place of all. A city `beside`
    them keeps its own figures, and has no place among them."""
    kept = {*cities, beside}
    stats = _rows(result.peer_stats, "group_id", [group])
    return replace(
        result,
        scores=_rows(result.scores, "city", kept),
        gaps=_rows(result.gaps, "city", kept),
        sensitivity=_rows(result.sensitivity, "city", kept),
        trends=_rows(result.trends, "city", kept),
        ranks=_rows(result.ranks, "group", [group]).assign(group=EVERYBODY),
        peer_stats=stats.assign(group_id=EVERYBODY),
    )


def _rows(table: pd.DataFrame, column: str, kept: Collection[str]) -> pd.DataFrame:
    return table.loc[table[column].isin(list(kept))].reset_index(drop=True)
