"""Revisions: one row per save, and no save over another that was not seen."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models import Answer, Revision, User
from reviews.saving import Known, save
from tests.builders import NOW, a_user, an_assessment, sent, store


@pytest.fixture
def stored(engine: Engine) -> Engine:
    """A database with one assessment, of which one answer was saved once, and one person."""
    with Session(engine) as session:
        store(session, an_assessment(answered="one"), a_user("Berta Lang"))
        session.commit()
    return engine


def saved(session: Session, text: str, *, number: int = 1) -> Revision:
    """A save of the first answer that has this number."""
    answer = session.scalars(select(Answer).where(Answer.number == number)).first()
    berta = session.scalars(select(User).where(User.name == "Berta Lang")).one()
    return save(answer, sent(answer.number, text=text), Known(), by=berta, now=NOW)


def test_a_save_is_kept_with_its_number_and_its_whole_content(stored: Engine):
    with Session(stored) as session:
        revision = saved(session, "Since 2024.")
        session.commit()

        assert (revision.number, revision.content, revision.by.name, revision.at) == (
            2,
            {"mark": "3", "text": "Since 2024.", "remit_reason": ""},
            "Berta Lang",
            NOW,
        )
        assert revision.answer.number == 2


def test_the_saves_of_an_answer_are_its_history(stored: Engine):
    with Session(stored) as session:
        first = saved(session, "One.")
        second = saved(session, "Two.", number=2)
        session.commit()

        history = session.scalars(first.answer.revisions.select().order_by(Revision.number)).all()
        assert history == [first, second]


def test_a_second_writer_who_saw_the_same_version_does_not_win(stored: Engine):
    # SQLite refuses earlier: a transaction that has read may not write after another's commit.
    refusal = {"sqlite": OperationalError, "postgresql": StaleDataError}[stored.dialect.name]
    with Session(stored) as one, Session(stored) as other:
        saved(one, "From one.")
        saved(other, "From the other.")
        one.commit()

        with pytest.raises(refusal):
            other.commit()

        other.rollback()
        texts = other.scalars(select(Answer.text).where(Answer.number == 2)).all()
        assert texts == ["From one."]


def test_a_key_counts_once_even_when_two_requests_race(stored: Engine):
    with Session(stored) as session:
        berta = session.scalars(select(User).where(User.name == "Berta Lang")).one()
        answers = session.scalars(select(Answer).where(Answer.number == 0)).all()
        for answer in answers[:2]:
            save(answer, sent(0, "key-00001", text="Both."), Known(), by=berta, now=NOW)

        with pytest.raises(IntegrityError):
            session.commit()


def test_two_people_may_use_the_same_key(stored: Engine):
    with Session(stored) as session:
        carla = a_user("Carla Diaz")
        session.add(carla)
        berta = session.scalars(select(User).where(User.name == "Berta Lang")).one()
        answers = session.scalars(select(Answer).where(Answer.number == 0)).all()
        for answer, person in zip(answers[:2], (berta, carla), strict=True):
            save(answer, sent(0, "key-00001", text="Mine."), Known(), by=person, now=NOW)
        session.commit()

        assert session.scalars(select(Revision.key)).all() == ["key-00001"] * 2


def test_a_stale_copy_from_an_earlier_transaction_does_not_win_either(stored: Engine):
    with Session(stored) as one, Session(stored, expire_on_commit=False) as other:
        berta = other.scalars(select(User).where(User.name == "Berta Lang")).one()
        copy = other.scalars(select(Answer).where(Answer.number == 1)).one()
        other.commit()
        saved(one, "From one.")
        one.commit()
        save(copy, sent(1, text="From the other."), Known(), by=berta, now=NOW)

        with pytest.raises(StaleDataError):
            other.commit()
