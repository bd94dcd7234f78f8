"""Handing out files: always as an attachment, under a name in any script."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response


def sandboxed(octets: bytes, name: str, mimetype: str) -> Response:
    """A file of our own making as a download that may do nothing where it is opened."""
    answer = Response(octets, mimetype=mimetype)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return as_attachment(answer, name)


def as_attachment(answer: Response, name: str) -> Response:
    """Name a download as RFC 6266 asks: plain letters for old programs, UTF-8 for the rest."""
    plain = name.encode("ascii", "ignore").decode().replace('"', "").replace("\\", "")
    fallback = plain if plain.strip(" .") and plain[0] != "." else f"file{plain}"
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    return answer
