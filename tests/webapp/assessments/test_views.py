"""The city's task list, its answers, lock, sign-off and receipts, as people meet them."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from sqlalchemy import delete, event, func, select, update

from models import (
    Answer,
    Assessment,
    AssessmentState,
    Citation,
    City,
    CityMembership,
    CityRole,
    Entry,
    Revision,
    Round,
    Submission,
    User,
)
from tests.browser import Browser, without_token, words
from webapp.assessments.views import SAVES_A_PAGE
from webapp.clock import now
from webapp.demonstration import DEMO_PASSWORD
from webapp.extensions import db

HERE = {"round_slug": "2026", "city_slug": "vinterhamra"}
ROCCA = {"round_slug": "2026", "city_slug": "roccamirna"}
EICH = {"round_slug": "2026", "city_slug": "eichmunde"}
LEAD, CONTRIBUTOR = "lead.vinterhamra@example.org", "contributor.vinterhamra@example.org"
SIGNATORY = "signatory.vinterhamra@example.org"


def stored(demo, code="EM2.3", city="vinterhamra"):
    """What the database holds of one answer: its fields and number, None without an answer."""
    from webapp import loaders

    with demo.app_context():
        assessment = _assessment(city)
        statement = loaders.questionnaire(assessment.round).statement(code)
        row = db.session.scalars(
            select(Answer).where(
                Answer.assessment_id == assessment.id, Answer.statement_id == statement.id
            )
        ).one_or_none()
        return row and (row.mark, row.text, row.remit_reason, row.number)


def _assessment(city):
    return db.session.scalars(
        select(Assessment)
        .join(Assessment.round)
        .join(Assessment.city)
        .where(Round.slug == "2026", City.slug == city)
    ).one()


def count(demo, table):
    with demo.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def test_the_task_list_says_what_is_missing_and_leads_there(demo):
    page = Browser(demo, LEAD).get("assessments.show_assessment", **HERE)

    assert "52 of 54 statements are complete" in words(page)
    assert 'href="/rounds/2026/vinterhamra/statements/EM2.3"' in page.text


def test_a_form_without_script_saves_and_says_so(demo):
    browser = Browser(demo, LEAD)
    form = {"base": "0", "key": "k" * 16, "mark": "2", "text": "Seven languages.\r\nTwo offices."}

    answer = browser.post("assessments.write_answer", form, code="EM2.3", **HERE)

    assert (answer.status_code, answer.location) == (
        303,
        browser.address("assessments.show_answer", code="EM2.3", **HERE),
    )
    assert stored(demo) == ("2", "Seven languages.\nTwo offices.", "", 1)
    assert "EM2.3 is saved." in words(browser.get("assessments.show_answer", code="EM2.3", **HERE))


def test_the_script_saves_single_fields_on_the_version_it_knows(demo):
    browser = Browser(demo, LEAD)

    first = browser.patch(
        "assessments.save_answer",
        {"base": 0, "key": "first-key", "fields": {"mark": "3"}},
        code="EM2.3",
        **HERE,
    )
    second = browser.patch(
        "assessments.save_answer",
        {"base": 1, "key": "second-key", "fields": {"text": "As said."}},
        code="EM2.3",
        **HERE,
    )

    assert (first.status_code, first.json["number"]) == (200, 1)
    assert second.json["fields"] == {"mark": "3", "text": "As said.", "remit_reason": ""}
    assert stored(demo) == ("3", "As said.", "", 2)


def test_a_request_that_arrives_twice_counts_once(demo):
    browser = Browser(demo, LEAD)
    body = {"base": 0, "key": "the-same-key", "fields": {"text": "Once."}}

    answers = [
        browser.patch("assessments.save_answer", body, code="EM2.3", **HERE) for _ in range(2)
    ]
    other = browser.patch(
        "assessments.save_answer",
        {"base": 0, "key": "the-same-key", "fields": {"text": "Other."}},
        code="EM2.3",
        **HERE,
    )

    assert [one.status_code for one in answers] == [200, 200]
    assert (other.status_code, other.json["reason"]) == (422, "keyreused")
    assert stored(demo) == ("", "Once.", "", 1)


def test_two_people_at_different_fields_are_merged(demo):
    one, two = Browser(demo, LEAD), Browser(demo, CONTRIBUTOR)
    one.patch(
        "assessments.save_answer", {"base": 0, "fields": {"text": "Mine."}}, code="EM2.3", **HERE
    )

    late = two.patch(
        "assessments.save_answer", {"base": 0, "fields": {"mark": "1"}}, code="EM2.3", **HERE
    )

    assert late.status_code == 200
    assert stored(demo) == ("1", "Mine.", "", 2)


def test_two_people_at_the_same_text_both_see_both_and_nothing_is_overwritten(demo):
    one, two = Browser(demo, LEAD), Browser(demo, CONTRIBUTOR)
    one.patch(
        "assessments.save_answer", {"base": 0, "fields": {"text": "Mine."}}, code="EM2.3", **HERE
    )

    script = two.patch(
        "assessments.save_answer", {"base": 0, "fields": {"text": "Theirs."}}, code="EM2.3", **HERE
    )
    form = two.post(
        "assessments.write_answer", {"base": "0", "text": "Theirs."}, code="EM2.3", **HERE
    )

    assert (script.status_code, script.json["theirs"]["text"]) == (409, "Mine.")
    assert script.json["fields"] == ["text"]
    assert form.status_code == 409
    assert "only in what is stored: Mine. Yours only in yours: Theirs." in words(form)
    assert stored(demo) == ("", "Mine.", "", 1)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"fields": {"text": "no base"}}, 428),
        ({"base": 7, "fields": {"text": "a version from the future"}}, 409),
        ({"base": "1", "fields": {"text": "a text for a number"}}, 422),
        ({"base": True, "fields": {"text": "a truth for a number"}}, 422),
        ({"base": -1, "fields": {"text": "below"}}, 422),
        ({"base": 0, "fields": {"mark": 3}}, 422),
        ({"base": 0, "fields": {"mark": ["3"]}}, 422),
        ({"base": 0, "fields": {"mark": None}}, 422),
        ({"base": 0, "fields": {"mark": True}}, 422),
        ({"base": 0, "fields": {"state": "submitted"}}, 422),
        ({"base": 0, "fields": {}}, 422),
        ({"base": 0, "fields": {"text": "x"}, "city_id": 3}, 422),
        ({"base": 0, "fields": {"text": "x" * 10_001}}, 422),
        ({"base": 0, "fields": {"text": "a\0b"}}, 422),
        ({"base": 0, "fields": {"text": "\ud800"}}, 422),
        ({"base": 0, "key": "x" * 10_000, "fields": {"text": "x"}}, 422),
        ({"base": 0, "key": 5, "fields": {"text": "x"}}, 422),
        ([1, 2], 422),
        ("text", 422),
    ],
)
def test_a_save_that_cannot_be_read_is_refused_and_stores_nothing(demo, body, status):
    answer = Browser(demo, LEAD).patch("assessments.save_answer", body, code="EM2.3", **HERE)

    assert answer.status_code == status
    assert answer.json["message"]
    assert stored(demo) is None


MARKS = ["nan", "inf", "1e400", "-0", "1_0", "３", "٣", "+3", " 3 ", "3.0", "5", "-1", "4.9999"]


@pytest.mark.parametrize("mark", [*MARKS, "cannot_judge", "not_our_competence"])
def test_only_the_levels_of_the_statement_are_marks(demo, mark):
    """EM2.3 is within every city's remit, and only reviewers cannot judge."""
    browser = Browser(demo, LEAD)

    form = browser.post(
        "assessments.write_answer",
        {"base": "0", "mark": mark, "text": "kept"},
        code="EM2.3",
        **HERE,
    )
    script = browser.patch(
        "assessments.save_answer", {"base": 0, "fields": {"mark": mark}}, code="EM2.3", **HERE
    )

    assert (form.status_code, script.status_code) == (422, 422)
    assert ">\nkept</textarea>" in form.text
    assert stored(demo) is None


