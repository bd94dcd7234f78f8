"""A calibration case from its TOML file: what reviewers read, and the reference beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from models import marks
from reviews.instrument_files import Kebab, Line, Loc, Prose, content_of
from reviews.questionnaires import Questionnaire

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[1-9][0-9]?\.[1-9][0-9]?$")]
Maybe = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]
Mark = Annotated[str, StringConstraints(pattern=r"^([0-9]|not_our_competence)$")]
ReferenceMark = Annotated[
    str, StringConstraints(pattern=r"^([0-9]|not_our_competence|cannot_judge)$")
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class EvidencePart(_Part):
    title: Line
    pointer: Line
    excerpt: Prose


class StatementPart(_Part):
    code: Code
    mark: Mark
    text: Prose
    reference: ReferenceMark
    why: Prose
    not_higher: Maybe
    not_lower: Maybe
    lesson: Prose
    evidence: Annotated[list[EvidencePart], Field(min_length=1)]


class CaseFile(_Part):
    code: Kebab
    instrument: Kebab
    title: Line
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    city: Line
    setting: Prose
    statement: Annotated[list[StatementPart], Field(min_length=1)]


@dataclass(frozen=True)
class Excerpt:
    """A piece of evidence as a reviewer sees it: a part of a document, told."""

    title: str
    pointer: str
    excerpt: str


@dataclass(frozen=True)
class CaseAnswer:
    """What the invented city says about one statement: all that is shown before one's own view
    is in."""

    mark: str
    text: str
    evidence: tuple[Excerpt, ...]


@dataclass(frozen=True)
class Reference:
    """The level that a statement deserves, and the reasons for it."""

    mark: str
    why: str
    not_higher: str
    not_lower: str
    lesson: str


@dataclass(frozen=True)
class Case:
    """One invented city; answers and references by the code of the statement, in their order."""

    code: str
    instrument: str
    title: str
    city: str
    setting: str
    sha256: str
    answers: dict[str, CaseAnswer]
    references: dict[str, Reference]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.answers)

    def fits(self, questionnaire: Questionnaire) -> bool:
        """Whether all of it can be said with the statements and levels of a questionnaire."""
        return questionnaire.code == self.instrument and all(
            (statement := questionnaire.statement(code)) is not None
            and answer.mark in statement.answer_marks
            and self.references[code].mark in statement.score_marks
            for code, answer in self.answers.items()
        )


def read(path: Path) -> Case:
    """The case that a file describes. Raises FaultyFile with every fault."""
    content = content_of(path, CaseFile, _contradictions)
    return Case(
        code=content.code,
        instrument=content.instrument,
        title=content.title,
        city=content.city,
        setting=content.setting,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        answers={
            one.code: CaseAnswer(
                mark=one.mark,
                text=one.text,
                evidence=tuple(Excerpt(**part.model_dump()) for part in one.evidence),
            )
            for one in content.statement
        },
        references={
            one.code: Reference(one.reference, one.why, one.not_higher, one.not_lower, one.lesson)
            for one in content.statement
        },
    )


@cache
def shipped() -> dict[str, Case]:
    """The cases that come with the program, by their codes; read once per process."""
    folder = Path(str(resources.files("reviews") / "cases"))
    return {case.code: case for case in map(read, sorted(folder.glob("*.toml")))}


def of_questionnaire(questionnaire: Questionnaire) -> Case | None:
    """The case for a questionnaire, if there is one."""
    return next((case for case in shipped().values() if case.fits(questionnaire)), None)


def _contradictions(content: CaseFile) -> Iterator[tuple[Loc, str]]:
    """What each part allows alone but the whole does not."""
    met: set[str] = set()
    for number, part in enumerate(content.statement):
        loc = ("statement", number)
        if part.code in met:
            yield (*loc, "code"), f"{part.code!r} is used twice"
        met.add(part.code)
        if marks.level_of(part.reference) is None and (part.not_higher or part.not_lower):
            yield (*loc, "reference"), "no level is higher or lower than this"
        if marks.level_of(part.reference) is not None and not (part.not_higher or part.not_lower):
            yield (*loc, "reference"), "say why not one higher or why not one lower"
