"""Random rounds, computed whole and shown to each audience: nobody who is hidden can be worked out
(RULES G5 to G7). `make soak` looks at 200 of them."""

import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.audiences import for_city, for_everybody
from benchmarks.compute import compute, linked
from benchmarks.config import BenchmarkConfig
from benchmarks.peers import named_groups
from tests.auditing import LEAST_RANKED, faults, seen
from tests.benchmarks.tables import SMALL, the_frames

WORLDS = int(os.environ.get("SOAK_WORLDS", "8"))
FAST = {"draws": 50, "resamples": 0}


def a_world(seed):
    """A round of 6 to 26 cities of some kinds, some at an end of the scale, with holes; who is
    named."""
    lot = np.random.default_rng(seed)
    cities = [f"c{n:02}" for n in range(int(lot.integers(6, 27)))]
    ids = [code for role in SMALL.values() for codes in role.values() for code in codes]
    at_an_end = float(lot.choice([0.0, 0.2, 0.6]))
    lines = []
    for place, city in enumerate(cities):
        end = lot.choice(["0", "4"]) if lot.random() < at_an_end else ""
        voices = [f"peer r{(place * 3 + k) % (len(cities) + 2)}" for k in range(3)]
        for voice in ["self -", *voices, *(["agreed -"] if lot.random() < 0.8 else [])]:
            for code in ids:
                chance = lot.random()
                mark = "missing" if chance < 0.04 else "na" if chance < 0.08 else ""
                lines.append(f"2026 {city} {code} {voice} {mark or end or lot.integers(0, 5)}")
    frames = the_frames(*lines)
    traits = frames.cities.assign(
        country=lot.choice(list("ABC")[: int(lot.integers(1, 4))], len(cities)),
        population=lot.choice([1e5, 3e5, 7e5, 2e6], len(cities)),
        migrant_share=lot.uniform(0, 0.5, len(cities)),
    )
    share = float(lot.choice([0.0, 0.3, 0.5, 0.9]))
    named = tuple(city for city in cities if lot.random() < share)
    return replace(frames, cities=traits), named


@pytest.mark.parametrize("seed", range(WORLDS))
def test_nobody_who_is_hidden_can_be_worked_out_by_anybody(seed):
    frames, named = a_world(seed)
    whole = compute(frames, BenchmarkConfig(named=named, **FAST))
    groups, everybody = named_groups(frames.cities), for_everybody(whole)
    hidden = [city for city in sorted(frames.cities["city_id"]) if city not in named]

    assert faults(seen(whole, everybody, groups), whole.scores, named) == []
    assert set(everybody.scores["city"]) == set(everybody.gaps["city"]) == set(named)
    assert everybody.ranks.empty
    for city in [*hidden[:2], *hidden[-1:], *named[:1]]:
        own = for_city(whole, city)
        # Before the release it sees itself only, after it those that are named, too.
        for visible in ({city}, {city, *named}):
            assert faults(seen(whole, own, groups), whole.scores, visible, own=city) == []
        assert set(own.scores["city"]) == set(own.gaps["city"]) == {city}
        places = whole.ranks.groupby(["group", "code"])["city"].nunique()
        assert all(places[group, code] >= LEAST_RANKED for group, code in
                   zip(own.ranks["group"], own.ranks["code"], strict=True))  # fmt: skip


def test_some_figures_are_shown_and_some_are_not_in_these_worlds():
    shown, hidden = 0, 0
    for seed in range(3):
        frames, named = a_world(seed)
        stats = compute(frames, BenchmarkConfig(named=named, **FAST)).peer_stats
        shown += int((~stats["suppressed"]).sum())
        hidden += int(stats["suppressed"].sum())

    assert shown > 50
    assert hidden > 100


def test_the_auditor_finds_what_is_wrong():
    """Not silent: of what a coordinator would see of eleven of twelve cities beside what all see of
    twelve, it names the city that is left out."""
    cities = [f"c{n:02}" for n in range(12)]
    frames = the_frames(
        *(f"2026 {city} {code} self - {(n * 3 + k) % 5}" for n, city in enumerate(cities)
          for k, code in enumerate(["PM1.1", "PM1.2", "PM2.1", "BU1.1"]))
    )  # fmt: skip
    groups = named_groups(frames.cities)
    whole = compute(frames, BenchmarkConfig(**FAST))
    fewer = replace(
        frames,
        scores=frames.scores.loc[frames.scores["city_id"] != "c00"],
        cities=frames.cities.loc[frames.cities["city_id"] != "c00"],
    )
    without = compute(fewer, BenchmarkConfig(**FAST))

    figures = [*seen(whole, whole, groups), *seen(without, without, groups, time=1)]
    found = faults(figures, whole.scores, cities[1:])
    apart = faults(figures, whole.scores, ())

    assert "('2026', 'overall', 'self'): G5 all mixes 1 hidden cities" in found
    assert "('2026', 'overall', 'self'): G7 c00 lies in the row space" in found
    assert "('2026', 'overall', 'self'): G6 all and all are 1 hidden cities apart" in apart


def test_a_change_tells_the_public_nothing_of_a_round_in_which_a_city_was_hidden():
    codes = ["PM1.1", "PM1.2", "PM2.1", "BU1.1"]
    lines = [
        f"{round_} {city} {code} self - {(n + k + late) % 5}"
        for late, round_ in enumerate(["2024", "2026"])
        for n, city in enumerate(["Ghent", "Leuven", "Namur"])
        for k, code in enumerate(codes)
    ]
    lines += [line.replace("self -", f"peer {rater}") for line in lines for rater in ("ann", "bob")]
    both = the_frames(*lines)
    latest = replace(
        both,
        scores=both.scores.loc[both.scores["round_id"] == "2026"],
        assignments=both.assignments.loc[both.assignments["round_id"] == "2026"],
    )
    result = linked(compute(latest, BenchmarkConfig(named=("Ghent", "Leuven"), **FAST)), both)
    assert set(result.trends["city"]) == {"Ghent", "Leuven", "Namur"}

    shown = [for_everybody(result), for_everybody(result, before=["Leuven", "Namur"])]

    assert [sorted(set(one.trends["city"])) for one in shown] == [[], ["Leuven"]]
    assert [one.anchors.empty for one in shown] == [True, True]
    assert pd.concat([one.scores for one in shown])["round"].unique().tolist() == ["2026"]
