"""A reviewer's own review, from the invitation to the receipt, and what it must never show."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from sqlalchemy import event, func, select

from models import (
    Assessment,
    Assignment,
    AssignmentState,
    City,
    Conflict,
    Entry,
    ReviewSubmission,
    Revision,
    Round,
    Score,
    User,
)
from reviews import assigning
from tests.browser import Browser, words
from webapp import loaders
from webapp.clock import now
from webapp.extensions import db

INVITED, ACCEPTED, DRAFTING = "svetlobryag", "anemopoli", "brzozogrod"
FINISHED, RECUSED, DECLINED = "eichmunde", "vinterhamra", "puertalba"
"""The team of Vilarmonde, by the cities it comes from."""

SCORE = {"base": 0, "fields": {"mark": "1"}}
CITY = {"round_slug": "2026", "city_slug": "vilarmonde"}
MARKS = ["nan", "inf", "1e400", "-0", "1_0", "３", "٣", "+3", " 3 ", "3.0", "5", "-1", "4.9"]


def reviewer(home):
    return f"reviewer.{home}@example.org"


def _assignment(home, city):
    return db.session.scalars(
        select(Assignment)
        .join(Assignment.reviewer)
        .join(Assignment.assessment)
        .join(City)
        .join(Round)
        .where(User.email == reviewer(home), City.slug == city, Round.slug == "2026")
    ).one()


def review(demo, home, city="vilarmonde"):
    """The number of a review, for the address of its pages."""
    with demo.app_context():
        return {"assignment_id": _assignment(home, city).id}


def stored(demo, home, code, city="vilarmonde"):
    """What the database holds of one score: its fields and number, None without a score."""
    with demo.app_context():
        assignment = _assignment(home, city)
        statement = loaders.questionnaire(assignment.assessment.round).statement(code)
        row = db.session.scalars(
            select(Score).where(
                Score.assignment_id == assignment.id, Score.statement_id == statement.id
            )
        ).one_or_none()
        return row and (row.mark, row.justification, row.number)


def state(demo, home, city="vilarmonde"):
    with demo.app_context():
        assignment = _assignment(home, city)
        return assignment.state, assignment.ended_reason


def count(demo, table):
    with demo.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def deeds(demo, last=1):
    """The actions and facts of the last lines of the journal, the latest first."""
    with demo.app_context():
        rows = db.session.scalars(select(Entry).order_by(Entry.sequence.desc()).limit(last))
        return [(row.action, row.facts) for row in rows]


def invite_to_a_review_that_is_not_open(demo, home="puertalba", *, accepted=False):
    """Brzozogród has signed, but nobody has opened its review."""
    with demo.app_context():
        assessment = _assessment("brzozogrod")
        coordinator = db.session.scalars(
            select(User).where(User.email == "coordinator@example.org")
        ).one()
        user = db.session.scalars(select(User).where(User.email == reviewer(home))).one()
        one = assigning.invite(assessment, user, lead=True, by=coordinator, now=now())
        if accepted:
            assigning.accept(one, by=user, now=now())
        db.session.commit()
        return {"assignment_id": one.id}


def _assessment(city):
    return db.session.scalars(
        select(Assessment).join(City).join(Round).where(City.slug == city, Round.slug == "2026")
    ).one()


# The invitation.


def test_an_invitation_says_what_is_asked_of_whom_until_when(demo):
    page = Browser(demo, reviewer(INVITED)).get("reviewing.show_review", **review(demo, INVITED))

    said = words(page)
    assert "Invitation to review Vilarmonde" in said
    assert "judge 54 statements on your own" in said
    assert "(70 days left)" in said
    assert (
        "I have no conflict of interest with Vilarmonde: I do not work and have not worked" in said
    )


def test_whoever_is_invited_reads_nothing_of_the_city_yet(demo):
    browser, here = Browser(demo, reviewer(INVITED)), review(demo, INVITED)

    answers = [
        browser.get("reviewing.show_score", code="PM1.1", **here),
        browser.get("reviewing.show_submit", **here),
        browser.get("reviewing.download_review", **here),
        browser.patch(
            "reviewing.save_score", {"base": 0, "fields": {"mark": "1"}}, code="PM1.1", **here
        ),
        browser.post("reviewing.submit", **here),
    ]

    assert [one.status_code for one in answers] == [404] * 5
    assert stored(demo, INVITED, "PM1.1") is None


def test_accepting_takes_the_declaration_and_notes_when_it_was_made(demo):
    browser, here = Browser(demo, reviewer(INVITED)), review(demo, INVITED)

    answer = browser.post("reviewing.accept", {"declared": "yes"}, **here)

    assert answer.location == browser.address("reviewing.show_review", **here)
    assert "0 of 54 statements are scored" in words(browser.get("reviewing.show_review", **here))
    assert state(demo, INVITED) == (AssignmentState.ACCEPTED, "")
    assert deeds(demo) == [("assignment:accept", {"assignment": here["assignment_id"]})]
    with demo.app_context():
        assert _assignment(INVITED, "vilarmonde").no_conflict_declared_at is not None


@pytest.mark.parametrize("declared", [{}, {"declared": ""}, {"declared": "no"}])
def test_nobody_accepts_without_the_declaration(demo, declared):
    browser = Browser(demo, reviewer(INVITED))

    answer = browser.post("reviewing.accept", declared, **review(demo, INVITED))

    assert answer.status_code == 422
    assert "Tick the declaration." in words(answer)
    assert 'href="#declared"' in answer.text
    assert state(demo, INVITED) == (AssignmentState.INVITED, "")


def test_a_decline_has_a_reason_and_ends_every_right(demo):
    browser, here = Browser(demo, reviewer(INVITED)), review(demo, INVITED)

    empty = browser.post("reviewing.decline", {"decline_reason": "  \n "}, **here)
    long = browser.post("reviewing.decline", {"decline_reason": "x" * 10_001}, **here)
    given = browser.post("reviewing.decline", {"decline_reason": " On leave. "}, **here)

    assert (empty.status_code, long.status_code, given.status_code) == (422, 422, 303)
    assert "Give a reason." in words(empty)
    assert "x" * 10_001 in long.text
    assert given.location == "/"
    assert state(demo, INVITED) == (AssignmentState.DECLINED, "On leave.")
    assert browser.get("reviewing.show_review", **here).status_code == 404


@pytest.mark.parametrize("home", [INVITED, ACCEPTED, DRAFTING])
def test_a_conflict_can_be_declared_until_the_review_is_submitted_and_hides_the_city(demo, home):
    browser, here, before = Browser(demo, reviewer(home)), review(demo, home), count(demo, Conflict)

    given = browser.post("reviewing.recuse", {"conflict_reason": "A cousin."}, **here)

    assert given.location == "/"
    assert state(demo, home) == (AssignmentState.RECUSED, "A cousin.")
    assert count(demo, Conflict) == before + 1
    assert "You have left this review." in words(browser.get("home.show_home"))
    for endpoint, rest in (
        ("reviewing.show_review", here),
        ("reviewing.show_score", {"code": "PM1.1", **here}),
        ("reviewing.show_submit", here),
        (
            "assessments.show_submission",
            {"version": 1, "round_slug": "2026", "city_slug": "vilarmonde"},
        ),
        ("consensus.show_consensus", CITY),
    ):
        assert browser.get(endpoint, **rest).status_code == 404


def test_a_conflict_needs_a_reason(demo):
    browser = Browser(demo, reviewer(DRAFTING))

    answer = browser.post("reviewing.recuse", {"conflict_reason": ""}, **review(demo, DRAFTING))

    assert answer.status_code == 422
    assert 'href="#conflict_reason"' in answer.text
    assert state(demo, DRAFTING) == (AssignmentState.DRAFTING, "")


def test_whoever_has_accepted_neither_accepts_nor_declines_again(demo):
    browser, here = Browser(demo, reviewer(ACCEPTED)), review(demo, ACCEPTED)

    answers = [
        browser.post("reviewing.accept", {"declared": "yes"}, **here).status_code,
        browser.post("reviewing.decline", {"decline_reason": "Too late."}, **here).status_code,
    ]

    assert answers == [403, 403]
    assert state(demo, ACCEPTED) == (AssignmentState.ACCEPTED, "")


def test_whoever_has_submitted_may_leave_until_the_consensus_is_open(demo):
    browser = Browser(demo, reviewer(FINISHED))
    page = browser.get("reviewing.show_review", **review(demo, FINISHED))
    empty = browser.post("reviewing.recuse", {"conflict_reason": ""}, **review(demo, FINISHED))

    answer = browser.post(
        "reviewing.recuse", {"conflict_reason": "A new post."}, **review(demo, FINISHED)
    )

    assert "I have a conflict of interest" in words(page)
    assert (empty.status_code, answer.status_code) == (422, 303)
    assert state(demo, FINISHED)[0] is AssignmentState.RECUSED


def test_whoever_has_seen_the_scores_of_the_team_stays_in_it(demo):
    here = review(demo, "svetlobryag", "puertalba")
    browser = Browser(demo, reviewer("svetlobryag"))

    answer = browser.post("reviewing.recuse", {"conflict_reason": "Late."}, **here)

    assert answer.status_code == 409


# Before the review is open.


def test_before_the_review_is_open_the_page_says_so_and_the_answers_stay_closed(demo):
    here = invite_to_a_review_that_is_not_open(demo, accepted=True)
    browser = Browser(demo, reviewer("puertalba"))

    page = browser.get("reviewing.show_review", **here)
    refused = [
        browser.get("reviewing.show_score", code="PM1.1", **here),
        browser.get("reviewing.show_submit", **here),
        browser.post("reviewing.submit", **here),
        browser.post("reviewing.write_score", {"base": "0", "mark": "1"}, code="PM1.1", **here),
    ]

    assert "This review is not open yet." in words(page)
    assert "/statements/" not in page.text
    assert [one.status_code for one in refused] == [409] * 4
    assert "signed answer" not in refused[0].text


def test_an_invitation_can_be_answered_before_the_review_is_open(demo):
    here = invite_to_a_review_that_is_not_open(demo)
    browser = Browser(demo, reviewer("puertalba"))

    assert "lead the team" in words(browser.get("reviewing.show_review", **here))
    assert browser.post("reviewing.accept", {"declared": "yes"}, **here).status_code == 303
    assert "This review is not open yet." in words(browser.get("reviewing.show_review", **here))
    empty = browser.post("reviewing.recuse", {"conflict_reason": ""}, **here)
    assert (empty.status_code, "Give a reason." in words(empty)) == (422, True)


# Scoring.


def test_the_task_list_shows_what_is_scored_and_where_to_go_on(demo):
    page = Browser(demo, reviewer(DRAFTING)).get("reviewing.show_review", **review(demo, DRAFTING))

    assert "26 of 54 statements are scored" in words(page)
    assert "Go on with SP2.3" in words(page)
    assert 'href="/rounds/2026/vilarmonde/versions/1"' in page.text


def test_one_page_shows_the_signed_answer_beside_the_scale(demo):
    here = review(demo, DRAFTING)
    page = Browser(demo, reviewer(DRAFTING)).get("reviewing.show_score", code="PM1.2", **here)

    said = words(page)
    with demo.app_context():
        assessment = _assessment("vilarmonde")
        signed = json.loads(assessment.submissions[-1].document)["answers"]
        answer = next(one for one in signed if one["statement"] == "PM1.2")
        levels = dict(loaders.questionnaire(assessment.round).statement("PM1.2").levels)
    assert answer["text"] in said
    assert f"Level {answer['mark']}: {levels[int(answer['mark'])]}" in said
    for one in answer["evidence"]:
        assert (
            f'href="{one["address"]}" rel="noopener noreferrer nofollow" target="_blank"'
            in page.text
        )
    assert "Cannot judge: the answer and the evidence do not let me decide." in said
    assert 'data-autosave data-fields="' in page.text
    fields = "mark justification visit_mark visit_justification confidence"
    assert f'data-fields="{fields}"' in page.text


def test_only_the_signed_version_is_shown_whatever_the_city_has_stored_since(demo):
    with demo.app_context():
        for answer in _assessment("vilarmonde").answers:
            answer.text, answer.number = "NOT SIGNED", answer.number + 1
        db.session.commit()

    page = Browser(demo, reviewer(DRAFTING)).get(
        "reviewing.show_score", code="PM1.2", **review(demo, DRAFTING)
    )

    assert "NOT SIGNED" not in page.text


def test_not_the_citys_competence_is_offered_only_where_it_may_be(demo):
    browser, here = Browser(demo, reviewer(DRAFTING)), review(demo, DRAFTING)
    offered = [
        'value="not_our_competence"' in browser.get("reviewing.show_score", code=code, **here).text
        for code in ("EM2.3", "SP1.5")
    ]

    assert offered == [False, True]


def test_a_form_without_script_saves_and_says_so(demo):
    browser, here = Browser(demo, reviewer(ACCEPTED)), review(demo, ACCEPTED)
    form = {"base": "0", "key": "k" * 16, "mark": "2", "justification": "Seen.\r\nTwice."}

    answer = browser.post("reviewing.write_score", form, code="PM1.1", **here)

    assert answer.location == browser.address("reviewing.show_score", code="PM1.1", **here)
    assert stored(demo, ACCEPTED, "PM1.1") == ("2", "Seen.\nTwice.", 1)
    assert state(demo, ACCEPTED)[0] is AssignmentState.DRAFTING
    assert deeds(demo) == [
        ("score:write", {"assignment": here["assignment_id"], "statement": "PM1.1"})
    ]
    assert "PM1.1 is saved." in words(browser.get(answer.location))


def test_the_script_saves_single_fields_and_a_repeated_request_counts_once(demo):
    browser, here = Browser(demo, reviewer(ACCEPTED)), review(demo, ACCEPTED)
    first = {"base": 0, "key": "first-key", "fields": {"mark": "not_our_competence"}}
    text = {"base": 1, "key": "second-key", "fields": {"justification": "The region does this."}}

    answers = [
        browser.patch("reviewing.save_score", body, code="SP1.5", **here)
        for body in (first, first, text)
    ]

    assert [one.status_code for one in answers] == [200, 200, 200]
    assert answers[-1].json["number"] == 2
    assert stored(demo, ACCEPTED, "SP1.5") == ("not_our_competence", "The region does this.", 2)


def test_a_text_without_a_level_is_a_draft_and_not_a_score(demo):
    browser, here = Browser(demo, reviewer(ACCEPTED)), review(demo, ACCEPTED)
    body = {"base": 0, "fields": {"justification": "To look at."}}
    browser.patch("reviewing.save_score", body, code="PM1.1", **here)

    page = words(browser.get("reviewing.show_review", **here))

    assert "A public message of equal chances Text only" in page
    assert "0 of 54 statements are scored" in page


def test_two_windows_at_the_same_text_both_show_both_and_nothing_is_overwritten(demo):
    browser, here = Browser(demo, reviewer(ACCEPTED)), review(demo, ACCEPTED)
    body = {"base": 0, "fields": {"mark": "1", "justification": "First window."}}
    browser.patch("reviewing.save_score", body, code="PM1.1", **here)

    script = browser.patch(
        "reviewing.save_score",
        {"base": 0, "fields": {"justification": "Second window."}},
        code="PM1.1",
        **here,
    )
    form = browser.post(
        "reviewing.write_score",
        {"base": "0", "mark": "2", "justification": "Second window."},
        code="PM1.1",
        **here,
    )

    assert (script.status_code, script.json["theirs"]["justification"]) == (409, "First window.")
    assert form.status_code == 409
    assert "only in what is stored: 1 Yours Level only in yours: 2" in words(form)
    said = "only in what is stored: First window. Yours only in yours: Second window."
    assert said in words(form)
    assert ">\nSecond window.</textarea>" in form.text
    assert 'name="base" value="1"' in form.text
    assert stored(demo, ACCEPTED, "PM1.1") == ("1", "First window.", 1)


@pytest.mark.parametrize("mark", [*MARKS, "not_our_competence", "agreed"])
def test_only_the_marks_of_the_statement_are_taken(demo, mark):
    """EM2.3 is within every city's remit."""
    browser, here = Browser(demo, reviewer(ACCEPTED)), review(demo, ACCEPTED)

    form = browser.post(
        "reviewing.write_score",
        {"base": "0", "mark": mark, "justification": "kept"},
        code="EM2.3",
        **here,
    )
    script = browser.patch(
        "reviewing.save_score", {"base": 0, "fields": {"mark": mark}}, code="EM2.3", **here
    )

    assert (form.status_code, script.status_code) == (422, 422)
    assert ">\nkept</textarea>" in form.text
    assert 'href="#mark"' in form.text
    assert stored(demo, ACCEPTED, "EM2.3") is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"fields": {"mark": "1"}}, 428),
        ({"base": 7, "fields": {"mark": "1"}}, 409),
        ({"base": "0", "fields": {"mark": "1"}}, 422),
        ({"base": 0, "fields": {"mark": 3}}, 422),
        ({"base": 0, "fields": {"mark": ["3"]}}, 422),
        ({"base": 0, "fields": {"mark": None}}, 422),
        ({"base": 0, "fields": {"mark": True}}, 422),
        ({"base": 0, "fields": {"reviewer_id": "3"}}, 422),
        ({"base": 0, "fields": {"mark": "1"}, "state": "submitted"}, 422),
        ({"base": 0, "fields": {"justification": "x" * 10_001}}, 422),
        ({"base": 0, "fields": {"justification": "a\0b"}}, 422),
        ({"base": 0, "fields": {"justification": "\ud800"}}, 422),
        ({"base": 0, "key": "short", "fields": {"mark": "1"}}, 422),
        ([], 422),
    ],
)
def test_a_save_that_cannot_be_read_is_refused_and_stores_nothing(demo, body, status):
    browser, here = Browser(demo, reviewer(ACCEPTED)), review(demo, ACCEPTED)

    answer = browser.patch("reviewing.save_score", body, code="PM1.1", **here)

    assert answer.status_code == status
    assert stored(demo, ACCEPTED, "PM1.1") is None
    assert state(demo, ACCEPTED)[0] is AssignmentState.ACCEPTED


