"""From the fitted model to the scores of every code, with what they may err."""

import numpy as np
import pytest
from scipy.stats import t

from benchmarks import aggregate, rounds
from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from benchmarks.frames import check
from benchmarks.severity import limits
from tests.benchmarks.tables import simulated
from tests.benchmarks.test_rounds import a_round


@pytest.fixture(scope="module")
def peers():
    tables = check(simulated()[0])
    structure = aggregate.in_order(tables.structure, BenchmarkConfig().role_order)
    return rounds.read("2026", tables, structure, BenchmarkConfig()).peers


def test_a_role_is_what_the_model_says(peers):
    fit = peers.fitted.scores.set_index(["city", "role"])
    found = peers.over(peers.applicable)

    for role in ("policy-maker", "buyer"):
        assert found.value[role].tolist() == pytest.approx(fit["value"].xs(role, level=1).tolist())
        assert found.se[role].tolist() == pytest.approx(fit["se"].xs(role, level=1).tolist())


def test_a_statement_is_the_mean_of_its_marks_made_good_for_severity(peers):
    severity = peers.fitted.raters.set_index("rater")["severity"]
    marks = peers.marks.query("city == 'c004' and statement == 'BU1.2'")

    by_hand = (marks["value"] + marks["rater"].map(severity)).mean()

    assert len(marks) == 3
    assert peers.over(peers.applicable).value.loc["c004", "BU1.2"] == pytest.approx(by_hand)


def test_a_commitment_is_rolled_up_from_its_statements(peers):
    found = peers.over(peers.applicable).value

    assert found["BU1"].tolist() == pytest.approx(
        found[["BU1.1", "BU1.2", "BU1.3", "BU1.4"]].mean(axis=1).tolist()
    )


def test_the_whole_and_its_error_come_from_the_roles_together(peers):
    roles = ["policy-maker", "service-provider", "employer", "buyer"]
    found = peers.over(peers.applicable)
    fit = peers.fitted
    mine = (fit.scores["city"] == "c004").to_numpy()
    among = fit.posterior.covariance()[np.ix_(mine, mine)]

    assert found.value.loc["c004", "overall"] == pytest.approx(
        found.value.loc["c004", roles].mean()
    )
    assert found.se.loc["c004", "overall"] == pytest.approx(np.sqrt(among.sum()) / 4)


def test_the_error_of_a_statement_by_hand(peers):
    """Three marks: a third of the residual and the leaning, and the error of mean severity."""
    v = peers.fitted.variances.set_index("source")["variance"]
    who = peers.marks.query("city == 'c004' and statement == 'BU1.2'")["rater"]
    at = peers.fitted.raters.reset_index().set_index("rater").loc[who, "index"]
    errors = peers.fitted.errors[np.ix_(at, at)]

    by_hand = np.sqrt((v["residual"] + v["city:rater"]) / 3 + errors.sum() / 9)

    assert peers.over(peers.applicable).se.loc["c004", "BU1.2"] == pytest.approx(by_hand)


def test_the_error_of_a_plain_mean_counts_any_team_of_the_pool(peers):
    v = peers.fitted.variances.set_index("source")["variance"]
    by_hand = np.sqrt((v["rater"] + v["city:rater"]) / 3 + v["residual"] / (3 * 12))

    assert peers.plainly().se.loc["c004", "buyer"] == pytest.approx(by_hand)


def test_over_fewer_statements_a_role_moves_by_how_these_are_marked(peers):
    wanted = peers.applicable.copy()
    wanted[["BU1.1", "BU1.2", "BU1.3", "BU1.4"]] = False
    effects = peers.fitted.statements
    buyer = [code for code in effects.index if code.startswith("BU")]
    rest = [code for code in buyer if not code.startswith("BU1")]

    moved = peers.over(wanted).value["buyer"] - peers.over(peers.applicable).value["buyer"]

    assert moved.tolist() == pytest.approx([effects[rest].mean() - effects[buyer].mean()] * 24)


def test_a_geometric_mean_is_not_the_models_and_is_rolled_up_instead():
    frames, _ = simulated()
    config = BenchmarkConfig(mean="geometric", draws=10, resamples=0)
    row = compute(frames, config).scores.query("city == 'c004' and series == 'peer_calibrated'")
    value = row.set_index("code")["value"]

    below = value[["BU1", "BU2", "BU3"]].to_numpy()
    assert value["buyer"] == pytest.approx(np.exp(np.log(below).mean()))
    assert row["calibrated"].all()


def test_draws_of_cities_that_are_not_calibrated_stand_still():
    this = a_round("2026 Ghent BU1.1 peer ann 1", "2026 Lyon BU1.1 peer bob 3")
    roles = this.peers.over(this.applicable).value[["buyer"]]

    drawn = this.peers.draws(roles, 5, np.random.default_rng(0))

    assert drawn.shape == (5, 2, 1)
    assert (drawn == roles.to_numpy()).all()


def test_limits_are_those_of_student_below_three_raters():
    value, se = np.array([50.0, 50, 50]), np.array([2.0, 2, 2])

    lo, hi = limits(value, se, np.array([3, 2, 1]))

    assert hi[0] == 50 + 1.96 * 2
    assert hi[1:].tolist() == pytest.approx([50 + t.ppf(0.975, 1) * 2] * 2)
    assert (value - lo).tolist() == pytest.approx((hi - value).tolist())
