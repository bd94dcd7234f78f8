"""Cities to learn from: near in size and powers, strong where this one is weak, and their practice.

Only cities that agreed to be named and whose report is published; only by agreed levels, which
stand in that report. So nobody reads here what is not public already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

import pandas as pd
from flask_babel import format_decimal, gettext

from benchmarks import examples
from benchmarks.charts.drawing import score
from models import FindingKind
from reviews.queries.levels import CityRow
from webapp.figures.cells import coded
from webapp.figures.making import Subject

SERIES = "agreed"
LONGEST = 280
MOST_PRACTICES = 2


@dataclass(frozen=True)
class Practice:
    statement: str
    text: str


@dataclass(frozen=True)
class Example:
    """One city, why it is proposed, and what its published report calls good practice."""

    name: str
    address: str
    why: tuple[str, ...]
    practices: tuple[Practice, ...]


@dataclass(frozen=True)
class Weakness:
    """A commitment at which the city is weak, and the cities it could ask."""

    title: str
    own: str
    cities: tuple[Example, ...]


@dataclass(frozen=True)
class Published:
    """The latest edition of a city's report: where it is, and its document."""

    address: str
    document: Mapping[str, Any]


def proposed(
    about: Subject, cities: Sequence[CityRow], named: Sequence[str], published: Sequence[str]
) -> pd.DataFrame:
    """Whom the city could learn from, as benchmarks.examples gives it."""
    table = pd.DataFrame(list(cities), columns=CityRow._fields)
    open_ones = (set(named) & set(published)) - {about.city}
    return examples.examples(
        about.result, about.round_id, table, about.city, open_ones, series=SERIES
    )


def learning(
    about: Subject,
    found: pd.DataFrame,
    names: Mapping[str, str],
    reports: Mapping[str, Published],
) -> tuple[Weakness, ...]:
    """What was `proposed` in words; names and reports by city (slug)."""
    here = _people(found)
    return tuple(
        Weakness(
            title=coded(str(code), about.labels),
            own=score(rows["own"].iloc[0]),
            cities=tuple(
                _example(about, row, names[row["city"]], reports[row["city"]], here)
                for row in rows.to_dict("records")
            ),
        )
        for code, rows in found.groupby("code", sort=False)
    )


def _people(found: pd.DataFrame) -> float:
    return float("nan") if found.empty else float(found["own_population"].iloc[0])


def _example(
    about: Subject, row: Mapping[Any, Any], name: str, report: Published, here: float
) -> Example:
    why = [
        gettext(
            "%(value)s of 100 where we have %(own)s.",
            value=score(row["value"]),
            own=score(row["own"]),
        ),
        gettext(
            "%(shared)d of %(either)d statements apply to both.",
            shared=row["shared"],
            either=row["either"],
        ),
    ]
    if pd.notna(row["population"]) and pd.notna(here):
        why.append(
            gettext(
                "%(there)s inhabitants, here %(here)s.",
                there=format_decimal(int(row["population"])),
                here=format_decimal(int(here)),
            )
        )
    return Example(
        name=name,
        address=report.address,
        why=tuple(why),
        practices=practices(report.document, row["code"], about),
    )


def practices(document: Mapping[str, Any], code: str, about: Subject) -> tuple[Practice, ...]:
    """The good practices of a report in the role of a commitment, those about it first."""
    tree = about.result.structure
    parent = dict(zip(tree["code"], tree["parent"], strict=True))
    found = [
        one
        for one in document["findings"]
        if one["kind"] == FindingKind.GOOD_PRACTICE
        and parent.get(parent.get(one["statement"], "")) == parent[code]
    ]
    found.sort(key=lambda one: parent[one["statement"]] != code)
    return tuple(
        Practice(one["statement"], shorten(one["text"], LONGEST, placeholder=" …"))
        for one in found[:MOST_PRACTICES]
    )
