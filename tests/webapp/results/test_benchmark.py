"""The public benchmark: there from its moment on, the same for everybody, nobody in it who did not
agree."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

from sqlalchemy import delete, select, update

from models import City, PrintoutKind, Release, Snapshot, User
from tests.browser import Browser, without_token, words
from tests.builders import a_printout
from webapp.clock import now
from webapp.extensions import db
from webapp.security import OPEN_TO_ALL

HERE = {"round_slug": "2024"}
PAGE = "/results/2024/benchmark"
CHARTS, ENDINGS = ("standing", "heat", "profile", "gap", "trend"), ("csv", "svg", "png")
FILES = [
    *(f"/benchmark/{chart}.{ending}" for chart, ending in product(CHARTS, ENDINGS)),
    *("/comparative.pdf", "/data.zip"),
]
ASKED = [
    *("/benchmark", *FILES, "/benchmark?city=vinterhamra", "/benchmark?city=nonsense"),
    *("/benchmark?series=self", "/benchmark?series=nonsense"),
    *("/benchmark/profile.csv?city=vinterhamra", "/benchmark/heat.csv?series=nonsense"),
]


def sets_release(demo, **columns):
    with demo.app_context():
        db.session.execute(update(Release).values(**columns))
        db.session.commit()


def test_a_visitor_reads_how_the_cities_stand_together(demo):
    visitor = Browser(demo)

    results = visitor.get("results.show_round", **HERE)
    page = words(visitor.get("results.show_benchmark", **HERE))

    assert f'href="{PAGE}"' in results.text
    assert "Benchmark of Charter review 2024 Release 1, public since 31 January 2025." in page
    assert "All figures come from snapshot 2024-1, which never changes." in page
    assert "The city in the middle reaches 52 of 100 points (Calibrated)." in page
    assert "On average cities put themselves 8 points higher than their peers: at 61," in page
    assert "The figures rest on the signed answers of 12 cities." in page
    assert "6 of 12 cities agreed to stand here under their name: Clairvaumont, Täht" in page
    assert "Overall Calibrated 12 52 53 46 to 61" in page
    assert "Not shown, fewer than 5 other cities: Belgium, Bulgaria, Germany, Spain, F" in page


def test_who_did_not_agree_is_nowhere_and_is_asked_for_as_nobody(demo):
    visitor = Browser(demo)
    with demo.app_context():
        snapshot = db.session.scalars(select(Snapshot)).one()
        left = db.session.scalars(select(City).where(City.slug.not_in(snapshot.named)))
        hidden = [one for city in left for one in (city.slug, city.name)]
    assert "puertalba" in hidden

    everything = [
        visitor.client.get(f"{PAGE}{rest}")
        for rest in (
            *("", "?series=self", "?city=vinterhamra", "/standing.csv", "/heat.csv", "/heat.svg"),
            *("/standing.svg?series=peer", "/profile.csv?city=vinterhamra"),
        )
    ]
    refused = [
        visitor.client.get(f"{PAGE}{rest}?city={city}")
        for rest in ("", "/profile.csv")
        for city in ("puertalba", "nonsense")
    ]

    assert {answer.status_code for answer in everything} == {200}
    assert [one for one in hidden for page in everything if one in page.text] == []
    assert {answer.status_code for answer in refused} == {422}
    assert len({answer.text for answer in refused}) == 1


def test_before_its_moment_every_address_answers_like_a_random_one(demo):
    visitor = Browser(demo)
    visitor.get("/no/such/page")  # the first page of all sets a cookie
    later = now() + timedelta(hours=1)
    with demo.app_context():
        who = db.session.scalars(select(User.id).limit(1)).one()

    def embargoed():
        sets_release(demo, public_from=later)

    def called_off():
        sets_release(demo, public_from=later, called_off_by_id=who, called_off_at=now())

    def not_released():
        with demo.app_context():
            db.session.execute(delete(Release))
            db.session.commit()

    for change in (embargoed, called_off, not_released):
        change()
        for rest in ASKED:
            for headers in ({}, {"If-None-Match": "*"}, {"Range": "bytes=0-9"}):
                for method in (visitor.client.get, visitor.client.head):
                    real, invented = (
                        method(f"/results/{slug}{rest}", headers=headers)
                        for slug in ("2024", "1999")
                    )
                    assert (real.status_code, invented.status_code) == (404, 404), rest
                    assert without_token(real) == without_token(invented)
                    assert list(real.headers) == list(invented.headers)
        assert "/benchmark" not in visitor.get("results.show_round", **HERE).text
        assert "/benchmark" not in visitor.get("results.show_results").text


def test_it_may_be_kept_until_there_is_a_new_release_which_says_why(demo):
    visitor = Browser(demo)
    first = visitor.client.get(PAGE)
    file = visitor.client.get(f"{PAGE}/standing.csv")
    known = {"If-None-Match": first.headers["ETag"]}

    same = visitor.client.get(PAGE, headers=known)
    same_file = visitor.client.get(
        f"{PAGE}/standing.csv", headers={"If-None-Match": file.headers["ETag"]}
    )
    with demo.app_context():
        release = db.session.scalars(select(Release)).one()
        release.snapshot.releases.append(
            Release(
                round=release.round,
                number=2,
                public_from=now(),
                released_by=release.released_by,
                released_at=release.public_from,
                reason="A sum was wrong.",
            )
        )
        sha256 = release.snapshot.result_sha256
        db.session.commit()
    newer = visitor.client.get(PAGE, headers=known)

    assert (first.status_code, same.status_code, newer.status_code) == (200, 304, 200)
    assert (file.status_code, same_file.status_code) == (200, 304)
    assert {first.headers["Cache-Control"], file.headers["Cache-Control"]} == {OPEN_TO_ALL}
    assert "Set-Cookie" not in first.headers
    assert "X-Robots-Tag" not in first.headers
    assert file.headers["Content-Disposition"].startswith(
        'attachment; filename="2024-1-standing-peer_calibrated.csv"'
    )
    page = words(newer)
    assert "Release 2, public since" in page
    assert "Why there is a new release A sum was wrong." in page
    old = "Release 1, 31 January 2025, snapshot 2024-1: replaced, no longer shown"
    assert f"{old} Fingerprint (SHA-256) {sha256}" in page
    signed_in = Browser(demo, "coordinator@example.org").get("results.show_benchmark", **HERE)
    assert signed_in.headers["Cache-Control"] == "no-store"


def test_files_made_from_the_released_snapshot_are_there_once_they_are_ready(demo):
    visitor = Browser(demo)
    before = visitor.get("results.show_benchmark", **HERE).text
    assert visitor.client.get("/results/2024/comparative.pdf").status_code == 404
    with demo.app_context():
        snapshot = db.session.scalars(select(Snapshot)).one()
        for kind, content in (
            (PrintoutKind.COMPARATIVE, b"%PDF"),
            (PrintoutKind.DATA_PACKAGE, b"PK"),
            (PrintoutKind.WORKBOOK, b"PK, for coordinators"),
        ):
            db.session.add(a_printout(kind, of=snapshot, content=content))
        db.session.commit()

    after = visitor.get("results.show_benchmark", **HERE).text
    paper = visitor.client.get("/results/2024/comparative.pdf")
    data = visitor.client.get("/results/2024/data.zip")

    assert [("comparative.pdf" in text, "data.zip" in text) for text in (before, after)] == [
        (False, False),
        (True, True),
    ]
    assert (paper.data, paper.mimetype) == (b"%PDF", "application/pdf")
    assert (data.data, data.mimetype) == (b"PK", "application/zip")
    assert paper.headers["Content-Disposition"].startswith("attachment;")
    assert paper.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert paper.headers["Cache-Control"] == OPEN_TO_ALL
