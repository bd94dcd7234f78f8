"""The benchmark of a round: its figures by hand, its pictures, its files, and who sees it."""

from __future__ import annotations

import csv
import io
import re

import pytest
from markupsafe import escape
from sqlalchemy import select, update

from benchmarks.charts.drawing import score
from models import (
    AgreedLevel,
    Assessment,
    AssessmentState,
    Assignment,
    AssignmentState,
    City,
    CityRole,
    Consensus,
    Entry,
    PlatformRole,
    Round,
    User,
)
from tests.browser import Browser, words
from tests.builders import (
    a_city,
    a_consensus,
    a_coordinator,
    a_round,
    a_submission,
    a_submitted_review,
    an_assessment,
    an_officer,
    store,
)
from webapp.clock import now
from webapp.extensions import db

COORDINATOR, SECOND = "coordinator@example.org", "second.coordinator@example.org"
ROUND = {"round_slug": "2024"}
HERE = {"round_slug": "small"}
CHARTS = ("profile", "gap", "heat", "spread", "ranks", "severity", "coverage")
ENDINGS = ("csv", "svg", "png")
FILES = [(chart, ending) for chart in CHARTS for ending in ENDINGS]


def signed(round_: Round, name: str, marks: str) -> Assessment:
    """A city under review that gave itself these levels, one sign per statement."""
    city = a_city(name)
    assessment = an_assessment(of=city, round=round_, answered="all")
    for answer, mark in zip(assessment.answers, marks, strict=True):
        answer.mark = mark
    assessment.state = AssessmentState.IN_REVIEW
    signatory = an_officer(of=city, role=CityRole.SIGNATORY)
    assessment.submissions.append(a_submission(assessment, signatory))
    return assessment


@pytest.fixture
def small(app):
    """Ghent with two reviewers, Leuven that has only signed, Namur that has not even done that."""
    round_ = a_round(slug="small", title="The small round")
    coordinator = a_coordinator(of=round_)
    with app.app_context():
        ghent = signed(round_, "Ghent", "42130")
        a_submitted_review(of=ghent, mark="2", lead=True)
        a_submitted_review(of=ghent, mark="1")
        a_consensus(of=ghent)
        leuven = signed(round_, "Leuven", "11111")
        namur = an_assessment(of=a_city("Namur"), round=round_)
        store(db.session, ghent, leuven, namur, coordinator)
        db.session.commit()
        email = coordinator.email
    return Browser(app, email)


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_three_answers_equal_what_one_works_out_by_hand(small):
    page = words(small.get("dashboards.show_benchmark", **HERE))

    # Ghent, in hundredths: PM1 (100, 50), PM2 (25), EM1 (75, 0), so policy-maker 50, employer
    # 37.5, overall 43.75. Leuven: 25 throughout. Its two peers give Ghent 50 and 25: 37.5.
    # What cannot be calibrated is the peers' mean once more, and is not called calibrated.
    assert "Role Self Peers Agreed Peers, not calibrated" in page
    assert "Overall 34 38 – 38 Policy-maker 38 38 – 38 Employer 31 38 – 38" in page
    assert "Cities 2 1 0 1" in page
    assert "By their peers: 38 of 100 in every role." in page
    # 43.75 - 37.5; by commitment PM1 75 - 37.5, PM2 25 - 37.5.
    assert "Cities put themselves 6 points higher than their peers on average." in page
    assert "One city can be compared: 1 over 5 points higher, 0 over 5 points lower, 0 in" in page
    assert "Widest upwards: PM1 Commitment PM1 (+38)." in page
    assert "At the other end: PM2 Commitment PM2 (−13)." in page
    assert "2 of 3 cities have signed; 1 of them have reviews that count, 0 have agreed" in page
    assert "2 reviews by 2 people, 2 in each city." in page
    assert "Not in the figures, not signed: Namur." in page
    assert "With fewer than five cities an average says little" in page


def test_the_table_of_a_city_says_on_how_much_each_figure_rests(small):
    page = words(small.get("dashboards.show_benchmark", city="ghent", **HERE))

    assert "Ghent: by role" in page
    assert "Overall 44 5 100 % 38 5 2 100 % no answers 0 – 38" in page
    assert "PM1 Commitment PM1 75 2 100 % 38 2 2 100 % no answers 0 – 38" in page


