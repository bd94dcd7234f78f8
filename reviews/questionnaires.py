"""A published instrument, read once: what pages and rules need of it, frozen.

A published instrument never changes, so one of these can be kept for as long as the process
lives; nothing in it is tied to a database session.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from models import Instrument, Statement, StatementKind, marks


@dataclass(frozen=True)
class AskedStatement:
    id: int
    code: str
    anchor: str
    kind: StatementKind
    title: str
    text: str
    guidance: str
    evidence_examples: tuple[str, ...]
    weight: float
    may_be_outside_remit: bool
    levels: tuple[tuple[int, str], ...]
    commitment_code: str
    position: int

    @cached_property
    def level_marks(self) -> tuple[str, ...]:
        """The marks that stand for a level of this statement's scale, lowest first."""
        return tuple(str(value) for value, _ in self.levels)

    @cached_property
    def answer_marks(self) -> frozenset[str]:
        """The marks a city may give."""
        remit = {marks.NOT_OUR_COMPETENCE} if self.may_be_outside_remit else set()
        return frozenset({marks.EMPTY, *self.level_marks, *remit})

    @cached_property
    def score_marks(self) -> frozenset[str]:
        """The marks a reviewer, or the team together, may give."""
        return self.answer_marks | {marks.CANNOT_JUDGE}


@dataclass(frozen=True)
class AskedCommitment:
    code: str
    title: str
    text: str
    principles: tuple[str, ...]
    weight: float
    role_code: str
    statements: tuple[AskedStatement, ...]


@dataclass(frozen=True)
class AskedRole:
    code: str
    title: str
    summary: str
    commitments: tuple[AskedCommitment, ...]

    @property
    def statements(self) -> Iterator[AskedStatement]:
        return (statement for part in self.commitments for statement in part.statements)


@dataclass(frozen=True)
class Questionnaire:
    """Roles, commitments, statements and levels of one instrument, in its order."""

    id: int
    code: str
    version: str
    title: str
    introduction: str
    source: str
    sha256: str | None
    scale_minimum: int
    scale_maximum: int
    roles: tuple[AskedRole, ...]

    @classmethod
    def of(cls, instrument: Instrument) -> Questionnaire:
        return cls(
            id=instrument.id,
            code=instrument.code,
            version=instrument.version,
            title=instrument.title,
            introduction=instrument.introduction,
            source=instrument.source,
            sha256=instrument.sha256,
            scale_minimum=instrument.scale_minimum,
            scale_maximum=instrument.scale_maximum,
            roles=tuple(
                AskedRole(
                    code=role.code,
                    title=role.title,
                    summary=role.summary,
                    commitments=tuple(
                        AskedCommitment(
                            code=commitment.code,
                            title=commitment.title,
                            text=commitment.text,
                            principles=tuple(commitment.principles),
                            weight=commitment.weight,
                            role_code=role.code,
                            statements=tuple(map(_asked, commitment.statements)),
                        )
                        for commitment in role.commitments
                    ),
                )
                for role in instrument.roles
            ),
        )

    @cached_property
    def commitments(self) -> tuple[AskedCommitment, ...]:
        return tuple(part for role in self.roles for part in role.commitments)

    @cached_property
    def statements(self) -> tuple[AskedStatement, ...]:
        """All statements in the order of the instrument: the order of packed scores."""
        return tuple(one for part in self.commitments for one in part.statements)

    @cached_property
    def _by_code(self) -> dict[str, AskedStatement]:
        return {statement.code: statement for statement in self.statements}

    @cached_property
    def _by_anchor(self) -> dict[str, AskedStatement]:
        return {statement.anchor: statement for statement in self.statements}

    def statement(self, code: str) -> AskedStatement | None:
        return self._by_code.get(code)

    def anchored(self, anchor: str) -> AskedStatement | None:
        """The statement of the same meaning in this version, whatever its code and wording."""
        return self._by_anchor.get(anchor)

    def narrowed(self, codes: Iterable[str]) -> Questionnaire:
        """The same questionnaire with only those roles and commitments whose codes are named."""
        named = frozenset(codes)
        roles = (
            replace(
                role,
                commitments=tuple(
                    part for part in role.commitments if named & {role.code, part.code}
                ),
            )
            for role in self.roles
        )
        return replace(self, roles=tuple(role for role in roles if role.commitments))

    def neighbours(self, code: str) -> tuple[AskedStatement | None, AskedStatement | None]:
        """The statements before and after one, None at the two ends."""
        codes = list(self._by_code)
        place = codes.index(code)
        before = self.statements[place - 1] if place else None
        after = self.statements[place + 1] if place + 1 < len(codes) else None
        return before, after


def _asked(statement: Statement) -> AskedStatement:
    return AskedStatement(
        id=statement.id,
        code=statement.code,
        anchor=statement.anchor,
        kind=statement.kind,
        title=statement.title,
        text=statement.text,
        guidance=statement.guidance,
        evidence_examples=tuple(statement.evidence_examples),
        weight=statement.weight,
        may_be_outside_remit=statement.may_be_outside_remit,
        levels=tuple((level.value, level.text) for level in statement.levels),
        commitment_code=statement.commitment.code,
        position=statement.position,
    )
