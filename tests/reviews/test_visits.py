"""The visit: planned by several hands, and notes that only their author changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from models import Assessment, AssignmentState, Visit, VisitSession
from reviews import visits
from reviews.errors import NotNow, Stale, Unusable
from reviews.visits import Plan
from tests.builders import (
    NOW,
    a_submitted_review,
    a_user,
    an_assessment,
    an_assignment,
    asked,
    deeds_of,
    questionnaire_of,
)

FIRST, LAST = date(2026, 6, 8), date(2026, 6, 9)
START = datetime(2026, 6, 8, 7, 30, tzinfo=UTC)
PLAN = Plan(
    starts_at=START,
    day=FIRST,
    minutes=90,
    title=" The housing department ",
    place="Town hall",
    people="Head of housing",
    about="em1.1, PM1",
    led_by=None,
)


def a_visit(of: Assessment | None = None) -> Visit:
    return visits.set_days(
        of or an_assessment(),
        None,
        first_day=FIRST,
        last_day=LAST,
        meeting_point="Main door",
        base=0,
        by=a_user(),
        now=NOW,
    )


def a_session(visit: Visit, **rest: object) -> VisitSession:
    questionnaire = questionnaire_of(visit.assessment)
    plan = replace(PLAN, **rest)
    return visits.add_session(visit, questionnaire, plan, by=a_user(), now=NOW)


def test_a_visit_is_planned_and_journalled():
    assessment, by = an_assessment(), a_user()

    visit = visits.set_days(
        assessment,
        None,
        first_day=FIRST,
        last_day=LAST,
        meeting_point=" Main door ",
        base=0,
        by=by,
        now=NOW,
    )

    assert (visit.assessment, visit.first_day, visit.last_day) == (assessment, FIRST, LAST)
    assert (visit.meeting_point, visit.number, visit.changed_by) == ("Main door", 1, by)
    assert deeds_of(by) == [("visit:plan", {"first": "2026-06-08", "last": "2026-06-09"})]


@pytest.mark.parametrize(
    ("last", "meeting_point", "field", "says"),
    [
        (FIRST - timedelta(days=1), "Door", "last_day", "The last day is before the first one."),
        (FIRST + timedelta(days=31), "Door", "last_day", "A visit lasts at most 31 days."),
        (LAST, "  ", "meeting_point", "Say where the team and the city meet."),
        (LAST, "a\0b", "meeting_point", "This text holds a character that cannot be stored."),
    ],
)
def test_days_that_cannot_be_are_refused(last, meeting_point, field, says):
    by = a_user()

    with pytest.raises(Unusable) as refusal:
        visits.set_days(
            an_assessment(),
            None,
            first_day=FIRST,
            last_day=last,
            meeting_point=meeting_point,
            base=0,
            by=by,
            now=NOW,
        )

    assert (refusal.value.field, str(refusal.value), deeds_of(by)) == (field, says, [])


@pytest.mark.parametrize("base", [0, 2])
def test_days_are_changed_only_by_whoever_saw_what_is_stored(base):
    visit = a_visit()
    days = {"first_day": FIRST, "last_day": FIRST, "by": a_user(), "now": NOW}

    with pytest.raises(Stale) as refusal:
        visits.set_days(visit.assessment, visit, meeting_point="Back door", base=base, **days)
    visits.set_days(visit.assessment, visit, meeting_point="Side door", base=1, **days)

    assert refusal.value.number == 1
    assert (visit.meeting_point, visit.last_day, visit.number) == ("Side door", FIRST, 2)


def test_a_session_holds_its_facts_with_codes_in_order_and_each_once():
    visit, by = a_visit(), a_user()
    questionnaire = questionnaire_of(visit.assessment)
    plan = replace(PLAN, about="em1.1 PM1;pm1,EM1.1")

    session = visits.add_session(visit, questionnaire, plan, by=by, now=NOW)

    assert visit.sessions == [session]
    assert (session.starts_at, session.minutes, session.title) == (
        START,
        90,
        "The housing department",
    )
    assert (session.about, session.number) == (["PM1", "EM1.1"], 1)
    assert visits.ends_at(session) == START + timedelta(minutes=90)
    [(deed, facts)] = deeds_of(by)
    assert (deed, facts["starts"]) == ("visit:add-session", "2026-06-08T07:30:00+00:00")


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"day": date(2026, 6, 10)}, "day", "This day is not one of the days of the visit."),
        ({"minutes": 4}, "minutes", "A session lasts from 5 to 720 minutes."),
        ({"minutes": 721}, "minutes", "A session lasts from 5 to 720 minutes."),
        ({"title": "  "}, "title", "Give the session a title."),
        ({"title": "a\nb"}, "title", "Give this on one line."),
        ({"place": "x" * 201}, "place", "This text has 201 characters; at most 200 can be kept."),
        (
            {"about": "PM1 ZZ9"},
            "about",
            "There is no commitment or statement ZZ9. Use codes such as PM1.",
        ),
    ],
)
def test_a_session_that_cannot_be_is_refused_at_its_field(change, field, says):
    visit = a_visit()

    with pytest.raises(Unusable) as refusal:
        a_session(visit, **change)

    assert (refusal.value.field, str(refusal.value), visit.sessions) == (field, says, [])


@pytest.mark.parametrize(
    ("state", "leads"),
    [
        (AssignmentState.ACCEPTED, True),
        (AssignmentState.DRAFTING, True),
        (AssignmentState.INVITED, False),
        (AssignmentState.RECUSED, False),
    ],
)
def test_only_somebody_who_is_of_the_team_leads_a_session(state, leads):
    assessment = an_assessment()
    reviewer = an_assignment(of=assessment, state=state).reviewer
    visit = a_visit(assessment)

    if leads:
        assert visits.leader(a_session(visit, led_by=reviewer)) is reviewer
    else:
        with pytest.raises(Unusable):
            a_session(visit, led_by=reviewer)


def test_whoever_has_left_the_team_leads_no_session_any_more():
    assignment = an_assignment()
    session = a_session(a_visit(assignment.assessment), led_by=assignment.reviewer)

    assignment.state = AssignmentState.RECUSED

    assert visits.leader(session) is None


def test_two_people_do_not_overwrite_each_others_session():
    session = a_session(a_visit())
    questionnaire = questionnaire_of(session.assessment)
    plans = [replace(PLAN, title=title) for title in ("First", "Second")]

    visits.change_session(session, questionnaire, plans[0], base=1, by=a_user(), now=NOW)
    with pytest.raises(Stale) as refusal:
        visits.change_session(session, questionnaire, plans[1], base=1, by=a_user(), now=NOW)

    assert (session.title, session.number, refusal.value.number) == ("First", 2, 2)


def test_a_session_that_was_called_off_stays_and_does_not_change():
    session, by = a_session(a_visit()), a_user()

    visits.call_off_session(session, by=by, now=NOW)

    assert (session.called_off_at, session.number) == (NOW, 2)
    assert [deed for deed, _ in deeds_of(by)] == ["visit:call-off-session"]
    with pytest.raises(NotNow):
        visits.call_off_session(session, by=by, now=NOW)
    with pytest.raises(NotNow):
        visits.change_session(
            session, questionnaire_of(session.assessment), PLAN, base=2, by=by, now=NOW
        )


@pytest.mark.parametrize(
    ("after", "same_leader", "clashes"),
    [(60, True, True), (90, True, False), (60, False, False)],
)
def test_somebody_who_leads_two_sessions_at_once_is_noticed(after, same_leader, clashes):
    first = an_assignment()
    other = an_assignment(of=first.assessment)
    visit = a_visit(first.assessment)
    later = {"starts_at": START + timedelta(minutes=after)}
    one = a_session(visit, led_by=first.reviewer)
    two = a_session(visit, led_by=(first if same_leader else other).reviewer, **later)

    found = [visits.leads_two_at_once(session, visit.sessions) for session in (one, two)]

    assert found == [clashes, clashes]


def test_a_session_touches_its_statements_and_those_of_its_commitments():
    session = a_session(a_visit())
    codes = ("PM1.1", "PM1.2", "PM2.1", "EM1.1", "EM1.2")

    touched = [code for code in codes if visits.touches(session, asked(session.assessment, code))]

    assert touched == ["PM1.1", "PM1.2", "EM1.1"]


def test_a_note_is_kept_and_the_journal_says_nothing_of_what_it_is_about():
    review = a_submitted_review()
    statement = asked(review.assessment, "PM1.1")

    note = visits.write_note(
        review.assessment,
        session=None,
        statement=statement,
        text=" Rents are capped. ",
        by=review.reviewer,
        now=NOW,
    )

    assert (note.text, note.statement_id, note.number) == ("Rents are capped.", statement.id, 1)
    assert deeds_of(review.reviewer) == [("visit-note:write", {})]


@pytest.mark.parametrize(
    ("code", "text", "field"), [(None, "Words.", "session"), ("PM1.1", " \n", "text")]
)
def test_a_note_is_about_something_and_says_something(code, text, field):
    assessment, by = an_assessment(), a_user()

    with pytest.raises(Unusable) as refusal:
        visits.write_note(
            assessment,
            session=None,
            statement=asked(assessment, code) if code else None,
            text=text,
            by=by,
            now=NOW,
        )

    assert (refusal.value.field, deeds_of(by)) == (field, [])


def test_a_note_is_changed_by_its_author_from_what_is_stored():
    session, by = a_session(a_visit()), a_user()
    facts = {"by": by, "now": NOW}
    note = visits.write_note(
        session.assessment, session=session, statement=None, text="One.", **facts
    )

    visits.change_note(note, text="Two.", base=1, **facts)
    with pytest.raises(Stale) as refusal:
        visits.change_note(note, text="Three.", base=1, **facts)
    with pytest.raises(NotNow):
        visits.change_note(note, text="Four.", base=2, by=a_user(), now=NOW)
    with pytest.raises(NotNow):
        visits.take_back_note(note, by=a_user(), now=NOW)

    assert (note.text, note.number, note.changed_at) == ("Two.", 2, NOW)
    assert refusal.value.theirs == {"text": "Two."}
