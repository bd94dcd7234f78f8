"""What the figures of groups say, for readers who see single cities only where these agreed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd
from flask_babel import gettext, ngettext

from benchmarks.charts import group
from benchmarks.charts.drawing import by_code, ends, named, points, role_named, score
from benchmarks.result import SERIES, BenchmarkResult
from reviews.queries.levels import WHOLE
from webapp.figures import agreement, groups
from webapp.figures.cells import Labels, Table, between, coded, points_or_why
from webapp.figures.findings import Answer

SELF = "self"


def surest(result: BenchmarkResult, round_id: str) -> str:
    """The last of the series whose figure of all cities may be shown; if none may, the last of
    those that any city has."""
    for series in reversed(SERIES):
        if not _whole(result, round_id, series)["suppressed"]:
            return series
    there = set(result.scores.loc[result.scores["value"].notna(), "series"])
    return next((series for series in reversed(SERIES) if series in there), SELF)


def standing(result: BenchmarkResult, round_id: str, labels: Labels) -> Answer:
    """How do cities stand in the four roles? Medians of the surest series."""
    question = gettext("How do cities stand in the four roles?")
    series = surest(result, round_id)
    whole = _whole(result, round_id, series)
    if whole["suppressed"]:
        hidden = group.why_hidden(whole, labels)
        return Answer(
            question, gettext("Nothing may be shown of all cities: %(why)s.", why=hidden), ()
        )
    roles = _medians(result, round_id, series, level=1)
    return Answer(
        question,
        gettext(
            "The city in the middle reaches %(median)s of 100 points (%(series)s).",
            median=score(whole["median"]),
            series=named(series, labels),
        ),
        (
            *_furthest(roles, {code: role_named(code, labels) for code in roles}),
            *_furthest(commitments := _medians(result, round_id, series, level=2),
                       {code: coded(code, labels) for code in commitments}),
        ),
    )  # fmt: skip


def _furthest(medians: Mapping[str, float], names: Mapping[str, str]) -> Iterator[str]:
    if len(medians) > 1:
        best, worst = ends(medians)
        yield gettext(
            "Furthest: %(best)s (median %(high)s). Least far: %(worst)s (median %(low)s).",
            best=names[best],
            high=score(medians[best]),
            worst=names[worst],
            low=score(medians[worst]),
        )


def parting(result: BenchmarkResult, round_id: str, labels: Labels) -> Answer:
    """Where do self and peers part? By the means of all cities, where both may be shown."""
    question = gettext("Where do cities and their peers part?")
    series = surest(result, round_id)
    own, other = (_whole(result, round_id, each) for each in (SELF, series))
    if series == SELF or own["suppressed"] or other["suppressed"]:
        return Answer(question, gettext("Nothing can be compared for all cities."), ())
    gap = own["mean"] - other["mean"]
    if gap == 0:
        lead = gettext("On average cities see themselves as their peers do.")
    else:
        lead = gettext(
            "On average cities put themselves %(size)s points %(way)s than their peers: at %(own)s,"
            " against %(other)s.",
            size=points(abs(gap)),
            way=gettext("higher") if gap > 0 else gettext("lower"),
            own=score(own["mean"]),
            other=score(other["mean"]),
        )
    return Answer(question, lead, tuple(_partings(result, round_id, series, labels)))


def _partings(result: BenchmarkResult, round_id: str, series: str, labels: Labels) -> Iterator[str]:
    codes = _codes(result, 2)
    own, other = (
        group.of_group(result, round_id, codes, each).set_index("code") for each in (SELF, series)
    )
    gaps = by_code(own["mean"] - other["mean"])
    if len(gaps) > 1:
        most, least = ends(gaps)
        yield gettext(
            "Widest upwards: %(most)s (%(up)s). At the other end: %(least)s (%(down)s).",
            most=coded(most, labels),
            up=points(gaps[most], True),
            least=coded(least, labels),
            down=points(gaps[least], True),
        )
    yield gettext(
        "Differences of whole points, between %(own)s and %(other)s of all cities.",
        own=named(SELF, labels),
        other=named(series, labels),
    )


def trust(result: BenchmarkResult, round_id: str, labels: Labels) -> Answer:
    """Can the figures be trusted? On what they rest, and how far reviewers agree."""
    signed = _whole(result, round_id, SELF)["n"]
    lead = ngettext(
        "The figures rest on the signed answers of one city.",
        "The figures rest on the signed answers of %(num)d cities.",
        signed,
    )
    parts = result.components.loc[result.components["round"] == round_id]
    facts = []
    if len(parts):
        facts.append(
            gettext(
                "%(reviewers)d reviewers looked at %(cities)d cities, each for themselves first.",
                reviewers=int(parts["n_raters"].sum()),
                cities=int(parts["n_cities"].sum()),
            )
        )
    return Answer(
        gettext("Can the figures be trusted?"),
        lead,
        (
            *facts,
            *agreement.calibrated(result, round_id, labels),
            *agreement.in_short(result, round_id, labels),
        ),
    )


def others(result: BenchmarkResult, round_id: str, series: str, labels: Labels) -> Table | None:
    """Every smaller group whose figure may be shown, on the whole; None where there is none."""
    rows = _others(result, round_id, series)
    rows = rows.loc[~rows["suppressed"]]
    if rows.empty:
        return None
    return Table(
        caption=gettext(
            "Smaller groups, overall, %(series)s: whole points of 100", series=named(series, labels)
        ),
        groups=(),
        headings=(
            gettext("Group"),
            gettext("Cities"),
            gettext("Median"),
            gettext("Mean"),
            gettext("Middle half"),
        ),
        rows=tuple(
            (
                groups.named(row["group_id"]),
                *(str(row["n"]), points_or_why(row["median"]), points_or_why(row["mean"])),
                between(row["q1"], row["q3"]),
            )
            for row in rows.to_dict("records")
        ),
    )


def hidden(result: BenchmarkResult, round_id: str, labels: Labels) -> tuple[str, ...]:
    """Which groups are not shown, by the reason: one sentence for each."""
    stats = result.peer_stats
    table = stats.loc[(stats["round"] == round_id) & stats["suppressed"]]
    counts = stats.loc[stats["round"] == round_id].groupby("group_id")["suppressed"]
    shown = set(counts.any().index[~counts.all()])
    said = []
    for reason, part in table.groupby("reason", sort=True):
        why = named(str(reason), labels)
        ids = sorted(set(part["group_id"]), key=groups.place)
        whole = [groups.named(one) for one in ids if one not in shown]
        partly = [groups.named(one) for one in ids if one in shown]
        if whole:
            said.append(
                gettext("Not shown, %(why)s: %(groups)s.", why=why, groups=", ".join(whole))
            )
        if partly:
            said.append(
                gettext("Not shown in every part, %(why)s: %(groups)s.", why=why,
                        groups=", ".join(partly))
            )  # fmt: skip
    return tuple(said)


def _others(result: BenchmarkResult, round_id: str, series: str) -> pd.DataFrame:
    stats = result.peer_stats
    rows = stats.loc[
        (stats["round"] == round_id)
        & (stats["series"] == series)
        & (stats["code"] == WHOLE)
        & (stats["group_id"] != group.EVERYBODY)
    ]
    return rows.assign(place=rows["group_id"].map(groups.place)).sort_values("place")


def _whole(result: BenchmarkResult, round_id: str, series: str) -> pd.Series:
    return group.of_group(result, round_id, [WHOLE], series).iloc[0]


def _codes(result: BenchmarkResult, level: int) -> list[str]:
    return list(result.structure.loc[result.structure["level"] == level, "code"])


def _medians(
    result: BenchmarkResult, round_id: str, series: str, *, level: int
) -> dict[str, float]:
    rows = group.of_group(result, round_id, _codes(result, level), series)
    return by_code(rows.set_index("code")["median"])
