"""The consensus of a team: opened, compared, agreed on, closed, and hidden until it is open."""

from __future__ import annotations

import re
from html import unescape
from threading import Thread
from time import sleep

import pytest
from sqlalchemy import event, func, select, update

from models import (
    AgreedLevel,
    Assent,
    Assessment,
    Assignment,
    City,
    Consensus,
    ConsensusState,
    Dissent,
    Entry,
    Revision,
    Round,
    Score,
    User,
    marks,
)
from reviews import consensus as agreeing
from reviews.queries import scores
from tests.browser import Browser, without_token, words
from webapp import loaders
from webapp.extensions import db

PUERTALBA = {"round_slug": "2026", "city_slug": "puertalba"}
TAHTISALMI = {"round_slug": "2026", "city_slug": "tahtisalmi"}
VILARMONDE = {"round_slug": "2026", "city_slug": "vilarmonde"}
CLOSED = {"round_slug": "2026", "city_slug": "anemopoli"}
LEAD, MATE, THIRD = (
    f"reviewer.{home}@example.org" for home in ("roccamirna", "svetlobryag", "vinterhamra")
)
COORDINATOR = "coordinator@example.org"
LEFT_OPEN = ("BU1.4", "BU2.1", "BU2.2", "BU2.3", "BU3.1", "BU3.4", "EM2.3", "BU2.4")
MARKS = ["nan", "inf", "1e400", "-0", "1_0", "３", "٣", "+3", " 3 ", "3.0", "5", "-1", "4.9"]


def _assessment(city):
    return db.session.scalars(
        select(Assessment).join(City).join(Round).where(City.slug == city, Round.slug == "2026")
    ).one()


def stored(demo, code, city="puertalba"):
    """What the database holds of one agreed level, and the number of the whole consensus."""
    with demo.app_context():
        assessment = _assessment(city)
        statement = loaders.questionnaire(assessment.round).statement(code)
        row = db.session.scalars(
            select(AgreedLevel).where(
                AgreedLevel.consensus_id == assessment.consensus.id,
                AgreedLevel.statement_id == statement.id,
            )
        ).one_or_none()
        return row and (row.mark, row.reason, row.number)


def number(demo, city="puertalba"):
    with demo.app_context():
        return _assessment(city).consensus.number


def count(demo, table):
    with demo.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def last_deed(demo):
    with demo.app_context():
        row = db.session.scalars(select(Entry).order_by(Entry.sequence.desc()).limit(1)).one()
        return row.action, row.facts


def assents(demo, city="puertalba"):
    with demo.app_context():
        rows = _assessment(city).consensus.assents
        return [(one.assignment.reviewer.email, one.consensus_number, one.dissent) for one in rows]


def settle(demo, codes=LEFT_OPEN):
    """The lead writes down a level for what the demonstration leaves open."""
    browser = Browser(demo, LEAD)
    for code in codes:
        body = {"base": 0, "fields": {"mark": "3", "reason": "As agreed."}}
        saved = browser.patch("consensus.save_agreed_level", body, code=code, **PUERTALBA)
        assert saved.status_code == 200
    return browser


def finish_the_reviews_of_tahtisalmi(demo):
    """Both reviewers score the rest and submit; returns the lead's browser."""
    for home, codes in (
        ("vilarmonde", ("PM3.4", "BU3.2")),
        ("clairvaumont", ("SP2.3", "EM3.2", "BU3.1")),
    ):
        browser = Browser(demo, f"reviewer.{home}@example.org")
        with demo.app_context():
            here = db.session.scalars(
                select(Assignment.id)
                .join(Assignment.reviewer)
                .where(
                    User.email == f"reviewer.{home}@example.org",
                    Assignment.assessment_id == _assessment("tahtisalmi").id,
                )
            ).one()
        for code in codes:
            body = {"base": 0, "fields": {"mark": "2", "justification": "Seen so."}}
            browser.patch("reviewing.save_score", body, assignment_id=here, code=code)
        assert browser.post("reviewing.submit", assignment_id=here).status_code == 303
    return browser


# Opening.


@pytest.mark.parametrize("email", ["reviewer.clairvaumont@example.org", COORDINATOR])
def test_the_lead_or_the_coordinator_opens_it_once_all_have_submitted(demo, email):
    finish_the_reviews_of_tahtisalmi(demo)
    browser = Browser(demo, email)

    answers = [browser.post("consensus.open_consensus", **TAHTISALMI) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 409]
    assert answers[0].location == "/rounds/2026/tahtisalmi/consensus"
    assert last_deed(demo) == ("consensus:open", {"reviewers": 2})
    page = words(browser.get("consensus.show_consensus", **TAHTISALMI))
    assert "0 of 54 statements have an agreed level" in page


