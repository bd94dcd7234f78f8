"""Whom a city could learn from: who is near, and who is ahead where it is weak."""

from dataclasses import replace

import pandas as pd

from benchmarks.compute import compute
from benchmarks.examples import examples, near
from tests.benchmarks.tables import the_frames

LEVELS = {"Ghent": "0221", "Leuven": "4221", "Namur": "1224", "Mons": "3n21"}
CODES = ("PM1.1", "PM1.2", "PM2.1", "BU1.1")


def a_world(people):
    """Four statements in four cities; PM1 has two of them. `n` is not applicable."""
    marks = [
        f"2026 {city} {code} {source} - {'na' if level == 'n' else level}"
        for city, levels in LEVELS.items()
        for code, level in zip(CODES, levels, strict=True)
        for source in ("self", "agreed")
    ]
    frames = the_frames(*marks)
    known = frames.cities["city_id"].map(people)
    return replace(frames, cities=frames.cities.assign(population=known.astype("Int64")))


PEOPLE = {"Ghent": 200_000, "Leuven": 100_000, "Namur": 200_000, "Mons": 50_000}


def test_nearness_is_the_mean_of_shared_powers_and_of_size():
    frames = a_world(PEOPLE)

    table = near(compute(frames), "2026", frames.cities, "Ghent")

    assert table[["city", "shared", "either", "near"]].values.tolist() == [
        ["Namur", 4, 4, 1.0],
        ["Leuven", 4, 4, 0.75],
        ["Mons", 3, 4, 0.5],
    ]


def test_where_a_population_is_not_known_powers_alone_count():
    frames = a_world({**PEOPLE, "Namur": pd.NA})

    table = near(compute(frames), "2026", frames.cities, "Ghent").set_index("city")

    assert table.loc["Namur", "near"] == 1
    assert pd.isna(table.loc["Namur", "population"])


def test_proposed_are_those_ahead_at_the_weakest_commitments_the_nearest_first():
    frames = a_world(PEOPLE)

    table = examples(
        compute(frames),
        "2026",
        frames.cities,
        "Ghent",
        {"Leuven", "Namur", "Mons"},
        series="agreed",
    )

    # Ghent: PM1 25, BU1 25, PM2 50. At PM1 Namur has 37.5, Leuven 75 and Mons, without PM1.2, 75.
    assert table[["code", "own", "city", "value"]].values.tolist() == [
        ["PM1", 25, "Namur", 37.5],
        ["PM1", 25, "Leuven", 75],
        ["PM1", 25, "Mons", 75],
        ["BU1", 25, "Namur", 100],
    ]


def test_who_did_not_agree_or_is_not_in_the_figures_is_never_proposed():
    frames = a_world(PEOPLE)
    result = compute(frames)

    found = examples(result, "2026", frames.cities, "Ghent", {"Mons"}, series="agreed")

    assert set(found["city"]) == {"Mons"}
    assert examples(result, "2026", frames.cities, "Ghent", (), series="agreed").empty
    assert examples(result, "2026", frames.cities, "Liège", {"Mons"}, series="agreed").empty
