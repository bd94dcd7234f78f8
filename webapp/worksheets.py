"""One statement being worked on: what the pages of an answer, a score and an agreed level share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models import User
from reviews.errors import RuleBroken, Stale, Unusable
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import Kept, Sent, content_of
from webapp.badges import words_of_clash
from webapp.choices import Choice
from webapp.differences import Piece, difference
from webapp.errors import said
from webapp.saves import fresh_key
from webapp.words import kind_words

Neighbours = tuple[AskedStatement | None, AskedStatement | None]


@dataclass(frozen=True)
class Attempt:
    """What a person sent that could not be stored, and why: a problem at a field, or a clash
    with what somebody else stored, field by field in pieces of theirs (gone) and mine (new)."""

    typed: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    problem_field: str = ""
    clash: tuple[tuple[Piece, ...], ...] = ()
    base: int = 0

    @classmethod
    def of(cls, sent: Sent, error: RuleBroken) -> Attempt:
        if isinstance(error, Stale):
            mine = {**error.theirs, **sent.content}
            pairs = words_of_clash(error.theirs, mine, error.fields)
            clash = tuple(difference(*pair) for pair in pairs)
            return cls(typed=sent.content, clash=clash, base=sent.base or 0)
        at = error.field if isinstance(error, Unusable) else "mark"
        return cls(typed=sent.content, problem=said(error), problem_field=at, base=sent.base or 0)

    def problem_at(self, name: str) -> str:
        return self.problem if self.problem_field == name else ""


NO_ATTEMPT = Attempt()


@dataclass(frozen=True)
class Worksheet:
    """The statement, what is stored or was typed about it, and where to go from here."""

    statement: AskedStatement
    kind: str
    role_title: str
    commitment_title: str
    content: Mapping[str, str]
    choices: tuple[Choice, ...]
    base: int
    key: str
    changed_by: str
    changed_at: datetime | None
    previous: AskedStatement | None
    next: AskedStatement | None
    may_write: bool
    attempt: Attempt

    @property
    def title(self) -> str:
        return f"{self.statement.code} {self.statement.title}"

    @property
    def fields(self) -> str:
        return " ".join(self.content)

    @classmethod
    def of(
        cls,
        kept: Kept,
        statement: AskedStatement,
        questionnaire: Questionnaire,
        who: User,
        *,
        may_write: bool,
        choose: Callable[[AskedStatement, str], tuple[Choice, ...]],
        attempt: Attempt = NO_ATTEMPT,
        neighbours: Neighbours | None = None,
    ) -> Worksheet:
        role = next(one for one in questionnaire.roles if statement in tuple(one.statements))
        commitment = next(one for one in role.commitments if one.code == statement.commitment_code)
        content = {**content_of(kept), **attempt.typed}
        before, after = neighbours or questionnaire.neighbours(statement.code)
        return cls(
            statement=statement,
            kind=kind_words(statement.kind),
            role_title=role.title,
            commitment_title=commitment.title,
            content=content,
            choices=choose(statement, content["mark"]),
            base=kept.number,
            key=fresh_key(),
            changed_by=kept.changed_by.name if kept.changed_by else "",
            changed_at=kept.changed_at,
            previous=before,
            next=after,
            may_write=may_write,
            attempt=attempt,
        )
