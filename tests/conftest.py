"""Fixtures that every test may ask for; who asks for none needs no database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import URL, Engine
from sqlalchemy.orm import Session

from tests.browser import running
from tests.databases import (
    PostgresPool,
    SqliteTemplate,
    engine_for,
    make_demonstration,
    postgres_server,
)


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def demo_sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    return SqliteTemplate(tmp_path_factory.mktemp("demo"), make_demonstration)


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql(server: URL) -> Iterator[PostgresPool]:
    databases = PostgresPool(server)
    yield databases
    databases.drop()


@pytest.fixture(scope="session")
def demo_postgresql(server: URL) -> Iterator[PostgresPool]:
    databases = PostgresPool(server, make_demonstration)
    yield databases
    databases.drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of this test's own, once of each kind."""
    databases: SqliteTemplate | PostgresPool = request.getfixturevalue(request.param)
    with databases.fresh(tmp_path) as url:
        yield url


@pytest.fixture(params=["demo_sqlite", "demo_postgresql"])
def demo_url(request: pytest.FixtureRequest, files: Path) -> Iterator[str]:
    """The address of a database with the demonstration in it, once of each kind."""
    databases: SqliteTemplate | PostgresPool = request.getfixturevalue(request.param)
    with databases.fresh(files) as url:
        yield url


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the applications of this run keep evidence, under names that never repeat."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture
def app(database_url: str, files: Path) -> Iterator[Flask]:
    """The application on an empty database of each kind."""
    yield from running(database_url, files)


@pytest.fixture
def demo(demo_url: str, files: Path) -> Iterator[Flask]:
    """The application on the demonstration, on a database of each kind."""
    yield from running(demo_url, files)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session
