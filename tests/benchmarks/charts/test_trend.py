"""One city over the rounds."""

from dataclasses import replace
from functools import cache

import pytest

from benchmarks.charts.trend import trend
from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from tests.benchmarks.charts.looking import LABELS, NAMES, changed, overlaps, said
from tests.benchmarks.tables import drawn, simulated

NAN = float("nan")
QUICK = BenchmarkConfig(draws=20, resamples=0)
BROKEN = {"linked_by": "none", "change": NAN, "lo": NAN, "hi": NAN, "reason": "unlinked"}
LONG = {
    **LABELS,
    **dict(zip(["c000", "2022", "2024", "2026"], NAMES, strict=False)),
    "2026": "Integrating Cities peer review 2026 of all who take part",
}


def each_round(frames):
    """A result for each round, with its own scores and what changed since the one before."""
    result = compute(frames, QUICK)
    return [
        replace(
            result,
            scores=result.scores.query("round == @name"),
            trends=result.trends.query("round_to == @name"),
            anchors=result.anchors.query("round_to == @name"),
        )
        for name in sorted(set(result.scores["round"]))
    ]


@cache
def three_rounds():
    return each_round(simulated(cities=6, raters=6, rounds=("2022", "2024", "2026"))[0])


def two_rounds(code="buyer", **columns):
    """The last two; of one code, what is known of the change is replaced."""
    old, new = three_rounds()[1:]
    return [old, changed(new, "trends", {"code": code}, **columns) if columns else new]


def test_two_rounds_are_points_of_the_whole_and_of_each_role_and_what_changed_between_them():
    old, new = two_rounds()
    known = new.trends.query("city == 'c000' and code == 'overall'").iloc[0]

    data = trend([old, new], "c000").data

    assert data["code"].tolist()[::2] == [
        *("overall", "policy-maker", "service-provider", "employer", "buyer")
    ]
    assert data["round"].tolist()[:2] == ["2024", "2026"]
    assert data.loc[0, ["change", "linked_by"]].isna().all()
    assert data.loc[1, "change"] == known["change"]
    assert data.loc[1, ["linked_by", "n_anchor"]].tolist() == ["identical", 44]


def test_a_change_is_said_with_its_interval_its_questions_and_whether_it_is_real():
    results = two_rounds(change=12.4, lo=3.6, hi=21.2, real=True)

    drawing = trend(results, "c000")

    said_ = " ".join(said(drawing))
    assert "+12 (+4 to +21), a real change; same 12 questions" in said_
    assert "a real change" in drawing.alt
    assert drawing.alt.startswith("c000 from 2024 to 2026, largest changes in points: ")


def test_where_the_questions_differ_too_much_the_line_is_broken_and_the_reason_said():
    drawing = trend(two_rounds(**BROKEN, real=False), "c000")

    assert said(drawing).count("asked differently before") == 2  # the key and the panel
    assert drawing.alt.endswith(" Not comparable: Buyer.")
    assert drawing.data["reason"].tolist()[-1] == "unlinked"


def test_a_new_questionnaire_with_anchors_is_marked_and_says_how_many_questions_stayed():
    drawing = trend(two_rounds(linked_by="anchor", n_anchor=7), "c000")

    assert "questions changed" in said(drawing)
    assert "7 questions kept" in " ".join(said(drawing))
    assert "asked differently before" not in said(drawing)


def test_questions_that_moved_unlike_the_others_are_listed():
    moved = []
    for linked_by in ("anchor", "identical"):
        old, new = two_rounds(code="overall", linked_by=linked_by)
        still = replace(new, anchors=new.anchors.assign(dropped=False))
        one = {"code": "overall", "new": "EM1.2"}
        moved.append(trend([old, changed(still, "anchors", one, dropped=True)], "c000").caption)

    told = ("Left out of the comparison", "EM1.2, which moved unlike the others")
    assert [told in caption for caption in moved] == [True, False]
    assert moved[0][0] == ("Rounds", "2024, 2026")


def test_the_axis_is_always_whole():
    for results in (two_rounds(), three_rounds()):
        words = said(trend(results, "c000"))
        assert [words.count(str(tick)) >= 5 for tick in (0, 25, 50, 75, 100)] == [True] * 5


def test_a_round_without_the_city_is_left_out_and_nothing_is_made_up_across_it():
    first, middle, last = three_rounds()
    gone = replace(middle, scores=middle.scores.query("city != 'c000'"))

    drawing = trend([first, gone, last], "c000")

    assert drawing.data["round"].unique().tolist() == ["2022", "2026"]
    assert drawing.data["change"].isna().all()
    assert drawing.alt == "c000 from 2022 to 2026: no change can be shown."
    assert said(drawing).count("not compared") == 5


def test_plain_means_are_not_called_calibrated():
    results = each_round(drawn(["Ghent", "Oslo"], rounds=("2024", "2026")))

    drawing = trend(results, "Ghent")

    assert ("Series", "Peers, not calibrated") in drawing.caption
    assert "Calibrated" not in said(drawing)


def test_one_round_alone_is_no_trend():
    with pytest.raises(LookupError, match="c000"):
        trend(three_rounds()[:1], "c000")


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("rounds", [2, 3, 6])
def test_no_label_touches_another(rounds, narrow):
    results = [*three_rounds(), *three_rounds()][-rounds:]
    results[-1] = changed(results[-1], "trends", {"code": "buyer"}, **BROKEN, real=False)

    assert overlaps(trend(results, "c000", labels=LONG, narrow=narrow)) == []
