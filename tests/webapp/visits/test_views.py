"""The visit as people meet it: the programme for all who prepare it, the notes for the team."""

from __future__ import annotations

import re

import pytest
from markupsafe import escape
from sqlalchemy import event, func, select

from models import Assessment, Assignment, City, Entry, Round, User, Visit, VisitNote, VisitSession
from tests.browser import Browser, words
from webapp.extensions import db

VILARMONDE = {"round_slug": "2026", "city_slug": "vilarmonde"}
PUERTALBA = {"round_slug": "2026", "city_slug": "puertalba"}
TAHTISALMI = {"round_slug": "2026", "city_slug": "tahtisalmi"}
DRAFTING = {"round_slug": "2026", "city_slug": "vinterhamra"}
COORDINATOR = "coordinator@example.org"
OFFICER, CONTRIBUTOR = "lead.vilarmonde@example.org", "contributor.vilarmonde@example.org"
AT_WORK, LEADER = "reviewer.brzozogrod@example.org", "reviewer.eichmunde@example.org"
INVITED = "reviewer.svetlobryag@example.org"
LEAD, MATE = "reviewer.roccamirna@example.org", "reviewer.svetlobryag@example.org"

DAYS = {
    "base": "0",
    "first_day": ["8", "6", "2026"],
    "last_day": ["9", "6", "2026"],
    "meeting_point": "Town hall, main door",
}
SESSION = {
    "base": "0",
    "title": "Housing",
    "day": ["8", "6", "2026"],
    "starts": "9:30",
    "minutes": "90",
    "place": "Room 2",
    "people": "Head of housing",
    "about": "PM1 BU2.4",
    "led_by": "",
}


def user_id(demo, email):
    with demo.app_context():
        return db.session.scalars(select(User.id).filter_by(email=email)).one()


def planned(demo, email=COORDINATOR, where=VILARMONDE, **session):
    """A visit with one session; the browser of who planned it, and the number of the session."""
    browser = Browser(demo, email)
    assert browser.post("visits.write_days", DAYS, **where).status_code == 303
    assert browser.post("visits.add_session", {**SESSION, **session}, **where).status_code == 303
    with demo.app_context():
        rows = select(VisitSession.id).order_by(VisitSession.id.desc()).limit(1)
        return browser, db.session.scalars(rows).one()


def stored_session(demo):
    with demo.app_context():
        one = db.session.scalars(select(VisitSession)).one()
        at = one.starts_at.strftime("%Y-%m-%d %H:%M")
        return one.title, at, one.minutes, one.place, one.people, one.about, one.number


def notes(demo):
    with demo.app_context():
        rows = select(User.email, VisitNote.text, VisitNote.number).join(VisitNote.written_by)
        return [tuple(row) for row in db.session.execute(rows.order_by(VisitNote.id))]


def note_id(demo, text):
    with demo.app_context():
        return db.session.scalars(select(VisitNote.id).filter_by(text=text)).one()


def write(browser, text="Rents are capped.", code="PM1.1", where=VILARMONDE, **rest):
    return browser.post("visits.write_note", {"text": text, "code": code, **rest}, **where)


# The programme.


@pytest.mark.parametrize("email", [COORDINATOR, AT_WORK, LEADER])
def test_team_and_coordinators_write_the_programme(demo, email):
    leader = str(user_id(demo, AT_WORK))

    browser, _ = planned(demo, email, led_by=leader)

    page = words(browser.get("visits.show_visit", **VILARMONDE))
    assert "Days 8 June 2026 to 9 June 2026 Where we meet Town hall, main door" in page
    assert "9:30 Housing When 8 June 2026, 09:30 (Brussels) to 11:00" in page
    assert "Place Room 2 Who is there Head of housing About PM1, BU2.4 Led by" in page
    assert stored_session(demo) == (
        *("Housing", "2026-06-08 07:30", 90, "Room 2", "Head of housing", ["PM1", "BU2.4"], 1),
    )