@pytest.mark.parametrize(
    ("extra", "status"),
    [({"reviewer_id": "1", "state": "submitted", "number": "9"}, 303), ({"base": ""}, 428)],
)
def test_a_form_cannot_set_what_it_does_not_ask(demo, extra, status):
    browser, here = Browser(demo, reviewer(ACCEPTED)), review(demo, ACCEPTED)

    answer = browser.post(
        "reviewing.write_score", {"base": "0", "mark": "1", **extra}, code="PM1.1", **here
    )

    assert answer.status_code == status
    assert stored(demo, ACCEPTED, "PM1.1") in (None, ("1", "", 1))
    assert state(demo, ACCEPTED)[0] in (AssignmentState.ACCEPTED, AssignmentState.DRAFTING)


def test_what_is_typed_is_shown_as_text(demo):
    browser, here = Browser(demo, reviewer(ACCEPTED)), review(demo, ACCEPTED)
    text = "<script>alert(1)</script> {{ 7*7 }}"
    body = {"base": 0, "fields": {"justification": text}}
    browser.patch("reviewing.save_score", body, code="PM1.1", **here)

    assert text in words(browser.get("reviewing.show_score", code="PM1.1", **here))


def test_a_statement_of_another_instrument_does_not_exist(demo):
    browser, here = Browser(demo, reviewer(ACCEPTED)), review(demo, ACCEPTED)
    body = {"base": 0, "fields": {"mark": "1"}}

    assert browser.get("reviewing.show_score", code="ZZ1.1", **here).status_code == 404
    assert browser.patch("reviewing.save_score", body, code="ZZ1.1", **here).status_code == 404


