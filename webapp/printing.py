"""From a page to a PDF. Nothing is fetched but our own style sheets and fonts."""

from __future__ import annotations

import logging
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from flask import current_app

from reviews.errors import Away

if TYPE_CHECKING:
    from weasyprint import Document

# Addresses in the page are resolved against this; it leads nowhere, and nothing is asked there.
_NOWHERE = "https://paper.invalid/"
_VARIANT = "pdf/ua-1"


@lru_cache(maxsize=16)
def pdf(html: str, *, sha256: str) -> bytes:
    """The page as a tagged PDF; `sha256` identifies what is on it. Raises as laid_out does.

    Kept for a while: a signed version never changes, and many people fetch the same one.
    """
    return written(laid_out(html), sha256=sha256)


def written(document: Document, *, sha256: str) -> bytes:
    """Sheets of paper as a tagged PDF: the same bytes for the same sheets."""
    octets: bytes = document.write_pdf(
        pdf_variant=_VARIANT, pdf_identifier=bytes.fromhex(sha256)[:16], finisher=_forget_when
    )
    return octets


def _forget_when(document: Document, pdf: Any) -> None:
    """Take out of the fonts the second in which they were cut down to what is needed."""
    from fontTools.ttLib import TTFont

    for one in pdf.objects:
        if "Length1" in getattr(one, "extra", {}):
            font = TTFont(BytesIO(one.stream[0]), recalcTimestamp=False, recalcBBoxes=False)
            font["head"].modified = font["head"].created
            saved = BytesIO()
            font.save(saved)
            one.stream = [saved.getvalue()]
            one.extra["Length1"] = len(saved.getvalue())


def laid_out(html: str) -> Document:
    """The page on sheets of paper. Raises Away where the libraries of the system are missing."""
    try:
        # Here and not above: it takes a second, and few requests ask for it.
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except OSError as error:
        current_app.logger.error("PDF: %s", error)
        raise Away(
            "A PDF cannot be made on this server just now. Print the page from your browser"
            " instead.",
            field="",
        ) from None

    # It complains of what only browsers know, at each page.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)

    class OwnFilesOnly(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            file = _own_file(url)
            return URLFetcherResponse(url, file.read_bytes(), _headers(file))

    return HTML(string=html, base_url=_NOWHERE, url_fetcher=OwnFilesOnly()).render(
        pdf_variant=_VARIANT
    )


def _own_file(url: str) -> Path:
    """The file of ours behind an address. Raises ValueError for every other address."""
    folder, static = Path(current_app.static_folder or ""), f"{current_app.static_url_path}/"
    path = unquote(urlsplit(url).path)
    if not url.startswith(_NOWHERE) or not path.startswith(static):
        raise ValueError("this is not a file of ours")
    file = (folder / path.removeprefix(static)).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise ValueError("this is not a file of ours")
    return file


def _headers(file: Path) -> dict[str, str]:
    return {"Content-Type": "text/css" if file.suffix == ".css" else "font/woff2"}
