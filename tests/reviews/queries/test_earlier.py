"""What is found of the round before: the right one, what it cites, what was agreed in it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from models import AssessmentState, ConsensusState
from reviews.carrying import carry_over
from reviews.queries import earlier
from tests.builders import (
    NOW,
    a_city,
    a_consensus,
    a_round,
    an_assessment,
    an_instrument,
    an_officer,
    asked,
    questionnaire_of,
    store,
)

SIGNED = AssessmentState.IN_REVIEW


def years_ago(years: int, instrument=None):
    """A round that was created so many years ago."""
    created = NOW - timedelta(days=365 * years)
    return a_round(created_at=created, instrument=instrument or an_instrument(code="charter"))


def test_it_is_the_latest_round_before_in_which_the_city_signed(session: Session):
    city = a_city()
    instruments = [an_instrument(code="charter", version=str(number)) for number in range(4)]
    rounds = [years_ago(number, instruments[number]) for number in range(4)]
    this = an_assessment(of=city, round=rounds[1])
    drafted = an_assessment(of=city, round=rounds[2])
    signed = an_assessment(of=city, round=rounds[3], state=SIGNED)
    later = an_assessment(of=city, round=rounds[0], state=SIGNED)
    stranger = an_assessment(round=rounds[2], state=SIGNED)
    store(session, this, drafted, signed, later, stranger)

    assert earlier.last_assessment(session, this, "charter") is signed
    assert earlier.last_assessment(session, signed, "charter") is None


def test_a_round_with_another_questionnaire_is_not_the_last_one(session: Session):
    city = a_city()
    this = an_assessment(of=city, round=years_ago(0))
    other = an_assessment(of=city, round=years_ago(1, an_instrument(code="survey")), state=SIGNED)
    store(session, this, other)

    assert earlier.last_assessment(session, this, "charter") is None
    assert earlier.last_assessment(session, this, "survey") is other


def test_it_is_known_whether_the_answers_were_taken_over(session: Session):
    city = a_city()
    instrument = an_instrument(code="charter")
    last = an_assessment(of=city, round=years_ago(1, instrument), state=SIGNED)
    this = an_assessment(of=city, round=years_ago(0, instrument))
    lead = an_officer(of=city)
    store(session, last, this, lead)
    before = earlier.carried(session, this)

    questionnaire = questionnaire_of(this)
    carry_over(this, questionnaire, last.submissions[-1], questionnaire, [], by=lead, now=NOW)
    session.flush()

    assert (before, earlier.carried(session, this)) == (False, True)


def test_the_agreed_level_of_one_statement_comes_with_its_reason(session: Session):
    last = an_assessment(round=years_ago(1), state=SIGNED)
    consensus = a_consensus(of=last, state=ConsensusState.AGREED)
    consensus.agreed_levels[0].reason = "We saw it at work."
    store(session, last)

    found = earlier.agreed_level(session, consensus, asked(last, "PM1.1").id)

    assert found == ("3", "We saw it at work.")
    assert earlier.agreed_level(session, consensus, 999_999) is None
