"""The migrations make the tables that the models describe, and take them away again."""

from __future__ import annotations

import flask_migrate
import pytest
from sqlalchemy import inspect, select, text

from models import FIRST_HASH, ChainHead
from webapp.extensions import db


@pytest.fixture
def empty(app):
    """The application on a database without a single table; the next test gets them back."""
    with app.app_context():
        db.drop_all()
        yield app
        db.session.remove()
        db.drop_all()
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE alembic_version"))
        db.create_all()


def test_the_migrations_make_what_the_models_say(empty):
    flask_migrate.upgrade()

    flask_migrate.check()
    assert db.session.execute(select(ChainHead.sequence, ChainHead.hash)).all() == [(0, FIRST_HASH)]


def test_the_migrations_can_be_taken_back(empty):
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="base")

    assert inspect(db.engine).get_table_names() == ["alembic_version"]
