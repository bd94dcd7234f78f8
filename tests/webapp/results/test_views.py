"""What everybody may read: published editions only, and nothing that is not in them."""

from __future__ import annotations

import hashlib
import json

import pytest
from sqlalchemy import delete, event, select, update

from models import (
    AgreedLevel,
    Approval,
    Assessment,
    City,
    Edition,
    Finding,
    Report,
    ReportSection,
    Round,
    User,
)
from tests.browser import Browser, without_token, words
from webapp.extensions import db
from webapp.security import OPEN_TO_ALL

OUT = {"round_slug": "2024", "city_slug": "vinterhamra"}
PRIVATE = [
    {"round_slug": "2026", "city_slug": slug}
    for slug in ("svetlobryag", "clairvaumont", "anemopoli", "puertalba", "roccamirna")
]


def edition(demo, city="vinterhamra"):
    with demo.app_context():
        return db.session.scalars(
            select(Edition)
            .join(Edition.report)
            .join(Report.assessment)
            .join(Assessment.city)
            .where(City.slug == city)
        ).one()


def test_a_visitor_finds_a_published_report_from_the_start(demo):
    visitor = Browser(demo)

    start = visitor.get("home.show_home")
    results = visitor.get("results.show_results")
    round_ = words(visitor.get("results.show_round", round_slug="2024"))
    page = words(visitor.get("results.show_result", **OUT))

    assert '<a class="app-header__link" href="/results">Results</a>' in start.text
    assert 'href="/results/2024"' in results.text
    assert "Charter review 2024 12 cities" in words(results)
    assert "Ανεμόπολη GR 23 January 2025 1" in round_
    assert "Report on Vinterhamra Edition 1, published on 21 January 2025." in page
    assert "The peers came from Clairvaumont, Puertalba, Tähtisalmi." in page
    assert "Levels: Policy-maker Statement City Peers PM1.1" in page
    assert "We agree. The council has this on its list for the next budget." in page


def test_no_person_is_named_in_what_is_published(demo):
    with demo.app_context():
        names = db.session.scalars(select(User.name)).all()
    visitor = Browser(demo)

    pages = [
        visitor.get("results.show_result", **OUT).text,
        visitor.get("results.download_edition", number=1, **OUT).text,
    ]

    assert [name for name in names for page in pages if name in page] == []


def test_the_page_is_made_of_the_document_and_of_no_table(demo):
    visitor = Browser(demo)
    before = visitor.get("results.show_result", **OUT).text
    with demo.app_context():
        db.session.execute(update(ReportSection).values(text="Changed behind its back."))
        db.session.execute(update(Finding).values(text="Changed behind its back."))
        db.session.execute(update(AgreedLevel).values(mark="0"))
        db.session.commit()

    after = visitor.get("results.show_result", **OUT).text

    assert after == before


def test_the_document_can_be_checked_by_its_fingerprint(demo):
    answer = Browser(demo).get("results.download_edition", number=1, **OUT)

    sha256 = edition(demo).sha256
    assert hashlib.sha256(answer.data).hexdigest() == sha256
    assert json.loads(answer.data)["city"] == "vinterhamra"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert sha256 in Browser(demo).get("results.show_result", **OUT).text


@pytest.mark.parametrize("email", [None, "coordinator@example.org", "lead.svetlobryag@example.org"])
@pytest.mark.parametrize("where", PRIVATE, ids=lambda where: where["city_slug"])
def test_what_is_not_published_is_not_there_whoever_asks_and_however(demo, where, email):
    browser = Browser(demo, email)
    browser.get("/no/such/page")  # the first page of all sets a cookie
    nowhere = {"round_slug": "2026", "city_slug": "atlantis"}
    ways = [
        ("results.show_result", {}),
        ("results.show_edition", {"number": 1}),
        ("results.download_edition", {"number": 1}),
    ]

    for endpoint, rest in ways:
        for headers in ({}, {"If-None-Match": "*"}, {"Range": "bytes=0-9"}):
            real, invented = (
                browser.client.get(browser.address(endpoint, **rest, **city), headers=headers)
                for city in (where, nowhere)
            )
            assert (real.status_code, invented.status_code) == (404, 404)
            assert without_token(real) == without_token(invented)
            assert list(real.headers) == list(invented.headers)


def test_a_round_without_anything_published_is_like_none(demo):
    visitor = Browser(demo)

    real, invented = (
        visitor.get("results.show_round", round_slug=slug) for slug in ("2026", "1999")
    )

    assert (real.status_code, invented.status_code) == (404, 404)
    assert real.text == invented.text
    assert visitor.get("results.show_edition", number=2, **OUT).status_code == 404


def test_pages_may_be_kept_as_long_as_nothing_new_is_published(demo):
    visitor = Browser(demo)
    first = visitor.client.get(visitor.address("results.show_result", **OUT))
    known = {"If-None-Match": first.headers["ETag"]}

    same = visitor.client.get(first.request.path, headers=known)
    with demo.app_context():
        report = db.session.get_one(Report, edition(demo).report_id)
        document = json.loads(report.editions[0].document)
        text = json.dumps({**document, "edition": 2, "introduction": "Put right."})
        report.editions.append(
            Edition(
                number=2,
                document=text,
                sha256=hashlib.sha256(text.encode()).hexdigest(),
                published_by=report.editions[0].published_by,
                published_at=report.editions[0].published_at,
                reason="A sum was wrong.",
            )
        )
        db.session.commit()
    newer = visitor.client.get(first.request.path, headers=known)

    assert (first.status_code, same.status_code, newer.status_code) == (200, 304, 200)
    assert first.headers["Cache-Control"] == same.headers["Cache-Control"] == OPEN_TO_ALL
    assert "Set-Cookie" not in first.headers
    assert "X-Robots-Tag" not in first.headers
    assert "Cookie" in first.headers["Vary"]
    assert newer.headers["ETag"] != first.headers["ETag"]
    assert "Put right." in newer.text


def test_what_a_person_sees_who_is_signed_in_is_not_kept(demo):
    answer = Browser(demo, "coordinator@example.org").get("results.show_result", **OUT)

    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_results_are_in_the_menu_only_once_there_are_some(demo):
    with demo.app_context():
        db.session.execute(delete(Approval))
        db.session.execute(delete(Edition))
        db.session.commit()

    start = Browser(demo).get("home.show_home").text
    page = words(Browser(demo).get("results.show_results"))

    assert 'href="/results"' not in start
    assert "Nothing is published yet." in page


def test_lists_cost_the_same_number_of_queries_for_few_and_for_many(demo):
    visitor = Browser(demo)
    many = _queries(demo, visitor)
    with demo.app_context():
        keep = select(Report.id).join(Report.assessment).join(Assessment.round)
        keep = keep.where(Round.slug == "2024").order_by(Report.id).limit(1)
        (kept,) = db.session.scalars(keep).all()
        db.session.execute(delete(Edition).where(Edition.report_id != kept))
        db.session.commit()

    assert _queries(demo, visitor) == many


def _queries(demo, visitor):
    seen = []
    with demo.app_context():
        engine = db.engine

        def note(conn, cursor, statement, *rest):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        visitor.get("results.show_results")
        visitor.get("results.show_round", round_slug="2024")
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
