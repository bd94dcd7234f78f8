"""What docs/method.md works out by hand is what the program computes."""

from __future__ import annotations

import ast
import math
import operator
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import (
    aggregate,
    agreement,
    attack,
    audiences,
    disclosure,
    gaps,
    ranks,
    rounds,
    severity,
    summary,
    trends,
)
from benchmarks.charts import gap as dumbbell
from benchmarks.charts import heat, radar, spread
from benchmarks.compute import compute
from benchmarks.config import METHOD_VERSION, BenchmarkConfig
from benchmarks.frames import check
from reviews import snapshots
from tests.benchmarks.tables import simulated, the_frames
from tests.benchmarks.test_severity import a_round

ROOT = Path(__file__).resolve().parents[2]
METHOD = (ROOT / "docs/method.md").read_text()
WORDS = " ".join(METHOD.split())
CODE = "".join(path.read_text() for path in sorted((ROOT / "benchmarks").glob("*.py")))
TREE = {
    "policy-maker": {"PM1": ["PM1.1", "PM1.2"], "PM2": ["PM2.1"]},
    "buyer": {"BU1": ["BU1.1", "BU1.2", "BU1.3"]},
}
USUAL = BenchmarkConfig()
SUMS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def table(number):
    """The rows of one table of the document, each by its headings."""
    text = METHOD.split(f"**Table {number}.**")[1]
    lines = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)[0].splitlines()
    head, _, *rows = ([cell.strip() for cell in line[1:-1].split("|")] for line in lines)
    return [dict(zip(head, row, strict=True)) for row in rows]


def by_hand(sum_):
    """What a sum such as "√(14 / 6 + 2 × 3)" comes to."""

    def worth(node):
        if isinstance(node, ast.BinOp):
            return SUMS[type(node.op)](worth(node.left), worth(node.right))
        if isinstance(node, ast.Call):
            return math.sqrt(worth(node.args[0]))
        return node.value

    return worth(ast.parse(sum_.replace("×", "*").replace("√", "root"), mode="eval").body)


def as_printed(text):
    """The number as a value that any number rounding to it equals."""
    places = len(text.partition(".")[2])
    return pytest.approx(float(text), abs=0.5 * 10**-places + 1e-9)


def the_round(**other):
    """The round of table 1; `other` replaces what a city said of itself, by statement."""
    lines = []
    for row in table(1):
        said = row | {"self": other.get(row["statement"], row["self"])}
        for voice in ("self", "Ann", "Bob", "Cem"):
            source, rater = ("self", "-") if voice == "self" else ("peer", voice)
            mark = said[voice].replace("n/a", "na")
            lines.append(f"2026 {row['city']} {row['statement']} {source} {rater} {mark}")
    return compute(the_frames(*lines, tree=TREE), BenchmarkConfig(draws=20, resamples=0))


@pytest.fixture(scope="module")
def result():
    return the_round()


def score(result, row, series, column="value"):
    t = result.scores
    here = (t["city"] == row["city"]) & (t["code"] == row["code"]) & (t["series"] == series)
    return t.loc[here, column].item()


def gap(result, row, column="gap"):
    t = result.gaps
    return t.loc[(t["city"] == row["city"]) & (t["code"] == row["code"]), column].item()


def test_the_document_is_of_this_version():
    assert f"This is version {METHOD_VERSION} of the method" in WORDS


@pytest.mark.parametrize("number", [2, 4, 6])
def test_every_sum_by_hand_comes_to_what_is_printed(number):
    for row in table(number):
        assert by_hand(row["by hand"]) == as_printed(row["result"]), row


def test_the_figures_on_paper_are_the_programs(result):
    figures = {
        "self": lambda row: score(result, row, "self"),
        "coverage of self": lambda row: score(result, row, "self", "coverage"),
        "peers": lambda row: score(result, row, "peer"),
        "gap": lambda row: gap(result, row),
    }

    for row in table(2):
        assert figures[row["figure"]](row) == as_printed(row["result"]), row


def test_the_table_of_results_is_the_programs(result):
    series = {"self": "self", "peers": "peer", "calibrated": "peer_calibrated"}
    for row in table(3):
        for word, name in series.items():
            assert score(result, row, name) == as_printed(row[word]), row
        assert gap(result, row) == as_printed(row["gap"]), row
        for word, name in (("from", "lo"), ("to", "hi"), ("label", "label")):
            found = gap(result, row, name)
            if row[word] == "–":
                assert pd.isna(found), row
            else:
                assert found == (row[word] if word == "label" else as_printed(row[word])), row