def test_the_city_reads_the_programme_and_changes_nothing(demo):
    _, session = planned(demo)
    officer = Browser(demo, OFFICER)

    page = officer.get("visits.show_visit", **VILARMONDE)

    assert "Head of housing" in words(page)
    assert "Notes of the visit" not in words(page)
    assert 'href="/rounds/2026/vilarmonde/visit/sessions' not in page.text
    here = {**VILARMONDE, "session_id": session}
    for answer in (
        officer.get("visits.show_days", **VILARMONDE),
        officer.post("visits.write_days", DAYS, **VILARMONDE),
        officer.post("visits.add_session", SESSION, **VILARMONDE),
        officer.get("visits.show_session", **here),
        officer.post("visits.change_session", SESSION, **here),
        officer.post("visits.call_off_session", {"sure": "yes"}, **here),
    ):
        assert answer.status_code == 403
    assert stored_session(demo)[-1] == 1


@pytest.mark.parametrize(
    ("email", "status"),
    [
        (INVITED, 403),
        ("lead.eichmunde@example.org", 404),
        ("reviewer.vinterhamra@example.org", 404),
        ("admin@example.org", 404),
    ],
)
def test_nobody_else_reads_it(demo, email, status):
    planned(demo)
    browser = Browser(demo, email)

    for endpoint in ("visits.show_visit", "visits.show_print", "visits.download_calendar"):
        answer = browser.get(endpoint, **VILARMONDE)
        assert (answer.status_code, "Housing" in answer.text) == (status, False)


def test_before_the_review_there_is_no_visit(demo):
    browser = Browser(demo, "lead.eichmunde@example.org")

    answer = browser.get("visits.show_visit", round_slug="2026", city_slug="eichmunde")

    assert answer.status_code == 409


def test_an_empty_programme_says_what_to_do(demo):
    coordinator, officer = Browser(demo, COORDINATOR), Browser(demo, OFFICER)

    assert "First say on which days" in words(coordinator.get("visits.show_visit", **VILARMONDE))
    assert "The team or the coordinators write it." in words(
        officer.get("visits.show_visit", **VILARMONDE)
    )
    for endpoint, place in (("visits.show_new_session", "/days"), ("visits.add_session", "/days")):
        send = coordinator.get if endpoint.startswith("visits.show") else coordinator.post
        assert send(endpoint, **VILARMONDE).location.endswith(place)
    assert officer.get("visits.download_calendar", **VILARMONDE).location.endswith("/visit")
    assert "There is no programme yet." in words(officer.get("visits.show_print", **VILARMONDE))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"first_day": ["31", "2", "2026"]}, "This day does not exist. Check day and month."),
        ({"last_day": ["7", "6", "2026"]}, "The last day is before the first one."),
        ({"meeting_point": " "}, "Say where the team and the city meet."),
        ({"meeting_point": "x" * 1001}, "at most 1000 can be kept"),
        ({"base": "x"}, "The version is not a number."),
    ],
)
def test_days_that_cannot_be_kept_are_shown_again(demo, change, says):
    browser = Browser(demo, COORDINATOR)

    answer = browser.post("visits.write_days", {**DAYS, **change}, **VILARMONDE)

    assert (answer.status_code, says in words(answer)) == (422, True)
    assert {**DAYS, **change}["meeting_point"] in answer.text
    with demo.app_context():
        assert db.session.scalar(select(func.count()).select_from(Visit)) == 0


