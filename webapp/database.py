"""How connections behave: SQLite made durable and strict, and writers taken in turn.

SQLite: a transaction that reads first and writes later fails at once when another writer
was faster, whatever the time-out. So a request that may write says so before its first
read, and its transaction begins as a writer (BEGIN IMMEDIATE), which does wait.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, scoped_session

BUSY_SECONDS = 10
PRAGMAS = {"journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "ON"}


def engine_options(url: str) -> dict[str, Any]:
    """Options for the engine of a database address."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    return {"pool_pre_ping": True, "connect_args": {"options": "-c lock_timeout=10000"}}


@event.listens_for(Engine, "connect")
def prepare_sqlite(connection: Any, record: Any) -> None:
    if type(connection).__module__ != "sqlite3":
        return
    # The driver must not open transactions of its own: ours begin as below.
    connection.isolation_level = None
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")


@event.listens_for(Engine, "begin")
def begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        mode = "IMMEDIATE" if connection.get_execution_options().get("writes") else ""
        connection.exec_driver_sql(f"BEGIN {mode}")


def begin_writing(session: Session | scoped_session[Any]) -> None:
    """Start the session's transaction as a writer, before anything is read in it."""
    session.connection(execution_options={"writes": True})
