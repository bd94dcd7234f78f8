"""What is in an uploaded file: its kind by content, and whether it is safe to keep and open.

Nothing is decoded and nothing is unpacked to disk. An office file is a ZIP: its entries are
counted, and read once to a limit, so that a small file cannot become a huge one.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

import filetype

from reviews.errors import Unusable, WrongKind
from reviews.evidence import MEDIA_TYPES

MOST_ENTRIES = 2_000
LARGEST_DIRECTORY = 500_000
LARGEST_UNPACKED = 100_000_000
LARGEST_RATIO = 200
MOST_PIXELS = 100_000_000
"""A picture of 10,000 by 10,000; a scan of a large map has fewer."""

_PIECE = 256 * 1024
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ODT = "application/vnd.oasis.opendocument.text"
# The member that only its kind has says which one an office file is.
_OFFICE = {"word/document.xml": _WORD, "xl/workbook.xml": _SHEET}
_ENDINGS = {
    "application/pdf": (".pdf",),
    _WORD: (".docx",),
    _SHEET: (".xlsx",),
    _ODT: (".odt",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
}
# All that office programs write. Others may ask for gigabytes to unpack a few bytes.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MACROS = re.compile(
    r"(^|/)(vbaProject\.bin|vbaData\.xml|activeX/|macrosheets/|Basic/|Scripts/)", re.IGNORECASE
)
_FOREIGN = "Only PDF, DOCX, XLSX, ODT, PNG and JPEG files can be added."
_DAMAGED = "This file is damaged: it cannot be read as %(kind)s. Save it again and try once more."


@dataclass(frozen=True)
class Content:
    """The media type of a file, and what whoever sent it should know: `place`, a photo says where
    it was taken; `locked`, only a password opens it; `active`, it holds scripts or other files."""

    media_type: str
    notes: tuple[str, ...] = ()


def looked_into(stream: BinaryIO) -> Content:
    """The kind of a file by its content; its name is not asked.

    Raises WrongKind for what is not taken, Unusable for what is damaged or unsafe to open.
    """
    stream.seek(0)
    head = stream.read(512)
    if not head:
        raise Unusable("The file is empty.", field="file")
    if head.startswith(b"PK\x03\x04"):
        return Content(_office(stream))
    guessed = filetype.guess(head)
    kind = guessed.mime if guessed else ""
    if kind == "application/pdf":
        return Content(kind, _notes_on_pdf(stream))
    if kind == "image/png":
        _few_pixels(_png_size(head), "PNG")
        return Content(kind)
    if kind == "image/jpeg":
        return Content(kind, _looked_into_jpeg(stream))
    raise WrongKind(_FOREIGN, field="file")


def named_as(name: str, media_type: str) -> str:
    """A file name that ends as its content does, so that no system takes it for a program."""
    endings = _ENDINGS[media_type]
    return name if name.lower().endswith(endings) else f"{name}{endings[0]}"


# Office files.


def _office(stream: BinaryIO) -> str:
    _few_entries(stream)
    try:
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            _harmless_names(entries)
            _small_when_unpacked(entries)
            kind = _kind_of(archive, {entry.filename for entry in entries})
            _no_macros(archive, entries)
            _counted(archive, entries)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ):
        raise WrongKind(_DAMAGED, field="file", kind="DOCX, XLSX, ODT") from None
    return kind


def _few_entries(stream: BinaryIO) -> None:
    """Refuse a huge directory before it is read: each entry in it would become an object."""
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(max(0, size - 65_557))
    tail = stream.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + 22:
        raise WrongKind(_DAMAGED, field="file", kind="DOCX, XLSX, ODT")
    entries, directory = struct.unpack("<HI", tail[place + 10 : place + 16])
    if entries > MOST_ENTRIES or directory > LARGEST_DIRECTORY:
        raise WrongKind(
            "This file holds more than %(most)d parts. Nothing that large is opened here.",
            field="file",
            most=MOST_ENTRIES,
        )


def _harmless_names(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    strange = any(
        name.startswith(("/", "\\")) or ":" in name or ".." in re.split(r"[/\\]", name)
        for name in names
    )
    links = any(stat.S_ISLNK(entry.external_attr >> 16) for entry in entries)
    if strange or links or len(set(names)) != len(names):
        raise WrongKind(
            "This file has parts whose names lead out of it. It is not taken.", field="file"
        )


def _small_when_unpacked(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise WrongKind(_DAMAGED, field="file", kind="DOCX, XLSX, ODT")
    if any(entry.flag_bits & 1 for entry in entries):
        raise WrongKind("This file is locked with a password. Take it off first.", field="file")
    total = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if total > LARGEST_UNPACKED or (total > 10_000_000 and total > LARGEST_RATIO * packed):
        raise WrongKind(
            "This file would take more than %(most)d MB when it is opened. It is not taken.",
            field="file",
            most=LARGEST_UNPACKED // 1_000_000,
        )


def _kind_of(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" in names:
        with archive.open("mimetype") as member:
            kind = member.read(200).decode("ascii", "replace").strip()
    else:
        kind = next((kind for member, kind in _OFFICE.items() if member in names), "")
    if kind not in MEDIA_TYPES:
        raise WrongKind(_FOREIGN, field="file")
    return kind


def _no_macros(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    types = next((one for one in entries if one.filename == "[Content_Types].xml"), None)
    declared = archive.open(types).read(_PIECE) if types else b""
    if b"macroEnabled" in declared or any(_MACROS.search(one.filename) for one in entries):
        raise WrongKind(
            "This file holds macros. Save it without macros, or as PDF, and add that.",
            field="file",
        )


def _counted(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack each part once, in pieces: a part that lies about its size has a wrong checksum,
    which is an error of its own. An archive inside is taken only as the office file it is."""
    for entry in entries:
        with archive.open(entry) as member:
            piece = member.read(_PIECE)
            inner = piece.startswith(b"PK\x03\x04")
            if inner and not entry.filename.lower().endswith((".docx", ".xlsx", ".pptx")):
                raise WrongKind("This file holds an archive. It is not taken.", field="file")
            while piece:
                piece = member.read(_PIECE)


