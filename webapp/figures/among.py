"""A city among the others: the group's figures that everyone may see, and where the city stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil, floor
from typing import Any

import pandas as pd
from flask_babel import gettext

from benchmarks import ranks
from benchmarks.charts import calibration, group
from benchmarks.charts.drawing import named, points, role_named
from benchmarks.result import BenchmarkResult
from webapp.figures.cells import NOTHING, Labels, Table, between, estimate

SERIES = ("self", "peer", "peer_calibrated")


def everybody(result: BenchmarkResult, round_id: str, labels: Labels) -> Table:
    """All cities of a round by role, after disclosure control, with the reason for each dash."""
    rows = tuple(_group_rows(result, round_id, labels))
    hidden = any(row[-1] for row in rows)
    return Table(
        caption=gettext("All cities: whole points of 100, as every city may see them"),
        groups=(),
        headings=(
            gettext("Role"),
            gettext("Series"),
            gettext("Cities"),
            gettext("Median"),
            gettext("Mean"),
            gettext("Middle half"),
            *([gettext("Hidden")] if hidden else []),
        ),
        rows=rows if hidden else tuple(row[:-1] for row in rows),
        words=(1, 6),
    )


def _group_rows(
    result: BenchmarkResult, round_id: str, labels: Labels
) -> Iterator[tuple[str, ...]]:
    codes = _codes(result)
    found = {
        series: group.of_group(result, round_id, codes, series).to_dict("records")
        for series in SERIES
    }
    for place, code in enumerate(codes):
        for series, rows in found.items():
            row = rows[place]
            yield (
                role_named(code, labels),
                named(series, labels),
                str(row["n"]),
                _whole(row["median"]),
                _whole(row["mean"]),
                between(row["q1"], row["q3"]),
                group.why_hidden(row, labels),
            )


def _whole(value: float) -> str:
    return NOTHING if pd.isna(value) else points(value)


def standing(result: BenchmarkResult, round_id: str, city: str, labels: Labels) -> Table:
    """One city against the median of all, and its rank, never without its interval."""
    scores = result.scores
    own = scores.loc[
        (scores["round"] == round_id)
        & (scores["city"] == city)
        & (scores["series"] == calibration.CALIBRATED)
    ]
    by_code = {str(row["code"]): row for row in own.to_dict("records")}
    table = result.ranks
    ranked = table.loc[(table["round"] == round_id) & (table["group"] == group.EVERYBODY)]
    why_not = why_no_ranks(result, round_id, labels)
    # Whoever sees only their own city still sees how many there are.
    behind = group.of_group(result, round_id, _codes(result), calibration.CALIBRATED)
    count = dict(zip(behind["code"], behind["n"], strict=True))
    return Table(
        caption=gettext("%(whom)s among all cities", whom=named(city, labels)),
        groups=(),
        headings=(
            gettext("Role"),
            gettext("%(series)s, points", series=named(calibration.CALIBRATED, labels)),
            gettext("Against the group"),
            gettext("Rank in nine of ten draws"),
        ),
        words=(2, 3),
        rows=tuple(
            (
                role_named(code, labels),
                estimate(by_code[code], labels),
                *_place(
                    ranked.loc[ranked["code"] == code],
                    city,
                    by_code[code],
                    labels,
                    why_not,
                    count[code],
                ),
            )
            for code in _codes(result)
        ),
    )


def why_no_ranks(result: BenchmarkResult, round_id: str, labels: Labels) -> str:
    """Why nobody in a round is ranked, or not everybody; empty where all is well."""
    if (result.components["round"] == round_id).sum() > 1:
        return gettext("the review falls into parts without a reviewer in common")
    return calibration.why_not(result, round_id, labels)


def _place(
    ranked: pd.DataFrame,
    city: str,
    own: Mapping[Any, Any],
    labels: Labels,
    why_not: str,
    among: int,
) -> tuple[str, str]:
    """The band and the rank of a city on one code, in words."""
    mine = ranked.loc[ranked["city"] == city].to_dict("records")
    row: Mapping[Any, Any] = mine[0] if mine else {"band": None, "rank_p05": None}
    standing = NOTHING if pd.isna(row["band"]) else band(row["band"])
    if pd.notna(row["rank_p05"]):
        return standing, _interval(row, max(among, int(ranked["rank"].notna().sum())))
    if pd.isna(own["value"]):
        why = named(str(own["reason"]), labels)
    else:
        why = why_not or gettext("fewer than 3 cities")
    return standing, gettext("no rank: %(why)s", why=why)


def band(word: str) -> str:
    """Where a city stands against the group's median, in words."""
    return {
        ranks.ABOVE: gettext("clearly above the group median"),
        ranks.BELOW: gettext("clearly below the group median"),
    }.get(word, gettext("not distinguishable from the group median"))


def _interval(row: Mapping[Any, Any], among: int) -> str:
    lo, hi = floor(row["rank_p05"]), ceil(row["rank_p95"])
    middle = points(row["rank_median"])
    if lo == hi:
        return gettext("%(rank)d of %(among)d", rank=lo, among=among)
    return gettext(
        "%(lo)d to %(hi)d of %(among)d, middle %(middle)s", lo=lo, hi=hi, among=among, middle=middle
    )


def _codes(result: BenchmarkResult) -> list[str]:
    return list(result.structure.loc[result.structure["level"] <= 1, "code"])
