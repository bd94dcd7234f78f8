"""The page to judge one statement: desk and visit, verdicts on evidence, justifications, and
rounds in which the city's own level is hidden at first."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select, update

from models import (
    Assessment,
    Assignment,
    AssignmentState,
    City,
    Entry,
    EvidenceVerdict,
    Report,
    ReportState,
    Round,
    Score,
    Submission,
    Sufficiency,
)
from reviews import submissions
from tests.browser import Browser, words
from webapp import loaders
from webapp.clock import now
from webapp.extensions import db

ACCEPTED, DRAFTING, FINISHED = "anemopoli", "brzozogrod", "eichmunde"
NEARLY = "vilarmonde"
"""This one reviews Tähtisalmi, where two statements are left to score."""
CITY = {"round_slug": "2026", "city_slug": "vilarmonde"}
VISIT = {"visit_mark": "2", "visit_justification": "Seen at the desk.", "confidence": "high"}


def reviewer(home):
    return f"reviewer.{home}@example.org"


def assessment_of(city, round_slug="2026"):
    rows = select(Assessment).join(City).join(Round)
    return db.session.scalars(rows.where(City.slug == city, Round.slug == round_slug)).one()


def task(home, city):
    team = assessment_of(city).assignments
    return next(one for one in team if one.reviewer.email == reviewer(home))


def at_desk(demo, home, city="vilarmonde"):
    """A reviewer's browser, and the number of the review in the addresses of its pages."""
    with demo.app_context():
        return Browser(demo, reviewer(home)), {"assignment_id": task(home, city).id}


def stored(demo, home, code, city="vilarmonde"):
    """The fields of one score as they are stored."""
    with demo.app_context():
        assignment = task(home, city)
        asked = loaders.questionnaire(assignment.assessment.round).statement(code)
        rows = select(Score).where(Score.assignment == assignment, Score.statement_id == asked.id)
        score = db.session.scalars(rows).one()
        return {name: getattr(score, name) for name in Score.FIELDS}


def signed(demo, code, city="vilarmonde"):
    """What the city has signed about one statement."""
    with demo.app_context():
        document = json.loads(assessment_of(city).submissions[-1].document)
    return next(one for one in document["answers"] if one["statement"] == code)


def another_mark(demo, code, city="vilarmonde"):
    """A level that the city has not given."""
    return "0" if signed(demo, code, city)["mark"] != "0" else "1"


def cited_code(demo, city="vilarmonde"):
    """A statement for which the city has signed evidence."""
    with demo.app_context():
        document = json.loads(assessment_of(city).submissions[-1].document)
    return next(one["statement"] for one in document["answers"] if one["evidence"])


def save(browser, here, code, base=0, **fields):
    body = {"base": base, "fields": fields}
    return browser.patch("reviewing.save_score", body, code=code, **here)


# The desk and the visit.


def test_the_form_without_script_takes_the_visit_and_the_confidence_with_the_rest(demo):
    browser, here = at_desk(demo, ACCEPTED)
    form = {"base": "0", "key": "k" * 16, "mark": "1", "justification": "Read.", **VISIT}

    answer = browser.post("reviewing.write_score", form, code="PM1.1", **here)

    assert answer.status_code == 303
    assert stored(demo, ACCEPTED, "PM1.1") == {"mark": "1", "justification": "Read.", **VISIT}


def test_the_script_saves_each_new_field_alone(demo):
    browser, here = at_desk(demo, ACCEPTED)

    answers = [
        save(browser, here, "PM1.1", base=base, **{name: value})
        for base, (name, value) in enumerate(VISIT.items())
    ]

    assert [one.status_code for one in answers] == [200, 200, 200]
    assert answers[-1].json["fields"] == {"mark": "", "justification": "", **VISIT}


def test_the_part_for_the_visit_is_closed_until_there_is_something_in_it(demo):
    browser, here = at_desk(demo, ACCEPTED)
    before = browser.get("reviewing.show_score", code="PM1.1", **here).text
    save(browser, here, "PM1.1", visit_justification="Seen.")

    after = browser.get("reviewing.show_score", code="PM1.1", **here).text

    assert '<details class="govuk-details" id="after-the-visit">' in before
    assert '<details class="govuk-details" id="after-the-visit" open>' in after


@pytest.mark.parametrize(
    ("field", "value"), [("visit_mark", "5"), ("visit_mark", "x"), ("confidence", "sure")]
)
def test_what_cannot_stand_in_a_new_field_is_refused_with_the_page_and_what_was_typed(
    demo, field, value
):
    browser, here = at_desk(demo, ACCEPTED)
    form = {"base": "0", "mark": "1", "visit_justification": "kept", field: value}

    answer = browser.post("reviewing.write_score", form, code="PM1.1", **here)

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert ">\nkept</textarea>" in answer.text


