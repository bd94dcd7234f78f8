"""Settings of the queue: a file by default, the database if it can hold one."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Settings, WrongSetting

KEY = {"CITYREVIEW_SECRET_KEY": "k" * 40}
ON_SQLITE = KEY | {"CITYREVIEW_DATABASE_URL": "sqlite:////srv/data/cityreview.sqlite"}
ON_POSTGRESQL = KEY | {"CITYREVIEW_DATABASE_URL": "postgresql://db/cityreview"}


@pytest.mark.parametrize(
    ("given", "queue", "file"),
    [
        (ON_SQLITE, "sqlite", "/srv/data/queue.sqlite"),
        (ON_POSTGRESQL, "sqlite", "var/queue.sqlite"),
        (ON_POSTGRESQL | {"CITYREVIEW_QUEUE": "postgresql"}, "postgresql", "var/queue.sqlite"),
        (ON_SQLITE | {"CITYREVIEW_QUEUE_FILE": "/tmp/q"}, "sqlite", "/tmp/q"),  # noqa: S108
    ],
)
def test_the_queue_is_beside_the_database_unless_something_else_is_said(given, queue, file):
    settings = Settings.from_environment(given)

    assert (settings.queue, settings.queue_file) == (queue, Path(file))


@pytest.mark.parametrize(
    "wrong",
    [ON_SQLITE | {"CITYREVIEW_QUEUE": "postgresql"}, ON_SQLITE | {"CITYREVIEW_QUEUE": "redis"}],
)
def test_a_queue_that_there_cannot_be_stops_the_start(wrong):
    with pytest.raises(WrongSetting, match="CITYREVIEW_QUEUE"):
        Settings.from_environment(wrong)
