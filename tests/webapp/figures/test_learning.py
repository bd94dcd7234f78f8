"""Cities to learn from, in words: why each is proposed, and its published practice."""

from __future__ import annotations

import pytest

from benchmarks.compute import compute
from reviews.queries.levels import CityRow
from tests.benchmarks.tables import the_frames
from webapp.figures.learning import Practice, Published, learning, practices, proposed
from webapp.figures.making import Scale, Subject

pytestmark = pytest.mark.usefixtures("speaking_only")

MARKS = [
    f"2026 {city} {code} {source} - {level}"
    for city, levels in {"Ghent": "0244", "Leuven": "4244"}.items()
    for code, level in zip(("PM1.1", "PM1.2", "PM2.1", "BU1.1"), levels, strict=True)
    for source in ("self", "agreed")
]
CITIES = [CityRow(name, "BE", people, None, None)
          for name, people in (("Ghent", 265_000), ("Leuven", 102_000))]  # fmt: skip
ABOUT = Subject(compute(the_frames(*MARKS)), "2026", "Ghent", {}, Scale(0, 4))


def a_finding(kind, statement, text="What they do."):
    return {"kind": kind, "statement": statement, "text": text}


def test_a_proposed_city_says_why_and_shows_its_good_practice():
    document = {"findings": [a_finding("good-practice", "PM1.2"), a_finding("strength", "PM1.1")]}
    found = proposed(ABOUT, CITIES, ["Ghent", "Leuven"], ["Ghent", "Leuven"])

    (weak,) = learning(ABOUT, found, {"Leuven": "Leuven"}, {"Leuven": Published("/l", document)})

    assert (weak.title, weak.own) == ("PM1", "25")
    assert [(one.name, one.address) for one in weak.cities] == [("Leuven", "/l")]
    assert weak.cities[0].why == (
        "75 of 100 where we have 25.",
        "4 of 4 statements apply to both.",
        "102,000 inhabitants, here 265,000.",
    )
    assert weak.cities[0].practices == (Practice("PM1.2", "What they do."),)


def test_nobody_is_proposed_who_is_not_named_or_not_published():
    assert proposed(ABOUT, CITIES, ["Ghent"], ["Ghent", "Leuven"]).empty
    assert proposed(ABOUT, CITIES, ["Ghent", "Leuven"], ["Ghent"]).empty


def test_practices_of_the_commitment_come_first_and_those_of_other_roles_never():
    document = {
        "findings": [
            a_finding("good-practice", "BU1.1"),
            a_finding("good-practice", ""),
            a_finding("good-practice", "PM2.1"),
            a_finding("good-practice", "PM1.1", "long " * 100),
        ]
    }

    first, second = practices(document, "PM1", ABOUT)

    assert (first.statement, second.statement) == ("PM1.1", "PM2.1")
    assert first.text.endswith(" …")
    assert len(first.text) <= 280
