"""All that can be got of a frozen round, held together: the same figures everywhere, and nobody who
is hidden can be worked out from them (RULES G2, G4 to G7)."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from itertools import product

import pandas as pd
from sqlalchemy import select

from benchmarks.audiences import for_city, for_everybody
from benchmarks.charts.drawing import score
from benchmarks.peers import named_groups
from benchmarks.result import SERIES
from models import City, ConsentChoice, Round, Snapshot
from reviews import consents
from reviews.snapshots import unpacked
from reviews.submissions import sha256
from tests.auditing import faults, seen
from tests.browser import Browser, words
from tests.personas import user
from webapp.clock import now
from webapp.extensions import db
from webapp.figures import computing, tables
from webapp.figures.charts import Filters
from webapp.results.figures import OF_CITY, Published

HERE = {"round_slug": "2024"}
ALL = ("standing", "heat")
SECOND = "second.coordinator@example.org"
TOO_CLOSE = "clairvaumont"
"""The city that the second coordinator is too close to; it is named."""


class Tables(HTMLParser):
    """The tables of a page by caption: rows of cells, without the headings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[tuple[str, ...]]] = {}
        self._rows: list[list[str]] = []
        self._text: list[str] | None = None
        self._caption = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self._rows = []
        if tag == "tr":
            self._rows.append([])
        if tag in ("caption", "td", "th"):
            self._text = []

    def handle_data(self, data):
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag):
        text = "".join(self._text or ()).strip()
        if tag == "caption":
            self._caption, self._text = text, None
        if tag in ("td", "th"):
            self._rows[-1].append(text)
            self._text = None
        if tag == "tbody":
            self.found.setdefault(self._caption, []).extend(map(tuple, self._rows))
        if tag == "thead":
            self._rows = []


def frame_of(answer) -> pd.DataFrame:
    frame = pd.read_csv(io.BytesIO(answer.data), dtype={"round": "str"})
    texts = [name for name in ("role", "code", "label") if name in frame]
    return frame.assign(**{name: frame[name].fillna("") for name in texts})


def the_snapshot() -> Snapshot:
    return db.session.scalars(
        select(Snapshot).join(Snapshot.round).where(Round.slug == "2024")
    ).one()


def the_groups(snapshot: Snapshot) -> pd.DataFrame:
    return named_groups(computing.frames(computing.tables_of(snapshot)).cities)


def test_pages_tables_files_and_pictures_of_the_public_figures_say_the_same(demo):
    visitor, wrong, group_figures = Browser(demo), [], set()
    with demo.test_request_context():
        snapshot = the_snapshot()
        public = Published.of(snapshot.releases[-1])

        # What is drawn of a city does not depend on the series.
        some = list(public.cities)[::4]
        for series, city in [*product(SERIES, [""]), *product(SERIES[:1], some)]:
            asked = {"series": series, **({"city": city} if city else {})}
            found = Tables(visitor.get("results.show_benchmark", **HERE, **asked).text).found
            for name in OF_CITY if city else ALL:
                file = visitor.get(
                    "results.download_chart", chart=name, ending="csv", **HERE, **asked
                )
                if file.status_code == 404:
                    assert name == "trend"
                    continue
                frame = frame_of(file)
                filters = Filters(city=city, series=series)
                table = tables.of_chart(name, frame, filters, public.labels_for(city))
                if found.get(table.caption) != list(table.rows):
                    wrong.append((name, asked))
                if name == "standing":
                    group_figures |= set(of_group(frame, ""))
                elif name == "profile":
                    group_figures |= set(of_group(frame, "group_"))
                elif name == "heat":
                    picture = visitor.get(
                        "results.download_chart", chart=name, ending="svg", **HERE, **asked
                    ).text
                    drawn = re.findall(r">(-?[0-9]+|n/a)</text>", picture)
                    missing = frame["value"].isna()
                    assert len(drawn) >= (~missing).sum()
                    assert {score(value) for value in frame.loc[~missing, "value"]} <= set(drawn)

        allowed = shown_of(for_everybody(computing.of_snapshot(snapshot)))

    assert wrong == []
    assert group_figures
    assert group_figures <= allowed


def of_group(frame: pd.DataFrame, prefix: str) -> list[tuple[object, ...]]:
    """The group figures in a file: code, series, cities, median and quartiles, where there are
    any."""
    there = frame.loc[frame[f"{prefix}median"].notna()]
    names = ["code", "series", *(f"{prefix}{name}" for name in ("n", "median", "q1", "q3"))]
    return list(there[names].fillna(-1).itertuples(index=False, name=None))


