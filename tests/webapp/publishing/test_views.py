"""A report on its way out: sent, answered, approved by two, published, corrected."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import (
    Assessment,
    Block,
    City,
    Entry,
    Letter,
    Report,
    ReportState,
    Round,
    RoundMembership,
    RoundRole,
    User,
)
from reviews import letters, replies, reports
from reviews.saving import Known, Sent
from tests.browser import Browser, words
from webapp import loaders
from webapp.clock import now
from webapp.days import day_of
from webapp.demonstration import DEMO_PASSWORD
from webapp.extensions import db
from webapp.links import link_of

DRAFT = {"round_slug": "2026", "city_slug": "anemopoli"}
WITH_CITY = {"round_slug": "2026", "city_slug": "clairvaumont"}
FINAL = {"round_slug": "2026", "city_slug": "svetlobryag"}
OUT = {"round_slug": "2024", "city_slug": "vinterhamra"}
COORDINATOR, SECOND, THIRD = (
    f"{one}@example.org" for one in ("coordinator", "second.coordinator", "third.coordinator")
)
LEADER = "reviewer.vinterhamra@example.org"
REPLIED = "We agree. The council has this on its list for the next budget."


def report_of(city, slug="2026"):
    return db.session.scalars(
        select(Report)
        .join(Report.assessment)
        .join(Assessment.city)
        .join(Assessment.round)
        .where(City.slug == city, Round.slug == slug)
    ).one()


def user(email):
    return db.session.scalars(select(User).where(User.email == email)).one()


def state(demo, city, slug="2026"):
    with demo.app_context():
        return report_of(city, slug).state


def last_deed(demo):
    with demo.app_context():
        row = db.session.scalars(select(Entry).order_by(Entry.sequence.desc()).limit(1)).one()
        return row.action, row.facts


def finish_the_draft(demo):
    """The team of the city in P writes what is lacking."""
    with demo.app_context():
        report, at = report_of("anemopoli"), now()
        writer = user("reviewer.tahtisalmi@example.org")
        questionnaire = loaders.questionnaire(report.assessment.round)
        for gap in reports.lacking(report, questionnaire):
            role, _, block = gap.partition("/")
            section = loaders.section(report, role, Block(block))
            sent = Sent({"text": f"On {role}."}, 0)
            reports.write_section(section, sent, Known(), by=writer, now=at)
        db.session.commit()


def sign_the_reply(demo):
    with demo.app_context():
        report = report_of("clairvaumont")
        by = user("signatory.clairvaumont@example.org")
        replies.sign(report, shown=replies.sha256(report), by=by, now=now())
        db.session.commit()


def due(days):
    day = day_of(now() + timedelta(days=days))
    return {"reply_due": [str(day.day), str(day.month), str(day.year)]}


def shown(browser, endpoint, **where):
    """The fingerprint on a page, whether it has the form for it or not."""
    page = words(browser.get(endpoint, **where))
    return re.search(r"Fingerprint \(SHA-256\) ([0-9a-f]{64})", page).group(1)


def answer_both(demo, browser):
    for place in (1, 2):
        form = {"answer": "keep", "answer_text": "We saw one office only."}
        answer = browser.post("publishing.write_answer", form, place=place, **WITH_CITY)
        assert answer.status_code == 303


def approve(browser, where=WITH_CITY, sha256=None):
    sha256 = sha256 or shown(browser, "publishing.show_approval", **where)
    return browser.post("publishing.approve", {"read": "y", "shown": sha256}, **where)


def publish(browser, where):
    form = {
        "password": DEMO_PASSWORD,
        "shown": shown(browser, "publishing.show_publication", **where),
    }
    return browser.post("publishing.publish", form, **where)


# Sending.


def test_a_report_with_gaps_is_not_sent_and_the_page_names_them(demo):
    browser = Browser(demo, COORDINATOR)

    answer = browser.post("publishing.send", due(21), **DRAFT)

    page = words(answer)
    assert answer.status_code == 422
    assert "What is lacking (8)" in page
    assert state(demo, "anemopoli") is ReportState.DRAFTING


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (due(13), "The city has at least 14 days for its reply: choose a later date."),
        ({"reply_due": ["31", "2", "2027"]}, "This day does not exist."),
        ({}, "Enter a date"),
    ],
)
def test_a_city_has_two_weeks_at_least(demo, given, message):
    finish_the_draft(demo)

    answer = Browser(demo, COORDINATOR).post("publishing.send", given, **DRAFT)

    assert answer.status_code == 422
    assert message in words(answer)
    assert state(demo, "anemopoli") is ReportState.DRAFTING


def test_leads_and_signatories_are_told_by_a_letter_that_says_nothing_of_the_report(demo):
    finish_the_draft(demo)
    browser = Browser(demo, COORDINATOR)
    assert "These people are told by mail: Katerina Vlachou, Νίκος Σταματίου." in words(
        browser.get("publishing.show_send", **DRAFT)
    )

    answers = [browser.post("publishing.send", due(21), **DRAFT) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].location == answers[1].location == "/rounds/2026/anemopoli/report"
    assert last_deed(demo)[0] == "report:send"
    with demo.app_context():
        report = report_of("anemopoli")
        told = db.session.scalars(select(Letter).where(Letter.kind == letters.REPORT)).all()
        assert report.state is ReportState.WITH_CITY
        assert sorted(one.to for one in told) == [
            "lead.anemopoli@example.org",
            "signatory.anemopoli@example.org",
        ]
        assert {link_of(one) for one in told} == {
            "http://127.0.0.1:8000/rounds/2026/anemopoli/report"
        }
        assert all(letters.still_due(one, now()) for one in told)
        assert not any(finding.text in told[0].body for finding in report.findings)
    city = Browser(demo, "lead.anemopoli@example.org")
    assert "With the city for reply until" in words(city.get("reports.show_report", **DRAFT))


# The peers' answers.


def test_nothing_of_a_reply_is_seen_or_answered_while_the_city_can_still_reply(demo):
    browser = Browser(demo, LEADER)

    page = browser.get("publishing.show_answer", place=1, **WITH_CITY)
    answer = browser.post("publishing.write_answer", {"answer": "accept"}, place=1, **WITH_CITY)

    assert "The city can still reply." in words(page)
    assert REPLIED not in page.text
    assert answer.status_code == 409
    assert REPLIED not in answer.text


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({}, "Choose one of the answers."),
        ({"answer": "maybe"}, "Choose one of the answers."),
        ({"answer": "keep"}, "Say why the finding stays as it is."),
        ({"answer": "reword", "answer_text": "As asked."}, "Write the finding in its new words."),
        ({"answer": "accept", "answer_text": "a" * 10_001}, "at most 10000 can be kept"),
    ],
)
def test_an_answer_that_says_too_little_is_refused_with_what_was_typed(demo, form, message):
    sign_the_reply(demo)

    answer = Browser(demo, LEADER).post("publishing.write_answer", form, place=1, **WITH_CITY)

    assert answer.status_code == 422
    assert message in words(answer)
    assert form.get("answer_text", "") in answer.text


def test_the_lead_reviewer_answers_a_reply_and_the_city_reads_it(demo):
    sign_the_reply(demo)
    browser = Browser(demo, LEADER)
    form = {"answer": "reword", "reworded": "The sum was small.", "answer_text": "As asked."}

    answer = browser.post("publishing.write_answer", form, place=1, **WITH_CITY)

    assert answer.location == "/rounds/2026/clairvaumont/report#F1"
    assert last_deed(demo) == ("reply:answer", {"finding": 1, "answer": "reword"})
    city = Browser(demo, "lead.clairvaumont@example.org")
    page = words(city.get("reports.show_report", **WITH_CITY))
    assert "The peers have reworded the finding The sum was small. As asked." in page
    mate = Browser(demo, "reviewer.hal-qamrija@example.org")
    assert mate.get("publishing.show_answer", place=1, **WITH_CITY).status_code == 403
    assert browser.get("publishing.show_answer", place=3, **WITH_CITY).status_code == 404


def test_two_who_answer_the_same_reply_do_not_overwrite_each_other(demo):
    sign_the_reply(demo)
    form = {"answer": "keep", "answer_text": "Mine."}
    Browser(demo, LEADER).post(
        "publishing.write_answer", {**form, "answer_text": "Theirs."}, place=1, **WITH_CITY
    )

    answer = Browser(demo, COORDINATOR).post("publishing.write_answer", form, place=1, **WITH_CITY)

    assert answer.status_code == 409
    page = words(answer)
    assert "Theirs." in page
    assert "Mine." in page


# Approving.


def test_two_who_wrote_nothing_approve_and_the_report_is_final(demo):
    sign_the_reply(demo)
    answer_both(demo, Browser(demo, LEADER))
    first, third = Browser(demo, COORDINATOR), Browser(demo, THIRD)

    read = shown(first, "publishing.show_approval", **WITH_CITY)

    one, again = (approve(first, sha256=read) for _ in range(2))
    other, late = (approve(third, sha256=read) for _ in range(2))

    assert [one.status_code, again.status_code, other.status_code] == [303, 422, 303]
    # Whoever clicks twice after the last approval is back at the report.
    assert (late.status_code, late.location) == (303, other.location)
    assert state(demo, "clairvaumont") is ReportState.FINAL
    with demo.app_context():
        approvals = report_of("clairvaumont").approvals
        assert [(one.edition, one.by.email) for one in approvals] == [(1, COORDINATOR), (1, THIRD)]


@pytest.mark.parametrize(
    ("prepared", "message", "status"),
    [
        (False, "The city can still reply.", 409),
        (True, "The peers have not answered all replies of the city", 422),
    ],
)
def test_nobody_approves_too_early(demo, prepared, message, status):
    if prepared:
        sign_the_reply(demo)
    browser = Browser(demo, COORDINATOR)
    page = words(browser.get("publishing.show_approval", **WITH_CITY))

    answer = approve(browser)

    assert message in page
    assert answer.status_code == status
    assert state(demo, "clairvaumont") is ReportState.WITH_CITY


def test_whoever_answered_a_reply_counts_as_a_writer_and_does_not_approve(demo):
    sign_the_reply(demo)
    browser = Browser(demo, COORDINATOR)
    answer_both(demo, browser)
    page = words(browser.get("publishing.show_approval", **WITH_CITY))

    answer = approve(browser)

    assert "Saoirse O’Dwyer" in page
    assert "You wrote in this report, so somebody else has to approve it." in page
    assert answer.status_code == 403
    assert "Whoever wrote in a report cannot approve it." in words(answer)


def test_an_approval_is_for_what_was_read_and_says_so(demo):
    sign_the_reply(demo)
    answer_both(demo, Browser(demo, LEADER))
    browser = Browser(demo, COORDINATOR)

    unread = browser.post("publishing.approve", {"shown": "0" * 64}, **WITH_CITY)
    other = browser.post("publishing.approve", {"read": "y", "shown": "0" * 64}, **WITH_CITY)

    assert (unread.status_code, other.status_code) == (422, 409)
    assert "Say that you have read the report." in words(unread)
    assert "Read it again before you approve." in words(other)


def test_an_answer_after_an_approval_takes_the_approval_back(demo):
    sign_the_reply(demo)
    answer_both(demo, Browser(demo, LEADER))
    browser, leader = Browser(demo, COORDINATOR), Browser(demo, LEADER)
    approve(browser)
    seen = re.search(
        r'name="seen" value="([^"]+)"',
        leader.get("publishing.show_answer", place=1, **WITH_CITY).text,
    ).group(1)

    answer = leader.post(
        "publishing.write_answer", {"answer": "accept", "seen": seen}, place=1, **WITH_CITY
    )

    assert answer.status_code == 303
    with demo.app_context():
        assert report_of("clairvaumont").approvals == []


@pytest.mark.parametrize("demo_url", ["demo_sqlite"], indirect=True)
def test_one_approval_is_enough_where_the_setting_says_so(demo):
    sign_the_reply(demo)
    answer_both(demo, Browser(demo, LEADER))
    demo.config["PUBLICATION_APPROVERS"] = 1
    try:
        answer = approve(Browser(demo, COORDINATOR))
    finally:
        demo.config["PUBLICATION_APPROVERS"] = 2

    assert answer.status_code == 303
    assert state(demo, "clairvaumont") is ReportState.FINAL


# Publishing and correcting.


def test_what_is_published_is_what_was_shown_and_a_second_click_leads_to_it(demo):
    browser = Browser(demo, COORDINATOR)
    form = {
        "password": DEMO_PASSWORD,
        "shown": shown(browser, "publishing.show_publication", **FINAL),
    }

    answers = [browser.post("publishing.publish", form, **FINAL) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert {one.location for one in answers} == {"/results/2026/svetlobryag"}
    with demo.app_context():
        report = report_of("svetlobryag")
        (edition,) = report.editions
        assert report.state is ReportState.PUBLISHED
        assert edition.sha256 == form["shown"]
        assert hashlib.sha256(edition.document.encode()).hexdigest() == form["shown"]
    page = words(Browser(demo).get("results.show_result", **FINAL))
    assert "Report on Светлобряг Edition 1, published on" in page


@pytest.mark.parametrize(
    ("form", "status", "message"),
    [
        ({}, 422, "Enter your password."),
        ({"password": "not the password"}, 422, "This is not your password."),
        ({"password": DEMO_PASSWORD, "shown": "0" * 64}, 409, "Read it again before you publish."),
    ],
)
def test_it_takes_the_password_and_the_very_text_to_publish(demo, form, status, message):
    answer = Browser(demo, COORDINATOR).post("publishing.publish", form, **FINAL)

    assert answer.status_code == status
    assert message in words(answer)
    assert state(demo, "svetlobryag") is ReportState.FINAL


def test_nothing_is_published_twice_without_a_correction(demo):
    browser = Browser(demo, THIRD)

    page = words(browser.get("publishing.show_publication", **OUT))
    answer = publish(browser, OUT)

    assert "no correction of it is being prepared" in page
    assert answer.status_code == 409


def test_a_correction_makes_a_second_edition_that_names_the_first(demo):
    office, third = Browser(demo, COORDINATOR), Browser(demo, THIRD)
    leader = Browser(demo, "reviewer.puertalba@example.org")
    city = Browser(demo, "lead.vinterhamra@example.org")
    with demo.app_context():
        first = report_of("vinterhamra", "2024").editions[0].sha256

    begun = office.post("publishing.begin_correction", {"reason": "A sum was wrong."}, **OUT)
    twice = office.post("publishing.begin_correction", {"reason": "Again."}, **OUT)
    early = publish(office, OUT)
    written = leader.post(
        "reports.write_section", {"base": "1", "text": "Put right."}, section="introduction", **OUT
    )
    read_by_city = city.get("reports.show_report", **OUT).text
    approvals = [approve(one, OUT).status_code for one in (office, third)]
    published = publish(office, OUT)

    assert (begun.status_code, twice.status_code, early.status_code) == (303, 409, 422)
    assert (written.status_code, approvals, published.status_code) == (303, [303, 303], 303)
    assert "Put right." not in read_by_city
    with demo.app_context():
        one, two = report_of("vinterhamra", "2024").editions
        assert (one.sha256, two.number, two.reason) == (first, 2, "A sum was wrong.")
    page = words(Browser(demo).get("results.show_result", **OUT))
    assert "Put right." in page
    assert "Why edition 1 was corrected A sum was wrong." in page
    earlier = words(Browser(demo).get("results.show_edition", number=1, **OUT))
    assert "This is an earlier edition. It was corrected since: read edition 2." in earlier
    assert "Put right." not in earlier
    assert first in earlier


@pytest.mark.parametrize("reason", ["", "  ", "a" * 10_001])
def test_a_correction_has_its_reason(demo, reason):
    answer = Browser(demo, COORDINATOR).post(
        "publishing.begin_correction", {"reason": reason}, **OUT
    )

    assert answer.status_code == 422
    with demo.app_context():
        assert report_of("vinterhamra", "2024").correction_reason == ""


@pytest.mark.parametrize(
    ("endpoint", "where"),
    [
        ("publishing.send", DRAFT),
        ("publishing.approve", WITH_CITY),
        ("publishing.publish", FINAL),
        ("publishing.begin_correction", OUT),
    ],
)
def test_a_coordinator_who_has_a_conflict_with_the_city_does_none_of_it(demo, endpoint, where):
    with demo.app_context():
        city, round_ = where["city_slug"], where["round_slug"]
        report = report_of(city, round_)
        officer = user(f"contributor.{city}@example.org")
        officer.round_memberships.append(
            RoundMembership(round=report.assessment.round, role=RoundRole.COORDINATOR, since=now())
        )
        db.session.commit()

    answer = Browser(demo, f"contributor.{city}@example.org").post(endpoint, **where)

    assert answer.status_code == 403
