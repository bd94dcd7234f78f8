"""Whether the scores can be trusted: agreement by role, and how statements hang together."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks import aggregate, agreement
from benchmarks.agreement import Agreement
from benchmarks.calibrated import Calibrated, roles_of

NAN = float("nan")


def reliability(peers: Calibrated, whole: str, seed: int = 0) -> pd.DataFrame:
    """How far the peers agree, by role and over all (METHOD 3.6).

    whole  the code under which all roles together appear.
    Metrics: krippendorff_alpha (ordinal) and gwet_ac2 (quadratic) over every statement of every
    city that two marked; icc_single and icc_mean over the largest team whose members marked the
    same; weighted_kappa, quadratic, mean over the pairs of raters with 10 statements in common
    (n_units counts pairs); phi, the reliability of a city's score for the usual number of raters
    and statements, from the variances of the calibration. Marks are taken in points, so scales
    of other lengths join. Gives role, metric, value, lo, hi, n_units, n_raters, n_values, status.
    """
    marks = peers.marks
    levels = sorted(set(marks["value"]))
    parts = [
        (whole, marks),
        *((role, marks[marks["role"] == role]) for role in roles_of(peers.structure)),
    ]
    rows = [
        (role, metric, a.value, a.lo, a.hi, a.n_units, a.n_raters, a.n_values, a.status)
        for role, part in parts
        for metric, a in _metrics(part, levels, peers, seed)
    ]
    columns = ["role", "metric", "value", "lo", "hi", "n_units", "n_raters", "n_values", "status"]
    return pd.DataFrame(rows, columns=columns)


def diagnostics(items: pd.DataFrame, values: pd.DataFrame, structure: pd.DataFrame) -> pd.DataFrame:
    """How statements go together, and what decides a code (METHOD 3.3, 3.6).

    items   cities by statements, points; values: cities by codes, the same rolled up.
    cronbach_alpha and pc1_share of the statements under a code, with max(10, 2 x statements)
    complete cities, else NaN; item_rest_r of a statement with the others of its commitment's
    role; effective_weight in the whole; main_effect_si, the squared correlation of a code with
    its parent (Paruolo, Saisana, Saltelli 2013). Gives code and these columns.
    """
    parent = dict(zip(structure["code"], structure["parent"], strict=True))
    under = aggregate.leaves(structure)
    rest = pd.concat([agreement.item_rest_r(items[under[role]]) for role in roles_of(structure)])
    rows = []
    for code, level in zip(structure["code"], structure["level"], strict=True):
        below = items[under[code]]
        some = level > 0 and len(under[code]) > 1
        rows.append(
            (
                code,
                agreement.cronbach_alpha(below).value if some else NAN,
                agreement.pc1_share(below).value if some else NAN,
                rest.get(code, NAN),
                _squared_r(values, code, parent[code]) if parent[code] else NAN,
            )
        )
    names = ["code", "cronbach_alpha", "pc1_share", "item_rest_r", "main_effect_si"]
    weight = aggregate.effective_weights(structure).to_numpy()
    return pd.DataFrame(rows, columns=names).assign(effective_weight=weight)


def _metrics(
    marks: pd.DataFrame, levels: list[float], peers: Calibrated, seed: int
) -> Iterator[tuple[str, Agreement]]:
    seats, resamples = _seats(marks), peers.config.resamples
    scale = levels if len(levels) > 1 else None
    n_raters = marks["rater"].nunique()
    for name, found in (
        ("krippendorff_alpha",
         agreement.krippendorff_alpha(seats, bootstrap=resamples, seed=seed)),
        ("gwet_ac2",
         agreement.gwet_ac2(seats, levels=scale, bootstrap=resamples, seed=seed)),
    ):  # fmt: skip
        yield name, _by(found, n_raters)
    team = _largest_team(marks)
    yield "icc_single", agreement.icc(team)
    yield "icc_mean", agreement.icc(team, of="mean")
    yield "weighted_kappa", agreement.pairwise_kappa(marks, weights="quadratic", levels=scale)
    yield "phi", _phi(marks, peers)


def _by(found: Agreement, n_raters: int) -> Agreement:
    """The same, by as many raters as there were: the table has a column per seat, not per rater."""
    return Agreement(found.value, found.lo, found.hi, found.n_units, n_raters, found.n_values,
                     found.status)  # fmt: skip


def _seats(marks: pd.DataFrame) -> pd.DataFrame:
    """Units (a statement of a city) by seats: who sits in which does not matter."""
    seat = marks.groupby(["city", "statement"]).cumcount()
    return (
        marks.assign(seat=seat)
        .set_index(["city", "statement", "seat"])["value"]
        .unstack()
        .reset_index(drop=True)
    )


def _largest_team(marks: pd.DataFrame) -> pd.DataFrame:
    """Units by raters, of the raters who together marked most cities (the first of equals)."""
    teams: dict[str, set[str]] = {}
    for city, rater in marks[["city", "rater"]].drop_duplicates().itertuples(index=False):
        teams.setdefault(city, set()).add(rater)
    cities: dict[tuple[str, ...], list[str]] = {}
    for city, team in teams.items():
        if len(team) > 1:
            cities.setdefault(tuple(sorted(team)), []).append(city)
    if not cities:
        return pd.DataFrame(np.zeros((0, 0)))
    chosen = min(cities.items(), key=lambda each: (-len(each[1]), each[0]))[1]
    there = marks.loc[marks["city"].isin(chosen)]
    return there.pivot(index=["city", "statement"], columns="rater", values="value").dropna()


def _phi(marks: pd.DataFrame, peers: Calibrated) -> Agreement:
    variances = peers.fitted.variances.set_index("source")["variance"]
    n_raters, n = marks["rater"].nunique(), len(marks)
    cities = marks["city"].nunique()
    if not n or variances.isna().any():
        return Agreement(NAN, NAN, NAN, cities, n_raters, n, "low_n")
    raters = marks.groupby("city")["rater"].nunique().mean()
    statements = marks.groupby("city")["statement"].nunique().mean()
    value = agreement.g_coefficient(variances, raters, statements, marks["role"].nunique())
    return Agreement(value, NAN, NAN, cities, n_raters, n, "ok")


def _squared_r(values: pd.DataFrame, child: str, whole: str) -> float:
    x, y = values[[child, whole]].dropna().to_numpy().T
    if len(x) < 3 or np.ptp(x) < 1e-9 or np.ptp(y) < 1e-9:
        return NAN
    a, b = x - x.mean(), y - y.mean()
    return float((a * b).sum() ** 2 / ((a**2).sum() * (b**2).sum()))
