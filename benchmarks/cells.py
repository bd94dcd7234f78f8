"""Cells of tables for spreadsheets: none of them runs as a formula."""

import re

FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")


def neutral(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers.

    Some spreadsheets read the wide signs of East Asian scripts as the narrow ones.
    """
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def original(cell: str) -> str:
    """The cell as it was before `neutral`: a table written and read again keeps its ids."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell, 1) else cell
