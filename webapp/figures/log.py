"""The disclosure log: every figure of a group that nobody is shown, and why (METHOD 3.9)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from flask_babel import gettext, ngettext

from benchmarks.charts.drawing import named, role_named, span
from benchmarks.charts.group import why_hidden
from benchmarks.result import SERIES, BenchmarkResult
from webapp.figures import groups
from webapp.figures.cells import Labels, Table

ROLE = 1
"""Down to this level of the charter a part is called by its name, below it by its code."""


@dataclass(frozen=True)
class Log:
    """How many figures are hidden for which reason, the most frequent first, and which ones."""

    counts: tuple[str, ...]
    table: Table


def log(result: BenchmarkResult, round_id: str, labels: Labels) -> Log:
    """What no city is shown of the groups of one round; alike parts of a group share a row."""
    stats = result.peer_stats.loc[result.peer_stats["round"] == round_id]
    asked = len(stats[["code"]].drop_duplicates())
    hidden = stats.loc[stats["reason"].notna()]
    hidden = hidden.assign(why=[why_hidden(row, labels) for row in hidden.to_dict("records")])
    how_many = hidden["why"].value_counts().sort_index(kind="stable")
    how_many = how_many.sort_values(ascending=False, kind="stable")
    rows = [
        (
            groups.named(str(part["group_id"].iloc[0])),
            named(str(part["series"].iloc[0]), labels),
            gettext("all %(count)d", count=asked)
            if len(part) == asked
            else _parts(part["code"], result, labels),
            span(part["n"]),
            str(part["why"].iloc[0]),
        )
        for part in _alike(hidden)
    ]
    return Log(
        counts=tuple(
            ngettext("One figure, %(why)s", "%(num)d figures, %(why)s", int(count), why=why)
            for why, count in how_many.items()
        ),
        table=Table(
            caption=gettext("Figures of groups that no city is shown"),
            groups=(),
            headings=(
                gettext("Group"),
                gettext("Series"),
                gettext("Parts"),
                gettext("Cities"),
                gettext("Reason"),
            ),
            rows=tuple(rows),
            words=(1, 2, 4),
        ),
    )


def _alike(hidden: pd.DataFrame) -> list[pd.DataFrame]:
    """The rows of one group, series and reason together, in the order of groups and series."""
    parts = [part for _, part in hidden.groupby(["group_id", "series", "why"], sort=True)]
    return sorted(
        parts,
        key=lambda part: (
            groups.place(str(part["group_id"].iloc[0])),
            SERIES.index(str(part["series"].iloc[0])),
        ),
    )


def _parts(codes: pd.Series, result: BenchmarkResult, labels: Labels) -> str:
    """Codes in the order of the charter; the whole and roles by their names."""
    tree = result.structure.loc[result.structure["code"].isin(codes)]
    above = set(tree.loc[tree["level"] <= ROLE, "code"])
    return ", ".join(
        role_named(code, labels) if code in above else code for code in map(str, tree["code"])
    )
