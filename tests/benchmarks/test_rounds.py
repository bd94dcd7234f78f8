"""One round read into tables of cities by statements."""

from benchmarks import aggregate, rounds
from benchmarks.config import BenchmarkConfig
from benchmarks.frames import check
from tests.benchmarks.tables import the_frames


def a_round(*marks, **choices):
    tables = check(the_frames(*marks))
    return rounds.read(
        "2026", tables, aggregate.in_order(tables.structure), BenchmarkConfig(**choices)
    )


def test_the_marks_of_each_source_stand_apart():
    this = a_round("2026 Ghent PM2.1 self - 4", "2026 Ghent PM2.1 peer ann 1",
                   "2026 Ghent PM2.1 agreed - 2", "2025 Ghent PM2.1 self - 0")  # fmt: skip

    assert {name: table.loc["Ghent", "PM2.1"] for name, table in this.marks.items()} == {
        "self": 100,
        "peer": 25,
        "agreed": 50,
        "peer_calibrated": 25,
    }
    assert (this.cities, this.whole) == (["Ghent"], "overall")


def test_the_median_of_the_raters_may_be_asked_for():
    marks = [
        f"2026 Ghent PM2.1 peer {rater} {level}"
        for rater, level in zip("abc", (0, 1, 4), strict=True)
    ]

    assert a_round(*marks).marks["peer"].loc["Ghent", "PM2.1"] == 125 / 3
    assert a_round(*marks, raters="median").marks["peer"].loc["Ghent", "PM2.1"] == 25


def test_what_does_not_apply_has_no_mark_in_any_series():
    this = a_round("2026 Ghent PM2.1 self - na", "2026 Ghent PM2.1 peer ann na",
                   "2026 Ghent PM2.1 peer bob 3", "2026 Ghent PM1.1 self - 3")  # fmt: skip

    assert not this.applicable.loc["Ghent", "PM2.1"]
    assert this.peers.marks.empty
    assert all(table["PM2.1"].isna().all() for table in this.marks.values())