def test_what_is_hidden_of_the_group_or_not_calibrated_says_why(small):
    page = words(small.get("dashboards.show_benchmark", city="ghent", **HERE))

    assert "Overall Self 2 – – – hidden: fewer than 5 other cities" in page
    assert "Overall Peers 1 – – – hidden: fewer than 5 other cities" in page
    assert "Not calibrated: too few cities per reviewer." in page
    # One city with reviews: no rank, no group behind its marks.
    assert "Overall 38 – no rank: too few cities per reviewer" in page
    assert "Group: hidden: fewer than 5 other cities" in page


def test_files_of_a_city_hold_no_figure_of_a_group_that_is_too_small(small):
    rows = rows_of(
        small.get("dashboards.download_chart", chart="profile", ending="csv", city="ghent", **HERE)
    )

    shown = [row for row in rows if row["series"] == "peer_calibrated"]
    assert {row["group_hidden"] for row in shown} == {"hidden: fewer than 5 other cities"}
    assert {row["group_n"] for row in shown} == {"1"}
    assert {row[name] for row in rows for name in ("group_median", "group_q1", "group_q3")} == {""}


def test_files_hold_the_unrounded_figures_that_were_drawn(small):
    gap = rows_of(small.get("dashboards.download_chart", chart="gap", ending="csv", **HERE))
    heat = rows_of(
        small.get("dashboards.download_chart", chart="heat", ending="csv", series="self", **HERE)
    )

    assert [
        (row["code"], row["self"], row["other"], row["gap"], row["n_cities"]) for row in gap
    ] == [
        ("PM1", "75.0", "37.5", "37.5", "1"),
        ("EM1", "37.5", "37.5", "0.0", "1"),
        ("PM2", "25.0", "37.5", "-12.5", "1"),
    ]
    assert [(row["name"], row["code"], row["value"]) for row in heat] == [
        ("Ghent", "PM1", "75.0"),
        ("Ghent", "PM2", "25.0"),
        ("Ghent", "EM1", "37.5"),
        ("Leuven", "PM1", "25.0"),
        ("Leuven", "PM2", "25.0"),
        ("Leuven", "EM1", "25.0"),
    ]


def test_a_role_narrows_pictures_and_tables_to_its_commitments(small):
    page = words(small.get("dashboards.show_benchmark", role="employer", **HERE))
    rows = rows_of(
        small.get("dashboards.download_chart", chart="gap", ending="csv", role="employer", **HERE)
    )
    means = rows_of(
        small.get(
            "dashboards.download_chart", chart="profile", ending="csv", role="employer", **HERE
        )
    )

    assert "All cities: means by commitment, Employer, The small round" in page
    assert "PM1 Commitment PM1 50" not in page
    assert [row["code"] for row in rows] == ["EM1"]
    assert [(row["code"], row["value"]) for row in means if row["series"] == "self"] == [
        ("employer", "31.25"),
        ("EM1", "31.25"),
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"city": "namur"},
        {"city": "atlantis"},
        {"role": "buyer"},
        {"role": "PM1"},
        {"series": "group"},
        {"of": "1"},
        {"of": "now"},
        {"group": "country:XX"},
        {"group": "country:BE&role=employer"},
        {"sort": "score"},
        {"format": "csv"},
    ],
)
@pytest.mark.parametrize("file", [{}, {"chart": "gap", "ending": "csv"}])
def test_a_filter_that_was_not_offered_is_refused(small, query, file):
    endpoint = "dashboards.download_chart" if file else "dashboards.show_benchmark"

    assert small.get(endpoint, **HERE, **file, **query).status_code == 422


def test_a_filter_given_twice_is_refused(small):
    assert small.get("/rounds/small/benchmark?city=ghent&city=leuven").status_code == 422


def test_empty_filters_of_the_form_mean_everything(small):
    plain = words(small.get("dashboards.show_benchmark", **HERE))

    assert words(small.get("/rounds/small/benchmark?city=&role=&series=")) == plain


def test_nothing_signed_is_said_in_words_and_there_are_no_files(app):
    round_ = a_round(slug="small")
    coordinator = a_coordinator(of=round_)
    with app.app_context():
        store(db.session, an_assessment(of=a_city("Ghent"), round=round_), coordinator)
        db.session.commit()
        email = coordinator.email
    browser = Browser(app, email)

    page = words(browser.get("dashboards.show_benchmark", **HERE))
    files = {
        browser.get("dashboards.download_chart", chart=chart, ending=ending, **HERE).status_code
        for chart, ending in FILES
    }

    assert "There is nothing to compare yet." in page
    assert "Cities in this round: 1." in page
    assert files == {404}