def test_it_is_not_opened_while_somebody_is_still_scoring(demo):
    answer = Browser(demo, COORDINATOR).post("consensus.open_consensus", **TAHTISALMI)

    assert answer.status_code == 422
    assert "2 reviewers have not submitted yet." in words(answer)
    with demo.app_context():
        assert _assessment("tahtisalmi").consensus is None


def test_a_reviewer_who_does_not_lead_does_not_open_it(demo):
    finish_the_reviews_of_tahtisalmi(demo)
    mate = Browser(demo, "reviewer.vilarmonde@example.org")

    assert mate.post("consensus.open_consensus", **TAHTISALMI).status_code == 403


# Before it is open nothing is to be seen.


@pytest.mark.parametrize(
    ("home", "status"),
    [("brzozogrod", 403), ("svetlobryag", 403), ("eichmunde", 409), ("vinterhamra", 404)],
)
def test_before_it_is_open_nobody_of_the_team_sees_any_of_it(demo, home, status):
    """At work, invited, finished and leading, recused."""
    browser = Browser(demo, f"reviewer.{home}@example.org")
    with demo.app_context():
        said = set(
            db.session.scalars(
                select(Score.justification)
                .join(Score.assignment)
                .where(Assignment.assessment_id == _assessment("vilarmonde").id)
            )
        ) - {""}

    for answer in (
        browser.get("consensus.show_consensus", **VILARMONDE),
        browser.get("consensus.show_agreed_level", code="PM1.1", **VILARMONDE),
        browser.post("consensus.adopt", **VILARMONDE),
        browser.post("consensus.agree", {"shown": "0"}, **VILARMONDE),
        browser.post("consensus.close", **VILARMONDE),
    ):
        # What only the lead may do is forbidden to the others of the team.
        assert answer.status_code in {status, 403 if status != 404 else 404}
        assert not any(text in answer.text for text in said)


def test_a_coordinator_sees_no_score_before_it_is_open(demo):
    browser = Browser(demo, COORDINATOR)

    assert browser.get("consensus.show_consensus", **VILARMONDE).status_code == 409
    page = browser.get("consensus.show_agreed_level", code="PM1.1", **VILARMONDE)
    assert page.status_code == 409


@pytest.mark.parametrize(
    ("email", "status"),
    [
        ("lead.puertalba@example.org", 403),
        ("signatory.puertalba@example.org", 403),
        ("lead.eichmunde@example.org", 404),
        ("reviewer.eichmunde@example.org", 404),
        ("reviewer.puertalba@example.org", 404),
        ("admin@example.org", 404),
    ],
)
def test_nobody_outside_the_team_sees_who_gave_which_score(demo, email, status):
    browser = Browser(demo, email)
    answers = [
        browser.get("consensus.show_consensus", **PUERTALBA),
        browser.get("consensus.show_agreed_level", code="PM1.1", **PUERTALBA),
        browser.post("consensus.adopt", **PUERTALBA),
        browser.post("consensus.close", **PUERTALBA),
        browser.post("consensus.agree", {"shown": "1"}, **PUERTALBA),
        browser.post("consensus.write_agreed_level", {"base": "0"}, code="BU1.4", **PUERTALBA),
    ]

    assert [one.status_code for one in answers] == [status] * 6
    assert not any("Morandin" in one.text for one in answers)


def test_a_hidden_city_answers_like_one_that_does_not_exist(demo):
    browser = Browser(demo, "reviewer.eichmunde@example.org")
    nowhere = {"round_slug": "2026", "city_slug": "nowhere"}

    for endpoint, rest in (
        ("consensus.show_consensus", {}),
        ("consensus.show_agreed_level", {"code": "PM1.1"}),
    ):
        real = browser.get(endpoint, **PUERTALBA, **rest)
        invented = browser.get(endpoint, **nowhere, **rest)
        assert without_token(real) == without_token(invented)


def test_a_coordinator_with_a_conflict_sees_none_of_it(demo):
    browser = Browser(demo, "second.coordinator@example.org")
    own = {"round_slug": "2026", "city_slug": "clairvaumont"}

    assert browser.get("consensus.show_consensus", **own).status_code == 403
    assert browser.get("consensus.show_consensus", **PUERTALBA).status_code == 200


# Comparing.


