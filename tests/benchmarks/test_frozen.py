"""A result as text: the same figures, the same characters, and back again."""

import json

import numpy as np
import pandas as pd
import pytest

from benchmarks import frozen
from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from tests.benchmarks.tables import as_bytes, drawn, shuffled

CITIES = [f"c{n}" for n in range(7)]
CONFIG = BenchmarkConfig(draws=20, resamples=10, named=("c1",))


@pytest.fixture(scope="module")
def result():
    return compute(drawn(CITIES, statements=2, rounds=("2024", "2026")), CONFIG)


@pytest.fixture(scope="module")
def text(result):
    return frozen.frozen(result)


def test_what_comes_back_is_the_result_to_the_last_digit(result, text):
    thawed = frozen.thawed(text)

    assert as_bytes(thawed) == as_bytes(result)
    assert (thawed.config, thawed.config_hash) == (result.config, result.config_hash)
    for name, table in result.tables.items():
        pd.testing.assert_frame_equal(thawed.tables[name], table)


def test_the_text_of_what_comes_back_is_the_same(text):
    assert frozen.frozen(frozen.thawed(text)) == text


def test_the_same_rows_in_another_order_give_the_same_characters(text):
    frames = drawn(CITIES, statements=2, rounds=("2024", "2026"))

    assert frozen.frozen(compute(shuffled(frames), CONFIG)) == text


def test_what_is_not_a_number_is_nothing(result, text):
    def refuse(word):
        raise AssertionError(word)

    kept = json.loads(text, parse_constant=refuse)

    there = np.array([one is not None for one in kept["tables"]["scores"]["value"]])
    assert (there == result.scores["value"].notna().to_numpy()).all()
    assert 0 < there.sum() < len(there)


@pytest.mark.parametrize("strange", ["", "[]", "{}", '{"tables":{}}'])
def test_a_text_of_something_else_is_refused(strange):
    with pytest.raises((ValueError, KeyError, TypeError)):
        frozen.thawed(strange)