def test_days_that_somebody_else_has_changed_are_not_overwritten_and_nothing_typed_is_lost(demo):
    coordinator, mate = Browser(demo, COORDINATOR), Browser(demo, AT_WORK)
    coordinator.post("visits.write_days", DAYS, **VILARMONDE)

    late = mate.post("visits.write_days", {**DAYS, "meeting_point": "Station"}, **VILARMONDE)

    assert late.status_code == 409
    assert "Hanna" in words(late) or "saved this meanwhile." in words(late)
    assert "Town hall, main door" in words(late)
    assert ">\r\nStation<" in late.text or "Station</textarea>" in late.text
    base = re.search(r'name="base" type="hidden" value="(\d+)"', late.text).group(1)
    again = {**DAYS, "meeting_point": "Station", "base": base}
    assert mate.post("visits.write_days", again, **VILARMONDE).status_code == 303
    assert "Where we meet Station" in words(mate.get("visits.show_visit", **VILARMONDE))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": ""}, "Give the session a title."),
        ({"day": ["10", "6", "2026"]}, "This day is not one of the days of the visit."),
        ({"day": ["", "", ""]}, "Enter a date, for example 30 11 2026."),
        ({"starts": "25:00"}, "Enter a time of day, for example 9:30 or 14:00."),
        ({"minutes": "1e2"}, "Enter a number of minutes, for example 90."),
        ({"minutes": "9" * 5000}, "Enter a number of minutes, for example 90."),
        ({"minutes": "721"}, "A session lasts from 5 to 720 minutes."),
        ({"about": "PM1 Z"}, "There is no commitment or statement Z."),
        ({"led_by": "1"}, "Choose a member of the team."),
        ({"place": "a\0"}, "This text holds a character that cannot be stored."),
    ],
)
def test_a_session_that_cannot_be_kept_is_shown_again_with_what_was_typed(demo, change, says):
    browser = Browser(demo, COORDINATOR)
    browser.post("visits.write_days", DAYS, **VILARMONDE)

    answer = browser.post("visits.add_session", {**SESSION, **change}, **VILARMONDE)

    assert (answer.status_code, says in words(answer)) == (422, True)
    assert "Head of housing" in answer.text
    with demo.app_context():
        assert db.session.scalar(select(func.count()).select_from(VisitSession)) == 0


@pytest.mark.parametrize(("day", "clock"), [(("29", "3"), "2:30"), (("25", "10"), "2:30")])
def test_a_time_that_the_change_of_the_clocks_takes_or_doubles_is_refused(demo, day, clock):
    browser = Browser(demo, COORDINATOR)
    one = [*day, "2026"]
    browser.post("visits.write_days", {**DAYS, "first_day": one, "last_day": one}, **VILARMONDE)

    form = {**SESSION, "day": one, "starts": clock}
    answer = browser.post("visits.add_session", form, **VILARMONDE)

    assert answer.status_code == 422
    assert "The clocks change at this time." in words(answer)


def test_a_session_is_changed_and_a_late_change_is_shown_beside_what_is_stored(demo):
    coordinator, session = planned(demo)
    mate, here = Browser(demo, AT_WORK), {**VILARMONDE, "session_id": session}
    form = coordinator.get("visits.show_session", **here).text
    for value in ("Housing", "09:30", "90", "Room 2", "PM1 BU2.4"):
        assert f'value="{value}"' in form

    first = coordinator.post(
        "visits.change_session", {**SESSION, "base": "1", "minutes": "45"}, **here
    )
    late = mate.post("visits.change_session", {**SESSION, "base": "1", "place": "Room 7"}, **here)

    assert (first.status_code, late.status_code) == (303, 409)
    assert "8 June 2026, 09:30 (Brussels) to 10:15" in words(late)
    assert 'value="Room 7"' in late.text
    assert 'name="base" type="hidden" value="2"' in late.text
    again = mate.post("visits.change_session", {**SESSION, "base": "2", "place": "Room 7"}, **here)
    assert again.status_code == 303
    assert stored_session(demo)[2:4] == (90, "Room 7")


def test_a_session_is_called_off_once_somebody_is_sure(demo):
    browser, session = planned(demo)
    here = {**VILARMONDE, "session_id": session}

    answers = [
        browser.post("visits.call_off_session", form, **here).status_code
        for form in ({}, {"sure": "yes"}, {"sure": "yes"})
    ]

    assert answers == [422, 303, 409]
    assert "Called off Housing, 8 June 2026, 09:30 (Brussels)" in words(
        browser.get("visits.show_visit", **VILARMONDE)
    )
    assert (
        browser.post("visits.change_session", {**SESSION, "base": "2"}, **here).status_code == 409
    )


def test_a_session_of_another_city_is_not_there(demo):
    _, session = planned(demo)
    browser = Browser(demo, COORDINATOR)

    here = {**PUERTALBA, "session_id": session}

    assert browser.get("visits.show_session", **here).status_code == 404
    assert browser.post("visits.change_session", SESSION, **here).status_code == 404


