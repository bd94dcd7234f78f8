"""Calibrated reviewers: against the equations written out, against rounds whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from benchmarks import severity
from benchmarks.config import BenchmarkConfig

NAMES = ["city", "role", "statement", "rater"]
# What each random part of the model stands for, in the order of the variances.
COLUMNS = (["city"], ["city", "role"], ["rater"], ["statement"], ["city", "rater"])


def marks(*lines):
    """Marks from lines such as "Ghent pm pm.1 ann 75"."""
    table = pd.DataFrame([line.split() for line in lines], columns=[*NAMES, "value"])
    return table.astype({"value": float})


def crossed(value, cities=4, statements=3, raters=3):
    """Every rater marks every statement of every city: `value(city, statement, rater)`."""
    return marks(
        *(
            f"c{c} pm s{s} r{r} {value(c, s, r)}"
            for c in range(cities)
            for s in range(statements)
            for r in range(raters)
        )
    )


def a_round(seed, cities=24, reviewers=18, each=3, statements=6, roles=2, harsh=16.0, spread=10.0,
            common=0.0):  # fmt: skip
    """A drawn round that follows the model, and the true score of every city and role.

    `common` is the deviation of what all roles of a city share.
    """
    lot = np.random.default_rng(seed)
    a = lot.normal(0, spread, (cities, roles))
    s = lot.normal(0, harsh, reviewers)
    d = lot.normal(0, 8, (roles, statements))
    who = np.array([lot.choice(reviewers, each, replace=False) for _ in range(cities)])
    y = 50 + a[:, None, :, None] + s[who][:, :, None, None] + d
    y = y + lot.normal(0, 4, (cities, each, 1, 1))
    y = y + lot.normal(0, 12, y.shape)
    shared = lot.normal(0, common, cities) if common else np.zeros(cities)
    a, y = a + shared[:, None], y + shared[:, None, None, None]
    c, r, k, j = (index.ravel() for index in np.indices(y.shape))
    table = pd.DataFrame(
        {
            "city": [f"c{n:02}" for n in c],
            "role": [f"k{n}" for n in k],
            "statement": [f"k{n}.{m}" for n, m in zip(k, j, strict=True)],
            "rater": [f"r{n:02}" for n in who[c, r]],
            "value": y.ravel(),
        }
    )
    return table, (50 + a + d.mean(1)).ravel()


def in_one(fitted):
    tables = (fitted.scores, fitted.raters, fitted.variances, fitted.components)
    text = "".join(table.to_csv(float_format="%.17g") for table in tables)
    return text.encode() + fitted.posterior.covariance().tobytes()


def values(fitted):
    return fitted.scores.set_index(["city", "role"])["value"]


def order(fitted):
    return rankdata(fitted.scores["value"]).tolist()


def dense(table, variances):
    """The same model with nothing left out: one row and column for every mark and unknown."""

    def one(*columns):
        return pd.get_dummies(table[list(columns)].agg("|".join, axis=1), dtype=float)

    x = one("role")
    parts = [one(*columns) for columns in COLUMNS]
    z = np.hstack([part.to_numpy() for part in parts])
    v = np.asarray(variances)
    y = table["value"].to_numpy()
    prior = np.concatenate(
        [np.full(part.shape[1], 1 / u) for part, u in zip(parts, v, strict=False)]
    )
    w = np.hstack([x.to_numpy(), z])
    penalty = np.diag(np.concatenate([np.zeros(x.shape[1]), prior]))
    inverse = np.linalg.inv(w.T @ w / v[-1] + penalty)
    solution = inverse @ w.T @ y / v[-1]
    names = [("level", name) for name in x]
    for kind, part in zip("CASDB", parts, strict=True):
        names += [(kind, name) for name in part]
    return names, solution, inverse


def dense_deviance(table, variances):
    """Minus twice the restricted likelihood, by the full covariance matrix of the marks."""
    y, v = table["value"].to_numpy(), variances[-1] * np.eye(len(table))
    for size, by in zip(variances, COLUMNS, strict=False):
        group = table.groupby(by).ngroup().to_numpy()
        v += size * (group[:, None] == group)
    x = pd.get_dummies(table["role"], dtype=float).to_numpy()
    inverse = np.linalg.inv(v)
    inner = x.T @ inverse @ x
    left = y - x @ np.linalg.solve(inner, x.T @ inverse @ y)
    return np.linalg.slogdet(v)[1] + np.linalg.slogdet(inner)[1] + left @ inverse @ left


@pytest.fixture(scope="module")
def small():
    table, _ = a_round(3, cities=8, reviewers=6, statements=4, common=10)
    table = table.sort_values(NAMES, ignore_index=True)
    return table, severity.fit(table)


def test_the_variances_are_those_of_the_greatest_restricted_likelihood(small):
    table, fitted = small
    found = fitted.variances["variance"].to_numpy()

    best = dense_deviance(table, found)
    nearby = [
        dense_deviance(table, found * np.exp(step * np.eye(6)[which]))
        for which in range(6)
        for step in (-0.001, 0.001)
    ]

    assert (found > 1).all()
    assert best < min(nearby)
    slopes = [(nearby[2 * which + 1] - nearby[2 * which]) / 0.002 for which in range(6)]
    assert slopes == pytest.approx([0] * 6, abs=1e-3)


def test_scores_severities_and_their_covariance_solve_the_equations_written_out(small):
    table, fitted = small
    names, solution, inverse = dense(table, fitted.variances["variance"])
    raters = [place for place, (kind, _) in enumerate(names) if kind == "S"]
    wanted = np.zeros((len(fitted.scores), len(names)))
    for row, (city, role) in enumerate(zip(fitted.scores.city, fitted.scores.role, strict=True)):
        for column, (kind, name) in enumerate(names):
            mine = (kind, name) in {("level", role), ("C", city), ("A", f"{city}|{role}")}
            of_role = kind == "D" and name.startswith(role)
            wanted[row, column] = mine + of_role / 4 + (kind == "S") / len(raters)

    covariance = wanted @ inverse @ wanted.T
    centred = np.eye(len(raters)) - 1 / len(raters)
    spread = centred @ inverse[np.ix_(raters, raters)] @ centred

    assert fitted.scores["value"].tolist() == pytest.approx(wanted @ solution, abs=1e-9)
    assert fitted.posterior.covariance() == pytest.approx(covariance, abs=1e-9)
    assert fitted.scores["se"].tolist() == pytest.approx(np.sqrt(np.diag(covariance)), abs=1e-9)
    assert fitted.raters["severity"].tolist() == pytest.approx(-solution[raters], abs=1e-9)
    assert fitted.raters["se"].tolist() == pytest.approx(np.sqrt(np.diag(spread)), abs=1e-9)


def test_a_balanced_round_gives_the_variances_of_its_mean_squares():
    """One statement, all raters for all cities: REML is the analysis of variance by hand.

    Marks 40 50 / 50 62 / 60 80: city means 45 56 70, rater means 50 64, in all 57, and left
    over +-2, +-1, +-3. Mean squares: cities 2 x (144 + 1 + 169) / 2 = 314, raters
    3 x (49 + 49) / 1 = 294, left over 2 x (4 + 1 + 9) / 2 = 14. So the variances are
    (314 - 14) / 2 = 150 for cities and (294 - 14) / 3 = 93.33 for raters.
    """
    table = marks("a pm s x 40", "a pm s y 50", "b pm s x 50", "b pm s y 62", "c pm s x 60",
                  "c pm s y 80")  # fmt: skip

    fitted = severity.fit(table)

    assert fitted.variances["source"].tolist() == list(severity.SOURCES)
    assert fitted.variances["variance"].tolist() == pytest.approx([150, 0, 280 / 3, 0, 0, 14])
    # A city's mean is held back by 150 / (150 + 14 / 2), a rater's by 93.33 / (93.33 + 14 / 3).
    held = 150 / 157
    assert values(fitted).tolist() == pytest.approx([57 - 12 * held, 57 - held, 57 + 13 * held])
    assert fitted.raters["severity"].tolist() == pytest.approx([7 * 20 / 21, -7 * 20 / 21])


def test_marks_without_error_give_back_what_they_were_made_of():
    fitted = severity.fit(crossed(lambda c, s, r: 40 + 10 * c + 3 * s - 5 * r))

    assert values(fitted).tolist() == pytest.approx([38, 48, 58, 68], abs=1e-3)
    assert fitted.raters["severity"].tolist() == pytest.approx([-5, 0, 5], abs=1e-3)


def test_calibrated_scores_beat_plain_means_and_their_intervals_hold():
    covered, ranks, errors = [], [], []
    for seed in range(50):
        table, truth = a_round(seed)
        fitted = severity.fit(table)
        plain = table.groupby(["city", "role"])["value"].mean().to_numpy()
        covariance = fitted.posterior.covariance()
        for role in ("k0", "k1"):
            mine = (fitted.scores["role"] == role).to_numpy()
            real, got, raw = truth[mine], fitted.scores["value"].to_numpy()[mine], plain[mine]
            c = covariance[np.ix_(mine, mine)]
            one, other = np.triu_indices(len(real), 1)
            se = np.sqrt(c[one, one] + c[other, other] - 2 * c[one, other])
            off = (got[one] - got[other]) - (real[one] - real[other])
            covered.append(np.mean(np.abs(off) <= 1.96 * se))
            at = rankdata(real)
            ranks.append([np.corrcoef(at, rankdata(x))[0, 1] for x in (raw, got)])
            errors.append(
                [np.abs((x - x.mean()) - (real - real.mean())).mean() for x in (raw, got)]
            )

    raw_rank, rank = np.mean(ranks, axis=0)
    raw_error, error = np.mean(errors, axis=0)
    assert 0.93 <= np.mean(covered) <= 0.97
    assert rank > 0.85 > 0.75 > raw_rank
    assert error < raw_error / 2
    assert (np.diff(ranks) > 0).all()
    assert (np.diff(errors) < 0).all()


def test_the_severities_of_a_component_sum_to_zero(small):
    _, fitted = small

    assert fitted.raters["severity"].sum() == pytest.approx(0, abs=1e-9)


def test_joint_draws_have_the_mean_and_the_covariance_of_the_scores(small):
    _, fitted = small
    draws = fitted.posterior.draw(20_000, np.random.default_rng(5))
    again = fitted.posterior.draw(20_000, np.random.default_rng(5))

    assert draws.shape == (20_000, len(fitted.scores))
    assert draws.tobytes() == again.tobytes()
    assert draws.mean(0) == pytest.approx(fitted.scores["value"].to_numpy(), abs=0.3)
    covariance = fitted.posterior.covariance()
    assert np.cov(draws.T) == pytest.approx(covariance, abs=0.05 * covariance.max())


def test_the_order_of_rows_and_columns_changes_no_byte():
    table, _ = a_round(1, cities=10, reviewers=6)
    mixed = table.sample(frac=1, random_state=4)[["value", "rater", "role", "city", "statement"]]

    assert in_one(severity.fit(mixed)) == in_one(severity.fit(table))


def test_other_names_give_the_same_numbers_under_the_other_names():
    table, _ = a_round(2, cities=10, reviewers=6)
    renamed = {
        column: dict(zip(sorted(set(table[column])), reversed(sorted(set(table[column]))),
                         strict=True))
        for column in ("city", "rater")
    }  # fmt: skip
    other = severity.fit(table.replace(renamed))
    first = severity.fit(table)

    expected = first.scores.replace(renamed).sort_values(["city", "role"], ignore_index=True)
    pd.testing.assert_frame_equal(other.scores, expected, rtol=1e-8)
    people = first.raters.replace(renamed).sort_values("rater", ignore_index=True)
    pd.testing.assert_frame_equal(other.raters, people, rtol=1e-6, atol=1e-9)


def test_one_reviewer_marking_lower_throughout_changes_no_order():
    whole = crossed(lambda c, s, r: 30 + 7 * c + 2 * s + 4 * r + (5 * c + 3 * s + 2 * r) % 4)
    part, _ = a_round(8, cities=12, reviewers=6, roles=1, statements=12, spread=25.0)

    for table, rater in ((whole, "r1"), (part, "r02")):
        lower = table.assign(value=table["value"] - 15 * (table["rater"] == rater))
        assert order(severity.fit(lower)) == order(severity.fit(table))


def test_moving_every_mark_moves_every_score_and_nothing_else(small):
    table, fitted = small
    moved = severity.fit(table.assign(value=table["value"] + 10))

    assert values(moved).tolist() == pytest.approx((values(fitted) + 10).tolist())
    assert moved.raters["severity"].tolist() == pytest.approx(fitted.raters["severity"].tolist())


def test_a_city_with_fewer_than_three_raters_has_an_interval_of_student():
    table, _ = a_round(4, cities=12, reviewers=6, roles=1)
    raters = sorted(set(table.loc[table["city"] == "c00", "rater"]))
    pair = severity.fit(table.loc[~((table["city"] == "c00") & (table["rater"] == raters[0]))])
    lone = severity.fit(table.loc[~((table["city"] == "c00") & table["rater"].isin(raters[:2]))])

    row = [(f.scores["hi"] - f.scores["value"]) / f.scores["se"] for f in (pair, lone)]
    assert [reach.iloc[0] for reach in row] == pytest.approx([12.7062047] * 2)
    assert row[0].iloc[1] == pytest.approx(1.96)
    assert lone.scores["reason"].iloc[0] == "single_rater"
    assert lone.scores["calibrated"].iloc[0]
    assert pair.scores["reason"].isna().all()


def test_one_rater_for_each_city_is_not_calibrated():
    table = crossed(lambda c, s, r: 20 * c + 10 * s, raters=1).assign(
        rater=lambda t: t["city"].map({"c0": "x", "c1": "x", "c2": "y", "c3": "y"})
    )

    fitted = severity.fit(table)

    assert fitted.components["reason"].tolist() == ["few_raters_per_city"] * 2
    assert values(fitted).tolist() == [10, 30, 50, 70]
    assert fitted.scores[["se", "lo", "hi"]].isna().all(axis=None)
    assert fitted.raters[["severity", "se", "infit"]].isna().all(axis=None)
    assert np.isnan(fitted.posterior.draw(2, np.random.default_rng(0))).all()


def test_raters_who_each_see_one_city_are_not_calibrated():
    table = crossed(lambda c, s, r: 10 * c + 5 * r + s).assign(
        rater=lambda t: t["city"] + t["rater"]
    )

    fitted = severity.fit(table)

    assert fitted.scores["calibrated"].tolist() == [False] * 4
    assert set(fitted.scores["reason"]) == {"few_cities_per_rater"}
    assert fitted.components["component"].tolist() == [1, 2, 3, 4]


def test_raters_who_do_not_differ_leave_the_plain_means():
    table = crossed(lambda c, s, r: 10 * c + [0, 6, 3][(c + s + r) % 3])

    fitted = severity.fit(table)

    assert set(fitted.scores["reason"]) == {"no_rater_variance"}
    assert values(fitted).tolist() == pytest.approx([3, 13, 23, 33])
    assert fitted.variances["variance"].iloc[1] == 0


def test_marks_all_alike_are_no_ground_for_calibration():
    fitted = severity.fit(crossed(lambda c, s, r: 50))

    assert set(fitted.scores["reason"]) == {"no_rater_variance"}
    assert values(fitted).tolist() == [50] * 4
    assert fitted.raters["flag"].tolist() == ["no_variance"] * 3
    assert fitted.variances["variance"].isna().all()


def test_components_are_calibrated_apart():
    table, _ = a_round(6, cities=8, reviewers=5)
    other, _ = a_round(7, cities=6, reviewers=4)
    other = other.assign(city="d" + other["city"], rater="q" + other["rater"])
    alone = marks("z k0 k0.0 zoe 10", "z k0 k0.1 zoe 30")
    higher = other.assign(value=other["value"] + 40)

    fitted = severity.fit(pd.concat([table, other, alone]))
    moved = severity.fit(pd.concat([table, higher, alone]))

    assert fitted.components["n_cities"].tolist() == [8, 6, 1]
    assert fitted.components["calibrated"].tolist() == [True, True, False]
    sums = fitted.raters.groupby("component")["severity"].sum(min_count=1)
    assert sums.tolist() == pytest.approx([0, 0, np.nan], abs=1e-9, nan_ok=True)
    shift = (values(moved) - values(fitted)).groupby(fitted.scores["component"].to_numpy())
    assert shift.mean().tolist() == pytest.approx([0, 40, 0], abs=1e-6)
    assert values(fitted)[("z", "k0")] == 20
    covariance = fitted.posterior.covariance()
    assert np.isnan(covariance[-1]).all()
    assert not np.isnan(covariance[:-1, :-1]).any()


def test_a_score_is_over_what_applies_and_by_its_weights():
    table, _ = a_round(9, cities=10, reviewers=5, roles=1, statements=4)
    cities, codes = sorted(set(table["city"])), sorted(set(table["statement"]))
    applicable = pd.DataFrame(True, index=cities, columns=codes)
    applicable.loc["c00", codes[0]] = False
    gone = (table["city"] == "c00") & (table["statement"] == codes[0])
    only = pd.DataFrame([[0.0, 0.0, 0.0, 1.0]] * 10, index=cities, columns=codes)

    fitted = severity.fit(table, applicable=applicable)
    without = severity.fit(table.loc[~gone])
    one = severity.fit(table, weights=only)
    even = severity.fit(table)

    assert fitted.scores["n_items"].tolist() == [3, *[4] * 9]
    assert fitted.variances["variance"].tolist() == without.variances["variance"].tolist()
    shift = values(fitted) - values(without)
    assert shift.iloc[1:].tolist() == pytest.approx([0] * 9)
    assert abs(shift.iloc[0]) > 0.1
    spread = values(one) - values(even)
    assert spread.tolist() == pytest.approx([spread.iloc[0]] * 10)
    assert abs(spread.iloc[0]) > 0.1


def test_raters_are_flagged_who_never_vary_or_go_by_city_or_fit_badly():
    table, _ = a_round(11, cities=12, reviewers=6, each=4, statements=12)
    lot = np.random.default_rng(0)
    who = table["rater"]
    by_city = table.groupby(["city", "rater"])["value"].transform("mean")
    wild = table["value"] + lot.normal(0, 40, len(table))
    value = table["value"].mask(who == "r00", 50.0).mask(who == "r01", by_city)
    fitted = severity.fit(table.assign(value=value.mask(who == "r02", wild)))

    raters = fitted.raters.set_index("rater")
    assert raters["flag"].iloc[:3].tolist() == ["no_variance", "halo", "infit"]
    assert raters["infit"]["r02"] > 1.5
    assert raters["n_scores"].sum() == len(table)
    assert raters["n_cities"].sum() == 48


def test_infit_is_one_on_average_where_the_model_holds():
    fitted = severity.fit(a_round(12)[0])

    assert np.average(fitted.raters["infit"], weights=fitted.raters["n_scores"]) == pytest.approx(
        1, abs=0.05
    )
    assert fitted.raters["flag"].isna().all()


def test_scores_go_past_the_ends_of_the_scale():
    fitted = severity.fit(crossed(lambda c, s, r: 33 * c + (s + 2 * r + c) % 3 * 2 - 6 * r))

    assert values(fitted).min() < 0
    assert fitted.scores["hi"].max() > fitted.scores["value"].max()
    assert fitted.scores["lo"].min() < 0


def test_roles_come_in_the_order_of_the_charter():
    table = crossed(lambda c, s, r: 10 * c + r + s)
    both = pd.concat(
        [table.assign(role=role, statement=role + table["statement"]) for role in ("buyer", "pm")]
    )

    fitted = severity.fit(both, config=BenchmarkConfig(role_order=("pm",)))

    assert fitted.scores["role"].tolist() == ["pm", "buyer"] * 4


def test_no_marks_give_empty_tables_with_their_columns():
    fitted = severity.fit(pd.DataFrame(columns=[*NAMES, "value"]))

    assert [list(t.columns) for t in (fitted.scores, fitted.raters, fitted.components)] == [
        list(severity.SCORES),
        list(severity.RATERS),
        list(severity.COMPONENTS),
    ]
    assert len(fitted.scores) == len(fitted.raters) == len(fitted.components) == 0
    assert fitted.posterior.draw(3, np.random.default_rng(0)).shape == (3, 0)


def test_names_are_in_any_alphabet_and_one_mark_is_enough_to_run():
    fitted = severity.fit(marks("Łódź pm 1.1 Ζωή 50"))

    row = fitted.scores.iloc[0]
    assert (row["city"], row["value"], row["reason"]) == ("Łódź", 50, "few_raters_per_city")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="role"), "lack the columns role"),
        (lambda t: t.assign(value=t["value"].where(t.index > 0)), "empty or infinite"),
        (lambda t: pd.concat([t, t.iloc[:1]]), "two marks of one rater"),
        (lambda t: t.assign(role=["x", *t["role"].iloc[1:]]), "s0 under two roles"),
    ],
)
def test_what_cannot_be_computed_with_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        severity.fit(change(crossed(lambda c, s, r: c + s + r)))


def test_what_the_roles_of_a_city_share_is_not_taken_for_the_leniency_of_its_reviewers():
    """Without an effect of the whole city the calibrated order was worse than the plain one."""
    better = []
    for seed in range(6):
        table, truth = a_round(seed, roles=4, statements=8, spread=6, common=12, harsh=12)
        key = ["city", "role"]
        plain = table.groupby(key)["value"].mean()
        made = values(severity.fit(table)).reindex(plain.index)
        true = pd.Series(truth, index=plain.index)
        better.append([made.corr(true, "spearman"), plain.corr(true, "spearman")])
    calibrated, raw = np.mean(better, axis=0)

    assert calibrated > raw + 0.02
    assert calibrated > 0.9