def test_too_long_a_text_is_shown_again_with_the_limit(demo):
    text = "é" * 10_001

    answer = Browser(demo, LEAD).post(
        "assessments.write_answer", {"base": "0", "text": text}, code="EM2.3", **HERE
    )

    assert answer.status_code == 422
    assert "10001 characters; at most 10000" in words(answer)
    assert text in answer.text


def test_a_text_is_counted_in_characters_and_compared_in_one_form(demo):
    browser = Browser(demo, LEAD)
    body = {"base": 0, "fields": {"text": "Krako\u0301w " * 1_400}}
    browser.patch("assessments.save_answer", body, code="EM2.3", **HERE)

    again = browser.patch(
        "assessments.save_answer",
        {"base": 1, "fields": {"text": "Kraków " * 1_400}},
        code="EM2.3",
        **HERE,
    )

    assert again.json["number"] == 1


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7*7 }}", "javascript:alert(1)"])
def test_what_is_typed_is_shown_as_text(demo, text):
    browser = Browser(demo, LEAD)
    browser.patch(
        "assessments.save_answer", {"base": 0, "fields": {"text": text}}, code="EM2.3", **HERE
    )

    for endpoint in ("assessments.show_answer", "assessments.show_history"):
        assert text in words(browser.get(endpoint, code="EM2.3", **HERE))