def test_what_one_more_hole_would_do_is_true():
    fuller = the_round(**{"BU1.3": "missing"})
    reasons = {
        code: score(fuller, {"city": "Eichmünde", "code": code}, "self", "reason")
        for code in ("BU1", "buyer", "overall")
    }

    assert reasons == dict.fromkeys(("BU1", "buyer", "overall"), "low_coverage")
    overall = {"city": "Eichmünde", "code": "overall"}
    assert score(fuller, overall, "self", "coverage") == pytest.approx(2 / 3)


def test_the_severities_of_the_round_are_the_programs(result):
    variances = result.variances.set_index("source")["variance"]
    raters = result.raters.set_index("rater")["severity"]
    levels = {name: sum(int(row[name]) for row in table(1) if row["statement"] != "PM1.2" or
                        row["city"] == "Eichmünde") for name in ("Ann", "Bob", "Cem")}  # fmt: skip

    assert f"gave {levels['Ann']}, {levels['Bob']} and {levels['Cem']} levels in all" in WORDS
    for row in table(4):
        assert raters[row["reviewer"]] == as_printed(row["result"])
        rater, rest = re.search(r"(\S+) / \(\1 \+ (\S+) / 11\)", row["by hand"]).groups()
        assert (variances["rater"], variances["residual"]) == (as_printed(rater), as_printed(rest))
    assert variances["city:rater"] == 0


def test_the_balanced_round_is_the_programs():
    marks = pd.DataFrame(
        [(row["city"], "pm", "s", x, float(row[x])) for row in table(5) for x in ("x", "y")],
        columns=[*severity.KEY, "value"],
    )
    fitted = severity.fit(marks)
    variance = fitted.variances.set_index("source")["variance"]
    scores, raters = fitted.scores.set_index("city"), fitted.raters.set_index("rater")
    c = fitted.posterior.covariance()
    grid = marks.pivot(index="city", columns="rater", values="value")
    found = {
        "variance of cities": variance["city"],
        "variance of reviewers": variance["rater"],
        "severity of x": raters.loc["x", "severity"],
        "score of a": scores.loc["a", "value"],
        "score of c": scores.loc["c", "value"],
        "standard error of each": scores.loc["a", "se"],
        "lower end for a": scores.loc["a", "lo"],
        "upper end for a": scores.loc["a", "hi"],
        "c less a": scores.loc["c", "value"] - scores.loc["a", "value"],
        "standard error of c less a": math.sqrt(c[0, 0] + c[2, 2] - 2 * c[0, 2]),
        "reliability of one reviewer": agreement.icc(grid).value,
        "reliability of both (phi)": agreement.g_coefficient(variance, 2, 1),
        "mean square of the rest": variance["residual"],
    }

    printed = {row["figure"]: row["result"] for row in table(6)}
    assert set(printed) - set(found) == {"mean square of cities", "mean square of reviewers"}
    assert found == {name: as_printed(printed[name]) for name in found}
    assert grid.mean(axis=1).tolist() == [45, 56, 70]
    assert [*grid.mean(), grid.to_numpy().mean()] == [50, 64, 57]


def test_alpha_is_the_programs():
    levels = np.array([[float(row["x"]), float(row["y"])] for row in table(7)])
    sum_, printed = re.search(r"`(1 - [^`]+)` is ([\d.]+\d)", METHOD).groups()

    found = agreement.krippendorff_alpha(levels, bootstrap=0).value

    assert (found, by_hand(sum_)) == (as_printed(printed), pytest.approx(found))


def test_the_labels_are_the_programs():
    rows = table(8)
    lo, hi = (np.array([float(row[end]) for row in rows]) for end in ("from", "to"))

    assert gaps.labels(lo, hi).tolist() == [row["label"] for row in rows]


