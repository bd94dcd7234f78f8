"""Who is compared with whom: bands, thirds, neighbours, and statistics without the city itself."""

import numpy as np
import pandas as pd

from benchmarks.peers import (
    compare,
    group_statistics,
    matched,
    named_groups,
    nearest,
    others,
    share_terciles,
    size_bands,
)

NAN = float("nan")


def a_city(name, country="BE", population=300_000, share=0.2):
    return {"city_id": name, "country": country, "population": population, "migrant_share": share}


def the_cities(*rows):
    columns = ["city_id", "country", "population", "migrant_share"]
    return pd.DataFrame(list(rows), columns=columns).astype({"population": "Int64"})


def scores(code="overall", series="peer", **values):
    rows = [("2026", city, code, series, float(value)) for city, value in values.items()]
    return pd.DataFrame(rows, columns=["round", "city", "code", "series", "value"])


def members(**groups):
    return pd.DataFrame(
        [(group, city) for group, names in groups.items() for city in names],
        columns=["group", "city"],
    )


def test_size_bands_part_at_a_quarter_a_half_and_a_whole_million():
    people = pd.Series(
        [249_999, 250_000, 499_999, 500_000, 1_000_000, 1_000_001, pd.NA], dtype="Int64"
    )

    assert size_bands(people).tolist() == [
        "<250k", "250-500k", "250-500k", "500k-1M", "500k-1M", ">1M", "",
    ]  # fmt: skip


def test_thirds_hold_equal_shares_together_and_need_three_cities():
    assert share_terciles(pd.Series([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])).tolist() == [
        "low", "low", "middle", "middle", "high", "high",
    ]  # fmt: skip
    assert share_terciles(pd.Series([0.1, 0.1, 0.1, 0.5, NAN])).tolist() == [
        "low", "low", "low", "high", "",
    ]  # fmt: skip
    assert share_terciles(pd.Series([0.2, 0.2, 0.2])).tolist() == ["middle"] * 3
    assert share_terciles(pd.Series([0.2, 0.9])).tolist() == ["", ""]


def test_a_city_is_in_a_group_of_every_kind_that_is_known_of_it():
    table = named_groups(
        the_cities(
            a_city("Gent", share=0.1),
            a_city("Łódź", "PL", 700_000, 0.2),
            a_city("Nowhere", "", pd.NA, 0.3),
        )
    )

    assert table.to_numpy().tolist() == [
        ["all", "Gent"], ["all", "Nowhere"], ["all", "Łódź"],
        ["country:BE", "Gent"], ["country:PL", "Łódź"],
        ["share:high", "Nowhere"], ["share:low", "Gent"], ["share:middle", "Łódź"],
        ["size:250-500k", "Gent"], ["size:500k-1M", "Łódź"],
    ]  # fmt: skip


def test_the_nearest_by_hand():
    # Log populations 0, 1, 2 below e^12 have mean 1 and sd 1; the shares tell nothing apart.
    table = nearest(
        the_cities(
            a_city("a", population=round(np.exp(12))),
            a_city("b", "FR", round(np.exp(13))),
            a_city("c", population=round(np.exp(14))),
        ),
        k=2,
    )

    assert table[["city", "peer", "place"]].to_numpy().tolist() == [
        ["a", "b", 1], ["a", "c", 2], ["b", "a", 1], ["b", "c", 2], ["c", "b", 1], ["c", "a", 2],
    ]  # fmt: skip
    expected = [1.5, 2, 1.5, 1.5, 1.5, 2]
    assert np.allclose(table["distance"], expected, atol=1e-5)


def test_equally_near_are_taken_by_name_and_nobody_is_his_own_peer():
    table = nearest(the_cities(*(a_city(name) for name in "dbca")), k=8)

    assert table.loc[table["city"] == "c", "peer"].tolist() == ["a", "b", "d"]
    assert table["distance"].eq(0).all()
    assert nearest(the_cities(a_city("a"))).empty
    assert nearest(the_cities()).empty


def test_what_is_not_known_counts_as_one_standard_deviation_and_as_another_country():
    table = nearest(
        the_cities(a_city("a", share=0.1), a_city("b", share=0.1), a_city("c", "", pd.NA, 0.9))
    ).set_index(["city", "peer"])["distance"]
    logit = np.array([-np.log(9), -np.log(9), np.log(9)])
    apart = (logit[2] - logit[0]) / logit.std(ddof=1)

    assert table["a", "b"] == 0
    assert np.isclose(table["a", "c"], np.hypot(1, apart) + 0.5)