def test_the_history_keeps_every_save_and_who_made_it(demo):
    browser = Browser(demo, LEAD)
    for base, text in enumerate(["First.", "Second."]):
        body = {"base": base, "fields": {"text": text}}
        browser.patch("assessments.save_answer", body, code="EM2.3", **HERE)

    page = words(browser.get("assessments.show_history", code="EM2.3", **HERE))

    assert page.index("Save 2,") < page.index("Save 1,")
    assert "taken away: First. added: Second." in page
    assert page.count("by Johan Ekdahl") == 2


def test_each_save_has_one_line_in_the_journal_without_its_text(demo):
    before = count(demo, Entry)
    body = {"base": 0, "key": "journal-key", "fields": {"text": "A secret text.", "mark": "3"}}
    browser = Browser(demo, LEAD)
    browser.patch("assessments.save_answer", body, code="EM2.3", **HERE)
    browser.patch("assessments.save_answer", body, code="EM2.3", **HERE)

    with demo.app_context():
        last = db.session.scalars(select(Entry).order_by(Entry.sequence.desc())).first()
        assert (last.action, last.facts) == ("answer:write", {"statement": "EM2.3"})
    assert count(demo, Entry) == before + 1


@pytest.mark.parametrize(
    "email",
    [
        "lead.roccamirna@example.org",
        "reviewer.roccamirna@example.org",
        "reviewer.vinterhamra@example.org",
        "admin@example.org",
    ],
)
def test_strangers_cannot_tell_a_city_from_one_that_does_not_exist(demo, email):
    browser = Browser(demo, email)

    real = browser.get("assessments.show_assessment", **HERE)
    invented = browser.get("assessments.show_assessment", round_slug="2026", city_slug="nowhere")

    assert (real.status_code, invented.status_code) == (404, 404)
    assert without_token(real) == without_token(invented)


def test_a_coordinator_knows_the_city_but_reads_no_draft(demo):
    browser = Browser(demo, "coordinator@example.org")

    assert browser.get("assessments.show_assessment", **HERE).status_code == 403
    assert browser.get("assessments.show_answer", code="PM1.1", **HERE).status_code == 403


