"""What may stand behind the question mark of a benchmark's address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext

from benchmarks.charts.drawing import named, role_named
from benchmarks.result import SERIES
from webapp.dashboards.cells import Labels
from webapp.dashboards.charts import Filters
from webapp.dashboards.views import QUESTIONS


@dataclass(frozen=True)
class Choice:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class Filter:
    """One select of the form above the pictures."""

    name: str
    words: str
    choices: tuple[Choice, ...]
    help: str = ""

    @classmethod
    def of(
        cls, name: str, words: str, choices: Mapping[str, str], chosen: str, help_: str = ""
    ) -> Filter:
        made = (Choice(value, said, value == chosen) for value, said in choices.items())
        return cls(name, words, tuple(made), help_)


def offered(
    roles: Sequence[str], cities: Mapping[str, str], labels: Labels, chosen: Filters
) -> tuple[Filter, ...]:
    """The selects; an empty value stands for everything."""
    by_role = {code: role_named(code, labels) for code in roles}
    return (
        Filter.of("city", gettext("City"), {"": gettext("All cities"), **cities}, chosen.city),
        Filter.of("role", gettext("Role"), {"": gettext("All roles"), **by_role}, chosen.role),
        Filter.of(
            "series",
            gettext("Series of dots and map"),
            {each: named(each, labels) for each in SERIES},
            chosen.series,
            gettext("Calibrated: the peers' scores, severe and lenient reviewers told apart."),
        ),
    )


def filters_asked(
    roles: Sequence[str], cities: Sequence[str], series: Sequence[str], *, usual: str
) -> Filters:
    """The filters of this request. What is not offered is refused, never ignored."""
    known: Mapping[str, Sequence[str]] = {"role": roles, "city": cities, "series": series}
    asked = {name: request.args.get(name, "") for name in QUESTIONS}
    if any(value and value not in known[name] for name, value in asked.items()):
        abort(422)
    return Filters(asked["role"], asked["city"], asked["series"] or usual)
