"""How a figure was made: its parts down to the statement, what was left out, and by which formula.

A person sees no mark of a single reviewer here, whoever it is: parts that are hidden from the
city are hidden from everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from flask_babel import gettext, ngettext

from benchmarks import audiences, contributions
from benchmarks.charts import calibration
from benchmarks.charts.drawing import named, points, role_named, score
from benchmarks.contributions import Made
from benchmarks.result import SERIES, BenchmarkResult
from webapp.figures.cells import NOTHING, Labels, Table, coded, finer
from webapp.figures.parts import Fact

TOP, ROLE, COMMITMENT, STATEMENT = range(4)
OF_PEERS = ("peer", calibration.CALIBRATED)
TINY = 1e-9


@dataclass(frozen=True)
class Scale:
    """The ends of the scale of levels."""

    lowest: int
    highest: int

    def level(self, value: float) -> str:
        """The level behind points: whole where one person or one team chose it."""
        if pd.isna(value):
            return NOTHING
        level = self.lowest + value * (self.highest - self.lowest) / 100
        return points(level) if abs(level - round(level)) < TINY else finer(level)

    def step(self, level: int, higher: int) -> float:
        """The points from one level to another."""
        return 100 * (higher - level) / (self.highest - self.lowest)


@dataclass(frozen=True)
class Links:
    """Where the parts of a figure lead: the figure behind a code and a series, and for a statement
    what the city wrote and what the peers did; empty where there is nothing to see."""

    figure: Callable[[str, str], str]
    answer: Callable[[str], str]
    agreed: Callable[[str], str]


@dataclass(frozen=True)
class Subject:
    """The round and city that figures are about; `result` is all of it, not the city's part."""

    result: BenchmarkResult
    round_id: str
    city: str
    labels: Labels
    scale: Scale

    @cached_property
    def shown(self) -> BenchmarkResult:
        return audiences.for_city(self.result, self.city)


@dataclass(frozen=True)
class Step:
    """A figure above this one, or this one in another series."""

    words: str
    address: str


@dataclass(frozen=True)
class Making:
    """What the page of one figure shows."""

    title: str
    series: str
    value: str
    why_not: str
    basis: tuple[str, ...]
    above: tuple[Step, ...]
    others: tuple[Step, ...]
    formula: tuple[str, ...]
    parts: Table | None
    added_up: tuple[str, ...]
    statements: Table | None
    facts: tuple[Fact, ...]

    @classmethod
    def of(
        cls, about: Subject, code: str, series: str, links: Links, facts: tuple[Fact, ...]
    ) -> Making:
        """Raises LookupError for a code or a series that the city has no row of."""
        made = contributions.made(about.result, about.round_id, about.city, code, series)
        own = _rows(about, series)
        row, level = own[code], _levels(about)[code]
        labels = _honest(about)
        return cls(
            title=_title(code, level, labels),
            series=named(series, labels),
            value=finer(row["value"]),
            why_not=_why_not(row, labels),
            basis=tuple(_basis(row, about, series, level, labels)),
            above=tuple(
                Step(_title(one, _levels(about)[one], labels), links.figure(one, series))
                for one in _above(about, code)
            ),
            others=tuple(
                Step(named(one, labels), "" if one == series else links.figure(code, one))
                for one in SERIES
            ),
            formula=tuple(_formula(made, series, level, about)),
            parts=_parts(made, own, series, level, labels, links) if len(made.parts) else None,
            added_up=tuple(_added_up(made, row, own)),
            statements=_statements(about, code, level, labels, links),
            facts=facts,
        )


def _rows(about: Subject, series: str) -> dict[str, Mapping[Any, Any]]:
    """What may be shown of the city in one series, by code."""
    t = about.shown.scores
    here = (t["round"] == about.round_id) & (t["city"] == about.city) & (t["series"] == series)
    return {str(row["code"]): row for row in t.loc[here].to_dict("records")}


def _levels(about: Subject) -> dict[str, int]:
    tree = about.result.structure
    return dict(zip(tree["code"], tree["level"].astype(int), strict=True))


def _above(about: Subject, code: str) -> list[str]:
    """The codes above one, the whole first."""
    tree = about.result.structure
    parent = dict(zip(tree["code"], tree["parent"], strict=True))
    found: list[str] = []
    while code := parent.get(code, ""):
        found.insert(0, code)
    return found


def _honest(about: Subject) -> Labels:
    """The labels, in which what could not be calibrated is not called so."""
    return calibration.labelled(about.shown.scores, about.labels)


def _title(code: str, level: int, labels: Labels) -> str:
    return coded(code, labels) if level >= COMMITMENT else role_named(code, labels)


