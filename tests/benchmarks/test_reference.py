"""Published results, recomputed: COINr's ASEM index, the SAMM toolbox, the HDI."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.aggregate import competition_rank, effective_weights, roll_up
from benchmarks.items import normalise

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "reference"
REFERENCE = Path(os.environ.get("REFERENCE_DATA") or BESIDE)


def folder(name):
    if not (REFERENCE / name).is_dir():
        pytest.skip("the reference data are not at hand")
    return REFERENCE / name


def compare(results, expected):
    """Every value within its tolerance and every hole a hole; how many were compared."""
    key = ["variant", "unit", "code"]
    both = expected.merge(results, on=key, how="left", suffixes=("_want", "_got"), indicator=True)
    want, got = both["value_want"], both["value_got"]
    good = (want.isna() & got.isna()) | ((want - got).abs() <= both["tol"] + 1e-12)
    assert both.loc[~good | (both["_merge"] != "both"), key].to_numpy().tolist() == []
    return len(both)


def long(wide, variant):
    table = wide.rename_axis("unit").reset_index().melt("unit", var_name="code")
    return table.assign(variant=variant)


def test_the_asem_index_of_coinr_with_every_normalisation_and_mean():
    here = folder("01_composite_coinr_asem")
    structure = pd.read_csv(here / "structure.csv").fillna({"parent": ""})
    structure["aggregation"] = "arithmetic"
    direction = structure.set_index("code")["direction"]

    def values(name):
        return pd.read_csv(here / name).pivot(index="unit", columns="indicator", values="value")

    full, holes = values("input_treated.csv"), values("input_missing.csv")
    units = len(full)
    minmax = normalise(full, "minmax", direction=direction)
    floored = normalise(full, "minmax", direction=direction, onto=(1, 100))
    zscore = normalise(full, "zscore", direction=direction) * 2 + 10
    borda = normalise(full, "borda", direction=direction)
    gaps = normalise(holes, "minmax", direction=direction)
    other = structure.assign(weight=structure["weight_alt"])
    base = roll_up(minmax, structure)
    variants = {
        "minmax0_100_amean": base,
        "minmax0_100_amean_weight_alt": roll_up(minmax, other),
        "minmax1_100_gmean": roll_up(floored, structure, "geometric"),
        "minmax1_100_hmean": roll_up(floored, structure, "harmonic"),
        "zscore10_2_amean": roll_up(zscore, structure),
        "prank_amean": roll_up(borda / (units - 1), structure),
        "borda_amean": roll_up(borda, structure),
        "missing_reweight": roll_up(gaps, structure),
        "missing_threshold80": roll_up(gaps, structure, threshold=0.8),
    }
    ranks = competition_rank(base["Index"]).astype(float)
    results = [long(table, variant) for variant, table in variants.items()]
    results.append(long(ranks.to_frame("rank:Index"), "minmax0_100_amean"))
    weights = effective_weights(structure)
    results.append(long(weights.to_frame("_").T, "effective_weights"))

    assert compare(pd.concat(results), pd.read_csv(here / "expected.csv")) == 5160


def test_the_samm_toolbox_counts_an_unanswered_question_zero():
    here = folder("07_samm_toolbox")
    answers = pd.read_csv(here / "input.csv")
    answers["level_code"] = answers["practice"] + "." + answers["level"].astype(str)
    answers["code"] = answers["level_code"] + answers["stream"]
    edges = {"overall": ""}
    for row in answers.itertuples():
        edges |= {
            row.function: "overall",
            row.practice: row.function,
            row.level_code: row.practice,
            row.code: row.level_code,
        }
    structure = pd.DataFrame({"code": edges.keys(), "parent": edges.values(), "weight": 1.0})
    wide = answers.pivot(index="organisation", columns="code", values="value")

    # A practice is the sum of its three levels: three times their mean, all the way up.
    rolled = roll_up(wide, structure, "arithmetic", missing="zero") * 3
    results = rolled.rename_axis("variant").reset_index().melt("variant", var_name="unit")
    expected = pd.read_csv(here / "expected.csv")
    kind = expected.set_index("unit")["code"].to_dict()

    assert compare(results.assign(code=results["unit"].map(kind)), expected) == len(expected)


def test_the_human_development_index_with_goalposts_and_a_geometric_mean():
    here = folder("08_hdi_2021")
    expected = pd.read_csv(here / "expected.csv")
    table = pd.read_csv(here / "input.csv").pivot(
        index=["year", "unit"], columns="indicator", values="value"
    )
    table["gnipc"] = np.log(table["gnipc"])
    low = pd.Series({"le": 20, "eys": 0, "mys": 0, "gnipc": np.log(100)})
    high = pd.Series({"le": 85, "eys": 18, "mys": 15, "gnipc": np.log(75000)})
    ratios = normalise(table, "goalposts", low=low, high=high)
    structure = pd.DataFrame(
        {
            "code": ["hdi", "le", "education", "gnipc", "eys", "mys"],
            "parent": ["", "hdi", "hdi", "hdi", "education", "education"],
            "weight": 1.0,
            "aggregation": ["geometric", "", "arithmetic", "", "", ""],
        }
    )

    hdi = roll_up(ratios, structure, missing="strict")["hdi"] / 100
    results = [
        long(hdi.loc[year].to_frame("hdi"), f"hdi_{year}") for year in hdi.index.unique("year")
    ]
    ranks = competition_rank(hdi.loc[2021].round(3)).astype(float)
    variants = expected.loc[expected["code"] == "rank", "variant"].unique()
    results += [long(ranks.to_frame("rank"), variant) for variant in variants]

    assert compare(pd.concat(results), expected) == len(expected)
