"""Peer groups: who is compared with whom, and what the others' scores look like."""

import numpy as np
import pandas as pd

SIZE_BANDS = ("<250k", "250-500k", "500k-1M", ">1M")
TERCILES = ("low", "middle", "high")
LEAST = 5
OTHER_COUNTRY = 0.5
UNKNOWN = 1.0
EDGE = 0.005
# What is asked of a peer, the strictest first: METHOD 3.8 drops the country, then the share.
STEPS = (
    (("country", "size", "share"), "same country, size band and migrant share"),
    (("size", "share"), "same size band and migrant share"),
    (("size",), "same size band"),
    ((), "all cities"),
)
KEY = ["round", "code", "series"]
STATISTICS = ("n", "mean", "median", "q1", "q3", "min", "max", "sd")


def size_bands(population: pd.Series) -> pd.Series:
    """The size band of each population (inhabitants): below 250k, 500k, up to 1M, above; ""."""
    people = population.astype(float)
    bands = np.select(
        [people < 250_000, people < 500_000, people <= 1_000_000, people > 1_000_000],
        SIZE_BANDS,
        "",
    )
    return pd.Series(bands.astype(object), index=population.index, name="size_band")


def share_terciles(share: pd.Series) -> pd.Series:
    """The third of the cities each migrant share (0..1) falls into: low, middle, high; or "".

    Bounds are the type 7 quantiles at 1/3 and 2/3; equal shares are never parted. Below three
    known shares there are no thirds, and where all are the same all are in the middle.
    """
    x = share.astype(float)
    known = x.dropna().sort_values()
    words = np.full(len(x), "", dtype=object)
    if len(known) >= len(TERCILES):
        low, high = np.quantile(known, (1 / 3, 2 / 3))
        words = np.select([x.isna(), x <= low, x <= high], ["", *TERCILES[:2]], TERCILES[2])
        if known.iloc[0] == known.iloc[-1]:
            words = np.where(x.isna(), "", TERCILES[1])
    return pd.Series(words.astype(object), index=share.index, name="share_tercile")


def named_groups(cities: pd.DataFrame) -> pd.DataFrame:
    """Every named group and its cities, as rows group, city: all, by country, size and share.

    Takes city_id, country, population, migrant_share. A city of which something is not known is
    in no group of that kind. Groups are called "all", "country:BE", "size:<250k", "share:low".
    """
    traits = _traits(cities)
    parts = [pd.DataFrame({"group": "all", "city": traits.index})]
    for kind in ("country", "size", "share"):
        words = traits.loc[traits[kind] != "", kind]
        parts.append(pd.DataFrame({"group": kind + ":" + words, "city": words.index}))
    table = pd.concat(parts, ignore_index=True)[["group", "city"]].astype("str")
    return table.sort_values(["group", "city"], ignore_index=True)


def matched(cities: pd.DataFrame, least: int = LEAST) -> pd.DataFrame:
    """The peers of each city that share most with it: city, peer, criteria (words), n.

    Asked for are country, size band and third of the migrant share; the country is given up
    first, then the share, then the size band, until there are `least` others. `criteria` says
    what holds; where even all cities are too few, they are all there, with their n.
    """
    traits = _traits(cities)
    rows = []
    for city in traits.index:
        words, same = _most_alike(traits, str(city), least)
        rows += [(city, peer, words, len(same)) for peer in same]
    table = pd.DataFrame(rows, columns=["city", "peer", "criteria", "n"])
    return table.astype({"city": "str", "peer": "str", "criteria": "str", "n": "int64"})


def _most_alike(traits: pd.DataFrame, city: str, least: int) -> tuple[str, list[str]]:
    """What holds of the first step that leaves enough cities, and those cities."""
    others, words, same = traits.drop(index=city), "", np.zeros(0, dtype=bool)
    for asked, criteria in STEPS:
        same, words = np.ones(len(others), dtype=bool), criteria
        for trait in asked:
            own = str(traits.at[city, trait])
            same &= (others[trait] == own).to_numpy(dtype=bool) & (own != "")
        if same.sum() >= least:
            break
    return words, list(others.index[same])


def nearest(cities: pd.DataFrame, k: int = 8) -> pd.DataFrame:
    """The `k` cities most like each city, as rows city, peer, place (1 = nearest), distance.

    Distance (METHOD 3.8): the root of the squared differences of log population and logit
    migrant share, each in standard deviations (n - 1) of all cities, and 0.5 more for another
    country. What is not known of one of the two counts as one standard deviation, an unknown
    country as another. Shares are held within 0.005..0.995. Equally near: by name.
    """
    t = cities.set_index("city_id").sort_index()
    names, n = list(t.index), len(t)
    people = np.log(np.maximum(t["population"].astype(float).to_numpy(), 1.0))
    share = np.clip(t["migrant_share"].astype(float).to_numpy(), EDGE, 1 - EDGE)
    squares = np.zeros((n, n))
    for trait in (people, np.log(share / (1 - share))):
        apart = np.subtract.outer(_z(trait), _z(trait))
        squares += np.where(np.isnan(apart), UNKNOWN, apart) ** 2
    country = _words(t["country"]).to_numpy()
    abroad = (country[:, None] != country[None, :]) | (country == "")[:, None]
    distance = (np.sqrt(squares) + OTHER_COUNTRY * abroad).round(9)
    np.fill_diagonal(distance, np.inf)
    order = np.argsort(distance, axis=1, kind="stable")[:, : max(0, min(k, n - 1))]
    rows = [
        (names[place], names[peer], rank + 1, distance[place, peer])
        for place in range(n)
        for rank, peer in enumerate(order[place])
    ]
    table = pd.DataFrame(rows, columns=["city", "peer", "place", "distance"])
    return table.astype({"city": "str", "peer": "str", "place": "int64", "distance": "float64"})


