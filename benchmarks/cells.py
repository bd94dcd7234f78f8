"""Cells of tables for spreadsheets: none of them runs as a formula."""

import re

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")


def looks_like_a_formula(text: str) -> bool:
    """Whether a spreadsheet may run this, once somebody has typed into its cell."""
    return bool(_FORMULA.match(text))


def neutral(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers.

    Some spreadsheets read the wide signs of East Asian scripts as the narrow ones.
    """
    return f"'{cell}" if isinstance(cell, str) and looks_like_a_formula(cell) else cell


def original(cell: str) -> str:
    """The cell as it was before `neutral`: a table written and read again keeps its ids."""
    return cell[1:] if cell.startswith("'") and looks_like_a_formula(cell[1:]) else cell
