"""Pictures that are kept: nobody gets one that was drawn for somebody else."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.audiences import for_city, for_everybody
from tests.benchmarks.charts.looking import calibrated
from webapp.figures.charts import Subject


def test_what_a_city_and_the_public_see_of_the_one_named_city_is_told_apart():
    result = calibrated(12)
    city = str(result.scores["city"].iloc[0])
    moved = result.trends.reindex(range(1)).assign(city=city)
    result = replace(result, trends=moved, config=replace(result.config, named=(city,)))

    own, public = for_city(result, city), for_everybody(result)

    assert set(own.scores["city"]) == set(public.scores["city"]) == {city}
    assert Subject(own, "2026", {}).key != Subject(public, "2026", {}).key
    assert Subject(own, "2026", {}).key == Subject(for_city(result, city), "2026", {}).key
