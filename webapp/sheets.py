"""Tables for spreadsheets, of which no cell runs as a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.cells import neutral

if TYPE_CHECKING:
    import pandas as pd


def csv_of(table: pd.DataFrame) -> bytes:
    """A table as CSV; it begins with the mark by which Excel knows UTF-8."""
    return table.map(neutral).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
