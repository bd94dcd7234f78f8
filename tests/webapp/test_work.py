"""Work in the background: rows are the truth, the queue only says that they are there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from models import Letter, Printout, PrintoutKind, PrintoutState, Snapshot, User
from reviews import printouts
from tests.browser import settings
from webapp import create_app, work
from webapp.clock import now
from webapp.extensions import db


def asked(app: Flask, kind: PrintoutKind = PrintoutKind.DATA_PACKAGE) -> int:
    """The number of a printout that a coordinator has asked for."""
    with app.app_context():
        snapshot = db.session.scalars(select(Snapshot)).one()
        by = db.session.scalars(select(User).where(User.email == "coordinator@example.org")).one()
        printout = printouts.ask(snapshot, kind, by=by, now=now())
        db.session.add(printout)
        db.session.commit()
        return printout.id


def stored(app: Flask, printout_id: int) -> Printout:
    with app.app_context():
        return db.session.get_one(Printout, printout_id)


def test_what_waits_is_made_once_and_a_letter_to_who_asked_waits_then(demo):
    number = asked(demo)

    work.take_up(demo)
    work.make(demo, number)

    made = stored(demo, number)
    assert (made.state, made.progress, made.tries) == (PrintoutState.READY, 100, 1)
    with demo.app_context():
        letters = db.session.scalars(select(Letter).where(Letter.kind == "printout")).all()
        assert [(one.to, one.printout_id) for one in letters] == [
            ("coordinator@example.org", number)
        ]


def test_what_cannot_be_made_is_given_up_after_three_tries_in_words(demo):
    number = asked(demo)
    with demo.app_context():
        # As a disk could do it; the rules let nobody change what is frozen.
        db.session.execute(text("UPDATE snapshot SET result = input, result_sha256 = input_sha256"))
        db.session.commit()

    states = []
    for _ in range(4):
        work.take_up(demo)
        states.append(stored(demo, number).state.value)

    assert states == ["waiting", "waiting", "failed", "failed"]
    assert stored(demo, number).failure == "Something broke while it was made."


def test_what_a_worker_that_is_gone_had_begun_is_made_by_the_next_one(demo):
    lost, busy = asked(demo), asked(demo, PrintoutKind.WORKBOOK)
    with demo.app_context():
        for number, minutes in ((lost, 11), (busy, 9)):
            db.session.execute(
                update(Printout)
                .where(Printout.id == number)
                .values(
                    state=PrintoutState.MAKING,
                    tries=1,
                    started_at=now() - timedelta(minutes=minutes),
                )
            )
        db.session.commit()

    work.take_up(demo)

    states = {number: stored(demo, number).state.value for number in (lost, busy)}
    assert states == {lost: "ready", busy: "making"}


def queuing(database_url: str, folder: Path) -> Flask:
    """An application with a queue in the database if that can hold one, else in a file."""
    kind = "postgresql" if database_url.startswith("postgresql") else "sqlite"
    file = folder / "made" / "queue.sqlite"
    return create_app(settings(database_url, folder, queue=kind, queue_file=file))


def test_what_is_put_into_the_queue_is_read_by_another_process(database_url, tmp_path):
    app = queuing(database_url, tmp_path)
    ours, other = work.queue(app), work.Queue(app)
    ours.put(7)

    task = other.huey.dequeue()

    assert (task.name, task.args, other.huey.pending_count()) == ("make", (7,), 0)
    for each in (ours, other):
        each.huey.storage.close()


def test_a_task_that_we_did_not_sign_is_not_even_read(tmp_path):
    app, forged = (queuing("sqlite://", tmp_path) for _ in range(2))
    forged.config["SECRET_KEY"] = "the key of somebody else, as long as ours"
    work.queue(forged).put(7)

    with pytest.raises(ValueError, match="ignature"):
        work.queue(app).huey.dequeue()
