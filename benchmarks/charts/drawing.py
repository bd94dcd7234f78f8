"""Drawing: what each chart returns, and the words that every chart shares."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
from matplotlib.figure import Figure

Labels = Mapping[str, str]
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
WORDS = {
    "self": "Self",
    "peer": "Peers",
    "agreed": "Agreed",
    "peer_calibrated": "Calibrated",
    "not_calibrated": "Peers, not calibrated",
    "overall": "Overall",
    "no_data": "no answers",
    "low_coverage": "too few answers",
    "not_applicable": "does not apply",
    "single_rater": "one reviewer",
    "suppressed_small_n": "fewer than 5 other cities",
    "few_unnamed": "fewer than 5 other cities without a name in it",
    "suppressed_complementary": "would reveal a single city",
    "few_for_quartiles": "fewer than 8 other cities",
    "unlinked": "asked differently before",
    "few_raters_per_city": "too few reviewers per city",
    "few_cities_per_rater": "too few cities per reviewer",
    "no_rater_variance": "reviewers do not differ",
    "several_parts": "reviewed in a part of its own",
    "few_for_ranks": "fewer than 3 cities",
    "above": "clearly above",
    "below": "clearly below",
    "real": "a real change",
    "not_real": "no clear change",
    "asked_anew": "questions changed",
    "not_compared": "not compared",
    "no_variance": "all marks alike",
    "halo": "little difference",
    "uneven": "uneven marks",
    "even": "very even marks",
}


@dataclass(frozen=True, eq=False)
class Drawing:
    """One chart, complete.

    figure   the picture; one unit of its size in points is one pixel of a page.
    data     the tidy table shown beneath: what was drawn, and nothing that was not.
    alt      one to three sentences naming the largest facts.
    title    what is drawn, of whom, when.
    caption  pairs of term and text: round, cities, series, coverage, reviewers.
    """

    figure: Figure
    data: pd.DataFrame
    alt: str
    title: str
    caption: tuple[tuple[str, str], ...]

    @property
    def width(self) -> int:
        """Natural width in pixels of a page."""
        return round(self.figure.get_figwidth() * 72)

    @property
    def height(self) -> int:
        """Natural height in pixels of a page."""
        return round(self.figure.get_figheight() * 72)


def plain(text: str) -> str:
    """The text as one line that any file can hold: no control signs, no half characters."""
    whole = text.encode("utf-8", "replace").decode()
    kept = (sign if sign.isprintable() or sign in JOINERS else " " for sign in whole)
    return " ".join("".join(kept).split())


def named(code: str, labels: Labels | None) -> str:
    """The name of a city, code or series, or the code itself."""
    return plain((labels or {}).get(code) or WORDS.get(code) or code)


def role_named(code: str, labels: Labels | None) -> str:
    """The name of a role, or its code as a word of its own."""
    name = named(code, labels)
    return name if name != code else name[:1].upper() + name[1:]


def points(value: float, signed: bool = False) -> str:
    """A score as it is shown: whole points, half up, with a true minus (METHOD 3.3)."""
    whole = Decimal(str(round(value, 9))).quantize(Decimal(1), ROUND_HALF_UP)
    size = str(abs(whole))
    if whole < 0:
        return f"\N{MINUS SIGN}{size}"
    return f"+{size}" if signed and whole > 0 else size


def score(value: float) -> str:
    """A score within its scale: what a model gives beyond the ends is shown as the end."""
    return points(min(max(value, 0.0), 100.0))


def span(values: Iterable[float], unit: str = "") -> str:
    """The lowest and highest of some numbers, as text: "67-100 %"; "-" where there are none."""
    shown = sorted(value for value in values if value == value)
    if not shown:
        return "\N{EN DASH}"
    ends = dict.fromkeys((points(shown[0]), points(shown[-1])))
    return "\N{EN DASH}".join(ends) + unit


def ends(values: Mapping[str, float]) -> tuple[str, str]:
    """The codes of the highest and of the lowest value; of equals, the first."""
    return max(values, key=lambda code: values[code]), min(values, key=lambda code: values[code])


def by_code(column: pd.Series) -> dict[str, float]:
    """The values there are, by code, in their order."""
    there = column.dropna()
    return dict(zip(map(str, there.index), map(float, there), strict=True))


def caption(
    rows: pd.DataFrame, round_id: str, series: Sequence[str], labels: Labels | None
) -> tuple[tuple[str, str], ...]:
    """What every chart states of the rows it drew (columns city, coverage; n_raters of peers)."""
    peers = rows.loc[rows["series"] == "peer"] if "series" in rows else rows.iloc[:0]
    counts: Iterable[float] = peers.loc[peers["n_raters"] > 0, "n_raters"] if len(peers) else ()
    covered = rows.loc[rows["coverage"] > 0, "coverage"]
    return (
        ("Round", named(round_id, labels)),
        ("Cities", str(rows["city"].nunique())),
        ("Series", ", ".join(named(each, labels) for each in series)),
        ("Coverage", span(100 * covered, " %")),
        *([("Reviewers", span(counts))] if len(peers) else []),
    )