def test_sessions_that_no_day_of_the_visit_holds_any_more_are_marked(demo):
    browser, _ = planned(demo)
    later = {**DAYS, "base": "1", "first_day": ["9", "6", "2026"]}

    browser.post("visits.write_days", later, **VILARMONDE)

    assert "Not on a day of the visit" in words(browser.get("visits.show_visit", **VILARMONDE))


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 * 7 }}"])
def test_what_was_typed_is_shown_as_text(demo, text):
    browser, session = planned(demo, title=text, people=text, place=text)

    for answer in (
        browser.get("visits.show_visit", **VILARMONDE),
        browser.get("visits.show_print", **VILARMONDE),
        browser.get("visits.show_session", session_id=session, **VILARMONDE),
    ):
        assert str(escape(text)) in answer.text


def test_the_programme_is_printed(demo):
    planned(demo)

    page = Browser(demo, OFFICER).get("visits.show_print", **VILARMONDE)

    assert page.status_code == 200
    assert "09:30–11:00 Housing Place Room 2" in words(page)


# The calendar.


def test_the_calendar_file_holds_every_session_in_lines_that_calendars_read(demo):
    planned(demo, title="Housing; rents, and\\or more", place="Ö" * 100)

    answer = Browser(demo, OFFICER).get("visits.download_calendar", **VILARMONDE)

    assert answer.content_type == "text/calendar; charset=utf-8"
    assert 'filename="visit-vilarmonde.ics"' in answer.headers["Content-Disposition"]
    lines = answer.data.split(b"\r\n")
    assert (lines[0], lines[-2:]) == (b"BEGIN:VCALENDAR", [b"END:VCALENDAR", b""])
    assert max(map(len, lines)) <= 75
    assert b"\n" not in answer.data.replace(b"\r\n", b"")
    whole = answer.text.replace("\r\n ", "")
    for line in (
        "DTSTART:20260608T073000Z",
        "DTEND:20260608T090000Z",
        "SUMMARY:Housing\\; rents\\, and\\\\or more",
        f"LOCATION:{'Ö' * 100}",
        "DESCRIPTION:Who is there: Head of housing\\nAbout: PM1\\, BU2.4",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
    ):
        assert f"\r\n{line}\r\n" in whole


def test_the_calendar_file_tells_of_what_was_called_off(demo):
    browser, session = planned(demo)
    browser.post("visits.call_off_session", {"sure": "yes"}, session_id=session, **VILARMONDE)

    text = browser.get("visits.download_calendar", **VILARMONDE).text

    assert f"UID:visit-session-{session}@cityreview\r\n" in text
    assert "SEQUENCE:1\r\n" in text
    assert "STATUS:CANCELLED\r\n" in text


# The notes.


def test_a_note_is_its_authors_alone_while_the_team_scores(demo):
    _, session = planned(demo)
    author = Browser(demo, AT_WORK)

    answer = write(author, "Rents are capped.", session=str(session))

    assert answer.status_code == 303
    page = words(author.get("visits.show_notes", **VILARMONDE))
    assert "On PM1.1 Session: Housing Rents are capped." in page
    assert "Notes of the others in the team" not in page
    for email in (LEADER, "reviewer.anemopoli@example.org"):
        mate = Browser(demo, email)
        for endpoint in ("visits.show_notes", "visits.show_visit"):
            assert "Rents are capped." not in mate.get(endpoint, **VILARMONDE).text
    with demo.app_context():
        last = db.session.scalars(select(Entry).order_by(Entry.sequence.desc())).first()
        assert (last.action, last.facts) == ("visit-note:write", {})