def test_the_widest_disagreement_comes_first_with_all_scores_and_the_citys_own(demo):
    page = Browser(demo, MATE).get("consensus.show_consensus", **PUERTALBA)

    table = page.text.split('id="scores"')[1]
    spreads = [int(one) for one in re.findall(r'<td class="govuk-table__cell">(\d)</td>', table)]
    assert len(spreads) > 40
    assert spreads == sorted(spreads, reverse=True)
    heads = re.findall(r'<th scope="col"[^>]*>(?:<bdi>)?([^<]+)', table)
    assert heads == [
        "Statement",
        "Davide Morandin",
        "Desislava Marinova",
        "Amira Haddad",
        "Spread",
        "City",
        "Agreed",
    ]
    assert "46 of 54 statements have an agreed level" in words(page)


def test_the_table_is_what_was_submitted(demo):
    page = Browser(demo, LEAD).get("consensus.show_consensus", **PUERTALBA)

    shown = {}
    table = page.text.split('id="scores"')[1]
    for row in re.findall(r'<tr class="govuk-table__row">.*?</tr>', table, re.DOTALL)[1:]:
        code = re.search(r"statements/([A-Z0-9.]+)", row).group(1)
        shown[code] = re.findall(r'role="img" aria-label="([^"]+)"', unescape(row))[:3]
    with demo.app_context():
        assessment = _assessment("puertalba")
        codes = {one.id: one.code for one in loaders.questionnaire(assessment.round).statements}
        rows = db.session.execute(
            select(Score.statement_id, Score.mark)
            .join(Score.assignment)
            .where(Assignment.assessment_id == assessment.id)
            .order_by(Assignment.lead.desc(), Assignment.id)
        )
        given = {}
        for statement, mark in rows:
            given.setdefault(codes[statement], []).append(_words(mark))
    assert {
        code: [one.replace("&#39;", "'") for one in row] for code, row in shown.items()
    } == given


def _words(mark):
    return {
        marks.NOT_OUR_COMPETENCE: "Not the city's competence",
        marks.CANNOT_JUDGE: "Cannot judge",
    }.get(mark, f"Level {mark}")


def test_a_statement_shows_the_justifications_side_by_side_and_the_signed_answer(demo):
    page = words(Browser(demo, MATE).get("consensus.show_agreed_level", code="SP1.10", **PUERTALBA))

    with demo.app_context():
        assessment = _assessment("puertalba")
        statement = loaders.questionnaire(assessment.round).statement("SP1.10")
        said = db.session.execute(
            select(User.name, Score.justification)
            .join(Score.assignment)
            .join(Assignment.reviewer)
            .where(Assignment.assessment_id == assessment.id, Score.statement_id == statement.id)
        ).all()
    assert len(said) == 3
    for name, justification in said:
        assert name in page
        assert (justification or "No justification.") in page
    assert "The city's signed answer" in page


def test_the_way_leads_on_by_disagreement_not_by_code(demo):
    browser = Browser(demo, LEAD)
    order = re.findall(
        r"/consensus/statements/([A-Z0-9.]+)\"><span",
        browser.get("consensus.show_consensus", **PUERTALBA).text,
    )

    page = browser.get("consensus.show_agreed_level", code=order[1], **PUERTALBA)

    links = re.findall(r'rel="(prev|next)" href="[^"]+/([A-Z0-9.]+)"', page.text)
    assert links == [("prev", order[0]), ("next", order[2])]
    assert "Next without an agreed level: BU1.4" in words(page)


# Agreeing on a level.


def test_the_lead_writes_an_agreed_level_beside_the_scores(demo):
    browser, before = Browser(demo, LEAD), number(demo)
    form = {"base": "0", "key": "k" * 16, "mark": "3", "reason": "Seen by two.\r\nAgreed."}

    answer = browser.post("consensus.write_agreed_level", form, code="BU1.4", **PUERTALBA)

    assert answer.location == "/rounds/2026/puertalba/consensus/statements/BU1.4"
    assert stored(demo, "BU1.4") == ("3", "Seen by two.\nAgreed.", 1)
    assert number(demo) == before + 1
    assert last_deed(demo) == ("agreed-level:write", {"statement": "BU1.4"})
    assert "BU1.4 is saved." in words(browser.get(answer.location))


def test_the_script_saves_single_fields_and_a_repeated_request_counts_once(demo):
    browser, before = Browser(demo, LEAD), number(demo)
    first = {"base": 0, "key": "first-key", "fields": {"reason": "Nothing to see."}}
    level = {"base": 1, "key": "second-key", "fields": {"mark": "cannot_judge"}}

    answers = [
        browser.patch("consensus.save_agreed_level", body, code="BU1.4", **PUERTALBA)
        for body in (first, first, level)
    ]

    assert [one.status_code for one in answers] == [200, 200, 200]
    assert stored(demo, "BU1.4") == ("cannot_judge", "Nothing to see.", 2)
    assert number(demo) == before + 2


