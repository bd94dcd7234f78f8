"""Layers: what import-linter does not hold. Who reads the clock and the environment, who commits,
and which libraries the inner layers know."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import webapp

HERE = Path(webapp.__file__).parents[1]
SOURCES = {
    path.relative_to(HERE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for folder in ("models", "reviews", "benchmarks", "webapp")
    for path in (HERE / folder).rglob("*.py")
} | {"config.py": ast.parse((HERE / "config.py").read_text(encoding="utf-8"))}

CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "fromtimestamp", "localtime", "gmtime"}
CLOCK_OWNERS = {"datetime", "date", "time"}
KNOWN_LIBRARIES = {
    "models": {"sqlalchemy"},
    # Two of them for reviews.proposing, which works out who reviews whom.
    "reviews": {"models", "numpy", "pydantic", "scipy", "sqlalchemy"},
    "benchmarks": {"pandas", "numpy", "scipy", "matplotlib"},
}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def reads_the_clock(call: ast.Call) -> bool:
    """datetime.now(), date.today(), time.time() and the like, whatever stands before them."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in CLOCKS:
        return False
    return ast.unparse(call.func.value).split(".")[-1] in CLOCK_OWNERS


def commits(tree: ast.AST) -> bool:
    called = (call.func for call in calls(tree))
    return any(isinstance(one, ast.Attribute) and one.attr == "commit" for one in called)


def imported(tree: ast.AST) -> set[str]:
    """The top-level names of what a module imports from outside its own package."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(str(node.module).partition(".")[0])
    return names


def functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def views_that_read(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for function in functions(tree).values():
        if any("blueprint.get(" in ast.unparse(one) for one in function.decorator_list):
            yield function


def with_helpers(function: ast.FunctionDef, tree: ast.Module) -> Iterator[ast.AST]:
    """A function and all of the same module that it may end up in."""
    there, waiting, met = functions(tree), [function.name], set()
    while waiting:
        name = waiting.pop()
        if name in there and name not in met:
            met.add(name)
            yield there[name]
            waiting += [node.id for node in ast.walk(there[name]) if isinstance(node, ast.Name)]


def test_one_module_reads_the_clock():
    readers = {name for name, tree in SOURCES.items() if any(map(reads_the_clock, calls(tree)))}

    assert readers == {"webapp/clock.py"}


def test_one_module_reads_the_environment():
    readers = {
        name
        for name, tree in SOURCES.items()
        if any(
            isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
            for node in ast.walk(tree)
        )
    }

    assert readers == {"config.py"}


def test_only_views_and_commands_commit():
    committing = {name for name, tree in SOURCES.items() if commits(tree)}

    elsewhere = {name for name in committing if not name.endswith("/views.py")}
    # Whoever works in the background has no view.
    assert elsewhere == {"webapp/commands.py", "webapp/work.py"}


def test_whoever_only_looks_commits_nothing():
    views = {
        f"{name}: {view.name}": any(map(commits, with_helpers(view, tree)))
        for name, tree in SOURCES.items()
        if name.endswith("/views.py")
        for view in views_that_read(tree)
    }

    assert [name for name, committing in views.items() if committing] == []
    assert len(views) > 20


@pytest.mark.parametrize("package", KNOWN_LIBRARIES)
def test_the_inner_layers_know_few_libraries(package):
    used = {
        name: imported(tree) - sys.stdlib_module_names - {package} - KNOWN_LIBRARIES[package]
        for name, tree in SOURCES.items()
        if name.startswith(f"{package}/")
    }

    assert {name: strange for name, strange in used.items() if strange} == {}


def test_rules_are_written_without_sql():
    with_sql = {
        name
        for name, tree in SOURCES.items()
        if name.startswith("reviews/") and "sqlalchemy" in imported(tree)
    }

    elsewhere = {name for name in with_sql if not name.startswith("reviews/queries/")}
    assert elsewhere == {"reviews/visibility.py"}


def test_nobody_imports_the_tests():
    assert [name for name, tree in SOURCES.items() if "tests" in imported(tree)] == []