@pytest.mark.parametrize(
    "email",
    [OFFICER, CONTRIBUTOR, "signatory.vilarmonde@example.org", COORDINATOR, INVITED,
     "lead.eichmunde@example.org", "reviewer.vinterhamra@example.org", "admin@example.org"],
)  # fmt: skip
def test_whoever_is_not_of_the_team_gets_no_note_and_no_page_of_notes(demo, email):
    write(Browser(demo, AT_WORK))
    browser, note = Browser(demo, email), note_id(demo, "Rents are capped.")

    for answer in (
        browser.get("visits.show_notes", **VILARMONDE),
        write(browser, "Mine."),
        browser.post("visits.change_note", {"note": note, "text": "!", "base": 1}, **VILARMONDE),
        browser.post("visits.delete_note", {"note": note}, **VILARMONDE),
    ):
        assert answer.status_code == 404
    assert notes(demo) == [(AT_WORK, "Rents are capped.", 1)]


def test_once_the_consensus_is_open_the_team_reads_the_notes_with_names(demo):
    lead, mate = Browser(demo, LEAD), Browser(demo, MATE)
    write(lead, "Said by the lead.", where=PUERTALBA)
    write(mate, "Said by the mate.", where=PUERTALBA)

    pages = [words(one.get("visits.show_notes", **PUERTALBA)) for one in (lead, mate)]

    assert [
        page.index("Said by the lead.") < page.index("Said by the mate.") for page in pages
    ] == [
        True,
        False,
    ]
    assert all("Notes of the others in the team" in page for page in pages)
    for email in (COORDINATOR, "lead.puertalba@example.org"):
        other = Browser(demo, email)
        assert other.get("visits.show_notes", **PUERTALBA).status_code == 404
        room = other.get("consensus.show_agreed_level", code="PM1.1", **PUERTALBA)
        assert "Said by the" not in room.text


def test_a_note_is_changed_and_deleted_by_its_author_only(demo):
    lead, mate = Browser(demo, LEAD), Browser(demo, MATE)
    write(lead, "One.", where=PUERTALBA)
    note = note_id(demo, "One.")

    def change(browser, base, text):
        form = {"note": note, "base": base, "text": text}
        return browser.post("visits.change_note", form, **PUERTALBA)

    others = [
        change(mate, 1, "Other."),
        mate.post("visits.delete_note", {"note": note}, **PUERTALBA),
        change(lead, 1, "Two."),
        change(lead, 1, "Three."),
        change(lead, 2, " "),
    ]

    assert [one.status_code for one in others] == [422, 422, 303, 409, 422]
    assert "Three." in others[3].text
    assert "Write your note first." in words(others[4])
    assert notes(demo) == [(LEAD, "Two.", 2)]
    assert lead.post("visits.delete_note", {"note": note}, **PUERTALBA).status_code == 303
    assert notes(demo) == []


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"text": ""}, "Write your note first."),
        ({"text": "x" * 10_001}, "at most 10000 can be kept"),
        ({"code": ""}, "Choose a session, a statement, or both."),
        ({"code": "PM99.1"}, "There is no statement with this code."),
        ({"session": "1"}, "This session is not in the programme any more."),
    ],
)
def test_a_note_that_cannot_be_kept_is_shown_again(demo, form, says):
    browser = Browser(demo, AT_WORK)

    answer = write(browser, **{"text": "Rents.", **form})

    assert (answer.status_code, says in words(answer)) == (422, True)
    assert form.get("text", "Rents.") in answer.text
    assert notes(demo) == []


def test_own_notes_stand_at_the_statement_that_one_scores(demo):
    browser, mate = Browser(demo, AT_WORK), Browser(demo, LEADER)
    _, session = planned(demo)
    write(browser, "Rents are capped.")
    write(browser, "About a session on PM1.", code="", session=str(session))
    write(mate, "Of somebody else.")
    with demo.app_context():
        task = db.session.scalars(
            select(Assignment.id).where(
                Assignment.reviewer_id == user_id(demo, AT_WORK),
                Assignment.assessment_id.in_(
                    select(Assessment.id)
                    .join(City)
                    .join(Round)
                    .where(City.slug == "vilarmonde", Round.slug == "2026")
                ),
            )
        ).one()

    pages = {
        code: browser.get("reviewing.show_score", assignment_id=task, code=code).text
        for code in ("PM1.1", "PM1.2", "PM2.1")
    }

    texts = ("Rents are capped.", "About a session on PM1.", "Of somebody else.")
    assert {code: [text in page for text in texts] for code, page in pages.items()} == {
        "PM1.1": [True, True, False],
        "PM1.2": [False, True, False],
        "PM2.1": [False, False, False],
    }


