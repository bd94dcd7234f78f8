"""The city's reply as people meet it: written per finding, signed, hidden until then."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from models import Finding, PeersAnswer, Reply, ReportState, Revision
from reviews import replies
from reviews.queries.replies import shown_replies
from tests.browser import words
from tests.reported import PASSWORD, count, reported
from webapp.clock import now
from webapp.extensions import db

CANARY = "secretreply017"


@pytest.fixture
def city(app):
    return reported(app)


def stored(city, place=1):
    with city.app.app_context():
        rows = (
            select(Reply.text, Reply.number)
            .join(Reply.finding)
            .where(Finding.report_id == city.report_id, Finding.place == place)
        )
        return [tuple(row) for row in db.session.execute(rows)]


def reply_to(city, who="lead", place=1, text="We see this differently.", base=0):
    form = {"text": text, "base": str(base), "key": f"a-fresh-key-{who}-{place}-{base}"}
    return city.browser(who).post("replies.write_reply", form, place=place, **city.here)


def fingerprint(page):
    return re.search('name="shown"[^>]* value="([0-9a-f]{64})"', page.text).group(1)


def sign(city, password=PASSWORD, shown=None):
    signatory = city.browser("signatory")
    seen = shown or fingerprint(signatory.get("replies.show_sign", **city.here))
    form = {"shown": seen, "password": password}
    return signatory.post("replies.sign", form, **city.here)


# Writing.


def test_the_city_sees_all_findings_how_many_have_a_reply_and_the_days_left(city):
    reply_to(city)

    page = words(city.browser("contributor").get("replies.show_reply", **city.here))

    assert "1 of 4 findings have a reply" in page
    assert "14 days left" in page
    assert "F1 Strength, PM1.1 Reply written A strength of the city." in page
    assert "F4 Recommendation, PM1.1 No reply A recommendation of the city." in page


@pytest.mark.parametrize("who", ["lead", "contributor"])
def test_a_reply_is_saved_by_the_button_and_shown_with_who_saved_it(city, who):
    answer = reply_to(city, who)

    assert (answer.status_code, stored(city)) == (303, [("We see this differently.", 1)])
    page = words(city.browser("signatory").get("replies.show_finding", place=1, **city.here))
    name = {"lead": "Joris Peeters", "contributor": "Ana Silva"}[who]
    assert f"We see this differently. Saved by {name}," in page
    assert city.deeds("reply:write") == [{"finding": 1}]


def test_a_reply_saves_by_itself_and_a_repeated_request_counts_once(city):
    body = {"base": 0, "key": "0123456789abcdef", "fields": {"text": "By itself."}}
    lead = city.browser("lead")

    saves = [lead.patch("replies.save_reply", body, place=2, **city.here) for _ in range(2)]

    assert [one.status_code for one in saves] == [200, 200]
    assert saves[0].json["number"] == 1
    assert (stored(city, 2), count(city.app, Revision)) == ([("By itself.", 1)], 1)


def test_two_colleagues_at_once_both_see_both_texts(city):
    reply_to(city, "lead", text="The lead was first.")

    page = reply_to(city, "contributor", text="The contributor came second.")

    assert (page.status_code, stored(city)) == (409, [("The lead was first.", 1)])
    assert "This was saved elsewhere since you opened it." in words(page)
    assert ">\nThe contributor came second.</textarea>" in page.text
    body = {"base": 0, "fields": {"text": "By the script."}}
    clash = city.browser("contributor").patch("replies.save_reply", body, place=1, **city.here)
    assert (clash.status_code, clash.json["theirs"]) == (409, {"text": "The lead was first."})


def test_earlier_texts_stay_to_be_read(city):
    reply_to(city, text="First.")
    reply_to(city, text="Second.", base=1)

    page = words(city.browser("lead").get("replies.show_finding", place=1, **city.here))

    assert "Save 1," in page
    assert "by Joris Peeters First." in page


@pytest.mark.parametrize("text", ["x" * 10_001, "a\0b"])
def test_what_cannot_be_kept_is_refused_and_shown_again(city, text):
    page = reply_to(city, text=text)

    assert (page.status_code, stored(city)) == (422, [])
    assert "There is a problem" in words(page)
    assert text.replace("\0", "\ufffd")[:20] in page.text or text[:20] in page.text


def test_a_save_without_a_version_is_refused(city):
    answer = city.browser("lead").post("replies.write_reply", {"text": "x"}, place=1, **city.here)

    assert (answer.status_code, stored(city)) == (428, [])


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 * 7 }}"])
def test_a_reply_is_shown_as_text(city, text):
    reply_to(city, text=text)

    page = city.browser("lead").get("replies.show_reply", **city.here)

    assert text in words(page)
    assert "<script>alert" not in page.text


def test_a_finding_that_is_not_there_or_was_withdrawn_has_no_page(city):
    with city.app.app_context():
        db.session.execute(
            Finding.__table__.update()
            .where(Finding.report_id == city.report_id, Finding.place == 2)
            .values(withdrawn_at=now())
        )
        db.session.commit()
    lead = city.browser("lead")

    asked = [lead.get("replies.show_finding", place=place, **city.here) for place in (2, 99)]

    assert [one.status_code for one in asked] == [404, 404]
    assert reply_to(city, place=2).status_code == 404
    assert "0 of 3 findings" in words(lead.get("replies.show_reply", **city.here))


def test_a_look_stores_nothing(city):
    lead = city.browser("lead")

    for place in (1, 2, 3, 4):
        lead.get("replies.show_finding", place=place, **city.here)

    assert count(city.app, Reply) == 0


# Signing.


def test_the_signatory_signs_what_is_shown_and_nothing_changes_afterwards(city):
    reply_to(city)

    answer = sign(city)

    assert (answer.status_code, answer.location) == (
        303,
        f"/rounds/{city.here['round_slug']}/{city.here['city_slug']}/report/reply",
    )
    late = reply_to(city, text="One more thing.", base=1)
    assert (late.status_code, stored(city)) == (409, [("We see this differently.", 1)])
    assert "The reply is signed; it does not change any more." in words(late)
    assert "What you typed, which is not stored One more thing." in words(late)
    body = {"base": 1, "fields": {"text": "By the script."}}
    save = city.browser("lead").patch("replies.save_reply", body, place=1, **city.here)
    assert (save.status_code, save.json["reason"]) == (409, "notnow")
    page = words(city.browser("lead").get("replies.show_reply", **city.here))
    assert "Signed by Els Maes," in page
    [deed] = city.deeds("reply:sign")
    assert set(deed) == {"sha256"}


def test_a_reply_without_a_word_says_that_the_city_has_no_remarks(city):
    before = words(city.browser("signatory").get("replies.show_sign", **city.here))
    assert "we have no remarks on this report. Nobody can reply afterwards." in before

    assert sign(city).status_code == 303

    page = words(city.browser("lead").get("replies.show_reply", **city.here))
    assert "The city has no remarks on this report." in page


def test_signing_twice_is_signing_once(city):
    shown = fingerprint(city.browser("signatory").get("replies.show_sign", **city.here))

    answers = [sign(city, shown=shown) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert len(city.deeds("reply:sign")) == 1


def test_what_changed_after_it_was_shown_is_not_signed(city):
    shown = fingerprint(city.browser("signatory").get("replies.show_sign", **city.here))
    reply_to(city)

    answer = sign(city, shown=shown)

    assert (answer.status_code, city.deeds("reply:sign")) == (409, [])
    assert "The reply has changed since you opened this page." in words(answer)
    assert sign(city).status_code == 303


@pytest.mark.parametrize(
    ("password", "says"),
    [("", "Enter your password."), ("wrong", "This is not your password."), ("x" * 1001, "")],
)
def test_a_signature_needs_the_password(city, password, says):
    answer = sign(city, password=password)

    assert (answer.status_code, says in words(answer), city.deeds("reply:sign")) == (422, True, [])


def test_nobody_but_the_signatory_signs(city):
    form = {"shown": "0" * 64, "password": PASSWORD}

    statuses = {
        who: city.browser(who).post("replies.sign", form, **city.here).status_code
        for who in ("lead", "contributor", "limited", "lead_reviewer", "coordinator", "stranger")
    }

    assert statuses == {
        "lead": 403,
        "contributor": 403,
        "limited": 403,
        "lead_reviewer": 403,
        "coordinator": 403,
        "stranger": 404,
    }


# The date.


def test_after_the_date_the_reply_counts_as_it_stands(app):
    city = reported(app, due=timedelta(seconds=-1))

    written, signed = (
        reply_to(city),
        city.browser("signatory").get("replies.show_sign", **city.here),
    )

    assert (written.status_code, stored(city)) == (409, [])
    assert "The date for the reply has passed." in words(written)
    assert "We see this differently." in words(written)
    assert "It counts as it stands below." in words(signed)
    form = {"shown": fingerprint_of(city), "password": PASSWORD}
    late = city.browser("signatory").post("replies.sign", form, **city.here)
    assert (late.status_code, city.deeds("reply:sign")) == (409, [])


def fingerprint_of(city):
    with city.app.app_context():
        return replies.sha256(city.report())


# Who reads it.


@pytest.mark.parametrize("who", ["lead_reviewer", "reviewer", "coordinator", "limited"])
def test_the_pages_of_the_reply_are_the_citys_alone(city, who):
    reply_to(city, text=CANARY)
    browser = city.browser(who)

    answers = [
        browser.get("replies.show_reply", **city.here),
        browser.get("replies.show_finding", place=1, **city.here),
        browser.get("replies.show_sign", **city.here),
        browser.post("replies.write_reply", {"text": "x", "base": "1"}, place=1, **city.here),
        browser.patch("replies.save_reply", {}, place=1, **city.here),
    ]

    assert [one.status_code for one in answers] == [403] * 5
    assert all(CANARY not in one.text for one in answers)


def test_a_stranger_does_not_learn_that_there_is_a_reply(city):
    assert city.browser("stranger").get("replies.show_reply", **city.here).status_code == 404


@pytest.mark.parametrize("who", ["lead_reviewer", "reviewer", "coordinator"])
def test_no_page_of_the_report_tells_others_what_the_city_drafts(city, who):
    reply_to(city, text=CANARY)
    browser = city.browser(who)

    def pages():
        return [
            browser.get(f"reports.{name}", **city.here) for name in ("show_report", "show_print")
        ]

    before = pages()
    sign(city)
    after = pages()

    assert [(one.status_code, CANARY in one.text) for one in before] == [(200, False)] * 2
    assert [(one.status_code, CANARY in one.text) for one in after] == [(200, True)] * 2


@pytest.mark.parametrize("over", ["signed", "date"])
def test_others_are_shown_the_replies_once_they_are_over(city, over):
    reply_to(city, text=CANARY)

    def shown():
        with city.app.app_context():
            found = shown_replies(db.session(), city.report(), at)
            return {place: one.text for place, one in found.items()}

    at = now()
    assert shown() == {}
    if over == "signed":
        sign(city)
    else:
        at += timedelta(days=15)
    assert shown() == {1: CANARY}


def test_the_city_sees_what_the_peers_answer_and_not_who(city):
    reply_to(city)
    sign(city)
    with city.app.app_context():
        report = city.report()
        team = report.assessment.assignments
        replies.answer(
            report.findings[0].reply,
            PeersAnswer.REWORD,
            text="You are right.",
            reworded="A plan, since May.",
            by=team[0].reviewer,
            now=now(),
        )
        db.session.commit()

    pages = [
        words(city.browser("contributor").get(f"replies.{name}", **city.here, **rest))
        for name, rest in (("show_reply", {}), ("show_finding", {"place": 1}))
    ]

    said = "The peers have reworded the finding A plan, since May. You are right."
    assert [said in one for one in pages] == [True, True]
    assert ["Mirela Ionescu" in one for one in pages] == [False, False]


@pytest.mark.parametrize("state", [ReportState.FINAL, ReportState.PUBLISHED])
def test_the_city_goes_on_reading_its_reply(app, state):
    city = reported(app, state)

    assert city.browser("lead").get("replies.show_reply", **city.here).status_code == 200
    assert reply_to(city).status_code == 409


@pytest.mark.parametrize("endpoint", ["show_reply", "show_sign", "show_finding"])
def test_a_page_costs_the_same_queries_for_few_findings_and_for_many(app, endpoint):
    def queries(city):
        for place in (1, 4):
            reply_to(city, place=place)
        browser = city.browser("lead")
        rest = {"place": 1} if endpoint == "show_finding" else {}
        seen = []
        with app.app_context():
            engine = db.engine

        def note(connection, cursor, statement, *others):
            seen.append(statement)

        browser.get(f"replies.{endpoint}", **city.here, **rest)
        event.listen(engine, "before_cursor_execute", note)
        assert browser.get(f"replies.{endpoint}", **city.here, **rest).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    one, three = queries(reported(app)), queries(reported(app, recommendations=3))

    assert one == three > 0


@pytest.mark.parametrize("who", ["lead", "signatory"])
def test_the_start_page_and_the_report_lead_to_the_reply(city, who):
    browser = city.browser(who)

    home = words(browser.get("home.show_home"))
    report = words(browser.get("reports.show_report", **city.here))

    assert "Reply to the report of the peers, Review of 2026, 14 days left" in home
    assert "The reply of the city" in report
    sign(city)
    assert "Reply to the report of the peers" not in words(browser.get("home.show_home"))
