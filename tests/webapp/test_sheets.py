"""Tables for spreadsheets: nothing in them runs."""

from __future__ import annotations

import pandas as pd
import pytest

from webapp.sheets import csv_of, neutral


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_looks_like_a_formula_becomes_text(start):
    assert neutral(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("cell", ["Ghent", "PM1", "", "1=1", -3, -0.5, None])
def test_other_cells_stay_as_they_are(cell):
    assert neutral(cell) == cell


def test_a_table_is_written_for_excel_with_numbers_as_numbers():
    table = pd.DataFrame({"city": ["=cmd()", "Ανεμόπολη"], "gap": [-2.5, float("nan")]})

    assert csv_of(table) == "\ufeffcity,gap\r\n'=cmd(),-2.5\r\nΑνεμόπολη,\r\n".encode()
