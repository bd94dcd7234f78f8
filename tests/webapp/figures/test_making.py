"""How a figure was made: its parts, what is left out, and nobody's single mark."""

from __future__ import annotations

import pytest

from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from tests.benchmarks.tables import simulated, the_frames
from webapp.figures.making import Links, Making, Scale, Subject

pytestmark = pytest.mark.usefixtures("speaking_only")

PEERS = [
    f"2026 Ghent {code} peer {who} {level}"
    for code in ("PM1.1", "PM1.2", "PM2.1", "BU1.1")
    for who, level in (("ann", 2), ("bob", 1), ("cas", 1))
]
GHENT = [
    *("2026 Ghent PM1.1 self - 4", "2026 Ghent PM1.2 self - 1", "2026 Ghent PM2.1 self - 2"),
    *("2026 Ghent BU1.1 self - 3", "2026 Ghent PM1.1 agreed - 2", *PEERS),
]
LINKS = Links(
    figure=lambda code, series: f"/{code}/{series}",
    answer=lambda code: f"/answer/{code}",
    agreed=lambda code: f"/agreed/{code}",
)


def taken_apart(code, series, marks=GHENT):
    about = Subject(compute(the_frames(*marks)), "2026", "Ghent", {}, Scale(0, 4))
    return Making.of(about, code, series, LINKS, ())


def test_a_commitment_goes_down_to_what_each_side_said_in_levels():
    page = taken_apart("PM1", "self")

    assert page.value == "62.5"
    assert page.parts.rows == (
        ("PM1.1", "100.0", "1", "50.0 %", "12.5 %", "50.0", ""),
        ("PM1.2", "25.0", "1", "50.0 %", "12.5 %", "12.5", ""),
    )
    assert page.added_up == ("Together the parts come to 62.5: the figure above.",)
    assert page.statements.rows == (
        ("PM1.1", "4", "2", "1.3", "3"),
        ("PM1.2", "1", "–", "1.3", "3"),
    )
    assert page.statements.addresses == (
        ("", "/answer/PM1.1", "/agreed/PM1.1", "/PM1.1/peer", ""),
        ("", "/answer/PM1.2", "", "/PM1.2/peer", ""),
    )
    assert [step.words for step in page.above] == ["Overall", "Policy-maker"]


def test_what_is_left_out_says_why():
    marks = [one.replace("PM2.1 self - 2", "PM2.1 self - na") for one in GHENT]
    marks = [one.replace("PM1.2 self - 1", "PM1.2 self - missing") for one in marks]

    role = taken_apart("policy-maker", "self", marks)
    commitment = taken_apart("PM1", "self", marks)
    statement = taken_apart("PM2.1", "self", marks)

    # Most of the peers gave PM2.1 a level, so that it is missing and not n/a; PM1 has one of two.
    assert (role.value, role.why_not) == ("–", "No figure: too few answers.")
    assert [row[-1] for row in role.parts.rows] == [
        "left out: too few answers",
        "left out: no answers",
    ]
    assert [row[3] for row in commitment.parts.rows] == ["–", "–"]
    assert "The city called it not its competence, but most of its peers" in statement.basis[-1]


def test_what_does_not_apply_is_left_out_and_is_no_level():
    marks = [one.replace("PM1.2 self - 1", "PM1.2 self - na") for one in GHENT]
    marks = [one[: one.rindex(" ")] + " na" if " PM1.2 peer " in one else one for one in marks]

    page = taken_apart("PM1", "peer", marks)

    assert [row[3] for row in page.parts.rows] == ["100.0 %", "0.0 %"]
    assert page.parts.rows[1][-1] == "left out: does not apply"
    assert page.statements.rows[1][1:4] == ("n/a", "n/a", "n/a")


def test_a_mark_of_a_single_reviewer_is_nowhere_and_cannot_be_worked_out():
    alone = [one for one in GHENT if "PM1.1 peer bob" not in one and "PM1.1 peer cas" not in one]

    page = taken_apart("PM1", "peer", alone)
    statement = taken_apart("PM1.1", "peer", alone)

    hidden = "not shown: a single reviewer's mark could be told from it"
    assert [(row[1], row[5], row[6]) for row in page.parts.rows] == [("–", "–", hidden)] * 2
    assert [row[3] for row in page.statements.rows] == ["–", "–"]
    assert (statement.value, statement.why_not) == ("–", f"N{hidden[1:]}.")


def test_a_calibrated_role_says_what_the_model_adds_to_its_parts():
    frames, _ = simulated(cities=8, raters=6)
    result = compute(frames, BenchmarkConfig(draws=5, resamples=0))
    about = Subject(result, "2026", "c003", {}, Scale(0, 4))

    role = Making.of(about, "buyer", "peer_calibrated", LINKS, ())
    whole = Making.of(about, "overall", "peer_calibrated", LINKS, ())

    assert "the model moves this by" in role.added_up[-1]
    assert "comes from the model" in role.formula[-1]
    assert whole.added_up == (f"Together the parts come to {whole.value}: the figure above.",)


def test_a_figure_that_there_is_not_has_no_page():
    with pytest.raises(LookupError):
        taken_apart("XX1", "self")
