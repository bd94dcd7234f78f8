"""What a person sees of every chart: no text on another, none cut off, the same each time."""

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from benchmarks.charts.bias import bias
from benchmarks.charts.coverage import coverage
from benchmarks.charts.export import svg
from benchmarks.charts.gap import gap
from benchmarks.charts.heat import heat
from benchmarks.charts.profile import over_roles, profile
from benchmarks.charts.radar import radar
from benchmarks.charts.ranks import ranks
from benchmarks.charts.severity import severity
from benchmarks.charts.spread import spread
from benchmarks.charts.standing import standing
from benchmarks.charts.trend import trend
from tests.benchmarks.charts.looking import LABELS, calibrated, changed, names, overlaps, said

CITIES = [
    "Llanfairpwllgwyngyll-sur-Mosellette",
    "Σταυρούπολη Θεσσαλονίκης Μακεδονίας",
    "Светлобряг на Горна Оряховица",
    "Ħal Qamrija ta' Għawdex",
]
LONG = {
    **LABELS,
    **dict(zip(names(60), CITIES, strict=False)),
    "service-provider": "Παροχή υπηρεσιών σε όλους τους κατοίκους",
    "employer": "Работодател на равни възможности",
    "buyer": "Xerrej ta' prodotti u servizzi għall-belt",
}
RATERS = {3: 3, 12: 9, 60: 9}
CITY = names(3)[0]


def of_role(result, role="policy-maker"):
    tree = result.structure
    kept = (tree["level"] == 0) | (tree["code"] == role) | (tree["parent"] == role)
    return replace(result, structure=tree.loc[kept])


@cache
def two_rounds(count):
    """A round, and the next in which one role cannot be compared."""
    old = calibrated(count, RATERS[count])
    new = replace(old, scores=old.scores.assign(round="2028"), ranks=old.ranks.iloc[:0])
    rows = [(city, code, "2026", "2028", 12.0, 3.0, 21.0, "anchor", 6, True, None)
            for city in names(count) for code in old.structure["code"]]  # fmt: skip
    moved = dict(zip(new.trends, zip(*rows, strict=True), strict=False))
    new = replace(new, trends=new.trends.reindex(range(len(rows))).assign(**moved))
    broken = {"change": float("nan"), "linked_by": "none", "real": False, "reason": "unlinked"}
    return old, changed(new, "trends", {"code": "buyer"}, **broken)


def unranked(result):
    """The same without a place for the first city."""
    nowhere = dict.fromkeys(["rank_median", "rank_p05", "rank_p95"], float("nan"))
    return changed(result, "ranks", {"city": CITY}, **nowhere)


CHARTS = {
    "profile": lambda r, **about: profile(r, "2026", CITY, **about),
    "all by role": lambda r, **about: over_roles(r, "2026", **about),
    "gap": lambda r, **about: gap(r, "2026", CITY, **about),
    "bias": lambda r, **about: bias(r, "2026", **about),
    "heat": lambda r, **about: heat(r, "2026", **about),
    "spread": lambda r, **about: spread(r, "2026", "peer_calibrated", city=CITY, **about),
    "spread of a role": lambda r, **about: spread(of_role(r), "2026", "self", **about),
    "radar": lambda r, **about: radar(r, "2026", CITY, **about),
    "radar of a role": lambda r, **about: radar(of_role(r), "2026", CITY, **about),
    "ranks": lambda r, **about: ranks(unranked(r), "2026", city=names(3)[1], **about),
    "severity": lambda r, **about: severity(r, "2026", **about),
    "coverage": lambda r, **about: coverage(r, "2026", **about),
    "standing": lambda r, **about: standing(r, "2026", **about),
    "trend": lambda r, **about: trend(two_rounds(r.scores["city"].nunique()), CITY, **about),
}


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("count", RATERS)
@pytest.mark.parametrize("name", CHARTS)
def test_no_text_touches_another_or_leaves_the_sheet(name, count, narrow):
    drawing = CHARTS[name](calibrated(count, RATERS[count]), labels=LONG, narrow=narrow)

    assert overlaps(drawing) == []
    assert drawing.width == (390 if narrow else 720)


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_result_gives_the_same_bytes(name):
    once, again = (svg(CHARTS[name](calibrated(12), labels=LONG), "c") for _ in range(2))

    assert once == again


def test_of_more_cities_than_there_is_room_for_values_the_map_has_names_and_colours():
    result = calibrated(60)
    first = result.scores.loc[result.scores["city"] == CITY]
    more = replace(result, scores=pd.concat([result.scores, first.assign(city="One more")]))

    for narrow in (False, True):
        drawing = heat(more, "2026", labels=LONG, narrow=narrow)
        assert overlaps(drawing) == []
        assert drawing.height < (35 if narrow else 18) * 61 + 250
        assert "One more" in said(drawing)
