"""What the dashboard of a city shows: three answers, its own figures, the others, and what next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from flask import request
from flask_babel import gettext

from benchmarks.charts import calibration, group
from benchmarks.charts.drawing import by_code, named, points, role_named, score
from benchmarks.result import SERIES, BenchmarkResult
from models import Assessment, Finding, Snapshot
from reviews.queries.levels import WHOLE
from reviews.questionnaires import Questionnaire
from webapp import filters
from webapp.figures import charts, groups, own, tables
from webapp.figures.cells import Table
from webapp.figures.charts import Filters
from webapp.figures.findings import Answer
from webapp.figures.learning import Weakness
from webapp.figures.making import Links, Subject
from webapp.figures.own import City, FindingLink, Parting
from webapp.figures.parts import ENDINGS, ChartPart, Fact, fingerprints, of_snapshot
from webapp.figures.raising import Raising, raising
from webapp.figures.selects import Filter
from webapp.places import Place as Where
from webapp.places import address_in


@dataclass(frozen=True)
class View:
    """One city in one frozen round: all that its page is made from."""

    assessment: Assessment
    snapshot: Snapshot
    questionnaire: Questionnaire
    about: Subject
    earlier: tuple[BenchmarkResult, ...]
    groups: tuple[str, ...]
    links: Links

    @cached_property
    def city(self) -> City:
        labels = calibration.labelled(self.about.shown.scores, self.about.labels)
        return City(self.about.shown, self.about.round_id, self.about.city, labels)

    @property
    def subject(self) -> charts.Subject:
        return charts.Subject(
            self.about.shown, self.about.round_id, self.about.labels, self.earlier
        )

    @property
    def roles(self) -> list[str]:
        tree = self.about.result.structure
        return list(tree.loc[tree["level"] == 1, "code"])


@dataclass(frozen=True)
class Asked:
    """What the address asks for; empty where it does not."""

    role: str = ""
    group: str = ""
    series: str = ""

    @classmethod
    def here(cls) -> Asked:
        return cls(*(request.args.get(name, "") for name in ("role", "group", "series")))

    def filters(self, city: str) -> Filters:
        return Filters(role=self.role, city=city)


@dataclass(frozen=True)
class Place:
    """A part of the page in its list of contents."""

    anchor: str
    words: str


@dataclass(frozen=True)
class HiddenGroup:
    words: str
    why: str


@dataclass(frozen=True)
class EmptyCityBenchmarkPage:
    """Before there is a snapshot, or where the city is not in it."""

    title: str
    place: Where
    why: str
    template: ClassVar[str] = "city_benchmarks/empty.html"

    @classmethod
    def of(cls, assessment: Assessment, snapshot: Snapshot | None) -> EmptyCityBenchmarkPage:
        if snapshot is None:
            why = gettext(
                "There are no figures yet. They come once the reports of enough cities are final"
                " and a coordinator has frozen the benchmark of the round."
            )
        else:
            why = gettext(
                "Your city is not in the benchmark of this round, which was frozen on %(day)s: its"
                " report was not final then. The cities of a round's benchmark stay the same for"
                " good, since a later one with one city more would give that city away.",
                day=filters.date(snapshot.taken_at),
            )
        return cls(title=_title(assessment), place=Where.of(assessment), why=why)


@dataclass(frozen=True)
class CityFramePage:
    """What surrounds the figures."""

    title: str
    place: Where
    template: ClassVar[str] = "city_benchmarks/frame.html"

    @classmethod
    def of(cls, assessment: Assessment) -> CityFramePage:
        return cls(_title(assessment), Where.of(assessment))


@dataclass(frozen=True)
class CityBenchmarkPage:
    title: str
    place: Where
    basis: str
    answers: tuple[Answer, ...]
    filters: tuple[Filter, ...]
    filtered: bool
    figures: Table
    profile: ChartPart | None
    gap: ChartPart | None
    typical: str
    partings: tuple[Parting, ...]
    beside: Table
    beside_whom: str
    hidden_groups: tuple[HiddenGroup, ...]
    ranks: ChartPart | None
    places: Table | None
    trend: ChartPart | None
    radar: ChartPart | None
    raising: Raising
    learning: tuple[Weakness, ...]
    contents: tuple[Place, ...]
    template: ClassVar[str] = "city_benchmarks/benchmark.html"

    @classmethod
    def of(
        cls,
        view: View,
        asked: Asked,
        offered: tuple[Filter, ...],
        findings: Sequence[Finding],
        learning: tuple[Weakness, ...],
    ) -> CityBenchmarkPage:
        city, series = view.city, asked.series or view.city.surest
        _, hidden = own.groups_shown(city, view.groups, series)
        chosen = asked.group or group.EVERYBODY
        return cls(
            title=_title(view.assessment),
            place=Where.of(view.assessment),
            basis=_basis(view.snapshot),
            answers=(own.standing(city), own.parting(city), own.trust(city)),
            filters=offered,
            filtered=asked != Asked(),
            figures=own.figures(city, asked.role, view.links.figure),
            profile=_chart("profile", view, asked),
            gap=_chart("gap", view, asked),
            typical=_typical(city),
            partings=tuple(_parting(row, view, city, findings) for row in own.widest(city)),
            beside=own.beside(city, chosen, series, asked.role),
            beside_whom=groups.named(chosen),
            hidden_groups=tuple(HiddenGroup(groups.named(one), why) for one, why in hidden),
            ranks=_chart("ranks", view, asked) if own.places(city) is not None else None,
            places=own.places(city),
            trend=_chart("trend", view, asked),
            radar=_chart("radar", view, asked),
            raising=raising(view.about, view.questionnaire, view.links.answer),
            learning=learning,
            contents=tuple(_contents()),
        )


def _contents() -> Iterator[Place]:
    yield Place("figures", gettext("Our figures"))
    yield Place("partings", gettext("Where we and our peers part most"))
    yield Place("group", gettext("Beside others"))
    yield Place("places", gettext("Our place"))
    yield Place("trend-heading", gettext("Since earlier rounds"))
    yield Place("raising", gettext("What would raise the score most"))
    yield Place("learning", gettext("Cities to learn from"))


def _title(assessment: Assessment) -> str:
    return gettext("Benchmark of %(city)s", city=assessment.city.name)


def _basis(snapshot: Snapshot) -> str:
    return gettext(
        "Frozen on %(day)s from the signed and reviewed work of %(count)d cities: snapshot %(id)s."
        " These figures do not change any more.",
        day=filters.date(snapshot.taken_at),
        count=len(snapshot.cities),
        id=f"{snapshot.round.slug}-{snapshot.number}",
    )


def _typical(city: City) -> str:
    """The own gap beside the group's, where that is shown."""
    gap, found = own.typical_gap(city), by_code(city.gaps.set_index("code")["gap"])
    if gap is None or WHOLE not in found:
        return ""
    return gettext(
        "On the whole we are %(own)s points from our peers; all cities together are typically"
        " %(typical)s from theirs.",
        own=points(found[WHOLE], True),
        typical=points(gap, True),
    )