def test_two_windows_that_clash_over_the_visit_show_both_in_words(demo):
    browser, here = at_desk(demo, ACCEPTED)
    save(browser, here, "PM1.1", visit_mark="1", confidence="low")
    form = {"base": "0", "visit_mark": "3", "confidence": "high"}

    answer = browser.post("reviewing.write_score", form, code="PM1.1", **here)

    assert answer.status_code == 409
    assert "Level only in what is stored: 1 Yours Level only in yours: 3" in words(answer)
    said = "only in what is stored: Not very sure Yours only in yours: Very sure"
    assert said in words(answer)
    assert stored(demo, ACCEPTED, "PM1.1")["visit_mark"] == "1"


def test_after_submission_both_views_are_shown_to_whoever_gave_them(demo):
    with demo.app_context():
        score = task(FINISHED, "vilarmonde").scores[0]
        for name, value in (*VISIT.items(), ("mark", "4"), ("justification", "As I read it.")):
            setattr(score, name, value)
        score.number += 1
        asked = loaders.questionnaire(score.assessment.round).statements
        code = next(one.code for one in asked if one.id == score.statement_id)
        db.session.commit()
    browser, here = at_desk(demo, FINISHED)

    page = words(browser.get("reviewing.show_score", code=code, **here))

    assert "My own view Level 4" in page
    assert "How sure I am: Very sure" in page
    assert "My view after the visit Level 2" in page
    assert "Seen at the desk." in page


def test_the_switch_for_single_keys_waits_for_the_script(demo):
    browser, here = at_desk(demo, DRAFTING)

    page = browser.get("reviewing.show_score", code="PM1.2", **here).text

    assert 'src="/static/score-keys.js' in page
    assert "data-keys hidden" in page
    assert 'rel="prev"' in page
    assert 'rel="next"' in page
    assert "data-next-open" in page


# Justifications.


def _all_but_words(demo):
    """The last two statements scored, one of them away from the city and without a word."""
    browser, here = at_desk(demo, NEARLY, "tahtisalmi")
    for code in ("PM3.4", "BU3.2"):
        mark = signed(demo, code, "tahtisalmi")["mark"]
        assert save(browser, here, code, mark=mark).status_code == 200
    other = another_mark(demo, "PM3.4", "tahtisalmi")
    assert save(browser, here, "PM3.4", base=1, mark=other).status_code == 200
    return browser, here


def test_a_level_that_departs_from_the_citys_is_saved_and_asked_to_be_explained(demo):
    browser, here = _all_but_words(demo)

    listed = browser.get("reviewing.show_review", **here)
    to_submit = browser.get("reviewing.show_submit", **here)
    page = browser.get("reviewing.show_score", code="PM3.4", **here)

    assert "54 of 54 statements are scored" in words(listed)
    assert "One score needs a justification" in words(listed)
    assert "Go on with PM3.4" in words(listed)
    assert "One score differs from the city's and needs a justification: PM3.4" in words(to_submit)
    assert f'href="/reviews/{here["assignment_id"]}/statements/PM3.4"' in to_submit.text
    assert "Submit my review of" in words(to_submit)
    assert "Your level differs from the city's. Say why before you submit." in words(page)


def test_the_task_list_marks_what_needs_a_justification(demo):
    browser, here = _all_but_words(demo)

    page = words(browser.get("reviewing.show_review", **here))

    level = another_mark(demo, "PM3.4", "tahtisalmi")
    assert f"Level {level}, needs a justification" in page
    assert page.count("needs a justification") == 2


def test_a_review_without_the_words_is_not_submitted_and_with_them_it_is(demo):
    browser, here = _all_but_words(demo)

    refused = browser.post("reviewing.submit", **here)
    save(browser, here, "PM3.4", base=2, justification="The plan is not carried out.")
    taken = browser.post("reviewing.submit", **here)

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert "needs a justification: PM3.4" in words(refused)
    with demo.app_context():
        assert task(NEARLY, "tahtisalmi").state is AssignmentState.SUBMITTED


def test_from_the_last_score_the_way_leads_on_to_what_needs_words(demo):
    browser, here = _all_but_words(demo)

    elsewhere = words(browser.get("reviewing.show_score", code="PM1.1", **here))
    there = words(browser.get("reviewing.show_score", code="PM3.4", **here))

    assert "Next without a justification: PM3.4" in elsewhere
    assert "look over and submit" not in there


