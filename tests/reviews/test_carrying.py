"""Carrying over: what the last round leaves to this one, and that it has to be confirmed here."""

from __future__ import annotations

import pytest

from models import AssessmentState, Citation, Evidence, EvidenceKind, EvidenceVersion, Level, marks
from reviews import completeness
from reviews.assessments import confirm, lock, save_answer, states_of
from reviews.carrying import Carried, carry_over
from reviews.errors import Incomplete, NotNow
from reviews.saving import Known
from tests.builders import (
    NOW,
    a_city,
    a_round,
    an_answer,
    an_assessment,
    an_instrument,
    an_officer,
    asked,
    deeds_of,
    questionnaire_of,
    revisions_of,
    sent,
)


def two_rounds(*, instrument=None, mark="3"):
    """A city that has signed all in its last round, and has begun nothing in this one."""
    city = a_city()
    last = an_assessment(of=city, state=AssessmentState.IN_REVIEW, mark=mark)
    this = an_assessment(of=city, round=a_round(instrument=instrument or last.round.instrument))
    return last, this, an_officer(of=city)


def take(last, this, by, cited=()):
    return carry_over(
        this,
        questionnaire_of(this),
        last.submissions[-1],
        questionnaire_of(last),
        cited,
        by=by,
        now=NOW,
    )


def a_document(assessment, code, by, **facts):
    """A link of a city, cited under one statement."""
    version = EvidenceVersion(
        number=1, kind=EvidenceKind.LINK, address="https://example.org/a", added_by=by, added_at=NOW
    )
    document = Evidence(city=assessment.city, number=1, title="A plan", versions=[version], **facts)
    use = Citation(
        assessment=assessment,
        statement_id=asked(assessment, code).id,
        pointer="page 3",
        claim="It is adopted.",
    )
    document.citations.append(use)
    return document


def test_answers_are_copied_as_first_saves_to_be_confirmed():
    last, this, lead = two_rounds()

    carried = take(last, this, lead)

    answer = an_answer(of=this, to="PM1.1")
    assert carried == Carried(answers=5, citations=0)
    assert (answer.mark, answer.text, answer.number) == ("3", "On PM1.1.", 1)
    assert (answer.to_confirm, answer.carried_from) == (True, last.submissions[-1])
    assert [(one.number, one.by) for one in revisions_of(answer)] == [(1, lead)]


def test_it_is_one_deed_with_numbers_and_without_texts():
    last, this, lead = two_rounds()

    take(last, this, lead)

    signed = last.submissions[-1]
    facts = {"round": last.round.slug, "version": 1, "sha256": signed.sha256}
    assert deeds_of(lead) == [
        ("assessment:carry-over", {**facts, "answers": 5, "citations": 0}),
    ]


def test_a_second_time_nothing_happens():
    last, this, lead = two_rounds()
    take(last, this, lead)
    answer = an_answer(of=this, to="PM1.1")
    confirm(answer, asked(this, "PM1.1"), by=lead, now=NOW)

    assert take(last, this, lead) is None
    assert (answer.to_confirm, answer.number) == (False, 1)


def test_what_the_city_has_begun_is_left_alone():
    last, this, lead = two_rounds()
    begun = an_answer(of=this, to="PM1.1")
    save_answer(begun, asked(this, "PM1.1"), sent(0, text="New."), Known(), by=lead, now=NOW)

    assert take(last, this, lead) == Carried(answers=4, citations=0)
    assert (begun.text, begun.mark, begun.to_confirm) == ("New.", "", False)


def test_with_nothing_to_copy_nothing_is_done():
    last, this, lead = two_rounds(mark=marks.EMPTY)
    for answer in this.answers:
        answer.number = 1

    assert take(last, this, lead) is None
    assert deeds_of(lead) == []


def test_statements_are_found_by_their_anchor_whatever_their_code():
    last, this, lead = two_rounds(instrument=an_instrument())
    first, second = this.round.instrument.roles[0].commitments[0].statements
    first.anchor, second.anchor = second.anchor, "anchor-that-is-new"

    take(last, this, lead)

    texts = [an_answer(of=this, to=code).text for code in ("PM1.1", "PM1.2", "PM2.1")]
    assert texts == ["On PM1.2.", "", "On PM2.1."]


