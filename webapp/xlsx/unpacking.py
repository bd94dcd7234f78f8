"""Opening a workbook that somebody sent: nothing in it may cost more than it is worth.

An XLSX file is a ZIP of XML. What it says about its sizes may be a lie, so its parts are
unpacked here, counted and checked, and packed again without compression: the reader behind
gets the very bytes that were checked, and of them only what it needs.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.parsers import expat

from reviews.errors import Unusable

MOST_PARTS = 1_000
MOST_BYTES = 20_000_000
MOST_ELEMENTS = 200_000
MOST_ROWS = 5_000
MOST_COLUMNS = 200

_NEEDED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(?:workbook|sharedStrings|styles)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/[^/]+\.xml"
)
_WORKBOOK, _SHARED, _SHEETS = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/"
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"

Place = tuple[int, int]
"""A cell by its row and column, both counted from nought."""


@dataclass
class Unpacked:
    """A workbook that is safe to read. `unreadable` are cells, of any sheet, whose formula has
    failed or was never worked out: for the reader they look empty."""

    content: bytes
    unreadable: set[Place] = field(default_factory=set)


def unpack(content: bytes) -> Unpacked:
    """Check an uploaded workbook. Raises Unusable, in words for the person who sent it."""
    if not content:
        raise _refusal("The file is empty.")
    if content.startswith(_OLD_EXCEL):
        raise _refusal(
            "This is an old Excel file, or one with a password. Take the password away and save "
            "it as an Excel workbook (.xlsx)."
        )
    try:
        parts = _parts(content)
        checker = _Checker()
        for name in sorted(parts, key=lambda name: name != _SHARED):
            checker.check(name, parts[name])
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise _refusal(_BROKEN) from None
    except expat.ExpatError:
        raise _refusal(_BROKEN) from None
    return Unpacked(_packed(parts), checker.unreadable)


_BROKEN = "This file cannot be read. It is no Excel workbook (.xlsx), or it is damaged."
_TOO_MUCH = "There is far more in this file than in a sheet from here. It was not read."


def _refusal(message: str) -> Unusable:
    return Unusable(message, field="file")


def _parts(content: bytes) -> dict[str, bytes]:
    """The parts that the reader needs, unpacked. Each is cut off where its declared size ends."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        if len(entries) > MOST_PARTS or sum(one.file_size for one in entries) > MOST_BYTES:
            raise _refusal(_TOO_MUCH)
        if len(set(names)) != len(names) or any(map(_leads_elsewhere, entries)):
            raise _refusal(_BROKEN)
        if _WORKBOOK not in names:
            raise _refusal(_kind_refused(archive, names))
        return {
            entry.filename: archive.read(entry)
            for entry in entries
            if _NEEDED.fullmatch(entry.filename)
        }


def _leads_elsewhere(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.replace("\\", "/")
    link = stat.S_ISLNK(entry.external_attr >> 16)
    return link or name.startswith("/") or ".." in name.split("/")


def _kind_refused(archive: zipfile.ZipFile, names: list[str]) -> str:
    kind = archive.open("mimetype").read(100) if "mimetype" in names else b""
    if kind.decode("ascii", "replace").startswith(_OPEN_DOCUMENT):
        return "This is an OpenDocument file. Save it as an Excel workbook (.xlsx) and send that."
    return _BROKEN


def _packed(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return packed.getvalue()


class _Checker:
    """One look at each part of a workbook for what would cost the reader its memory or its life:
    document types (and so entities), too many elements, counts that it would believe, cells so
    far out that a table up to them is huge, one long text that many cells refer to."""

    def __init__(self) -> None:
        self.unreadable: set[Place] = set()
        self._elements = self._letters = 0
        self._shared: list[int] = []

    def check(self, name: str, part: bytes) -> None:
        """Shared strings go first. Raises Unusable or ExpatError."""
        self._row = self._column = -1
        self._failed = self._formula = self._value = False
        self._refers, self._text = False, ""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        start = self._start_shared if name == _SHARED else self._start
        if name.startswith(_SHEETS):
            start = self._start_in_sheet
            parser.EndElementHandler = self._end_in_sheet
            parser.CharacterDataHandler = self._words_in_sheet
        elif name == _SHARED:
            parser.CharacterDataHandler = self._words_shared
        parser.StartElementHandler = start
        parser.Parse(part, True)

    def _doctype(self, *_: object) -> None:
        raise _refusal(_BROKEN)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        counts = [attributes[name] for name in ("count", "uniqueCount") if name in attributes]
        if self._elements > MOST_ELEMENTS or any(_number(one) > MOST_ELEMENTS for one in counts):
            raise _refusal(_TOO_MUCH)

    def _start_shared(self, tag: str, attributes: dict[str, str]) -> None:
        self._start(tag, attributes)
        if _local(tag) == "si":
            self._shared.append(0)

    def _words_shared(self, text: str) -> None:
        if self._shared:
            self._shared[-1] += len(text)

    def _start_in_sheet(self, tag: str, attributes: dict[str, str]) -> None:
        self._start(tag, attributes)
        tag = _local(tag)
        if tag == "row":
            said = attributes.get("r", "")
            self._row = _number(said) - 1 if said else self._row + 1
            self._column = -1
        elif tag == "c":
            self._row, self._column = self._place(attributes.get("r", ""))
            self._failed = attributes.get("t") == "e"
            self._refers, self._text = attributes.get("t") == "s", ""
            self._formula = self._value = False
        elif tag in ("v", "t"):
            self._value = True
        elif tag == "f":
            self._formula = True
        if self._row >= MOST_ROWS or self._column >= MOST_COLUMNS:
            raise _refusal(_TOO_MUCH)

    def _words_in_sheet(self, text: str) -> None:
        if self._refers:
            self._text += text

    def _end_in_sheet(self, tag: str) -> None:
        if _local(tag) != "c":
            return
        if self._failed or (self._formula and not self._value):
            self.unreadable.add((self._row, self._column))
        if self._refers:
            number = _number(self._text.strip())
            self._letters += self._shared[number] if number < len(self._shared) else 0
            self._refers = False
        if self._letters > MOST_BYTES:
            raise _refusal(_TOO_MUCH)

    def _place(self, said: str) -> Place:
        if not said:
            return max(self._row, 0), self._column + 1
        place = _PLACE.fullmatch(said)
        if place is None:
            raise _refusal(_BROKEN)
        column = 0
        for letter in place[1]:
            column = column * 26 + ord(letter) - 64
        return int(place[2]) - 1, column - 1


def _local(tag: str) -> str:
    """The name of an element without its prefix."""
    return tag.rpartition(":")[2]


def _number(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) < 10):
        raise _refusal(_BROKEN)
    return int(said)
