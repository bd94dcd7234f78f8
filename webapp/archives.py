"""A ZIP that is handed out while it is being written, so that its size costs no memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple


class Member(NamedTuple):
    """One file of an archive; its bytes come in pieces, once they are asked for."""

    name: str
    at: datetime
    pieces: Iterable[bytes]


class _Belt(io.RawIOBase):
    """What the archive writes, until it is taken away."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self._written += piece
        return len(piece)

    def taken(self) -> bytes:
        piece, self._written = bytes(self._written), bytearray()
        return piece


def streamed(members: Iterable[Member]) -> Iterator[bytes]:
    """The bytes of an archive of these members. Nothing is compressed: documents already are."""
    belt = _Belt()
    with zipfile.ZipFile(belt, "w", zipfile.ZIP_STORED) as archive:
        for member in members:
            entry = zipfile.ZipInfo(member.name, member.at.timetuple()[:6])
            with archive.open(entry, "w") as file:
                for piece in member.pieces:
                    file.write(piece)
                    yield belt.taken()
    yield belt.taken()
