"""The tables of agreement and of how statements go together."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import agreement
from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from benchmarks.reliability import diagnostics
from tests.benchmarks.tables import a_structure, simulated, the_frames


def metrics(result, role="overall"):
    return result.reliability.query("role == @role").set_index("metric")


def test_every_role_and_the_whole_have_every_metric():
    table = compute(simulated()[0]).reliability

    assert table["role"].unique().tolist() == [
        "overall", "policy-maker", "service-provider", "employer", "buyer",
    ]  # fmt: skip
    assert table.query("role == 'buyer'")["metric"].tolist() == [
        "krippendorff_alpha",
        "gwet_ac2",
        "icc_single",
        "icc_mean",
        "weighted_kappa",
        "phi",
    ]
    assert set(table["status"]) == {"ok"}


def test_alpha_is_over_the_statements_of_all_cities_that_two_marked():
    """Units: Ghent PM1.1 (0 4), Ghent PM1.2 (4 4), Lyon PM1.1 (0 0); a lone mark is no unit."""
    result = compute(
        the_frames(
            "2026 Ghent PM1.1 peer ann 0", "2026 Ghent PM1.1 peer bob 4",
            "2026 Ghent PM1.2 peer ann 4", "2026 Ghent PM1.2 peer bob 4",
            "2026 Lyon PM1.1 peer cem 0", "2026 Lyon PM1.1 peer ann 0",
            "2026 Lyon PM1.2 peer cem 1",
        )
    )  # fmt: skip
    by_hand = agreement.krippendorff_alpha(np.array([[0, 4], [4, 4], [0, 0]]))

    row = metrics(result).loc["krippendorff_alpha"]

    # One of three units differs; by chance 2 x 3 x 3 / (6 x 5) of the pairs do.
    assert row["value"] == pytest.approx(1 - (1 / 3) / (18 / 30))
    assert row["value"] == pytest.approx(by_hand.value)
    assert row[["n_units", "n_raters", "n_values"]].tolist() == [3, 3, 6]


def test_phi_is_of_the_usual_number_of_raters_and_statements():
    result = compute(simulated(each=3, statements=4)[0])
    v = result.variances.set_index("source")["variance"]

    # 11 commitments of 4 statements in all, 3 of them the buyer's.
    noise = (v["rater"] + v["city:rater"]) / 3
    whole, role = v["city"] + v["city:role"] / 4, v["city"] + v["city:role"]
    assert metrics(result).loc["phi", "value"] == pytest.approx(
        whole / (whole + noise + v["residual"] / (3 * 44))
    )
    assert metrics(result, "buyer").loc["phi", "value"] == pytest.approx(
        role / (role + noise + v["residual"] / (3 * 12))
    )


def test_icc_is_over_the_team_that_marked_most_cities():
    lines = [f"2026 {city} {code} peer {rater} {level + (rater == 'bob')}"
             for city, team in (("a", ("ann", "bob")), ("b", ("ann", "bob")), ("c", ("cem", "bob")))
             for rater in team
             for code, level in (("PM1.1", 0), ("PM1.2", 2), ("PM2.1", 3))]  # fmt: skip
    row = metrics(compute(the_frames(*lines))).loc["icc_single"]

    assert row[["n_units", "n_raters", "n_values"]].tolist() == [6, 2, 12]
    assert row["value"] == pytest.approx(
        agreement.icc(np.array([[0, 1], [2, 3], [3, 4]] * 2)).value
    )


def test_without_peers_there_is_nothing_to_agree_on():
    table = compute(the_frames("2026 Ghent PM2.1 self - 4")).reliability

    assert set(table["status"]) == {"low_n"}
    assert table["value"].isna().all()


def test_the_seed_moves_the_limits_and_not_the_value():
    frames, _ = simulated(cities=6, raters=4)
    one, other = (metrics(compute(frames, seed=seed)) for seed in (1, 2))

    assert one["value"].equals(other["value"])
    assert one.loc["krippendorff_alpha", "lo"] != other.loc["krippendorff_alpha", "lo"]
    assert np.isnan(
        metrics(compute(frames, BenchmarkConfig(resamples=0))).loc["krippendorff_alpha", "lo"]
    )


def test_what_decides_a_code_is_its_squared_correlation_with_it():
    structure = a_structure({"pm": {"PM1": ["PM1.1", "PM1.2"]}})
    items = pd.DataFrame({"PM1.1": [0.0, 50, 100], "PM1.2": [50.0, 50, 50]}, index=list("abc"))
    values = items.assign(PM1=items.mean(axis=1), pm=items.mean(axis=1), overall=[25.0, 50, 75])

    table = diagnostics(items, values, structure).set_index("code")

    assert table.loc["PM1.1", "main_effect_si"] == pytest.approx(1)
    assert np.isnan(table.loc["PM1.2", "main_effect_si"])
    assert np.isnan(table.loc["overall", "main_effect_si"])
    assert table["effective_weight"].to_dict() == {
        "overall": 1, "pm": 1, "PM1": 1, "PM1.1": 0.5, "PM1.2": 0.5,
    }  # fmt: skip


def test_statements_are_judged_together_only_with_ten_cities():
    few, enough = (compute(simulated(cities=n, statements=4)[0]).diagnostics for n in (9, 12))

    # A commitment has four statements and asks for ten cities, a role has twelve and for 24.
    assert few["cronbach_alpha"].isna().all()
    assert enough.set_index("code")["cronbach_alpha"].notna().sum() == 11
    assert enough.set_index("code")["pc1_share"].dropna().between(0.25, 1).all()
