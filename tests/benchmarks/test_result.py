"""The output tables and what identifies them."""

from benchmarks.compute import COLUMNS, compute
from benchmarks.config import METHOD_VERSION
from tests.benchmarks.tables import the_frames


def test_a_result_says_what_it_was_made_of():
    result = compute(the_frames("2026 Ghent PM1.1 self - 3"), seed=7)

    assert (result.seed, result.method_version) == (7, METHOD_VERSION)
    assert result.config_hash == result.config.config_hash
    assert len(result.result_hash) == len(result.data_hash) == 64


def test_another_seed_is_another_result():
    frames = the_frames("2026 Ghent PM1.1 self - 3")

    assert compute(frames, seed=1).result_hash != compute(frames, seed=2).result_hash


def test_no_cities_give_empty_tables_with_their_columns():
    result = compute(the_frames())

    columns = {name: list(getattr(result, name)) for name in COLUMNS}
    assert columns == {name: list(types) for name, types in COLUMNS.items()}
    assert {len(getattr(result, name)) for name in COLUMNS} == {0}


def test_the_tables_are_named_as_the_method_names_them():
    assert list(compute(the_frames()).tables) == [
        "scores_out", "gaps", "peer_stats", "ranks", "sensitivity", "raters", "components",
        "variances", "reliability", "trends", "anchors", "diagnostics", "structure",
    ]  # fmt: skip
