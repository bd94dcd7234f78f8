"""Notes inside a city as people meet them: written, mentioned, resolved, never shown outside."""

from __future__ import annotations

import re

import pytest
from markupsafe import escape
from sqlalchemy import select

from models import Entry, Mention, Note, User
from tests.browser import Browser, words
from webapp.extensions import db

HERE = {"round_slug": "2026", "city_slug": "vinterhamra"}
LEAD, CONTRIBUTOR = "lead.vinterhamra@example.org", "contributor.vinterhamra@example.org"
SIGNATORY, HELPER = "signatory.vinterhamra@example.org", "helper.vinterhamra@example.org"


def number(demo, email):
    with demo.app_context():
        return db.session.scalars(select(User.id).filter_by(email=email)).one()


def notes(demo, text):
    with demo.app_context():
        rows = select(Note.id, Note.resolved_at.is_not(None)).where(Note.text == text)
        return [tuple(row) for row in db.session.execute(rows)]


def test_a_note_is_read_by_whom_it_is_for_on_the_task_list_and_the_statement(demo):
    form = {"note": "Is the figure of 2025 out?", "for": [str(number(demo, CONTRIBUTOR))]}

    answer = Browser(demo, LEAD).post("notes.write_note", form, code="PM1.1", **HERE)

    assert (answer.status_code, answer.location) == (
        303,
        "/rounds/2026/vinterhamra/statements/PM1.1#notes",
    )
    ana, signatory = Browser(demo, CONTRIBUTOR), Browser(demo, SIGNATORY)
    tasks = words(ana.get("assessments.show_assessment", **HERE))
    assert "PM1.1: Is the figure of 2025 out? For you" in tasks
    assert "2 open, 2 for you" in tasks
    page = words(ana.get("assessments.show_answer", code="PM1.1", **HERE))
    assert "For Elsa Nordgren For you Is the figure of 2025 out?" in page
    assert "2 open, 0 for you" in words(signatory.get("assessments.show_assessment", **HERE))


def test_a_note_is_resolved_and_opened_again_by_anybody_of_the_city(demo):
    lead, signatory = Browser(demo, LEAD), Browser(demo, SIGNATORY)
    lead.post("notes.write_note", {"note": "Ask Ana."}, code="PM1.1", **HERE)
    [(one, _)] = notes(demo, "Ask Ana.")

    for resolved, state in (("yes", True), ("yes", True), ("no", False)):
        form = {"note": str(one), "resolved": resolved}
        assert signatory.post("notes.settle", form, code="PM1.1", **HERE).status_code == 303
        assert notes(demo, "Ask Ana.") == [(one, state)]

    other = signatory.post(
        "notes.settle", {"note": str(one), "resolved": "yes"}, code="PM1.2", **HERE
    )
    assert (other.status_code, notes(demo, "Ask Ana.")) == (422, [(one, False)])


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "Write your note first."), ("x" * 2001, "at most 2000 can be kept")],
)
def test_a_note_that_cannot_be_kept_is_shown_again(demo, text, says):
    form = {"note": text, "for": [str(number(demo, CONTRIBUTOR))]}

    page = Browser(demo, LEAD).post("notes.write_note", form, code="PM1.1", **HERE)

    assert (page.status_code, says in words(page), text in page.text) == (422, True, True)
    assert re.search(r'name="for" type="checkbox" value="[0-9]+" checked', page.text)


@pytest.mark.parametrize("email", [HELPER, "lead.eichmunde@example.org", "coordinator@example.org"])
def test_nobody_is_mentioned_who_does_not_see_the_statement(demo, email):
    form = {"note": "For you.", "for": [str(number(demo, email))]}

    page = Browser(demo, LEAD).post("notes.write_note", form, code="PM1.1", **HERE)

    assert page.status_code == 422
    assert "One of these people cannot see this statement." in words(page)
    with demo.app_context():
        assert db.session.scalars(select(Note).where(Note.text == "For you.")).all() == []
        mentioned = select(Mention.person_id).where(Mention.person_id == number(demo, email))
        assert email == HELPER or db.session.scalars(mentioned).all() == []


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "<b>bold</b>"])
def test_a_note_is_shown_as_text(demo, text):
    lead = Browser(demo, LEAD)
    lead.post("notes.write_note", {"note": text}, code="PM1.1", **HERE)

    page = lead.get("assessments.show_answer", code="PM1.1", **HERE)

    assert str(escape(text)) in page.text


def test_a_contributor_reads_notes_while_the_city_writes_and_not_afterwards(demo):
    eich = {"round_slug": "2026", "city_slug": "eichmunde"}
    lead = Browser(demo, "lead.eichmunde@example.org")
    contributor = Browser(demo, "contributor.eichmunde@example.org")

    written = lead.post("notes.write_note", {"note": "Before you sign."}, code="PM1.1", **eich)

    assert written.status_code == 303
    assert "Before you sign." in words(lead.get("assessments.show_answer", code="PM1.1", **eich))
    page = contributor.get("assessments.show_answer", code="PM1.1", **eich)
    assert (page.status_code, "Before you sign." in page.text) == (200, False)
    assert "Before you sign." not in contributor.get("assessments.show_assessment", **eich).text
    assert contributor.get("notes.show_notes", code="PM1.1", **eich).status_code == 409


def test_the_journal_says_who_wrote_and_not_what(demo):
    Browser(demo, LEAD).post("notes.write_note", {"note": "Secretword."}, code="PM1.1", **HERE)

    with demo.app_context():
        last = db.session.scalars(select(Entry).order_by(Entry.sequence.desc())).first()
        assert (last.action, last.facts) == ("note:write", {"statement": "PM1.1", "mentioned": []})
