"""Questionnaires as everybody who is signed in reads them."""

from __future__ import annotations

import pytest

from models import InstrumentState
from tests.browser import Browser, words
from tests.builders import a_user, an_instrument
from webapp.extensions import db

PEOPLE = [
    "lead.vinterhamra@example.org",
    "reviewer.roccamirna@example.org",
    "coordinator@example.org",
    "admin@example.org",
]


@pytest.fixture
def reader(app):
    """A person with no part in anything, and three questionnaires."""
    with app.app_context():
        user = a_user("Ada Reader")
        db.session.add_all(
            [
                user,
                an_instrument(code="small", version="2.1", title="The published one"),
                an_instrument(
                    code="small", version="1", title="The old one", state=InstrumentState.RETIRED
                ),
                an_instrument(
                    code="small",
                    version="3",
                    title="The draft",
                    state=InstrumentState.DRAFT,
                    sha256=None,
                    published_at=None,
                ),
            ]
        )
        db.session.commit()
        email = user.email
    return Browser(app, email)


@pytest.mark.parametrize("who", PEOPLE)
def test_whoever_is_signed_in_reads_the_whole_questionnaire(demo, who):
    browser = Browser(demo, who)

    page = words(browser.get("instruments.show_instrument", code="charter-2010", version="1"))

    assert "4 roles, 11 commitments, 54 statements; levels 0 to 4." in page
    assert page.count("Evidence may be:") == 54
    assert page.count("Level 4 ") == 54
    assert "PM1 Equal chances, said in public" in page
    assert "Common Basic Principles: CBP1, CBP2, CBP7." in page
    assert "The council has adopted no text on equal chances for all residents." in page
    assert "Not our competence: another authority decides this." in page


def test_a_visitor_signs_in_first(demo):
    for endpoint, values in (
        ("instruments.list_instruments", {}),
        ("instruments.show_instrument", {"code": "charter-2010", "version": "1"}),
    ):
        answer = Browser(demo).get(endpoint, **values)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in")


def test_the_list_names_what_was_published_and_hides_drafts(reader):
    page = reader.get("instruments.list_instruments")

    assert "The published one" in words(page)
    assert "5 statements, version 2.1, published on 31 January 2026" in words(page)
    assert "The old one Retired" in words(page)
    assert "The draft" not in page.text


def test_a_draft_is_as_unknown_as_a_version_that_never_was(reader):
    draft = reader.get("instruments.show_instrument", code="small", version="3")
    never = reader.get("instruments.show_instrument", code="small", version="9")

    assert (draft.status_code, never.status_code) == (404, 404)
    assert words(draft) == words(never)


@pytest.mark.parametrize(
    "path", ["small/x", "small/1.", "small/2.1.0", "small/-1", "small/١", "SMALL/1", "small/1%00"]
)
def test_an_impossible_version_is_not_found(reader, path):
    assert reader.get(f"/instruments/{path}").status_code == 404


def test_the_page_carries_the_fingerprint_and_says_what_is_not_for_paper(reader):
    page = reader.get("instruments.show_instrument", code="small", version="2.1")

    assert f'<code class="app-hash">{"5" * 64}</code>' in page.text
    assert "app-no-print" in page.text


def test_a_retired_questionnaire_stays_readable(reader):
    page = words(reader.get("instruments.show_instrument", code="small", version="1"))

    assert "retired since: no new round uses it" in page


def test_the_empty_form_holds_every_statement_with_its_levels_and_room_to_write(reader):
    page = reader.get("instruments.show_empty_form", code="small", version="2.1")

    assert page.text.count("<article>") == page.text.count("Evidence, with the page") == 5
    assert page.text.count('class="box"') == 5 * 5 + 1
    assert "Level 3 of PM2.1." in words(page)
    assert "n/a Not our competence" in words(page)


def test_the_form_of_a_draft_is_not_there(reader):
    assert reader.get("instruments.show_empty_form", code="small", version="3").status_code == 404