def test_two_windows_at_the_same_level_both_show_both_and_nothing_is_overwritten(demo):
    browser = Browser(demo, LEAD)
    body = {"base": 0, "fields": {"mark": "1", "reason": "Seen."}}
    browser.patch("consensus.save_agreed_level", body, code="BU1.4", **PUERTALBA)

    form = browser.post(
        "consensus.write_agreed_level",
        {"base": "0", "mark": "2", "reason": "From the second window."},
        code="BU1.4",
        **PUERTALBA,
    )
    script = browser.patch(
        "consensus.save_agreed_level",
        {"base": 0, "fields": {"mark": "2"}},
        code="BU1.4",
        **PUERTALBA,
    )

    assert (form.status_code, script.status_code) == (409, 409)
    assert script.json["theirs"]["mark"] == "1"
    assert "Stored now Level only in what is stored: 1 Yours Level only in yours: 2" in words(form)
    assert "Stored now only in what is stored: Seen. Yours only in yours: From" in words(form)
    assert ">\nFrom the second window.</textarea>" in form.text
    assert stored(demo, "BU1.4") == ("1", "Seen.", 1)


@pytest.mark.parametrize("mark", [*MARKS, "not_our_competence"])
def test_only_the_marks_of_the_statement_are_taken(demo, mark):
    """BU2.1 is within every city's remit."""
    browser, before = Browser(demo, LEAD), number(demo)

    form = browser.post(
        "consensus.write_agreed_level",
        {"base": "0", "mark": mark, "reason": "kept"},
        code="BU2.1",
        **PUERTALBA,
    )
    script = browser.patch(
        "consensus.save_agreed_level",
        {"base": 0, "fields": {"mark": mark}},
        code="BU2.1",
        **PUERTALBA,
    )

    assert (form.status_code, script.status_code) == (422, 422)
    assert ">\nkept</textarea>" in form.text
    assert stored(demo, "BU2.1") is None
    assert number(demo) == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"fields": {"mark": "1"}}, 428),
        ({"base": 9, "fields": {"mark": "1"}}, 409),
        ({"base": 0, "fields": {"mark": 3}}, 422),
        ({"base": 0, "fields": {"state": "agreed"}}, 422),
        ({"base": 0, "fields": {"reason": "x" * 10_001}}, 422),
        ({"base": 0, "fields": {"reason": "a\0b"}}, 422),
        ({"base": 0, "fields": {"reason": "\ud800"}}, 422),
    ],
)
def test_a_save_that_cannot_be_read_is_refused_and_stores_nothing(demo, body, status):
    browser, before = Browser(demo, LEAD), number(demo)

    answer = browser.patch("consensus.save_agreed_level", body, code="BU2.1", **PUERTALBA)

    assert answer.status_code == status
    assert stored(demo, "BU2.1") is None
    assert number(demo) == before


def test_two_changes_at_once_are_counted_as_two(demo):
    """The second waits for the first and must then count on from what the first has stored."""
    browser, before = Browser(demo, LEAD), number(demo)
    body = {"base": 0, "fields": {"mark": "3"}}
    answers = []
    with demo.app_context():
        assessment = _assessment("puertalba").id
        first = db.engine.connect().execution_options(writes=True)
    assert browser.token
    second = Thread(
        target=lambda: answers.append(
            browser.patch("consensus.save_agreed_level", body, code="BU1.4", **PUERTALBA)
        )
    )

    with first:
        first.execute(select(Assessment.id).where(Assessment.id == assessment).with_for_update())
        first.execute(
            update(Consensus)
            .where(Consensus.assessment_id == assessment)
            .values(number=Consensus.number + 1)
        )
        second.start()
        sleep(0.3)
        first.commit()
    second.join()

    assert answers[0].status_code == 200
    assert number(demo) == before + 2


@pytest.mark.parametrize(
    ("email", "forms"), [(MATE, ["/rounds/2026/puertalba/visit/notes"]), (COORDINATOR, [])]
)
def test_whoever_does_not_lead_reads_the_agreed_levels_but_writes_none(demo, email, forms):
    browser = Browser(demo, email)

    page = browser.get("consensus.show_agreed_level", code="BU1.4", **PUERTALBA)
    answers = [
        browser.post("consensus.write_agreed_level", {"base": "0"}, code="BU1.4", **PUERTALBA),
        browser.patch("consensus.save_agreed_level", {"base": 0}, code="BU1.4", **PUERTALBA),
        browser.post("consensus.adopt", **PUERTALBA),
    ]

    assert "No level yet" in words(page)
    assert re.findall(r'<form[^>]* action="([^"]+)"', page.text.split("<main")[1]) == forms
    assert [one.status_code for one in answers] == [403, 403, 403]


