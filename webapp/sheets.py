"""Tables for spreadsheets, of which no cell runs as a formula."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")


def neutral(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers.

    Some spreadsheets read the wide signs of East Asian scripts as the narrow ones.
    """
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def csv_of(table: pd.DataFrame) -> bytes:
    """A table as CSV; it begins with the mark by which Excel knows UTF-8."""
    return table.map(neutral).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