def test_criteria_are_given_up_country_first_then_share_then_size():
    small = [a_city(f"b{n}", share=0.1) for n in range(6)]
    abroad = [a_city(f"f{n}", "FR", share=0.1) for n in range(4)]
    richer = [a_city(f"n{n}", "NL", share=0.5 + n / 100) for n in range(2)]
    large = [a_city(f"x{n}", "DE", 2_000_000, 0.9) for n in range(3)]

    table = matched(the_cities(*small, *abroad, *richer, *large)).groupby("city").first()

    assert table.loc[["b0", "f0", "n0", "x0"], ["criteria", "n"]].to_numpy().tolist() == [
        ["same country, size band and migrant share", 5],
        ["same size band and migrant share", 9],
        ["same size band", 11],
        ["all cities", 14],
    ]


def test_too_few_cities_are_all_there_with_their_number():
    table = matched(the_cities(*(a_city(name) for name in "abc")))

    assert set(table["criteria"]) == {"all cities"}
    assert table["n"].tolist() == [2] * 6
    assert matched(the_cities(a_city("a"))).empty


def test_a_citys_unknown_traits_match_nobody():
    table = matched(the_cities(*(a_city(f"c{n}", "", pd.NA, NAN) for n in range(8))))

    assert set(table["criteria"]) == {"all cities"}


def test_the_statistics_of_a_group_by_hand():
    table = group_statistics(
        scores(a=10, b=20, c=30, d=60, e=NAN), members(all="abcde", pair="ab", none="z")
    ).set_index("group")

    assert table.loc["all", ["n", "mean", "median", "q1", "q3", "min", "max"]].tolist() == [
        4, 30, 25, 17.5, 37.5, 10, 60,
    ]  # fmt: skip
    assert np.isclose(table.at["all", "sd"], np.sqrt(1400 / 3))
    assert table.loc["pair", ["n", "mean", "median"]].tolist() == [2, 15, 15]
    assert table.loc["pair", ["q1", "q3"]].isna().all()
    assert table.at["none", "n"] == 0
    assert np.isnan(table.at["none", "mean"])


def test_a_city_is_compared_with_the_others_and_never_with_itself():
    table = compare(scores(a=100, b=20, c=30, d=40), others(members(all="abcd"))).set_index("city")

    assert table.loc["a", ["value", "n_others", "mean", "median", "difference"]].tolist() == [
        100, 3, 30, 30, 70,
    ]  # fmt: skip
    assert table.loc["b", ["q1", "q3"]].tolist() == [35, 70]


def test_the_nearest_serve_as_peers_and_who_lists_itself_is_left_out():
    pairs = pd.DataFrame({"city": ["a", "a", "a"], "peer": ["a", "b", "c"]})

    table = compare(scores(a=90, b=20, c=30), pairs)

    assert table[["group", "city", "n_others", "mean"]].to_numpy().tolist() == [
        ["peers", "a", 2, 25]
    ]


def test_no_scores_or_no_groups_give_columns_and_no_rows():
    empty = scores()

    assert group_statistics(empty, members(all="ab")).empty
    assert group_statistics(scores(a=1), members()).empty
    assert list(compare(scores(a=1), others(members())).columns)[:3] == ["round", "group", "city"]


def test_the_quartiles_are_numpys():
    lot = np.random.default_rng(4)
    for n in (3, 4, 7, 30):
        values = dict(zip((f"c{k:02}" for k in range(n)), lot.random(n) * 100, strict=True))
        row = group_statistics(scores(**values), members(all=values)).iloc[0]
        x = list(values.values())

        assert np.allclose(
            row[["q1", "median", "q3"]].astype(float), np.quantile(x, (0.25, 0.5, 0.75))
        )
        assert np.isclose(row["sd"], np.std(x, ddof=1))


def test_neither_the_order_of_rows_nor_of_columns_changes_a_byte():
    lot = np.random.default_rng(1)
    names = [f"ville {n}" for n in range(30)]
    table = the_cities(
        *(a_city(name, "BF"[n % 2], int(lot.integers(1e5, 2e6)), lot.random())
          for n, name in enumerate(names))
    )  # fmt: skip
    marks = pd.concat(
        [scores("a", **dict.fromkeys(names, 1)), scores("b", **dict.fromkeys(names, 2))]
    )
    marks["value"] = lot.random(len(marks)) * 100

    def everything(cities, marks):
        groups = named_groups(cities)
        parts = (groups, matched(cities), nearest(cities), group_statistics(marks, groups),
                 compare(marks, others(groups)), compare(marks, nearest(cities)))  # fmt: skip
        return "".join(part.to_csv() for part in parts)

    assert everything(table, marks) == everything(
        table.sample(frac=1, random_state=2).iloc[:, ::-1],
        marks.sample(frac=1, random_state=3).iloc[:, ::-1],
    )
