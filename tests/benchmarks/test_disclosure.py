"""What is hidden, what must then be hidden too, and an attacker who tries to find out."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from benchmarks.attack import audit
from benchmarks.disclosure import FIGURES, suppress, whole_points

CITIES = [f"c{n:02}" for n in range(40)]


def the_values(values, round_id="2026", code="overall", series="peer"):
    rows = [(round_id, city, code, series, value) for city, value in values.items()]
    table = pd.DataFrame(rows, columns=["round", "city", "code", "series", "value"])
    return table.astype({"value": float})


def spread(cities, seed=1):
    """Values well within the scale."""
    lot = np.random.default_rng(seed)
    return {city: float(lot.uniform(30, 70)) for city in cities}


def the_groups(**groups):
    return pd.DataFrame(
        [(group, city) for group, names in groups.items() for city in names],
        columns=["group", "city"],
    )


def shown(values, groups, **choices):
    table = suppress(the_values(values), the_groups(**groups), **choices).figures
    return table.set_index("group")


def reasons(table):
    return {
        group: row["reason"] if row["suppressed"] else ""
        for group, row in table.to_dict("index").items()
    }


def test_five_others_show_a_mean_and_a_median_and_eight_show_quartiles():
    values = spread(CITIES[:30])
    table = shown(values, {"four": CITIES[:4], "five": CITIES[5:10], "eight": CITIES[10:18]})

    assert reasons(table) == {"eight": "", "five": "", "four": "suppressed_small_n"}
    assert table["mean"].notna().tolist() == [True, True, False]
    assert table["q1"].notna().tolist() == [True, False, False]
    assert table.at["five", "reason"] == "suppressed_small_n"
    assert table["n"].tolist() == [8, 5, 4]


def test_there_is_no_lowest_no_highest_and_no_spread():
    assert list(FIGURES) == [
        "round", "group", "code", "series", "n", "mean", "median", "q1", "q3",
        "suppressed", "frozen", "reason",
    ]  # fmt: skip


def test_shown_values_are_whole_points_rounded_half_up():
    values = dict(zip(CITIES, [10, 20, 30, 40, 52.5, 62.5, 70, 80], strict=False))
    row = shown(values, {"all": CITIES[:8]}).iloc[0]

    assert row[["mean", "median", "q1", "q3"]].tolist() == [46, 46, 28, 64]
    assert [whole_points(x) for x in (0.5, 1.5, 2.4999999999, 2.4)] == [1, 2, 3, 2]


def test_a_city_that_reads_its_own_group_needs_five_others():
    values = spread(CITIES[:12])
    groups = {"five": CITIES[:5], "six": CITIES[6:12]}

    assert reasons(shown(values, groups, insiders=CITIES)) == {
        "five": "suppressed_small_n",
        "six": "",
    }
    assert reasons(shown(values, groups, insiders=["c00"]))["five"] == "suppressed_small_n"
    assert reasons(shown(values, groups, insiders=["c20"]))["five"] == ""


def test_few_hidden_cities_among_named_ones_are_hidden_with_the_group():
    values = spread(CITIES[:20])
    groups = {"all": CITIES[:20], "open": CITIES[:8]}

    assert reasons(shown(values, groups, consenting=CITIES[:17])) == {
        "all": "suppressed_small_n",
        "open": "",
    }
    assert reasons(shown(values, groups, consenting=CITIES[:15])) == {"all": "", "open": ""}


def test_what_is_shown_holds_for_all_who_read_it():
    """For those who see the named ones, and for those who do not see them yet."""
    values = spread(CITIES[:20])
    groups = {"all": CITIES[:20], "less": CITIES[:17], "open": CITIES[:8]}
    named = {"consenting": CITIES[:8] + CITIES[17:20]}

    assert reasons(shown(values, groups, **named)) == {"all": "", "less": "", "open": ""}
    assert reasons(shown(values, groups)) == {
        "all": "",
        "less": "suppressed_complementary",
        "open": "",
    }
    assert reasons(shown(values, groups, **named, others_see=[()])) == {
        "all": "",
        "less": "suppressed_complementary",
        "open": "",
    }
    few = {"consenting": CITIES[:17]}
    assert reasons(shown(values, groups, **few, others_see=[()]))["all"] == "suppressed_small_n"


def test_only_cities_that_agreed_are_named():
    published = suppress(
        the_values(spread(CITIES[:9])), the_groups(all=CITIES[:9]), consenting=["c03", "c30"]
    )

    assert published.identified["city"].tolist() == ["c03"]


def test_of_two_groups_that_differ_by_one_to_four_the_smaller_goes():
    values = spread(CITIES)

    for more, word in ((1, True), (4, True), (5, False)):
        table = shown(values, {"inner": CITIES[:10], "outer": CITIES[: 10 + more]})
        assert (reasons(table)["inner"] == "suppressed_complementary") is word
        assert not table.at["outer", "suppressed"]


def test_overlapping_groups_differ_by_all_that_is_in_one_only():
    values = spread(CITIES)

    two_each = shown(values, {"a": CITIES[:10], "b": CITIES[2:12]})
    three_each = shown(values, {"a": CITIES[:10], "b": CITIES[3:13]})

    assert reasons(two_each) == {"a": "suppressed_complementary", "b": ""}
    assert reasons(three_each) == {"a": "", "b": ""}


def test_it_is_repeated_until_nothing_changes():
    chain = {f"g{k}": CITIES[: 8 + 3 * k] for k in range(4)}
    table = shown(spread(CITIES), chain)

    # Each differs from the next by 3 and from the one after it by 6.
    assert reasons(table) == {
        "g0": "suppressed_complementary",
        "g1": "suppressed_complementary",
        "g2": "suppressed_complementary",
        "g3": "",
    } or reasons(table) == {
        "g0": "suppressed_complementary",
        "g1": "",
        "g2": "suppressed_complementary",
        "g3": "",
    }
    left = [8 + 3 * int(group[1]) for group, row in table.iterrows() if not row["suppressed"]]
    assert all(b - a >= 5 for a, b in pairwise(left))


def test_three_groups_that_together_give_one_city_away_are_not_all_shown():
    groups = {"a": CITIES[:10], "b": CITIES[10:20], "all": CITIES[:21]}
    table = shown(spread(CITIES), groups)

    # No two differ by few, but all less a less b is c20.
    assert list(reasons(table).values()).count("suppressed_complementary") == 1
    assert not audit(suppress(the_values(spread(CITIES)), the_groups(**groups)))["determined"].any()


def test_two_cities_left_over_are_hidden_from_each_other():
    groups = {"a": CITIES[:10], "b": CITIES[10:20], "all": CITIES[:22]}
    values = spread(CITIES)

    # All less a less b is c20 and c21: each of them knows one.
    assert not shown(values, groups)["suppressed"].any()
    assert shown(values, groups, insiders=["c20"])["suppressed"].sum() == 1
    assert not shown(values, groups, insiders=["c00"])["suppressed"].any()


def test_a_group_at_the_end_of_the_scale_gives_all_its_cities_away():
    same = dict.fromkeys(CITIES[:6], 99.0)

    assert reasons(shown(same, {"top": CITIES[:6]})) == {"top": "suppressed_complementary"}
    assert reasons(shown(dict.fromkeys(CITIES[:6], 90.0), {"top": CITIES[:6]})) == {"top": ""}


def versions(first, second, groups_then, groups_now, **choices):
    before = suppress(the_values(first), the_groups(**groups_then), **choices)
    now = suppress(the_values(second), the_groups(**groups_now), earlier=[before], **choices)
    return before, now


def test_one_city_more_leaves_the_earlier_version_standing():
    values = spread(CITIES)
    before, now = versions(values, values, {"all": CITIES[:10]}, {"all": CITIES[:11]})

    assert now.figures["frozen"].tolist() == [True]
    columns = ["n", "mean", "median", "q1", "q3"]
    assert now.figures[columns].equals(before.figures[columns])
    assert sorted(now.members["city"]) == CITIES[:10]


def test_five_changes_thaw_it_and_the_same_cities_never_froze():
    values = spread(CITIES)
    joined = {"all": CITIES[:15]}
    swapped = {"all": [*CITIES[:8], *CITIES[20:23]]}

    for later, frozen in ((joined, False), (swapped, False), ({"all": CITIES[:10]}, False),
                          ({"all": CITIES[:14]}, True)):  # fmt: skip
        _, now = versions(values, values, {"all": CITIES[:10]}, later)
        assert now.figures["frozen"].tolist() == [frozen]


def test_a_frozen_figure_stays_known_when_only_the_last_version_is_at_hand():
    values = spread(CITIES)
    before, now = versions(values, values, {"all": CITIES[:10]}, {"all": CITIES[:12]})
    third = suppress(the_values(values), the_groups(all=CITIES[:13]), earlier=[now])
    both = suppress(the_values(values), the_groups(all=CITIES[:13]), earlier=[before, now])

    assert third.figures.equals(both.figures)
    assert third.figures["frozen"].tolist() == [True]


def test_a_new_group_is_held_against_what_was_shown_before():
    values = spread(CITIES)
    _, now = versions(values, values, {"a": CITIES[:10]}, {"b": CITIES[:9]})

    assert reasons(now.figures.set_index("group")) == {"b": "suppressed_complementary"}


def test_another_round_is_another_matter():
    values = spread(CITIES)
    before = suppress(the_values(values, "2024"), the_groups(all=CITIES[:10]))
    now = suppress(the_values(values, "2026"), the_groups(all=CITIES[:11]), earlier=[before])

    assert now.figures["frozen"].tolist() == [False]


def test_a_corrected_score_is_published():
    values = spread(CITIES[:10])
    _, now = versions(values, values | {"c00": 100.0}, {"all": CITIES}, {"all": CITIES})

    assert now.figures["frozen"].tolist() == [False]
    assert now.figures["mean"].iloc[0] == whole_points(
        np.mean(list((values | {"c00": 100.0}).values()))
    )


def narrowest(published, known):
    """Another attacker: one unknown per city, no atoms, means only, over all versions."""
    figures = pd.concat([each.figures.assign(v=v) for v, each in enumerate(published)])
    figures = figures.loc[~figures["suppressed"]]
    who = pd.concat([each.members.assign(v=v) for v, each in enumerate(published)])
    hidden = sorted(set(who["city"]) - known.keys())
    rows, low, high = [], [], []
    for v, group, n, mean in figures[["v", "group", "n", "mean"]].itertuples(index=False):
        cities = set(who.loc[(who["v"] == v) & (who["group"] == group), "city"])
        assert len(cities) == n
        rest = sum(value for city, value in known.items() if city in cities)
        rows.append([float(city in cities) for city in hidden])
        low.append(n * (mean - 0.5) - rest)
        high.append(n * (mean + 0.5) - rest)
    matrix, width = np.array(rows).reshape(len(rows), len(hidden)), {}
    for place, city in enumerate(hidden):
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(hidden))
            aim[place] = sign
            solved = linprog(
                aim,
                A_ub=np.vstack([matrix, -matrix]),
                b_ub=np.concatenate([high, -np.array(low)]),
                bounds=(0, 100),
            )
            assert solved.success
            ends.append(sign * solved.fun)
        width[city] = ends[1] - ends[0]
    return width


@st.composite
def a_world(draw):
    """Cities, groups nested and overlapping, who is named, who reads along; then some change."""
    n = draw(st.integers(6, 18))
    cities = CITIES[:n]
    levels = st.sampled_from([0.0, 2.0, 50.0, 97.0, 100.0]) | st.floats(0, 100)
    values = draw(st.lists(levels, min_size=n, max_size=n))
    subset = st.lists(st.sampled_from(cities), min_size=4, unique=True)
    sets = draw(st.lists(subset, min_size=1, max_size=5))
    nested = [chosen[: len(chosen) - draw(st.integers(1, 6))] for chosen in sets[:2]]
    groups = {f"g{k}": chosen for k, chosen in enumerate([cities, *sets, *nested]) if chosen}
    named = draw(st.lists(st.sampled_from(cities), max_size=4, unique=True))
    insiders = draw(st.sampled_from([[], cities, cities[:1]]))
    later = draw(st.integers(0, 4))
    return dict(zip(cities, values, strict=True)), groups, named, insiders, later


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(a_world())
def test_no_hidden_city_is_ever_held_within_five_points(world):
    values, groups, named, insiders, later = world
    first = dict(list(values.items())[later:])
    before, now = versions(
        first, values, groups, groups, consenting=named, insiders=insiders
    )  # fmt: skip

    for view in [None, *insiders[:3]]:
        known = {city: values[city] for city in {*named, *([view] if view else [])}}
        found = audit([before, now], known=the_values(known))
        assert not found["determined"].any()
        assert not found["pinned"].any()
        assert (found["hi"] - found["lo"] > 10).all()
        assert set(found["city"]).isdisjoint(known)
        assert all(
            lo - 1e-6 <= values[city] <= hi + 1e-6
            for city, lo, hi in found[["city", "lo", "hi"]].itertuples(index=False)
        )
        if view is None:
            other = narrowest([before, now], known)
            assert all(width > 10 for width in other.values())


def test_networks_with_groups_as_cities_have_them_give_nobody_away():
    """RULES G5 to G7 over everybody, by country, by size and by share, read by all members."""
    left = []
    for seed in range(16):
        lot = np.random.default_rng(seed)
        cities = CITIES[: int(lot.integers(8, 36))]
        kinds = {"country": "ABC", "size": "1234", "share": "lmh"}
        groups = {"all": cities}
        for kind, words in kinds.items():
            trait = lot.choice(list(words), len(cities))
            groups |= {
                f"{kind}:{word}": [c for c, t in zip(cities, trait, strict=True) if t == word]
                for word in words
            }
        values = dict(zip(cities, lot.uniform(0, 100, len(cities)), strict=True))
        table, public = the_values(values), lot.choice(cities, int(lot.integers(0, 6)), False)
        published = suppress(table, the_groups(**groups), consenting=public, insiders=cities)
        left.append((~published.figures["suppressed"]).mean())
        if seed % 8 == 0:
            for view in cities[:3]:
                found = audit(published, known=the_values({view: values[view]}))
                assert not (found["determined"] | found["pinned"]).any()
        assert not audit(published)["pinned"].any()

    assert np.mean(left) > 0.4


def test_nobody_at_all_gives_the_columns_and_no_row():
    published = suppress(the_values({}), the_groups(all=CITIES))

    assert (list(published.figures.columns), len(published.figures)) == (list(FIGURES), 0)
    assert audit(published).empty


def test_a_city_without_a_value_does_not_count():
    values = spread(CITIES[:5]) | {"c10": np.nan}

    assert shown(values, {"all": CITIES})["n"].tolist() == [5]


def test_a_city_twice_is_refused():
    twice = pd.concat([the_values({"a": 1.0}), the_values({"a": 2.0})])

    with pytest.raises(ValueError, match="twice"):
        suppress(twice, the_groups(all="a"))


def test_gaps_have_their_own_scale():
    values = dict.fromkeys(CITIES[:8], -40.0)
    published = suppress(the_values(values), the_groups(all=CITIES[:8]), scale=(-100, 100))

    assert published.figures["mean"].tolist() == [-40]
    assert audit(published, scale=(-100, 100))["lo"].tolist() == [-100] * 8


def test_neither_the_order_of_rows_nor_of_columns_changes_a_byte():
    lot = np.random.default_rng(1)
    values = pd.concat([the_values(spread(CITIES, seed), code=f"k{seed}") for seed in range(2)])
    groups = the_groups(
        all=CITIES, **{f"g{k}": lot.choice(CITIES, 8 + k, replace=False) for k in range(4)}
    )

    def everything(values, groups, cities):
        first = suppress(values, groups, consenting=cities[:3], insiders=cities)
        second = suppress(values, groups, consenting=cities[:3], insiders=cities, earlier=[first])
        tables = (first.figures, first.members, first.identified, second.figures, audit(second))
        return "".join(each.to_csv() for each in tables)

    assert everything(values, groups, CITIES) == everything(
        values.sample(frac=1, random_state=1).iloc[:, ::-1],
        groups.sample(frac=1, random_state=2).iloc[:, ::-1],
        CITIES,
    )