def test_a_round_without_cities_has_an_empty_benchmark(app):
    coordinator = a_coordinator(of=a_round(slug="small"))
    with app.app_context():
        db.session.add(coordinator)
        db.session.commit()
        email = coordinator.email

    answer = Browser(app, email).get("dashboards.show_benchmark", **HERE)

    assert "There is nothing to compare yet." in words(answer)


def test_self_alone_is_shown_without_a_gap(app):
    round_ = a_round(slug="small")
    coordinator = a_coordinator(of=round_)
    with app.app_context():
        # Submitted, but its team has not opened the consensus: that review counts nowhere yet.
        ghent = signed(round_, "Ghent", "44444")
        a_submitted_review(of=ghent, mark="0")
        store(db.session, ghent, coordinator)
        db.session.commit()
        email = coordinator.email
    browser = Browser(app, email)

    page = words(browser.get("dashboards.show_benchmark", **HERE))
    gap = browser.get("dashboards.download_chart", chart="gap", ending="csv", **HERE)

    assert "By their own account: 100 of 100 in every role." in page
    assert "Nothing can be compared yet: reviews count once a team opens its consensus." in page
    assert "No review counts here yet." in page
    assert "Overall 100 – – –" in page
    assert gap.status_code == 404


def test_the_demonstration_shows_its_finished_round(demo):
    page = Browser(demo, COORDINATOR).get("dashboards.show_benchmark", **ROUND)

    assert "12 of 12 cities have signed; 12 of them have reviews that count" in words(page)
    assert "36 reviews by 12 people, 3 in each city." in words(page)
    for chart in CHARTS:
        assert f'<title id="{chart}-title">' in page.text
        assert f'<desc id="{chart}-desc">' in page.text
        for ending in ENDINGS:
            file = f"/rounds/2024/benchmark/{chart}.{ending}?of=1&amp;series=peer_calibrated"
            assert file in page.text
    # Beside each picture, and once for the page.
    assert page.text.count("Fingerprint of the frozen result") == len(CHARTS) + 1


def test_calibrated_scores_stand_with_their_intervals(demo):
    browser, here = Browser(demo, COORDINATOR), {"city": "puertalba", **ROUND}
    page = words(browser.get("dashboards.show_benchmark", **here))
    rows = rows_of(browser.get("dashboards.download_chart", chart="profile", ending="csv", **here))

    calibrated = [row for row in rows if row["series"] == "peer_calibrated"]
    assert len(calibrated) == 11
    for row in calibrated:
        value, lo, hi = (score(float(row[name])) for name in ("value", "lo", "hi"))
        assert f"{row['code']} {row['label']}" in page
        assert f" {value} ({lo} to {hi})" in page
    assert "By their peers, calibrated: " in page
    assert "Bars: 95 % intervals, valid for differences between cities" in page
    assert "Level: relative to the pool of reviewers" in page


def test_a_city_has_a_band_and_a_rank_with_its_interval(demo):
    page = words(
        Browser(demo, COORDINATOR).get("dashboards.show_benchmark", city="puertalba", **ROUND)
    )

    place = page.split("Puertalba among all cities")[1].split("All figures")[0]
    band = r"(clearly above|clearly below|not distinguishable from) the group median"
    rank = r"(\d+ to \d+ of 12, middle \d+|\d+ of 12)"
    assert len(re.findall(rf"\d+ \(\d+ to \d+\) {band} {rank}", place)) == 5


def test_the_group_and_the_agreement_of_reviewers_are_on_the_page(demo):
    answer = Browser(demo, COORDINATOR).get("dashboards.show_benchmark", **ROUND)
    page = words(answer)

    group = page.split("The group")[2].split("Can the scores be trusted, role by role?")[0]
    trust = page.split("Can the scores be trusted, role by role?")[1].split("Severity of")[0]
    assert len(re.findall(r"(Self|Peers|Calibrated) 12 \d+ \d+ \d+ to \d+", group)) == 15
    assert len(re.findall(r"0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)", trust)) == 5
    assert re.search(r"Reviewers differ in severity by \d+ points", trust)
    assert not re.search(r"\bP\d+\b", page)


