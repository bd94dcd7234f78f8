"""The disclosure log: each hidden figure of a group, counted and with its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.benchmarks.charts.looking import calibrated, changed
from webapp.figures.log import log


@pytest.fixture(autouse=True)
def speaking(app):
    """The words of a page need the application's language."""
    with app.test_request_context():
        yield


def shown():
    """Twelve cities of whom every figure of the whole group is shown, and no other group."""
    result = calibrated(12)
    stats = result.peer_stats
    return replace(result, peer_stats=stats.loc[stats["group_id"] == "all"])


def test_nothing_hidden_leaves_an_empty_log():
    found = log(shown(), "2026", {})

    assert (found.counts, found.table.rows) == ((), ())


def test_alike_parts_of_a_group_share_a_row_in_the_order_of_the_charter():
    result, small = shown(), {"suppressed": True, "reason": "suppressed_small_n"}
    for code in ("buyer", "PM1"):
        result = changed(result, "peer_stats", {"code": code, "series": "peer"}, **small)
    result = changed(
        result,
        "peer_stats",
        {"code": "overall", "series": "self"},
        suppressed=True,
        reason="suppressed_complementary",
    )

    found = log(result, "2026", {"PM1": "Said in public"})

    assert found.counts == (
        "2 figures, hidden: fewer than 5 other cities without a name in it",
        "One figure, hidden: would reveal a single city",
    )
    assert found.table.rows == (
        ("All cities", "Self", "Overall", "12", "hidden: would reveal a single city"),
        (
            "All cities",
            "Peers",
            "PM1, Buyer",
            "12",
            "hidden: fewer than 5 other cities without a name in it",
        ),
    )


def test_a_group_of_which_everything_is_hidden_says_all():
    result = changed(
        shown(),
        "peer_stats",
        {"series": "peer_calibrated"},
        suppressed=True,
        reason="suppressed_small_n",
    )

    (row,) = log(result, "2026", {}).table.rows

    assert row[:2] == ("All cities", "Calibrated")
    assert row[2].startswith("all ")