def _parting(
    row: Mapping[Any, Any], view: View, city: City, findings: Sequence[Finding]
) -> Parting:
    code = row["code"]
    statement = view.questionnaire.statement(code)
    about = [one for one in findings if one.statement == code]
    series = str(row["against"])
    return Parting(
        code=code,
        title=statement.title if statement is not None else code,
        own=points(row["self"]),
        other=score(row["other"]),
        against=named(series, city.labels),
        gap=points(row["gap"], True),
        made=view.links.figure(code, series),
        evidence=f"{view.links.answer(code)}#evidence",
        agreed=view.links.agreed(code),
        findings=tuple(_finding(one, view.assessment) for one in about),
    )


def _finding(finding: Finding, assessment: Assessment) -> FindingLink:
    name = f"F{finding.place}"
    return FindingLink(name, address_in("reports.show_report", assessment, _anchor=name))


def _chart(name: str, view: View, asked: Asked) -> ChartPart | None:
    """One picture with its table; None where there is nothing to draw."""
    filters_, subject = asked.filters(view.about.city), view.subject
    try:
        made = charts.chart(name, subject, filters_)
    except LookupError as nothing:
        if type(nothing) is not LookupError:
            raise
        return None
    table = tables.of_chart(name, made.data, filters_, view.city.labels)
    said = {"role": asked.role} if asked.role else {}
    return ChartPart.of(
        name,
        made,
        table,
        {
            ending: address_in(
                "city_benchmarks.download_chart",
                view.assessment,
                chart=name,
                ending=ending,
                **said,
            )
            for ending, _ in ENDINGS
        },
        facts(view),
    )


def facts(view: View) -> tuple[Fact, ...]:
    """Which frozen figures these are, by which rules, from what."""
    return (*of_snapshot(view.snapshot), *fingerprints(view.about.result))


def offered(view: View, asked: Asked) -> tuple[Filter, ...]:
    """The selects of the page."""
    labels, series = view.city.labels, asked.series or view.city.surest
    shown, _ = own.groups_shown(view.city, view.groups, series)
    return (
        Filter.of(
            "role",
            gettext("Role"),
            {"": gettext("All roles"), **{code: role_named(code, labels) for code in view.roles}},
            asked.role,
        ),
        Filter.of(
            "group",
            gettext("Compare with"),
            {"" if one == group.EVERYBODY else one: groups.named(one) for one in shown}
            or {"": groups.named(group.EVERYBODY)},
            asked.group,
        ),
        Filter.of(
            "series",
            gettext("Series of the comparison"),
            {each: named(each, labels) for each in SERIES},
            series,
        ),
    )
