"""Three answers in words: how cities stand, where self and peers part, what to trust."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from flask_babel import gettext, ngettext

from benchmarks.charts import bias, calibration
from benchmarks.charts.drawing import by_code, ends, named, points, role_named, score, span
from benchmarks.charts.gap import NEAR
from benchmarks.gaps import CLEAR, HIGHER, IN_LINE, LOWER, UNCLEAR
from benchmarks.gaps import NEAR as WITHIN
from benchmarks.result import SERIES, BenchmarkResult
from reviews.queries.levels import WHOLE
from webapp.figures import agreement
from webapp.figures.cells import NOTHING, Labels, Table
from webapp.figures.charts import surest

FEW = 5
"""Fewer cities than this, and an average says little (METHOD 0, point 7)."""


@dataclass(frozen=True)
class Answer:
    """A question with its answer: one leading sentence, then facts."""

    question: str
    lead: str
    facts: tuple[str, ...]


def standing(result: BenchmarkResult, labels: Labels) -> tuple[Answer, Table]:
    """How do cities stand in the four roles? In the surest series, and all of them as a table."""
    codes = list(result.structure.loc[result.structure["level"] <= 1, "code"])
    scores = result.scores
    there = scores.loc[scores["code"].isin(codes) & scores["value"].notna()]
    means = there.groupby(["series", "code"])["value"].mean()
    series = surest(result)
    column = {code: means[series, code] for code in codes[1:] if (series, code) in means.index}
    cities = there.loc[there["code"] == WHOLE].groupby("series")["city"].nunique()
    table = Table(
        caption=gettext("Means, in points of 100"),
        groups=(),
        headings=(gettext("Role"), *(named(each, labels) for each in SERIES)),
        rows=(
            *(
                (role_named(code, labels), *(_mean(means, each, code) for each in SERIES))
                for code in codes
            ),
            (gettext("Cities"), *(str(cities.get(each, 0)) for each in SERIES)),
        ),
    )
    facts = []
    if cities.nunique() > 1:
        facts.append(gettext("The columns rest on different cities: compare them with care."))
    question = gettext("How do cities stand in the four roles?")
    by = series if calibration.is_calibrated(scores) or series != "peer_calibrated" else "peer"
    return Answer(question, _furthest(column, by, labels), tuple(facts)), table


def _furthest(column: Mapping[str, float], series: str, labels: Labels) -> str:
    """The highest and the lowest role of one series; `column` holds means by role."""
    if not column:
        return gettext("There are no scores by role yet.")
    best, worst = ends(column)
    high, low = score(column[best]), score(column[worst])
    if high == low:
        return gettext("%(by)s: %(high)s of 100 in every role.", by=_BY[series](), high=high)
    return gettext(
        "%(by)s: furthest as %(best)s (%(high)s of 100), least far as %(worst)s (%(low)s).",
        by=_BY[series](),
        best=_role(best, labels),
        high=high,
        worst=_role(worst, labels),
        low=low,
    )


_BY: Mapping[str, Callable[[], str]] = {
    "self": lambda: gettext("By their own account"),
    "peer": lambda: gettext("By their peers"),
    "agreed": lambda: gettext("By agreed levels"),
    "peer_calibrated": lambda: gettext("By their peers, calibrated"),
}


def _role(code: str, labels: Labels) -> str:
    name = role_named(code, labels)
    return name[:1].lower() + name[1:]


def _mean(means: pd.Series, series: str, code: str) -> str:
    return score(means[series, code]) if (series, code) in means.index else NOTHING


def parting(result: BenchmarkResult, round_id: str, labels: Labels) -> Answer:
    """Where do self and peer part?"""
    question = gettext("Where do cities and their peers part?")
    whole = result.gaps.loc[(result.gaps["code"] == WHOLE) & result.gaps["gap"].notna()]
    if whole.empty:
        lead = gettext(
            "Nothing can be compared yet: reviews count once a team opens its consensus."
        )
        return Answer(question, lead, ())
    mean = float(whole["gap"].mean())
    lead = gettext(
        "Cities put themselves %(size)s points %(way)s than their peers on average.",
        size=points(abs(mean)),
        way=gettext("lower") if mean < 0 else gettext("higher"),
    )
    codes = list(result.structure.loc[result.structure["level"] == 2, "code"])
    rows = bias.means(result, round_id, codes)
    facts = list(_compared(whole))
    if len(rows):
        gaps = by_code(rows.set_index("code")["gap"])
        most, least = ends(gaps)
        facts += [
            gettext("Widest upwards: %(what)s.", what=_gap_words(most, gaps[most], labels)),
            gettext("At the other end: %(what)s.", what=_gap_words(least, gaps[least], labels)),
        ]
    return Answer(question, lead, tuple(facts))


def _compared(whole: pd.DataFrame) -> Iterator[str]:
    """How many cities are higher or lower: surely so where there are intervals."""
    surely = whole["label"].notna()
    if surely.any():
        count = whole["label"].value_counts()
        yield ngettext(
            "One city can be compared: %(higher)d higher, %(in_line)d in line, %(lower)d lower,"
            " %(unclear)d unclear.",
            "Of %(num)d cities compared: %(higher)d higher, %(in_line)d in line, %(lower)d lower,"
            " %(unclear)d unclear.",
            int(surely.sum()),
            higher=count.get(HIGHER, 0),
            in_line=count.get(IN_LINE, 0),
            lower=count.get(LOWER, 0),
            unclear=count.get(UNCLEAR, 0),
        )
        yield gettext(
            "Higher or lower is said where the whole 95 %% interval of the gap lies beyond"
            " %(clear)d points, in line where it stays within %(near)d.",
            clear=CLEAR,
            near=WITHIN,
        )
    rest = whole.loc[~surely, "gap"]
    if len(rest):
        higher, lower = int((rest > NEAR).sum()), int((rest < -NEAR).sum())
        yield ngettext(
            "One city can be compared: %(higher)d over %(near)d points higher, %(lower)d over"
            " %(near)d points lower, %(rest)d in between.",
            "Of %(num)d cities compared: %(higher)d over %(near)d points higher, %(lower)d over"
            " %(near)d points lower, %(rest)d in between.",
            len(rest),
            higher=higher,
            near=NEAR,
            lower=lower,
            rest=len(rest) - higher - lower,
        )


def _gap_words(code: str, gap: float, labels: Labels) -> str:
    return f"{code} {named(code, labels)} ({points(gap, True)})"


@dataclass(frozen=True)
class Basis:
    """What a benchmark rests on, in numbers; names where somebody should ask why."""

    cities: int
    signed: int
    reviewed: int
    agreed: int
    reviewers: int
    reviews: int
    unsigned: tuple[str, ...]
    left_out: tuple[str, ...]
    coverage: str
    per_city: str
    disputed: int
    lone: int

    @classmethod
    def of(
        cls, result: BenchmarkResult, reviewers: Sequence[str], cities: Mapping[str, str],
        left_out: Sequence[str],
    ) -> Basis:  # fmt: skip
        """`cities` are the names of all that take part, by slug; `reviewers` one per review."""
        scores = result.scores
        whole = scores.loc[scores["code"] == WHOLE]
        spoke = whole.loc[whole["n_items"] > 0].groupby("series")["city"].agg(set)
        own: set[str] = spoke.get("self", set())
        leaves = result.structure.loc[result.structure["level"] == 3, "code"]
        items = scores.loc[scores["code"].isin(leaves)]
        peers = whole.loc[(whole["series"] == "peer") & (whole["n_raters"] > 0)]
        return cls(
            cities=len(cities) + len(left_out),
            signed=len(own),
            reviewed=len(spoke.get("peer", ())),
            agreed=len(spoke.get("agreed", ())),
            reviewers=len(set(reviewers)),
            reviews=len(reviewers),
            unsigned=tuple(name for slug, name in cities.items() if slug not in own),
            left_out=tuple(left_out),
            coverage=span(100 * whole.loc[whole["coverage"] > 0, "coverage"], " %"),
            per_city=span(peers["n_raters"]),
            disputed=int(items["na_disputed"].sum()),
            lone=int((peers["n_raters"] == 1).sum()),
        )  # fmt: skip


def trust(basis: Basis, result: BenchmarkResult, round_id: str, labels: Labels) -> Answer:
    """Can the figures be trusted?"""
    facts = (
        *agreement.calibrated(result, round_id, labels),
        *agreement.in_short(result, round_id, labels),
        *_cautions(basis),
    )
    lead = gettext(
        "%(signed)d of %(cities)d cities have signed; %(reviewed)d of them have reviews that"
        " count, %(agreed)d have agreed levels.",
        signed=basis.signed,
        cities=basis.cities,
        reviewed=basis.reviewed,
        agreed=basis.agreed,
    )
    return Answer(gettext("Can the figures be trusted?"), lead, facts)


def _cautions(basis: Basis) -> Iterator[str]:
    if basis.reviews:
        yield ngettext(
            "One review, by one person.",
            "%(num)d reviews by %(reviewers)d people, %(each)s in each city.",
            basis.reviews,
            reviewers=basis.reviewers,
            each=basis.per_city,
        )
    yield gettext("Coverage: %(span)s of what applies to a city has a level.", span=basis.coverage)
    if basis.unsigned:
        yield gettext("Not in the figures, not signed: %(names)s.", names=_list(basis.unsigned))
    if basis.left_out:
        yield gettext(
            "Left out for you, a conflict of interest: %(names)s.", names=_list(basis.left_out)
        )
    if basis.lone:
        yield gettext("Cities with one reviewer only: %(count)d.", count=basis.lone)
    if basis.disputed:
        yield gettext(
            "Statements a city called not its competence, but its peers scored: %(count)d.",
            count=basis.disputed,
        )
    if basis.signed < FEW:
        yield gettext("With fewer than five cities an average says little: read them one by one.")


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)
