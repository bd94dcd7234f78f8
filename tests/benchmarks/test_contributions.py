"""A figure taken apart and put together again, and what one level more would bring."""

import numpy as np
import pytest

from benchmarks import audiences
from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from benchmarks.contributions import made, raised
from tests.benchmarks.tables import drawn, simulated, the_frames, value

GHENT = [
    "2026 Ghent PM1.1 self - 4",
    "2026 Ghent PM1.2 self - 1",
    "2026 Ghent PM2.1 self - 2",
    "2026 Ghent BU1.1 self - 3",
]


def apart(result, city, deepest=1):
    """Every figure of a city down to a level, with how it was made."""
    level = dict(zip(result.structure["code"], result.structure["level"], strict=True))
    for row in result.scores.query("city == @city").to_dict("records"):
        if level[row["code"]] <= deepest and not np.isnan(row["value"]):
            yield level[row["code"]], row, made(result, *(row[key] for key in KEY))


KEY = ("round", "city", "code", "series")


@pytest.mark.parametrize(
    "choices",
    [{}, {"mean": "geometric"}, {"missing": "zero"}, {"missing": "strict"}],
    ids=lambda choices: "-".join(choices.values()) or "usual",
)
def test_the_parts_of_every_figure_come_to_it_again(choices):
    frames = drawn(["Ghent", "Namur"], statements=3)
    result = compute(frames, BenchmarkConfig(draws=5, resamples=0, **choices))

    far = [
        (row["code"], row["series"], one.moved)
        for _, row, one in apart(result, "Namur", 1 if choices else 2)
        if not abs(one.moved) < 1e-9
    ]

    assert far == []


def test_only_a_calibrated_role_is_not_what_its_parts_come_to():
    frames, _ = simulated(cities=8, raters=6)
    result = compute(frames, BenchmarkConfig(draws=5, resamples=0))

    moved = {
        (level, row["series"])
        for level, row, one in apart(result, "c003", 2)
        if not abs(one.moved) < 1e-9
    }

    assert moved == {(1, "peer_calibrated")}


def test_the_shares_of_the_parts_of_one_level_are_the_whole():
    frames = drawn(["Ghent"], statements=3)
    result = compute(frames, BenchmarkConfig(draws=5, resamples=0))

    whole = made(result, "2026", "Ghent", "overall", "self")
    roles = [made(result, "2026", "Ghent", code, "self") for code in whole.parts["code"]]

    assert whole.parts["of_whole"].sum() == pytest.approx(1)
    assert sum(one.parts["of_whole"].sum() for one in roles) == pytest.approx(1)


def test_what_is_left_out_has_no_share_and_its_weight_goes_to_the_others():
    result = compute(
        the_frames(
            *GHENT[:1],
            "2026 Ghent PM1.2 self - na",
            *GHENT[2:],
            weights={"PM1": 3},
        )
    )

    role = made(result, "2026", "Ghent", "policy-maker", "self")
    commitment = made(result, "2026", "Ghent", "PM1", "self")

    # PM1 weighs three times PM2: 3/4 of 100 and 1/4 of 50.
    assert role.parts[["code", "value", "share", "of_whole", "adds"]].values.tolist() == [
        ["PM1", 100, 0.75, 0.375, 75],
        ["PM2", 50, 0.25, 0.125, 12.5],
    ]
    assert role.value == role.joined == 87.5
    assert commitment.parts["share"].tolist() == [1, 0]
    assert commitment.parts["reason"].fillna("").tolist() == ["", "not_applicable"]


def test_a_level_more_brings_its_step_times_its_share():
    """By hand: 25 points, of which PM1.2 carries 1/2 x 1/2 of its role, PM2.1 1/2, BU1.1 all."""
    result = compute(the_frames(*GHENT))
    steps = {"PM1.2": 25.0, "PM2.1": 25.0, "BU1.1": 25.0}

    table = raised(result, "2026", "Ghent", "self", steps)

    assert table.values.tolist() == [
        ["BU1.1", 75, 25, "buyer", 25, 12.5],
        ["PM2.1", 50, 25, "policy-maker", 12.5, 6.25],
        ["PM1.2", 25, 25, "policy-maker", 6.25, 3.125],
    ]


def test_the_gain_is_what_computing_again_gives():
    steps = {"PM1.2": 25.0}
    before = compute(the_frames(*GHENT), BenchmarkConfig(mean="geometric"))
    after = compute(
        the_frames(*(one.replace("PM1.2 self - 1", "PM1.2 self - 2") for one in GHENT)),
        BenchmarkConfig(mean="geometric"),
    )

    gain = raised(before, "2026", "Ghent", "self", steps)["whole_gain"].iloc[0]

    whole = [value(one, "Ghent", "overall", "self") for one in (before, after)]
    assert gain == pytest.approx(whole[1] - whole[0])


def test_of_equal_gains_the_lowest_level_comes_first_and_the_highest_has_none():
    result = compute(
        the_frames("2026 Ghent PM1.1 self - 4", *GHENT[1:3], "2026 Ghent BU1.1 self - 0")
    )

    table = raised(result, "2026", "Ghent", "self", {"PM1.2": 25.0, "PM2.1": 25.0, "BU1.1": 25.0})

    assert table["code"].tolist() == ["BU1.1", "PM2.1", "PM1.2"]
    assert raised(result, "2026", "Ghent", "agreed", {"PM1.2": 25.0}).empty


def test_a_figure_that_there_is_not_cannot_be_taken_apart():
    result = compute(the_frames(*GHENT))

    for missing in (("2026", "Namur", "PM1"), ("2024", "Ghent", "PM1"), ("2026", "Ghent", "XX1")):
        with pytest.raises(LookupError):
            made(result, *missing, "self")


def test_a_city_cannot_tell_a_single_mark_from_what_is_shown_beside_it():
    """One reviewer marked PM1.1 alone: with PM1.2 and PM1 shown, it would be 2 x PM1 - PM1.2."""
    marks = [
        *GHENT,
        "2026 Ghent PM1.1 peer ann 4",
        *(f"2026 Ghent {code} peer {who} 2" for code in ("PM1.2", "PM2.1", "BU1.1")
          for who in ("ann", "bob")),
    ]  # fmt: skip

    shown = audiences.for_city(compute(the_frames(*marks)), "Ghent")

    peer = shown.scores.query("series == 'peer'").set_index("code")["value"]
    gaps = shown.gaps.set_index("code")["other"]
    assert peer[["PM1.1", "PM1.2"]].isna().all()
    assert gaps[["PM1.1", "PM1.2"]].isna().all()
    assert peer[["PM1", "PM2.1", "BU1.1"]].tolist() == [75, 50, 50]