# Verdicts on evidence.


def verdicts_of(demo, home):
    with demo.app_context():
        rows = select(EvidenceVerdict).where(EvidenceVerdict.assignment == task(home, "vilarmonde"))
        return [(one.evidence_id, one.sufficiency, one.note) for one in db.session.scalars(rows)]


def test_a_verdict_is_noted_without_a_script_and_leads_back_to_its_evidence(demo):
    browser, here = at_desk(demo, ACCEPTED)
    code = cited_code(demo)
    evidence = signed(demo, code)["evidence"][0]["id"]
    form = {"choice": "partly", "note": "Page 3\r\nonly."}

    answer = browser.post("reviewing.write_verdict", form, code=code, evidence_id=evidence, **here)

    there = browser.address("reviewing.show_score", code=code, **here)
    assert answer.location == f"{there}#evidence-{evidence}"
    assert verdicts_of(demo, ACCEPTED) == [(evidence, Sufficiency.PARTLY, "Page 3\nonly.")]
    page = browser.get(there)
    assert "What I found: Partly: it shows some of it" in words(page)
    assert ">\nPage 3\nonly.</textarea>" in page.text
    with demo.app_context():
        last = db.session.scalars(select(Entry).order_by(Entry.sequence.desc()).limit(1)).one()
        facts = {"assignment": here["assignment_id"], "statement": code, "evidence": evidence}
        assert (last.action, last.facts) == ("verdict:write", facts)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"choice": "great", "note": "kept"}, "choice"),
        ({"choice": "", "note": "kept"}, "choice"),
        ({"choice": "partly", "note": "kept" + "x" * 2_000}, "note"),
    ],
)
def test_a_verdict_that_cannot_be_taken_comes_back_with_what_was_typed(demo, form, field):
    browser, here = at_desk(demo, ACCEPTED)
    code = cited_code(demo)
    evidence = signed(demo, code)["evidence"][0]["id"]

    answer = browser.post("reviewing.write_verdict", form, code=code, evidence_id=evidence, **here)

    assert answer.status_code == 422
    assert f'href="#{field}-{evidence}"' in answer.text
    assert f">\n{form['note']}</textarea>" in answer.text
    assert verdicts_of(demo, ACCEPTED) == []


def test_only_evidence_that_is_signed_at_the_statement_is_judged(demo):
    browser, here = at_desk(demo, ACCEPTED)
    code = cited_code(demo)
    evidence = signed(demo, code)["evidence"][0]["id"]
    with demo.app_context():
        document = json.loads(assessment_of("vilarmonde").submissions[-1].document)
    elsewhere = next(
        one["statement"]
        for one in document["answers"]
        if evidence not in [each["id"] for each in one["evidence"]]
    )

    answers = [
        browser.post(
            "reviewing.write_verdict", {"choice": "partly"}, code=at, evidence_id=which, **here
        ).status_code
        for at, which in ((elsewhere, evidence), (code, 2_000_000_000), ("ZZ1.1", evidence))
    ]

    assert answers == [404, 404, 404]
    assert verdicts_of(demo, ACCEPTED) == []


def test_a_verdict_of_another_reviewer_is_not_there(demo):
    code = cited_code(demo)
    evidence = signed(demo, code)["evidence"][0]["id"]
    rival, rivals = at_desk(demo, ACCEPTED)
    browser, here = at_desk(demo, DRAFTING)
    before = browser.get("reviewing.show_score", code=code, **here).text
    form = {"choice": "not-found", "note": "A CANARY"}
    rival.post("reviewing.write_verdict", form, code=code, evidence_id=evidence, **rivals)

    after = browser.get("reviewing.show_score", code=code, **here).text

    assert _without_keys(after) == _without_keys(before)


def test_files_and_pages_open_in_a_tab_of_their_own(demo):
    browser, here = at_desk(demo, ACCEPTED)

    page = browser.get("reviewing.show_score", code=cited_code(demo), **here).text

    shown = re.findall(r'<a class="govuk-link app-evidence-list__name"[^>]*>', page)
    assert shown
    assert all('target="_blank"' in link for link in shown)


# Blind rounds.


def make_blind(demo):
    with demo.app_context():
        assessment_of("vilarmonde").round.blind = True
        db.session.commit()


