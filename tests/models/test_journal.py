"""The journal: an unbroken chain of hashes, in one order, whoever writes and how many at once."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import FIRST_HASH, ChainHead, Entry, User
from reviews.journal import record
from tests.builders import NOW, a_user, an_assessment, store
from tests.databases import PostgresPool, engine_for


def broken_links(session: Session) -> list[int]:
    """The sequence numbers at which the chain does not hold."""
    broken, previous = [], FIRST_HASH
    for place, entry in enumerate(session.scalars(select(Entry).order_by(Entry.sequence)), 1):
        sound = (entry.sequence, entry.previous_hash) == (place, previous)
        if not sound or entry.hash != entry.computed_hash():
            broken.append(entry.sequence)
        previous = entry.hash
    return broken


def write(session: Session, *actions: str) -> None:
    """Note deeds of the first person in the database, and commit."""
    person = session.scalars(select(User).order_by(User.id)).first()
    for action in actions:
        record(person, action, None, now=NOW)
    session.commit()


def until_somebody_waits(engine: Engine) -> None:
    """Ask PostgreSQL until a connection of this database stands before a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with engine.connect() as connection:
        while not connection.scalar(waiting):
            connection.rollback()


@pytest.fixture
def written(session: Session) -> Session:
    """A journal of three deeds."""
    session.add(a_user())
    session.flush()
    write(session, "round:create", "round:open")
    write(session, "city:add")
    return session


def test_entries_are_numbered_in_the_order_in_which_they_were_written(written: Session):
    entries = written.execute(select(Entry.sequence, Entry.action).order_by(Entry.sequence)).all()

    assert entries == [(1, "round:create"), (2, "round:open"), (3, "city:add")]


def test_each_entry_holds_the_hash_of_the_one_before(written: Session):
    links = written.execute(select(Entry.previous_hash, Entry.hash).order_by(Entry.sequence)).all()
    head = written.get(ChainHead, 1)

    assert [before for before, _ in links] == [FIRST_HASH, links[0].hash, links[1].hash]
    assert (head.sequence, head.hash) == (3, links[2].hash)


def test_the_hash_is_sha256_over_all_that_the_row_says(session: Session):
    assessment = an_assessment()
    person = a_user()
    store(session, assessment, person)
    record(person, "assessment:lock", assessment, now=NOW, version=1)
    session.commit()

    entry = session.scalars(select(Entry)).one()

    said = {
        "action": "assessment:lock",
        "actor": person.id,
        "at": "2026-03-02T09:30:00+00:00",
        "city": assessment.city.id,
        "facts": {"version": 1},
        "previous": "0" * 64,
        "round": assessment.round.id,
        "sequence": 1,
    }
    written = json.dumps(said, separators=(",", ":"))
    assert entry.hash == hashlib.sha256(written.encode()).hexdigest()


def test_a_sound_chain_has_no_broken_link(written: Session):
    assert broken_links(written) == []


@pytest.mark.parametrize(
    "change",
    [
        {"action": "round:close"},
        {"facts": {"cities": 5}},
        {"actor_id": None},
        {"at": NOW.replace(minute=31)},
        {"previous_hash": "f" * 64},
        {"hash": "f" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_row_that_somebody_changed_is_found(written: Session, change):
    written.execute(update(Entry).where(Entry.sequence == 2).values(change))
    written.expire_all()

    assert 2 in broken_links(written)


def test_a_row_that_somebody_removed_is_found(written: Session):
    written.execute(delete(Entry).where(Entry.sequence == 2))

    assert broken_links(written) == [3]


def test_a_deed_that_is_rolled_back_leaves_no_gap(written: Session):
    person = written.scalars(select(User)).one()
    record(person, "round:close", None, now=NOW)
    written.flush()
    written.rollback()

    write(written, "round:set-up")

    last = written.scalars(select(Entry).order_by(Entry.sequence.desc())).first()
    assert (last.sequence, last.action, broken_links(written)) == (4, "round:set-up", [])


def test_two_sessions_write_one_chain(engine: Engine):
    with Session(engine) as one, Session(engine) as other:
        one.add(a_user())
        one.commit()

        for _ in range(3):
            write(one, "round:set-up")
            write(other, "city:add")

        actions = one.scalars(select(Entry.action).order_by(Entry.sequence)).all()
        assert actions == ["round:set-up", "city:add"] * 3
        assert broken_links(one) == []


def test_a_second_writer_waits_for_the_first(postgresql: PostgresPool, tmp_path: Path):
    with postgresql.fresh(tmp_path) as url:
        engine = engine_for(url)
        with Session(engine) as first, Session(engine) as second, ThreadPoolExecutor() as pool:
            first.add(a_user())
            first.flush()
            write(first, "round:create")
            record(first.scalars(select(User)).one(), "round:open", None, now=NOW)
            first.flush()
            waiting = pool.submit(write, second, "city:add")
            until_somebody_waits(engine)
            first.commit()
            waiting.result()

            actions = first.scalars(select(Entry.action).order_by(Entry.sequence)).all()
            assert (actions, broken_links(first)) == (
                ["round:create", "round:open", "city:add"],
                [],
            )
        engine.dispose()


def test_a_fork_of_the_chain_is_refused(written: Session):
    head = written.get(ChainHead, 1)
    head.sequence = 2
    written.flush()

    with pytest.raises(IntegrityError):
        write(written, "round:close")