def group_statistics(scores: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """What each group's scores look like, before anything is hidden (coordinators only).

    scores   round, city, code, series, value (points; NaN is left out), one row per key.
    members  group, city.
    Gives round, group, code, series: n, mean, median, q1, q3 (type 7), min, max, sd (n - 1);
    quartiles from n = 3, sd from n = 2 on. Codes keep the order they first come in `scores`,
    sorted by name.
    """
    wide = _wide(scores)
    parts = []
    for group, rows in members.sort_values(["group", "city"]).groupby("group", sort=True):
        here = wide.reindex(sorted(set(rows["city"]))).to_numpy()
        parts.append(_named(summary(here), wide.columns).assign(group=group))
    columns = ["round", "group", *KEY[1:], *STATISTICS]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True)[columns]
    return table.sort_values(["round", "group", *KEY[1:]], ignore_index=True)


def others(members: pd.DataFrame) -> pd.DataFrame:
    """Everybody else in each city's groups, as rows group, city, peer."""
    pairs = members.merge(members.rename(columns={"city": "peer"}), on="group")
    return pairs.loc[pairs["city"] != pairs["peer"]].sort_values(
        ["group", "city", "peer"], ignore_index=True
    )


def compare(scores: pd.DataFrame, peers: pd.DataFrame) -> pd.DataFrame:
    """Each city against its peers, never including itself (METHOD 3.8).

    scores  round, city, code, series, value (points), one row per key.
    peers   city, peer, and `group` where a city has several sets of peers.
    Gives round, group, city, code, series: value, n_others, mean, median, q1, q3, sd of the
    others who have a score, and difference (value less their median). One set: group "peers".
    """
    wide = _wide(scores)
    sets = peers if "group" in peers else peers.assign(group="peers")
    sets = sets.loc[sets["city"] != sets["peer"]]
    parts = []
    for key, rows in sets.groupby(["group", "city"], sort=True):
        group, city = map(str, key)
        table = _named(summary(wide.reindex(sorted(set(rows["peer"]))).to_numpy()), wide.columns)
        own = wide.loc[city].to_numpy() if city in wide.index else np.nan
        parts.append(table.assign(group=group, city=city, value=own))
    columns = ["round", "group", "city", "code", "series", "value", "n_others"]
    columns += ["mean", "median", "q1", "q3", "sd", "difference"]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True).rename(columns={"n": "n_others"})
    table["difference"] = table["value"] - table["median"]
    return table[columns].sort_values(columns[:5], ignore_index=True)


def summary(values: np.ndarray) -> dict[str, np.ndarray]:
    """The statistics of every column of units by columns; NaN is left out."""
    x = np.sort(np.ascontiguousarray(values), axis=0)
    there = ~np.isnan(x)
    n = there.sum(axis=0)
    total = np.where(there, x, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total.sum(axis=0) / n
        squares = (np.where(there, x - mean, 0.0) ** 2).sum(axis=0)
        sd = np.where(n > 1, np.sqrt(squares / (n - 1.0)), np.nan)
    quartiles = {
        name: _quantile(x, n, share, 3 if name.startswith("q") else 1)
        for name, share in (("median", 0.5), ("q1", 0.25), ("q3", 0.75), ("min", 0), ("max", 1))
    }
    found = {"n": n, "mean": mean, "sd": sd, **quartiles}
    return {name: found[name] for name in STATISTICS}


def _quantile(x: np.ndarray, n: np.ndarray, share: float, least: int) -> np.ndarray:
    """Type 7 of sorted columns whose first n are there; NaN below `least`."""
    if not len(x):
        return np.full(len(n), np.nan)
    place = np.maximum(n - 1, 0) * share
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, np.maximum(n - 1, 0))
    ends = [np.take_along_axis(x, at[None, :], axis=0)[0] for at in (low, high)]
    part = place - low
    between = np.where(part == 0, ends[0], ends[0] + part * (ends[1] - ends[0]))
    return np.asarray(np.where(n >= least, between, np.nan))


def _wide(scores: pd.DataFrame) -> pd.DataFrame:
    table = scores.pivot(index="city", columns=KEY, values="value")
    return table.sort_index(axis=0).sort_index(axis=1).astype(float)


def _named(columns: dict[str, np.ndarray], key: pd.Index) -> pd.DataFrame:
    return pd.DataFrame(columns, index=key).reset_index()


def _traits(cities: pd.DataFrame) -> pd.DataFrame:
    t = cities.set_index("city_id").sort_index()
    return pd.DataFrame(
        {
            "country": _words(t["country"]),
            "size": size_bands(t["population"]),
            "share": share_terciles(t["migrant_share"]),
        }
    )


def _words(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column.notna(), "")


def _z(x: np.ndarray) -> np.ndarray:
    known = x[~np.isnan(x)]
    spread = known.std(ddof=1) if len(known) > 1 else 0.0
    if spread == 0 or known.max() == known.min():
        return np.where(np.isnan(x), np.nan, 0.0)
    return np.asarray((x - known.mean()) / spread)