def shown_of(result) -> set[tuple[object, ...]]:
    """The same of a result, of all its groups."""
    stats = result.peer_stats
    there = stats.loc[~stats["suppressed"], ["code", "series", "n", "median", "q1", "q3"]]
    return set(there.fillna(-1).itertuples(index=False, name=None))


def test_nobody_works_out_a_hidden_city_from_the_figures_of_the_demonstration(demo):
    """By the public, and by the people of a city before the release and after it."""
    with demo.app_context():
        snapshot = the_snapshot()
        whole, groups = computing.of_snapshot(snapshot), the_groups(snapshot)
        cities, named = snapshot.cities, snapshot.named
        names = {one.slug: one.name for one in db.session.scalars(select(City))}
    everybody = for_everybody(whole)
    hidden = sorted(set(cities) - set(named))

    assert faults(seen(whole, everybody, groups), whole.scores, named) == []
    for city in cities:
        own = for_city(whole, city)
        for visible in ({city}, {city, *named}):
            assert faults(seen(whole, own, groups), whole.scores, visible, own=city) == []
    for city in (hidden[0], named[0]):
        browser = Browser(demo, f"lead.{city}@example.org")
        for chart in ("profile", "gap", "ranks"):
            file = browser.get(
                "city_benchmarks.download_chart",
                city_slug=city, chart=chart, ending="csv", **HERE,
            )  # fmt: skip
            assert file.status_code == 200
            text = file.data.decode("utf-8-sig")
            strangers = [one for other in cities if other != city for one in (other, names[other])]
            assert [one for one in strangers if one in text] == []
            if chart == "profile":
                assert set(of_group(frame_of(file), "group_")) <= shown_of(everybody)


def test_every_page_and_file_names_the_very_snapshot_that_it_is_made_of(demo):
    with demo.app_context():
        snapshot = the_snapshot()
        sha = snapshot.result_sha256
        assert sha256(unpacked(snapshot.result)) == sha
    readers = {
        "": ("results.show_benchmark", {}),
        "coordinator": ("dashboards.show_benchmark", {}),
        "lead.puertalba": ("city_benchmarks.show_city_benchmark", {"city_slug": "puertalba"}),
    }

    pages = {
        local: Browser(demo, f"{local}@example.org" if local else None).get(
            endpoint, **HERE, **where
        )
        for local, (endpoint, where) in readers.items()
    }
    file = Browser(demo).get("results.download_chart", chart="heat", ending="csv", **HERE)

    assert {local: sha in page.text for local, page in pages.items()} == dict.fromkeys(pages, True)
    assert 'filename="2024-1-heat-' in file.headers["Content-Disposition"]


def test_a_coordinator_too_close_to_a_city_that_is_not_named_gets_the_public_figures_only(demo):
    """Figures of eleven cities beside those of twelve would tell of the twelfth."""
    second, first = Browser(demo, SECOND), Browser(demo, "coordinator@example.org")
    dashboard = "dashboards.show_benchmark"
    figure = {"chart": "heat", "ending": "csv", **HERE}
    before = second.get(dashboard, **HERE)
    with demo.app_context():
        snapshot = the_snapshot()
        assert TOO_CLOSE in snapshot.named
        round_ = snapshot.round
        city = next(one for one in round_.assessments if one.city.slug == TOO_CLOSE)
        signatory = user(f"signatory.{TOO_CLOSE}")
        consents.sign(city, ConsentChoice.GROUP, by=signatory, now=now())
        latest = computing.freeze(
            db.session(), round_, reason="A city is not named.", by=snapshot.taken_by, now=now()
        )
        db.session.commit()
        whole, groups = computing.of_snapshot(latest), the_groups(latest)
        fewer = computing.of_snapshot(latest, without=[TOO_CLOSE])
        both = [*seen(whole, whole, groups), *seen(fewer, fewer, groups, time=1)]
        others = set(latest.cities) - {TOO_CLOSE}

    after = second.get(dashboard, **HERE)
    working = second.get(dashboard, of="working", **HERE)

    assert len(faults(both, whole.scores, others)) > 100
    assert "Left out for you, a conflict of interest: Clairvaumont." in words(before)
    assert "You see the figures of this round as everybody does, once they are" in words(after)
    assert words(working) == words(after)
    assert "<svg" not in after.text.partition("<main")[2]
    assert second.get("dashboards.download_chart", **figure).status_code == 404
    assert second.get("dashboards.download_chart", of="1", **figure).status_code == 404
    assert first.get("dashboards.download_chart", **figure).status_code == 200
    made = {"code": "PM1", "city": "vinterhamra", **HERE}
    assert second.get("dashboards.show_figure", **made).status_code == 404
    assert first.get("dashboards.show_figure", **made).status_code == 200