def test_a_signatory_reads_but_does_not_write(demo):
    browser = Browser(demo, SIGNATORY)

    page = browser.get("assessments.show_answer", code="PM1.1", **HERE)
    save = browser.patch(
        "assessments.save_answer", {"base": 1, "fields": {"mark": "1"}}, code="PM1.1", **HERE
    )

    assert page.status_code == 200
    assert "data-autosave" not in page.text
    assert save.status_code == 403


def test_a_statement_of_another_instrument_does_not_exist(demo):
    assert (
        Browser(demo, LEAD).get("assessments.show_answer", code="ZZ1.1", **HERE).status_code == 404
    )


def test_an_unfinished_assessment_cannot_be_locked_and_the_page_says_what_is_missing(demo):
    answer = Browser(demo, LEAD).post("assessments.lock", **HERE)

    assert answer.status_code == 422
    assert "2 statements have no complete answer yet." in words(answer)
    assert "EM2.3" in words(answer)


def _finish(demo):
    browser = Browser(demo, LEAD)
    for code in ("EM2.3", "BU2.2"):
        body = {"base": 0, "fields": {"mark": "2"}}
        assert browser.patch("assessments.save_answer", body, code=code, **HERE).status_code == 200
    assert browser.post("assessments.lock", **HERE).status_code == 303


def _shown(browser, **where):
    page = browser.get("assessments.show_sign_off", **where)
    return page.text.split('name="shown" value="')[1][:64]


def test_a_locked_assessment_takes_no_answers_until_it_is_unlocked(demo):
    _finish(demo)
    browser = Browser(demo, LEAD)
    body = {"base": 1, "fields": {"mark": "3"}}

    locked = browser.patch("assessments.save_answer", body, code="EM2.3", **HERE)
    browser.post("assessments.unlock", **HERE)
    unlocked = browser.patch("assessments.save_answer", body, code="EM2.3", **HERE)

    assert (locked.status_code, unlocked.status_code) == (409, 200)


def test_the_signatory_signs_what_was_shown_and_gets_a_receipt(demo):
    _finish(demo)
    browser = Browser(demo, SIGNATORY)
    shown = _shown(browser, **HERE)

    signed = browser.post(
        "assessments.sign_off", {"shown": shown, "password": DEMO_PASSWORD}, **HERE
    )

    assert signed.location == "/rounds/2026/vinterhamra/versions/1"
    receipt = words(browser.get(signed.location))
    assert shown in receipt
    assert "Signed by Birgitta Sandelin" in receipt
    document = browser.get("assessments.download_submission", version=1, **HERE)
    assert hashlib.sha256(document.data).hexdigest() == shown
    assert len(json.loads(document.data)["answers"]) == 54
    with demo.app_context():
        assert _assessment("vinterhamra").state is AssessmentState.SUBMITTED


def test_nobody_signs_with_a_wrong_password_or_without_one(demo):
    browser = Browser(demo, "signatory.eichmunde@example.org")
    shown, before = _shown(browser, **EICH), count(demo, Submission)

    wrong = browser.post("assessments.sign_off", {"shown": shown, "password": "wrong"}, **EICH)
    empty = browser.post("assessments.sign_off", {"shown": shown, "password": ""}, **EICH)

    assert (wrong.status_code, empty.status_code) == (422, 422)
    assert "This is not your password. Nothing was signed." in words(wrong)
    assert count(demo, Submission) == before


def test_nobody_signs_what_has_changed_since_it_was_shown(demo):
    browser = Browser(demo, "signatory.eichmunde@example.org")
    before = count(demo, Submission)

    stale = browser.post(
        "assessments.sign_off", {"shown": "0" * 64, "password": DEMO_PASSWORD}, **EICH
    )

    assert stale.status_code == 409
    assert "changed since you opened this page" in words(stale)
    assert count(demo, Submission) == before


