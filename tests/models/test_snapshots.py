"""What is frozen stays: snapshots and consents never change and never go."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Consent, ConsentChoice, FrozenRow, Release, ReleaseApproval, Snapshot
from reviews import snapshots
from tests.builders import NOW, a_coordinator, a_final_round, a_snapshot, store


@pytest.fixture
def taken(session: Session) -> Snapshot:
    round_ = a_final_round(named=1)
    store(session, *round_.assessments)
    a_snapshot(of=round_, text='{"city":"Ħal Qamrija"}')
    session.commit()
    return session.scalars(select(Snapshot)).one()


@pytest.mark.parametrize(
    ("name", "value"),
    [("result", b""), ("result_sha256", "0" * 64), ("named", []), ("reason", "Another.")],
)
def test_a_snapshot_cannot_be_changed(session: Session, taken: Snapshot, name, value):
    setattr(taken, name, value)

    with pytest.raises(FrozenRow, match=f"^Snapshot {taken.id} never changes$"):
        session.flush()


def test_a_snapshot_cannot_be_deleted(session: Session, taken: Snapshot):
    session.delete(taken)

    with pytest.raises(FrozenRow, match=f"^Snapshot {taken.id} never changes$"):
        session.flush()


def test_a_snapshot_comes_back_as_it_was_frozen(session: Session, taken: Snapshot):
    session.expire_all()

    assert snapshots.unpacked(taken.result) == '{"city":"Ħal Qamrija"}'
    assert (taken.cities, taken.named, taken.taken_at) == (
        ["a", "b", "c", "d", "e", "f"],
        ["a"],
        NOW,
    )


def test_approvals_and_releases_are_added_to_a_snapshot(session: Session, taken: Snapshot):
    by = a_coordinator(of=taken.round)
    taken.approvals.append(ReleaseApproval(by=by, at=NOW))
    taken.releases.append(
        Release(round=taken.round, number=1, public_from=NOW, released_by=by, released_at=NOW)
    )
    session.commit()

    assert (len(taken.approvals), len(taken.releases)) == (1, 1)


def test_a_consent_cannot_be_changed(session: Session, taken: Snapshot):
    consent = session.scalars(select(Consent)).one()
    consent.choice = ConsentChoice.GROUP

    with pytest.raises(FrozenRow, match=f"^Consent {consent.id} never changes$"):
        session.flush()


def test_a_consent_cannot_be_deleted(session: Session, taken: Snapshot):
    consent = session.scalars(select(Consent)).one()
    session.delete(consent)

    with pytest.raises(FrozenRow, match=f"^Consent {consent.id} never changes$"):
        session.flush()