def test_what_all_gave_alike_is_taken_over_at_once(demo):
    lead = finish_the_reviews_of_tahtisalmi(demo)
    lead.post("consensus.open_consensus", **TAHTISALMI)
    offered = words(lead.get("consensus.show_consensus", **TAHTISALMI))
    alike = int(re.search(r"Take over where all agree \((\d+)\)", offered).group(1))

    answer = lead.post("consensus.adopt", **TAHTISALMI)
    again = lead.post("consensus.adopt", **TAHTISALMI)

    assert (answer.status_code, again.status_code) == (303, 303)
    assert number(demo, "tahtisalmi") == 1
    page = words(lead.get("consensus.show_consensus", **TAHTISALMI))
    assert f"{alike} of 54 statements have an agreed level" in page
    assert "Take over where all agree" not in page


def test_a_statement_of_another_instrument_does_not_exist(demo):
    browser = Browser(demo, LEAD)

    assert browser.get("consensus.show_agreed_level", code="ZZ1.1", **PUERTALBA).status_code == 404


# Agreeing with the whole, dissenting, closing.


def test_a_reviewer_agrees_with_the_levels_that_were_shown(demo):
    browser, shown = Browser(demo, MATE), str(number(demo))
    page = browser.get("consensus.show_consensus", **PUERTALBA)

    answer = browser.post("consensus.agree", {"shown": shown}, **PUERTALBA)

    assert f'name="shown" value="{shown}"' in page.text
    assert answer.location == "/rounds/2026/puertalba/consensus"
    assert assents(demo) == [(MATE, int(shown), "")]
    assert last_deed(demo) == ("consensus:agree", {"number": int(shown), "dissent": False})
    said = words(browser.get("consensus.show_consensus", **PUERTALBA))
    assert "Desislava Marinova Agrees Amira Haddad Silent so far" in said


def test_a_later_change_makes_an_agreement_one_with_an_earlier_state(demo):
    browser = Browser(demo, MATE)
    browser.post("consensus.agree", {"shown": str(number(demo))}, **PUERTALBA)
    settle(demo, ("BU1.4",))

    said = words(browser.get("consensus.show_consensus", **PUERTALBA))

    assert "Desislava Marinova Answered before the last change" in said


def test_nobody_agrees_to_levels_that_changed_since_they_were_shown(demo):
    browser, shown = Browser(demo, MATE), str(number(demo))
    settle(demo, ("BU1.4",))

    stale = browser.post(
        "consensus.agree", {"shown": shown, "dissent": "My words stay."}, **PUERTALBA
    )

    assert stale.status_code == 409
    assert "An agreed level has changed since you opened this page." in words(stale)
    assert ">\nMy words stay.</textarea>" in stale.text
    assert f'name="shown" value="{int(shown) + 1}"' in stale.text
    assert assents(demo) == []


def test_a_dissent_is_kept_with_its_words_and_may_be_taken_back(demo):
    browser, shown = Browser(demo, MATE), str(number(demo))

    browser.post(
        "consensus.agree", {"shown": shown, "dissent": " One level too high. "}, **PUERTALBA
    )

    assert assents(demo) == [(MATE, int(shown), "One level too high.")]
    said = words(Browser(demo, LEAD).get("consensus.show_consensus", **PUERTALBA))
    assert "Dissents One level too high." in said
    browser.post("consensus.agree", {"shown": shown}, **PUERTALBA)
    assert assents(demo) == [(MATE, int(shown), "")]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"shown": ""},
        {"shown": "-1"},
        {"shown": "٣"},
        {"shown": "9" * 12},
        {"shown": "NOW", "dissent": "  "},
        {"shown": "NOW", "dissent": "x" * 10_001},
        {"shown": "NOW", "dissent": "a\0b"},
    ],
)
def test_an_answer_to_the_levels_that_cannot_be_read_is_refused(demo, form):
    browser = Browser(demo, MATE)
    sent = {name: str(number(demo)) if text == "NOW" else text for name, text in form.items()}

    answer = browser.post("consensus.agree", sent, **PUERTALBA)

    assert answer.status_code == 422
    assert "There is a problem" in words(answer)
    assert assents(demo) == []


def test_only_the_team_agrees(demo):
    answer = Browser(demo, COORDINATOR).post(
        "consensus.agree", {"shown": str(number(demo))}, **PUERTALBA
    )

    assert answer.status_code == 403
    assert assents(demo) == []


def test_it_is_not_closed_while_a_statement_has_no_agreed_level(demo):
    lead = Browser(demo, LEAD)

    answer = lead.post("consensus.close", **PUERTALBA)

    assert answer.status_code == 422
    assert "8 statements have no agreed level yet." in words(answer)
    assert "Close the consensus" not in words(lead.get("consensus.show_consensus", **PUERTALBA))
    with demo.app_context():
        assert _assessment("puertalba").consensus.state is ConsensusState.OPEN