def test_the_way_leads_on_to_the_next_statement_without_a_score_and_round_again(demo):
    browser = Browser(demo, reviewer("clairvaumont"))
    here = review(demo, "clairvaumont", "tahtisalmi")

    from_first = words(browser.get("reviewing.show_score", code="PM1.1", **here))
    from_last = words(browser.get("reviewing.show_score", code="BU3.4", **here))

    assert "Next without a score: SP2.3" in from_first
    assert "Next without a score: SP2.3" in from_last
    assert "Previous statement" not in from_first
    assert "Next statement" not in from_last


def test_after_the_date_scores_are_read_but_not_written(demo):
    with demo.app_context():
        _assessment("vilarmonde").round.answers_due = now().replace(year=2020)
        _assessment("vilarmonde").round.reviews_due = now().replace(year=2021)
        db.session.commit()
    browser, here = Browser(demo, reviewer(DRAFTING)), review(demo, DRAFTING)

    page = browser.get("reviewing.show_score", code="PM1.2", **here)
    save = browser.patch(
        "reviewing.save_score", {"base": 0, "fields": {"mark": "1"}}, code="SP2.3", **here
    )

    assert "The date for reviews has passed" in words(browser.get("reviewing.show_review", **here))
    assert "data-autosave" not in page.text
    assert (save.status_code, save.json["reason"]) == (409, "too_late")
    assert stored(demo, DRAFTING, "SP2.3") is None


