"""What the journal is asked for: who did something last."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import AssessmentState
from reviews.assessments import lock, unlock
from reviews.queries import journal
from tests.builders import NOW, an_assessment, an_officer, questionnaire_of, store


def test_the_last_one_who_did_it_in_this_city_and_round_is_named(session: Session):
    here = an_assessment(answered="all")
    elsewhere = an_assessment(round=here.round, answered="all")
    first, second = an_officer(of=here.city), an_officer(of=here.city, name="Ana Silva")
    other = an_officer(of=elsewhere.city)
    store(session, here, elsewhere, first, second, other)

    lock(here, questionnaire_of(here), by=first, now=NOW)
    unlock(here, by=first, now=NOW)
    lock(here, questionnaire_of(here), by=second, now=NOW)
    lock(elsewhere, questionnaire_of(elsewhere), by=other, now=NOW)
    session.flush()

    assert here.state is AssessmentState.LOCKED
    assert journal.last_doer(session, here, "assessment:lock") == second.id
    assert journal.last_doer(session, here, "assessment:sign") is None
