"""Work in the background: files are made from rows that wait; the queue only says when.

The row of a printout is the truth, written in the transaction of the request. The queue is told
after it. What the queue has lost is found in the rows: when a worker starts, and every minute.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any

import psycopg
from flask import Flask, current_app
from flask_babel import force_locale, gettext
from huey import Huey, MemoryHuey, PostgresHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from models import Printout, PrintoutState
from reviews import letters, printouts
from reviews.errors import RuleBroken
from reviews.queries import printouts as waiting
from webapp.clock import now
from webapp.database import begin_writing
from webapp.errors import said
from webapp.extensions import db

NAME = "cityreview"
PATIENCE = 2.0
"""Seconds between two looks into a queue that cannot call."""


class Queue:
    """The queue of an application, with all that can be put into it."""

    def __init__(self, app: Flask) -> None:
        self.huey = _storage(app)
        self._make = self.huey.task(name="make")(lambda printout_id: make(app, printout_id))
        self.huey.periodic_task(crontab(minute="*"), name="take_up")(lambda: take_up(app))
        self.huey.on_startup("take_up")(lambda: take_up(app))

    def put(self, printout_id: int) -> None:
        self._make(printout_id)


def _storage(app: Flask) -> Huey:
    """Where tasks wait. They are signed: what is found in the queue is run only if we wrote it."""
    kind = app.config["QUEUE"]
    common: dict[str, Any] = {
        "name": NAME,
        "results": False,
        "serializer": SignedSerializer(secret=app.config["SECRET_KEY"], salt=NAME),
    }
    if kind == "postgresql":
        # As the application connects, whatever stands behind a question mark of the address.
        url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
        _, given = url.get_dialect()().create_connect_args(url)
        return PostgresHuey(connection=partial(psycopg.connect, **given), **common)
    if kind == "sqlite":
        file = Path(app.config["QUEUE_FILE"])
        file.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey(filename=str(file), **common)
    return MemoryHuey(**common)


def queue(app: Flask) -> Queue:
    """The queue of an application, opened when it is first needed in this process."""
    kept = app.extensions.get("queue")
    if kept is None or kept[0] != os.getpid():
        kept = app.extensions["queue"] = (os.getpid(), Queue(app))
    found: Queue = kept[1]
    return found


def tell(printout: Printout) -> None:
    """Say, after the commit, that a printout waits. Where the queue does not answer, the row is
    found within a minute."""
    if printout.state is not PrintoutState.WAITING:
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        queue(app).put(printout.id)
    except Exception as error:
        app.logger.warning("queue: %s", error)


def take_up(app: Flask) -> None:
    """Make everything that waits or was left."""
    with app.app_context():
        there = waiting.to_make(db.session(), now())
    for printout_id in there:
        make(app, printout_id)


def make(app: Flask, printout_id: int) -> None:
    """Make one file, unless somebody else does; what goes wrong is written into its row."""
    host = (app.config["TRUSTED_HOSTS"] or ["localhost"])[0].lstrip(".")
    with app.test_request_context(base_url=f"https://{host}/"):
        begun = _begun(printout_id)
        if begun is None:
            return
        try:
            content = _content(printout_id)
        except RuleBroken as error:
            _stumbled(printout_id, begun, said(error))
        except Exception:
            app.logger.exception("printout %d", printout_id)
            _stumbled(printout_id, begun, gettext("Something broke while it was made."))
        else:
            _finished(printout_id, begun, content)


def _begun(printout_id: int) -> datetime | None:
    """Take a printout on; None where there is nothing to do."""
    begin_writing(db.session)
    printout, moment = waiting.taken(db.session(), printout_id), now()
    if printout is not None and printouts.lost(printout, moment):
        printouts.stumble(printout, gettext("It took too long, or was interrupted."), moment)
    mine = printout is not None and printout.state is PrintoutState.WAITING
    if printout is not None and mine:
        printouts.begin(printout, moment)
    db.session.commit()
    return moment if mine else None


def _content(printout_id: int) -> bytes:
    """The file. Nothing is written meanwhile but how far it is."""
    # Here and not above: whoever only asks for a file does without pandas and WeasyPrint.
    from webapp.papers.making import made

    printout = db.session.get_one(Printout, printout_id)
    with force_locale(printout.language):
        content = made(db.session(), printout, _teller(printout_id))
    db.session.rollback()
    return content


def _teller(printout_id: int) -> Callable[[int], None]:
    """What says how far a file is, beside the transaction that reads for it."""

    def told(percent: int) -> None:
        with Session(db.engine) as beside:
            begin_writing(beside)
            printout = waiting.taken(beside, printout_id)
            if printout is not None:
                printouts.progress(printout, percent)
            beside.commit()

    return told


def _finished(printout_id: int, begun: datetime, content: bytes) -> None:
    printout = _still_mine(printout_id, begun)
    if printout is not None:
        moment = now()
        printouts.finish(printout, content, moment)
        db.session.add(letters.printout_letter(printout, now=moment))
    db.session.commit()


def _stumbled(printout_id: int, begun: datetime, why: str) -> None:
    db.session.rollback()
    printout = _still_mine(printout_id, begun)
    if printout is not None:
        printouts.stumble(printout, why, now())
    db.session.commit()


def _still_mine(printout_id: int, begun: datetime) -> Printout | None:
    """The printout, unless it was taken from whoever began it then."""
    db.session.rollback()
    begin_writing(db.session)
    printout = waiting.taken(db.session(), printout_id)
    return printout if printout is not None and printout.started_at == begun else None


def run(app: Flask, *, workers: int = 1) -> None:
    """Work until it is stopped; what is in hand is finished first."""
    consumer = queue(app).huey.create_consumer(
        workers=workers, max_delay=PATIENCE, graceful_signal="TERM"
    )
    consumer.run()


def beside(app: Flask) -> int:
    """Start a worker in a process beside this one, which ends with it; gives its number."""
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        # What is typed at the terminal to stop the server is not meant for what is in hand here.
        os.setpgid(0, 0)
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
        run(app)
    finally:
        os._exit(0)


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
