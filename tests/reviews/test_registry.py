"""The registry: who signed the Charter, as far as sources say."""

from __future__ import annotations

import re

from reviews.registry import registry


def test_every_signatory_has_a_country_a_date_and_a_source():
    signatories = registry().signatories

    assert [one.city for one in signatories if not re.fullmatch("[A-Z]{2}", one.country)] == []
    assert [one.city for one in signatories if not one.source] == []


def test_a_date_is_as_precise_as_it_says():
    shapes = {
        "day": r"\d{4}-\d\d-\d\d",
        "conference day 1": r"\d{4}-\d\d-\d\d",
        "month": r"\d{4}-\d\d",
        "range": r"\d{4}-\d\d/\d{4}-\d\d",
    }

    wrong = [
        one.city
        for one in registry().signatories
        if not re.fullmatch(shapes[one.precision], one.signed)
    ]

    assert wrong == []


def test_no_city_is_listed_twice():
    cities = [one.city for one in registry().signatories]

    assert len(cities) == len(set(cities)) == 34


def test_the_first_seventeen_signed_in_london_on_one_day():
    first = [one.signed for one in registry().signatories[:17]]

    assert first == ["2010-02-22"] * 17


def test_every_count_names_its_date_and_its_source():
    counts = registry().counts

    assert len(counts) > 0
    assert all(one.as_of and one.total and one.source for one in counts)


def test_the_registry_is_read_once():
    assert registry() is registry()