def test_a_round_that_cannot_be_calibrated_says_so_and_why(demo):
    with demo.app_context():
        here = select(Assessment.id).join(Assessment.round).join(Assessment.city)
        here = here.where(Round.slug == "2026", City.slug == "svetlobryag")
        left = update(Assignment).where(Assignment.assessment_id.in_(here))
        db.session.execute(left.values(state=AssignmentState.REVOKED))
        db.session.commit()

    page = words(Browser(demo, COORDINATOR).get("dashboards.show_benchmark", round_slug="2026"))

    assert "Not calibrated: too few cities per reviewer." in page
    assert "The review falls into 2 parts without a reviewer in common" in page
    assert "By their own account: " in page  # three of seven cities have reviews that count
    assert "Peers, not calibrated" in page
    assert "By their peers, calibrated" not in page


def test_every_id_on_the_page_is_there_once(demo):
    text = Browser(demo, COORDINATOR).get("dashboards.show_benchmark", **ROUND).text
    ids = re.findall(r'\sid="([^"]+)"', text)

    assert sorted(ids) == sorted(set(ids))


def test_every_picture_can_be_taken_away(demo):
    browser = Browser(demo, COORDINATOR)
    starts = {"csv": b"\xef\xbb\xbf", "svg": b"<svg ", "png": b"\x89PNG\r\n"}
    media = {"csv": "text/csv", "svg": "image/svg+xml", "png": "image/png"}

    for chart, ending in [*FILES, ("radar", "svg")]:
        answer = browser.get(
            "dashboards.download_chart", chart=chart, ending=ending, city="puertalba", **ROUND
        )

        assert (answer.status_code, answer.mimetype) == (200, media[ending])
        assert answer.data.startswith(starts[ending])
        name = f"2024-1-{chart}-puertalba.{ending}"
        assert answer.headers["Content-Disposition"] == (
            f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
        )
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["radar.csv", "profile.exe", "profile", "profile.csv.svg", "..%2fprofile.csv", "gap."]
)
def test_a_file_that_is_not_made_is_not_found(small, path):
    assert small.get(f"/rounds/small/benchmark/{path}").status_code == 404


def test_the_same_file_has_the_same_bytes_each_time(demo):
    browsers = Browser(demo, COORDINATOR), Browser(demo, COORDINATOR)

    first, again = (
        one.get("dashboards.download_chart", chart="heat", ending="png", **ROUND).data
        for one in browsers
    )

    assert first == again


@pytest.mark.parametrize(
    "who",
    [
        "lead.puertalba@example.org",
        "signatory.vinterhamra@example.org",
        "reviewer.roccamirna@example.org",
        "admin@example.org",
        "other.office@example.org",
    ],
)
def test_the_benchmark_does_not_exist_for_those_who_do_not_coordinate_the_round(demo, who):
    with demo.app_context():
        db.session.add(
            User(
                email="other.office@example.org",
                name="Otto Kranz",
                password_hash="none",
                created_at=now(),
                platform_role=PlatformRole.COORDINATOR,
            )
        )
        db.session.commit()
    browser = Browser(demo, who)

    statuses = {
        browser.get("dashboards.show_benchmark", **ROUND).status_code,
        *(
            browser.get(
                "dashboards.download_chart", chart=chart, ending=ending, **ROUND
            ).status_code
            for chart, ending in FILES
        ),
    }

    assert statuses == {404}


def test_a_coordinator_finds_no_trace_of_the_own_citys_figures(demo):
    browser = Browser(demo, SECOND)

    page = browser.get("dashboards.show_benchmark", **ROUND)
    heat = browser.get("dashboards.download_chart", chart="heat", ending="csv", **ROUND)
    asked = browser.get("dashboards.show_benchmark", city="clairvaumont", **ROUND)

    assert "Left out for you, a conflict of interest: Clairvaumont." in words(page)
    assert "11 of 12 cities have signed" in words(page)
    assert page.text.count("Clairvaumont") == 1
    assert "clairvaumont" not in page.text
    assert b"lairvaumont" not in heat.data
    assert len({row["city"] for row in rows_of(heat)}) == 11
    assert asked.status_code == 422


def test_what_one_coordinator_was_shown_is_not_shown_to_another(demo):
    """Both pictures are kept by now, and each coordinator still gets the right one."""
    shown = {}
    for who in (COORDINATOR, SECOND, COORDINATOR, SECOND):
        file = Browser(demo, who).get(
            "dashboards.download_chart", chart="heat", ending="svg", **ROUND
        )
        shown.setdefault(who, []).append("Clairvaumont" in file.text)

    assert shown == {COORDINATOR: [True, True], SECOND: [False, False]}


