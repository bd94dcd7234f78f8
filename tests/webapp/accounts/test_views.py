"""Signing in and out, and what a cookie is worth afterwards."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from models import Entry, SignIn, User
from tests.browser import Browser, words
from webapp.demonstration import DEMO_PASSWORD
from webapp.extensions import db

LEAD = "lead.vinterhamra@example.org"


def signing_in(browser, email=LEAD, password=DEMO_PASSWORD, **rest):
    form = {"email": email, "password": password, **rest}
    answer = browser.post("accounts.sign_in", form)
    browser._token = ""  # a new sign-in has a token of its own
    return answer


def test_a_person_signs_in_and_finds_the_own_city(demo):
    browser = Browser(demo)

    answer = signing_in(browser)

    assert (answer.status_code, answer.location) == (303, "/")
    assert "Vinterhamra, Charter review 2026" in words(browser.get("home.show_home"))


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(demo):
    unknown = signing_in(Browser(demo), email="nobody@example.org")
    wrong = signing_in(Browser(demo), password="not the password")

    assert (unknown.status_code, wrong.status_code) == (422, 422)
    assert words(unknown) == words(wrong)


def test_the_address_is_taken_in_any_case_and_the_password_is_not(demo):
    assert signing_in(Browser(demo), email=LEAD.upper()).status_code == 303
    assert signing_in(Browser(demo), password=DEMO_PASSWORD.upper()).status_code == 422


def test_a_copied_cookie_is_worth_nothing_after_signing_out(demo):
    browser, thief = Browser(demo), Browser(demo)
    signing_in(browser)
    cookie = browser.client.get_cookie("cityreview")
    thief.client.set_cookie("cityreview", cookie.value)
    assert thief.get("accounts.show_account").status_code == 200

    out = browser.post("accounts.sign_out")

    assert (out.status_code, out.headers["Clear-Site-Data"]) == (303, '"storage"')
    assert thief.get("accounts.show_account").status_code == 302


def test_signing_out_everywhere_ends_every_browser(demo):
    here, there = Browser(demo, LEAD), Browser(demo, LEAD)

    here.post("accounts.sign_out_everywhere")

    assert there.get("accounts.show_account").status_code == 302
    with demo.app_context():
        open_ones = select(func.count()).select_from(SignIn).where(SignIn.ended_at.is_(None))
        assert db.session.scalar(open_ones) == 0


def test_signing_in_gives_the_cookie_a_new_secret(demo):
    browser = Browser(demo)
    with browser.client.session_transaction() as session:
        session["sign_in"] = "chosen by a stranger"

    signing_in(browser)

    with browser.client.session_transaction() as session:
        assert session["sign_in"] != "chosen by a stranger"


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "///evil.example",
        "http:///evil.example",
        "https://evil.example/",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(demo, address):
    answer = signing_in(Browser(demo), next=address)

    assert answer.location == "/"


def test_a_person_is_sent_on_to_the_page_they_asked_for(demo):
    browser = Browser(demo)
    asked = browser.get("assessments.show_assessment", round_slug="2026", city_slug="vinterhamra")
    assert asked.location == "/sign-in?next=/rounds/2026/vinterhamra"

    answer = signing_in(browser, next="/rounds/2026/vinterhamra")

    assert answer.location == "/rounds/2026/vinterhamra"


def test_what_was_typed_before_the_sign_in_ended_is_carried_through_it(demo):
    browser = Browser(demo, LEAD)
    token = browser.token
    Browser(demo, LEAD).post("accounts.sign_out_everywhere")
    typed = {"csrf_token": token, "base": "1", "text": 'Seven languages, "two" offices'}

    asked = browser.client.post("/rounds/2026/vinterhamra/statements/PM1.1", data=typed)
    assert asked.status_code == 401
    assert "What you typed is kept" in words(asked)
    kept = {
        "next": "/rounds/2026/vinterhamra/statements/PM1.1",
        "kept": json.dumps({"base": "1", "text": typed["text"]}),
    }
    again = Browser(demo)
    page = signing_in(again, **kept)

    assert page.status_code == 200
    assert 'action="/rounds/2026/vinterhamra/statements/PM1.1"' in page.text
    assert "Seven languages, &#34;two&#34; offices" in page.text


def test_ten_wrong_passwords_close_one_account_from_one_place_for_a_while(demo):
    browser = Browser(demo)
    tries = [signing_in(browser, password="wrong").status_code for _ in range(11)]

    assert tries == [422] * 10 + [429]
    assert signing_in(browser, email="lead.roccamirna@example.org").status_code == 303


def test_an_inactive_person_is_refused_with_the_words_for_a_wrong_password(demo):
    with demo.app_context():
        user = db.session.scalars(select(User).where(User.email == LEAD)).one()
        user.active = False
        db.session.commit()

    answer = signing_in(Browser(demo))

    assert answer.status_code == 422
    assert "do not fit together" in words(answer)


def test_a_very_long_password_is_refused_without_hashing_it(demo):
    assert signing_in(Browser(demo), password="x" * 1001).status_code == 422


def test_signing_in_and_out_are_in_the_journal(demo):
    browser = Browser(demo)
    signing_in(browser)
    browser.post("accounts.sign_out")

    with demo.app_context():
        last = db.session.scalars(
            select(Entry.action).order_by(Entry.sequence.desc()).limit(2)
        ).all()
    assert last == ["sign-in:end", "sign-in:start"]