@pytest.mark.parametrize(
    ("words", "value", "promised"),
    [
        ("shown from a coverage of two thirds on", USUAL.threshold, 2 / 3),
        ("when half or more of those who answered say so", USUAL.na_share, 1 / 2),
        ("cities need two reviewers on average", severity.RATERS_PER_CITY, 2),
        ("half of the reviewers two cities", severity.CITIES_PER_RATER, 2),
        ("half of the reviewers two cities", severity.SHARE_OF_RATERS, 1 / 2),
        ("flagged outside 0.5 to 1.5", severity.INFIT, (0.5, 1.5)),
        ("by less than 0.3 of what is usual", severity.HALO, 0.3),
        ("reach 1.96 standard errors to each side", severity.Z, 1.96),
        ("with fewer than three reviewers Student's", severity.FEW, 3),
        ("all of it is above +5", gaps.CLEAR, 5),
        ("all of it is within -10 to +10", gaps.NEAR, 10),
        ("pairs with ten marks in common", agreement.COMMON_ITEMS, 10),
        ("need ten cities", agreement.CASES, 10),
        ("0.80 or more is good", float(summary.GOOD), 0.8),
        ("from 0.667 tentative", float(summary.TENTATIVE), 0.667),
        ("limits from 2,000 resamples", USUAL.resamples, 2000),
        ("2,000 simulated rounds", USUAL.draws, 2000),
        ("in a fifth of the draws the mean is geometric", ranks.OTHER_MEAN, 1 / 5),
        ("in half the reviewers' marks are joined by their median", ranks.OTHER_CHOICE, 1 / 2),
        ("in half the coverage asked for is one half", ranks.LENIENT, 1 / 2),
        ("above the group's median in 95 % of the draws", ranks.SURE, 0.95),
        ("With fewer than three cities there is no range", ranks.LEAST, 3),
        ("its place among the others from ten cities on", audiences.LEAST_RANKED, 10),
        ("is there from two reviewers on", audiences.LEAST_RATERS, 2),
        (
            "columns with a dot: their reviewers agree too little (alpha below 0.667)",
            float(heat.TENTATIVE),
            0.667,
        ),
        ("from eight cities on a box", spread.BOX, 8),
        ("from 30 on a shape", spread.VIOLIN, 30),
        ("on three to ten spokes", (radar.LEAST, radar.MOST), (3, 10)),
        ("grey is within five points", dumbbell.NEAR, 5),
        ("takes six to begin with", snapshots.LEAST, 6),
        ("need five *other* cities", disclosure.LEAST, 5),
        ("quartiles eight", disclosure.LEAST_FOR_QUARTILES, 8),
        ("held to 20 points of the scale", attack.PINNED, 0.2),
        ("at least five questions survived", trends.LEAST_ANCHORS, 5),
        ("carry 20 % of the weight in both", trends.LEAST_SHARE, 0.2),
        ("over three robust deviations", trends.DRIFT, 3),
        ("and it is five points or more", trends.REAL, 5),
    ],
)
def test_every_threshold_is_the_programs(words, value, promised):
    assert words in WORDS
    assert value == promised


def test_every_word_for_a_reason_is_one_of_the_programs():
    rows = re.findall(r"^\| `([a-z_]+)` \|", METHOD, re.MULTILINE)

    assert len(rows) == 10
    assert [word for word in rows if not re.search(rf'"{word}"|\b{word}=', CODE)] == []


def test_what_is_said_of_simulated_rounds_is_measured():
    covered, level, errors = [], [], []
    for seed in range(50):
        marks, truth = a_round(seed)
        fitted = severity.fit(marks)
        plain = marks.groupby(["city", "role"])["value"].mean().to_numpy()
        for role in ("k0", "k1"):
            mine = (fitted.scores["role"] == role).to_numpy()
            t = fitted.scores.loc[mine]
            c, true = fitted.posterior.covariance()[np.ix_(mine, mine)], truth[mine]
            one, other = np.triu_indices(len(true), 1)
            off = (t["value"].to_numpy() - true)[one] - (t["value"].to_numpy() - true)[other]
            reach = 1.96 * np.sqrt(c[one, one] + c[other, other] - 2 * c[one, other])
            covered.append(np.mean(np.abs(off) <= reach))
            level.append(np.mean((t["lo"] <= true) & (true <= t["hi"])))
            errors.append([_apart(x, true) for x in (plain[mine], t["value"].to_numpy())])
    raw, made = np.mean(errors, axis=0)

    assert f"covered {100 * np.mean(covered):.1f} % of the differences" in WORDS
    assert f"but only {100 * np.mean(level):.0f} % of the levels" in WORDS
    assert f"fell from {raw:.1f} points of the plain means to {made:.1f}" in WORDS


def test_what_decision_six_says_is_measured():
    decision = " ".join(next((ROOT / "docs/decisions").glob("0006-*.md")).read_text().split())
    found = []
    for seed in range(20):
        frames, truth = simulated(seed=seed)
        tables = check(frames)
        structure = aggregate.in_order(tables.structure, USUAL.role_order)
        peers = rounds.read("2026", tables, structure, USUAL).peers
        true = truth.stack()
        found.append(
            [
                each.value[truth.columns].stack().corr(true, "spearman")
                for each in (peers.plainly(), peers.over(peers.applicable))
            ]
        )
    plain, made = np.mean(found, axis=0)

    assert f"{plain:.2f} for the plain means" in decision
    assert f"{made:.2f} with it" in decision


def _apart(x, true):
    return np.abs((x - x.mean()) - (true - true.mean())).mean()
