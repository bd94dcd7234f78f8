"""Folders of files: the five input tables read from CSV, a result written as CSV.

A row of a file is counted as a spreadsheet counts it: the header is row 1, and a line break
inside quotation marks begins no row.
"""

import csv
import hashlib
import io
import json
import re
import tempfile
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.cells import neutral, original
from benchmarks.config import BenchmarkConfig
from benchmarks.frames import COLUMNS, FaultyFrames, Frames, check
from benchmarks.result import BenchmarkResult

SEPARATORS = (",", ";")
INDEX = "result.json"
LONGEST = 300
# What file managers leave in every folder that somebody looks into.
LEFT_BEHIND = {".DS_Store", "Thumbs.db", "desktop.ini"}
_KINDS: dict[type, tuple[tuple[type, ...], str]] = {
    float: ((float, int), "a number"),
    int: ((int,), "a whole number"),
    tuple: ((tuple,), "a list of texts"),
    str: ((str,), "a text"),
    type(None): ((str,), "a text"),
}
# By the name of a choice: what a file may say of it, in Python and in words.
CHOICES = {field.name: _KINDS[type(field.default)] for field in fields(BenchmarkConfig)}


@dataclass(frozen=True, order=True)
class FileFault:
    """One thing wrong: in which file, which row (0: the whole file), which column or key."""

    file: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = [f"row {self.row}"] * (self.row > 0) + [self.column] * bool(self.column)
        told = f"{', '.join([self.file, *where])}{':' * bool(where)} {self.message}"
        # It may quote any cell, and is read at a terminal.
        line = "".join(sign if sign.isprintable() else " " for sign in told)
        return line if len(line) <= LONGEST else f"{line[: LONGEST - 60]} … {line[-57:]}"


