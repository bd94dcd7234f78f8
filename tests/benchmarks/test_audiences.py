"""Audiences: a city sees nothing of another one, everybody sees only the named ones."""

from dataclasses import replace

import pandas as pd
import pytest

from benchmarks import frozen
from benchmarks.audiences import for_city, for_everybody
from benchmarks.compute import COLUMNS, compute
from benchmarks.config import BenchmarkConfig
from tests.benchmarks.tables import drawn

NAMED, FORMER = ("Gent", "Riga"), ("Porto",)
CITIES = [*NAMED, *FORMER, *(f"Hidden{n}" for n in range(9))]
OF_GROUPS = {"peer_stats", "components", "variances", "reliability", "structure"}
CONFIG = BenchmarkConfig(draws=20, resamples=10, named=NAMED, known=FORMER)


def a_result(cities, reviewers=3, rounds=("2026",)):
    return compute(drawn(cities, statements=1, reviewers=reviewers, rounds=rounds), CONFIG)


@pytest.fixture(scope="module")
def result():
    return a_result(CITIES, rounds=("2024", "2026"))


def filled(result):
    """The tables in which there is anything, by name."""
    return {name: table for name, table in result.tables.items() if len(table)}


def said(table):
    """All that a table says in words."""
    words = table.select_dtypes(exclude=["number", "bool"])
    return {str(value) for name in words for value in words[name].dropna()}


def names_in(text, cities):
    return {city for city in cities if city in text}


@pytest.mark.parametrize("city", CITIES)
def test_a_city_reads_no_name_but_its_own(result, city):
    seen = for_city(result, city)

    assert names_in(frozen.frozen(seen), CITIES) == {city}
    assert set().union(*map(said, filled(seen).values())) & set(CITIES) == {city}


def test_a_city_reads_no_reviewer(result):
    raters = set(result.raters["rater"])

    seen = for_city(result, "Gent")

    assert raters
    assert set().union(*map(said, seen.tables.values())) & raters == set()


@pytest.mark.parametrize("city", CITIES[:2])
def test_what_a_city_reads_of_groups_is_what_all_cities_read(result, city):
    seen = for_city(result, city)

    for name in OF_GROUPS & filled(seen).keys():
        pd.testing.assert_frame_equal(seen.tables[name], result.tables[name])
    others = filled(seen).keys() - OF_GROUPS - {"anchors"}
    assert all("city" in seen.tables[name] for name in others), others


def test_of_the_statements_of_all_cities_a_city_reads_no_number(result):
    # Two versions of the questionnaire would have anchors; here they are there by hand.
    given = pd.DataFrame({name: ["PM1.1"] for name in result.anchors}).assign(
        change=7.5, standardised=1.5, distance=0.5, dropped=True
    )

    seen = for_city(replace(result, anchors=given), "Gent").anchors

    assert list(seen["old"]) == ["PM1.1"]
    assert seen[["change", "standardised", "distance"]].isna().all(axis=None)


def test_a_city_gets_a_place_from_ten_cities_on():
    few, enough = a_result(CITIES[:9]), a_result(CITIES[:10])

    assert len(few.ranks) > 0
    assert len(for_city(few, "Gent").ranks) == 0
    assert set(for_city(enough, "Gent").ranks["city"]) == {"Gent"}


def test_of_one_reviewer_a_city_does_not_read_the_marks():
    result = a_result(CITIES[:6], reviewers=1)
    leaves = set(result.structure.loc[result.structure["level"] == 3, "code"])

    seen = for_city(result, "Gent").scores
    own = seen[seen["code"].isin(leaves) & seen["series"].isin(["peer", "peer_calibrated"])]

    assert own[["value", "lo", "hi", "se"]].isna().all(axis=None)
    assert "single_rater" in set(own["reason"].dropna())
    assert seen.loc[seen["code"] == "overall", "value"].notna().any()


def test_everybody_reads_the_named_cities_only(result):
    seen = for_everybody(result)

    assert names_in(frozen.frozen(seen), CITIES) == set(NAMED)
    assert set(seen.scores["city"]) == set(NAMED)
    assert seen.config.known == ()


def test_everybody_reads_of_changes_only_what_both_rounds_showed(result):
    assert set(result.trends["city"]) == set(CITIES)

    seen = [for_everybody(result, before=before) for before in ((), ("Gent", *FORMER))]

    assert [set(one.trends["city"]) for one in seen] == [set(), {"Gent"}]


def test_everybody_reads_no_statement_no_place_and_no_reviewer(result):
    seen = for_everybody(result)
    leaves = set(result.structure.loc[result.structure["level"] == 3, "code"])

    assert not leaves & {*seen.scores["code"], *seen.gaps["code"], *seen.peer_stats["code"]}
    empty = {name for name in COLUMNS if not len(seen.tables[_table(name)])}
    assert {"ranks", "raters", "sensitivity", "anchors", "diagnostics"} <= empty


def _table(name):
    return {"scores": "scores_out"}.get(name, name)


def test_where_nobody_agreed_everybody_reads_groups_only(result):
    nobody = replace(result, config=replace(result.config, named=()))

    seen = for_everybody(nobody)

    assert names_in(frozen.frozen(seen), CITIES) == set()
    assert len(seen.peer_stats) == len(result.peer_stats)
