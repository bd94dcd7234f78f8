"""Group figures as they were published, and who is behind each."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

CELL = ["round", "code", "series"]
NUMBERS = ("mean", "median", "q1", "q3")

Cell = tuple[str, str, str]
Atom = frozenset[str]


@dataclass(frozen=True)
class Published:
    """One version of the group figures, as an audience has it.

    figures     round, group, code, series: n, mean, median, q1, q3 (whole points, NaN where
                hidden), suppressed, frozen (still the figures of an earlier version), reason.
                reason on a row that is not suppressed: its quartiles alone are hidden.
    members     round, group, code, series, city: who is in each figure that is shown. Not for
                publication, but taken to be known: it is what the next version is held against.
    identified  round, city, code, series, value: cities that agreed to be named.
    """

    figures: pd.DataFrame
    members: pd.DataFrame
    identified: pd.DataFrame


@dataclass(frozen=True)
class Figure:
    """The statistics of one group in one cell, and who is in it."""

    group: str
    members: Atom
    mean: float
    median: float
    q1: float
    q3: float
    frozen: bool = False


def history(versions: Sequence[Published]) -> dict[Cell, list[Figure]]:
    """Every figure that was shown, by cell, the oldest first; one that stayed counts once."""
    found: dict[Cell, dict[tuple[object, ...], Figure]] = {}
    for version in versions:
        who = {
            tuple(map(str, key)): frozenset(part)
            for key, part in version.members.groupby(["round", "group", *CELL[1:]])["city"]
        }
        shown = version.figures.loc[~version.figures["suppressed"]]
        for row in shown.to_dict("records"):
            group, numbers = str(row["group"]), [float(row[name]) for name in NUMBERS]
            cell = (str(row["round"]), str(row["code"]), str(row["series"]))
            members = who[(cell[0], group, *cell[1:])]
            mean, median, q1, q3 = numbers
            once = (group, members, mean, median)
            figure = Figure(group, members, mean, median, q1, q3)
            found.setdefault(cell, {}).setdefault(once, figure)
    return {cell: list(figures.values()) for cell, figures in found.items()}