@pytest.mark.parametrize("email", [LEAD, COORDINATOR])
def test_a_closed_consensus_never_changes(demo, email):
    lead, closer = settle(demo), Browser(demo, email)
    assert "Close the consensus" in words(closer.get("consensus.show_consensus", **PUERTALBA))

    answers = [closer.post("consensus.close", **PUERTALBA).status_code for _ in range(2)]

    assert answers == [303, 409]
    later = [
        lead.patch(
            "consensus.save_agreed_level",
            {"base": 1, "fields": {"mark": "0"}},
            code="BU1.4",
            **PUERTALBA,
        ),
        lead.post("consensus.adopt", **PUERTALBA),
        lead.post("consensus.agree", {"shown": str(number(demo))}, **PUERTALBA),
    ]
    assert [one.status_code for one in later] == [409, 409, 409]
    assert stored(demo, "BU1.4") == ("3", "As agreed.", 1)
    page = lead.get("consensus.show_consensus", **PUERTALBA)
    assert "The agreed levels do not change any more." in words(page)
    assert "<form" not in page.text.split("<main")[1]


def test_a_reviewer_who_does_not_lead_does_not_close_it(demo):
    settle(demo)

    assert Browser(demo, THIRD).post("consensus.close", **PUERTALBA).status_code == 403


def test_a_closed_consensus_stays_readable_for_its_team_and_coordinators(demo):
    for email in ("reviewer.eichmunde@example.org", COORDINATOR):
        browser = Browser(demo, email)
        assert browser.get("consensus.show_consensus", **CLOSED).status_code == 200
        page = browser.get("consensus.show_agreed_level", code="PM1.1", **CLOSED)
        assert page.status_code == 200


# A reason where the team parts.


def _wide_and_narrow(demo):
    """A statement with levels two or more apart, and one with levels next to each other."""
    with demo.app_context():
        assessment = _assessment("puertalba")
        rows = agreeing.divergences(
            loaders.questionnaire(assessment.round),
            [one.marks for one in scores.team_reviews(db.session(), assessment)],
        )
        wide = next(one for one in rows if one.spread == 2)
        return wide, next(one for one in rows if one.spread == 1)


def _write(browser, row, **form):
    """Save what is stored there and what is in `form`."""
    code = row.statement.code
    page = browser.get("consensus.show_agreed_level", code=code, **PUERTALBA)
    base = re.search(r'name="base" value="(\d+)"', page.text).group(1)
    sent = {"base": base, **form}
    return browser.post("consensus.write_agreed_level", sent, code=code, **PUERTALBA)


def test_levels_two_apart_need_a_reason_and_nothing_typed_is_lost(demo):
    browser = Browser(demo, LEAD)
    wide, _ = _wide_and_narrow(demo)
    code, mark = wide.statement.code, wide.marks[0]

    assert _write(browser, wide, mark="", reason="").status_code == 303
    emptied = stored(demo, code)

    form = _write(browser, wide, mark=mark, reason="  ")
    body = {"base": emptied[2], "fields": {"mark": mark}}
    script = browser.patch("consensus.save_agreed_level", body, code=code, **PUERTALBA)

    says = "The team's levels lie two or more apart here. Say what settled it."
    assert (form.status_code, script.status_code, script.json["message"]) == (422, 422, says)
    assert says in words(form)
    assert re.search(rf'name="mark" value="{mark}" checked', form.text)
    assert stored(demo, code) == emptied
    assert _write(browser, wide, mark=mark, reason="The minutes.").status_code == 303
    assert _write(browser, wide, reason="").status_code == 422
    assert stored(demo, code) == (mark, "The minutes.", emptied[2] + 1)


def test_a_level_that_none_gave_needs_a_reason_and_one_in_between_does_not(demo):
    browser = Browser(demo, LEAD)
    _, narrow = _wide_and_narrow(demo)
    outside = str(next(one for one in range(5) if one not in narrow.levels))

    refused = _write(browser, narrow, mark=outside, reason="")
    taken = _write(browser, narrow, mark=narrow.marks[0], reason="")

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert "None of the team gave this level or one on either side of it." in words(refused)


# Dissent at one statement.


def _dissent(browser, code, text="Two of five are missing.", shown="1"):
    form = {"dissent": text, "shown": shown}
    return browser.post("consensus.dissent", form, code=code, **PUERTALBA)


