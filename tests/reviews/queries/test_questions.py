"""Questions as the database gives them to each side: what a reader may not know is not there."""

from __future__ import annotations

from datetime import timedelta

from models import AssessmentState, CityRole, Question
from reviews import letters
from reviews.queries import questions
from reviews.queries.questions import Count
from tests.builders import (
    NOW,
    a_consensus,
    a_reviewer,
    an_assessment,
    an_assignment,
    an_officer,
    asked,
    store,
)

IN_REVIEW = AssessmentState.IN_REVIEW


def a_question(of, *, key="1", code="PM1.1", answered_by=None, **columns):
    given = {"answered_by": answered_by, "answered_at": NOW, "answer": "Seven.", "number": 1}
    return Question(
        assignment=of,
        statement_id=asked(of.assessment, code).id,
        key=key * 32,
        text=f"Question {key}?",
        asked_at=NOW,
        due=NOW + timedelta(days=7),
        **(given if answered_by else {}),
        **columns,
    )


def a_team():
    """A city under review with two reviewers, and a lead officer."""
    assessment = an_assessment(state=IN_REVIEW)
    first = an_assignment(of=assessment, reviewer=a_reviewer(name="First"))
    second = an_assignment(of=assessment, reviewer=a_reviewer(name="Second"))
    return assessment, first, second, an_officer(of=assessment.city, name="Ana Lind")


def ids(assessment, *codes):
    return [asked(assessment, code).id for code in codes]


def test_the_city_gets_questions_in_the_order_of_their_keys_without_who_and_when(session):
    assessment, first, second, lead = a_team()
    store(session, assessment, lead)
    session.add_all([a_question(second, key="b"), a_question(first, key="a", answered_by=lead)])
    session.flush()

    found = questions.of_city(session, assessment, ids(assessment, "PM1.1"))

    assert [(one.key[0], one.asked_by, one.asked_at, one.answered_by) for one in found] == [
        ("a", "", None, "Ana Lind"),
        ("b", "", None, ""),
    ]


def test_what_is_withdrawn_or_out_of_sight_or_anothers_is_not_the_citys(session):
    assessment, first, _, lead = a_team()
    elsewhere = an_assignment(of=an_assessment(round=assessment.round, state=IN_REVIEW))
    store(session, assessment, elsewhere.assessment, lead)
    session.add_all(
        [
            a_question(first, key="a"),
            a_question(first, key="b", withdrawn_at=NOW),
            a_question(first, key="c", code="EM1.1"),
            a_question(elsewhere, key="d"),
        ]
    )
    session.flush()
    seen = ids(assessment, "PM1.1", "PM1.2")

    assert [one.key[0] for one in questions.of_city(session, assessment, seen)] == ["a"]
    assert questions.count_of_city(session, assessment, seen) == Count(open=1, all=1)
    keys = [
        key
        for key in "abcd"
        if questions.one_of_city(session, assessment, seen, key * 32) is not None
    ]
    assert keys == ["a"]


def test_a_reviewer_gets_the_own_questions_only(session):
    assessment, first, second, lead = a_team()
    store(session, assessment, lead)
    session.add_all(
        [
            a_question(first, key="a", answered_by=lead),
            a_question(first, key="b", code="EM1.1"),
            a_question(second, key="c"),
        ]
    )
    session.flush()

    own = questions.own(session, first)

    assert [(one.key[0], one.answer, one.asked_by, one.answered_by) for one in own] == [
        ("a", "Seven.", "", ""),
        ("b", "", "", ""),
    ]
    [statement] = ids(assessment, "EM1.1")
    assert [one.key[0] for one in questions.own(session, first, statement)] == ["b"]
    assert questions.one_own(session, first, "c" * 32) is None
    assert questions.one_own(session, first, "a" * 32).text == "Question a?"


def test_nothing_of_a_team_leaves_the_database_before_its_consensus_is_open(session):
    assessment, first, second, lead = a_team()
    store(session, assessment, lead)
    session.add_all([a_question(second, key="b"), a_question(first, key="a", answered_by=lead)])
    session.flush()

    assert questions.of_team(session, assessment) == []
    a_consensus(of=assessment, by=first.reviewer)
    session.flush()

    found = questions.of_team(session, assessment)
    assert [(one.key[0], one.asked_by, one.asked_at, one.answered_by) for one in found] == [
        ("a", "First", NOW, ""),
        ("b", "Second", NOW, ""),
    ]


def test_leads_are_told_once_until_their_letter_has_gone_out(session):
    assessment, _, _, lead = a_team()
    gone = an_officer(of=assessment.city, name="Gone", ended_at=NOW)
    signs = an_officer(of=assessment.city, name="Signs", role=CityRole.SIGNATORY)
    store(session, assessment, lead, gone, signs)

    assert questions.leads_to_tell(session, assessment, NOW) == [lead]
    letter = letters.questions_letter(assessment, lead, now=NOW)
    session.add(letter)
    session.flush()
    assert questions.leads_to_tell(session, assessment, NOW) == []
    assert questions.letters_waiting(session, assessment) == [letter]
    letter.sent_at = NOW
    session.flush()

    assert questions.leads_to_tell(session, assessment, NOW) == [lead]
    assert questions.letters_waiting(session, assessment) == []
