"""Asks a ClamAV daemon whether a file is known to be harmful; off without an address."""

from __future__ import annotations

import logging
import socket
import struct
from typing import BinaryIO

from reviews.errors import Away, Unusable

log = logging.getLogger(__name__)
SECONDS = 10
PIECE = 64 * 1024


def refuse_harmful(stream: BinaryIO, address: str) -> None:
    """Send a file to the daemon at `host:port` or at the path of a socket.

    Raises Unusable when it finds something, Away when it does not answer as it should.
    """
    if not address:
        return
    try:
        answer = _answer(stream, address)
    except OSError as error:
        log.error("clamd at %s: %s", address, error)
        answer = ""
    if answer.endswith("FOUND"):
        log.warning("clamd: %s", answer)
        raise Unusable(
            "The virus scanner found something harmful in this file. It was not stored.",
            field="file",
        )
    if not answer.endswith("OK"):
        log.error("clamd at %s said: %r", address, answer[:200])
        raise Away(
            "Files cannot be checked for viruses just now, so none is taken. Nothing was stored."
            " Try again in a few minutes.",
            field="file",
        )


def _answer(stream: BinaryIO, address: str) -> str:
    stream.seek(0)
    with _connected(address) as daemon:
        daemon.sendall(b"zINSTREAM\0")
        while piece := stream.read(PIECE):
            daemon.sendall(struct.pack(">I", len(piece)) + piece)
        daemon.sendall(struct.pack(">I", 0))
        pieces = iter(lambda: daemon.recv(4096), b"")
        return b"".join(pieces).decode("utf-8", "replace").strip("\0\n ")


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        daemon = socket.socket(socket.AF_UNIX)
        daemon.settimeout(SECONDS)
        try:
            daemon.connect(address)
        except OSError:
            daemon.close()
            raise
        return daemon
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)