# Submitting.


def _finish(demo, home, codes, city="tahtisalmi"):
    browser, here = Browser(demo, reviewer(home)), review(demo, home, city)
    for code in codes:
        body = {"base": 0, "fields": {"mark": "2", "justification": "As I read it."}}
        assert browser.patch("reviewing.save_score", body, code=code, **here).status_code == 200
    return browser, here


def test_before_submitting_the_page_lists_what_is_missing_with_links(demo):
    browser = Browser(demo, reviewer("vilarmonde"))
    here = review(demo, "vilarmonde", "tahtisalmi")

    page = browser.get("reviewing.show_submit", **here)
    tried = browser.post("reviewing.submit", **here)

    assert "These 2 of 54 statements have no score yet: PM3.4" in words(page)
    assert f'href="/reviews/{here["assignment_id"]}/statements/BU3.2"' in page.text
    assert (tried.status_code, words(tried)) == (422, words(page))
    assert state(demo, "vilarmonde", "tahtisalmi")[0] is AssignmentState.DRAFTING


def test_a_submitted_review_has_a_receipt_that_can_be_checked_and_never_changes(demo):
    browser, here = _finish(demo, "vilarmonde", ("PM3.4", "BU3.2"))
    summary = browser.get("reviewing.show_submit", **here)

    submitted = browser.post("reviewing.submit", **here)

    assert "Once submitted, your review never changes." in words(summary)
    receipt = browser.get(submitted.location)
    document = browser.get("reviewing.download_review", **here)
    assert hashlib.sha256(document.data).hexdigest() in words(receipt)
    assert len(json.loads(document.data)["scores"]) == 54
    assert deeds(demo) == [("review:submit", {"assignment": here["assignment_id"]})]
    save = browser.patch(
        "reviewing.save_score", {"base": 1, "fields": {"mark": "4"}}, code="PM3.4", **here
    )
    assert save.status_code == 403
    assert stored(demo, "vilarmonde", "PM3.4", "tahtisalmi") == ("2", "As I read it.", 1)
    assert "data-autosave" not in browser.get("reviewing.show_score", code="PM3.4", **here).text
    assert browser.get("reviewing.show_submit", **here).location == submitted.location


