"""The Excel round trip as people meet it: out, filled in, in, compared, taken."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select, update

from models import (
    Answer,
    Assessment,
    AssessmentState,
    City,
    CityMembership,
    CityRole,
    Entry,
    Part,
    Revision,
    Round,
    SheetUpload,
    User,
)
from tests.browser import Browser, words
from tests.workbooks import cells_of, edited, filled, with_parts, written
from webapp import loaders
from webapp.clock import now
from webapp.extensions import db

HERE = {"round_slug": "2026", "city_slug": "vinterhamra"}
ELSEWHERE = {"round_slug": "2026", "city_slug": "eichmunde"}
EARLIER = {"round_slug": "2024", "city_slug": "vinterhamra"}
LEAD, CONTRIBUTOR = "lead.vinterhamra@example.org", "contributor.vinterhamra@example.org"
SIGNATORY = "signatory.vinterhamra@example.org"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(browser, **where):
    return browser.get("workbooks.download_sheet", **{**HERE, **where}).data


def upload(browser, content, name="sheet.xlsx", **where):
    return browser.post(
        "workbooks.upload_sheet", {"file": (io.BytesIO(content), name)}, **{**HERE, **where}
    )


def sent_in(browser, changes):
    """A form downloaded, filled in and sent in; the page of its changes."""
    assert upload(browser, filled(download(browser), changes)).status_code == 303
    return browser.get("workbooks.show_changes", **HERE)


def take(browser, page, *codes, **fields):
    form = {"upload": key_of(page), "take": list(codes), **fields}
    return browser.post("workbooks.take_changes", form, **HERE)


def key_of(page):
    return re.search(r'name="upload" value="(\w+)"', page.text)[1]


def counts(page):
    """Changed, changed on both sides, the same, faults."""
    found = re.search(r'<ul[^>]*id="counts">(.*?)</ul>', page.text, re.DOTALL)[1]
    return tuple(map(int, re.findall(r": (\d+)", found)))


def ticked(page):
    return re.findall(r'name="take" value="([^"]+)" checked', page.text)


def stored(demo, code="EM2.3"):
    with demo.app_context():
        assessment = _assessment()
        statement = loaders.questionnaire(assessment.round).statement(code)
        row = db.session.scalars(
            select(Answer).where(
                Answer.assessment_id == assessment.id, Answer.statement_id == statement.id
            )
        ).one_or_none()
        return row and (row.mark, row.text, row.remit_reason, row.number)


def _assessment(city="vinterhamra"):
    return db.session.scalars(
        select(Assessment)
        .join(Assessment.round)
        .join(Assessment.city)
        .where(Round.slug == "2026", City.slug == city)
    ).one()


def rows_in(demo, table):
    with demo.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def colleague_saves(demo, text, code="EM2.3"):
    browser = Browser(demo, CONTRIBUTOR)
    number = stored(demo, code)[3] if stored(demo, code) else 0
    answer = browser.patch(
        "assessments.save_answer", {"base": number, "fields": {"text": text}}, code=code, **HERE
    )
    assert answer.status_code == 200


def test_the_form_is_an_attachment_with_all_statements_and_answers(demo):
    answer = Browser(demo, LEAD).get("workbooks.download_sheet", **HERE)
    rows = cells_of(answer.data)["Answers"]

    assert answer.mimetype == XLSX
    assert 'filename="vinterhamra-2026.xlsx"' in answer.headers["Content-Disposition"]
    assert rows[0][:2] == ["statement", "base"]
    assert len(rows) == 2 + 54
    row = dict(zip(rows[0], next(row for row in rows if row[0] == "PM1.1"), strict=True))
    mark, text, reason, number = stored(demo, "PM1.1")
    assert (row["mark"][: len(mark) + 1], row["text"]) == (f"{mark}:", text)
    assert (row["remit_reason"], row["base"]) == (reason, str(number))


def test_the_form_lists_evidence_and_says_what_it_is(demo):
    cells = cells_of(download(Browser(demo, LEAD)))

    assert list(cells) == ["Answers", "How to fill in", "Evidence", "About", "Lists"]
    assert len(cells["Evidence"]) > 2
    assert {row[2]: row[1] for row in cells["About"]}.items() >= {
        "format": "1",
        "round": "2026",
        "city": "vinterhamra",
        "version": "1",
    }.items()


def test_the_same_answers_are_the_same_bytes(demo):
    browser = Browser(demo, LEAD)

    assert download(browser) == download(browser)


def test_a_form_that_nobody_changed_changes_nothing(demo):
    browser = Browser(demo, LEAD)
    upload(browser, download(browser))

    page = browser.get("workbooks.show_changes", **HERE)

    assert counts(page) == (0, 0, 54, 0)
    assert "There is nothing left to decide in this sheet." in words(page)


def test_each_change_is_shown_before_it_is_stored(demo):
    page = sent_in(
        Browser(demo, LEAD),
        {
            "EM2.3": {"mark": 2, "text": "=Seven & more.\nTwo <b>offices</b>."},
            "BU2.2": {"mark": "9"},
        },
    )

    assert counts(page) == (1, 0, 52, 1)
    assert "Before: No level yet After: Level 2: " in words(page)
    assert "added: =Seven & more. Two <b>offices</b>." in words(page)
    assert re.search(
        r'Answers!H\d+, column "How far is the city\?": "9" is no level of this statement\.',
        words(page),
    )
    assert ticked(page) == ["EM2.3"]
    assert stored(demo) is None


def test_differences_are_marked_word_by_word_and_said_aloud(demo):
    text = stored(demo, "PM1.1")[1]
    first, rest = text.split(" ", 1)

    page = sent_in(Browser(demo, LEAD), {"PM1.1": {"text": f"Nothing {rest}"}})

    gone, new = (
        re.search(
            rf'<{tag}><span class="govuk-visually-hidden">(.*?) </span>(.*?)</{tag}>', page.text
        )
        for tag in ("del", "ins")
    )
    assert (gone[1], unescape(gone[2])) == ("taken away:", first)
    assert new.groups() == ("added:", "Nothing")


def test_what_is_ticked_is_saved_and_the_rest_waits_unticked(demo):
    browser = Browser(demo, LEAD)
    page = sent_in(browser, {"EM2.3": {"mark": "2"}, "PM1.1": {"text": "Other."}})
    before = stored(demo, "PM1.1")

    answer = take(browser, page, "EM2.3")

    assert (answer.status_code, answer.location) == (303, "/rounds/2026/vinterhamra/sheet/changes")
    assert (stored(demo), stored(demo, "PM1.1")) == (("2", "", "", 1), before)
    after = browser.get("workbooks.show_changes", **HERE)
    assert "1 answer is saved. 53 of 54 statements are complete." in words(after)
    assert (counts(after)[0], ticked(after)) == (1, [])


def test_once_all_is_taken_the_sheet_is_gone_and_the_task_list_comes(demo):
    browser = Browser(demo, LEAD)
    page = sent_in(browser, {"EM2.3": {"mark": "2"}, "BU2.2": {"mark": "1", "text": "Begun."}})

    answer = take(browser, page, "EM2.3", "BU2.2")

    assert answer.location == "/rounds/2026/vinterhamra"
    assert "2 answers are saved. 54 of 54" in words(
        browser.get("assessments.show_assessment", **HERE)
    )
    assert rows_in(demo, SheetUpload) == 0
    assert browser.get("workbooks.show_changes", **HERE).location.endswith("/sheet")


def test_each_answer_has_one_entry_and_one_revision_in_the_name_of_who_took_it(demo):
    browser = Browser(demo, LEAD)
    page = sent_in(browser, {"EM2.3": {"mark": "2"}, "BU2.2": {"mark": "1"}})
    entries, revisions = rows_in(demo, Entry), rows_in(demo, Revision)

    take(browser, page, "EM2.3", "BU2.2")

    assert (rows_in(demo, Entry), rows_in(demo, Revision)) == (entries + 2, revisions + 2)
    with demo.app_context():
        last = db.session.scalars(select(Revision).order_by(Revision.id.desc()).limit(1)).one()
        assert last.by.email == LEAD


def test_a_repeated_request_changes_nothing_twice(demo):
    browser = Browser(demo, LEAD)
    page = sent_in(browser, {"EM2.3": {"mark": "2"}, "PM1.1": {"text": "Other."}})
    take(browser, page, "EM2.3")
    revisions = rows_in(demo, Revision)

    again = take(browser, page, "EM2.3")
    take(browser, page, "EM2.3", "PM1.1")
    last = take(browser, page, "EM2.3", "PM1.1")

    assert (again.status_code, last.status_code) == (303, 303)
    assert stored(demo)[3] == 1
    assert rows_in(demo, Revision) == revisions + 1


def test_what_was_decided_about_one_sheet_is_not_done_to_the_next(demo):
    browser = Browser(demo, LEAD)
    page = sent_in(browser, {"EM2.3": {"mark": "2"}})
    sent_in(browser, {"EM2.3": {"mark": "4"}})

    take(browser, page, "EM2.3")

    assert stored(demo) is None
    assert "another one was sent in" in words(browser.get("workbooks.show_changes", **HERE))


def test_a_sheet_can_be_set_aside_twice(demo):
    browser = Browser(demo, LEAD)
    sent_in(browser, {"EM2.3": {"mark": "2"}})

    answers = [browser.post("workbooks.set_aside", **HERE) for _ in range(2)]

    assert [one.location for one in answers] == ["/rounds/2026/vinterhamra/sheet"] * 2
    assert (stored(demo), rows_in(demo, SheetUpload)) == (None, 0)


def test_what_a_colleague_changed_meanwhile_is_shown_beside_and_not_overwritten(demo):
    browser = Browser(demo, LEAD)
    form = filled(download(browser), {"EM2.3": {"mark": "2", "text": "Mine."}})
    colleague_saves(demo, "Theirs.")
    upload(browser, form)
    page = browser.get("workbooks.show_changes", **HERE)

    assert counts(page) == (0, 1, 53, 0)
    assert "Stored now Theirs. In your sheet Mine." in words(page)

    ticked_only = take(browser, page, "EM2.3")

    assert ticked_only.status_code == 409
    assert stored(demo) == ("", "Theirs.", "", 1)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"choice-EM2.3": "theirs"}, ("", "Theirs.", "", 1)),
        ({"choice-EM2.3": "mine"}, ("2", "Mine.", "", 2)),
        ({"choice-EM2.3": "combined", "text-EM2.3": "Both."}, ("2", "Both.", "", 2)),
    ],
)
def test_a_clash_is_decided_one_way_or_the_other(demo, fields, expected):
    browser = Browser(demo, LEAD)
    form = filled(download(browser), {"EM2.3": {"mark": "2", "text": "Mine."}})
    colleague_saves(demo, "Theirs.")
    upload(browser, form)
    page = browser.get("workbooks.show_changes", **HERE)

    answer = take(browser, page, **{"seen-EM2.3": "1", **fields})

    assert answer.location == "/rounds/2026/vinterhamra"
    assert stored(demo) == expected


def test_a_change_in_this_very_moment_comes_back_as_a_clash_and_the_others_are_saved(demo):
    browser = Browser(demo, LEAD)
    page = sent_in(browser, {"EM2.3": {"text": "Mine."}, "BU2.2": {"mark": "1"}})
    colleague_saves(demo, "Theirs.")

    answer = take(browser, page, "EM2.3", "BU2.2")

    assert answer.status_code == 409
    assert "1 answer is saved. Not saved, look at it again: EM2.3." in words(answer)
    assert "Stored now Theirs. In your sheet Mine." in words(answer)
    assert (stored(demo)[1], stored(demo, "BU2.2")[0]) == ("Theirs.", "1")


def test_a_combined_text_that_cannot_be_stored_is_still_in_the_form(demo):
    browser = Browser(demo, LEAD)
    form = filled(download(browser), {"EM2.3": {"text": "Mine."}})
    colleague_saves(demo, "Theirs.")
    upload(browser, form)
    page = browser.get("workbooks.show_changes", **HERE)
    long = "Both. " * 2_000

    answer = take(
        browser,
        page,
        **{"choice-EM2.3": "combined", "seen-EM2.3": "1", "text-EM2.3": long},
    )

    assert answer.status_code == 422
    assert long in answer.text
    assert 'value="combined" checked' in answer.text
    assert "This text has 12000 characters; at most 10000 can be kept." in words(answer)
    assert stored(demo)[1] == "Theirs."


@pytest.mark.parametrize("seen", ["", "x", "-1", "９"])
def test_a_decision_that_does_not_say_what_it_saw_is_refused(demo, seen):
    browser = Browser(demo, LEAD)
    page = sent_in(browser, {"EM2.3": {"text": "Mine."}})

    answer = take(browser, page, **{"choice-EM2.3": "mine", "seen-EM2.3": seen})

    assert answer.status_code == 422
    assert stored(demo) is None


def test_two_people_who_take_the_same_row_at_once_do_not_overwrite_each_other(demo):
    people = [Browser(demo, LEAD), Browser(demo, CONTRIBUTOR)]
    pages = [
        sent_in(one, {"EM2.3": {"text": f"From {number}."}}) for number, one in enumerate(people)
    ]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda pair: take(*pair, "EM2.3"), zip(people, pages, strict=True)))

    assert sorted(one.status_code for one in answers) == [303, 409]
    winner = next(number for number, one in enumerate(answers) if one.status_code == 303)
    assert stored(demo) == ("", f"From {winner}.", "", 1)


def test_formulas_are_taken_for_what_they_show_and_failed_ones_for_a_fault(demo):
    page = sent_in(
        Browser(demo, LEAD),
        {
            "EM2.3": {"text": ('="Seven"&" offices"', "Seven offices"), "mark": ("=1+1", 2)},
            "PM1.1": {"text": ("=1/0", "#DIV/0!")},
        },
    )

    assert counts(page) == (1, 0, 52, 1)
    assert "added: Seven offices" in words(page)
    assert "After: Level 2" in words(page)
    assert "The formula in this cell came to nothing." in words(page)


def test_the_sheet_of_another_city_is_refused(demo):
    form = download(Browser(demo, "lead.eichmunde@example.org"), **ELSEWHERE)

    answer = upload(Browser(demo, LEAD), form)

    assert answer.status_code == 422
    assert "This sheet is of eichmunde, and this is vinterhamra." in words(answer)
    assert rows_in(demo, SheetUpload) == 0


def test_the_sheet_of_another_round_is_refused(demo):
    form = download(Browser(demo, LEAD), **EARLIER)

    answer = upload(Browser(demo, LEAD), form)

    assert "This sheet is of the round 2024, and this is the round 2026." in words(answer)


def test_the_sheet_of_an_earlier_version_is_refused_and_one_that_waits_is_void(demo):
    browser = Browser(demo, LEAD)
    form = filled(download(browser), {"EM2.3": {"mark": "2"}})
    upload(browser, form)
    with demo.app_context():
        _assessment().version = 2
        db.session.commit()

    answer = upload(browser, form)

    assert "made for version 1 of the assessment; the city works on version 2" in words(answer)
    assert browser.get("workbooks.show_changes", **HERE).status_code == 302


def test_a_sheet_that_waited_for_a_week_is_void(demo):
    browser = Browser(demo, LEAD)
    page = sent_in(browser, {"EM2.3": {"mark": "2"}})
    with demo.app_context():
        db.session.execute(update(SheetUpload).values(at=now() - timedelta(days=8)))
        db.session.commit()

    take(browser, page, "EM2.3")

    assert stored(demo) is None


def without(key):
    def edit(cells):
        place = cells["Answers"][0].index(key)
        for row in cells["Answers"]:
            del row[place]

    return edit


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (without("text"), "The sheet has lost these columns: What shows this?."),
        (without("base"), "The sheet has lost these columns: Number."),
        (without("statement"), "This is no sheet from here."),
        (lambda cells: cells["Answers"].pop(0), "This is no sheet from here."),
        (lambda cells: cells.pop("About"), "This is no sheet from here."),
        (lambda cells: cells.clear(), "This is no sheet from here."),
    ],
    ids=["text", "number", "code", "keys", "about", "all"],
)
def test_a_sheet_that_lost_its_structure_is_refused_in_words(demo, edit, said):
    browser = Browser(demo, LEAD)

    answer = upload(browser, edited(download(browser), edit))

    assert answer.status_code == 422
    assert said in words(answer)


def test_rows_may_be_sorted_columns_moved_and_sheets_renamed(demo):
    def edit(cells):
        rows = cells.pop("Answers")
        place, base = rows[0].index("text"), rows[0].index("base")
        for row in rows:
            row[place], row[base] = row[base], row[place]
        cells["Réponses"] = [*rows[:2], *reversed(rows[2:]), ["", "", ""]]

    browser = Browser(demo, LEAD)
    form = filled(download(browser), {"EM2.3": {"text": "Sorted."}})
    upload(browser, edited(form, edit))

    assert counts(browser.get("workbooks.show_changes", **HERE)) == (1, 0, 53, 0)


def test_a_row_that_is_gone_leaves_its_answer_as_it_is(demo):
    def edit(cells):
        rows = cells["Answers"]
        rows[:] = [row for row in rows if row[0] != "PM1.1"]

    browser = Browser(demo, LEAD)
    before = stored(demo, "PM1.1")
    upload(browser, edited(download(browser), edit))
    page = browser.get("workbooks.show_changes", **HERE)

    assert "1 statements have no row in this sheet." in words(page)
    assert stored(demo, "PM1.1") == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        b"PK\x03\x04broken",
        b"%PDF-1.7\n%%EOF\n",
        written({"A": [["x"]]}),
        with_parts(sheet=b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        with_parts(sheet=b" " * 30_000_000),
    ],
    ids=["empty", "text", "broken", "PDF", "another", "entities", "bomb"],
)
def test_what_is_no_form_is_refused_and_nothing_is_kept(demo, content):
    answer = upload(Browser(demo, LEAD), content)

    assert answer.status_code == 422
    assert "Error: The" in words(answer) or "Error: This" in words(answer)
    assert rows_in(demo, SheetUpload) == 0


def test_nothing_sent_is_asked_for(demo):
    answer = Browser(demo, LEAD).post("workbooks.upload_sheet", **HERE)

    assert answer.status_code == 422
    assert "Choose the file that you filled in." in words(answer)


def test_a_file_over_the_limit_is_refused(demo):
    answer = upload(Browser(demo, LEAD), b"PK\x03\x04" + b"0" * 400_000)

    assert answer.status_code == 413


def test_after_the_date_nothing_comes_in_and_the_form_still_goes_out(demo):
    browser = Browser(demo, LEAD)
    form = filled(download(browser), {"EM2.3": {"mark": "2"}})
    with demo.app_context():
        _assessment().round.answers_due = now() - timedelta(minutes=1)
        db.session.commit()

    assert upload(browser, form).status_code == 409
    assert "Answers cannot change now" in words(browser.get("workbooks.show_sheet", **HERE))
    assert len(cells_of(download(browser))["Answers"]) == 56


def test_the_signatory_takes_the_form_out_and_brings_nothing_in(demo):
    browser = Browser(demo, SIGNATORY)

    assert upload(browser, download(browser)).status_code == 403
    assert "Send in and compare" not in words(browser.get("workbooks.show_sheet", **HERE))


def test_a_sheet_that_waits_is_its_senders_alone(demo):
    sent_in(Browser(demo, LEAD), {"EM2.3": {"mark": "2"}})

    colleague = Browser(demo, CONTRIBUTOR)

    assert colleague.get("workbooks.show_changes", **HERE).status_code == 302
    assert "waits for your decision" not in words(colleague.get("workbooks.show_sheet", **HERE))


def test_a_locked_assessment_takes_no_sheet(demo):
    browser = Browser(demo, LEAD)
    page = sent_in(browser, {"EM2.3": {"mark": "2"}})
    with demo.app_context():
        _assessment().state = AssessmentState.LOCKED
        db.session.commit()

    assert take(browser, page, "EM2.3").status_code == 409
    assert stored(demo) is None


def test_whoever_sees_a_part_only_gets_that_part_and_brings_back_no_more(demo):
    whole = filled(
        download(Browser(demo, LEAD)), {"PM1.1": {"text": "Mine?"}, "EM2.3": {"mark": 2}}
    )
    with demo.app_context():
        user = db.session.scalars(select(User).where(User.email == CONTRIBUTOR)).one()
        db.session.execute(
            update(CityMembership)
            .where(CityMembership.user_id == user.id, CityMembership.role == CityRole.CONTRIBUTOR)
            .values(limited=True)
        )
        user.parts.clear()
        db.session.flush()
        user.parts.append(Part(assessment=_assessment(), code="EM2", due=now() + timedelta(days=9)))
        db.session.commit()
    browser = Browser(demo, CONTRIBUTOR)

    out = [row[0] for row in cells_of(download(browser))["Answers"][2:]]
    upload(browser, whole)
    page = browser.get("workbooks.show_changes", **HERE)
    take(browser, page, "EM2.3", "PM1.1")

    assert out
    assert {code[:4] for code in out} == {"EM2."}
    assert "There is no statement PM1.1 for you here." in words(page)
    assert stored(demo)[0] == "2"
    assert stored(demo, "PM1.1")[1] != "Mine?"