def test_a_level_that_the_new_scale_lacks_is_left_out_and_the_text_stays():
    last, this, lead = two_rounds(instrument=an_instrument(), mark="4")
    statement = this.round.instrument.roles[0].commitments[0].statements[0]
    statement.levels = [Level(value=value, text=f"Step {value}") for value in range(3)]

    take(last, this, lead)

    answers = [an_answer(of=this, to=code) for code in ("PM1.1", "PM1.2")]
    assert [(one.mark, one.text) for one in answers] == [("", "On PM1.1."), ("4", "On PM1.2.")]
    assert answers[0].to_confirm


@pytest.mark.parametrize("state", [AssessmentState.LOCKED, AssessmentState.SUBMITTED])
def test_nothing_is_taken_over_once_the_answers_are_closed(state):
    last, _, lead = two_rounds()
    this = an_assessment(of=last.city, state=state)

    with pytest.raises(NotNow):
        take(last, this, lead)


def test_evidence_is_cited_again_with_its_page_and_claim():
    last, this, lead = two_rounds()
    document = a_document(last, "PM1.1", lead)

    carried = take(last, this, lead, document.citations)

    again = document.citations[-1]
    assert carried == Carried(answers=5, citations=1)
    assert (again.assessment, again.statement_id) == (this, asked(this, "PM1.1").id)
    assert (again.pointer, again.claim) == ("page 3", "It is adopted.")


def test_evidence_that_was_removed_or_is_cited_already_is_not():
    last, this, lead = two_rounds()
    removed = a_document(last, "PM1.1", lead, withdrawn_at=NOW)
    there = a_document(last, "PM1.2", lead)
    there.citations.append(Citation(assessment=this, statement_id=asked(this, "PM1.2").id))

    carried = take(last, this, lead, [removed.citations[0], there.citations[0]])

    assert carried == Carried(answers=5, citations=0)
    assert (len(removed.citations), len(there.citations)) == (1, 2)


def test_only_confirmed_answers_count_and_the_lock_refuses_the_others():
    last, this, lead = two_rounds()
    take(last, this, lead)
    questionnaire = questionnaire_of(this)
    for code in ("PM1.1", "PM1.2", "PM2.1"):
        confirm(an_answer(of=this, to=code), asked(this, code), by=lead, now=NOW)

    gaps = completeness.missing(questionnaire, states_of(this))
    with pytest.raises(Incomplete) as refusal:
        lock(this, questionnaire, by=lead, now=NOW)

    assert [one.code for one in gaps] == ["EM1.1", "EM1.2"]
    assert refusal.value.missing == ("EM1.1", "EM1.2")


def test_confirming_is_a_deed_of_its_own_that_counts_once():
    last, this, lead = two_rounds()
    take(last, this, lead)
    answer, statement = an_answer(of=this, to="PM1.1"), asked(this, "PM1.1")

    for _ in range(2):
        confirm(answer, statement, by=lead, now=NOW)

    assert (answer.to_confirm, answer.number) == (False, 1)
    assert deeds_of(lead)[1:] == [("answer:confirm", {"statement": "PM1.1"})]


@pytest.mark.parametrize(
    ("text", "deed", "number"),
    [("New.", "answer:write", 2), ("On PM1.1.", "answer:confirm", 1)],
    ids=["with a change", "without a change"],
)
def test_saving_confirms(text, deed, number):
    last, this, lead = two_rounds()
    take(last, this, lead)
    answer, statement = an_answer(of=this, to="PM1.1"), asked(this, "PM1.1")

    save_answer(answer, statement, sent(1, mark="3", text=text), Known(), by=lead, now=NOW)

    assert (answer.to_confirm, answer.text, answer.number) == (False, text, number)
    assert deeds_of(lead)[1:] == [(deed, {"statement": "PM1.1"})]


def test_nothing_is_confirmed_once_the_answers_are_closed():
    answer = an_answer(of=an_assessment(state=AssessmentState.LOCKED))

    with pytest.raises(NotNow):
        confirm(answer, asked(answer.assessment, "PM1.1"), by=an_officer(of=a_city()), now=NOW)