def test_a_new_signature_shows_at_once(small):
    before = words(small.get("dashboards.show_benchmark", **HERE))
    with small.app.app_context():
        namur = db.session.scalars(
            select(Assessment).where(Assessment.city.has(slug="namur"))
        ).one()
        for answer in namur.answers:
            answer.mark = "4"
        namur.state = AssessmentState.SUBMITTED
        namur.submissions.append(
            a_submission(namur, db.session.scalars(select(User).limit(1)).one())
        )
        db.session.commit()

    after = words(small.get("dashboards.show_benchmark", **HERE))

    assert "2 of 3 cities have signed" in before
    assert "3 of 3 cities have signed" in after


def test_names_full_of_markup_and_formulas_stay_text(app):
    round_ = a_round(slug="small", title="$\\frac{a$ <script>")
    coordinator = a_coordinator(of=round_)
    with app.app_context():
        ghent = signed(round_, "Ghent", "42130")
        ghent.city.name = '=HYPERLINK("x")<img src=x>$\\frac{a$'
        a_submitted_review(of=ghent, mark="2")
        a_consensus(of=ghent)
        store(db.session, ghent, coordinator)
        db.session.commit()
        email = coordinator.email
    browser = Browser(app, email)

    page = browser.get("dashboards.show_benchmark", city="ghent", **HERE)
    heat = browser.get("dashboards.download_chart", chart="heat", ending="csv", **HERE)
    picture = browser.get("dashboards.download_chart", chart="heat", ending="png", **HERE)

    assert page.status_code == 200
    assert "<img" not in page.text
    assert rows_of(heat)[0]["name"].startswith("'=HYPERLINK")
    assert picture.status_code == 200


def test_looking_writes_nothing(demo):
    def entries():
        with demo.app_context():
            return db.session.scalars(select(Entry.sequence).order_by(Entry.sequence)).all()

    browser, before = Browser(demo, COORDINATOR), entries()

    browser.get("dashboards.show_benchmark", **ROUND)

    assert entries() == before


def test_figures_come_from_the_snapshot_unless_those_of_now_are_asked_for(demo):
    """A level that changes afterwards is in the working figures only."""
    browser = Browser(demo, COORDINATOR)
    with demo.app_context():
        agreed = select(AgreedLevel.id).join(AgreedLevel.consensus).join(Consensus.assessment)
        of_round = agreed.join(Assessment.round).where(Round.slug == "2024")
        levels = update(AgreedLevel).where(AgreedLevel.id.in_(of_round))
        db.session.execute(levels.values(mark="0"))
        db.session.commit()

    frozen, working = (
        words(browser.get("dashboards.show_benchmark", **ROUND, **asked))
        for asked in ({}, {"of": "working"})
    )
    file = browser.get(
        "dashboards.download_chart", chart="heat", ending="csv", of="working", **ROUND
    )

    assert "Frozen Snapshot 2024-1, frozen on 27 January 2025, 15:10 (Brussels)" in frozen
    assert re.search(r"Overall \d+ \d+ [1-9]\d* \d+", frozen)
    assert "Working figures Not frozen: these figures change with every submission" in working
    assert re.search(r"Overall \d+ \d+ 0 \d+", working)
    assert "2024-working-heat.csv" in file.headers["Content-Disposition"]


def test_a_group_takes_the_place_of_all_cities(demo):
    browser, few = Browser(demo, COORDINATOR), {"group": "size:<250k", **ROUND}
    page = words(browser.get("dashboards.show_benchmark", city="puertalba", **few))
    heat, profile = (
        browser.get("dashboards.download_chart", chart=chart, ending="csv", **asked)
        for chart, asked in (("heat", few), ("profile", {"city": "puertalba", **few}))
    )

    cities = {row["name"] for row in rows_of(heat)}
    assert "Only cities of one kind are shown: Fewer than 250,000 people (4)." in page
    assert "4 of 4 cities have signed" in page
    assert len(cities) == 4
    # It has more people, so it is drawn beside the group, and has no place in it.
    assert "Puertalba" not in cities
    assert "Puertalba among all cities" not in page
    assert "Puertalba: profile by commitment, Charter review 2024, beside Fewer than" in page
    assert {row["group_hidden"] for row in rows_of(profile)} >= {
        "hidden: fewer than 5 other cities"
    }
    assert 'filename="2024-1-heat-size-under-250k.csv"' in heat.headers["Content-Disposition"]


