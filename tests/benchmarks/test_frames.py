"""What the input tables may not be, each fault with table, row and column."""

from dataclasses import replace

import pandas as pd
import pytest

from benchmarks.frames import COLUMNS, Fault, FaultyFrames, Frames, check
from tests.benchmarks.tables import drawn, shuffled, the_frames


def faults_of(frames):
    with pytest.raises(FaultyFrames) as caught:
        check(frames)
    return [(f.table, f.row, f.column) for f in caught.value.faults]


def spoiled(table, row, column, cell, frames=None):
    """Good frames with one cell spoiled."""
    frames = frames or the_frames(
        "2026 Ghent PM1.1 self - 3", "2026 Ghent PM1.1 peer ann 2", "2026 Lyon PM1.1 self - 1"
    )
    spoilt = getattr(frames, table).astype(object)
    spoilt.loc[row - 1, column] = cell
    return replace(frames, **{table: spoilt})


@pytest.mark.parametrize(
    ("table", "row", "column", "cell"),
    [
        ("scores", 1, "score", 5),
        ("scores", 1, "score", -1),
        ("scores", 1, "score", 2.5),
        ("scores", 1, "score", "three"),
        ("scores", 1, "score", float("inf")),
        ("scores", 1, "score", None),
        ("scores", 1, "statement_id", "PM9.9"),
        ("scores", 1, "city_id", "Atlantis"),
        ("scores", 1, "source", "rumour"),
        ("scores", 1, "round_id", ""),
        ("scores", 2, "rater_id", ""),
        ("scores", 2, "rater_id", "stranger"),
        ("assignments", 1, "reviewer_city_id", "Ghent"),
        ("assignments", 1, "city_id", "Atlantis"),
        ("cities", 1, "migrant_share", 1.1),
        ("cities", 1, "population", -1),
        ("statements", 1, "direction", 0),
        ("statements", 1, "scale_max", 0),
        ("statements", 1, "weight", 2.0),
        ("statements", 1, "role", "buyer"),
        ("statements", 1, "commitment_id", "BU1"),
        ("structure", 2, "aggregation", "median"),
        ("structure", 2, "level", 2),
    ],
)
def test_a_spoiled_cell_is_named_by_table_row_and_column(table, row, column, cell):
    assert (table, row, column) in faults_of(spoiled(table, row, column, cell))


@pytest.mark.parametrize("status", ["na", "missing"])
def test_a_score_beside_na_or_missing_is_refused(status):
    assert faults_of(spoiled("scores", 1, "status", status)) == [("scores", 1, "score")]


def test_all_faults_are_told_at_once():
    frames = spoiled("scores", 1, "score", 9)
    frames = spoiled("cities", 2, "migrant_share", 7, frames)

    assert faults_of(frames) == [("cities", 2, "migrant_share"), ("scores", 1, "score")]


def test_a_fault_reads_as_a_sentence_with_its_place():
    fault = Fault("scores", 3, "score", "9 is outside the scale")

    assert str(fault) == "scores, row 3, score: 9 is outside the scale"


def test_a_missing_column_is_a_fault_of_the_whole_table():
    frames = the_frames("2026 Ghent PM1.1 self - 3")

    assert faults_of(replace(frames, scores=frames.scores.drop(columns="status"))) == [
        ("scores", 0, "status")
    ]


def test_a_city_whose_rows_are_doubled_is_refused():
    frames = the_frames("2026 Ghent PM1.1 self - 3", "2026 Ghent PM1.2 self - 3")
    twice = replace(frames, scores=pd.concat([frames.scores] * 2, ignore_index=True))

    assert faults_of(twice) == [("scores", 3, "statement_id"), ("scores", 4, "statement_id")]


def test_a_city_speaks_with_one_voice_but_peers_with_several():
    frames = the_frames("2026 Ghent PM1.1 self ann 3", "2026 Ghent PM1.1 self bob 2")
    peers = the_frames("2026 Ghent PM1.1 peer ann 3", "2026 Ghent PM1.1 peer bob 2")

    assert faults_of(frames) == [("scores", 2, "statement_id")]
    assert len(check(peers).scores) == 2


def test_codes_that_are_each_others_parents_are_refused():
    frames = the_frames("2026 Ghent PM1.1 self - 3")
    structure = frames.structure.copy()
    structure.loc[structure["code"] == "policy-maker", "parent"] = "PM1"

    assert ("structure", 2, "code") in faults_of(replace(frames, structure=structure))


