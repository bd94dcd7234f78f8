"""Calibration: all reviewers of a round score one invented city before the real ones, each alone.

What the others gave and what the reference says is seen after the own submission only; who gave
what is for the coordinators, and only once the case is closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from models import (
    CalibrationCase,
    CalibrationReview,
    CalibrationScore,
    Revision,
    Round,
    RoundState,
    User,
    marks,
)
from reviews import texts
from reviews.cases import Case
from reviews.errors import Incomplete, NotNow, Unusable
from reviews.journal import record
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import Known, Sent, save

FEWEST_OTHERS = 3
"""So many others must have submitted before a reviewer sees what the panel gave."""

Given = Mapping[str, str]
"""Marks by the code of their statement."""

Counts = Mapping[str, Mapping[str, int]]
"""How many chose each mark, by the code of the statement."""


def open_case(
    round_: Round, case: Case | None, questionnaire: Questionnaire, *, by: User, now: datetime
) -> CalibrationCase:
    """Give the reviewers of a round a case to score; one that is there already stays."""
    if round_.state is RoundState.CLOSED:
        raise NotNow("The round is closed.")
    if round_.calibration is not None:
        return round_.calibration
    if case is None or not case.fits(questionnaire):
        raise Unusable("There is no calibration case for this questionnaire.", field="case")
    opened = CalibrationCase(
        round=round_, code=case.code, sha256=case.sha256, opened_by=by, opened_at=now
    )
    record(by, "calibration:open", round_, now=now, case=case.code)
    return opened


def give_score(
    score: CalibrationScore,
    statement: AskedStatement,
    sent: Sent,
    known: Known,
    *,
    by: User,
    now: datetime,
) -> Revision | None:
    """Write down a reviewer's own view of one statement. Raises as saving.save does."""
    _at_work(score.review)
    if sent.content.get("mark", "") not in statement.score_marks:
        raise Unusable("Choose one of the levels of this statement.", field="mark")
    content = {name: texts.typed(text, field=name) for name, text in sent.content.items()}
    revision = save(score, Sent(content, sent.base, sent.key), known, by=by, now=now)
    if revision is not None and revision is not known.under_key:
        record(by, "calibration:score", score.review.case.round, now=now, statement=score.statement)
    return revision


def given_in(review: CalibrationReview) -> dict[str, str]:
    """The marks that a reviewer has given so far."""
    return {one.statement: one.mark for one in review.scores if one.mark != marks.EMPTY}


def without_score(review: CalibrationReview, codes: Sequence[str]) -> tuple[str, ...]:
    """The statements of the case that the reviewer has not judged yet."""
    given = given_in(review)
    return tuple(code for code in codes if code not in given)


def submit(review: CalibrationReview, case: Case, *, by: User, now: datetime) -> None:
    """Freeze a finished view of the case. Raises Incomplete with the codes that have no score."""
    _at_work(review)
    gaps = without_score(review, case.codes)
    if gaps:
        raise Incomplete("%(count)d statements have no score yet.", missing=gaps, count=len(gaps))
    review.submitted_at = now
    record(by, "calibration:submit", review.case.round, now=now)


def close_case(case: CalibrationCase, *, by: User, now: datetime) -> None:
    """No more scores; whoever has submitted keeps the feedback. Closed twice counts once."""
    if case.round.state is RoundState.CLOSED:
        raise NotNow("The round is closed.")
    if case.closed_at is None:
        case.closed_at = now
        record(by, "calibration:close", case.round, now=now)


def _at_work(review: CalibrationReview) -> None:
    if review.case.closed_at is not None or review.case.round.state is RoundState.CLOSED:
        raise NotNow("The calibration case is closed: it takes no more scores.")
    if review.submitted_at is not None:
        raise NotNow("You have submitted the calibration case: your scores do not change any more.")


@dataclass(frozen=True)
class Closeness:
    """How near some marks are to a standard. `difference` is in levels, above 0 for a generous
    reviewer, over the statements where both sides gave a level; None where there is none."""

    statements: int
    exact: int
    within_one: int
    difference: float | None


def to_reference(given: Given, reference: Given) -> Closeness:
    """One reviewer's marks beside the reference."""
    pairs = [(given[code], mark) for code, mark in reference.items() if code in given]
    return Closeness(
        statements=len(pairs),
        exact=sum(own == right for own, right in pairs),
        within_one=sum(own == right or _apart(own, right) in (0, 1) for own, right in pairs),
        difference=_mean([_between(own, {right: 1}) for own, right in pairs]),
    )


def tally(views: Iterable[Given]) -> Counts:
    """How many chose each mark, by statement."""
    counts: dict[str, Counter[str]] = {}
    for given in views:
        for code, mark in given.items():
            counts.setdefault(code, Counter())[mark] += 1
    return counts


def to_panel(given: Given, others: Counts) -> float | None:
    """How far above the others a reviewer scores, in levels; None without anything to compare."""
    return _mean([_between(mark, others.get(code, {})) for code, mark in given.items()])


def _apart(one: str, other: str) -> int | None:
    levels = marks.level_of(one), marks.level_of(other)
    return None if None in levels else abs(int(one) - int(other))


def _between(own: str, others: Mapping[str, int]) -> float | None:
    """The own level less the mean of the others' levels."""
    level = marks.level_of(own)
    theirs = {mark: count for mark, count in others.items() if marks.level_of(mark) is not None}
    if level is None or not theirs:
        return None
    return level - sum(int(mark) * count for mark, count in theirs.items()) / sum(theirs.values())


def _mean(differences: Sequence[float | None]) -> float | None:
    there = [one for one in differences if one is not None]
    return fmean(there) if there else None