def test_a_review_is_submitted_once_and_a_second_click_shows_the_same(demo):
    browser, here = _finish(demo, "vilarmonde", ("PM3.4", "BU3.2"))
    before = count(demo, ReviewSubmission)

    answers = [browser.post("reviewing.submit", **here) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert count(demo, ReviewSubmission) == before + 1


def test_there_is_no_document_before_the_review_is_submitted(demo):
    browser = Browser(demo, reviewer(DRAFTING))

    assert browser.get("reviewing.download_review", **review(demo, DRAFTING)).status_code == 404


# Who sees what.


def test_another_persons_review_is_as_hidden_as_one_that_does_not_exist(demo):
    browser = Browser(demo, reviewer(DRAFTING))
    theirs, nowhere = review(demo, ACCEPTED), {"assignment_id": 2_000_000_000}
    requests = [
        lambda here: browser.get("reviewing.show_review", **here),
        lambda here: browser.get("reviewing.show_score", code="PM1.1", **here),
        lambda here: browser.get("reviewing.show_submit", **here),
        lambda here: browser.get("reviewing.download_review", **here),
        lambda here: browser.post("reviewing.accept", {"declared": "yes"}, **here),
        lambda here: browser.post("reviewing.decline", {"decline_reason": "x"}, **here),
        lambda here: browser.post("reviewing.recuse", {"conflict_reason": "x"}, **here),
        lambda here: browser.post("reviewing.submit", **here),
        lambda here: browser.post("reviewing.write_score", {"base": "0"}, code="PM1.1", **here),
        lambda here: browser.patch("reviewing.save_score", {}, code="PM1.1", **here),
    ]

    for ask in requests:
        real, invented = ask(theirs), ask(nowhere)
        assert (real.status_code, invented.status_code) == (404, 404)
        assert _without_tokens(real) == _without_tokens(invented)
    assert state(demo, ACCEPTED) == (AssignmentState.ACCEPTED, "")


@pytest.mark.parametrize("home", [RECUSED, DECLINED])
def test_whoever_has_left_finds_nothing(demo, home):
    browser, here = Browser(demo, reviewer(home)), review(demo, home)

    for endpoint in ("reviewing.show_review", "reviewing.show_submit", "reviewing.download_review"):
        assert browser.get(endpoint, **here).status_code == 404
    assert browser.get("reviewing.show_score", code="PM1.1", **here).status_code == 404


@pytest.mark.parametrize(
    "email", ["lead.vilarmonde@example.org", "coordinator@example.org", "admin@example.org"]
)
def test_a_review_is_its_reviewers_alone(demo, email):
    browser = Browser(demo, email)

    for home in (FINISHED, DRAFTING):
        for endpoint in ("reviewing.show_review", "reviewing.download_review"):
            assert browser.get(endpoint, **review(demo, home)).status_code == 404


def test_whoever_is_not_signed_in_is_asked_to(demo):
    answer = Browser(demo).get("reviewing.show_review", **review(demo, DRAFTING))

    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


def _without_tokens(answer):
    """A page without what is new in every request."""
    text = re.sub(r'(name="(csrf_token|key)" value|data-token)="[^"]*"', "", answer.text)
    return re.sub(r"\bSaved by [^<]*", "", text)


def _all_pages(demo, home):
    browser, here = Browser(demo, reviewer(home)), review(demo, home)
    return [
        (one.status_code, _without_tokens(one))
        for one in (
            browser.get("home.show_home"),
            browser.get("reviewing.show_review", **here),
            browser.get("reviewing.show_score", code="PM1.1", **here),
            browser.get("reviewing.show_score", code="SP2.3", **here),
            browser.get("reviewing.show_submit", **here),
            browser.get(
                "assessments.show_submission", version=1, round_slug="2026", city_slug="vilarmonde"
            ),
            browser.get("consensus.show_consensus", round_slug="2026", city_slug="vilarmonde"),
        )
    ]


@pytest.mark.parametrize("home", [DRAFTING, INVITED])
def test_nothing_that_a_reviewer_gets_depends_on_what_colleagues_do(demo, home):
    """The same pages, to the byte, before and after two colleagues score, submit and leave."""
    before = _all_pages(demo, home)

    here = review(demo, ACCEPTED)
    colleague = Browser(demo, reviewer(ACCEPTED))
    with demo.app_context():
        codes = [
            one.code for one in loaders.questionnaire(_assessment("vilarmonde").round).statements
        ]
    for code in codes:
        body = {"base": 0, "fields": {"mark": "cannot_judge", "justification": "A CANARY."}}
        colleague.patch("reviewing.save_score", body, code=code, **here)
    assert colleague.post("reviewing.submit", **here).status_code == 303
    other = INVITED if home == DRAFTING else DRAFTING
    leaving = Browser(demo, reviewer(other))
    assert (
        leaving.post(
            "reviewing.recuse", {"conflict_reason": "CANARY"}, **review(demo, other)
        ).status_code
        == 303
    )

    assert _all_pages(demo, home) == before


def test_how_many_have_submitted_is_told_to_a_lead_who_has_and_to_nobody_else(demo):
    mate, mates = _finish(demo, "vilarmonde", ("PM3.4", "BU3.2"))
    mate.post("reviewing.submit", **mates)
    lead, leads = _finish(demo, "clairvaumont", ("SP2.3", "EM3.2", "BU3.1"))
    at_work = words(lead.get("reviewing.show_review", **leads))
    lead.post("reviewing.submit", **leads)

    finished = lead.get("reviewing.show_review", **leads)

    assert "2 of 2 reviews are submitted" in words(finished)
    assert 'action="/rounds/2026/tahtisalmi/consensus/open"' in finished.text
    assert "reviews are submitted" not in at_work
    assert "reviews are submitted" not in words(mate.get("reviewing.show_review", **mates))
    assert "consensus/open" not in mate.get("reviewing.show_review", **mates).text


def test_a_lead_waits_for_the_others(demo):
    lead = Browser(demo, reviewer(FINISHED))

    page = lead.get("reviewing.show_review", **review(demo, FINISHED))

    assert "1 of 4 reviews are submitted" in words(page)
    assert "consensus/open" not in page.text


def test_a_finished_review_leads_to_the_consensus_once_it_is_open(demo):
    browser = Browser(demo, reviewer("svetlobryag"))

    page = browser.get("reviewing.show_review", **review(demo, "svetlobryag", "puertalba"))

    assert 'href="/rounds/2026/puertalba/consensus"' in page.text
    assert "reviews are submitted" not in words(page)


# Cost, and reading without writing.


def _queries(demo, home, city, endpoint, **rest):
    browser, seen = Browser(demo, reviewer(home)), []
    here = review(demo, home, city)
    browser.get(endpoint, **here, **rest)
    with demo.app_context():
        engine = db.engine

        def note(conn, cursor, statement, *more):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        answer = browser.get(endpoint, **here, **rest)
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    return len(seen)


@pytest.mark.parametrize(
    ("endpoint", "rest"),
    [
        ("reviewing.show_review", {}),
        ("reviewing.show_score", {"code": "BU3.4"}),
        ("reviewing.show_submit", {}),
    ],
)
def test_a_page_costs_as_many_queries_for_few_scores_as_for_many(demo, endpoint, rest):
    none = _queries(demo, ACCEPTED, "vilarmonde", endpoint, **rest)
    half = _queries(demo, DRAFTING, "vilarmonde", endpoint, **rest)

    assert none == half


def test_reading_pages_writes_nothing(demo):
    browser, here = Browser(demo, reviewer(ACCEPTED)), review(demo, ACCEPTED)
    before = [count(demo, table) for table in (Score, Revision, Entry)]

    for endpoint, rest in (
        ("reviewing.show_review", {}),
        ("reviewing.show_score", {"code": "PM1.1"}),
        ("reviewing.show_submit", {}),
    ):
        assert browser.get(endpoint, **here, **rest).status_code == 200

    assert [count(demo, table) for table in (Score, Revision, Entry)] == before
    assert state(demo, ACCEPTED)[0] is AssignmentState.ACCEPTED
