"""The choices of a benchmark and their hash."""

import pytest

from benchmarks.config import BenchmarkConfig


def test_the_hash_is_the_same_for_the_same_choices_and_another_for_others():
    hashes = {BenchmarkConfig().config_hash, BenchmarkConfig(missing="reweight").config_hash}

    assert len(hashes) == 1
    assert BenchmarkConfig(missing="zero").config_hash not in hashes


@pytest.mark.parametrize(
    "choice",
    [
        {"mean": "median"},
        {"missing": "ignore"},
        {"raters": "mode"},
        {"threshold": 1.1},
        {"na_share": 0},
    ],
)
def test_a_choice_that_does_not_exist_is_refused(choice):
    with pytest.raises(ValueError, match=next(iter(choice))):
        BenchmarkConfig(**choice)