def sign(demo, code, **fields):
    """Change what the city has signed about one statement, as no verb can."""
    with demo.app_context():
        submission = assessment_of("vilarmonde").submissions[-1]
        document = json.loads(submission.document)
        next(one for one in document["answers"] if one["statement"] == code).update(fields)
        text = submissions.canonical(document)
        questionnaire = loaders.questionnaire(assessment_of("vilarmonde").round)
        ids = {one.code: one.id for one in questionnaire.statements}
        marked = {ids[one["statement"]]: one["mark"] for one in document["answers"]}
        db.session.execute(
            update(Submission)
            .where(Submission.id == submission.id)
            .values(
                document=text,
                sha256=submissions.sha256(text),
                packed=submissions.packed(questionnaire, marked),
            )
        )
        db.session.commit()


def _without_keys(text):
    return re.sub(r'(name="(csrf_token|key)" value|data-token)="[^"]*"', "", text)


WHOLE = (
    "assessments.show_submission",
    "assessments.download_submission",
    "versions.show_print",
    "versions.download_pdf",
)


def all_pages(browser, here):
    """Whatever a reviewer at work can read about the city, and what a save answers."""
    answers = [
        browser.get("home.show_home"),
        browser.get("reviewing.show_review", **here),
        browser.get("reviewing.show_submit", **here),
        *(browser.get("reviewing.show_score", code=code, **here) for code in ("SP1.5", "PM1.2")),
        *(browser.get(one, version=1, **CITY) for one in WHOLE),
        browser.get("versions.show_changes", version=1, earlier=1, **CITY),
        browser.post("reviewing.write_score", {"base": "0", "mark": "9"}, code="SP1.5", **here),
        save(browser, here, "SP1.5", mark="9"),
        save(browser, here, "SP1.5", base=7, mark="1"),
    ]
    return [(one.status_code, _without_keys(one.text)) for one in answers]


def test_in_a_blind_round_nothing_depends_on_the_citys_level_before_the_own_one(demo):
    make_blind(demo)
    browser, here = at_desk(demo, ACCEPTED)
    sign(demo, "SP1.5", mark="3", text="What we do.", remit_reason="")
    before = all_pages(browser, here)

    sign(demo, "SP1.5", mark="not_our_competence", text="What we do.", remit_reason="CANARY")

    after = all_pages(browser, here)
    assert after == before
    assert [status for status, _ in after] == [200] * 5 + [409] * 5 + [422, 422, 409]
    assert [text for _, text in after if "CANARY" in text] == []


def test_a_blind_page_shows_text_and_evidence_and_says_what_is_hidden(demo):
    make_blind(demo)
    browser, here = at_desk(demo, ACCEPTED)
    code = cited_code(demo)

    page = words(browser.get("reviewing.show_score", code=code, **here))

    answer = signed(demo, code)
    assert answer["text"] in page
    assert answer["evidence"][0]["title"] in page
    assert "In this round you give your own level first." in page
    assert f"signed answer Level {answer['mark']}" not in page


def test_the_own_first_level_brings_the_citys_into_sight_for_that_statement_alone(demo):
    make_blind(demo)
    browser, here = at_desk(demo, ACCEPTED)
    hidden = "In this round you give your own level first."

    answer = save(browser, here, "PM1.2", mark="2")

    assert set(answer.json["fields"]) == set(Score.FIELDS)
    seen, unseen = (
        words(browser.get("reviewing.show_score", code=code, **here)) for code in ("PM1.2", "PM1.3")
    )
    assert f"The city's signed answer Level {signed(demo, 'PM1.2')['mark']}" in seen
    assert (hidden in seen, hidden in unseen) == (False, True)


def test_a_text_alone_brings_nothing_into_sight(demo):
    make_blind(demo)
    browser, here = at_desk(demo, ACCEPTED)
    save(browser, here, "PM1.2", justification="To look at.", confidence="low")

    page = words(browser.get("reviewing.show_score", code="PM1.2", **here))

    assert "In this round you give your own level first." in page


def test_the_whole_document_waits_for_the_own_submission_and_the_page_says_so(demo):
    make_blind(demo)
    browser, here = at_desk(demo, DRAFTING)
    done, _ = at_desk(demo, FINISHED)

    refused = browser.get("assessments.show_submission", version=1, **CITY)
    listed = browser.get("reviewing.show_review", **here)

    assert refused.status_code == 409
    assert "You can read the whole document once your review is submitted." in words(refused)
    assert "/versions/" not in listed.text
    assert "In this round you give your own level" in words(listed)
    assert done.get("assessments.show_submission", version=1, **CITY).status_code == 200
    for email in ("coordinator@example.org", "lead.vilarmonde@example.org"):
        reads = Browser(demo, email).get("assessments.show_submission", version=1, **CITY)
        assert reads.status_code == 200


# The last round.


