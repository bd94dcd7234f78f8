"""Evidence bytes: recognised by content, hashed on the way in, kept under a random name."""

from __future__ import annotations

import hashlib
import io
import secrets
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import filetype
import obstore
from flask import current_app
from obstore.store import LocalStore

from reviews.errors import Unusable
from reviews.evidence import MEDIA_TYPES, StoredFile

# An office file is a ZIP; the member that only its kind has says which one it is.
_OFFICE = {
    "word/document.xml": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"


def store_file(stream: BinaryIO, name: str) -> StoredFile:
    """Keep an uploaded file. Raises Unusable for an empty file or a kind that is not allowed."""
    content = stream.read()
    shown = shown_name(name)
    if not content:
        raise Unusable("The file is empty.", field="file")
    kind = media_type(content)
    if kind not in MEDIA_TYPES:
        raise Unusable("Only PDF, DOCX, XLSX, ODT, PNG and JPEG files can be added.", field="file")
    stored_as = secrets.token_hex(16)
    obstore.put(_store(), stored_as, content)
    return StoredFile(
        name=shown,
        media_type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_as=stored_as,
    )


def stored_bytes(stored_as: str) -> Iterable[bytes]:
    """The bytes of a stored file, in pieces."""
    return (bytes(piece) for piece in obstore.get(_store(), stored_as).stream())


def media_type(content: bytes) -> str | None:
    """The kind of a file by its content; its name is not asked."""
    guessed = filetype.guess(content)
    if guessed is None:
        return None
    kind: str = guessed.mime
    looks_inside = kind == "application/zip" or kind == _OPEN_DOCUMENT or kind in _OFFICE.values()
    return _inside_zip(content) if looks_inside else kind


def _inside_zip(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = set(archive.namelist())
            if "mimetype" in members:
                with archive.open("mimetype") as member:
                    return member.read(200).decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return None
    return next((kind for member, kind in _OFFICE.items() if member in members), None)


def shown_name(name: str) -> str:
    """The last part of a name in any script, without what could break a header or a page."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(letter for letter in last if letter.isprintable() and letter not in '"<>;')
    stem, dot, ending = kept.strip(" .").rpartition(".")
    return (f"{stem[:200]}{dot}{ending[:20]}" if dot else kept.strip(" .")[:200]) or "file"


def _store() -> LocalStore:
    folder: Path = current_app.config["EVIDENCE_FOLDER"]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(str(folder))
