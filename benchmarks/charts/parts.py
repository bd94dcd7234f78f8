"""Which parts of the charter a chart goes through: its roles, or the commitments of one role."""

import pandas as pd

from benchmarks.charts.drawing import Labels, named, role_named
from benchmarks.charts.lines import Entry


def parts(structure: pd.DataFrame) -> list[str]:
    """What is compared, as the charter lists it: the roles, or commitments where there is one."""
    return _below(structure)[1]


def whole_and_parts(structure: pd.DataFrame) -> list[str]:
    """The same after what it adds up to: the whole of all roles, or the only role."""
    whole, codes = _below(structure)
    return [*whole, *codes]


def entry(structure: pd.DataFrame, code: str, labels: Labels | None) -> Entry:
    """The line of a code: a commitment by code and name, what is above it by name."""
    level = int(structure.loc[structure["code"] == code, "level"].iloc[0])
    if level == 2:
        return Entry(code, named(code, labels))
    return Entry(code, role_named(code, labels), coded=False)


def _below(structure: pd.DataFrame) -> tuple[list[str], list[str]]:
    at = {
        level: [str(code) for code in structure.loc[structure["level"] == level, "code"]]
        for level in (0, 1, 2)
    }
    return (at[1], at[2]) if len(at[1]) == 1 else (at[0], at[1])
