"""The calibration case as people meet it: scored alone, submitted, compared; opened and closed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from markupsafe import escape
from sqlalchemy import event, select, update

from models import CalibrationCase, CalibrationReview, CalibrationScore, Entry, Round, User
from reviews import cases, rounds
from tests.browser import Browser, without_token, words
from tests.builders import an_instrument
from webapp.clock import now
from webapp.extensions import db

HERE = {"round_slug": "2026"}
NOT_BEGUN, NEARLY, HALF = "reviewer.clairvaumont", "reviewer.vilarmonde", "reviewer.puertalba"
SUBMITTED, OTHER = "reviewer.vinterhamra", "reviewer.roccamirna"
LEFT = ("BU2.2", "BU3.4")
"""The statements that one reviewer has not judged yet."""


def a_browser(demo, local: str) -> Browser:
    return Browser(demo, f"{local}@example.org")


def velmora() -> cases.Case:
    return cases.shipped()["charter-2010"]


def base_of(page) -> int:
    return int(re.search(r'name="base" value="([0-9]+)"', page.text).group(1))


def save(browser: Browser, code: str, base: int = 0, **fields: str):
    return browser.patch(
        "calibration.save_score", {"base": base, "fields": fields}, code=code, **HERE
    )


def finish(browser: Browser) -> None:
    for code in LEFT:
        assert save(browser, code, mark="2").status_code == 200
    assert browser.post("calibration.submit", **HERE).status_code == 303


def stored(demo, local: str) -> dict[str, str]:
    with demo.app_context():
        rows = (
            select(CalibrationScore.statement, CalibrationScore.mark)
            .join(CalibrationScore.review)
            .join(CalibrationReview.reviewer)
            .join(CalibrationReview.case)
            .join(CalibrationCase.round)
            .where(User.email == f"{local}@example.org", Round.slug == "2026")
        )
        return {statement: mark for statement, mark in db.session.execute(rows)}


def test_whoever_has_not_begun_finds_the_case_among_the_tasks(demo):
    browser = a_browser(demo, NOT_BEGUN)

    home = words(browser.get("home.show_home"))
    page = words(browser.get("calibration.show_case", **HERE))

    assert "Score the calibration case, Charter review 2026" in home
    assert "Not started" in home
    assert "0 of 12 statements are scored" in page
    assert "Velmora does not exist." in page
    assert [code for code in velmora().codes if code not in page] == []
    assert "PM1.2" not in page


def test_looking_stores_nothing(demo):
    browser = a_browser(demo, NOT_BEGUN)

    for endpoint in ("show_case", "show_submit"):
        assert browser.get(f"calibration.{endpoint}", **HERE).status_code == 200
    assert browser.get("calibration.show_score", code="PM1.1", **HERE).status_code == 200

    with demo.app_context():
        rows = select(CalibrationReview).join(CalibrationReview.reviewer)
        mine = rows.where(User.email == f"{NOT_BEGUN}@example.org").join(CalibrationReview.case)
        assert db.session.scalars(mine.where(CalibrationCase.closed_at.is_(None))).all() == []


def test_a_statement_shows_what_the_city_says_and_not_what_is_right(demo):
    page = a_browser(demo, NOT_BEGUN).get("calibration.show_score", code="SP1.4", **HERE)

    text, reference = words(page), velmora().references["SP1.4"]
    assert "Language courses in Velmora are a success" in text
    assert "People's College, annual report 2024 page 22, footnote 4" in text
    assert "Level 3: The figures are published each year" in text
    hidden = (reference.why, reference.not_higher, reference.not_lower, reference.lesson)
    assert [one for one in hidden if str(escape(one)) in page.text or one in page.text] == []
    assert "others" not in text


def test_a_form_is_saved_and_what_follows_is_offered(demo):
    browser = a_browser(demo, NOT_BEGUN)
    page = browser.get("calibration.show_score", code="PM1.1", **HERE)

    form = {"base": base_of(page), "mark": "3", "justification": "Four speeches."}
    answer = browser.post("calibration.write_score", form, code="PM1.1", **HERE)

    assert (answer.status_code, answer.location) == (
        303,
        "/rounds/2026/calibration/statements/PM1.1",
    )
    text = words(browser.get("calibration.show_score", code="PM1.1", **HERE))
    assert "1 of 12 statements are scored" in text
    assert "Next without a score: PM2.1" in text
    assert stored(demo, NOT_BEGUN) == {"PM1.1": "3"}
    assert "In progress" in words(browser.get("home.show_home"))


def test_the_script_of_a_page_saves_field_by_field(demo):
    browser = a_browser(demo, NOT_BEGUN)

    first = save(browser, "EM2.4", mark="cannot_judge")
    second = save(browser, "EM2.4", 1, justification="The tables are missing.")

    assert (first.status_code, first.json["number"]) == (200, 1)
    assert second.json["fields"] == {
        "mark": "cannot_judge",
        "justification": "The tables are missing.",
    }


def test_an_old_page_meets_a_newer_save_and_both_are_shown(demo):
    browser = a_browser(demo, NOT_BEGUN)
    save(browser, "PM1.1", justification="From the tablet.")

    form = {"base": 0, "mark": "2", "justification": "From the laptop."}
    page = browser.post("calibration.write_score", form, code="PM1.1", **HERE)

    text = words(page)
    assert page.status_code == 409
    assert "tablet" in text
    assert "laptop" in text
    assert stored(demo, NOT_BEGUN) == {"PM1.1": ""}


@pytest.mark.parametrize(
    ("mark", "justification", "says"),
    [
        ("7", "Kept words.", "Choose one of the levels of this statement."),
        ("not_our_competence", "Kept words.", "Choose one of the levels of this statement."),
        ("2", "Kept words." + "x" * 10_000, "at most 10000 can be kept"),
    ],
)
def test_what_cannot_be_kept_is_shown_again(demo, mark, justification, says):
    form = {"base": 0, "mark": mark, "justification": justification}

    page = a_browser(demo, NOT_BEGUN).post("calibration.write_score", form, code="PM1.1", **HERE)

    assert (page.status_code, says in words(page), "Kept words." in page.text) == (422, True, True)
    assert stored(demo, NOT_BEGUN) == {}


def test_a_save_needs_its_base_and_a_text_that_can_be_stored(demo):
    browser = a_browser(demo, NOT_BEGUN)

    without = browser.post("calibration.write_score", {"mark": "2"}, code="PM1.1", **HERE)
    broken = save(browser, "PM1.1", justification="a\0b")

    assert (without.status_code, broken.status_code) == (428, 422)


@pytest.mark.parametrize("method", ["get", "post", "patch"])
def test_statements_outside_the_case_do_not_exist_there(demo, method):
    browser = a_browser(demo, NOT_BEGUN)

    answer = {
        "get": lambda: browser.get("calibration.show_score", code="PM1.2", **HERE),
        "post": lambda: browser.post("calibration.write_score", code="PM1.2", **HERE),
        "patch": lambda: save(browser, "PM1.2", mark="2"),
    }[method]()

    assert answer.status_code == 404


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 * 7 }}"])
def test_a_justification_is_shown_as_text(demo, text):
    browser = a_browser(demo, NOT_BEGUN)
    save(browser, "PM1.1", justification=text)

    page = browser.get("calibration.show_score", code="PM1.1", **HERE)

    assert str(escape(text)) in page.text


def test_the_case_is_submitted_as_a_whole(demo):
    browser = a_browser(demo, NEARLY)

    page = browser.post("calibration.submit", **HERE)

    text = words(page)
    assert page.status_code == 422
    assert "These 2 of 12 statements have no score yet:" in text
    assert [code for code in velmora().codes if code in text] == list(LEFT)


def test_after_the_own_submission_come_the_panel_the_reference_and_its_reasons(demo):
    browser = a_browser(demo, NEARLY)
    before = browser.get("calibration.show_case", **HERE)

    finish(browser)

    page = browser.get("calibration.show_case", **HERE)
    text, reasons = words(page), velmora().references["PM2.1"]
    assert "My feedback on the calibration case" in text
    assert "The 9 others" in text
    assert "Of 9 others: Level" in text
    assert reasons.why in text
    assert reasons.why not in words(before)
    assert "12 statements are few: read this as a rough figure." in text
    one = words(browser.get("calibration.show_score", code="PM2.1", **HERE))
    assert reasons.lesson in one
    assert "Of 9 others: Level" in one
    assert "Feedback is there" in words(browser.get("home.show_home"))


def test_the_counts_of_the_panel_are_those_of_all_others(demo):
    browser = a_browser(demo, SUBMITTED)
    with demo.app_context():
        others = select(CalibrationScore.mark).join(CalibrationScore.review)
        others = others.join(CalibrationReview.reviewer).join(CalibrationReview.case)
        marks = db.session.scalars(
            others.where(
                CalibrationScore.statement == "BU3.4",
                CalibrationReview.submitted_at.is_not(None),
                CalibrationCase.closed_at.is_(None),
                User.email != f"{SUBMITTED}@example.org",
            )
        ).all()

    text = words(browser.get("calibration.show_score", code="BU3.4", **HERE))

    said = ", ".join(f"Level {mark} ({marks.count(mark)})" for mark in sorted(set(marks)))
    assert len(marks) == 8
    assert f"Of 8 others: {said}." in text


def test_of_fewer_than_three_others_only_the_reference_is_shown(demo):
    keep_submitted(demo, SUBMITTED, OTHER, "reviewer.anemopoli")

    page = a_browser(demo, SUBMITTED).get("calibration.show_case", **HERE)

    text = words(page)
    assert "What the others gave is shown once at least 3 of them have submitted" in text
    assert "too few yet" in text
    assert "Of 2 others" not in text
    assert velmora().references["PM2.1"].why in text


def test_what_is_submitted_never_changes_and_a_second_click_counts_once(demo):
    browser = a_browser(demo, SUBMITTED)
    before = stored(demo, SUBMITTED)
    number = 1

    form = {"base": number, "mark": "0"}
    written = browser.post("calibration.write_score", form, code="PM1.1", **HERE)
    saved = save(browser, "PM1.1", number, mark="0")
    again = browser.post("calibration.submit", **HERE)

    assert (written.status_code, saved.status_code) == (409, 409)
    assert (again.status_code, again.location) == (303, "/rounds/2026/calibration")
    assert stored(demo, SUBMITTED) == before
    form = browser.get("calibration.show_score", code="PM1.1", **HERE).text
    assert "<textarea" not in form


def keep_submitted(demo, *locals_: str) -> None:
    """By hand: of the case of 2026, nobody else has submitted."""
    with demo.app_context():
        kept = select(User.id).where(User.email.in_([f"{one}@example.org" for one in locals_]))
        case = select(CalibrationCase.id).join(CalibrationCase.round).where(Round.slug == "2026")
        db.session.execute(
            update(CalibrationReview)
            .where(CalibrationReview.case_id.in_(case), CalibrationReview.reviewer_id.not_in(kept))
            .values(submitted_at=None)
        )
        db.session.commit()


def pages(demo, local: str) -> dict[str, str]:
    """All that a person can read about the case, and the start page."""
    browser = a_browser(demo, local)
    addresses = ["/", "/rounds/2026/calibration", "/rounds/2026/calibration/submit"]
    addresses += [f"/rounds/2026/calibration/statements/{code}" for code in velmora().codes]
    addresses += ["/rounds/2026/calibration/results", "/rounds/2026"]
    return {one: _lasting(browser.get(one)) for one in addresses}


def _lasting(answer) -> str:
    return f"{answer.status} {re.sub('name=.key. value=.[^>]+', '', without_token(answer))}"


def test_a_mark_changes_nothing_for_anybody_who_has_not_submitted(demo):
    alone = [NOT_BEGUN, NEARLY, HALF, "coordinator", "lead.vinterhamra", "lead.roccamirna"]
    before = {local: pages(demo, local) for local in [*alone, SUBMITTED, OTHER]}

    with demo.app_context():
        other = select(CalibrationReview.id).join(CalibrationReview.reviewer)
        other = other.where(User.email == f"{OTHER}@example.org")
        db.session.execute(
            update(CalibrationScore)
            .where(CalibrationScore.review_id.in_(other), CalibrationScore.statement == "PM1.1")
            .values(mark="cannot_judge", justification="Another one.")
        )
        db.session.commit()

    after = {local: pages(demo, local) for local in before}
    assert {local for local in after if after[local] != before[local]} == {SUBMITTED, OTHER}


def test_how_many_have_submitted_is_not_to_be_seen_before_the_own_submission(demo):
    alone = [NOT_BEGUN, NEARLY, HALF, "lead.vinterhamra"]
    before = {local: pages(demo, local) for local in [*alone, "coordinator"]}

    keep_submitted(demo, SUBMITTED)

    after = {local: pages(demo, local) for local in before}
    assert {local for local in after if after[local] != before[local]} == {"coordinator"}


def test_coordinators_see_how_many_and_not_who_gave_what_while_the_case_runs(demo):
    browser = a_browser(demo, "coordinator")

    page = browser.get("calibration.show_results", **HERE)

    text = words(page)
    assert "9 of 12 reviewers have submitted" in text
    assert "2 have begun and not submitted." in text
    assert "Amira Haddad" not in text
    assert "alpha" not in text
    assert "/rounds/2026/calibration/results" in browser.get("rounds.show_round", **HERE).text


def test_once_closed_the_results_are_there_by_name_and_nobody_scores_any_more(demo):
    coordinator, late = a_browser(demo, "coordinator"), a_browser(demo, NEARLY)

    answers = [coordinator.post("calibration.close_case", **HERE) for _ in range(2)]

    assert [(one.status_code, one.location) for one in answers] == [
        (303, "/rounds/2026/calibration/results")
    ] * 2
    text = words(coordinator.get("calibration.show_results", **HERE))
    assert "Each reviewer beside the reference and the others" in text
    assert "Amira Haddad" in text
    assert "Beatriz Salgado" not in text
    assert re.search(r"Krippendorff's alpha, ordinal: 0\.\d\d \(95 % interval 0\.", text)
    assert "12 statements are few: all figures on this page are rough." in text
    assert save(late, LEFT[0], mark="2").status_code == 409
    assert late.post("calibration.submit", **HERE).status_code == 409
    closed = words(late.get("calibration.show_case", **HERE))
    assert "The case is closed: it takes no more scores." in closed
    assert "Score the calibration case" not in words(late.get("home.show_home"))
    done = words(a_browser(demo, SUBMITTED).get("calibration.show_case", **HERE))
    assert "My feedback on the calibration case" in done
    with demo.app_context():
        closings = select(Entry.facts).where(Entry.action == "calibration:close")
        assert db.session.scalars(closings).all() == [{}, {}]  # of 2024, and this one


def test_the_case_of_the_closed_round_is_still_read(demo):
    earlier = {"round_slug": "2024"}

    results = words(a_browser(demo, "coordinator").get("calibration.show_results", **earlier))
    own = words(a_browser(demo, NOT_BEGUN).get("calibration.show_case", **earlier))

    assert "12 of 12 reviewers have submitted" in results
    assert "Close the case" not in results
    assert "The 11 others" in own


def a_prepared_round(demo, instrument=None) -> dict[str, str]:
    with demo.app_context():
        like = db.session.scalars(select(Round).where(Round.slug == "2026")).one()
        by = db.session.scalars(select(User).filter_by(email="coordinator@example.org")).one()
        if instrument is not None:
            db.session.add(instrument)
            db.session.flush()
        created = rounds.create(
            slug="2027",
            title="Charter review 2027",
            instrument=instrument or like.instrument,
            answers_due=now() + timedelta(days=50),
            reviews_due=now() + timedelta(days=90),
            minimum_reviewers=2,
            by=by,
            now=now(),
        )
        db.session.add(created)
        db.session.commit()
    return {"round_slug": "2027"}


def test_a_coordinator_opens_the_case_of_a_round_that_is_being_prepared(demo):
    there = a_prepared_round(demo)
    coordinator, reviewer = a_browser(demo, "coordinator"), a_browser(demo, SUBMITTED)
    unopened = words(coordinator.get("calibration.show_results", **there))
    hidden = reviewer.get("calibration.show_case", **there)

    answers = [coordinator.post("calibration.open_case", **there) for _ in range(2)]

    assert "Calibration case: the city of Velmora, 12 statements" in unopened
    assert hidden.status_code == 404
    assert [one.status_code for one in answers] == [303, 303]
    text = words(coordinator.get("calibration.show_results", **there))
    assert "0 of 12 reviewers have submitted" in text
    assert reviewer.get("calibration.show_case", **there).status_code == 200
    home = words(reviewer.get("home.show_home"))
    assert "Score the calibration case, Charter review 2027" in home


def test_a_questionnaire_without_a_case_says_so(demo):
    there = a_prepared_round(demo, an_instrument())
    coordinator = a_browser(demo, "coordinator")

    page = coordinator.get("calibration.show_results", **there)
    refused = coordinator.post("calibration.open_case", **there)

    says = "There is no calibration case for the questionnaire of this round."
    assert (page.status_code, refused.status_code) == (200, 422)
    assert says in words(page)
    assert says in words(refused)
    closing = coordinator.post("calibration.close_case", **there)
    assert closing.status_code == 404


def test_a_case_that_nobody_submitted_has_no_results(demo):
    keep_submitted(demo)
    coordinator = a_browser(demo, "coordinator")
    coordinator.post("calibration.close_case", **HERE)

    text = words(coordinator.get("calibration.show_results", **HERE))

    assert "Nobody submitted the case." in text


def test_one_view_alone_shows_no_agreement(demo):
    keep_submitted(demo, SUBMITTED)
    coordinator = a_browser(demo, "coordinator")
    coordinator.post("calibration.close_case", **HERE)

    text = words(coordinator.get("calibration.show_results", **HERE))

    assert "Too few marks to say how far the reviewers agree." in text
    assert "Amira Haddad" in text
    assert "nothing to compare" in text


def test_a_case_whose_text_has_changed_says_so(demo):
    with demo.app_context():
        db.session.execute(update(CalibrationCase).values(sha256="0" * 64))
        db.session.commit()

    page = a_browser(demo, "coordinator").get("calibration.show_results", **HERE)

    assert "The text of this case has changed since it was opened" in words(page)


@pytest.mark.parametrize(
    ("local", "address", "closing"),
    [
        ("coordinator", "/rounds/2026/calibration/results", True),
        (SUBMITTED, "/rounds/2026/calibration", False),
        (SUBMITTED, "/", False),
    ],
)
def test_a_page_costs_the_same_queries_for_few_views_and_for_many(demo, local, address, closing):
    browser = a_browser(demo, local)
    if closing:
        browser.post("calibration.close_case", **HERE)
    browser.get(address)

    many = cost(demo, browser, address)
    keep_submitted(demo, SUBMITTED)
    few = cost(demo, browser, address)

    assert few == many


def cost(demo, browser: Browser, address: str) -> int:
    asked: list[str] = []

    def note(connection, cursor, statement, *rest):
        asked.append(statement)

    with demo.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert browser.get(address).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)
