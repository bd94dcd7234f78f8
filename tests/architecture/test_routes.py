"""Addresses: each view names its action, has one method, and takes typed words only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from reviews.policy import Action
from tests.browser import settings
from webapp import create_app
from webapp.converters import CONVERTERS

TYPED = {*CONVERTERS.values(), AnyConverter}
OPEN_TO_ALL = {
    "accounts.show_sign_in",
    "accounts.sign_in",
    "colleagues.accept",
    "colleagues.show_invitation",
    "home.show_charter",
    "home.show_help",
    "home.show_home",
    "results.download_chart",
    "results.download_comparative",
    "results.download_data",
    "results.download_edition",
    "results.show_benchmark",
    "results.show_edition",
    "results.show_result",
    "results.show_results",
    "results.show_round",
}
PATH = re.compile(r"(?:/[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:csv|json|pdf|zip))?|/<>(?:\.<>)?)*/?")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(settings("sqlite://", tmp_path_factory.mktemp("routes")))


def rules(app: Flask) -> Iterator[Rule]:
    """All but the files that are the same for everybody."""
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")


def test_every_view_names_its_action(app):
    actions = {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "action", "missing")
        for rule in rules(app)
    }

    assert {name for name, action in actions.items() if action is None} == OPEN_TO_ALL
    assert {type(actions[name]) for name in actions.keys() - OPEN_TO_ALL} == {Action}


def test_every_view_has_one_address_and_one_method(app):
    methods = {rule.endpoint: rule.methods - {"HEAD"} for rule in rules(app)}
    addresses = Counter(rule.endpoint for rule in rules(app))

    assert {name: found for name, found in methods.items() if len(found) != 1} == {}
    assert {name: count for name, count in addresses.items() if count != 1} == {}
    assert len(app.view_functions) == len(set(map(id, app.view_functions.values())))


def test_head_goes_with_get_and_with_nothing_else(app):
    without = [rule for rule in rules(app) if ("GET" in rule.methods) != ("HEAD" in rule.methods)]

    assert without == []


def test_addresses_are_small_words_with_hyphens(app):
    bare = {rule.rule: re.sub(r"<[^>]+>", "<>", rule.rule) for rule in rules(app)}

    assert [rule for rule, path in bare.items() if not PATH.fullmatch(path)] == []


def test_every_part_of_an_address_that_varies_is_typed(app):
    kinds = {
        (rule.rule, name): type(converter)
        for rule in rules(app)
        for name, converter in rule._converters.items()
    }

    assert {part for part, kind in kinds.items() if kind not in TYPED} == set()
    assert set(kinds.values()) == TYPED


def test_an_endpoint_is_an_area_and_the_name_of_its_view(app):
    homes = {
        rule.endpoint: f"{view.__module__}.{view.__name__}"
        for rule in rules(app)
        for view in [app.view_functions[rule.endpoint]]
    }

    expected = {name: "webapp.{}.views.{}".format(*name.split(".")) for name in homes}
    assert homes == expected


def test_every_area_answers_to_something(app):
    folder = Path(app.root_path)
    areas = {path.parent.name for path in folder.glob("*/views.py")}

    assert {rule.endpoint.partition(".")[0] for rule in rules(app)} == areas
