"""A city's own figures: three answers in words, all series in one table, and beside a group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from flask_babel import gettext, ngettext

from benchmarks import ranks
from benchmarks.charts import calibration, group
from benchmarks.charts.drawing import by_code, ends, named, points, role_named, score, span
from benchmarks.gaps import HIGHER, IN_LINE, LOWER, UNCLEAR
from benchmarks.result import SERIES, BenchmarkResult
from reviews.queries.levels import WHOLE
from webapp.figures import agreement, cells
from webapp.figures.cells import NOTHING, Labels, Table
from webapp.figures.findings import Answer
from webapp.figures.making import COMMITMENT, ROLE, STATEMENT, TOP

FEW_OTHERS = 5
WIDEST = 5
"""How many statements are listed where self and peers part most."""


@dataclass(frozen=True)
class City:
    """What one city may see of a round (`benchmarks.audiences.for_city`)."""

    result: BenchmarkResult
    round_id: str
    slug: str
    labels: Labels

    @property
    def scores(self) -> pd.DataFrame:
        t = self.result.scores
        return t.loc[(t["round"] == self.round_id) & (t["city"] == self.slug)]

    @property
    def gaps(self) -> pd.DataFrame:
        t = self.result.gaps
        return t.loc[(t["round"] == self.round_id) & (t["city"] == self.slug)]

    def codes(self, *levels: int) -> list[str]:
        tree = self.result.structure
        return list(tree.loc[tree["level"].isin(levels), "code"])

    def row(self, code: str, series: str) -> Mapping[Any, Any]:
        t = self.scores
        return t.loc[(t["code"] == code) & (t["series"] == series)].to_dict("records")[0]

    @property
    def surest(self) -> str:
        """The last of the series in which the city has a figure of the whole, or of anything."""
        there = self.scores.loc[self.scores["value"].notna()]
        for rows in (there.loc[there["code"] == WHOLE], there):
            found = [each for each in SERIES if each in set(rows["series"])]
            if found:
                return found[-1]
        return "self"


def standing(city: City) -> Answer:
    """How do we stand in the four roles?"""
    series, roles = city.surest, city.codes(ROLE)
    rows = city.scores.loc[city.scores["series"] == series].set_index("code")
    column = by_code(rows["value"].reindex(roles))
    question = gettext("How do we stand in the four roles?")
    if not column:
        return Answer(question, gettext("There are no scores by role yet."), ())
    best, worst = ends(column)
    by = named(series, city.labels)
    high, low = score(column[best]), score(column[worst])
    if high == low:
        lead = gettext("%(by)s: %(high)s of 100 in every role.", by=by, high=high)
    else:
        lead = gettext(
            "%(by)s: furthest as %(best)s (%(high)s of 100), least far as %(worst)s (%(low)s).",
            by=by,
            best=_role(best, city.labels),
            high=high,
            worst=_role(worst, city.labels),
            low=low,
        )
    return Answer(question, lead, tuple(_beside_others(city, series, roles)))


def _beside_others(city: City, series: str, roles: list[str]) -> Iterator[str]:
    whole = city.row(WHOLE, series)
    if pd.notna(whole["value"]):
        yield gettext("Over all: %(value)s of 100.", value=cells.estimate(whole, city.labels))
    own = city.row(WHOLE, "self")
    if series != "self" and pd.notna(own["value"]):
        yield gettext("By our own account: %(value)s.", value=score(own["value"]))
    stats = group.of_group(city.result, city.round_id, [WHOLE], series).iloc[0]
    if not stats["suppressed"]:
        yield gettext(
            "Half of the %(count)d cities, ours among them, have %(median)s or more.",
            count=stats["n"],
            median=points(stats["median"]),
        )
    yield from _bands(city, roles)


def _bands(city: City, roles: list[str]) -> Iterator[str]:
    """In which roles the city is clearly above or below the others; only where it is ranked."""
    t = city.result.ranks
    here = t.loc[(t["round"] == city.round_id) & (t["group"] == group.EVERYBODY)]
    bands = here.loc[here["city"] == city.slug].set_index("code")["band"].reindex(roles).dropna()
    for band, words in (
        (ranks.ABOVE, gettext("Clearly above the group's median: %(roles)s.")),
        (ranks.BELOW, gettext("Clearly below the group's median: %(roles)s.")),
        (ranks.BETWEEN, gettext("Not distinguishable from it: %(roles)s.")),
    ):
        found = [_role(str(code), city.labels) for code, said in bands.items() if said == band]
        if found:
            yield words % {"roles": ", ".join(found)}


def _role(code: str, labels: Labels) -> str:
    name = role_named(code, labels)
    return name[:1].lower() + name[1:]


def parting(city: City) -> Answer:
    """Where do we and our peers part?"""
    question = gettext("Where do we and our peers part?")
    rows = city.gaps.set_index("code")
    whole = rows.loc[WHOLE] if WHOLE in rows.index else None
    if whole is None or pd.isna(whole["gap"]):
        return Answer(question, gettext("Nothing can be compared: there is no review."), ())
    size = points(abs(float(whole["gap"])))
    if size == "0":
        lead = gettext("We and our peers come to the same on the whole.")
    elif whole["gap"] > 0:
        lead = gettext("We put ourselves %(size)s points higher than our peers.", size=size)
    else:
        lead = gettext("We put ourselves %(size)s points lower than our peers.", size=size)
    return Answer(question, lead, tuple(_gap_facts(city, whole)))


def _gap_facts(city: City, whole: pd.Series) -> Iterator[str]:
    if pd.notna(whole["lo"]):
        said = {
            HIGHER: gettext("surely higher"),
            LOWER: gettext("surely lower"),
            IN_LINE: gettext("in line"),
            UNCLEAR: gettext("not clear"),
        }[str(whole["label"])]
        yield gettext(
            "95 %% interval: %(lo)s to %(hi)s, %(said)s.",
            lo=points(whole["lo"], True),
            hi=points(whole["hi"], True),
            said=said,
        )
    typical = typical_gap(city)
    if typical is not None:
        yield gettext("All cities typically: %(gap)s.", gap=points(typical, True))
    gaps = by_code(city.gaps.set_index("code")["gap"].reindex(city.codes(COMMITMENT)))
    if gaps:
        most, least = ends(gaps)
        yield gettext("Widest upwards: %(what)s.", what=_gap_words(most, gaps[most], city.labels))
        yield gettext(
            "At the other end: %(what)s.", what=_gap_words(least, gaps[least], city.labels)
        )


def _gap_words(code: str, gap: float, labels: Labels) -> str:
    return f"{cells.coded(code, labels)} ({points(gap, True)})"


def typical_gap(city: City) -> float | None:
    """The mean of all cities' own accounts less that of their peers' calibrated scores, in points;
    None unless both are shown and of the same number of cities, five others at least."""
    own, peers = (
        group.of_group(city.result, city.round_id, [WHOLE], series).iloc[0]
        for series in ("self", calibration.CALIBRATED)
    )
    same = own["n"] == peers["n"] and own["n"] > FEW_OTHERS
    if not same or own["suppressed"] or peers["suppressed"]:
        return None
    return float(own["mean"] - peers["mean"])


def trust(city: City) -> Answer:
    """Can the figures be trusted?"""
    question = gettext("Can the figures be trusted?")
    whole = city.row(WHOLE, "peer")
    rated = city.scores.loc[
        (city.scores["series"] == "peer") & city.scores["code"].isin(city.codes(STATEMENT))
    ]
    counts = rated.loc[rated["n_raters"] > 0, "n_raters"]
    if counts.empty:
        return Answer(question, gettext("No review counts here: this is our own account."), ())
    lead = ngettext(
        "One reviewer judged us.",
        "%(num)d reviewers judged us, %(each)s at each statement.",
        int(whole["n_raters"]),
        each=span(counts),
    )
    return Answer(question, lead, tuple(_cautions(city, int((counts == 1).sum()))))


def _cautions(city: City, lone: int) -> Iterator[str]:
    covered = city.scores.loc[city.scores["code"] == WHOLE, "coverage"]
    yield gettext(
        "Coverage: %(span)s of what applies to us has a level.", span=cells.percent(covered)
    )
    yield from agreement.calibrated(city.result, city.round_id, city.labels)
    yield from agreement.in_short(city.result, city.round_id, city.labels)
    if lone:
        yield ngettext(
            "One statement was judged by one reviewer only: it is not shown by itself.",
            "%(num)d statements were judged by one reviewer only: they are not shown by"
            " themselves.",
            lone,
        )
    disputed = int(city.scores["na_disputed"].sum())
    if disputed:
        yield ngettext(
            "One statement we called not our competence has a level of most peers: it counts as"
            " missing.",
            "%(num)d statements we called not our competence have a level of most peers: they count"
            " as missing.",
            disputed,
        )


def figures(city: City, role: str, address: Callable[[str, str], str]) -> Table:
    """All series by role and commitment; each figure leads to how it was made."""
    tree = city.result.structure
    under = set(tree.loc[tree["parent"] == role, "code"])
    codes = [
        code
        for code in city.codes(TOP, ROLE, COMMITMENT)
        if not role or code in (WHOLE, role) or code in under
    ]
    by = {(row["code"], row["series"]): row for row in city.scores.to_dict("records")}
    return Table(
        caption=gettext("Points of 100; each figure leads to how it was made"),
        groups=(),
        headings=(
            gettext("Part"),
            *(named(each, city.labels) for each in SERIES),
            gettext("Reviewers"),
            gettext("Coverage, own levels"),
        ),
        rows=tuple(
            (
                _named(code, city),
                *(cells.estimate(by[code, each], city.labels) for each in SERIES),
                str(by[code, "peer"]["n_raters"]),
                cells.percent([by[code, "self"]["coverage"]]),
            )
            for code in codes
        ),
        addresses=tuple(("", *(address(code, each) for each in SERIES), "", "") for code in codes),
    )


def _named(code: str, city: City) -> str:
    return (
        role_named(code, city.labels)
        if code in city.codes(TOP, ROLE)
        else cells.coded(code, city.labels)
    )


@dataclass(frozen=True)
class FindingLink:
    id: str
    address: str


@dataclass(frozen=True)
class Parting:
    """One statement at which self and peers part, with what both sides rest on: addresses of the
    own evidence, the agreed level, how the figure was made, and the findings about it."""

    code: str
    title: str
    own: str
    other: str
    against: str
    gap: str
    made: str
    evidence: str
    agreed: str
    findings: tuple[FindingLink, ...]


def widest(city: City) -> list[Mapping[Any, Any]]:
    """The statements with the widest gaps (rows of gaps), the widest first; none of them is told
    from the mark of a single reviewer."""
    rows = city.gaps.loc[city.gaps["code"].isin(city.codes(STATEMENT)) & city.gaps["gap"].notna()]
    rows = rows.assign(size=rows["gap"].abs().round(9))
    found = rows.sort_values("size", ascending=False, kind="stable").head(WIDEST)
    return list(found.to_dict("records"))


def beside(city: City, group_id: str, series: str, role: str) -> Table:
    """The city against a group that it belongs to, by role, or by commitment of one role."""
    tree, stats = city.result.structure, city.result.peer_stats
    codes = city.codes(TOP, ROLE) if not role else [
        role, *tree.loc[tree["parent"] == role, "code"]
    ]  # fmt: skip
    here = stats.loc[
        (stats["round"] == city.round_id)
        & (stats["group_id"] == group_id)
        & (stats["series"] == series)
    ]
    by = {row["code"]: row for row in here.to_dict("records")}
    rows = [(code, city.row(code, series), by.get(code)) for code in codes]
    hidden = any(row is None or row["suppressed"] for _, _, row in rows)
    return Table(
        caption=gettext(
            "%(series)s, points of 100; figures of the group are whole points",
            series=named(series, city.labels),
        ),
        groups=(),
        headings=(
            gettext("Part"),
            gettext("We"),
            gettext("Cities, with ours"),
            gettext("Median"),
            gettext("Middle half"),
            gettext("We less the median"),
            *([gettext("Hidden")] if hidden else []),
        ),
        words=(6,),
        rows=tuple(
            (
                _named(code, city),
                cells.estimate(own, city.labels),
                *_group_cells(own, row),
                *([_why_hidden(row, city.labels)] if hidden else []),
            )
            for code, own, row in rows
        ),
    )


def _group_cells(own: Mapping[Any, Any], row: Mapping[Any, Any] | None) -> tuple[str, ...]:
    if row is None:
        return "0", NOTHING, NOTHING, NOTHING
    less = own["value"] - row["median"]
    return (
        str(row["n"]),
        cells.points_or_why(row["median"]),
        cells.between(row["q1"], row["q3"]),
        NOTHING if pd.isna(less) else points(less, True),
    )


def _why_hidden(row: Mapping[Any, Any] | None, labels: Labels) -> str:
    if row is None:
        return named("no_data", labels)
    return named(str(row["reason"]), labels) if row["suppressed"] else ""


def groups_shown(
    city: City, own_groups: Sequence[str], series: str
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Which of the groups that the city belongs to have a figure of the whole to show, and the
    others with the reason."""
    stats = city.result.peer_stats
    here = stats.loc[
        (stats["round"] == city.round_id) & (stats["series"] == series) & (stats["code"] == WHOLE)
    ].set_index("group_id")
    shown, hidden = [], []
    for name in own_groups:
        if name in here.index and not here.at[name, "suppressed"]:
            shown.append(name)
        else:
            reason = str(here.at[name, "reason"]) if name in here.index else "no_data"
            hidden.append((name, named(reason, city.labels)))
    return tuple(shown), tuple(hidden)


