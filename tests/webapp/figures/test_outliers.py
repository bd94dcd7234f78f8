"""What stands out: a mark far from the others', and a reviewer whose marks do not fit."""

from __future__ import annotations

import pytest

from reviews.queries.levels import ScoreRow, Tables
from tests.benchmarks.charts.looking import calibrated, changed
from webapp.figures.outliers import MOST, Outlier, flagged, outliers, singles


@pytest.fixture(autouse=True)
def speaking(app):
    """The words of a page need the application's language."""
    with app.test_request_context():
        yield


def peers(city: str, code: str, **marks: int | None) -> list[ScoreRow]:
    """The marks of several reviewers on one statement; None for one that cannot be judged."""
    return [
        ScoreRow("2026", city, code, "peer", who, "na" if mark is None else "scored", mark)
        for who, mark in marks.items()
    ]


def tables(*scores: list[ScoreRow]) -> Tables:
    return Tables([], [], [row for rows in scores for row in rows], [], [])


def test_a_mark_stands_out_two_levels_from_the_middle_of_the_others():
    found = outliers(
        tables(
            peers("ghent", "PM1.1", ann=4, ben=1, eva=1),
            peers("ghent", "PM1.2", ann=3, ben=1, eva=2),
            peers("ghent", "PM1.3", ann=0, ben=2, eva=1, joe=4),
        ),
        {"ghent"},
    )

    assert found == [
        Outlier("ghent", "PM1.1", "ann", 4, 1),
        Outlier("ghent", "PM1.3", "joe", 4, 1),
        Outlier("ghent", "PM1.3", "ann", 0, 2),
    ]


def test_nobody_stands_out_alone_and_of_two_both_do():
    found = outliers(
        tables(
            peers("ghent", "PM1.1", ann=4),
            peers("ghent", "PM1.2", ann=4, ben=None),
            peers("ghent", "PM1.3", ann=4, ben=1),
        ),
        {"ghent"},
    )

    assert [(one.rater, one.level, one.others) for one in found] == [("ann", 4, 1), ("ben", 1, 4)]


def test_only_marks_of_the_given_cities_are_looked_at():
    far = tables(peers("ghent", "PM1.1", ann=4, ben=0), peers("lyon", "PM1.1", ann=4, ben=0))

    assert {one.city for one in outliers(far, {"lyon"})} == {"lyon"}
    assert outliers(far, set()) == []


def test_the_list_is_short_and_each_line_leads_to_its_statement():
    found = [Outlier("ghent", f"PM1.{n}", "reviewer-1", 4, 1.5) for n in range(MOST + 1)]
    labels = {"ghent": "Ghent", "reviewer-1": "Ann Peeters"}

    table = singles(found, labels, lambda one: f"/{one.city}/{one.code}")

    assert len(table.rows) == len(table.addresses) == MOST
    assert table.rows[0] == ("Ghent, PM1.0", "Ann Peeters", "4", "1.5")
    assert table.addresses[0] == ("/ghent/PM1.0", "", "", "")


@pytest.mark.parametrize(
    ("flag", "infit", "words"),
    [
        ("no_variance", 1.0, "every mark is the same"),
        ("infit", 1.7, "fit above 1.5"),
        ("infit", 0.3, "fit below 0.5"),
    ],
)
def test_a_flag_is_said_in_words(flag, infit, words):
    result = calibrated(12)
    rater = str(result.raters["rater"].iloc[0])
    odd = changed(
        result, "raters", {"rater": rater}, flag=flag, infit=infit, severity=-7.6, se=2.0
    )  # fmt: skip

    row = next(row for row in flagged(odd, "2026", {rater: "Ann"}).rows if row[0] == "Ann")

    assert row[1].startswith(words)
    assert row[2:4] == ("−8 (−12 to −4)", f"{infit:.2f}")
