"""One page in plain words about a result, for coordinators; it names no city and no reviewer."""

import textwrap
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pandas as pd

from benchmarks.config import BenchmarkConfig
from benchmarks.result import BenchmarkResult

WIDTH = 80
NAME = 18
GOOD, TENTATIVE = Decimal("0.800"), Decimal("0.667")
LOW = "do not compare"
GROUP = "all"
COLUMNS = {"self": "self", "peer": "peers", "agreed": "agreed", "peer_calibrated": "calibrated"}
NOT_CALIBRATED = {
    "few_raters_per_city": "fewer than two reviewers per city on average",
    "few_cities_per_rater": "most reviewers saw one city only",
    "no_rater_variance": "no difference between severe and lenient reviewers can be told",
}
FLAGS = {
    "no_variance": "gave one mark throughout",
    "halo": "gave nearly one mark per city",
    "infit": "mark unlike the others",
}
HIDDEN = {
    "suppressed_small_n": "too few cities are behind them",
    "suppressed_complementary": "beside others they would give a city away",
}
LINKS = {
    "identical": "the same statements in both rounds",
    "anchor": "the statements that both rounds share",
    "none": "nothing: too few statements in common, so no change is shown",
}
HOLES = {
    "reweight": "a missing answer leaves its weight to the others",
    "zero": "a missing answer counts 0",
    "strict": "one missing answer leaves no score",
}


def summary(result: BenchmarkResult) -> str:
    """What was found, in lines of up to 80 signs; every number is in the tables."""
    rounds = _rounds(result)
    lines = [*_head(result, rounds)]
    if not rounds:
        lines += ["", "No round has any scores: there is nothing to compare yet."]
    for name in rounds:
        lines += ["", *_round(result, name)]
    lines += [*_trends(result, rounds), "", *_mind(result)]
    return "".join(f"{line}\n" for line in lines)


def band(alpha: float) -> str:
    """What Krippendorff's alpha, as it is shown, says of a role's scores (METHOD 3.6)."""
    if alpha != alpha:
        return "not known"
    shown = _decimal(alpha, 3)
    if shown >= GOOD:
        return "good"
    return "tentative" if shown >= TENTATIVE else LOW


def _head(result: BenchmarkResult, rounds: list[str]) -> Iterator[str]:
    scores, config = result.scores, result.config
    statements = int((result.structure["level"] == 3).sum())
    yield "BENCHMARK"
    yield ""
    yield from _wrapped(
        f"{_several(rounds, 'round')}, {_count(scores['city'].nunique(), 'city')},"
        f" {_count(statements, 'statement')},"
        f" {_count(result.raters['rater'].nunique(), 'reviewer')}. Scores are points from 0 to"
        f" 100; {HOLES[config.missing]}{_least(config)}."
    )
    yield from _wrapped(
        f"Method {result.method_version}, seed {result.seed}, result {result.result_hash[:12]}"
        f" (data {result.data_hash[:12]}, choices {result.config_hash[:12]})."
    )


def _least(config: BenchmarkConfig) -> str:
    if config.missing == "strict":
        return ""
    share = f"{_decimal(100 * config.threshold)}\N{NO-BREAK SPACE}%"
    return f"; there is a score from {share} of the weight on"


def _round(result: BenchmarkResult, name: str) -> Iterator[str]:
    """What one round says: levels and agreement by role, reviewers, bands, gaps, what is hidden."""
    scores = _of(result.scores, name)
    whole = _whole(result)
    cities = scores["city"].nunique()
    by_peers = scores.loc[(scores["series"] == "peer") & (scores["code"] == whole)]
    reviewed = int((by_peers["n_raters"] > 0).sum())
    yield _cut(f"ROUND {_line(name)}: {_count(cities, 'city')}, {reviewed} of them reviewed", WIDTH)
    levels = list(_levels(result, name))
    yield from levels
    low = any(line.endswith(LOW) for line in levels)
    for said in (
        "Reviewers agree too little (alpha below 0.667) to compare cities where it says so."
        if low
        else "",
        _reliability(result, name, whole),
        _calibration(result, name),
        _reviewers(result, name),
        _bands(result, name, whole),
        _gaps(result, name, whole),
        _hidden(_of(result.peer_stats, name)),
    ):
        yield from _wrapped(said, "- ")