def test_a_member_dissents_at_a_statement_and_team_and_coordinators_read_why(demo):
    mate, lead = Browser(demo, MATE), Browser(demo, LEAD)

    answer = _dissent(mate, "PM1.1")

    assert answer.status_code == 303
    assert answer.location.endswith("/consensus/statements/PM1.1#dissents")
    assert last_deed(demo) == ("consensus:dissent", {"statement": "PM1.1"})
    for email in (MATE, LEAD, COORDINATOR):
        browser = Browser(demo, email)
        page = words(browser.get("consensus.show_agreed_level", code="PM1.1", **PUERTALBA))
        assert "Desislava Marinova, " in page
        assert "Two of five are missing." in page
        room = words(browser.get("consensus.show_consensus", **PUERTALBA))
        assert "1 dissent" in room
        assert "Two of five are missing." not in room
    body = {"base": 1, "fields": {"mark": "0", "reason": "Other."}}
    assert (
        lead.patch("consensus.save_agreed_level", body, code="PM1.1", **PUERTALBA).status_code
        == 200
    )
    page = words(mate.get("consensus.show_agreed_level", code="PM1.1", **PUERTALBA))
    assert "About an earlier level" in page


def test_a_dissent_is_changed_and_taken_back_by_whoever_wrote_it(demo):
    mate, third = Browser(demo, MATE), Browser(demo, THIRD)
    _dissent(mate, "PM1.1", "First.")
    _dissent(mate, "PM1.1", "Second.")

    third.post("consensus.withdraw_dissent", code="PM1.1", **PUERTALBA)

    with demo.app_context():
        assert db.session.scalars(select(Dissent.text)).all() == ["Second."]
    assert mate.post("consensus.withdraw_dissent", code="PM1.1", **PUERTALBA).status_code == 303
    assert last_deed(demo) == ("consensus:withdraw-dissent", {"statement": "PM1.1"})
    assert count(demo, Dissent) == 0


@pytest.mark.parametrize(
    ("text", "shown", "status", "says"),
    [
        (" ", "1", 422, "Say what you do not agree with."),
        ("x" * 10_001, "1", 422, "at most 10000 can be kept"),
        ("Kept.", "0", 409, "The agreed level has changed since you opened this page."),
        ("Kept.", "x", 422, "The version is not a number."),
    ],
)
def test_a_dissent_that_cannot_be_kept_is_shown_again(demo, text, shown, status, says):
    answer = _dissent(Browser(demo, MATE), "PM1.1", text, shown)

    assert (answer.status_code, says in words(answer)) == (status, True)
    assert f">\n{text}</textarea>" in answer.text
    assert count(demo, Dissent) == 0


def test_only_the_team_dissents_and_only_from_an_agreed_level(demo):
    answers = [
        _dissent(Browser(demo, MATE), "BU1.4", shown="0"),
        _dissent(Browser(demo, COORDINATOR), "PM1.1"),
        _dissent(Browser(demo, "lead.puertalba@example.org"), "PM1.1"),
        _dissent(Browser(demo, "reviewer.eichmunde@example.org"), "PM1.1"),
    ]

    assert [one.status_code for one in answers] == [409, 403, 403, 404]
    assert count(demo, Dissent) == 0


# The room: filters, how the team stands, and what else it has gathered.


@pytest.mark.parametrize(("show", "words_"), [("open", "Without"), ("disagreeing", "Where")])
def test_the_table_shows_only_what_is_open_or_disagreed_on(demo, show, words_):
    browser = Browser(demo, LEAD)
    page = browser.get("consensus.show_consensus", **PUERTALBA)
    offered = re.search(rf"{words_}[^(]+\((\d+)\)", words(page))

    filtered = browser.get("consensus.show_consensus", show=show, **PUERTALBA)

    rows = re.findall(r"/consensus/statements/([A-Z0-9.]+)\"><span", filtered.text)
    assert 0 < len(rows) == int(offered.group(1)) < 54
    if show == "open":
        assert sorted(rows) == sorted(_open_codes(demo))
    assert re.search(rf'show={show}#filters" aria-current="true"', filtered.text)


def _open_codes(demo):
    with demo.app_context():
        assessment = _assessment("puertalba")
        questionnaire = loaders.questionnaire(assessment.round)
        return [one.code for one in agreeing.not_agreed(assessment.consensus, questionnaire)]


@pytest.mark.parametrize("show", ["", "mine", "ALL"])
def test_a_filter_that_is_none_is_refused(demo, show):
    page = Browser(demo, LEAD).get("consensus.show_consensus", show=show, **PUERTALBA)

    assert page.status_code == 422


