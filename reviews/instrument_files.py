"""An instrument from a TOML file, with the file, line and field of every fault in it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from models import Commitment, Instrument, Level, Role, Statement, StatementKind

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
Kebab = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
ScaleEnd = Annotated[int, Field(ge=0, le=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class StatementPart(_Part):
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[1-9][0-9]?\.[1-9][0-9]?$")]
    anchor: Kebab
    kind: Annotated[StatementKind, Field(strict=False)]
    title: Title
    text: Prose
    guidance: Prose
    evidence: Annotated[list[Prose], Field(min_length=1)]
    weight: Weight
    may_be_outside_remit: bool
    levels: Annotated[list[Prose], Field(min_length=2)]


class CommitmentPart(_Part):
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[1-9][0-9]?$")]
    title: Line
    text: Prose
    principles: list[str]
    weight: Weight
    statement: Annotated[list[StatementPart], Field(min_length=1)]


class RolePart(_Part):
    code: Kebab
    title: Line
    summary: Prose
    commitment: Annotated[list[CommitmentPart], Field(min_length=1)]


class InstrumentFile(_Part):
    code: Kebab
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)?$")]
    title: Line
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    source: Prose
    introduction: Prose
    scale_minimum: ScaleEnd
    scale_maximum: ScaleEnd
    role: Annotated[list[RolePart], Field(min_length=1)]


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: `line` counts from 1, `field` names the key."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message}"


class FaultyFile(Exception):
    """A file that cannot be used; `faults` names all that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


def read(path: Path) -> Instrument:
    """The instrument that a file describes, as a draft. Raises FaultyFile with every fault."""
    return _instrument(content_of(path, InstrumentFile, _contradictions))


Shape = TypeVar("Shape", bound=BaseModel)
Loc = tuple[int | str, ...]


def content_of(
    path: Path,
    shape: type[Shape],
    contradictions: Callable[[Shape], Iterable[tuple[Loc, str]]],
) -> Shape:
    """What a TOML file says, in its shape and free of contradictions, or FaultyFile."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise FaultyFile([Fault(path.name, 1, "file", f"not UTF-8: {error.reason}")]) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place.group(1)) if place else text.count("\n") + 1
        raise FaultyFile([Fault(path.name, line, "file", str(error))]) from None
    lines = _lines_of_keys(text)
    try:
        content = shape.model_validate(raw)
    except ValidationError as error:
        raise FaultyFile(
            [
                Fault(path.name, _line_of(lines, one["loc"]), _field(one["loc"]), one["msg"])
                for one in error.errors()
            ]
        ) from None
    faults = [
        Fault(path.name, _line_of(lines, loc), _field(loc), message)
        for loc, message in contradictions(content)
    ]
    if faults:
        raise FaultyFile(faults)
    return content


def shipped(name: str) -> Path:
    """The file of an instrument that comes with the program."""
    return Path(str(resources.files("reviews") / "instruments" / f"{name}.toml"))


def _contradictions(content: InstrumentFile) -> Iterator[tuple[Loc, str]]:
    """What each part allows alone but the whole does not."""
    if content.scale_minimum >= content.scale_maximum:
        yield ("scale_maximum",), "the scale needs two different ends"
    steps = content.scale_maximum - content.scale_minimum + 1
    seen: Counter[tuple[str, str]] = Counter()
    for loc, part in _parts(content):
        for name in ("code", "anchor"):
            value = getattr(part, name, None)
            if value is not None:
                seen[name, value] += 1
                if seen[name, value] == 2:
                    yield (*loc, name), f"{value!r} is used twice"
        if isinstance(part, StatementPart):
            yield from _faults_of_levels(loc, part.levels, steps)
        elif not sum(child.weight for child in _children(part)):
            yield (*loc, "weight"), "all weights below this are zero"


def _faults_of_levels(loc: Loc, texts: list[str], steps: int) -> Iterator[tuple[Loc, str]]:
    if len(texts) != steps:
        yield (*loc, "levels"), f"{len(texts)} level texts for {steps} levels"
    if len(set(texts)) != len(texts):
        yield (*loc, "levels"), "two levels have the same text"


def _children(part: RolePart | CommitmentPart) -> Sequence[CommitmentPart | StatementPart]:
    return part.commitment if isinstance(part, RolePart) else part.statement


def _parts(
    content: InstrumentFile,
) -> Iterator[tuple[Loc, RolePart | CommitmentPart | StatementPart]]:
    for r, role in enumerate(content.role):
        yield ("role", r), role
        for c, commitment in enumerate(role.commitment):
            yield ("role", r, "commitment", c), commitment
            for s, statement in enumerate(commitment.statement):
                yield ("role", r, "commitment", c, "statement", s), statement


_HEADER = re.compile(r"^\s*\[\[\s*([\w.]+)\s*\]\]")
_KEY = re.compile(r"^\s*([\w-]+)\s*=")


def _lines_of_keys(text: str) -> dict[Loc, int]:
    """The line of each table and key. tomllib keeps none, so the lines are read once more."""
    lines: dict[Loc, int] = {}
    counts: dict[Loc, int] = {}
    table: Loc = ()
    inside_text = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not inside_text:
            if header := _HEADER.match(line):
                table = _entered(header.group(1).split("."), counts)
                lines[table] = number
            elif key := _KEY.match(line):
                lines[(*table, key.group(1))] = number
        inside_text ^= line.count('"""') % 2 == 1
    return lines


def _entered(names: list[str], counts: dict[Loc, int]) -> Loc:
    """The place of a newly opened [[a.b]]: the last a, and one more b in it."""
    place: Loc = ()
    for name in names[:-1]:
        place = (*place, name, counts.get((*place, name), 0))
    last = (*place, names[-1])
    counts[last] = counts.get(last, -1) + 1
    return (*last, counts[last])


def _line_of(lines: dict[Loc, int], loc: Loc) -> int:
    """The line of a key, or of the nearest table around it when the key is missing."""
    while loc and loc not in lines:
        loc = loc[:-1]
    return lines.get(loc, 1)


def _field(loc: Loc) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in loc)


def _instrument(content: InstrumentFile) -> Instrument:
    return Instrument(
        **content.model_dump(exclude={"role"}),
        roles=[
            Role(
                **role.model_dump(exclude={"commitment"}),
                position=position,
                commitments=[
                    _commitment(part, place, content.scale_minimum)
                    for place, part in enumerate(role.commitment, start=1)
                ],
            )
            for position, role in enumerate(content.role, start=1)
        ],
    )


def _commitment(part: CommitmentPart, position: int, lowest: int) -> Commitment:
    return Commitment(
        **part.model_dump(exclude={"statement"}),
        position=position,
        statements=[
            Statement(
                **_columns(statement),
                position=place,
                levels=[
                    Level(value=value, text=text)
                    for value, text in enumerate(statement.levels, start=lowest)
                ],
            )
            for place, statement in enumerate(part.statement, start=1)
        ],
    )


def _columns(statement: StatementPart) -> dict[str, Any]:
    columns = statement.model_dump(exclude={"levels", "evidence"})
    return {**columns, "evidence_examples": statement.evidence}