def _why_not(row: Mapping[Any, Any], labels: Labels) -> str:
    """Why there is no figure, as a sentence."""
    if pd.notna(row["value"]):
        return ""
    if row["reason"] == "single_rater":
        return gettext("Not shown: a single reviewer's mark could be told from it.")
    return gettext("No figure: %(why)s.", why=named(str(row["reason"]), labels))


def _hidden() -> str:
    return gettext("not shown: a single reviewer's mark could be told from it")


def _basis(
    row: Mapping[Any, Any], about: Subject, series: str, level: int, labels: Labels
) -> Iterator[str]:
    """What a figure rests on, and how sure it is."""
    if pd.notna(row["value"]) and pd.notna(row["lo"]):
        yield gettext(
            "95 %% interval: %(lo)s to %(hi)s. Intervals are valid for differences between cities;"
            " the level is relative to the pool of reviewers.",
            lo=score(row["lo"]),
            hi=score(row["hi"]),
        )
    elif pd.notna(row["value"]) and series in OF_PEERS:
        yield gettext("No interval: the scores could not be calibrated.")
    if level < STATEMENT:
        yield ngettext(
            "It rests on one statement.",
            "It rests on %(num)d statements.",
            int(row["n_items"]),
        )
        if pd.notna(row["coverage"]):
            yield gettext(
                "Coverage: %(share)s %% of the weight that applies to the city has a level; a"
                " figure needs %(least)s %%.",
                share=points(100 * row["coverage"]),
                least=points(100 * about.result.config.threshold),
            )
    if series in OF_PEERS and row["n_raters"]:
        yield ngettext("One reviewer.", "%(num)d reviewers.", int(row["n_raters"]))
    if row["na_disputed"]:
        yield gettext(
            "The city called it not its competence, but most of its peers gave it a level: it"
            " counts as missing."
        )
    if series == calibration.CALIBRATED and not row["calibrated"] and pd.notna(row["value"]):
        why = calibration.why_not(about.result, about.round_id, labels)
        yield gettext(
            "Not calibrated: %(why)s. The peers' plain mean stands.",
            why=why or gettext("too few marks"),
        )


def _formula(made: Made, series: str, level: int, about: Subject) -> Iterator[str]:
    """The rule behind a figure, in words."""
    if level == STATEMENT:
        yield from _of_statement(series, about.scale)
        return
    yield {
        "arithmetic": gettext(
            "The figure is the weighted mean of its parts: the points of each part times its share,"
            " added up."
        ),
        "geometric": gettext(
            "The figure is the weighted geometric mean of its parts: their logarithms times their"
            " shares, added up and turned back. Less than one point counts as one."
        ),
        "harmonic": gettext(
            "The figure is the weighted harmonic mean of its parts. Less than one point counts as"
            " one."
        ),
    }[made.mean]
    yield {
        "reweight": gettext(
            "A share is the weight of a part over the weights of all parts that count. What does"
            " not apply to the city, or has no figure, is left out, and its share goes to the"
            " others."
        ),
        "zero": gettext(
            "A share is the weight of a part over the weights of all parts that apply to the city."
            " What has no answer counts as nothing."
        ),
        "strict": gettext(
            "A share is the weight of a part over the weights of all parts that apply to the city."
            " Where one of them has no figure, there is none above it."
        ),
    }[about.result.config.missing]
    if series == calibration.CALIBRATED and level == ROLE and abs(made.moved) > TINY:
        yield gettext(
            "The calibrated figure of a role comes from the model, which knows severe from lenient"
            " reviewers, hard from easy statements, and holds what rests on little towards the"
            " mean of all. What its parts come to is shown beside it."
        )


def _of_statement(series: str, scale: Scale) -> Iterator[str]:
    yield gettext(
        "A level becomes points by the ends of its scale: level %(lowest)d is 0, level %(highest)d"
        " is 100.",
        lowest=scale.lowest,
        highest=scale.highest,
    )
    if series == "peer":
        yield gettext("The peers' figure is the mean over the reviewers who gave it a level.")
    elif series == calibration.CALIBRATED:
        yield gettext(
            "Each reviewer's points are first made good for how severe that reviewer is beside the"
            " others; then the mean is taken."
        )
    elif series == "agreed":
        yield gettext("The team of reviewers agreed on one level.")
    else:
        yield gettext("The city chose the level itself, and signed it.")