# PDF.


def _notes_on_pdf(stream: BinaryIO) -> tuple[str, ...]:
    """What can be seen without opening it. It is handed out as an attachment, whatever it holds."""
    stream.seek(0)
    content = stream.read()
    notes = []
    if b"/Encrypt" in content:
        notes.append("locked")
    if re.search(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia)\b", content):
        notes.append("active")
    return tuple(notes)


# Pictures.


def _png_size(head: bytes) -> tuple[int, int]:
    if len(head) < 24 or head[12:16] != b"IHDR":
        raise WrongKind(_DAMAGED, field="file", kind="PNG")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _few_pixels(size: tuple[int, int], kind: str) -> None:
    width, height = size
    if not (width and height):
        raise WrongKind(_DAMAGED, field="file", kind=kind)
    if width * height > MOST_PIXELS:
        raise Unusable(
            "This picture has %(width)d by %(height)d points; at most %(most)d million are taken."
            " Save it smaller.",
            field="file",
            width=width,
            height=height,
            most=MOST_PIXELS // 1_000_000,
        )


def _looked_into_jpeg(stream: BinaryIO) -> tuple[str, ...]:
    """Walk the segments up to the one with the size; each says how long it is."""
    notes: tuple[str, ...] = ()
    stream.seek(2)
    while True:
        marker = stream.read(2)
        while marker[1:] == b"\xff":  # fill bytes
            marker = b"\xff" + stream.read(1)
        length = stream.read(2)
        if len(marker) < 2 or marker[0] != 0xFF or len(length) < 2:
            raise WrongKind(_DAMAGED, field="file", kind="JPEG")
        segment = stream.read(max(0, int.from_bytes(length, "big") - 2))
        if marker[1] == 0xE1 and segment.startswith(b"Exif\0\0") and _names_place(segment[6:]):
            notes = ("place",)
        if 0xC0 <= marker[1] <= 0xCF and marker[1] not in (0xC4, 0xC8, 0xCC):
            if len(segment) < 5:
                raise WrongKind(_DAMAGED, field="file", kind="JPEG")
            height, width = struct.unpack(">HH", segment[1:5])
            _few_pixels((width, height), "JPEG")
            return notes
        if marker[1] in (0xD9, 0xDA):
            raise WrongKind(_DAMAGED, field="file", kind="JPEG")


def _names_place(tiff: bytes) -> bool:
    """Whether the first directory of an EXIF block has the entry that leads to GPS data."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return False
    (start,) = struct.unpack(f"{order}I", tiff[4:8])
    entries = tiff[start + 2 :]
    counted = struct.unpack(f"{order}H", tiff[start : start + 2]) if len(entries) else (0,)
    return any(
        entries[at : at + 2] == struct.pack(f"{order}H", 0x8825)
        for at in range(0, 12 * counted[0], 12)
    )
