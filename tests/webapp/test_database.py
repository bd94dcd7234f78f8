"""Connections: SQLite durable and strict on every one of them, writers waiting their turn."""

from __future__ import annotations

import sqlite3
import threading

from sqlalchemy import text

from tests.browser import Browser
from webapp.database import PRAGMAS, begin_writing
from webapp.extensions import db

EXPECTED = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_every_pooled_connection_of_sqlite_is_durable_and_strict(app):
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            assert set(PRAGMAS) == {"journal_mode", "synchronous", "foreign_keys"}
            return
        connections = [db.engine.connect() for _ in range(5)]
        found = [
            {name: connection.scalar(text(f"PRAGMA {name}")) for name in EXPECTED}
            for connection in connections
        ]
        for connection in connections:
            connection.close()

    assert found == [EXPECTED] * 5


def test_a_writing_transaction_begins_as_a_writer(app):
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            begin_writing(db.session)
            assert db.session.scalar(text("SELECT 1")) == 1
            return
        begin_writing(db.session)
        other = sqlite3.connect(db.engine.url.database, timeout=0)
        try:
            other.execute("BEGIN IMMEDIATE")
            refused = False
        except sqlite3.OperationalError:
            refused = True
        finally:
            other.close()

    assert refused


def test_two_people_who_save_at_once_are_both_stored(demo):
    """Two writers read before either has written: neither is lost, neither is refused."""
    here = {"round_slug": "2026", "city_slug": "vinterhamra"}
    browsers = [Browser(demo, f"{who}.vinterhamra@example.org") for who in ("lead", "contributor")]
    tokens = [browser.token for browser in browsers]
    start, answers = threading.Barrier(2), {}

    def save(place, code):
        start.wait()
        body = {"base": 0, "fields": {"text": f"By {place}."}}
        answer = browsers[place].patch("assessments.save_answer", body, code=code, **here)
        answers[place] = answer.status_code

    threads = [threading.Thread(target=save, args=pair) for pair in enumerate(("EM2.3", "BU2.2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(tokens)
    assert answers == {0: 200, 1: 200}