def test_there_is_one_root_and_no_more():
    frames = the_frames("2026 Ghent PM1.1 self - 3")
    structure = frames.structure.copy()
    structure.loc[structure["code"] == "buyer", "parent"] = ""

    assert ("structure", 8, "code") in faults_of(replace(frames, structure=structure))


def test_weights_that_are_all_zero_under_one_parent_are_refused_and_one_zero_is_not():
    one = the_frames("2026 Ghent PM1.1 self - 3", weights={"PM1.1": 0})
    both = the_frames("2026 Ghent PM1.1 self - 3", weights={"PM1.1": 0, "PM1.2": 0})

    assert check(one).statements["weight"].tolist() == [1.0, 0.0, 1.0, 1.0]
    assert faults_of(both) == [("structure", 4, "weight"), ("structure", 5, "weight")]


def test_no_cities_and_no_scores_are_tables_all_the_same():
    tables = check(the_frames())

    assert {name: len(getattr(tables, name)) for name in ("scores", "cities")} == {
        "scores": 0,
        "cities": 0,
    }


def test_the_checked_tables_and_their_hash_know_no_order():
    frames = drawn(["Ghent", "Αθήνα", "Łódź"], statements=2)

    one, other = check(frames), check(shuffled(frames))

    assert one.data_hash == other.data_hash
    assert all(getattr(one, name).equals(getattr(other, name)) for name in COLUMNS)


def test_the_hash_changes_with_one_level():
    frames = the_frames("2026 Ghent PM1.1 self - 3")
    other = the_frames("2026 Ghent PM1.1 self - 2")

    assert check(frames).data_hash != check(other).data_hash


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        ("statements", "anchor_id", "again"),
        ("structure", "aggregation", "geometric"),
        ("scores", "rater_id", "ann"),
        ("cities", "country", "BEL"),
        ("cities", "population", None),
        ("cities", "population", 0),
        ("cities", "migrant_share", None),
        ("cities", "migrant_share", 0.0),
        ("assignments", "reviewer_city_id", ""),
    ],
)
def test_the_hash_changes_with_any_cell(table, column, cell):
    hashes = {check(spoiled("cities", 1, "country", "BE")).data_hash}
    hashes.add(check(spoiled(table, 1, column, cell)).data_hash)

    assert len(hashes) == 2


def test_the_hash_tells_apart_texts_that_read_alike_in_a_row():
    def hash_of(size_band, *countries):
        cities = the_frames("2026 a PM1.1 self - 3", "2026 b PM1.1 self - 3").cities
        frames = replace(the_frames(), cities=cities.assign(country=countries, size_band=size_band))
        return check(frames).data_hash

    cases = [("xy", "a", "bc"), ("xy", "ab", "c"), ("y", "ax", "bcx"), ("", "a,bc", "")]

    assert len({hash_of(*case) for case in cases}) == len(cases)


def test_cells_that_are_equal_but_read_differently_stay_apart():
    frames = the_frames("2026 1 PM1.1 self - 3", "2026 True PM1.1 self - 3")
    cities = frames.cities.assign(city_id=pd.Series([1, True], dtype=object))

    assert check(replace(frames, cities=cities)).cities["city_id"].tolist() == ["1", "True"]


def test_categories_and_whole_numbers_as_floats_are_read_as_what_they_say():
    frames = drawn(["Ghent", "Lyon"], statements=1)
    scores = frames.scores.astype({"city_id": "category", "score": float})

    assert check(replace(frames, scores=scores)).data_hash == check(frames).data_hash


def test_checking_leaves_the_given_tables_alone():
    frames = the_frames("2026 Ghent PM1.1 self - 3")
    before = Frames(**{name: getattr(frames, name).copy() for name in COLUMNS})

    check(frames)

    assert all(getattr(frames, name).equals(getattr(before, name)) for name in COLUMNS)


def test_text_as_a_spreadsheet_gives_it_is_read():
    frames = the_frames("2026 Ghent PM1.1 self - 3")
    as_text = Frames(**{n: getattr(frames, n).astype(str).replace("<NA>", "") for n in COLUMNS})

    assert check(as_text).data_hash == check(frames).data_hash
