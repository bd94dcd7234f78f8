"""Questions to the city as people meet them: asked, answered, taken back, by nobody knows whom."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from markupsafe import escape
from sqlalchemy import event, select, update

from models import (
    Assessment,
    AssessmentState,
    Assignment,
    AssignmentState,
    City,
    CityMembership,
    Entry,
    Letter,
    Question,
    Round,
    User,
)
from tests.browser import Browser, without_token, words
from webapp import loaders
from webapp.clock import now
from webapp.days import day_of
from webapp.extensions import db

HERE = {"round_slug": "2026", "city_slug": "vilarmonde"}
ANA, BEA = "brzozogrod", "anemopoli"
"""Two of the team of Vilarmonde who are still reviewing, by the cities they come from."""

DONE = "eichmunde"
LEAD, CONTRIBUTOR = "lead.vilarmonde@example.org", "contributor.vilarmonde@example.org"
SIGNATORY, OFFICE = "signatory.vilarmonde@example.org", "coordinator@example.org"
TEXT = "How many desks are open in the evening?"
NUMBERS = iter(range(10**6))


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


def ask(demo, home, text=TEXT, code="PM1.1", **rest):
    form = {"question": text, "key": f"{next(NUMBERS):032x}", **rest}
    return Browser(demo, reviewer(home)).post(
        "questions.ask", form, code=code, **review(demo, home)
    )


def keys(demo):
    with demo.app_context():
        return list(db.session.scalars(select(Question.key).order_by(Question.id)))


def answer(browser, key, text="Seven.", base="0"):
    form = {"question": key, "answer": text, "base": base}
    return browser.post("questions.answer_question", form, **HERE)


def stored(demo):
    with demo.app_context():
        rows = select(Question.text, Question.answer, Question.number).order_by(Question.id)
        return [tuple(row) for row in db.session.execute(rows)]


def letters(demo, kind):
    with demo.app_context():
        rows = select(Letter.to).where(Letter.kind == kind).order_by(Letter.id)
        return list(db.session.scalars(rows))


def put_there(demo, count, home=ANA, city="vilarmonde", code="PM1.1"):
    """Questions in a city of any phase, as they were asked while it was under review."""
    with demo.app_context():
        one = assignment(home, city)
        statement = loaders.questionnaire(one.assessment.round).statement(code)
        for _ in range(count):
            number = next(NUMBERS)
            db.session.add(
                Question(
                    assignment=one,
                    statement_id=statement.id,
                    key=f"{number:032x}",
                    text=f"Asked word{number}?",
                    asked_at=now(),
                    due=now(),
                )
            )
        db.session.commit()


def test_a_question_is_read_by_the_city_as_the_teams_with_the_day_it_is_due(demo):
    answered = ask(demo, ANA)

    assert (answered.status_code, answered.location.rpartition("/reviews/")[2]) == (
        303,
        f"{review(demo, ANA)['assignment_id']}/statements/PM1.1#questions",
    )
    for email in (LEAD, CONTRIBUTOR, SIGNATORY):
        browser = Browser(demo, email)
        page = browser.get("questions.show_questions", **HERE)
        said = words(page)
        assert "Waiting for an answer (1)" in said
        assert f"{TEXT} Answer due" in said
        assert "7 days left Open" in said
        tasks = words(browser.get("assessments.show_assessment", **HERE))
        assert "Questions of the review team: 1 open, 1 in all" in tasks
        statement = words(browser.get("assessments.show_answer", code="PM1.1", **HERE))
        assert f"Questions of the review team {TEXT}" in statement
    with demo.app_context():
        due = db.session.scalars(select(Question.due)).one()
        assert day_of(due) == day_of(now()) + timedelta(days=7)
        assert day_of(due + timedelta(seconds=1)) == day_of(due) + timedelta(days=1)


def test_what_the_city_gets_is_the_same_whoever_asked(demo):
    """Two worlds that differ in who asked only: byte for byte the same pages."""
    pages = []
    for home in (ANA, BEA):
        ask(demo, home, key="a" * 32)
        browser = Browser(demo, LEAD)
        answers = [
            browser.get("questions.show_questions", **HERE),
            browser.get("assessments.show_answer", code="PM1.1", **HERE),
            browser.get("assessments.show_assessment", **HERE),
        ]
        # The key of each request is fresh.
        pages.append([re.sub(r'name="key" value="\w+"', "", without_token(one)) for one in answers])
        with demo.app_context():
            db.session.execute(Question.__table__.delete())
            db.session.commit()

    assert pages[0] == pages[1]
    assert TEXT in pages[0][0]


def test_the_order_says_nothing_about_who_asked_first(demo):
    ask(demo, BEA, "Second by its key?", key="f" * 32)
    ask(demo, ANA, "First by its key?", key="1" * 32)
    ask(demo, BEA, "Of a later statement?", code="EM1.1", key="0" * 32)

    page = words(Browser(demo, LEAD).get("questions.show_questions", **HERE))

    places = [
        page.index(one)
        for one in ("First by its key?", "Second by its key?", "Of a later statement?")
    ]
    assert places == sorted(places)


def test_a_reviewer_learns_nothing_of_a_colleagues_questions_and_answers(demo):
    """The pages of a colleague are the same before and after, byte for byte."""

    def pages(home):
        browser, here = Browser(demo, reviewer(home)), review(demo, home)
        answers = [
            browser.get("home.show_home"),
            browser.get("reviewing.show_review", **here),
            browser.get("questions.show_own_questions", **here),
            *([] if home == DONE else [browser.get("reviewing.show_score", code="PM1.1", **here)]),
            browser.get("questions.show_statement_questions", code="PM1.1", **here),
        ]
        return [re.sub(r'name="key" value="\w+"', "", without_token(one)) for one in answers]

    before = {home: pages(home) for home in (BEA, DONE)}
    ask(demo, ANA)
    answer(Browser(demo, LEAD), keys(demo)[0], "Seven, says the secretword.")

    assert {home: pages(home) for home in (BEA, DONE)} == before
    office = Browser(demo, OFFICE)
    assert office.get("questions.show_questions", **HERE).status_code == 403
    assert office.get("questions.show_team_questions", **HERE).status_code == 409


def test_the_answer_comes_to_who_asked_by_mail_and_on_the_page(demo):
    ask(demo, ANA)
    city = Browser(demo, CONTRIBUTOR)

    answered = answer(city, keys(demo)[0], "Seven, from six on.")

    assert (answered.status_code, answered.location) == (303, "/rounds/2026/vilarmonde/questions")
    assert letters(demo, "answer") == [reviewer(ANA)]
    with demo.app_context():
        name = db.session.scalars(select(User.name).where(User.email == CONTRIBUTOR)).one()
    browser, here = Browser(demo, reviewer(ANA)), review(demo, ANA)
    for page in (
        browser.get("questions.show_own_questions", **here),
        browser.get("questions.show_statement_questions", code="PM1.1", **here),
        browser.get("reviewing.show_score", code="PM1.1", **here),
    ):
        said = words(page)
        assert "Answered Seven, from six on. Answered" in said
        assert "Changed" not in said
        assert name not in said
    assert "Answered (1)" in words(city.get("questions.show_questions", **HERE))


def test_a_changed_answer_is_shown_as_changed_and_mailed_once(demo):
    ask(demo, ANA)
    city, key = Browser(demo, LEAD), keys(demo)[0]
    answer(city, key, "Seven.")

    answer(city, key, "Eight.", base="1")

    assert stored(demo) == [(TEXT, "Eight.", 2)]
    said = words(
        Browser(demo, reviewer(ANA)).get("questions.show_own_questions", **review(demo, ANA))
    )
    assert re.search(r"Eight\. Answered [^()]+\(Brussels\) Changed ", said)
    assert letters(demo, "answer") == [reviewer(ANA)]


def test_two_colleagues_who_answer_at_once_see_both_texts(demo):
    ask(demo, ANA)
    key = keys(demo)[0]
    answer(Browser(demo, LEAD), key, "Theirs.")

    page = answer(Browser(demo, CONTRIBUTOR), key, "Mine.", base="0")

    assert page.status_code == 409
    assert "Stored now Theirs. Yours Mine." in words(page)
    assert f'id="answer-{key}"' in page.text
    assert 'name="base" value="1"' in page.text
    assert stored(demo) == [(TEXT, "Theirs.", 1)]
    again = answer(Browser(demo, CONTRIBUTOR), key, "Both.", base="1")
    assert (again.status_code, stored(demo)) == (303, [(TEXT, "Both.", 2)])


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "Write your answer first."), ("x" * 10_001, "at most 10000 can be kept")],
)
def test_an_answer_that_cannot_be_kept_is_shown_again(demo, text, says):
    ask(demo, ANA)

    page = answer(Browser(demo, LEAD), keys(demo)[0], text)

    assert (page.status_code, says in words(page), text in page.text) == (422, True, True)
    assert stored(demo) == [(TEXT, "", 0)]


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "Write your question first."), ("x" * 10_001, "at most 10000 can be kept")],
)
def test_a_question_that_cannot_be_kept_is_shown_again(demo, text, says):
    page = ask(demo, ANA, text)

    assert (page.status_code, says in words(page), text in page.text) == (422, True, True)
    assert stored(demo) == []


@pytest.mark.parametrize("base", ["x", "-1", "٣", "99999999999"])
def test_a_base_that_is_no_number_is_refused(demo, base):
    ask(demo, ANA)

    assert answer(Browser(demo, LEAD), keys(demo)[0], base=base).status_code == 422
    assert stored(demo) == [(TEXT, "", 0)]


def test_an_answer_without_a_base_is_refused(demo):
    ask(demo, ANA)
    form = {"question": keys(demo)[0], "answer": "Seven."}

    assert Browser(demo, LEAD).post("questions.answer_question", form, **HERE).status_code == 428
    assert stored(demo) == [(TEXT, "", 0)]


@pytest.mark.parametrize("key", ["", "x", "a\0b", "f" * 32, "0" * 31])
def test_a_key_that_names_no_question_is_refused_everywhere(demo, key):
    ask(demo, ANA)
    own = Browser(demo, reviewer(ANA))

    answers = [
        answer(Browser(demo, LEAD), key),
        own.post("questions.withdraw", {"question": key}, **review(demo, ANA)),
    ]

    assert [one.status_code for one in answers] == [422, 422]
    assert stored(demo) == [(TEXT, "", 0)]


def test_the_second_click_asks_nothing_more(demo):
    answers = [ask(demo, ANA, key="c" * 32) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert stored(demo) == [(TEXT, "", 0)]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "<b>bold</b>"])
def test_questions_and_answers_are_shown_as_text(demo, text):
    ask(demo, ANA, f"{text}?")
    answer(Browser(demo, LEAD), keys(demo)[0], f"{text}!")

    for page in (
        Browser(demo, LEAD).get("questions.show_questions", **HERE),
        Browser(demo, reviewer(ANA)).get("questions.show_own_questions", **review(demo, ANA)),
    ):
        assert f"{escape(text)}?" in page.text
        assert f"{escape(text)}!" in page.text


def test_an_own_question_is_taken_back_and_is_gone_for_the_city_with_its_letters(demo):
    ask(demo, ANA)
    assert letters(demo, "questions") == [LEAD]
    browser, here = Browser(demo, reviewer(ANA)), review(demo, ANA)

    for _ in range(2):
        taken = browser.post("questions.withdraw", {"question": keys(demo)[0]}, **here)
        assert taken.status_code == 303

    assert letters(demo, "questions") == []
    for page in (
        Browser(demo, LEAD).get("questions.show_questions", **HERE),
        Browser(demo, LEAD).get("assessments.show_answer", code="PM1.1", **HERE),
        browser.get("questions.show_own_questions", **here),
    ):
        assert TEXT not in page.text
    assert answer(Browser(demo, LEAD), keys(demo)[0]).status_code == 422


def test_neither_an_answered_question_nor_a_colleagues_is_taken_back(demo):
    ask(demo, ANA)
    key = keys(demo)[0]

    other = Browser(demo, reviewer(BEA)).post(
        "questions.withdraw", {"question": key}, **review(demo, BEA)
    )
    answer(Browser(demo, LEAD), key)
    late = Browser(demo, reviewer(ANA)).post(
        "questions.withdraw", {"question": key}, **review(demo, ANA)
    )

    assert (other.status_code, late.status_code) == (422, 409)
    assert stored(demo) == [(TEXT, "Seven.", 1)]


def test_the_leads_get_one_letter_however_many_questions_wait_and_it_says_nothing(demo):
    ask(demo, ANA, "Secretword?")
    ask(demo, BEA)

    sent = demo.test_cli_runner().invoke(args=["letters", "send"])

    assert sent.exit_code == 0, sent.output
    assert letters(demo, "questions") == [LEAD]
    assert f"To: {LEAD}\nSubject: A question to Vilarmonde from the review team\n" in sent.output
    assert "/rounds/2026/vilarmonde/questions\n" in sent.output
    assert "Secretword" not in sent.output
    ask(demo, ANA)
    assert letters(demo, "questions") == [LEAD, LEAD]


def test_the_letter_about_an_answer_leads_to_the_own_questions(demo):
    ask(demo, ANA)
    answer(Browser(demo, LEAD), keys(demo)[0], "Secretword.")

    sent = demo.test_cli_runner().invoke(args=["letters", "send"])

    assert f"To: {reviewer(ANA)}\nSubject: Vilarmonde has answered your question\n" in sent.output
    assert f"/reviews/{review(demo, ANA)['assignment_id']}/questions\n" in sent.output
    assert "Secretword" not in sent.output


def test_a_letter_to_a_lead_who_has_left_is_not_sent(demo):
    ask(demo, ANA)
    with demo.app_context():
        lead = select(User.id).where(User.email == LEAD).scalar_subquery()
        db.session.execute(
            update(CityMembership).where(CityMembership.user_id == lead).values(ended_at=now())
        )
        db.session.commit()

    sent = demo.test_cli_runner().invoke(args=["letters", "send"])

    assert (sent.exit_code, sent.output, letters(demo, "questions")) == (0, "", [])


def test_once_the_consensus_is_open_the_team_reads_all_with_names_and_the_city_without(demo):
    puertalba = {"round_slug": "2026", "city_slug": "puertalba"}
    put_there(demo, 1, home="svetlobryag", city="puertalba")
    with demo.app_context():
        asker = assignment("svetlobryag", "puertalba").reviewer.name
        text = db.session.scalars(select(Question.text)).one()
    colleague = Browser(demo, reviewer("roccamirna"))
    here = review(demo, "roccamirna", "puertalba")

    for page in (
        colleague.get("questions.show_own_questions", **here),
        colleague.get("questions.show_statement_questions", code="PM1.1", **here),
        colleague.get("questions.show_team_questions", **puertalba),
        colleague.get("consensus.show_agreed_level", code="PM1.1", **puertalba),
        Browser(demo, OFFICE).get("questions.show_team_questions", **puertalba),
    ):
        said = words(page)
        assert page.status_code == 200
        assert f"{text} Asked by {asker}" in said
        assert "Take back" not in said
        assert "Ask the city" not in said
    city = Browser(demo, "lead.puertalba@example.org")
    page = city.get("questions.show_questions", **puertalba)
    assert (page.status_code, text in page.text, asker in page.text) == (200, True, False)
    assert "Answer the question" not in words(page)
    late = city.post("questions.answer_question", {"question": keys(demo)[0]}, **puertalba)
    assert late.status_code == 409


def test_a_limited_contributor_reads_and_answers_what_is_theirs_only(demo):
    helper, lead = "helper.vinterhamra@example.org", "lead.vinterhamra@example.org"
    there = {"round_slug": "2026", "city_slug": "vinterhamra"}
    under_review(demo)
    put_there(demo, 1, city="vinterhamra", code="SP1.2")
    put_there(demo, 2, city="vinterhamra", code="PM1.1")
    own, outside, _ = keys(demo)
    browser = Browser(demo, helper)

    page = words(browser.get("questions.show_questions", **there))

    assert "Waiting for an answer (1)" in page
    assert "1 open, 1 in all" in words(browser.get("assessments.show_assessment", **there))
    assert "3 open, 3 in all" in words(
        Browser(demo, lead).get("assessments.show_assessment", **there)
    )
    form = {"answer": "Seven.", "base": "0"}
    answers = [
        browser.post("questions.answer_question", {"question": key, **form}, **there).status_code
        for key in (outside, own)
    ]
    assert answers == [422, 303]


def under_review(demo):
    """Let the city with a limited contributor be under review, by one of the usual team."""
    with demo.app_context():
        one = db.session.scalars(
            select(Assessment)
            .join(City)
            .join(Round)
            .where(City.slug == "vinterhamra", Round.slug == "2026")
        ).one()
        user = db.session.scalars(select(User).where(User.email == reviewer(ANA))).one()
        one.assignments.append(
            Assignment(reviewer=user, invited_at=now(), state=AssignmentState.DRAFTING)
        )
        db.session.execute(
            update(Assessment)
            .where(Assessment.id == one.id)
            .values(state=AssessmentState.IN_REVIEW)
        )
        db.session.commit()


def test_the_journal_says_that_something_was_asked_and_not_what(demo):
    ask(demo, ANA, "Secretword?", key="d" * 32)
    answer(Browser(demo, LEAD), "d" * 32, "Secretword.")

    with demo.app_context():
        rows = db.session.scalars(select(Entry).order_by(Entry.sequence.desc()).limit(2))
        assert [(one.action, one.facts) for one in rows] == [
            ("question:answer", {"question": "d" * 32, "save": 1}),
            ("question:ask", {"question": "d" * 32, "statement": "PM1.1"}),
        ]


@pytest.mark.parametrize(
    ("email", "endpoint", "home", "city"),
    [
        (LEAD, "questions.show_questions", ANA, "vilarmonde"),
        (LEAD, "assessments.show_assessment", ANA, "vilarmonde"),
        (reviewer(ANA), "questions.show_own_questions", ANA, "vilarmonde"),
        (OFFICE, "questions.show_team_questions", "svetlobryag", "puertalba"),
    ],
)
def test_three_questions_cost_as_many_queries_as_one(demo, email, endpoint, home, city):
    own = endpoint == "questions.show_own_questions"
    here = review(demo, home) if own else {"round_slug": "2026", "city_slug": city}
    browser, counts = Browser(demo, email), []

    for more in (1, 2):
        put_there(demo, more, home, city)
        browser.get(endpoint, **here)
        seen = []
        with demo.app_context():
            engine = db.engine

            def note(conn, cursor, statement, *rest, seen=seen):
                seen.append(statement)

            event.listen(engine, "before_cursor_execute", note)
            page = browser.get(endpoint, **here)
            event.remove(engine, "before_cursor_execute", note)
        assert page.status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1]
