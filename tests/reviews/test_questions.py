"""Questions to the city: who asks, what is kept, when it ends, and what the journal says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import AssessmentState, AssignmentState, CityRole
from reviews import letters, questions
from reviews.errors import BaseMissing, NotNow, Stale, Unusable
from tests.builders import (
    NOW,
    a_consensus,
    an_assessment,
    an_assignment,
    an_officer,
    asked,
    deeds_of,
)

KEY = "0123456789abcdef" * 2
DUE = NOW + timedelta(days=7)


def ask(assignment, text="How many desks are there?", key=KEY):
    return questions.ask(
        assignment,
        asked(assignment.assessment, "PM1.1"),
        text=text,
        key=key,
        due=DUE,
        by=assignment.reviewer,
        now=NOW,
    )


def answer(question, text="Seven.", base=0, by=None, now=NOW):
    by = by or an_officer(of=question.assessment.city)
    return questions.answer(question, text=text, base=base, by=by, now=now)


def test_a_question_is_open_until_it_is_due_and_the_journal_does_not_hold_its_text():
    assignment = an_assignment()

    question = ask(assignment, "  How many desks?\r\n")

    assert (question.text, question.due, question.answered_at, question.number) == (
        "How many desks?",
        DUE,
        None,
        0,
    )
    assert question.assessment is assignment.assessment
    assert deeds_of(assignment.reviewer) == [
        ("question:ask", {"question": KEY, "statement": "PM1.1"})
    ]


@pytest.mark.parametrize("text", ["", " \n ", "x" * 10_001, "a\0b", "\ud800"])
def test_a_question_says_something_in_at_most_ten_thousand_characters(text):
    with pytest.raises(Unusable) as refusal:
        ask(an_assignment(), text)

    assert refusal.value.field == "question"


@pytest.mark.parametrize("key", ["", "x" * 32, "0" * 31, "0" * 33, "٣" * 32])
def test_the_key_of_a_question_is_of_one_form(key):
    with pytest.raises(Unusable) as refusal:
        ask(an_assignment(), key=key)

    assert refusal.value.field == "key"


@pytest.mark.parametrize(
    "state", [one for one in AssignmentState if one not in ("accepted", "drafting")]
)
def test_only_who_still_reviews_asks(state):
    with pytest.raises(NotNow):
        ask(an_assignment(state=state))


@pytest.mark.parametrize(
    "state", [one for one in AssessmentState if one is not AssessmentState.IN_REVIEW]
)
def test_nothing_is_asked_before_the_review_is_open(state):
    with pytest.raises(NotNow):
        ask(an_assignment(of=an_assessment(state=state)))


def test_the_first_answer_is_told_from_a_later_change():
    question = ask(an_assignment())
    lead = an_officer(of=question.assessment.city)
    later = NOW + timedelta(hours=3)

    first = answer(question, " Seven. ", by=lead)
    assert (first, question.answer, question.answered_at, question.changed_at) == (
        True,
        "Seven.",
        NOW,
        None,
    )
    second = answer(question, "Eight.", base=1, by=lead, now=later)

    assert (second, question.answer, question.answered_at, question.changed_at) == (
        False,
        "Eight.",
        NOW,
        later,
    )
    assert (question.number, question.answered_by) == (2, lead)
    assert deeds_of(lead) == [
        ("question:answer", {"question": KEY, "save": 1}),
        ("question:answer", {"question": KEY, "save": 2}),
    ]


def test_the_same_answer_sent_twice_is_saved_once():
    question = ask(an_assignment())

    told = [answer(question), answer(question)]

    assert (told, question.number, question.changed_at) == ([True, False], 1, None)


def test_a_colleagues_answer_is_not_overwritten_unseen():
    question = ask(an_assignment())
    answer(question, "Seven.")

    with pytest.raises(Stale) as refusal:
        answer(question, "Eight.", base=0)

    assert (refusal.value.theirs, refusal.value.number) == ({"answer": "Seven."}, 1)
    assert (question.answer, question.number) == ("Seven.", 1)


def test_an_answer_names_the_save_that_it_changes():
    with pytest.raises(BaseMissing):
        answer(ask(an_assignment()), base=None)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 10_001, "a\0b"])
def test_an_answer_says_something_and_can_be_stored(text):
    question = ask(an_assignment())

    with pytest.raises(Unusable) as refusal:
        answer(question, text)

    assert (refusal.value.field, question.number) == ("answer", 0)


def test_a_question_is_taken_back_once_while_it_has_no_answer():
    assignment = an_assignment()
    question = ask(assignment)

    for _ in range(2):
        questions.withdraw(question, by=assignment.reviewer, now=NOW)

    assert question.withdrawn_at == NOW
    assert deeds_of(assignment.reviewer)[1:] == [("question:withdraw", {"question": KEY})]
    with pytest.raises(NotNow):
        answer(question)


def test_an_answered_question_stays():
    assignment = an_assignment()
    question = ask(assignment)
    answer(question)

    with pytest.raises(NotNow):
        questions.withdraw(question, by=assignment.reviewer, now=NOW)

    assert question.withdrawn_at is None


def test_all_ends_with_the_opening_of_the_consensus():
    assignment = an_assignment()
    question = ask(assignment)
    a_consensus(of=assignment.assessment)

    for deed in (
        lambda: ask(assignment),
        lambda: answer(question),
        lambda: questions.withdraw(question, by=assignment.reviewer, now=NOW),
    ):
        with pytest.raises(NotNow):
            deed()


def test_a_letter_about_questions_says_nothing_of_them_and_ends_with_the_right_to_answer():
    assignment = an_assignment()
    assessment = assignment.assessment
    lead = an_officer(of=assessment.city, name="Ana Lind")
    ask(assignment, "Secretword?")

    letter = letters.questions_letter(assessment, lead, now=NOW)

    assert (letter.to, letter.kind, letter.person) == (lead.email, "questions", lead)
    assert letter.subject == f"A question to {assessment.city.name} from the review team"
    assert "Secretword" not in letter.body
    assert assignment.reviewer.name not in letter.body + letter.subject
    assert letters.still_due(letter, NOW)
    lead.city_memberships[0].ended_at = NOW
    assert not letters.still_due(letter, NOW)
    lead.city_memberships[0].ended_at = None
    a_consensus(of=assessment)
    assert not letters.still_due(letter, NOW)


def test_a_letter_about_an_answer_ends_with_the_task_of_who_asked():
    assignment = an_assignment()

    letter = letters.answer_letter(assignment, now=NOW)

    assert (letter.to, letter.kind) == (assignment.reviewer.email, "answer")
    assert letters.still_due(letter, NOW)
    assignment.state = AssignmentState.RECUSED
    assert not letters.still_due(letter, NOW)


def test_a_signatory_is_sent_nothing_to_answer():
    assessment = an_assignment().assessment
    signatory = an_officer(of=assessment.city, role=CityRole.SIGNATORY)

    letter = letters.questions_letter(assessment, signatory, now=NOW)

    assert not letters.still_due(letter, NOW)
