"""Plans: what a city answers to a recommendation, how far it is, and when it is looked at again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from models import FindingKind, PlanStatus, ReportState
from reviews import plans
from reviews.errors import Incomplete, Stale, Unusable
from reviews.plans import Line, Standing, Summary
from reviews.saving import Known
from tests.builders import (
    NOW,
    a_coordinator,
    a_finding,
    a_report,
    a_reviewer,
    an_edition,
    an_officer,
    deeds_of,
    sent,
)

FULL = {"response": "accepted", "action": "A desk.", "owner": "Housing", "due": "2026-06-30"}


def an_item(*, place: int = 4, **content: str):
    """What a city says about the recommendation of its published report, and who says it."""
    report = a_report(state=ReportState.PUBLISHED, written=True)
    finding = next(one for one in report.findings if one.place == place)
    lead = an_officer(of=report.assessment.city)
    item = plans.open_item(finding)
    if content:
        plans.draft_item(item, sent(0, **content), Known(), by=lead, now=NOW)
    return item, lead


def told(item, status, text="Half of it.", **rest):
    return plans.report_progress(item, status, text, by=rest.get("by") or a_reviewer(), now=NOW)


def test_only_recommendations_are_in_a_plan_in_the_words_that_were_published():
    report = a_report(state=ReportState.PUBLISHED, written=True)
    edition = an_edition(of=report)
    report.findings[3].text = "Changed in a correction that is not out."

    [one] = plans.recommendations(edition)

    assert (one.place, one.statement, one.text, one.priority, one.addressee) == (
        4,
        "PM1.1",
        "A recommendation of the city.",
        "high",
        "The council",
    )


@pytest.mark.parametrize(
    ("content", "gaps"),
    [
        ({}, ("response",)),
        ({"response": "accepted"}, ("action", "owner", "due")),
        ({"response": "partly", "action": "Half."}, ("owner", "due")),
        ({"response": "not-accepted"}, ("action",)),
        ({"response": "not-accepted", "action": "No."}, ()),
        (FULL, ()),
        (FULL | {"owner": "  "}, ("owner",)),
    ],
)
def test_an_answer_says_what_belongs_to_it(content, gaps):
    whole = {"response": "", "action": "", "owner": "", "due": ""} | content

    assert plans.lacking(whole) == gaps


def test_what_is_typed_is_kept_before_it_is_complete_and_is_no_answer_yet():
    item, lead = an_item(response="accepted")

    assert (plans.answered(item), plans.standing(item)) == (False, Standing.UNANSWERED)
    assert deeds_of(lead) == [("plan:write", {"finding": 4})]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({}, "response"),
        ({"response": "not-accepted"}, "action"),
        ({"response": "partly"}, "action"),
        ({"response": "accepted", "action": "A desk."}, "owner"),
        (FULL | {"due": ""}, "due"),
    ],
)
def test_an_answer_without_what_belongs_to_it_is_refused_at_that_field(content, field):
    item, lead = an_item()

    with pytest.raises(Unusable) as refused:
        plans.answer_item(item, sent(0, **content), Known(), by=lead, now=NOW)

    assert (refused.value.field, item.number, deeds_of(lead)) == (field, 0, [])


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"response": "maybe"}, "response"),
        ({"due": "30 June"}, "due"),
        ({"due": "2026-02-30"}, "due"),
        ({"due": "2026-6-30"}, "due"),
        ({"due": "20260630"}, "due"),
        ({"due": "1999-12-31"}, "due"),
        ({"due": "２０２６-06-30"}, "due"),
        ({"owner": "x" * 201}, "owner"),
        ({"owner": "a\nb"}, "owner"),
        ({"action": "x" * 10_001}, "action"),
        ({"action": "a\0b"}, "action"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(content, field):
    item, lead = an_item()

    with pytest.raises(Unusable) as refused:
        plans.draft_item(item, sent(0, **content), Known(), by=lead, now=NOW)

    assert (refused.value.field, item.number) == (field, 0)


def test_nobody_is_overwritten():
    item, lead = an_item(**FULL)

    with pytest.raises(Stale):
        plans.answer_item(item, sent(0, **FULL | {"action": "B"}), Known(), by=lead, now=NOW)

    assert (item.action, item.number) == ("A desk.", 1)


def test_progress_is_reported_for_what_the_city_follows():
    item, lead = an_item(**FULL)

    update = plans.report_progress(item, PlanStatus.UNDER_WAY, " Half. ", by=lead, now=NOW)

    assert (update.text, update.review, plans.standing(item)) == (
        "Half.",
        False,
        Standing.UNDER_WAY,
    )
    assert deeds_of(lead)[1:] == [("plan:progress", {"finding": 4})]


@pytest.mark.parametrize(
    "content", [{}, {"response": "accepted"}, {"response": "not-accepted", "action": "No."}]
)
def test_there_is_no_progress_of_what_is_not_answered_or_not_followed(content):
    item, _ = an_item(**content)

    with pytest.raises(Incomplete):
        told(item, PlanStatus.DONE)

    assert item.updates == []


@pytest.mark.parametrize("text", ["", " \n", "x" * 2001, "a\0b"])
def test_progress_is_said_in_words(text):
    item, _ = an_item(**FULL)

    with pytest.raises(Unusable) as refused:
        told(item, PlanStatus.DONE, text)

    assert (refused.value.field, item.updates) == ("text", [])


def test_the_same_said_twice_counts_once():
    item, lead = an_item(**FULL)

    first, second = (told(item, PlanStatus.DONE, by=lead) for _ in range(2))

    assert (first is second, len(item.updates), len(deeds_of(lead))) == (True, 1, 2)


def test_a_review_is_the_word_of_others_and_changes_nothing_of_the_citys_own():
    item, _ = an_item(**FULL)
    told(item, PlanStatus.DONE)
    peer = a_reviewer()

    plans.review(item, PlanStatus.UNDER_WAY, "Not all of it.", by=peer, now=NOW)

    assert (plans.standing(item), plans.reviewed(item)) == (Standing.DONE, True)
    assert deeds_of(peer) == [("plan:review", {"finding": 4})]


def test_a_review_says_something_also_where_the_city_is_silent():
    item, _ = an_item()

    plans.review(item, PlanStatus.NOT_BEGUN, "No answer.", by=a_coordinator(), now=NOW)

    assert (plans.standing(item), plans.reviewed(item)) == (Standing.UNANSWERED, True)


@pytest.mark.parametrize(
    ("status", "today", "late"),
    [
        (None, date(2026, 6, 30), False),
        (None, date(2026, 7, 1), True),
        (PlanStatus.UNDER_WAY, date(2026, 7, 1), True),
        (PlanStatus.DONE, date(2026, 7, 1), False),
        (PlanStatus.DROPPED, date(2026, 7, 1), False),
    ],
)
def test_an_action_is_overdue_after_its_day_until_it_is_done_or_dropped(status, today, late):
    item, _ = an_item(**FULL)
    if status:
        told(item, status)

    assert plans.overdue(item, today) is late


@pytest.mark.parametrize(
    "content", [{}, {"response": "accepted"}, {"response": "not-accepted", "action": "No."}]
)
def test_nothing_is_overdue_that_was_not_promised(content):
    item, _ = an_item(**content)

    assert not plans.overdue(item, date(2099, 1, 1))


def test_the_figures_of_a_plan():
    done, _ = an_item(**FULL)
    told(done, PlanStatus.DONE)
    plans.review(done, PlanStatus.DONE, "Seen.", by=a_reviewer(), now=NOW)
    late, _ = an_item(**FULL)
    refused, _ = an_item(response="not-accepted", action="No.")
    [one] = plans.recommendations(an_edition(of=done.finding.report))
    lines = [Line(one, item) for item in (done, late, refused, None)]

    assert Summary.of(lines, date(2026, 7, 1)) == Summary(
        recommendations=4, answered=3, done=1, overdue=1, reviewed=1
    )


@pytest.mark.parametrize(
    ("published", "due"),
    [
        (datetime(2026, 1, 15, 9, tzinfo=UTC), datetime(2026, 11, 15, 9, tzinfo=UTC)),
        (datetime(2026, 4, 30, 9, tzinfo=UTC), datetime(2027, 2, 28, 9, tzinfo=UTC)),
        (datetime(2026, 12, 31, 9, tzinfo=UTC), datetime(2027, 10, 31, 9, tzinfo=UTC)),
    ],
)
def test_a_plan_is_looked_at_again_after_ten_months(published, due):
    assert plans.review_due(published) == due


def test_reworded_findings_are_recommended_in_their_new_words():
    report = a_report(written=True)
    report.findings.append(a_finding(place=5, kind=FindingKind.RECOMMENDATION))
    edition = an_edition(of=report)
    edition.document = edition.document.replace('"reworded":""', '"reworded":"A plan, since May."')

    assert {one.text for one in plans.recommendations(edition)} == {"A plan, since May."}
