"""From one round to the next: with the same reviewers, with others, with none in common."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from tests.benchmarks.tables import simulated

FEW = BenchmarkConfig(draws=10, resamples=0)


def two_rounds(seed=1, **others):
    return simulated(rounds=("2024", "2026"), seed=seed, **others)[0]


def renamed(frames, prefix):
    """The same rounds, the second by reviewers of other names."""
    scores, assigned = frames.scores, frames.assignments
    later = (scores["round_id"] == "2026") & (scores["source"] == "peer")
    again = assigned["round_id"] == "2026"
    return replace(
        frames,
        scores=scores.assign(
            rater_id=scores["rater_id"].where(~later, prefix + scores["rater_id"])
        ),
        assignments=assigned.assign(
            reviewer_id=assigned["reviewer_id"].where(~again, prefix + assigned["reviewer_id"])
        ),
    )


def changed(frames, code="overall"):
    return compute(frames, FEW).trends.query("code == @code").set_index("city")


def test_returning_reviewers_make_a_change_surer():
    same, others = changed(two_rounds()), changed(renamed(two_rounds(), "new-"))

    width = (same["hi"] - same["lo"]) / (others["hi"] - others["lo"])
    assert (width < 0.95).all()


def test_a_harsher_reviewer_of_one_round_is_not_a_change_of_the_city():
    """All the same but for one city, whose harshest reviewer is replaced by the mildest."""
    frames = two_rounds(severity=25)
    first = compute(replace(frames, scores=frames.scores.query("round_id == '2024'")), FEW)
    severity = first.raters.set_index("rater")["severity"]
    harsh, mild = severity.idxmax(), severity.idxmin()
    scores, assigned = frames.scores, frames.assignments
    cities = set(assigned.loc[assigned["reviewer_id"] == harsh, "city_id"])
    cities -= set(assigned.loc[assigned["reviewer_id"] == mild, "city_id"])
    city = min(cities)
    mark = scores.query("round_id == '2026' and city_id == @city and rater_id == @harsh").index
    milder = np.clip(
        scores.loc[mark, "score"] + round((severity[harsh] - severity[mild]) / 25), 0, 4
    )
    swapped = scores.assign(rater_id=scores["rater_id"].where(~scores.index.isin(mark), mild))
    swapped.loc[mark, "score"] = milder
    moved = (assigned["round_id"] == "2026") & (assigned["city_id"] == city)
    moved &= assigned["reviewer_id"] == harsh
    given = assigned.assign(reviewer_id=assigned["reviewer_id"].where(~moved, mild))
    again = replace(frames, scores=swapped, assignments=given)

    found = compute(again, FEW)
    plain = found.scores.query("series == 'peer' and code == 'overall'")
    plain = plain.pivot(index="city", columns="round", values="value").loc[city]
    change = found.trends.query("code == 'overall'").set_index("city").loc[city, "change"]

    assert plain["2026"] - plain["2024"] > 10
    assert abs(change) < 5


def test_rounds_without_a_common_reviewer_keep_their_own_scores():
    result = compute(renamed(two_rounds(), "new-"), FEW)
    wide = result.scores.query("series == 'peer_calibrated' and code == 'buyer'").pivot(
        index="city", columns="round", values="value"
    )
    se = result.scores.query("series == 'peer_calibrated' and code == 'buyer'").pivot(
        index="city", columns="round", values="se"
    )
    trends = result.trends.query("code == 'buyer'").set_index("city")

    assert trends["change"].tolist() == pytest.approx((wide["2026"] - wide["2024"]).tolist())
    half = 1.96 * np.hypot(se["2024"], se["2026"])
    assert (trends["hi"] - trends["change"]).tolist() == pytest.approx(half.tolist())


def test_intervals_of_changes_cover_what_did_not_change():
    inside = []
    for seed in range(4):
        trends = compute(two_rounds(seed), FEW).trends
        roles = trends[
            trends["code"].isin(["policy-maker", "service-provider", "employer", "buyer"])
        ]
        inside.append(((roles["lo"] <= 0) & (roles["hi"] >= 0)).mean())

    assert 0.9 <= np.mean(inside) <= 1
