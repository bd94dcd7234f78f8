"""What may stand behind the question mark of a benchmark's address."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import abort, request
from flask_babel import gettext

from benchmarks.charts.drawing import named, role_named
from benchmarks.result import SERIES
from reviews.queries.snapshots import Taken
from webapp import filters as written
from webapp.dashboards.scopes import WORKING, Scope
from webapp.dashboards.views import QUESTIONS
from webapp.figures import charts, groups
from webapp.figures.charts import Filters
from webapp.figures.selects import Filter


@dataclass(frozen=True)
class Asked:
    """The questions of one address, as they stand there; empty where nothing is said."""

    of: str = ""
    role: str = ""
    city: str = ""
    series: str = ""
    group: str = ""

    @classmethod
    def here(cls) -> Asked:
        return cls(**{name: request.args.get(name, "") for name in QUESTIONS})

    def checked(self, scope: Scope) -> Filters:
        """What the pictures show. What is not offered is refused, never ignored."""
        known = {
            "role": scope.roles,
            "city": scope.scored,
            "series": SERIES,
            "group": scope.groups,
        }
        for name, values in known.items():
            if (value := getattr(self, name)) and value not in values:
                abort(422)
        return Filters(self.role, self.city, self.series or charts.surest(scope.result))

    def pinned(self, scope: Scope, filters: Filters) -> dict[str, str]:
        """The same questions for the address of a file: it says which figures it is made of."""
        said = replace(self, of=scope.source.of, series=filters.series)
        return {name: value for name in QUESTIONS if (value := getattr(said, name))}


def usual(scope: Scope) -> dict[str, str]:
    """What an address without questions stands for."""
    return {"of": scope.source.usual, "series": charts.surest(scope.result)}


def offered(scope: Scope, group: str, chosen: Filters) -> tuple[Filter, ...]:
    """The selects over a whole round; an empty value stands for everything."""
    labels = scope.labels_of("")
    by_role = {code: role_named(code, labels) for code in scope.roles}
    alike = {
        name: gettext("%(group)s (%(count)d cities)", group=groups.named(name), count=len(cities))
        for name, cities in scope.groups.items()
        if name != groups.EVERYBODY
    }
    return (
        Filter.of(
            "of",
            gettext("Figures"),
            {
                **{str(one.number): snapshot_words(one) for one in scope.source.taken},
                WORKING: gettext("As it stands now (working figures)"),
            },
            scope.source.of,
        ),
        Filter.of("group", gettext("Cities"), {"": gettext("All cities"), **alike}, group),
        Filter.of(
            "city", gettext("One city"), {"": gettext("None in particular"), **scope.scored},
            chosen.city,
        ),
        Filter.of("role", gettext("Role"), {"": gettext("All roles"), **by_role}, chosen.role),
        Filter.of(
            "series",
            gettext("Series of dots and map"),
            {each: named(each, labels) for each in SERIES},
            chosen.series,
            gettext("Calibrated: the peers' scores, severe and lenient reviewers told apart."),
        ),
    )  # fmt: skip


def snapshot_words(one: Taken) -> str:
    return gettext(
        "Snapshot %(number)d of %(day)s", number=one.number, day=written.date(one.taken_at)
    )
