"""What the pages of a consensus show: here, and nowhere else, scores stand side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import AgreedLevel, Assent, Assessment, Consensus, User, marks
from reviews.consensus import Divergence, divergences
from reviews.policy import Action, allowed
from reviews.queries.scores import CityAnswer, Justified, TeamReview
from reviews.questionnaires import AskedStatement, Questionnaire
from webapp.badges import Badge, badge_of
from webapp.choices import for_reviewer
from webapp.clock import now
from webapp.places import Place
from webapp.worksheets import NO_ATTEMPT, Attempt, Worksheet


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

    @classmethod
    def of(
        cls,
        questionnaire: Questionnaire,
        team: Sequence[TeamReview],
        agreed: Mapping[int, str],
        city: Sequence[str],
    ) -> Table:
        asked = questionnaire.statements
        return cls(
            rows=tuple(divergences(questionnaire, [one.marks for one in team])),
            agreed=agreed,
            city={one.id: mark for one, mark in zip(asked, city, strict=True)},
        )

    @property
    def open(self) -> tuple[AskedStatement, ...]:
        """The statements without an agreed level, widest disagreement first."""
        return tuple(row.statement for row in self.rows if not self._agreed(row))

    @property
    def unanimous(self) -> int:
        """On how many of the open ones everybody gave the same mark."""
        return sum(row.unanimous is not None and not self._agreed(row) for row in self.rows)

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
class ConsensusPage:
    """The consensus of a team, widest disagreement first."""

    title: str
    place: Place
    members: tuple[Member, ...]
    lines: tuple[Line, ...]
    agreed: int
    statements: int
    open: tuple[AskedStatement, ...]
    unanimous: int
    shown: int
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
        who: User,
        *,
        error: str = "",
        error_field: str = "",
        dissent: str = "",
    ) -> ConsensusPage:
        at = now()
        return cls(
            title=gettext("Consensus on %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            members=_members(consensus, team),
            lines=tuple(_line(row, table) for row in table.rows),
            agreed=len(table.rows) - len(table.open),
            statements=len(table.rows),
            open=table.open,
            unanimous=table.unanimous,
            shown=consensus.number,
            closed_by=consensus.closed_by.name if consensus.closed_by else "",
            closed_at=consensus.closed_at,
            may_write=allowed(who, Action.AGREED_LEVEL_WRITE, assessment, at),
            may_agree=allowed(who, Action.CONSENSUS_AGREE, assessment, at),
            may_close=allowed(who, Action.CONSENSUS_CLOSE, assessment, at),
            error=error,
            error_field=error_field,
            dissent=dissent,
        )


@dataclass(frozen=True)
class View:
    """What one of the team says about one statement."""

    name: str
    lead: bool
    badge: Badge | None
    justification: str

    @classmethod
    def of(cls, said: Justified, statement: AskedStatement) -> View:
        badge = badge_of(said.mark, statement)
        return cls(said.reviewer, said.lead, badge, said.justification)


@dataclass(frozen=True)
class AgreedLevelPage:
    """One statement: what each of the team says, what the city signed, what is agreed."""

    title: str
    place: Place
    sheet: Worksheet
    views: tuple[View, ...]
    spread: str
    answer: CityAnswer
    answer_level: str
    badge: Badge | None
    agreed: int
    statements: int
    next_open: AskedStatement | None
    template: ClassVar[str] = "consensus/agreed_level.html"

    @classmethod
    def of(
        cls,
        agreed: AgreedLevel,
        statement: AskedStatement,
        questionnaire: Questionnaire,
        said: Sequence[Justified],
        answer: CityAnswer,
        table: Table,
        who: User,
        attempt: Attempt = NO_ATTEMPT,
    ) -> AgreedLevelPage:
        order = [row.statement for row in table.rows]
        place = order.index(statement)
        city_level = badge_of(answer.mark, statement)
        sheet = Worksheet.of(
            agreed,
            statement,
            questionnaire,
            who,
            may_write=allowed(who, Action.AGREED_LEVEL_WRITE, agreed.assessment, now()),
            choose=for_reviewer,
            attempt=attempt,
            neighbours=(
                order[place - 1] if place else None,
                order[place + 1] if place + 1 < len(order) else None,
            ),
        )
        return cls(
            title=sheet.title,
            place=Place.of(agreed.assessment),
            sheet=sheet,
            views=tuple(View.of(one, statement) for one in said),
            spread=_spread(table.rows[place]),
            answer=answer,
            answer_level=city_level.text if city_level else "",
            badge=badge_of(agreed.mark, statement),
            agreed=len(table.rows) - len(table.open),
            statements=len(table.rows),
            next_open=_next_open(order[place + 1 :] + order[:place], table),
        )


def _next_open(ring: Sequence[AskedStatement], table: Table) -> AskedStatement | None:
    return next((one for one in ring if one in table.open), None)


def _line(row: Divergence, table: Table) -> Line:
    statement = row.statement
    return Line(
        code=statement.code,
        title=statement.title,
        badges=tuple(map(badge_of, row.marks)),
        spread=_spread(row),
        city=badge_of(table.city[statement.id]),
        agreed=badge_of(table.agreed.get(statement.id, marks.EMPTY)),
    )


def _spread(row: Divergence) -> str:
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


def _stance(assent: Assent | None, number: int) -> tuple[str, str]:
    """What a person says to the levels as they are now, and the colour of its tag."""
    if assent is None:
        return gettext("Silent so far"), "grey"
    if assent.consensus_number != number:
        return gettext("Answered before the last change"), "yellow"
    return (gettext("Dissents"), "red") if assent.dissent else (gettext("Agrees"), "green")