def test_the_room_says_how_many_agreed_with_the_levels_as_they_are_now(demo):
    mate, lead = Browser(demo, MATE), Browser(demo, LEAD)
    now_shown = number(demo)

    mate.post("consensus.agree", {"shown": str(now_shown)}, **PUERTALBA)
    third = {"shown": str(now_shown), "dissent": "No."}
    Browser(demo, THIRD).post("consensus.agree", third, **PUERTALBA)

    says = "1 of 3 agreed with the levels shown (number {})"
    page = words(lead.get("consensus.show_consensus", **PUERTALBA))
    assert says.format(now_shown) in page
    settle(demo, LEFT_OPEN[:1])
    page = words(lead.get("consensus.show_consensus", **PUERTALBA))
    assert f"0 of 3 agreed with the levels shown (number {now_shown + 1})" in page


def test_the_room_shows_how_far_the_team_agrees(demo):
    page = words(Browser(demo, MATE).get("consensus.show_consensus", **PUERTALBA))

    assert re.search(r"Krippendorff's alpha, ordinal: [a-z ]+, \d\.\d\d \(95 % interval: ", page)
    assert "With 3 reviewers this number is rough" in page
    counts = re.search(r"All statements (\d+) (\d+) (\d+) (\d+)", page)
    assert sum(map(int, counts.groups())) == 54
    assert re.search(
        r"Davide Morandin \(lead\) \d\.\d\d (on neither side|\d\.\d\d (above|below))", page
    )


def test_notes_of_the_visit_stand_at_the_statement_for_the_team_and_for_nobody_else(demo):
    mate = Browser(demo, MATE)
    form = {"text": "Rents are capped.", "code": "PM1.1", "back": "consensus", "on": "PM1.1"}

    answer = mate.post("visits.write_note", form, **PUERTALBA)

    assert answer.location.endswith("/consensus/statements/PM1.1#visit-notes")
    for email, there in ((MATE, True), (LEAD, True), (COORDINATOR, False)):
        browser = Browser(demo, email)
        page = browser.get("consensus.show_agreed_level", code="PM1.1", **PUERTALBA)
        other = browser.get("consensus.show_agreed_level", code="PM1.2", **PUERTALBA)
        assert ("Rents are capped." in page.text, "Rents" in other.text) == (there, False)


def test_marks_from_desk_and_visit_confidence_verdicts_and_questions_stand_side_by_side(demo):
    browser = Browser(demo, LEAD)
    with demo.app_context():
        assessment = _assessment("puertalba")
        codes = [one.code for one in loaders.questionnaire(assessment.round).statements]
        said = {code: scores.justifications(db.session(), assessment, code) for code in codes}
    visited = next(code for code, team in said.items() if any(one.visit.mark for one in team))
    judged = next(code for code, team in said.items() if any(one.verdicts for one in team))

    pages = {
        code: words(browser.get("consensus.show_agreed_level", code=code, **PUERTALBA))
        for code in (visited, judged)
    }

    one = next(each for each in said[visited] if each.visit.mark)
    assert "From the desk: Level" in pages[visited]
    assert "After the visit: Level" in pages[visited]
    assert one.visit.justification in pages[visited]
    found = [each for team in said[judged] for each in team.verdicts]
    notes = [each.note for each in found if each.note]
    assert all(note in pages[judged] for note in notes)
    assert re.search(r"(Sufficient|Partly|Not found): it", pages[judged])
    assert "Questions to the city" in pages[judged]


# Cost, and reading without writing.


def _queries(demo, browser, endpoint, **where):
    seen = []
    browser.get(endpoint, **where)
    with demo.app_context():
        engine = db.engine

        def note(conn, cursor, statement, *more):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        answer = browser.get(endpoint, **where)
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    return len(seen)


@pytest.mark.parametrize(
    ("endpoint", "rest"),
    [("consensus.show_consensus", {}), ("consensus.show_agreed_level", {"code": "BU2.4"})],
)
def test_a_page_costs_as_many_queries_for_few_agreed_levels_as_for_many(demo, endpoint, rest):
    lead = finish_the_reviews_of_tahtisalmi(demo)
    lead.post("consensus.open_consensus", **TAHTISALMI)

    none = _queries(demo, lead, endpoint, **TAHTISALMI, **rest)
    most = _queries(demo, Browser(demo, LEAD), endpoint, **PUERTALBA, **rest)

    assert none == most


def test_reading_pages_writes_nothing(demo):
    browser = Browser(demo, LEAD)
    tables = (Consensus, AgreedLevel, Assent, Revision, Entry)
    before = [count(demo, table) for table in tables]

    for endpoint, rest in (
        ("consensus.show_consensus", {}),
        ("consensus.show_agreed_level", {"code": "BU1.4"}),
        ("consensus.show_agreed_level", {"code": "PM1.1"}),
    ):
        assert browser.get(endpoint, **PUERTALBA, **rest).status_code == 200

    assert [count(demo, table) for table in tables] == before
