"""Self-assessment: answered, locked, signed under the hash that was shown, sent back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import Assessment, AssessmentState, CityRole, RoundState, Submission, marks
from reviews import submissions
from reviews.assessments import (
    counted,
    lock,
    open_review,
    save_answer,
    send_back,
    sign_off,
    states_of,
    unlock,
)
from reviews.completeness import AnswerState
from reviews.errors import Incomplete, NotNow, Stale, Unusable
from reviews.saving import Known, content_of
from tests.builders import (
    NOW,
    a_coordinator,
    a_round,
    an_answer,
    an_assessment,
    an_officer,
    asked,
    deeds_of,
    questionnaire_of,
    revisions_of,
    sent,
)

Draft, Locked = AssessmentState.DRAFT, AssessmentState.LOCKED
Submitted, InReview = AssessmentState.SUBMITTED, AssessmentState.IN_REVIEW
KEY = "0b9fa2d8-6c55-4a3e-8d2f-90a7c7d3b1aa"


def document_of(assessment: Assessment) -> dict[str, object]:
    return submissions.city_document(
        assessment, questionnaire_of(assessment), assessment.answers, []
    )


def shown_for(assessment: Assessment) -> str:
    return submissions.sha256(submissions.canonical(document_of(assessment)))


def signed(assessment: Assessment, **given) -> Submission:
    signatory = an_officer(of=assessment.city, role=CityRole.SIGNATORY)
    facts = {"shown": shown_for(assessment), "by": signatory, "now": NOW} | given
    return sign_off(assessment, questionnaire_of(assessment), document_of(assessment), **facts)


def test_an_answer_is_saved_and_journalled_without_its_content():
    answer = an_answer(to="PM1.2")
    lead = an_officer(of=answer.assessment.city)

    save_answer(
        answer,
        asked(answer.assessment, "PM1.2"),
        sent(0, mark="3", text="Cafe\u0301\r\nopen."),
        Known(),
        by=lead,
        now=NOW,
    )

    assert content_of(answer) == {"mark": "3", "text": "Caf\u00e9\nopen.", "remit_reason": ""}
    assert deeds_of(lead) == [("answer:write", {"statement": "PM1.2"})]


def test_a_repeated_answer_is_journalled_once():
    answer = an_answer()
    lead, statement = an_officer(of=answer.assessment.city), asked(answer.assessment, "PM1.1")
    request = sent(0, KEY, text="Gene\u0300ve")
    first = save_answer(answer, statement, request, Known(), by=lead, now=NOW)

    again = save_answer(answer, statement, request, Known(under_key=first), by=lead, now=NOW)

    assert (again, len(deeds_of(lead)), answer.number) == (first, 1, 1)


def test_an_answer_that_changes_nothing_is_no_deed():
    answer = an_answer(of=an_assessment(answered="all"))
    lead = an_officer(of=answer.assessment.city)

    result = save_answer(
        answer, asked(answer.assessment, "PM1.1"), sent(1, mark="3"), Known(), by=lead, now=NOW
    )

    assert (result, deeds_of(lead)) == (None, [])


@pytest.mark.parametrize("state", [Locked, Submitted, InReview])
def test_answers_are_closed_once_the_assessment_is_locked(state):
    answer = an_answer(of=an_assessment(state=state))
    lead, before = an_officer(of=answer.assessment.city), content_of(answer)

    with pytest.raises(NotNow):
        save_answer(
            answer, asked(answer.assessment, "PM1.1"), sent(1, mark="4"), Known(), by=lead, now=NOW
        )

    assert (content_of(answer), revisions_of(answer), deeds_of(lead)) == (before, [], [])


@pytest.mark.parametrize("state", [RoundState.PREPARING, RoundState.CLOSED])
def test_answers_are_given_while_the_round_is_open(state):
    answer = an_answer(of=an_assessment(round=a_round(state=state)))
    lead = an_officer(of=answer.assessment.city)

    with pytest.raises(NotNow):
        save_answer(
            answer, asked(answer.assessment, "PM1.1"), sent(0, mark="4"), Known(), by=lead, now=NOW
        )


@pytest.mark.parametrize(
    ("code", "mark"),
    [
        ("PM1.1", "5"),
        ("PM1.1", "-1"),
        ("PM1.1", "03"),
        ("PM1.1", "\u0663"),
        ("PM1.1", marks.CANNOT_JUDGE),
        ("PM1.1", marks.NOT_OUR_COMPETENCE),
        ("EM1.2", marks.CANNOT_JUDGE),
    ],
)
def test_only_a_mark_of_this_statement_is_an_answer(code, mark):
    answer = an_answer(to=code)
    lead = an_officer(of=answer.assessment.city)

    with pytest.raises(Unusable) as refusal:
        save_answer(
            answer, asked(answer.assessment, code), sent(0, mark=mark), Known(), by=lead, now=NOW
        )

    assert (refusal.value.field, answer.number) == ("mark", 0)


def test_a_statement_outside_the_remit_may_be_answered_so():
    answer = an_answer(to="EM1.2")
    lead = an_officer(of=answer.assessment.city)
    request = sent(0, mark=marks.NOT_OUR_COMPETENCE, remit_reason="The state runs schools.")

    save_answer(answer, asked(answer.assessment, "EM1.2"), request, Known(), by=lead, now=NOW)

    assert states_of(answer.assessment)[answer.statement_id] == AnswerState(
        "not_our_competence", has_text=False, has_remit_reason=True
    )


@pytest.mark.parametrize("text", ["a" * 10_001, "nul\0", "\ud83d"], ids=["long", "nul", "half"])
def test_a_text_that_cannot_be_kept_is_refused_before_anything_is_written(text):
    answer = an_answer()
    lead = an_officer(of=answer.assessment.city)

    with pytest.raises(Unusable) as refusal:
        save_answer(
            answer,
            asked(answer.assessment, "PM1.1"),
            sent(0, mark="3", text=text),
            Known(),
            by=lead,
            now=NOW,
        )

    assert (refusal.value.field, content_of(answer)["mark"], answer.number) == ("text", "", 0)


def test_two_texts_that_look_alike_are_the_same_save():
    answer = an_answer()
    lead, statement = an_officer(of=answer.assessment.city), asked(answer.assessment, "PM1.1")
    save_answer(answer, statement, sent(0, text="Gen\u00e8ve"), Known(), by=lead, now=NOW)

    again = save_answer(answer, statement, sent(1, text="Gene\u0300ve"), Known(), by=lead, now=NOW)

    assert (again, answer.number) == (None, 1)


def test_a_complete_assessment_is_locked():
    assessment = an_assessment(answered="all")
    lead = an_officer(of=assessment.city)

    lock(assessment, questionnaire_of(assessment), by=lead, now=NOW)

    assert assessment.state is Locked
    assert deeds_of(lead) == [("assessment:lock", {"version": 1})]


def test_a_gap_keeps_the_assessment_open_and_is_named():
    assessment = an_assessment(answered="one")
    lead = an_officer(of=assessment.city)

    with pytest.raises(Incomplete) as refusal:
        lock(assessment, questionnaire_of(assessment), by=lead, now=NOW)

    assert (refusal.value.missing, str(refusal.value)) == (
        ("PM1.2", "PM2.1", "EM1.1", "EM1.2"),
        "4 statements have no complete answer yet.",
    )
    assert (assessment.state, deeds_of(lead)) == (Draft, [])


def test_not_our_competence_without_a_reason_is_a_gap():
    assessment = an_assessment(answered="all")
    answer = an_answer(to="EM1.2", of=assessment)
    answer.mark, answer.remit_reason = marks.NOT_OUR_COMPETENCE, "  "

    with pytest.raises(Incomplete) as refusal:
        lock(assessment, questionnaire_of(assessment), by=an_officer(of=assessment.city), now=NOW)

    assert refusal.value.missing == ("EM1.2",)


@pytest.mark.parametrize("state", [RoundState.PREPARING, RoundState.CLOSED])
def test_an_assessment_is_locked_only_while_its_round_is_open(state):
    assessment = an_assessment(answered="all", round=a_round(state=state))

    with pytest.raises(NotNow):
        lock(assessment, questionnaire_of(assessment), by=an_officer(of=assessment.city), now=NOW)


def test_a_locked_assessment_can_be_opened_again():
    assessment = an_assessment(state=Locked)
    signatory = an_officer(of=assessment.city, role=CityRole.SIGNATORY)

    unlock(assessment, by=signatory, now=NOW)

    assert (assessment.state, deeds_of(signatory)) == (
        Draft,
        [("assessment:unlock", {"version": 1})],
    )


def test_a_signature_freezes_the_document_under_the_hash_that_was_shown():
    assessment = an_assessment(state=Locked)
    signatory = an_officer(of=assessment.city, role=CityRole.SIGNATORY)
    shown = shown_for(assessment)

    submission = signed(assessment, by=signatory)

    assert (
        submission.version,
        submission.sha256,
        submissions.sha256(submission.document),
        submission.packed,
        submission.signed_by,
        submission.signed_at,
    ) == (1, shown, shown, b"\x03" * 5, signatory, NOW)
    assert (assessment.state, assessment.submissions) == (Submitted, [submission])
    assert deeds_of(signatory) == [("assessment:sign", {"version": 1, "sha256": shown})]


def test_a_signature_under_a_stale_hash_is_refused_and_signs_nothing():
    assessment = an_assessment(state=Locked)
    stale = shown_for(assessment)
    an_answer(of=assessment).text = "Changed after the page was opened."
    signatory = an_officer(of=assessment.city, role=CityRole.SIGNATORY)

    with pytest.raises(Stale):
        signed(assessment, shown=stale, by=signatory)

    assert (assessment.state, assessment.submissions, deeds_of(signatory)) == (Locked, [], [])


@pytest.mark.parametrize("shown", ["", "0" * 64])
def test_a_signature_under_no_hash_or_an_invented_one_is_refused(shown):
    assessment = an_assessment(state=Locked)

    with pytest.raises(Stale):
        signed(assessment, shown=shown)


@pytest.mark.parametrize("state", [Draft, Submitted, InReview])
def test_only_a_locked_assessment_is_signed(state):
    assessment = an_assessment(state=state, answered="all")
    before = list(assessment.submissions)

    with pytest.raises(NotNow):
        signed(assessment)

    assert (assessment.state, assessment.submissions) == (state, before)


def test_a_returned_assessment_starts_the_next_version_as_a_copy():
    assessment = an_assessment(state=Submitted)
    coordinator = a_coordinator(of=assessment.round)
    answers = [content_of(answer) for answer in assessment.answers]

    send_back(assessment, reason=" Say more on EM1.1. ", by=coordinator, now=NOW)

    assert (assessment.state, assessment.version, assessment.sent_back_reason) == (
        Draft,
        2,
        "Say more on EM1.1.",
    )
    assert [content_of(answer) for answer in assessment.answers] == answers
    assert deeds_of(coordinator) == [("assessment:send-back", {"version": 2})]


def test_an_assessment_is_not_returned_without_a_reason():
    assessment = an_assessment(state=Submitted)

    with pytest.raises(Unusable):
        send_back(assessment, reason=" ", by=a_coordinator(), now=NOW)

    assert (assessment.state, assessment.version) == (Submitted, 1)


def test_an_assessment_under_review_is_not_returned():
    assessment = an_assessment(state=InReview)

    with pytest.raises(NotNow):
        send_back(assessment, reason="Too late.", by=a_coordinator(), now=NOW)

    assert (assessment.state, assessment.version) == (InReview, 1)


def test_a_city_that_signs_again_has_two_versions_without_a_gap():
    assessment = an_assessment(state=Submitted)
    first = assessment.submissions[0]
    send_back(assessment, reason="Say more.", by=a_coordinator(), now=NOW)
    an_answer(of=assessment).text = "More."
    lock(assessment, questionnaire_of(assessment), by=an_officer(of=assessment.city), now=NOW)

    second = signed(assessment, now=NOW + timedelta(days=1))

    assert [one.version for one in assessment.submissions] == [1, 2]
    assert first.sha256 != second.sha256
    assert counted(assessment) is second


def test_what_counts_is_the_latest_version_while_it_is_signed():
    assessment = an_assessment(state=Submitted)
    signed_once = counted(assessment)
    send_back(assessment, reason="Say more.", by=a_coordinator(), now=NOW)

    assert (signed_once, counted(assessment)) == (assessment.submissions[0], None)


def test_the_review_opens_on_the_signed_version():
    assessment = an_assessment(state=Submitted)
    coordinator = a_coordinator(of=assessment.round)

    open_review(assessment, by=coordinator, now=NOW)

    assert (assessment.state, counted(assessment)) == (InReview, assessment.submissions[0])
    assert deeds_of(coordinator) == [("review:open", {"version": 1})]
