"""The code book says something of every column of every table."""

from __future__ import annotations

from pathlib import Path

from tests.browser import settings
from webapp import create_app
from webapp.papers import code_book, package


def test_every_column_has_a_type_and_a_meaning_and_no_word_is_left_over():
    app = create_app(settings("sqlite://", Path()))
    with app.test_request_context():
        columns = [one for name in code_book.TABLES for one in code_book.columns(name)]
        abouts = [code_book.about(name) for name in code_book.TABLES]

    assert [one for one in columns if not (one.type and one.meaning.endswith("."))] == []
    assert all(abouts)
    assert set(code_book._COLUMNS) == {one.name for one in columns}
    assert set(code_book._IN_TABLE) <= {(one.table, one.name) for one in columns}


def test_the_package_holds_only_tables_that_there_are():
    assert set(package.TABLES) <= set(code_book.TABLES)