def _levels(result: BenchmarkResult, name: str) -> Iterator[str]:
    """The table of a round: medians of all cities, and Krippendorff's alpha in words."""
    groups = _of(result.peer_stats, name)
    groups = groups.loc[groups["group_id"] == GROUP]
    median = groups.set_index(["code", "series"])["median"]
    agreed = _of(result.reliability, name)
    agreed = agreed.loc[agreed["metric"] == "krippendorff_alpha"]
    alpha = agreed.set_index("role")["value"]
    shown = [each for each in COLUMNS if each != "agreed" or each in set(groups["series"])]
    heads = "".join(f"{COLUMNS[series]:>{_width(series)}}" for series in shown)
    yield f"  {'median of cities':{NAME}}{heads}   reviewers agree"
    tree = result.structure
    for code in tree.loc[tree["level"] <= 1, "code"]:
        cells = (
            f"{_points(median.get((code, each), float('nan'))):>{_width(each)}}" for each in shown
        )
        value = float(alpha.get(code, float("nan")))
        agree = band(value) if value != value else f"{_decimal(value, 3)} {band(value)}"
        yield f"  {_cut(_line(code), NAME):{NAME}}{''.join(cells)}   {agree}"


def _width(series: str) -> int:
    return len(COLUMNS[series]) + 2


def _reliability(result: BenchmarkResult, name: str, whole: str) -> str:
    table = _of(result.reliability, name)
    phi = table.loc[(table["role"] == whole) & (table["metric"] == "phi"), "value"].dropna()
    if phi.empty:
        return ""
    return (
        "The mean of all marks of a city, overall, has a reliability (phi) of"
        f" {_decimal(float(phi.iloc[0]), 3)}."
    )


def _calibration(result: BenchmarkResult, name: str) -> str:
    scores, parts = _of(result.scores, name), _of(result.components, name)
    if parts.empty:
        return "Calibrated: no, because no reviewer gave a mark."
    live = scores.loc[scores["calibrated"], "city"].nunique()
    why = [
        NOT_CALIBRATED.get(reason, reason.replace("_", " "))
        for reason in sorted(set(parts.loc[~parts["calibrated"], "reason"].dropna()))
    ]
    because = f"{', because ' + ' and '.join(why) if why else ''}"
    if not live:
        said = f"Calibrated: no{because}; calibrated scores are the peers' plain means"
    elif why:
        said = f"Calibrated: {_count(live, 'city')}; others not{because}"
    else:
        said = f"Calibrated for severe and lenient reviewers: {_count(live, 'city')}"
    if len(parts) > 1:
        said += (
            f". The review falls into {len(parts)} parts without a common reviewer: never compare"
            " cities of different parts"
        )
    return f"{said}."


def _reviewers(result: BenchmarkResult, name: str) -> str:
    raters, variances = _of(result.raters, name), _of(result.variances, name)
    if raters.empty:
        return ""
    variance = variances.loc[variances["source"] == "rater", "variance"]
    spread = float(variance.iloc[0]) ** 0.5 if len(variance) else float("nan")
    said = (
        "How far reviewers differ in severity cannot be told"
        if spread != spread
        else f"{_count(len(raters), 'reviewer')} differ in severity by {_decimal(spread)}"
        f" {'point' if _decimal(spread) == 1 else 'points'} (standard deviation)"
    )
    flags = raters["flag"].value_counts()
    odd = [f"{flags[flag]} {words}" for flag, words in FLAGS.items() if flag in flags]
    return f"{said}; {'to look at: ' + ', '.join(odd) if odd else 'none stands out'}."


def _bands(result: BenchmarkResult, name: str, whole: str) -> str:
    ranks = _of(result.ranks, name)
    ranks = ranks.loc[(ranks["group"] == GROUP) & (ranks["code"] == whole)]
    counts = ranks["band"].value_counts()
    if counts.empty:
        return ""
    above, below, between = (
        int(counts.get(word, 0)) for word in ("above", "below", "not distinguishable")
    )
    return (
        f"Against the median, overall: {above} clearly above, {below} clearly below,"
        f" {between} not distinguishable from it."
    )


