"""The comparative report on a round, in the chapters of the network's own reports.

All of it may be public: figures of groups, the cities that agreed to be named, and what their
published reports say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import pandas as pd
from flask_babel import gettext, ngettext

from benchmarks.charts import group
from benchmarks.charts.drawing import by_code, ends, named, points, role_named
from models import Block, FindingKind
from reviews.queries.levels import WHOLE
from reviews.questionnaires import AskedRole
from webapp.figures import agreement, among
from webapp.figures.cells import NOTHING, Table, between, coded, estimate
from webapp.figures.charts import Filters, surest
from webapp.figures.findings import Answer
from webapp.figures.parts import Fact, fingerprints, of_snapshot
from webapp.papers.pictures import Picture, picture
from webapp.papers.sentences import BY
from webapp.papers.subjects import Mark, RoundView
from webapp.report_texts import FindingText
from webapp.words import finding_kind_words


@dataclass(frozen=True)
class Said:
    """What the reports on named cities say, and where."""

    where: str
    text: str


@dataclass(frozen=True)
class RoleChapter:
    """One role of the cities: how they see themselves, what was found, what is hard."""

    code: str
    title: str
    summary: str
    lead: str
    table: Table
    own: tuple[Said, ...]
    good: tuple[Said, ...]
    found: tuple[Said, ...]
    hard: tuple[Said, ...]


@dataclass(frozen=True)
class ComparativePage:
    """A round on paper, for everybody."""

    title: str
    round: str
    taken_at: datetime
    mark: Mark
    cities: int
    named: tuple[str, ...]
    published: int
    summary: tuple[Answer, ...]
    standing: Picture | None
    named_cities: Picture | None
    priorities: Table | None
    changes: tuple[str, ...]
    use: tuple[str, ...]
    roles: tuple[RoleChapter, ...]
    next_steps: tuple[Said, ...]
    facts: tuple[Fact, ...]
    agreement: Table
    tables: tuple[Table, ...]
    template: ClassVar[str] = "papers/comparative.html"

    @classmethod
    def of(cls, view: RoundView) -> ComparativePage:
        series = surest(view.result)
        result, slug, labels = view.result, view.round_id, view.labels
        return cls(
            title=gettext("Cities compared: %(round)s", round=view.snapshot.round.title),
            round=view.questionnaire.title,
            taken_at=view.snapshot.taken_at,
            mark=Mark.of(view.snapshot, gettext("Cities compared")),
            cities=len(view.snapshot.cities),
            named=tuple(view.cities.values()),
            published=len(view.reports),
            summary=(_standing(view, series), _parting(view, series), _trust(view)),
            standing=picture("standing", view.subject, Filters(series=series)),
            named_cities=picture("heat", view.subject, Filters(series=series)),
            priorities=_priorities(view),
            changes=tuple(_changes(view)),
            use=tuple(_use(view)),
            roles=tuple(_chapter(view, role, series) for role in view.questionnaire.roles),
            next_steps=tuple(_said(view, None, FindingKind.RECOMMENDATION)),
            facts=(*of_snapshot(view.snapshot), *fingerprints(result)),
            agreement=agreement.agreement(result, slug, labels).table,
            tables=(among.everybody(result, slug, labels), _named(view, series)),
        )


def _medians(view: RoundView, codes: Sequence[str], series: str) -> dict[str, float]:
    """The medians of all cities that are shown, by code."""
    rows = group.of_group(view.result, view.round_id, codes, series)
    return by_code(rows.set_index("code")["median"])


def _standing(view: RoundView, series: str) -> Answer:
    question = gettext("How do cities stand in the four roles?")
    roles = [role.code for role in view.questionnaire.roles]
    middle = _medians(view, [WHOLE, *roles], series)
    if WHOLE not in middle:
        return Answer(question, gettext("The figures of the group are hidden."), ())
    lead = gettext(
        "%(by)s, half of the %(count)d cities have %(median)s of 100 points or more.",
        by=BY[series](),
        count=len(view.snapshot.cities),
        median=points(middle.pop(WHOLE)),
    )
    return Answer(question, lead, tuple(_furthest(view, middle)))


def _furthest(view: RoundView, middle: dict[str, float]) -> Iterator[str]:
    if middle:
        best, worst = ends(middle)
        yield gettext(
            "Furthest as %(best)s (median %(high)s), least far as %(worst)s (median %(low)s).",
            best=role_named(best, view.labels),
            high=points(middle[best]),
            worst=role_named(worst, view.labels),
            low=points(middle[worst]),
        )


def _parting(view: RoundView, series: str) -> Answer:
    question = gettext("Where do cities and their peers part?")
    codes = [WHOLE, *(one.code for one in view.questionnaire.commitments)]
    own, others = (_medians(view, codes, each) for each in ("self", series))
    apart = {code: own[code] - others[code] for code in codes if {code} <= own.keys() & others}
    if series == "self" or WHOLE not in apart:
        return Answer(question, gettext("There is nothing to compare."), ())
    gap = apart.pop(WHOLE)
    lead = gettext(
        "The median of what cities say of themselves is %(size)s points %(way)s than that of"
        " their peers.",
        size=points(abs(gap)),
        way=gettext("lower") if gap < 0 else gettext("higher"),
    )
    facts = []
    if apart:
        most, least = ends(apart)
        facts = [
            gettext("Widest upwards: %(what)s.", what=_apart(view, most, apart)),
            gettext("At the other end: %(what)s.", what=_apart(view, least, apart)),
        ]
    return Answer(question, lead, tuple(facts))


def _apart(view: RoundView, code: str, apart: dict[str, float]) -> str:
    return f"{coded(code, view.labels)} ({points(apart[code], True)})"


def _trust(view: RoundView) -> Answer:
    result, slug, labels = view.result, view.round_id, view.labels
    parts = result.components.loc[result.components["round"] == slug]
    lead = gettext(
        "%(scores)d scores by %(reviewers)d reviewers stand behind the figures of %(cities)d"
        " cities.",
        scores=int(parts["n_scores"].sum()),
        reviewers=int(parts["n_raters"].sum()),
        cities=len(view.snapshot.cities),
    )
    facts = (
        *agreement.calibrated(result, slug, labels),
        *agreement.in_short(result, slug, labels),
    )
    return Answer(gettext("Can the figures be trusted?"), lead, facts)


def _priorities(view: RoundView) -> Table | None:
    """What the peers recommend, counted by commitment; None where nothing is published."""
    found = [
        one.statement
        for _, one in _findings(view)
        if one.kind == finding_kind_words(FindingKind.RECOMMENDATION)
    ]
    commitment = {one.code: one.commitment_code for one in view.questionnaire.statements}
    count = Counter(commitment[code] for code in found if code in commitment)
    if not count:
        return None
    return Table(
        caption=gettext("Recommendations in the published reports of the named cities"),
        groups=(),
        headings=(gettext("Commitment"), gettext("Recommendations")),
        rows=tuple(
            (coded(one.code, view.labels), str(count[one.code]))
            for one in sorted(view.questionnaire.commitments, key=lambda one: -count[one.code])
            if count[one.code]
        ),
    )


def _changes(view: RoundView) -> Iterator[str]:
    """What changed since the round before, of the cities that are named."""
    trends = view.result.trends
    rows = trends.loc[trends["code"] == WHOLE]
    for row in rows.to_dict("records"):
        city = named(row["city"], view.labels)
        if pd.isna(row["change"]):
            why = named(str(row["reason"]), view.labels)
            yield gettext("%(city)s: cannot be compared, %(why)s.", city=city, why=why)
            continue
        real = gettext("a real change") if row["real"] else gettext("no change that is sure")
        change = points(row["change"], True)
        yield gettext("%(city)s: %(change)s points, %(real)s.", city=city, change=change, real=real)


def _use(view: RoundView) -> Iterator[str]:
    """How far the Charter is used in this round."""
    cities, there = len(view.snapshot.cities), len(view.cities)
    yield ngettext(
        "One city took part to the end: self-assessment, peer review, report.",
        "%(num)d cities took part to the end: self-assessment, peer review, report.",
        cities,
    )
    yield gettext(
        "%(named)d of them agreed to be named here; the others are in the figures of groups.",
        named=there,
    )
    yield gettext(
        "The questionnaire has %(statements)d statements under %(commitments)d commitments.",
        statements=len(view.questionnaire.statements),
        commitments=len(tuple(view.questionnaire.commitments)),
    )


def _chapter(view: RoundView, role: AskedRole, series: str) -> RoleChapter:
    middle = _medians(view, [role.code], series)
    own = _medians(view, [role.code], "self")
    lead = gettext("The figures of the group are hidden.")
    if role.code in middle and role.code in own:
        lead = gettext(
            "Medians of all cities: %(own)s of 100 by their own account, %(others)s by their"
            " peers.",
            own=points(own[role.code]),
            others=points(middle[role.code]),
        )
    return RoleChapter(
        code=role.code,
        title=role.title,
        summary=role.summary,
        lead=lead,
        table=_by_commitment(view, role, series),
        own=tuple(_blocks(view, role, Block.SELF_ASSESSMENT)),
        good=tuple(_said(view, role, FindingKind.GOOD_PRACTICE)),
        found=(
            *_blocks(view, role, Block.FINDINGS),
            *_said(view, role, FindingKind.STRENGTH),
        ),
        hard=(
            *_blocks(view, role, Block.CHALLENGES),
            *_said(view, role, FindingKind.CHALLENGE),
        ),
    )


def _by_commitment(view: RoundView, role: AskedRole, series: str) -> Table:
    codes = [one.code for one in role.commitments]
    own, others = (
        group.of_group(view.result, view.round_id, codes, each).to_dict("records")
        for each in ("self", series)
    )
    return Table(
        caption=gettext("All cities, in whole points of 100"),
        groups=(),
        headings=(
            gettext("Commitment"),
            gettext("Cities"),
            gettext("Median by themselves"),
            gettext("Median by their peers"),
            gettext("Middle half by their peers"),
        ),
        rows=tuple(
            (
                coded(theirs["code"], view.labels),
                str(theirs["n"]),
                _whole(mine["median"]),
                _whole(theirs["median"]),
                between(theirs["q1"], theirs["q3"]),
            )
            for mine, theirs in zip(own, others, strict=True)
        ),
    )


def _whole(value: float) -> str:
    return NOTHING if pd.isna(value) else points(value)


def _blocks(view: RoundView, role: AskedRole, block: Block) -> Iterator[Said]:
    """One block of the reports on a role; texts that several reports share stand once."""
    by_text: dict[str, list[str]] = {}
    for slug, report in view.reports.items():
        for part in report.roles:
            texts = [one.text for one in part.blocks if one.name == block.value and one.text]
            if part.code == role.code:
                for text in texts:
                    by_text.setdefault(text, []).append(view.labels[slug])
    for text, cities in by_text.items():
        yield Said(", ".join(cities), text)


def _said(view: RoundView, role: AskedRole | None, kind: FindingKind) -> Iterator[Said]:
    """Findings of a kind, of one role or of all; what several reports say stands once."""
    codes = {one.code for one in role.statements} if role else None
    by_text: dict[str, list[str]] = {}
    for slug, one in _findings(view):
        if one.kind == finding_kind_words(kind) and (codes is None or one.statement in codes):
            where = f"{view.labels[slug]}, {one.statement} {one.statement_title}"
            by_text.setdefault(one.reworded or one.text, []).append(where)
    for text, places in by_text.items():
        yield Said("; ".join(places), text)


def _findings(view: RoundView) -> Iterator[tuple[str, FindingText]]:
    for slug, report in view.reports.items():
        for kind in report.kinds:
            yield from ((slug, one) for one in kind.findings)


def _named(view: RoundView, series: str) -> Table:
    """The cities that agreed to be named, by role."""
    scores = view.result.scores
    here = scores.loc[(scores["round"] == view.round_id) & (scores["series"] == series)]
    rows = {(row["city"], row["code"]): row for row in here.to_dict("records")}
    codes = [WHOLE, *(role.code for role in view.questionnaire.roles)]
    return Table(
        caption=gettext(
            "Cities that agreed to be named: %(series)s, in points of 100",
            series=named(series, view.labels),
        ),
        groups=(),
        headings=(gettext("City"), *(role_named(code, view.labels) for code in codes)),
        rows=tuple(
            (
                name,
                *(
                    estimate(row, view.labels) if (row := rows.get((slug, code))) else NOTHING
                    for code in codes
                ),
            )
            for slug, name in view.cities.items()
        ),
    )