def test_only_the_signatory_signs_and_only_once(demo):
    lead, signatory = (
        Browser(demo, f"{who}.eichmunde@example.org") for who in ("lead", "signatory")
    )
    form = {"shown": _shown(signatory, **EICH), "password": DEMO_PASSWORD}

    answers = [
        browser.post("assessments.sign_off", form, **EICH).status_code
        for browser in (lead, signatory, signatory)
    ]

    assert answers == [403, 303, 303]


def test_a_second_click_on_lock_shows_what_the_first_one_did(demo):
    _finish(demo)
    before = count(demo, Entry)
    with demo.app_context():
        second = _assessment("vinterhamra").city
        colleague = User(
            email="second.lead@example.org",
            name="Second Lead",
            password_hash="x",
            created_at=now(),
            city_memberships=[CityMembership(city=second, role=CityRole.LEAD, since=now())],
        )
        db.session.add(colleague)
        db.session.commit()

    again = Browser(demo, LEAD).post("assessments.lock", **HERE)
    other = Browser(demo, "second.lead@example.org").post("assessments.lock", **HERE)

    assert (again.status_code, again.location) == (303, "/rounds/2026/vinterhamra")
    assert other.status_code == 409
    assert count(demo, Entry) == before


def test_a_lock_that_was_opened_again_is_done_again(demo):
    _finish(demo)
    browser = Browser(demo, LEAD)
    browser.post("assessments.unlock", **HERE)

    assert browser.post("assessments.lock", **HERE).status_code == 303
    with demo.app_context():
        assert _assessment("vinterhamra").state is AssessmentState.LOCKED


def test_a_second_click_on_sign_shows_the_receipt_and_signs_nothing(demo):
    browser = Browser(demo, "signatory.eichmunde@example.org")
    form = {"shown": _shown(browser, **EICH), "password": DEMO_PASSWORD}
    browser.post("assessments.sign_off", form, **EICH)
    before = count(demo, Submission), count(demo, Entry)

    again = browser.post("assessments.sign_off", form, **EICH)
    other = browser.post("assessments.sign_off", {**form, "shown": "0" * 64}, **EICH)

    assert (again.status_code, again.location) == (303, "/rounds/2026/eichmunde/versions/1")
    assert other.status_code == 409
    assert (count(demo, Submission), count(demo, Entry)) == before


def test_the_history_tells_before_and_after_and_restores_without_losing_anything(demo):
    browser = Browser(demo, LEAD)
    for base, (mark, text) in enumerate([("1", "Two offices help."), ("2", "Three offices help.")]):
        body = {"base": base, "fields": {"mark": mark, "text": text}}
        browser.patch("assessments.save_answer", body, code="EM2.3", **HERE)
    page = browser.get("assessments.show_history", code="EM2.3", **HERE)
    assert "Before: Level 1 After: Level 2" in words(page)
    assert "taken away: Two added: Three offices help." in words(page)
    assert page.text.count("Restore this") == 1

    form = {"base": "2", "key": "restore-once"}
    answers = [
        browser.post("assessments.restore_answer", form, code="EM2.3", number=1, **HERE)
        for _ in range(2)
    ]

    here = browser.address("assessments.show_history", code="EM2.3", **HERE)
    assert [(one.status_code, one.location) for one in answers] == [(303, here)] * 2
    assert stored(demo) == ("1", "Two offices help.", "", 3)
    again = words(browser.get(here))
    assert "EM2.3 is as it was after save 1." in again
    assert "Restore this (save 2)" in again
    browser.post("assessments.restore_answer", {"base": "3"}, code="EM2.3", number=2, **HERE)
    assert stored(demo) == ("2", "Three offices help.", "", 4)


def test_a_restore_that_meets_a_change_shows_both_and_overwrites_nothing(demo):
    one, two = Browser(demo, LEAD), Browser(demo, CONTRIBUTOR)
    for base, text in enumerate(["First.", "Second.", "Third."]):
        body = {"base": base, "fields": {"text": text}}
        two.patch("assessments.save_answer", body, code="EM2.3", **HERE)

    late = one.post("assessments.restore_answer", {"base": "2"}, code="EM2.3", number=1, **HERE)

    assert late.status_code == 409
    assert "only in what is stored: Third. Yours only in yours: First." in words(late)
    assert stored(demo) == ("", "Third.", "", 3)


