"""One picture, or the table behind it, as a file to take away."""

from __future__ import annotations

from flask import Response

from webapp import sheets
from webapp.downloads import sandboxed
from webapp.figures import charts
from webapp.figures.charts import Filters, Subject

MEDIA = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml", "png": "image/png"}


def octets(name: str, ending: str, subject: Subject, filters: Filters) -> bytes | None:
    """The file of this ending; None where there is nothing to draw."""
    try:
        if ending == "png":
            return charts.png(name, subject, filters)
        made = charts.chart(name, subject, filters)
    except LookupError as nothing:
        # A chart says so by this very error; those derived from it are mistakes of ours.
        if type(nothing) is not LookupError:
            raise
        return None
    return made.svg.encode() if ending == "svg" else sheets.csv_of(made.data)


def attached(content: bytes, stem: str, ending: str) -> Response:
    """The file under its name."""
    return sandboxed(content, f"{stem}.{ending}", MEDIA[ending])
