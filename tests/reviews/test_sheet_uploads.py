"""Uploaded sheets: put down, taken row by row, void after a while."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import AssessmentState, SheetUpload
from reviews.errors import NotNow
from reviews.saving import Known, content_of, save
from reviews.sheet_uploads import (
    KEPT_FOR,
    MOST_FAULTS,
    Choice,
    Decision,
    comparisons,
    faults_of,
    put_down,
    rows_of,
    set_aside,
    take,
    waiting,
)
from reviews.workbooks import Fault, Reading, Row
from tests.builders import (
    NOW,
    a_user,
    an_assessment,
    asked,
    deeds_of,
    questionnaire_of,
    revisions_of,
    sent,
)

NOTHING = {"mark": "", "text": "", "remit_reason": ""}
TAKE = Decision(Choice.TAKE)


def row(code, base=0, **content):
    return Row(code, 3, base, {**NOTHING, **content})


def put(assessment, *rows, by=None, faults=()):
    reading = Reading(tuple(rows), tuple(faults))
    return put_down(
        assessment, reading, file_name="a.xlsx", key="k" * 32, by=by or a_user(), now=NOW
    )


def answer_to(assessment, code):
    statement = asked(assessment, code)
    return next(one for one in assessment.answers if one.statement_id == statement.id)


def compared(upload, earlier=None):
    answers = {one.statement_id: one for one in upload.assessment.answers}
    whole = questionnaire_of(upload.assessment)
    return comparisons(rows_of(upload), whole, answers, earlier or {})


def taken(upload, decisions, *, earlier=None, known=None, by=None):
    answers = {one.statement_id: one for one in upload.assessment.answers}
    return take(
        upload,
        compared(upload, earlier),
        decisions,
        answers,
        lambda answer, sent: known or Known(),
        by=by or a_user(),
        now=NOW,
    )


def left(upload):
    return [(one.code, one.chosen) for one in rows_of(upload)]


def a_clash():
    """A sheet made at version 1 says one thing, and a colleague has said another since."""
    assessment = an_assessment(answered="one")
    answer = answer_to(assessment, "PM1.1")
    first = save(answer, sent(1, text="As it was."), Known(), by=a_user(), now=NOW)
    save(answer, sent(2, text="From a colleague."), Known(), by=a_user(), now=NOW)
    upload = put(assessment, row("PM1.1", base=2, mark="3", text="From the sheet."))
    return answer, upload, first, {answer.statement_id: first.content}


def test_what_is_put_down_comes_back_as_it_was():
    user, assessment = a_user(), an_assessment()
    fault = Fault(4, "mark", "No %(what)s.", {"what": "level"})

    upload = put(assessment, row("PM1.1", text="A"), by=user, faults=[fault] * (MOST_FAULTS + 1))

    assert rows_of(upload) == (row("PM1.1", text="A"),)
    assert faults_of(upload) == (fault,) * MOST_FAULTS
    assert deeds_of(user) == [("sheet:upload", {"rows": 1})]


def test_the_next_sheet_takes_the_place_of_the_one_before():
    assessment = an_assessment()
    upload = put(assessment, row("PM1.1", text="A"))

    again = put_down(
        assessment,
        Reading((), ()),
        file_name="b.xlsx",
        key="l" * 32,
        by=upload.by,
        now=NOW,
        instead_of=upload,
    )

    assert again is upload
    assert (upload.file_name, upload.key, upload.rows) == ("b.xlsx", "l" * 32, [])


def test_a_sheet_is_void_after_a_week_and_in_the_next_version():
    assessment = an_assessment()
    upload = put(assessment)
    later = NOW + KEPT_FOR

    assert waiting(upload, assessment, later - timedelta(seconds=1))
    assert not waiting(upload, assessment, later)
    assert not waiting(None, assessment, NOW)
    assessment.version = 2
    assert not waiting(upload, assessment, NOW)


def test_what_is_ticked_is_saved_in_the_name_of_who_takes_it_and_leaves():
    user, assessment = a_user(), an_assessment()
    upload = put(
        assessment,
        row("PM1.1", mark="2", text="New."),
        row("PM1.2", text="Not wanted."),
        row("EM1.1"),
    )

    result = taken(upload, {"PM1.1": TAKE}, by=user)

    answer = answer_to(assessment, "PM1.1")
    assert (result.saved, result.stale, result.refused) == (["PM1.1"], [], {})
    assert content_of(answer) == {"mark": "2", "text": "New.", "remit_reason": ""}
    assert (answer.number, answer.changed_by) == (1, user)
    assert answer_to(assessment, "PM1.2").number == 0
    assert left(upload) == [("PM1.2", False)]
    assert deeds_of(user) == [("answer:write", {"statement": "PM1.1"})]


def test_taking_the_same_again_changes_nothing():
    assessment = an_assessment()
    upload = put(assessment, row("PM1.1", mark="2"))
    taken(upload, {"PM1.1": TAKE})

    again = taken(upload, {"PM1.1": TAKE})

    assert again.saved == []
    assert answer_to(assessment, "PM1.1").number == 1


def test_an_answer_that_nobody_had_begun_is_opened():
    assessment = an_assessment()
    assessment.answers.clear()
    upload = put(assessment, row("PM1.1", mark="2"))

    taken(upload, {"PM1.1": TAKE})

    assert [(one.mark, one.number) for one in assessment.answers] == [("2", 1)]


def test_a_field_that_the_sheet_leaves_as_it_was_keeps_what_a_colleague_wrote():
    assessment = an_assessment(answered="one")
    answer = answer_to(assessment, "PM1.1")
    before = content_of(answer)
    revision = save(answer, sent(1, mark="1"), Known(), by=a_user(), now=NOW)
    upload = put(assessment, row("PM1.1", base=1, mark="3", text="From the sheet."))
    revision.content = before
    earlier = {answer.statement_id: before}

    result = taken(upload, {"PM1.1": TAKE}, earlier=earlier, known=Known(at_base=revision))

    assert result.saved == ["PM1.1"]
    assert (answer.mark, answer.text, answer.number) == ("1", "From the sheet.", 3)


def test_a_clash_is_not_taken_by_a_tick_and_waits():
    answer, upload, first, earlier = a_clash()

    result = taken(upload, {"PM1.1": TAKE}, earlier=earlier, known=Known(at_base=first))

    assert (result.saved, result.stale) == ([], ["PM1.1"])
    assert answer.text == "From a colleague."
    assert left(upload) == [("PM1.1", True)]


@pytest.mark.parametrize(
    ("decision", "text", "number"),
    [
        (Decision(Choice.THEIRS, 3), "From a colleague.", 3),
        (Decision(Choice.MINE, 3), "From the sheet.", 4),
        (Decision(Choice.COMBINED, 3, {"text": "From both."}), "From both.", 4),
        (Decision(Choice.MINE, 3, {"text": "Typed, not chosen."}), "From the sheet.", 4),
    ],
)
def test_whoever_decides_a_clash_says_which_text_stays(decision, text, number):
    answer, upload, first, earlier = a_clash()

    taken(upload, {"PM1.1": decision}, earlier=earlier, known=Known(at_base=first))

    assert (answer.text, answer.number) == (text, number)
    assert left(upload) == []


def test_an_undecided_clash_waits():
    answer, upload, _, earlier = a_clash()

    taken(upload, {}, earlier=earlier)

    assert (answer.number, left(upload)) == (3, [("PM1.1", True)])


def test_a_decision_upon_an_older_text_is_no_decision_upon_the_new_one():
    answer, upload, _, earlier = a_clash()
    seen = revisions_of(answer)[-1]
    save(answer, sent(3, text="Later still."), Known(), by=a_user(), now=NOW)

    result = taken(
        upload,
        {"PM1.1": Decision(Choice.MINE, 3)},
        earlier=earlier,
        known=Known(at_base=seen),
    )

    assert (result.stale, answer.text) == (["PM1.1"], "Later still.")
    assert left(upload) == [("PM1.1", True)]


def test_a_combined_text_that_cannot_be_stored_is_told_and_the_others_are_saved():
    answer, upload, first, earlier = a_clash()
    upload.rows = [*upload.rows, row("PM1.2", text="Fine.").stored()]
    long = Decision(Choice.COMBINED, 3, {"text": "x" * 10_001})

    result = taken(
        upload,
        {"PM1.1": long, "PM1.2": TAKE},
        earlier=earlier,
        known=Known(at_base=first),
    )

    assert (result.saved, list(result.refused)) == (["PM1.2"], ["PM1.1"])
    assert answer.text == "From a colleague."
    assert left(upload) == [("PM1.1", True)]


def test_at_a_base_that_nobody_knows_every_difference_is_a_clash():
    assessment = an_assessment(answered="one")
    answer_to(assessment, "PM1.1").number = 5
    upload = put(assessment, row("PM1.1", base=2, mark="3", text="Other."))

    (one,) = compared(upload)

    assert (one.changes, one.clash) == ({"text": "Other."}, ("text",))


def test_rows_about_statements_out_of_sight_are_neither_shown_nor_taken():
    assessment = an_assessment()
    upload = put(assessment, row("PM1.1", text="A"), row("EM1.1", text="B"))
    part = questionnaire_of(assessment).narrowed(["EM1"])

    seen = comparisons(rows_of(upload), part, {}, {})

    assert [one.row.code for one in seen] == ["EM1.1"]


def test_a_locked_assessment_takes_no_row():
    assessment = an_assessment()
    upload = put(assessment, row("PM1.1", text="A"))
    assessment.state = AssessmentState.LOCKED

    with pytest.raises(NotNow):
        taken(upload, {"PM1.1": TAKE})


def test_setting_aside_is_a_deed():
    user = a_user()
    upload = put(an_assessment(), row("PM1.1", text="A"))

    set_aside(upload, by=user, now=NOW)

    assert deeds_of(user) == [("sheet:set-aside", {"rows": 1})]
    assert isinstance(upload, SheetUpload)
