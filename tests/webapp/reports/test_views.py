"""The report on a city: read by who may, written by its team, kept from everybody else."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, func, select

from models import (
    Assessment,
    Block,
    City,
    Entry,
    Finding,
    Report,
    ReportSection,
    Revision,
    Round,
)
from tests.browser import Browser, words
from webapp.extensions import db

DRAFT = {"round_slug": "2026", "city_slug": "anemopoli"}
WITH_CITY = {"round_slug": "2026", "city_slug": "clairvaumont"}
FINAL = {"round_slug": "2026", "city_slug": "svetlobryag"}
PUBLISHED = {"round_slug": "2024", "city_slug": "vinterhamra"}
LEAD, MATE = "reviewer.tahtisalmi@example.org", "reviewer.eichmunde@example.org"
COORDINATOR = "coordinator@example.org"
REPLIED = "We agree. The council has this on its list for the next budget."
FINDING = {"base": "0", "kind": "challenge", "text": "Nobody is in charge."}


def report_of(city, slug="2026"):
    return db.session.scalars(
        select(Report)
        .join(Report.assessment)
        .join(Assessment.city)
        .join(Assessment.round)
        .where(City.slug == city, Round.slug == slug)
    ).one()


def section(demo, role="", block=Block.INTRODUCTION):
    with demo.app_context():
        row = db.session.scalars(
            select(ReportSection).where(
                ReportSection.report_id == report_of("anemopoli").id,
                ReportSection.role == role,
                ReportSection.block == block,
            )
        ).one_or_none()
        return row and (row.text, row.number)


def findings(demo, city="anemopoli"):
    with demo.app_context():
        rows = report_of(city).findings
        return [(one.place, one.kind, one.text, one.withdrawn_at is None) for one in rows]


def count(demo, table):
    with demo.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def last_deed(demo):
    with demo.app_context():
        row = db.session.scalars(select(Entry).order_by(Entry.sequence.desc()).limit(1)).one()
        return row.action, row.facts


# Reading.


@pytest.mark.parametrize("email", [LEAD, MATE, COORDINATOR])
def test_the_team_and_the_coordinator_read_the_draft_with_both_levels(demo, email):
    page = words(Browser(demo, email).get("reports.show_report", **DRAFT))

    assert "Report on Ανεμόπολη The team is writing this report." in page
    assert "The peers came from Eichmünde, Sint-Willibrordskapelle aan de Lee, Tähtisalmi." in page
    assert "Levels: Policy-maker Statement City Peers PM1.1" in page
    assert "F1 Strength, " in page


@pytest.mark.parametrize(
    ("email", "status"),
    [
        ("lead.anemopoli@example.org", 409),
        ("signatory.anemopoli@example.org", 409),
        ("lead.roccamirna@example.org", 404),
        ("reviewer.vilarmonde@example.org", 404),
        ("admin@example.org", 404),
    ],
)
def test_nobody_else_reads_the_draft(demo, email, status):
    browser = Browser(demo, email)

    answers = [browser.get(f"reports.{name}", **DRAFT) for name in ("show_report", "show_print")]

    assert [one.status_code for one in answers] == [status, status]


def test_a_city_reads_its_report_and_what_its_peers_may_not_see_yet_is_not_in_theirs(demo):
    city = Browser(demo, "lead.clairvaumont@example.org").get("reports.show_report", **WITH_CITY)
    peers = Browser(demo, "reviewer.vinterhamra@example.org").get(
        "reports.show_report", **WITH_CITY
    )
    office = Browser(demo, COORDINATOR).get("reports.show_report", **WITH_CITY)

    assert "With the city for reply until" in words(city)
    assert 'href="/rounds/2026/clairvaumont/report/reply/1"' in city.text
    assert "2 of 6 findings have a reply of the city." in words(office)
    assert [REPLIED in page.text for page in (city, peers, office)] == [False] * 3
    assert "have a reply" not in words(peers)


def test_the_coordinator_with_two_hats_reads_as_an_officer_of_the_city(demo):
    browser = Browser(demo, "second.coordinator@example.org")

    page = words(browser.get("reports.show_report", **WITH_CITY))

    assert "With the city for reply until" in page
    assert "have a reply of the city" not in page
    assert browser.get("publishing.show_approval", **WITH_CITY).status_code == 403


def test_replies_and_answers_are_printed_under_their_finding_once_they_are_signed(demo):
    page = words(
        Browser(demo, "reviewer.roccamirna@example.org").get("reports.show_report", **FINAL)
    )

    assert f"The city replies {REPLIED} The peers agree with the city" in page
    assert "Final and approved. It is not published yet." in page


def test_on_paper_it_is_the_same_report(demo):
    page = words(Browser(demo, COORDINATOR).get("reports.show_print", **FINAL))

    assert "Report on Светлобряг" in page
    assert REPLIED in page
    assert "Levels: Policy-maker" in page


def test_no_page_of_the_report_names_who_gave_which_score(demo):
    names = ("Davide Morandin", "Jonas Wuyts", "Eero Kuusniemi")

    for email in ("lead.svetlobryag@example.org", COORDINATOR):
        page = Browser(demo, email).get("reports.show_report", **FINAL).text
        assert [name for name in names if name in page] == []


def test_the_report_costs_the_same_number_of_queries_for_one_finding_and_for_three(demo):
    few = _queries(demo)
    browser = Browser(demo, LEAD)
    for number in range(2):
        form = {**FINDING, "text": f"Finding {number}."}
        assert browser.post("reports.add_finding", form, **DRAFT).status_code == 303

    assert _queries(demo) == few


def _queries(demo):
    browser, seen = Browser(demo, LEAD), []
    browser.get("reports.show_report", **DRAFT)
    with demo.app_context():
        engine = db.engine

        def note(conn, cursor, statement, *rest):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        browser.get("reports.show_report", **DRAFT)
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


# Blocks.


def test_the_team_sees_what_is_lacking_and_goes_there(demo):
    browser = Browser(demo, MATE)

    page = browser.get("reports.show_report", **DRAFT).text

    lacking = re.findall(
        r'href="(/rounds/2026/anemopoli/report/sections/[^"]+)">[^<]* is empty', page
    )
    assert len(lacking) == 13 - 5
    assert browser.get(lacking[0]).status_code == 200


def test_a_block_is_saved_by_the_button_and_by_the_script(demo):
    browser = Browser(demo, MATE)
    slug = "employer-challenges"

    saved = browser.patch(
        "reports.save_section", {"base": 0, "fields": {"text": "First."}}, section=slug, **DRAFT
    )
    answer = browser.post(
        "reports.write_section", {"base": "1", "text": "Second."}, section=slug, **DRAFT
    )

    assert (saved.status_code, saved.json["number"]) == (200, 1)
    assert answer.status_code == 303
    assert section(demo, "employer", Block.CHALLENGES) == ("Second.", 2)
    assert last_deed(demo) == ("report:write", {"role": "employer", "block": "challenges"})
    page = words(browser.get(answer.location))
    assert "Saved by Friederike Lohmann" in page
    assert "What you can build on EM1.1" in page


def test_two_who_change_the_same_block_see_both_texts(demo):
    first, second = Browser(demo, LEAD), Browser(demo, MATE)
    before = section(demo)[1]
    one = {"base": str(before), "text": "One text."}
    other = {"base": str(before), "text": "Other text."}

    taken = first.post("reports.write_section", one, section="introduction", **DRAFT)
    refused = second.post("reports.write_section", other, section="introduction", **DRAFT)

    assert (taken.status_code, refused.status_code) == (303, 409)
    assert section(demo) == ("One text.", before + 1)
    page = words(refused)
    assert "Stored now" in page
    assert "Other" in page
    assert "One" in page


@pytest.mark.parametrize(
    ("text", "kept", "message"),
    [
        ("a" * 10_001, "a" * 10_001, "at most 10000 can be kept"),
        ("left\0right", "right", "cannot be stored"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused_with_what_was_typed(demo, text, kept, message):
    browser, before = Browser(demo, LEAD), section(demo)

    answer = browser.post(
        "reports.write_section",
        {"base": str(before[1]), "text": text},
        section="introduction",
        **DRAFT,
    )

    assert answer.status_code == 422
    assert message in words(answer)
    assert kept in answer.text
    assert section(demo) == before


def test_the_very_first_text_of_a_report_can_be_refused_too(demo):
    with demo.app_context():
        report = report_of("anemopoli")
        for table, owner in ((ReportSection, "report_section"), (Finding, "finding")):
            ids = select(table.id).where(table.report_id == report.id)
            column = getattr(Revision, f"{owner}_id")
            db.session.execute(Revision.__table__.delete().where(column.in_(ids)))
            db.session.execute(table.__table__.delete().where(table.report_id == report.id))
        db.session.execute(Report.__table__.delete().where(Report.id == report.id))
        db.session.commit()
    browser, long = Browser(demo, LEAD), "a" * 10_001
    there = {"section": "introduction", **DRAFT}

    page = words(browser.get("reports.show_report", **DRAFT))
    refused = browser.post("reports.write_section", {"base": "0", "text": long}, **there)
    taken = browser.post("reports.write_section", {"base": "0", "text": "A beginning."}, **there)

    assert "Not written yet." in page
    assert (refused.status_code, taken.status_code) == (422, 303)
    assert long in refused.text
    assert section(demo) == ("A beginning.", 1)


def test_a_save_without_a_version_or_under_a_strange_address_changes_nothing(demo):
    browser, before = Browser(demo, LEAD), section(demo)

    answers = [
        browser.post("reports.write_section", {"text": "x"}, section="introduction", **DRAFT),
        browser.post(
            "reports.write_section", {"base": "1", "text": "x"}, section="mayor-findings", **DRAFT
        ),
        browser.patch(
            "reports.save_section",
            {"base": 1, "fields": {"role": "x"}},
            section="introduction",
            **DRAFT,
        ),
    ]

    assert [one.status_code for one in answers] == [428, 404, 422]
    assert section(demo) == before


def test_an_earlier_text_of_a_block_is_restored_as_a_new_save(demo):
    browser = Browser(demo, LEAD)
    text, number = section(demo)
    there = {"section": "introduction", **DRAFT}
    browser.post("reports.write_section", {"base": str(number), "text": "Worse."}, **there)

    page = words(browser.get("reports.show_section_history", **there))
    answer = browser.post(
        "reports.restore_section", {"base": str(number + 1)}, number=number, **there
    )

    assert f"Save {number + 1}, " in page
    assert answer.status_code == 303
    assert section(demo) == (text, number + 2)
    assert (
        browser.post("reports.restore_section", {"base": "1"}, number=99, **there).status_code
        == 404
    )


# Findings.


def test_a_statement_leads_to_a_finding_about_it(demo):
    browser = Browser(demo, MATE)

    page = browser.get("reports.show_new_finding", statement="EM1.2", **DRAFT)
    strange = browser.get("reports.show_new_finding", statement="XX1.2", **DRAFT)

    assert '<option value="EM1.2" selected>' in page.text
    assert strange.status_code == 422


def test_a_finding_is_added_once_changed_taken_out_and_put_back(demo):
    browser = Browser(demo, MATE)
    form = {**FINDING, "key": "a-key-of-one-click", "statement": "EM1.2"}

    added = [browser.post("reports.add_finding", form, **DRAFT) for _ in range(2)]
    saved = browser.patch(
        "reports.save_finding", {"base": 1, "fields": {"text": "Two are."}}, place=3, **DRAFT
    )
    browser.post("reports.withdraw_finding", place=3, **DRAFT)
    gone = findings(demo)[-1]
    page = words(browser.get("reports.show_report", **DRAFT))
    browser.post("reports.restore_finding", place=3, **DRAFT)

    assert [one.status_code for one in added] == [303, 303]
    assert added[0].location == added[1].location == "/rounds/2026/anemopoli/report/findings/3"
    assert saved.status_code == 200
    assert gone == (3, "challenge", "Two are.", False)
    assert "F3 Challenge Taken out" in page
    assert "F3 Challenge, EM1.2" not in page
    assert findings(demo)[-1] == (3, "challenge", "Two are.", True)
    assert last_deed(demo) == ("finding:restore", {"finding": 3})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": ""}, "Say what kind of finding this is."),
        ({"kind": "praise"}, "Say what kind of finding this is."),
        ({"text": " "}, "Say what you have found."),
        ({"priority": "now"}, "Choose one of the priorities."),
        ({"statement": "XX9.9"}, "Choose one of the statements."),
    ],
)
def test_a_finding_that_is_not_one_is_refused_with_what_was_typed(demo, wrong, message):
    browser, before = Browser(demo, LEAD), findings(demo)
    form = {**FINDING, "addressee": "The housing department", **wrong}

    answers = [
        browser.post("reports.add_finding", form, **DRAFT),
        browser.post("reports.write_finding", {**form, "base": "1"}, place=1, **DRAFT),
    ]

    assert [one.status_code for one in answers] == [422, 422]
    assert [message in words(one) for one in answers] == [True, True]
    assert ['value="The housing department"' in one.text for one in answers] == [True, True]
    assert findings(demo) == before


def test_a_finding_that_is_not_there_is_not_found(demo):
    browser = Browser(demo, LEAD)

    assert browser.get("reports.show_finding", place=77, **DRAFT).status_code == 404
    assert browser.post("reports.withdraw_finding", place=77, **DRAFT).status_code == 404


def test_what_left_the_team_is_written_no_more(demo):
    mate = Browser(demo, "reviewer.hal-qamrija@example.org")
    leader = Browser(demo, "reviewer.puertalba@example.org")

    answers = [
        mate.post("reports.write_section", FINDING, section="introduction", **WITH_CITY),
        mate.post("reports.add_finding", FINDING, **WITH_CITY),
        leader.post("reports.add_finding", FINDING, **PUBLISHED),
        leader.get("reports.show_section", section="introduction", **PUBLISHED),
        Browser(demo, COORDINATOR).post("reports.add_finding", FINDING, **DRAFT),
    ]

    assert [one.status_code for one in answers] == [409, 409, 409, 409, 403]