class FaultyFiles(ValueError):
    """The files cannot be computed with; `faults` names every reason, by file and row."""

    def __init__(self, faults: Iterable[FileFault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


class Occupied(ValueError):
    """The folder holds what a result would take the place of."""


@dataclass(frozen=True)
class Written:
    """One file of a result: its name in the folder, how many rows (of a table), its SHA-256."""

    name: str
    rows: int | None
    sha256: str


def read(folder: Path) -> Frames:
    """The five tables (METHOD 1) from statements.csv, structure.csv ..., checked.

    UTF-8, separated by comma or semicolon; everything is text until `check` reads it, and other
    columns are left out. Raises `FaultyFiles` with all faults of all files at once; while one of
    them cannot be read at all, what the others say of it is not checked.
    """
    sheets = {name: _sheet(folder / f"{name}.csv", kinds) for name, kinds in COLUMNS.items()}
    faults = [fault for sheet in sheets.values() for fault in sheet.faults]
    try:
        frames = check(Frames(**{name: sheet.table for name, sheet in sheets.items()}))
    except FaultyFrames as faulty:
        blind = any(sheet.unread for sheet in sheets.values())
        for fault in faulty.faults:
            sheet = sheets[fault.table]
            row = sheet.rows[fault.row - 1] if fault.row else 0
            if not sheet.unread and row not in sheet.ragged and not (blind and row):
                faults.append(FileFault(sheet.file, row, fault.column, fault.message))
    if faults:
        raise FaultyFiles(faults)
    return frames


def read_config(path: Path) -> BenchmarkConfig:
    """The choices in a TOML file, each under its name in `BenchmarkConfig`; others stay as usual.

    Raises `FaultyFiles` with all faults at once, each with its key.
    """
    try:
        given = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FaultyFiles([FileFault(path.name, 0, "", "is not UTF-8")]) from None
    except tomllib.TOMLDecodeError as wrong:
        raise FaultyFiles([FileFault(path.name, 0, "", f"is not TOML: {wrong}")]) from None
    faults, choices = [], {}
    for key, value in given.items():
        try:
            choices[key] = _choice(key, value)
        except ValueError as wrong:
            faults.append(FileFault(path.name, 0, key, str(wrong)))
    if faults:
        raise FaultyFiles(faults)
    return BenchmarkConfig(**choices)


def need_room(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier result: nothing of others is lost.

    Raises `Occupied`.
    """
    if folder.exists() and not folder.is_dir():
        raise Occupied(f"{folder} is a file.")
    ours = _earlier(folder)
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        kept = path.is_symlink() or not path.is_dir()
        if kept and name not in ours and path.name not in LEFT_BEHIND:
            raise Occupied(f"{folder} holds {name}, which is not of an earlier result.")


def write(
    result: BenchmarkResult, folder: Path, texts: Iterable[tuple[str, str]] = ()
) -> list[Written]:
    """Put the tables, `texts` (name and content) and result.json into the folder, or nothing.

    Everything is made beside the folder and moved in one step, in the place of an earlier
    result. The same result gives the same bytes. Raises `Occupied`, or `OSError` of the disk.
    """
    need_room(folder)
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        made, earlier = Path(beside, "made"), Path(beside, "earlier")
        made.mkdir()
        written = [_put(made, name, octets, rows) for name, octets, rows in _files(result, texts)]
        _put(made, INDEX, _index(result, written), None)
        if folder.exists():
            made.chmod(folder.stat().st_mode)
            folder.rename(earlier)
        try:
            made.rename(folder)
        except OSError:
            if earlier.exists():
                earlier.rename(folder)
            raise
    return written


def file_name(identity: str) -> str:
    """A name that every file system takes, for any id; no two ids share one, not even by case.

    What is small letters, digits and hyphens stays; all else is spelt alike, and numbered by its
    fingerprint.
    """
    plain = re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", identity) and len(identity) <= 60
    if plain and not re.search(r"-[0-9a-f]{16}$|^(con|prn|aux|nul|com\d|lpt\d)$", identity):
        return identity
    letters = unicodedata.normalize("NFKD", identity).encode("ascii", "ignore").decode().lower()
    spelt = "-".join(re.findall("[a-z0-9]+", letters))[:40].strip("-") or "id"
    return f"{spelt}-{hashlib.sha256(identity.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


@dataclass(frozen=True)
class _Sheet:
    """One file: its table, the row of the file behind each row of it, and what is wrong.

    unread  nothing can be said of its rows; ragged: rows of the file that are too short or long.
    """

    file: str
    table: pd.DataFrame
    rows: list[int]
    faults: list[FileFault]
    unread: bool = False

    @property
    def ragged(self) -> set[int]:
        return {fault.row for fault in self.faults}


class _Unread(Exception):
    """In which row (0: the whole file) reading ends, and why."""


def _sheet(path: Path, kinds: dict[str, str]) -> _Sheet:
    try:
        text = _decoded(path)
        separator = max(SEPARATORS, key=lambda sign: len(set(_header(text, sign)) & set(kinds)))
        rows = _rows(text, separator)
    except _Unread as why:
        fault = FileFault(path.name, why.args[0], "", why.args[1])
        return _Sheet(path.name, pd.DataFrame(columns=list(kinds)), [], [fault], unread=True)
    return _table(path.name, rows, kinds, decimal_comma=separator == ";")


def _decoded(path: Path) -> str:
    try:
        octets = path.read_bytes()
    except FileNotFoundError:
        raise _Unread(0, "is missing") from None
    except OSError as wrong:
        raise _Unread(0, f"cannot be read: {wrong.strerror}") from None
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        row = octets[: wrong.start].count(b"\n") + 1
        raise _Unread(row, 'is not UTF-8; save the file as "CSV UTF-8"') from None


def _rows(text: str, separator: str) -> list[tuple[int, list[str]]]:
    """The rows that hold anything, each with its number."""
    rows, row = [], 0
    try:
        for row, cells in enumerate(_cells(text, separator), 1):
            if any(cells):
                rows.append((row, cells))
    except csv.Error as wrong:
        why = f"cannot be read; is a quotation mark out of place? ({wrong})"
        raise _Unread(row + 1, why) from None
    if not rows:
        raise _Unread(0, "is empty")
    return rows


def _table(
    file: str, rows: list[tuple[int, list[str]]], kinds: dict[str, str], *, decimal_comma: bool
) -> _Sheet:
    (first, header), *body = rows
    header = [cell.strip() for cell in header]
    faults = [
        FileFault(file, first, column, "column is there twice")
        for column in kinds
        if header.count(column) > 1
    ]
    for row, cells in body:
        if len(cells) < len(header):
            message = f"the row ends before it: {len(cells)} cells, {len(header)} in the header"
            faults.append(FileFault(file, row, header[len(cells)], message))
        elif any(cells[len(header) :]):
            message = f"{len(cells)} cells, {len(header)} in the header"
            faults.append(FileFault(file, row, "", message))
    columns = {}
    for column, kind in kinds.items():
        if column in header:
            at = header.index(column)
            told = [original(cells[at]) if at < len(cells) else "" for _, cells in body]
            if decimal_comma and kind.startswith("number"):
                told = [re.sub(r"^(\s*[-+]?\d+),(\d+\s*)$", r"\1.\2", cell) for cell in told]
            columns[column] = told
    table = pd.DataFrame(columns, dtype=object, index=range(len(body)))
    return _Sheet(file, table, [row for row, _ in body], faults)


def _cells(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _header(text: str, separator: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(filter(any, _cells(text, separator)), [])]
    except csv.Error:
        return []


def _choice(key: str, value: Any) -> Any:
    """The value as the configuration holds it; `ValueError` in words where there is none such."""
    if key not in CHOICES:
        raise ValueError(f"there is no such choice; there are {', '.join(CHOICES)}")
    texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
    choice: Any = tuple(value) if texts else value
    kinds, words = CHOICES[key]
    if type(choice) not in kinds:
        raise ValueError(f"{value!r} is not {words}")
    choice = float(choice) if float in kinds else choice
    BenchmarkConfig(**{key: choice})
    return choice


def _files(
    result: BenchmarkResult, texts: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, bytes, int | None]]:
    for name, table in result.tables.items():
        yield f"{name}.csv", _csv_of(table), len(table)
    for name, text in texts:
        yield name, text.encode("utf-8", "replace"), None


def _csv_of(table: pd.DataFrame) -> bytes:
    """UTF-8, LF; numbers to their last digit, nothing where there is none."""
    columns = {str(name): _column(table[name]) for name in table.columns}
    text = pd.DataFrame(columns).to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8", "replace")


def _column(column: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(column):
        return column.replace([np.inf, -np.inf], np.nan)
    if pd.api.types.is_numeric_dtype(column):
        return column
    cells = {cell: _text(cell) for cell in column.dropna().unique()}
    return column.astype(object).map(cells)


def _text(cell: object) -> object:
    # Python before 3.13 puts no quotation marks around a lone carriage return.
    return re.sub(r"\r\n?", "\n", text) if isinstance(text := neutral(cell), str) else text


def _put(folder: Path, name: str, octets: bytes, rows: int | None) -> Written:
    path = folder / name
    if folder not in path.parents or ".." in path.parts:
        raise ValueError(f"{name} is not inside the folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(octets)
    return Written(name, rows, hashlib.sha256(octets).hexdigest())


def _index(result: BenchmarkResult, written: list[Written]) -> bytes:
    content = {
        "config_hash": result.config_hash,
        "data_hash": result.data_hash,
        "seed": result.seed,
        "method_version": result.method_version,
        "result_hash": result.result_hash,
        "config": asdict(result.config),
        "files": [
            {key: value for key, value in asdict(file).items() if value is not None}
            for file in written
        ],
    }
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode("utf-8", "replace")


def _earlier(folder: Path) -> set[str]:
    """The files of the result that the folder holds; none where it holds none."""
    try:
        content = json.loads((folder / INDEX).read_bytes())
        return {INDEX, *(str(file["name"]) for file in content["files"] if content["result_hash"])}
    except (OSError, ValueError, TypeError, KeyError):
        return set()
