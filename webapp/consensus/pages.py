"""What the page of a consensus shows: here, and at its statements, scores stand side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from flask_babel import gettext, ngettext

from models import Assent, Assessment, Consensus, User, marks
from reviews.consensus import Divergence, divergences
from reviews.policy import Action, allowed
from reviews.queries.consensus import Objection
from reviews.queries.scores import TeamReview
from reviews.questionnaires import AskedStatement, Questionnaire
from webapp.badges import Badge, badge_of
from webapp.clock import now
from webapp.consensus.figures import Figures
from webapp.places import Place


class Show(StrEnum):
    """Which statements the table of a team shows."""

    ALL = "all"
    OPEN = "open"
    DISAGREEING = "disagreeing"


@dataclass(frozen=True)
class NotYetPage:
    """Why the consensus cannot be opened."""

    title: str
    place: Place
    message: str
    template: ClassVar[str] = "consensus/not_yet.html"

    @classmethod
    def of(cls, assessment: Assessment, message: str) -> NotYetPage:
        return cls(gettext("Consensus cannot be opened yet"), Place.of(assessment), message)


@dataclass(frozen=True)
class Table:
    """All that the marks of a team and a city come to, statement by statement."""

    rows: tuple[Divergence, ...]
    agreed: Mapping[int, str]
    city: Mapping[int, str]
    dissents: Mapping[int, int]

    @classmethod
    def of(
        cls,
        questionnaire: Questionnaire,
        team: Sequence[TeamReview],
        agreed: Mapping[int, str],
        city: Sequence[str],
        objections: Sequence[Objection],
    ) -> Table:
        asked = questionnaire.statements
        return cls(
            rows=tuple(divergences(questionnaire, [one.marks for one in team])),
            agreed=agreed,
            city={one.id: mark for one, mark in zip(asked, city, strict=True)},
            dissents=Counter(one.statement_id for one in objections),
        )

    @property
    def open(self) -> tuple[AskedStatement, ...]:
        """The statements without an agreed level, widest disagreement first."""
        return tuple(row.statement for row in self.rows if not self._agreed(row))

    @property
    def unanimous(self) -> int:
        """On how many of the open ones everybody gave the same mark."""
        return sum(row.unanimous is not None and not self._agreed(row) for row in self.rows)

    def shown(self, show: Show) -> tuple[Divergence, ...]:
        """The rows of one filter."""
        return tuple(row for row in self.rows if self._belongs(row, show))

    def _belongs(self, row: Divergence, show: Show) -> bool:
        if show is Show.OPEN:
            return not self._agreed(row)
        return show is Show.ALL or row.disagreement > 0

    def _agreed(self, row: Divergence) -> bool:
        return self.agreed.get(row.statement.id, marks.EMPTY) != marks.EMPTY


@dataclass(frozen=True)
class Line:
    """One statement with all that was said about it."""

    code: str
    title: str
    badges: tuple[Badge | None, ...]
    spread: str
    city: Badge | None
    agreed: Badge | None
    dissents: str


@dataclass(frozen=True)
class Member:
    """One of the team, and what this person says to the agreed levels."""

    name: str
    lead: bool
    words: str
    colour: str
    given_at: datetime | None
    dissent: str


@dataclass(frozen=True)
class Filter:
    """One filter of the table, with how many statements it leaves."""

    show: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class ConsensusPage:
    """The consensus of a team, widest disagreement first."""

    title: str
    place: Place
    members: tuple[Member, ...]
    filters: tuple[Filter, ...]
    lines: tuple[Line, ...]
    figures: Figures
    agreed: int
    statements: int
    open: tuple[AskedStatement, ...]
    unanimous: int
    shown: int
    standing: str
    closed_by: str
    closed_at: datetime | None
    may_write: bool
    may_agree: bool
    may_close: bool
    error: str
    error_field: str
    dissent: str
    template: ClassVar[str] = "consensus/consensus.html"

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        consensus: Consensus,
        team: Sequence[TeamReview],
        table: Table,
        figures: Figures,
        who: User,
        *,
        show: Show = Show.ALL,
        error: str = "",
        error_field: str = "",
        dissent: str = "",
    ) -> ConsensusPage:
        at = now()
        return cls(
            title=gettext("Consensus on %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            members=_members(consensus, team),
            filters=tuple(_filter(one, table, one is show) for one in Show),
            lines=tuple(_line(row, table) for row in table.shown(show)),
            figures=figures,
            agreed=len(table.rows) - len(table.open),
            statements=len(table.rows),
            open=table.open,
            unanimous=table.unanimous,
            shown=consensus.number,
            standing=_standing(consensus, team),
            closed_by=consensus.closed_by.name if consensus.closed_by else "",
            closed_at=consensus.closed_at,
            may_write=allowed(who, Action.AGREED_LEVEL_WRITE, assessment, at),
            may_agree=allowed(who, Action.CONSENSUS_AGREE, assessment, at),
            may_close=allowed(who, Action.CONSENSUS_CLOSE, assessment, at),
            error=error,
            error_field=error_field,
            dissent=dissent,
        )


def _line(row: Divergence, table: Table) -> Line:
    statement = row.statement
    dissents = table.dissents.get(statement.id, 0)
    return Line(
        code=statement.code,
        title=statement.title,
        badges=tuple(map(badge_of, row.marks)),
        spread=spread_words(row),
        city=badge_of(table.city[statement.id]),
        agreed=badge_of(table.agreed.get(statement.id, marks.EMPTY)),
        dissents=ngettext("%(num)d dissent", "%(num)d dissents", dissents) if dissents else "",
    )


def spread_words(row: Divergence) -> str:
    """The distance in levels; in words where the marks cannot be set against each other."""
    if row.spread is not None:
        return str(row.spread)
    same = len(set(row.marks)) == 1
    return gettext("same") if same else gettext("mixed")


def _members(consensus: Consensus, team: Sequence[TeamReview]) -> tuple[Member, ...]:
    given = {one.assignment.id: one for one in consensus.assents}
    return tuple(_member(one, given.get(one.assignment_id), consensus.number) for one in team)


def _member(review: TeamReview, assent: Assent | None, number: int) -> Member:
    words, colour = _stance(assent, number)
    return Member(
        name=review.reviewer,
        lead=review.lead,
        words=words,
        colour=colour,
        given_at=assent.given_at if assent else None,
        dissent=assent.dissent if assent else "",
    )


def _filter(show: Show, table: Table, chosen: bool) -> Filter:
    count = len(table.shown(show))
    words = {
        Show.ALL: gettext("All (%(count)d)", count=count),
        Show.OPEN: gettext("Without an agreed level (%(count)d)", count=count),
        Show.DISAGREEING: gettext("Where the team differs (%(count)d)", count=count),
    }
    return Filter(show.value, words[show], chosen)


def _standing(consensus: Consensus, team: Sequence[TeamReview]) -> str:
    """How many of the team have agreed with the levels as they are now."""
    there = {one.assignment_id for one in team}
    agreed = sum(
        one.assignment.id in there and one.consensus_number == consensus.number and not one.dissent
        for one in consensus.assents
    )
    return gettext(
        "%(agreed)d of %(team)d agreed with the levels shown (number %(number)d)",
        agreed=agreed,
        team=len(team),
        number=consensus.number,
    )


def _stance(assent: Assent | None, number: int) -> tuple[str, str]:
    """What a person says to the levels as they are now, and the colour of its tag."""
    if assent is None:
        return gettext("Silent so far"), "grey"
    if assent.consensus_number != number:
        return gettext("Answered before the last change"), "yellow"
    return (gettext("Dissents"), "red") if assent.dissent else (gettext("Agrees"), "green")
