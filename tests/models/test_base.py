"""Moments: only with a zone, and the same instant back from both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from models import Assessment, AssessmentState, User
from tests.builders import a_city, a_round, a_user, an_assessment, store

BRUSSELS_SUMMER = timezone(timedelta(hours=2))


def test_a_moment_without_a_zone_is_refused(session: Session):
    session.add(a_user(created_at=datetime(2026, 3, 2, 9, 30)))

    with pytest.raises(StatementError) as refusal:
        session.flush()

    assert str(refusal.value.orig) == "a stored moment needs a time zone"


def test_a_moment_comes_back_as_the_same_instant_in_utc(session: Session):
    session.add(a_user(created_at=datetime(2026, 7, 1, 23, 59, 59, 999999, tzinfo=BRUSSELS_SUMMER)))
    session.commit()

    stored = session.scalars(select(User.created_at)).one()

    assert stored == datetime(2026, 7, 1, 21, 59, 59, 999999, tzinfo=UTC)
    assert stored.tzinfo is UTC


def test_a_moment_in_another_zone_finds_the_row_of_the_same_instant(session: Session):
    session.add(a_user(created_at=datetime(2026, 7, 1, 10, 0, tzinfo=UTC)))
    session.commit()
    noon_in_brussels = datetime(2026, 7, 1, 12, 0, tzinfo=BRUSSELS_SUMMER)

    found = session.scalars(select(User).where(User.created_at == noon_in_brussels)).all()

    assert len(found) == 1


def test_no_moment_is_stored_as_none(session: Session):
    store(session, an_assessment(answered="one"))
    session.commit()
    assessment = session.scalars(select(Assessment)).one()

    moments = [answer.changed_at for answer in assessment.answers]

    assert moments == [None] * 5


def test_a_default_holds_before_anything_is_stored():
    assessment = Assessment(round=a_round(), city=a_city())

    assert (assessment.state, assessment.version, assessment.answers) == (
        AssessmentState.DRAFT,
        1,
        [],
    )


def test_a_missing_column_is_named_at_once():
    with pytest.raises(TypeError, match="email"):
        User(name="Ana Silva", password_hash="", created_at=datetime.now(UTC))
