"""Templates: all of use, nothing in them that the browser would refuse, every word translatable."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import webapp
from tests.browser import settings
from webapp import create_app
from webapp.paths import folder

TEMPLATES = folder("templates")
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
SOURCES = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in NAMES}

WORDS_OF_CODE = {"app-width-wide"}
"""What looks like words for people and is none: the class that fills a block."""

ALL_AROUND = {"url_for", "page", "request", "session", "config", "g", "current_user"}
"""What a component does without: it gets values, not the place where it stands."""

SAID_ALOUD = ("alt", "aria-label", "placeholder", "title")
TRANSLATORS = {"_", "gettext", "ngettext"}


@pytest.fixture(scope="module")
def jinja(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return create_app(settings("sqlite://", tmp_path_factory.mktemp("templates"))).jinja_env


@pytest.fixture(scope="module")
def trees(jinja: Environment) -> dict[str, nodes.Template]:
    return {name: jinja.parse(source) for name, source in SOURCES.items()}


def of_pages() -> set[str]:
    """The templates that page objects name."""
    named = set()
    for path in Path(webapp.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "template":
                named |= {ast.literal_eval(node.value)} if node.value else set()
    return named


def referred_to(tree: nodes.Node, *kinds: type[nodes.Node]) -> set[str]:
    """The templates that a template names; where it builds a name, all that the name may become."""
    found = set()
    for node in tree.find_all(kinds):
        pattern = _pattern(node.template)
        found |= {name for name in NAMES if re.fullmatch(pattern, name)}
    return found


def _pattern(name: nodes.Expr) -> str:
    if isinstance(name, nodes.Const):
        return re.escape(str(name.value))
    if isinstance(name, nodes.Concat):
        return "".join(map(_pattern, name.nodes))
    if isinstance(name, nodes.CondExpr):
        return f"(?:{_pattern(name.expr1)}|{_pattern(name.expr2)})"
    return "[a-z_]+"


ANY_WAY = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)


def reached(trees: dict[str, nodes.Template], names: set[str], *ways: type[nodes.Node]) -> set[str]:
    """Some templates, and all that they lead to."""
    waiting, met = list(names), set()
    while waiting:
        name = waiting.pop()
        if name not in met:
            met.add(name)
            waiting += referred_to(trees[name], *ways)
    return met


def names_read(tree: nodes.Node) -> set[str]:
    return {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}


def imported(tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all(nodes.FromImport):
        yield from (name[1] if isinstance(name, tuple) else name for name in node.names)
    for node in tree.find_all(nodes.Import):
        yield node.target


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(jinja, name):
    assert jinja.get_template(name).name == name


def test_every_template_is_used(trees):
    pages = of_pages()

    assert pages <= set(NAMES)
    assert set(NAMES) - reached(trees, pages, *ANY_WAY) == set()


def test_every_macro_that_is_imported_is_called(trees):
    # What is included sees the imports of the template around it.
    around = {name: reached(trees, {name}, nodes.Include) for name in NAMES}
    read = {name: set().union(*(names_read(trees[one]) for one in around[name])) for name in NAMES}

    unused = {name: set(imported(tree)) - read[name] for name, tree in trees.items()}

    assert {name: macros for name, macros in unused.items() if macros} == {}


def test_a_component_is_one_macro_of_the_same_name(trees):
    macros = {
        name: [macro.name for macro in tree.find_all(nodes.Macro)]
        for name, tree in trees.items()
        if name.startswith("components/")
    }

    assert macros == {name: [Path(name).stem] for name in macros}


def test_a_component_is_fed_by_hand(trees):
    components = {name: tree for name, tree in trees.items() if name.startswith("components/")}
    fed = {
        name: max(len(macro.args) for macro in tree.find_all(nodes.Macro))
        for name, tree in components.items()
    }
    helped = {name: names_read(tree) & ALL_AROUND for name, tree in components.items()}

    assert {name: count for name, count in fed.items() if count > 5} == {}
    assert {name: names for name, names in helped.items() if names} == {}


@pytest.mark.parametrize(
    "forbidden",
    [r"\sstyle\s*=", r"<style", r"<script(?![^>]*\ssrc=)", r"\son[a-z]+\s*=", r"\|\s*safe\b"],
    ids=["style", "style sheet", "script", "handler", "safe"],
)
def test_nothing_is_written_into_a_page_that_the_browser_must_refuse(forbidden):
    found = {name for name, source in SOURCES.items() if re.search(forbidden, source)}

    assert found == set()


class Text(HTMLParser):
    """The words of a template that are outside its expressions."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in SAID_ALOUD and value]


def bare_text(source: str) -> list[str]:
    reader = Text()
    reader.feed(re.sub(r"(?s)\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source))
    reader.close()
    return [" ".join(one.split()) for one in reader.found if re.search(r"[^\W\d_]", one)]


def spoken(tree: nodes.Node) -> Iterator[str]:
    """Texts for people inside expressions that no translator is called with: they begin with a
    capital letter, as no name of a class, a field or a file does."""
    for node in tree.iter_child_nodes():
        if isinstance(node, nodes.Call) and getattr(node.node, "name", "") in TRANSLATORS:
            continue
        text = node.value if isinstance(node, nodes.Const) else None
        if isinstance(text, str) and re.match(r"[A-Z][a-z]", text):
            yield text
        yield from spoken(node)


def test_every_word_that_people_read_can_be_translated(trees):
    bare = {
        name: {*bare_text(SOURCES[name]), *spoken(tree)} - WORDS_OF_CODE
        for name, tree in trees.items()
    }

    assert {name: texts for name, texts in bare.items() if texts} == {}
