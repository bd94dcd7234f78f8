"""A contributor who sees one commitment finds nothing of the others, on any page."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from itertools import product

import pytest
from sqlalchemy import select

from models import Assessment, City, Evidence, Round
from tests.browser import Browser, words
from tests.personas import questionnaire_of
from webapp.extensions import db

HERE = {"round_slug": "2026", "city_slug": "vinterhamra"}
LEAD, HELPER = "lead.vinterhamra@example.org", "helper.vinterhamra@example.org"
OWN, OUTSIDE = "SP1.2", "PM1.1"

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def planted(demo):
    """A text, a note and a piece of evidence under a statement of one's own, and under another."""
    lead = Browser(demo, LEAD)
    for code, word in ((OWN, "ownword"), (OUTSIDE, "secretword")):
        here = {"code": code, **HERE}
        page = lead.get("assessments.show_answer", **here)
        base = int(re.search('name="base" value="([0-9]+)"', page.text).group(1))
        body = {"base": base, "fields": {"text": f"{word} in a text"}}
        assert lead.patch("assessments.save_answer", body, **here).status_code == 200
        lead.post("notes.write_note", {"note": f"{word} in a note"}, **here)
        evidence = {"title": f"{word} in evidence", "address": f"https://example.org/{code}"}
        added = lead.post("evidence.add_evidence", evidence, statement=code, **HERE)
        assert added.status_code == 303, words(added)
    return demo


def addresses(demo, code):
    """Every address of the city that can be asked for, about one statement where it names one."""
    with demo.app_context():
        one = select(Assessment).join(Assessment.round).join(Assessment.city)
        there = db.session.scalars(
            one.where(Round.slug == "2026", City.slug == "vinterhamra")
        ).one()
        values = {
            "code": [code],
            "evidence_id": list(db.session.scalars(select(Evidence.id).order_by(Evidence.id))),
            "version": [1],
        } | {name: [value] for name, value in HERE.items()}
        titles = {one.code: one.title for one in questionnaire_of(there).statements}
    for rule in demo.url_map.iter_rules():
        if "GET" in rule.methods and "city_slug" in rule.arguments <= values.keys():
            names = sorted(rule.arguments)
            for chosen in product(*(values[name] for name in names)):
                there = dict(zip(names, chosen, strict=True))
                yield Browser(demo).address(rule.endpoint, **there), titles


def walked(browser, starts):
    """All that is reached by links from some addresses, but for the questionnaire itself and what
    everybody reads."""
    waiting, met = list(starts), set()
    while waiting:
        address = waiting.pop()
        if address in met or re.match(r"/(static|instruments|results|rounds/2024)", address):
            continue
        met.add(address)
        answer = browser.get(address)
        yield address, answer
        if answer.mimetype == "text/html":
            waiting += map(unescape, re.findall(r'href="(/[^"#]*)', answer.text))


def unpacked(answer):
    """The text of an answer; of a workbook, all that is in its parts."""
    if not zipfile.is_zipfile(io.BytesIO(answer.data)):
        return answer.data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def test_no_page_holds_anything_of_another_part(planted):
    known = list(addresses(planted, OUTSIDE)) + list(addresses(planted, OWN))
    titles = known[0][1]
    outside = {title for code, title in titles.items() if not code.startswith("SP1.")}

    read = {
        address: unpacked(answer)
        for address, answer in walked(
            Browser(planted, HELPER), ["/", *(address for address, _ in known)]
        )
    }

    found = {
        address: [word for word in ("secretword", *outside) if word in unescape(text)]
        for address, text in read.items()
    }
    assert {address: there for address, there in found.items() if there} == {}
    for word in ("ownword in a text", "ownword in a note", "ownword in evidence"):
        assert any(word in text for text in read.values()), word
    assert len([address for address in read if "/vinterhamra" in address]) > 20


def test_a_statement_of_another_part_does_not_exist_to_read_or_to_write(planted):
    browser, wrong = Browser(planted, HELPER), {}
    for rule in planted.url_map.iter_rules():
        if rule.arguments == {"round_slug", "city_slug", "code"}:
            address = browser.address(rule.endpoint, code=OUTSIDE, **HERE)
            for method in rule.methods & {"GET", "POST", "PATCH"}:
                answer = {
                    "GET": browser.get,
                    "POST": browser.post,
                    "PATCH": lambda at: browser.patch(at, {"base": 0, "fields": {"text": "x"}}),
                }[method](address)
                if answer.status_code != 404:
                    wrong[rule.endpoint] = answer.status_code

    # These are for reviewers, or for whoever sees the whole city; that the city is known to the
    # contributor is no secret.
    others = ("consensus.", "city_benchmarks.")
    assert {name: code for name, code in wrong.items() if not name.startswith(others)} == {}
    assert set(wrong.values()) <= {403}
    there = {"statement": OUTSIDE, **HERE}
    assert browser.get("evidence.show_add_evidence", **there).status_code == 404


def test_counts_and_filters_are_of_the_own_part(planted):
    browser = Browser(planted, HELPER)

    tasks = words(browser.get("assessments.show_assessment", **HERE))
    home = words(browser.get("home.show_home"))

    assert "10 of 10 statements are complete" in tasks
    assert "10 of 10 statements have a level" in home
    assert "All (10) Mine (10) Missing (0)" in tasks
    assert "Open notes 1 open, 0 for you" in tasks


@pytest.mark.parametrize("endpoint", ["assessments.show_sign_off", "colleagues.show_colleagues"])
def test_what_is_about_the_whole_city_is_not_for_them(demo, endpoint):
    assert Browser(demo, HELPER).get(endpoint, **HERE).status_code == 403


def test_who_was_given_nothing_is_told_so(demo):
    lead = Browser(demo, LEAD)
    page = lead.get("colleagues.show_colleagues", **HERE)
    one = re.search(r'/colleagues/([0-9]+)">[^<]*<span[^>]*> of Sofia', page.text).group(1)
    page = lead.get("colleagues.show_colleague", membership_id=int(one), **HERE)
    part = re.search(r'name="part" value="([0-9]+)"', page.text).group(1)
    lead.post("colleagues.take_part", {"part": part}, membership_id=int(one), **HERE)

    tasks = words(Browser(demo, HELPER).get("assessments.show_assessment", **HERE))

    assert "No part of this assessment is given to you yet." in tasks
    assert "0 of 0 statements are complete" in tasks
