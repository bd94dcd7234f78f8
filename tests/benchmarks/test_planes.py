"""Planes of signed bytes say the same as the long table, counted by hand."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks import planes
from benchmarks.aggregate import climb, roll_up
from benchmarks.frames import check
from models import marks as stored
from tests.benchmarks.tables import drawn, shuffled, the_frames

NA, MISSING = planes.NOT_APPLICABLE, planes.MISSING
NAN = float("nan")


def planes_of(frames, codes=None, cities=None):
    """The planes of checked frames; by default of all statements and cities, as they are listed."""
    tables = check(frames)
    codes = codes or list(tables.statements["statement_id"])
    cities = list(tables.cities["city_id"]) if cities is None else cities
    return planes.from_scores(tables.scores, tables.statements, codes, cities)


def a_verdict(own="", peers="", agreed="", na_share=1 / 2):
    """Applicable and disputed, from s(cored), n(a) or m(issing) of each voice."""
    word = {"s": "2", "n": "na", "m": "missing"}
    lines = [f"2026 Ghent PM1.1 self - {word[own]}"] if own else []
    lines += [f"2026 Ghent PM1.1 peer r{n} {word[one]}" for n, one in enumerate(peers)]
    lines += [f"2026 Ghent PM1.1 agreed - {word[agreed]}"] if agreed else []
    found = planes.read(planes_of(the_frames(*lines), ["PM1.1"]), na_share)
    return bool(found.applicable[0, 0]), bool(found.disputed[0, 0])


def said_in(frames):
    """Every status and level by city, statement and source, in plain Python."""
    said = defaultdict(list)
    for row in frames.scores.itertuples():
        level = None if pd.isna(row.score) else int(row.score)
        said[row.city_id, row.statement_id, row.source].append((row.status, level))
    return said


def packed_from(frames, codes):
    """One row of bytes for each city, source and rater."""
    word = {"na": NA, "missing": MISSING}
    rows = {}
    for one in frames.scores.itertuples():
        levels = rows.setdefault((one.city_id, one.source, one.rater_id), [MISSING] * len(codes))
        levels[codes.index(one.statement_id)] = word.get(one.status, one.score)
    return [(*who, np.array(levels, dtype=np.int8).tobytes()) for who, levels in rows.items()]


def same(one, other):
    """Whether two planes, or what was read from them, are the same to the last byte."""
    return all(
        same(a, b) if hasattr(a, "__dict__") else np.array_equal(a, b) and type(a) is type(b)
        for a, b in zip(vars(one).values(), vars(other).values(), strict=True)
    )


def test_the_two_codes_are_those_of_packed_submissions():
    assert (planes.NOT_APPLICABLE, planes.MISSING) == (
        stored.PACKED_NOT_APPLICABLE,
        stored.PACKED_MISSING,
    )


def test_each_voice_has_its_plane_and_each_reviewer_a_seat_by_name():
    found = planes_of(
        the_frames(
            "2026 Ghent PM1.1 self - 3",
            "2026 Ghent PM1.1 peer bob 2",
            "2026 Ghent PM1.2 peer ann na",
            "2026 Lyon PM1.2 peer cem 1",
            "2026 Lyon PM1.1 agreed - 4",
        ),
        ["PM1.1", "PM1.2"],
    )

    assert found.own.tolist() == [[3, MISSING], [MISSING, MISSING]]
    assert found.agreed.tolist() == [[MISSING, 4], [MISSING, MISSING]]
    assert found.raters.tolist() == [["ann", "cem"], ["bob", ""]]
    assert found.peers.tolist() == [
        [[MISSING, MISSING], [NA, 1]],
        [[2, MISSING], [MISSING, MISSING]],
    ]
    assert found.peers.dtype == np.int8
    assert all(plane.flags.c_contiguous for plane in (found.own, *found.peers, found.agreed))


def test_levels_are_counted_from_the_worst_end_of_their_own_scale():
    frames = the_frames("2026 Ghent PM1.1 self - 4", "2026 Ghent PM1.2 self - 4")
    scales = frames.statements.assign(
        scale_min=[1, -2, 0, 0], scale_max=[5, 6, 4, 4], direction=[1, -1, 1, 1]
    )

    found = planes_of(replace(frames, statements=scales), ["PM1.1", "PM1.2"])

    assert found.own.tolist() == [[3], [2]]
    assert planes.read(found).own.or_nan().tolist() == [[75], [25]]


def test_a_scale_longer_than_a_byte_is_kept_whole():
    frames = the_frames("2026 Ghent PM1.1 peer ann 900", "2026 Ghent PM1.1 peer bob 100")
    scales = frames.statements.assign(scale_max=1000)

    found = planes_of(replace(frames, statements=scales), ["PM1.1"])

    assert planes.read(found).peer.or_nan().tolist() == [[50]]


def test_other_statements_and_cities_are_left_out():
    frames = the_frames("2026 Ghent PM1.1 self - 3", "2026 Lyon PM1.2 self - 1")

    assert planes_of(frames, ["PM1.2"], ["Ghent"]).own.tolist() == [[MISSING]]


def test_a_tally_adds_marks_and_counts_them_and_who_says_not_applicable():
    seats = np.array([[[4, NA, MISSING]], [[1, 2, MISSING]], [[NA, NA, MISSING]]], dtype=np.int8)

    found = planes.tally(seats)

    assert found.steps.tolist() == [[5, 2, 0]]
    assert found.marks.tolist() == [[2, 1, 0]]
    assert found.against.tolist() == [[1, 2, 0]]


def test_the_longest_sum_of_a_byte_is_not_cut():
    seats = np.full((31, 1, 1), 4, dtype=np.int8)

    assert planes.tally(seats).steps.tolist() == [[124]]


@pytest.mark.parametrize(
    ("voices", "applicable", "disputed"),
    [
        (("s", "sss"), True, False),
        (("n", "nnn"), False, False),
        (("n", ""), False, False),
        (("n", "ss"), True, True),
        (("n", "ssn"), True, True),
        (("n", "sn"), False, False),
        (("n", "mm"), False, False),
        (("s", "nn"), False, False),
        (("s", "n"), False, False),
        (("s", "ssn"), True, False),
        (("", "ns"), False, False),
        (("n", "nn", "s"), True, True),
        (("s", "ss", "n"), False, False),
        (("m", "mm", "m"), True, False),
    ],
)
def test_not_applicable_has_to_be_agreed(voices, applicable, disputed):
    assert a_verdict(*voices) == (applicable, disputed)


@pytest.mark.parametrize(("na_share", "applicable"), [(0.2, False), (0.3, True), (1.0, True)])
def test_how_many_votes_it_takes_is_a_choice(na_share, applicable):
    assert a_verdict("s", "nsss", na_share=na_share)[0] == applicable


def test_points_are_the_exact_quotient_rounded_once():
    found = planes.points(
        steps=np.array([[5, 1, 0, 7]], dtype=np.int8),
        marks=np.array([[3, 1, 0, 2]], dtype=np.int8),
        span=np.array([4]),
        applicable=np.array([[True, True, True, False]]),
    )

    assert found[0].tolist() == [100 * 5 / 12, 25, 0, 0]
    assert found.scored.tolist() == [[True, True, False, False]]
    np.testing.assert_array_equal(found.or_nan(), [[100 * 5 / 12, 25, NAN, NAN]])


@pytest.mark.parametrize(
    ("levels", "mean", "median"), [([0, 1, 4], 500 / 12, 25), ([0, 1, 3, 4], 50, 50), ([3], 75, 75)]
)
def test_the_median_is_there_for_comparison(levels, mean, median):
    lines = [f"2026 Ghent PM1.1 peer r{n} {level}" for n, level in enumerate(levels)]
    found = planes_of(the_frames(*lines, "2026 Ghent PM1.1 peer x missing"), ["PM1.1"])

    assert planes.read(found).peer.or_nan().tolist() == [[mean]]
    assert planes.read(found, raters="median").peer.or_nan().tolist() == [[median]]


@pytest.mark.parametrize("na_share", [0.3, 1 / 2, 2 / 3])
def test_a_drawn_round_reads_as_a_plain_count_of_its_rows(na_share):
    frames = drawn(["Ghent", "Αθήνα", "Łódź", "Leuven"], statements=3, reviewers=4)
    found = planes_of(frames)
    read, said = planes.read(found, na_share), said_in(frames)

    for row, code in enumerate(found.codes):
        for column, city in enumerate(found.cities):
            own, peers, agreed = (said[city, code, who] for who in ("self", "peer", "agreed"))
            na, scored = (
                {"self": 0, "peer": 0, "agreed": 0}
                | {
                    who: sum(status == wanted for status, _ in rows)
                    for who, rows in (("self", own), ("peer", peers), ("agreed", agreed))
                }
                for wanted in ("na", "scored")
            )
            disputed = na["self"] and (scored["agreed"] or scored["peer"] > na["peer"])
            votes = na["peer"] + (0 if disputed else na["self"])
            answered = votes + scored["self"] + scored["peer"]
            refused = answered and votes >= na_share * answered and not scored["agreed"]
            applies = not (na["agreed"] or refused)
            assert read.disputed[row, column] == bool(disputed)
            assert read.applicable[row, column] == applies
            for series, rows in ((read.own, own), (read.peer, peers), (read.agreed, agreed)):
                levels = [level for status, level in rows if status == "scored"]
                assert series.scored[row, column] == (bool(levels) and applies)
                if levels and applies:
                    value = 100 * sum(levels) / (4 * len(levels))
                    assert series.or_nan()[row, column] == series[row][column] == value


def test_the_order_of_rows_and_columns_changes_no_byte():
    frames = drawn(["Ghent", "Αθήνα", "Łódź"], statements=2)
    codes, cities = list(frames.statements["statement_id"]), ["Ghent", "Αθήνα", "Łódź"]
    one, other = planes_of(frames, codes, cities), planes_of(shuffled(frames), codes, cities)

    assert same(one, other)
    assert same(planes.read(one), planes.read(other))


def test_packed_submissions_give_the_planes_of_the_long_table():
    frames = drawn(["Ghent", "Αθήνα", "Łódź"], statements=2)
    codes, cities = list(frames.statements["statement_id"]), ["Łódź", "Ghent", "Αθήνα"]
    packed = packed_from(frames, codes)

    read = planes.from_packed(packed[::-1], frames.statements, codes, cities)

    assert same(read, planes_of(frames, codes, cities))


def test_packed_levels_are_counted_from_the_worst_end_too():
    statements = the_frames().statements.assign(scale_min=1, scale_max=5, direction=[1, 1, -1, -1])
    codes = list(statements["statement_id"])
    packed = [("Ghent", "self", "", np.array([1, NA, 4, MISSING], dtype=np.int8).tobytes())]

    read = planes.from_packed(packed, statements, codes, ["Ghent"])

    assert read.own.tolist() == [[0], [NA], [1], [MISSING]]


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        ([1, 2, 3], "Ghent, peer ann: 3 levels for 4 statements"),
        ([1, 2, 3, 5], "outside its scale"),
        ([1, 2, 3, -3], "outside its scale"),
    ],
)
def test_a_submission_that_does_not_fit_is_refused(levels, words):
    statements = the_frames().statements
    packed = [("Ghent", "peer", "ann", np.array(levels, dtype=np.int8).tobytes())]

    with pytest.raises(ValueError, match=words):
        planes.from_packed(packed, statements, list(statements["statement_id"]), ["Ghent"])


def test_the_peers_marks_come_back_one_by_one_where_they_count():
    found = planes_of(
        the_frames(
            "2026 Lyon PM1.1 peer ann 3",
            "2026 Ghent PM1.2 peer bob 1",
            "2026 Ghent PM1.1 peer bob 2",
            "2026 Ghent PM1.1 peer ann 4",
            "2026 Ghent PM2.1 peer ann na",
            "2026 Ghent PM2.1 peer bob 4",
        )
    )

    table = planes.peer_marks(found, planes.read(found).applicable)

    assert table.to_numpy().tolist() == [
        ["Ghent", "PM1.1", "ann", 100],
        ["Ghent", "PM1.1", "bob", 50],
        ["Ghent", "PM1.2", "bob", 25],
        ["Lyon", "PM1.1", "ann", 75],
    ]


def test_rolled_up_row_by_row_as_from_the_table_of_points():
    frames = drawn(["Ghent", "Αθήνα", "Łódź"], statements=4)
    found = planes_of(frames)
    read, codes = planes.read(found), list(found.codes)

    rolled = climb(
        read.peer, read.peer.scored, read.applicable, codes, frames.structure, threshold=2 / 3
    )

    points = pd.DataFrame(read.peer.or_nan().T, index=found.cities, columns=codes)
    applicable = pd.DataFrame(read.applicable.T, index=found.cities, columns=codes)
    table = roll_up(points, frames.structure, threshold=2 / 3, applicable=applicable)
    assert rolled.value.T.tobytes() == table[rolled.codes].to_numpy().tobytes()


def test_a_city_alone_has_the_values_it_has_among_others():
    frames = drawn([f"c{n}" for n in range(17)], statements=11)

    def rolled(cities):
        found = planes_of(frames, cities=cities)
        read = planes.read(found)
        return climb(read.peer, read.peer.scored, read.applicable, found.codes, frames.structure)

    together = rolled([f"c{n}" for n in range(17)])
    for n in range(17):
        alone = rolled([f"c{n}"])
        assert alone.value[:, 0].tobytes() == together.value[:, n].tobytes()
        assert alone.coverage[:, 0].tobytes() == together.coverage[:, n].tobytes()


def test_no_cities_are_planes_without_columns():
    frames = the_frames()
    codes = list(frames.statements["statement_id"])

    for found in (planes_of(frames), planes.from_packed([], frames.statements, codes, [])):
        read = planes.read(found, raters="median")
        assert found.peers.shape == (0, 4, 0)
        assert read.peer.or_nan().shape == read.applicable.shape == (4, 0)
        assert list(planes.peer_marks(found, read.applicable).columns) == [
            "city",
            "statement",
            "rater",
            "value",
        ]
        assert climb(
            read.peer, read.peer.scored, read.applicable, codes, frames.structure
        ).value.shape == (6, 0)
