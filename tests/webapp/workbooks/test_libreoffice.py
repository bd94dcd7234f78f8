"""A form that LibreOffice has opened, somebody has edited, and LibreOffice has saved."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser import Browser, words
from tests.webapp.workbooks.test_views import (
    HERE,
    LEAD,
    counts,
    download,
    stored,
    take,
    ticked,
    upload,
)

pytestmark = [
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
    pytest.mark.timeout(180),
    # What is asked is what LibreOffice writes; the rest has both databases in test_views.
    pytest.mark.parametrize("demo_url", ["demo_sqlite"], indirect=True),
]
CODE, TYPED = "PM1.4", "Typed in LibreOffice: ζ, Ħ & <b>."


def saved_as(kind: str, file: Path) -> Path:
    """The file as LibreOffice saves it, in a folder beside it."""
    folder = file.parent / kind
    profile = f"-env:UserInstallation=file://{file.parent}/profile"
    subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", folder, file],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / file.with_suffix(f".{kind}").name


def test_what_libreoffice_saves_comes_back_as_the_one_change_that_was_made(demo, tmp_path):
    browser = Browser(demo, LEAD)
    sheet = tmp_path / "form.xlsx"
    sheet.write_bytes(download(browser))
    mark, before, reason, number = stored(demo, CODE)
    flat = saved_as("fods", sheet)
    xml = flat.read_text()
    row = re.search(
        rf"<table:table-row(?:(?!</table:table-row>).)*?<text:p>{CODE}</text:p>"
        r".*?</table:table-row>",
        xml,
        re.DOTALL,
    )[0]
    assert row.count(before) == 1
    typed = TYPED.replace("&", "&amp;").replace("<", "&lt;")
    flat.write_text(xml.replace(row, row.replace(before, typed)))

    assert upload(browser, saved_as("xlsx", flat).read_bytes()).status_code == 303
    page = browser.get("workbooks.show_changes", **HERE)

    assert counts(page) == (1, 0, 53, 0)
    assert ticked(page) == [CODE]
    assert take(browser, page, CODE).status_code == 303
    assert stored(demo, CODE) == (mark, TYPED, reason, number + 1)
    assert TYPED in words(browser.get("assessments.show_answer", code=CODE, **HERE))
