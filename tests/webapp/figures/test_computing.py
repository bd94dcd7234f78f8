"""Snapshots are computed from the tables of a round, and stay whatever happens to those."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update

from benchmarks import frozen
from models import Assessment, City, Round, Snapshot, Submission, User
from reviews import snapshots
from reviews.errors import NotNow
from reviews.submissions import sha256
from tests.benchmarks.tables import as_bytes
from webapp.clock import now
from webapp.extensions import db
from webapp.figures import computing

HIDDEN = "vinterhamra"


@pytest.fixture
def inside(demo):
    with demo.app_context():
        yield


def the_snapshot():
    return db.session.scalars(select(Snapshot)).one()


def coordinator():
    return db.session.scalars(select(User).where(User.email == "coordinator@example.org")).one()


def change_a_submission():
    """Somebody with the keys of the database gives a city other levels than it signed."""
    row = db.session.scalars(
        select(Submission)
        .join(Submission.assessment)
        .join(Assessment.city)
        .join(Assessment.round)
        .where(City.slug == HIDDEN, Round.slug == "2024")
    ).first()
    packed = bytes(len(row.packed))
    assert packed != row.packed
    db.session.execute(update(Submission).where(Submission.id == row.id).values(packed=packed))
    db.session.commit()


def test_the_frozen_figures_come_back_and_are_the_same_when_computed_again(inside):
    snapshot = the_snapshot()
    text = snapshots.unpacked(snapshot.result)

    assert frozen.frozen(computing.of_snapshot(snapshot)) == text
    assert sha256(text) == snapshot.result_sha256 == computing.recomputed(snapshot)
    assert sha256(snapshots.unpacked(snapshot.input)) == snapshot.input_sha256


def test_figures_stay_when_what_they_came_from_changes(inside):
    snapshot = the_snapshot()
    before = as_bytes(computing.of_snapshot(snapshot))
    frozen_input, round_ = snapshot.input, snapshot.round
    working, _ = computing.working(db.session(), round_)

    change_a_submission()
    db.session.expire_all()
    computing._results._things.clear()

    assert snapshot.input == frozen_input
    assert as_bytes(computing.of_snapshot(snapshot)) == before
    assert computing.recomputed(snapshot) == snapshot.result_sha256
    assert as_bytes(computing.working(db.session(), round_)[0]) != as_bytes(working)


def test_a_further_snapshot_is_taken_only_if_something_has_changed(inside):
    snapshot = the_snapshot()
    with pytest.raises(NotNow, match="Nothing has changed"):
        computing.freeze(
            db.session(), snapshot.round, reason="A slip.", by=coordinator(), now=now()
        )
    db.session.rollback()
    change_a_submission()

    again = computing.freeze(
        db.session(), snapshot.round, reason="A slip.", by=coordinator(), now=now()
    )

    assert (again.number, again.reason, again.cities) == (2, "A slip.", snapshot.cities)
    assert again.result_sha256 != snapshot.result_sha256


def test_a_city_that_grows_into_another_group_stays_in_that_of_the_first_snapshot(inside):
    snapshot = the_snapshot()
    change_a_submission()
    db.session.execute(update(City).values(population=2_000_000, country="SE", migrant_share=0.5))
    db.session.commit()

    again = computing.freeze(
        db.session(), snapshot.round, reason="A slip.", by=coordinator(), now=now()
    )

    first, second = (
        json.loads(snapshots.unpacked(one.input))["tables"]["cities"] for one in (snapshot, again)
    )
    assert first == second


def test_for_whoever_is_too_close_the_figures_are_computed_without_the_city(inside):
    snapshot = the_snapshot()

    seen = computing.of_snapshot(snapshot, without=[HIDDEN])

    assert HIDDEN in snapshot.named
    assert HIDDEN not in frozen.frozen(seen)
    everybody = seen.peer_stats.query(
        "group_id == 'all' and code == 'overall' and series == 'self'"
    )
    assert list(everybody["n"]) == [11]