def test_everybody_who_may_see_the_programme_finds_it(demo):
    address = 'href="/rounds/2026/vilarmonde/visit"'
    pages = [
        Browser(demo, OFFICER).get("assessments.show_assessment", **VILARMONDE),
        Browser(demo, COORDINATOR).get("rounds.show_team", **VILARMONDE),
        Browser(demo, INVITED).get("rounds.show_team", **VILARMONDE),
        Browser(demo, LEAD).get("consensus.show_consensus", **PUERTALBA),
    ]

    found = [page.status_code == 200 and address in page.text for page in pages[:3]]

    assert found == [True, True, False]
    assert 'href="/rounds/2026/puertalba/visit"' in pages[3].text


def test_after_a_note_one_is_back_where_it_was_written(demo):
    lead = Browser(demo, LEAD)

    places = [
        write(lead, where=PUERTALBA, back=back, on="PM1.1").location
        for back in ("", "consensus", "review", "https://example.org")
    ]

    assert places[0] == places[3] == "/rounds/2026/puertalba/visit/notes"
    assert places[1] == "/rounds/2026/puertalba/consensus/statements/PM1.1#visit-notes"
    assert re.fullmatch(r"/reviews/\d+/statements/PM1\.1#visit-notes", places[2])


# Cost, and reading without writing.


def queries(demo, browser, endpoint, **where):
    seen = []
    browser.get(endpoint, **where)
    with demo.app_context():
        engine = db.engine

        def note(conn, cursor, statement, *more):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        assert browser.get(endpoint, **where).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("endpoint", ["visits.show_visit", "visits.show_print"])
def test_a_programme_costs_the_same_for_one_session_and_for_three(demo, endpoint):
    leaders = [str(user_id(demo, email)) for email in (AT_WORK, LEADER)]
    browser, _ = planned(demo, led_by=leaders[0])
    one = queries(demo, browser, endpoint, **VILARMONDE)
    for leader in leaders:
        form = {**SESSION, "led_by": leader}
        Browser(demo, LEADER).post("visits.add_session", form, **VILARMONDE)

    assert queries(demo, browser, endpoint, **VILARMONDE) == one


def test_notes_cost_the_same_for_one_and_for_three(demo):
    lead, mate = Browser(demo, LEAD), Browser(demo, MATE)
    write(lead, where=PUERTALBA)
    write(mate, where=PUERTALBA)
    one = queries(demo, lead, "visits.show_notes", **PUERTALBA)
    for browser in (lead, mate, Browser(demo, "reviewer.vinterhamra@example.org")):
        assert write(browser, where=PUERTALBA).status_code == 303

    assert queries(demo, lead, "visits.show_notes", **PUERTALBA) == one


def test_reading_writes_nothing(demo):
    browser, session = planned(demo, AT_WORK)
    write(browser)
    tables = (Visit, VisitSession, VisitNote, Entry)

    def rows():
        with demo.app_context():
            return [db.session.scalar(select(func.count()).select_from(one)) for one in tables]

    before = rows()
    for endpoint in ("show_visit", "show_print", "download_calendar", "show_days",
                     "show_new_session", "show_notes"):  # fmt: skip
        assert browser.get(f"visits.{endpoint}", **VILARMONDE).status_code == 200
    assert browser.get("visits.show_session", session_id=session, **VILARMONDE).status_code == 200

    assert rows() == before


def test_nothing_is_written_into_a_round_that_is_closed(demo):
    with demo.app_context():
        rows = select(Assessment.id).join(Round).join(City).where(Round.slug == "2024")
        assert db.session.scalars(rows).first() is not None
    browser = Browser(demo, COORDINATOR)
    with demo.app_context():
        slug = db.session.scalars(
            select(City.slug).join(Assessment).join(Round).where(Round.slug == "2024")
        ).first()

    answer = browser.post("visits.write_days", DAYS, round_slug="2024", city_slug=slug)

    assert answer.status_code == 409