def _parts(
    made: Made,
    own: Mapping[str, Mapping[Any, Any]],
    series: str,
    level: int,
    labels: Labels,
    links: Links,
) -> Table:
    """The parts of a figure with all that is needed to add them up again."""
    rows = made.parts.to_dict("records")
    additive = made.mean == "arithmetic"
    heading = {
        TOP: gettext("Role"),
        ROLE: gettext("Commitment"),
        COMMITMENT: gettext("Statement"),
    }[level]
    return Table(
        caption=gettext("Its parts"),
        groups=(),
        headings=(
            heading,
            gettext("Points"),
            gettext("Weight"),
            gettext("Share"),
            gettext("Of the whole"),
            *([gettext("Adds points")] if additive else []),
            gettext("Remark"),
        ),
        words=(6 if additive else 5,),
        rows=tuple(
            (
                _title(row["code"], level + 1, labels),
                finer(own[row["code"]]["value"]),
                _plain(row["weight"]),
                _percent(row["share"]),
                _percent(row["of_whole"]),
                *([_adds(row, own[row["code"]])] if additive else []),
                _remark(row, own[row["code"]], labels),
            )
            for row in rows
        ),
        addresses=tuple(
            (links.figure(row["code"], series), *[""] * (6 if additive else 5)) for row in rows
        ),
    )


def _plain(weight: float) -> str:
    return f"{weight:g}"


def _percent(share: float) -> str:
    return NOTHING if pd.isna(share) else f"{finer(100 * share)} %"


def _adds(row: Mapping[Any, Any], shown: Mapping[Any, Any]) -> str:
    """What a part brings; a dash for one that is left out, or that may not be shown."""
    hidden = pd.isna(shown["value"]) and pd.notna(row["value"])
    return NOTHING if hidden or not row["share"] > 0 else finer(row["adds"])


def _remark(row: Mapping[Any, Any], shown: Mapping[Any, Any], labels: Labels) -> str:
    """Why a part is left out, or what to bear in mind."""
    if pd.isna(shown["value"]) and pd.notna(row["value"]):
        return _hidden()
    if shown["na_disputed"]:
        return gettext("left out: not its competence, the city says; its peers gave a level")
    why = "" if pd.isna(row["reason"]) else named(str(row["reason"]), labels)
    if pd.isna(row["value"]) and pd.notna(row["used"]):
        return gettext("no figure of its own (%(why)s), counts with what it has", why=why)
    if pd.isna(row["value"]):
        return gettext("left out: %(why)s", why=why)
    return why


def _added_up(
    made: Made, row: Mapping[Any, Any], own: Mapping[str, Mapping[Any, Any]]
) -> Iterator[str]:
    """The parts put together again beside the figure that is shown."""
    if not len(made.parts) or pd.isna(made.joined) or pd.isna(row["value"]):
        return
    shown = [own[code]["value"] for code in made.parts["code"]]
    if any(value < 0 or value > 100 for value in shown):
        yield gettext(
            "Calibrated figures may lie a little beyond the ends of the scale; elsewhere they are"
            " shown as the end."
        )
    joined = finer(made.joined)
    if abs(made.moved) <= TINY:
        yield gettext("Together the parts come to %(joined)s: the figure above.", joined=joined)
        return
    yield gettext(
        "Together the parts come to %(joined)s; the model moves this by %(moved)s to the figure"
        " above, %(value)s.",
        joined=joined,
        moved=finer(made.moved, signed=True),
        value=finer(made.value),
    )


def _statements(
    about: Subject, code: str, level: int, labels: Labels, links: Links
) -> Table | None:
    """What was said of the statements of a commitment, or of one statement, by all sides."""
    if level < COMMITMENT:
        return None
    tree = about.result.structure
    codes = [code] if level == STATEMENT else list(tree.loc[tree["parent"] == code, "code"])
    own, agreed, peer = (_rows(about, series) for series in ("self", "agreed", "peer"))
    there = [one for one in codes if one in own]
    return Table(
        caption=gettext(
            "What was said, in levels from %(lowest)d to %(highest)d",
            lowest=about.scale.lowest,
            highest=about.scale.highest,
        ),
        groups=(),
        headings=(
            gettext("Statement"),
            gettext("The city's level"),
            gettext("Agreed level"),
            gettext("Mean of the peers"),
            gettext("Peers who gave a level"),
        ),
        rows=tuple(
            (
                coded(one, labels),
                _level(own[one], about.scale),
                _level(agreed[one], about.scale),
                _level(peer[one], about.scale),
                str(peer[one]["n_raters"]),
            )
            for one in there
        ),
        addresses=tuple(
            (
                "",
                links.answer(one),
                links.agreed(one) if pd.notna(agreed[one]["value"]) else "",
                links.figure(one, "peer") if pd.notna(peer[one]["value"]) else "",
                "",
            )
            for one in there
        ),
    )


def _level(row: Mapping[Any, Any], scale: Scale) -> str:
    if row["na_disputed"] or row["reason"] == "not_applicable":
        return gettext("n/a")
    return scale.level(row["value"])