def _gaps(result: BenchmarkResult, name: str, whole: str) -> str:
    gaps = _of(result.gaps, name)
    gaps = gaps.loc[(gaps["code"] == whole) & gaps["gap"].notna()]
    if gaps.empty:
        return "Self and others cannot be compared: no city has both."
    counts = gaps["label"].fillna("").value_counts()
    labels = ("higher", "lower", "in line", "unclear")
    parts = [f"{int(counts.get(label, 0))} {label}" for label in labels]
    if counts.get(""):
        parts.append(f"{int(counts[''])} without an interval")
    return f"Against how others see them, overall, cities see themselves: {', '.join(parts)}."


def _hidden(stats: pd.DataFrame) -> str:
    if stats.empty:
        return ""
    hidden = stats.loc[stats["suppressed"], "reason"].value_counts()
    partly = int((~stats["suppressed"] & stats["reason"].notna()).sum())
    why = [
        f"{hidden[reason]} because {words}" for reason, words in HIDDEN.items() if reason in hidden
    ]
    said = f"Group figures hidden: {int(stats['suppressed'].sum())} of {len(stats)}"
    said += f" ({'; '.join(why)})" if why else ""
    return f"{said}{f'; {partly} more lack quartiles alone' if partly else ''}."


def _trends(result: BenchmarkResult, rounds: list[str]) -> Iterator[str]:
    """What changed from round to round, and how far the two can be compared."""
    whole, trends, anchors = _whole(result), result.trends, result.anchors
    for old, new in pairwise(rounds):
        part = trends.loc[(trends["round_from"] == old) & (trends["round_to"] == new)]
        overall, below = part.loc[part["code"] == whole], part.loc[part["code"] != whole]
        moved = anchors.loc[
            (anchors["round_from"] == old)
            & (anchors["round_to"] == new)
            & (anchors["code"] == whole)
        ]
        gone = int(moved["dropped"].sum())
        yield ""
        yield _cut(f"FROM {_line(old)} TO {_line(new)}", WIDTH)
        for said in (
            f"Overall, linked by {LINKS[str(overall['linked_by'].iloc[0])]}."
            if len(overall)
            else "The two rounds have nothing in common.",
            f"{_count(gone, 'statement')} moved unlike the others." if gone else "",
            f"Overall: {_changes(overall)}. By role and commitment: {_changes(below)}. Real is a"
            " change of 5 points or more whose interval leaves out 0.",
        ):
            yield from _wrapped(said, "- ")


def _changes(trends: pd.DataFrame) -> str:
    real = trends.loc[trends["real"], "change"]
    known = int(trends["change"].notna().sum())
    ways = f" ({int((real > 0).sum())} up, {int((real < 0).sum())} down)" if len(real) else ""
    return f"{len(real)} of {_count(known, 'change')} real{ways}"


def _mind(result: BenchmarkResult) -> Iterator[str]:
    tables = result.tables
    cities = [name for name, table in tables.items() if "city" in table]
    raters = [name for name, table in tables.items() if "rater" in table]
    yield "BEAR IN MIND"
    for said in (
        "Calibrated levels are relative to the reviewers of the round. Differences between its"
        " cities hold; the level itself, and a change with other reviewers, hold less.",
        "What is not clear is unproven, which is not to say that it is small.",
        f"{_and(cities)} name cities, {_and(raters)} names reviewers, and the charts name cities:"
        " they are for coordinators, not for publication. peer_stats is what every city of a round"
        " may see.",
    ):
        yield from _wrapped(said, "- ")


def _rounds(result: BenchmarkResult) -> list[str]:
    return sorted(set(result.scores["round"]))


def _of(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table.loc[table["round"] == name]


def _whole(result: BenchmarkResult) -> str:
    return str(result.structure["code"].iloc[0])


def _points(value: float) -> str:
    return "-" if value != value else str(_decimal(value))


def _decimal(value: float, places: int = 0) -> Decimal:
    """Half up, as every number that is shown (METHOD 3.3)."""
    return Decimal(str(round(value, 9))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _count(number: int, noun: str) -> str:
    many = f"{noun[:-1]}ies" if noun.endswith("ty") else f"{noun}s"
    return f"{number} {noun if number == 1 else many}"


def _several(rounds: list[str], noun: str) -> str:
    names = f" ({', '.join(map(_line, rounds))})" if rounds else ""
    return f"{_count(len(rounds), noun)}{names}"


def _and(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _line(text: str) -> str:
    """The text as one line, whatever signs an id holds."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _wrapped(text: str, mark: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))
