"""The Excel round trip of a review as its reviewer meets it, and what it must never show."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import func, select, update

from models import Assignment, City, Entry, Round, Score, SheetUpload, User
from tests.browser import Browser, words
from tests.workbooks import cells_of, filled
from webapp import loaders
from webapp.extensions import db

ANA, BEA, DONE = "brzozogrod", "anemopoli", "eichmunde"
"""Two of the team of Vilarmonde who are still reviewing and one who is not, by their cities."""

CITY = {"round_slug": "2026", "city_slug": "vilarmonde"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def reviewer(home):
    return f"reviewer.{home}@example.org"


def assignment(home, city="vilarmonde"):
    return db.session.scalars(
        select(Assignment)
        .join(Assignment.reviewer)
        .join(Assignment.assessment)
        .join(City)
        .join(Round)
        .where(User.email == reviewer(home), City.slug == city, Round.slug == "2026")
    ).one()


def review(demo, home, city="vilarmonde"):
    with demo.app_context():
        return {"assignment_id": assignment(home, city).id}


def stored(demo, home, code="PM1.1"):
    with demo.app_context():
        one = assignment(home)
        statement = loaders.questionnaire(one.assessment.round).statement(code)
        row = db.session.scalars(
            select(Score).where(Score.assignment_id == one.id, Score.statement_id == statement.id)
        ).one_or_none()
        return row and (*(getattr(row, name) for name in Score.FIELDS), row.number)


def emptied(demo, home):
    """A reviewer who has no score yet, whatever the demonstration gave them."""
    with demo.app_context():
        one = assignment(home)
        db.session.execute(
            update(Score)
            .where(Score.assignment_id == one.id)
            .values(dict.fromkeys(Score.FIELDS, ""))
        )
        db.session.commit()


def blind(demo):
    with demo.app_context():
        db.session.execute(update(Round).where(Round.slug == "2026").values(blind=True))
        db.session.commit()


def download(demo, home):
    return Browser(demo, reviewer(home)).get(
        "review_workbooks.download_sheet", **review(demo, home)
    )


def table(content):
    """The lines of the form by code, each by the keys of its columns."""
    rows = cells_of(content)["Scores"]
    return {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[2:]}


def upload(browser, content, here):
    form = {"file": (io.BytesIO(content), "review.xlsx")}
    return browser.post("review_workbooks.upload_sheet", form, **here)


def sent_in(demo, home, changes):
    """A form downloaded, filled in and sent in: the browser, and the page of its changes."""
    browser, here = Browser(demo, reviewer(home)), review(demo, home)
    form = filled(download(demo, home).data, changes, "Scores")
    assert upload(browser, form, here).status_code == 303
    return browser, browser.get("review_workbooks.show_changes", **here)


def take(demo, home, browser, page, *codes, **fields):
    key = re.search(r'name="upload" value="(\w+)"', page.text)[1]
    form = {"upload": key, "take": list(codes), **fields}
    return browser.post("review_workbooks.take_changes", form, **review(demo, home))


def counts(page):
    found = re.search(r'<ul[^>]*id="counts">(.*?)</ul>', page.text, re.DOTALL)[1]
    return tuple(map(int, re.findall(r": (\d+)", found)))


def test_the_form_holds_what_the_city_signed_and_the_own_scores(demo):
    answer = download(demo, ANA)

    assert answer.mimetype == XLSX
    disposition = answer.headers["Content-Disposition"]
    assert 'filename="review-vilarmonde-2026.xlsx"' in disposition
    cells = cells_of(answer.data)
    assert list(cells) == ["Scores", "How to fill in", "About", "Lists"]
    assert cells["Scores"][0] == [
        *("statement", "base", "commitment", "asked", "city_level", "city_text", "levels"),
        *Score.FIELDS,
    ]
    assert len(cells["Scores"]) == 2 + 54
    here = table(answer.data)
    page = Browser(demo, reviewer(ANA)).get(
        "reviewing.show_score", code="PM1.1", **review(demo, ANA)
    )
    level, _, text = here["PM1.1"]["city_level"].partition(": ")
    assert f"{level}: {text}" in words(page)
    assert here["PM1.1"]["city_text"] in words(page)
    assert stored(demo, ANA)[0] == here["PM1.1"]["mark"].partition(":")[0]
    assert here["PM1.1"]["base"] == str(stored(demo, ANA)[-1])


def test_the_same_scores_are_the_same_bytes(demo):
    assert download(demo, ANA).data == download(demo, ANA).data


def test_levels_and_confidence_are_offered_as_lists(demo):
    lists = [row for row in cells_of(download(demo, ANA).data)["Lists"] if row[0]]

    sure = ["Not very sure", "Fairly sure", "Very sure"]
    assert [[cell for cell in row if cell] for row in lists].count(sure) == 1
    levels = [[cell for cell in row if cell] for row in lists if row[0].startswith("0: ")]
    assert len(levels) > 10
    assert all(row[-1] == "Cannot judge" for row in levels)
    remit = [row for row in levels if "Not the city's competence" in row]
    assert 0 < len(remit) < len(levels)


def test_in_a_blind_round_the_citys_level_is_there_only_beside_an_own_one(demo):
    blind(demo)
    emptied(demo, ANA)
    with demo.app_context():
        one = assignment(ANA)
        statement = loaders.questionnaire(one.assessment.round).statement("PM1.1")
        db.session.execute(
            update(Score)
            .where(Score.assignment_id == one.id, Score.statement_id == statement.id)
            .values(mark="1")
        )
        db.session.commit()

    lines = table(download(demo, ANA).data)

    assert lines["PM1.1"]["city_level"].startswith("Level ")
    others = {row["city_level"] for code, row in lines.items() if code != "PM1.1"}
    assert others == {"Give your own level first"}
    assert lines["PM1.2"]["city_text"]


def test_nothing_of_a_colleagues_scores_is_in_the_form(demo):
    """The form of one reviewer is the same, byte for byte, whatever another one writes."""
    before = download(demo, BEA).data
    with demo.app_context():
        one = assignment(ANA)
        db.session.execute(
            update(Score)
            .where(Score.assignment_id == one.id)
            .values(mark="0", justification="secretword")
        )
        db.session.commit()

    assert download(demo, BEA).data == before


def test_a_form_that_nobody_changed_changes_nothing(demo):
    _, page = sent_in(demo, ANA, {})

    assert counts(page) == (0, 0, 54, 0)
    assert "There is nothing left to decide in this sheet." in words(page)


def test_each_change_is_shown_before_it_is_stored_and_all_or_some_are_taken(demo):
    emptied(demo, ANA)
    before = stored(demo, ANA, "PM1.2")
    browser, page = sent_in(
        demo,
        ANA,
        {
            "PM1.1": {
                "mark": 2,
                "justification": "=Seven & <b>more</b>.",
                "confidence": "Very sure",
            },
            "PM1.2": {"mark": "Cannot judge", "visit_mark": "1"},
            "EM1.1": {"mark": "9"},
        },
    )
    assert counts(page) == (2, 0, 51, 1)
    said = words(page)
    assert "Before: No level yet After: Level 2: " in said
    assert "added: =Seven & <b>more</b>." in said
    assert "Before: Not said After: Very sure" in said
    assert re.search(r'Scores!H\d+, column "My level, from the desk": "9" is no level', said)

    answer = take(demo, ANA, browser, page, "PM1.1")

    here = review(demo, ANA)
    assert answer.location == f"/reviews/{here['assignment_id']}/sheet/changes"
    assert stored(demo, ANA)[:5] == ("2", "=Seven & <b>more</b>.", "", "", "high")
    assert stored(demo, ANA, "PM1.2") == before
    after = browser.get("review_workbooks.show_changes", **here)
    assert "1 score is saved. 1 of 54 statements are scored." in words(after)
    take(demo, ANA, browser, after, "PM1.2")
    assert stored(demo, ANA, "PM1.2")[:3] == ("cannot_judge", "", "1")


def test_once_all_is_taken_the_sheet_is_gone_and_the_review_comes(demo):
    emptied(demo, ANA)
    browser, page = sent_in(demo, ANA, {"PM1.1": {"mark": "2"}})

    answer = take(demo, ANA, browser, page, "PM1.1")

    assert answer.location == f"/reviews/{review(demo, ANA)['assignment_id']}"
    with demo.app_context():
        assert db.session.scalar(select(func.count()).select_from(SheetUpload)) == 0
        last = db.session.scalars(select(Entry).order_by(Entry.sequence.desc())).first()
        assert (last.action, set(last.facts)) == ("score:write", {"assignment", "statement"})


@pytest.mark.parametrize(
    ("fields", "mark"),
    [({}, "1"), ({"choice-PM1.1": "theirs"}, "1"), ({"choice-PM1.1": "mine"}, "2")],
)
def test_what_was_changed_on_the_pages_meanwhile_is_decided_and_not_overwritten(demo, fields, mark):
    browser, here = Browser(demo, reviewer(ANA)), review(demo, ANA)

    def save(mark):
        body = {"base": stored(demo, ANA)[-1], "fields": {"mark": mark}}
        assert browser.patch("reviewing.save_score", body, code="PM1.1", **here).status_code == 200

    save("0")
    form = filled(download(demo, ANA).data, {"PM1.1": {"mark": "2"}}, "Scores")
    save("1")
    number = stored(demo, ANA)[-1]
    upload(browser, form, here)
    page = browser.get("review_workbooks.show_changes", **here)
    assert counts(page)[:2] == (0, 1)

    answer = take(demo, ANA, browser, page, "PM1.1", **{"seen-PM1.1": number, **fields})

    assert answer.status_code == (303 if fields else 409)
    assert stored(demo, ANA)[0] == mark


def test_the_sheet_of_a_colleague_is_refused(demo):
    answer = upload(Browser(demo, reviewer(ANA)), download(demo, BEA).data, review(demo, ANA))

    assert answer.status_code == 422
    assert "This sheet is of another review, of vilarmonde in the round 2026." in words(answer)


def test_the_sheet_of_a_city_is_no_sheet_of_a_review(demo):
    city = Browser(demo, "lead.vilarmonde@example.org").get("workbooks.download_sheet", **CITY)

    answer = upload(Browser(demo, reviewer(ANA)), city.data, review(demo, ANA))

    assert answer.status_code == 422
    assert "The sheet has lost these columns" in words(answer)


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04" + b"x" * 100])
def test_what_is_no_workbook_is_refused(demo, content):
    answer = upload(Browser(demo, reviewer(ANA)), content, review(demo, ANA))

    assert answer.status_code == 422


def test_a_sheet_can_be_set_aside_twice(demo):
    emptied(demo, ANA)
    browser, _ = sent_in(demo, ANA, {"PM1.1": {"mark": "2"}})
    here = review(demo, ANA)

    answers = [browser.post("review_workbooks.set_aside", **here) for _ in range(2)]

    assert [one.location for one in answers] == [f"/reviews/{here['assignment_id']}/sheet"] * 2
    assert browser.get("review_workbooks.show_changes", **here).status_code == 302


def test_a_submitted_review_is_downloaded_and_takes_no_sheet(demo):
    browser, here = Browser(demo, reviewer(DONE)), review(demo, DONE)

    page = browser.get("review_workbooks.show_sheet", **here)

    assert "Scores cannot change now" in words(page)
    assert len(table(download(demo, DONE).data)) == 54
    assert upload(browser, download(demo, DONE).data, here).status_code == 403


def test_a_waiting_sheet_of_one_reviewer_is_not_the_others(demo):
    emptied(demo, ANA)
    sent_in(demo, ANA, {"PM1.1": {"mark": "2", "justification": "secretword"}})
    browser, here = Browser(demo, reviewer(BEA)), review(demo, BEA)

    page = browser.get("review_workbooks.show_sheet", **here)

    assert "A sheet waits" not in words(page)
    assert browser.get("review_workbooks.show_changes", **here).status_code == 302
    theirs = browser.get("review_workbooks.show_changes", **review(demo, ANA))
    assert theirs.status_code == 404
