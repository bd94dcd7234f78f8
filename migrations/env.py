"""How Alembic reaches the database: through the application's own engine."""

from alembic import context
from flask import current_app

from models.base import Moment

extension = current_app.extensions["migrate"]


def rendered(kind, item, autogenerate):
    """A migration names plain types only, so that it still runs when the models have moved on."""
    return "sa.DateTime(timezone=True)" if isinstance(item, Moment) else False


with extension.db.engine.connect() as connection:
    # SQLite lets a table be altered only by a copy; keys pointing at it must not object meanwhile.
    # Said to the driver: within a transaction, which SQLAlchemy would begin, it is not heard.
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
    context.configure(
        connection=connection,
        target_metadata=extension.db.metadata,
        render_item=rendered,
        **extension.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")