@pytest.mark.parametrize(
    ("number", "form", "status"),
    [(1, {}, 428), (7, {"base": "1"}, 404), (1, {"base": "one"}, 422), (1, {"base": "9"}, 409)],
)
def test_a_restore_that_cannot_be_done_says_so(demo, number, form, status):
    browser = Browser(demo, LEAD)
    body = {"base": 0, "fields": {"text": "First."}}
    browser.patch("assessments.save_answer", body, code="EM2.3", **HERE)

    answer = browser.post("assessments.restore_answer", form, code="EM2.3", number=number, **HERE)

    assert answer.status_code == status
    assert stored(demo) == ("", "First.", "", 1)


def test_a_long_history_goes_on_on_another_page(demo):
    browser = Browser(demo, LEAD)
    for base in range(SAVES_A_PAGE + 2):
        body = {"base": base, "fields": {"text": f"Text {base}."}}
        browser.patch("assessments.save_answer", body, code="EM2.3", **HERE)

    first = browser.get("assessments.show_history", code="EM2.3", **HERE)
    rest = browser.get("assessments.show_history", code="EM2.3", before=3, **HERE)
    strange = browser.get("assessments.show_history", code="EM2.3", before="x", **HERE)

    found = [re.findall(r'id="save-(\d+)"', page.text) for page in (first, rest)]
    assert found == [[str(number) for number in range(SAVES_A_PAGE + 2, 2, -1)], ["2", "1"]]
    assert "history?before=3" in first.text
    assert "Earlier saves" not in words(rest)
    assert strange.status_code == 422


def test_hints_are_told_before_signing_and_keep_nobody_from_it(demo):
    with demo.app_context():
        assessment = _assessment("eichmunde")
        rows = update(Answer).where(Answer.assessment_id == assessment.id)
        db.session.execute(rows.values(mark="2"))
        first = min(assessment.answers, key=lambda one: one.statement_id)
        db.session.execute(rows.where(Answer.id == first.id).values(mark="4", text=""))
        db.session.execute(delete(Citation).where(Citation.assessment_id == assessment.id))
        db.session.commit()

    page = words(
        Browser(demo, "signatory.eichmunde@example.org").get("assessments.show_sign_off", **EICH)
    )

    assert "Worth a second look (2)" in page
    name = "PM1.1 A public message of equal chances"
    assert f"{name}: a high level without evidence that reviewers can see" in page
    assert f"{name}: the highest level without a word on what shows it" in page


def test_the_task_list_costs_the_same_number_of_queries_for_few_answers_and_for_many(demo):
    few = _queries(demo, "lead.roccamirna@example.org", "roccamirna")
    many = _queries(demo, "lead.eichmunde@example.org", "eichmunde")

    assert few == many


def _queries(demo, email, city):
    browser, seen = Browser(demo, email), []
    browser.get("assessments.show_assessment", round_slug="2026", city_slug=city)
    with demo.app_context():
        engine = db.engine

        def note(conn, cursor, statement, *rest):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        browser.get("assessments.show_assessment", round_slug="2026", city_slug=city)
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_reading_pages_writes_nothing(demo):
    browser = Browser(demo, LEAD)
    before = [count(demo, table) for table in (Answer, Revision, Entry)]

    for endpoint, rest in (
        ("assessments.show_assessment", {}),
        ("assessments.show_answer", {"code": "EM2.3"}),
        ("assessments.show_history", {"code": "EM2.3"}),
        ("assessments.show_sign_off", {}),
    ):
        assert browser.get(endpoint, **HERE, **rest).status_code == 200

    assert [count(demo, table) for table in (Answer, Revision, Entry)] == before
