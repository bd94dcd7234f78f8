"""How far the reviewers of a round agree, and how far they differ in severity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from flask_babel import gettext

from benchmarks.charts import calibration
from benchmarks.charts.drawing import points, role_named
from benchmarks.result import BenchmarkResult
from benchmarks.summary import GOOD, TENTATIVE
from reviews.queries.levels import WHOLE
from webapp.figures.cells import NOTHING, Labels, Table, decimals, with_interval


@dataclass(frozen=True)
class Agreement:
    """The section on the page: what was found by role, and what it means."""

    table: Table
    facts: tuple[str, ...]


def agreement(result: BenchmarkResult, round_id: str, labels: Labels) -> Agreement:
    """Krippendorff's alpha by role in METHOD's words, and severity as a spread."""
    rows = _alphas(result, round_id)
    table = Table(
        caption=gettext("Agreement of the reviewers: Krippendorff's alpha, ordinal"),
        groups=(),
        headings=(
            gettext("Role"),
            gettext("Alpha (95 % interval)"),
            gettext("What it allows"),
            gettext("Statements two or more marked"),
            gettext("Reviewers"),
        ),
        words=(2,),
        rows=tuple(
            (
                role_named(code, labels),
                _alpha(rows.loc[code]),
                reading(rows.loc[code]),
                str(rows.at[code, "n_units"]),
                str(rows.at[code, "n_raters"]),
            )
            for code in rows.index
        ),
    )
    return Agreement(table, tuple(_severity(result, round_id)))


def _severity(result: BenchmarkResult, round_id: str) -> Iterator[str]:
    """How far reviewers differ; not who."""
    table = result.variances
    here = (table["round"] == round_id) & (table["source"] == "rater")
    for variance in table.loc[here, "variance"].dropna():
        yield gettext(
            "Reviewers differ in severity by %(size)s points (standard deviation). The calibrated"
            " scores make good for it.",
            size=points(float(variance) ** 0.5),
        )


def calibrated(result: BenchmarkResult, round_id: str, labels: Labels) -> Iterator[str]:
    """What the calibrated scores are worth, in sentences; none where there are no reviews."""
    parts = result.components.loc[result.components["round"] == round_id]
    if parts["calibrated"].any():
        yield gettext(
            "Calibrated scores have 95 % intervals, valid for differences between cities; their"
            " level is relative to the pool of reviewers."
        )
    if not parts["calibrated"].all():
        yield gettext(
            "Not calibrated: %(why)s. The peers' plain mean stands, without an interval: take no"
            " difference under five points for real.",
            why=calibration.why_not(result, round_id, labels),
        )
    if len(parts) > 1:
        yield gettext(
            "The review falls into %(count)d parts without a reviewer in common: compare cities"
            " within a part only.",
            count=len(parts),
        )


def in_short(result: BenchmarkResult, round_id: str, labels: Labels) -> Iterator[str]:
    """The roles by what their alpha allows, in one sentence; none without reviews."""
    rows = _alphas(result, round_id)
    roles = rows.loc[rows.index != WHOLE]
    if len(roles):
        words = roles.apply(reading, axis=1)
        by_word = (
            f"{word} ({', '.join(role_named(str(code), labels) for code in part.index)})"
            for word, part in words.groupby(words, sort=False)
        )
        yield gettext("Agreement of reviewers: %(words)s.", words="; ".join(by_word))


def reading(row: pd.Series) -> str:
    """What an alpha allows, in the words of the method (METHOD 3.6)."""
    if row["status"] == "no_variance":
        return gettext("all marks alike: nothing to say")
    if pd.isna(row["value"]):
        return gettext("too few marks to say")
    if row["value"] >= float(GOOD):
        return gettext("good")
    if row["value"] >= float(TENTATIVE):
        return gettext("tentative")
    return gettext("do not compare cities on this")


def _alphas(result: BenchmarkResult, round_id: str) -> pd.DataFrame:
    """The whole and the roles that anybody reviewed, by code."""
    table = result.reliability
    found = table.loc[
        (table["round"] == round_id)
        & (table["metric"] == "krippendorff_alpha")
        & (table["n_values"] > 0)
    ].set_index("role")
    codes = result.structure.loc[result.structure["level"] <= 1, "code"]
    return found.loc[[code for code in codes if code in found.index]]


def _alpha(row: pd.Series) -> str:
    if pd.isna(row["value"]):
        return NOTHING
    value, lo, hi = (decimals(row[name], 3) for name in ("value", "lo", "hi"))
    if pd.isna(row["lo"]):
        return value
    return with_interval(value, lo, hi)