def test_what_is_hidden_of_groups_is_listed_with_its_reason(demo):
    page = words(Browser(demo, COORDINATOR).get("dashboards.show_benchmark", **ROUND))

    log = page.split("What is hidden of groups, and why")[1]
    assert re.search(r"\d+ figures, hidden: fewer than 5 other cities", log)
    assert re.search(r"Fewer than 250,000 people Self all 16 4 hidden: fewer than 5", log)


def test_reviewers_of_a_city_one_is_too_close_to_have_no_names(demo):
    """They reviewed others, too: those marks are there, without the name."""
    named = {
        who: {
            row["label"]
            for row in rows_of(
                Browser(demo, who).get(
                    "dashboards.download_chart", chart="severity", ending="csv", **ROUND
                )
            )
        }
        for who in (COORDINATOR, SECOND)
    }
    with demo.app_context():
        here = select(User.name).join(Assignment.reviewer).join(Assignment.assessment)
        team = here.join(Assessment.city).join(Assessment.round)
        names = set(
            db.session.scalars(team.where(City.slug == "clairvaumont", Round.slug == "2024"))
        )

    assert names <= named[COORDINATOR]
    assert not names & named[SECOND]
    assert {name for name in named[SECOND] if re.fullmatch(r"Reviewer \d+", name)}
    assert len(named[SECOND]) == 12


def test_single_marks_are_shown_while_the_team_sees_them_and_lead_to_the_consensus(demo):
    browser = Browser(demo, COORDINATOR)
    now_, then = (
        browser.get("dashboards.show_benchmark", round_slug=slug) for slug in ("2026", "2024")
    )

    assert "Marks two levels or more from the middle of the others" in words(now_)
    assert re.search(r'href="/rounds/2026/[a-z-]+/consensus/statements/[A-Z]+\d\.\d"', now_.text)
    assert "Marks two levels or more" not in words(then)
    assert "No single mark to show" in words(then)


def test_what_a_person_has_already_is_not_sent_again(demo):
    browser, other = Browser(demo, COORDINATOR), Browser(demo, "third.coordinator@example.org")
    first = browser.get("dashboards.show_benchmark", **ROUND)
    tag = first.headers["ETag"]

    def again(who: Browser, **asked: str):
        address = who.address("dashboards.show_benchmark", **ROUND, **asked)
        return who.client.get(address, headers={"If-None-Match": tag})

    same = again(browser)
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["Cache-Control"] == "no-store"
    assert again(browser, role="employer").status_code == 200
    assert again(other).status_code == 200
    with demo.app_context():
        db.session.execute(update(City).where(City.slug == "puertalba").values(name="Puertonuevo"))
        db.session.commit()
    renamed = again(browser)
    assert renamed.status_code == 200
    assert "Puertonuevo" in renamed.text
    assert "Puertalba" not in renamed.text


def test_a_kept_page_bears_the_name_and_the_token_of_whoever_asks(demo):
    pages = [
        Browser(demo, who).get("dashboards.show_benchmark", **ROUND).text
        for who in (COORDINATOR, "third.coordinator@example.org")
    ]
    with demo.app_context():
        names = [
            db.session.scalars(select(User.name).where(User.email == who)).one()
            for who in (COORDINATOR, "third.coordinator@example.org")
        ]

    tokens = [re.findall(r'data-token="([^"]+)"', page) for page in pages]
    assert [len(each) for each in tokens] == [1, 1]
    assert tokens[0] != tokens[1]
    assert [[escape(name) in page for name in names] for page in pages] == [
        [True, False],
        [False, True],
    ]


def test_what_is_said_once_is_kept_in_no_page(small):
    def seen(told: str = ""):
        if told:
            with small.client.session_transaction() as session:
                session["_flashes"] = [("message", told)]
        return small.get("dashboards.show_benchmark", **HERE)

    pages = [seen("It is done."), seen(), seen("It is done, too."), seen()]

    assert ["It is done" in page.text for page in pages] == [True, False, True, False]
    assert ["ETag" in page.headers for page in pages] == [False, True, False, True]


def test_a_picture_that_cannot_be_drawn_is_a_sentence_that_says_why(small):
    page = words(small.get("dashboards.show_benchmark", **HERE))

    assert "Choose one city above to see how it changed." in page
    assert "Choose one city above to see its radar." in page
    assert "Severity cannot be told: too few cities per reviewer." in page