def publish_2024(demo, state=ReportState.PUBLISHED):
    with demo.app_context():
        last = assessment_of("vilarmonde", "2024")
        report = last.report or Report(assessment=last)
        report.state, report.sent_at, report.reply_due = state, now(), now()
        db.session.add(report)
        agreed = last.consensus.agreed_levels[0]
        asked = loaders.questionnaire(last.round).statements
        code = next(one.code for one in asked if one.id == agreed.statement_id)
        document = json.loads(last.submissions[-1].document)
        own = next(one["mark"] for one in document["answers"] if one["statement"] == code)
        db.session.commit()
        return code, own, agreed.mark


def test_the_levels_of_the_last_round_are_shown_once_its_report_is_published(demo):
    code, own, agreed = publish_2024(demo)
    browser, here = at_desk(demo, ACCEPTED)

    page = words(browser.get("reviewing.show_score", code=code, **here))

    assert "Last round: Charter review 2024" in page
    assert f"The city said: {_in_words(own)}" in page
    assert f"Its peers agreed on: {_in_words(agreed)}" in page


@pytest.mark.parametrize("state", [ReportState.WITH_CITY, ReportState.FINAL])
def test_a_report_that_is_not_published_shows_no_levels_of_the_last_round(demo, state):
    code, _, _ = publish_2024(demo, state)
    browser, here = at_desk(demo, ACCEPTED)

    page = words(browser.get("reviewing.show_score", code=code, **here))

    assert "Last round" not in page


def test_a_blind_round_hides_the_levels_of_the_last_one_as_long(demo):
    code, _, _ = publish_2024(demo)
    make_blind(demo)
    browser, here = at_desk(demo, ACCEPTED)
    before = words(browser.get("reviewing.show_score", code=code, **here))
    save(browser, here, code, mark="1")

    after = words(browser.get("reviewing.show_score", code=code, **here))

    assert ("Last round" in before, "Last round" in after) == (False, True)


def _in_words(mark):
    if mark == "not_our_competence":
        return "Not the city's competence"
    return f"Level {mark}" if mark.isdecimal() else "Cannot judge"


# The choice for a round.


def a_round_in_preparation(demo, **form):
    browser = Browser(demo, "coordinator@example.org")
    page = browser.get("rounds.show_new_round")
    given = {
        "title": "Blind review",
        "slug": "2031",
        "instrument": re.search(r'<option value="([0-9]+)"', page.text).group(1),
        "answers_due": ["1", "2", "2031"],
        "reviews_due": ["1", "5", "2031"],
        "minimum_reviewers": "2",
    }
    assert browser.post("rounds.create_round", given | form).status_code == 303
    return browser


def is_blind(demo, slug):
    with demo.app_context():
        return db.session.scalars(select(Round.blind).where(Round.slug == slug)).one()


@pytest.mark.parametrize(("form", "blind"), [({"blind": "y"}, True), ({}, False)])
def test_a_round_is_made_blind_when_it_is_prepared(demo, form, blind):
    a_round_in_preparation(demo, **form)

    assert is_blind(demo, "2031") is blind


def test_until_the_round_is_open_the_choice_can_be_changed(demo):
    browser = a_round_in_preparation(demo)

    answer = browser.post("rounds.choose_blind", {"blind": "y"}, round_slug="2031")

    assert is_blind(demo, "2031") is True
    page = browser.get(answer.location)
    assert re.search(r'name="blind"[^>]*\schecked', page.text)
    browser.post("rounds.choose_blind", {}, round_slug="2031")
    assert is_blind(demo, "2031") is False


def test_in_an_open_round_the_choice_is_read_and_not_changed(demo):
    browser = Browser(demo, "coordinator@example.org")

    answer = browser.post("rounds.choose_blind", {"blind": "y"}, round_slug="2026")

    page = browser.get("rounds.show_set_up", round_slug="2026")
    assert answer.status_code == 409
    assert "This is chosen before the round is open." in words(answer)
    assert is_blind(demo, "2026") is False
    assert "No: reviewers see the city's level from the start." in words(page)


def test_the_demonstration_has_visits_confidence_and_verdicts(demo):
    with demo.app_context():
        of_team = select(Score).join(Assignment).join(Assessment).join(Round)
        found = db.session.scalars(of_team.where(Round.slug == "2026")).all()
        given = db.session.scalars(select(EvidenceVerdict)).all()

    assert {score.confidence for score in found} == {"", "low", "medium", "high"}
    assert {score.visit_mark != "" for score in found} == {True, False}
    assert any(score.visit_mark not in ("", score.mark) for score in found)
    assert {one.sufficiency for one in given} == set(Sufficiency)