def places(city: City) -> Table | None:
    """The city's place among all, with its interval; None where it is not told."""
    t = city.result.ranks
    here = t.loc[(t["round"] == city.round_id) & (t["group"] == group.EVERYBODY)]
    mine = here.loc[(here["city"] == city.slug) & here["rank_p05"].notna()]
    own = {row["code"]: row for row in mine.to_dict("records")}
    codes = [code for code in city.codes(TOP, ROLE) if code in own]
    if not codes:
        return None
    stats = group.of_group(city.result, city.round_id, codes, calibration.CALIBRATED)
    among = dict(zip(stats["code"], stats["n"], strict=True))
    return Table(
        caption=gettext("Our place among all cities, in nine of ten draws"),
        groups=(),
        headings=(gettext("Part"), gettext("Place"), gettext("Against the group")),
        words=(1, 2),
        rows=tuple(
            (_named(code, city), _place(own[code], among[code]), _band(own[code]["band"]))
            for code in codes
        ),
    )


def _place(row: Mapping[Any, Any], among: int) -> str:
    lo, hi = points(row["rank_p05"]), points(row["rank_p95"])
    if lo == hi:
        return gettext("%(place)s of %(among)d", place=lo, among=among)
    return gettext(
        "%(lo)s to %(hi)s of %(among)d, middle %(middle)s",
        lo=lo,
        hi=hi,
        among=among,
        middle=points(row["rank_median"]),
    )


def _band(band: Any) -> str:
    if pd.isna(band):
        return NOTHING
    return {
        ranks.ABOVE: gettext("clearly above the group's median"),
        ranks.BELOW: gettext("clearly below the group's median"),
    }.get(str(band), gettext("not distinguishable from the group's median"))
