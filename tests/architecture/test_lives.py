"""Lives: every state can be reached, every arrow has one verb, and only verbs move a state."""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from pathlib import Path

import pytest

from reviews import assessments, assigning, consensus, instruments, printouts, reports, rounds
from reviews.errors import NotNow
from reviews.machine import Machine

MODULES = [assessments, assigning, consensus, instruments, printouts, reports, rounds]
LIVES: dict[str, Machine] = {module.__name__: module.LIFE for module in MODULES}
SOURCE = Path(inspect.getfile(assessments)).parents[1]

states = pytest.mark.parametrize(
    ("life", "state"),
    [(name, state) for name, life in LIVES.items() for state in type(life.initial)],
)


def assigned(tree: ast.AST) -> list[str]:
    """The attributes that a piece of code assigns to."""
    targets = [
        target
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return [
        part.attr
        for target in targets
        for part in ast.walk(target)
        if isinstance(part, ast.Attribute)
    ]


@pytest.mark.parametrize("life", LIVES)
def test_every_state_is_reached_from_the_first(life):
    machine = LIVES[life]
    reached, waiting = set(), [machine.initial]
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting += [machine.after(state, name) for name in machine.open_from(state)]

    assert reached == set(type(machine.initial))


@states
def test_a_step_that_is_not_in_the_table_is_refused_in_the_words_of_the_state(life, state):
    machine = LIVES[life]
    closed = {step.name for step in machine.steps} - set(machine.open_from(state))

    refusals = set()
    for name in closed:
        with pytest.raises(NotNow) as refusal:
            machine.after(state, name)
        refusals.add(str(refusal.value))

    assert refusals == ({machine.refusals[state]} if closed else set())


@pytest.mark.parametrize("life", LIVES)
def test_every_state_has_its_own_words_of_refusal(life):
    machine = LIVES[life]

    assert set(machine.refusals) == set(type(machine.initial))
    assert len(set(machine.refusals.values())) == len(machine.refusals)


@pytest.mark.parametrize("life", LIVES)
def test_no_arrow_is_drawn_twice(life):
    arrows = Counter((step.source, step.name) for step in LIVES[life].steps)

    assert [arrow for arrow, drawn in arrows.items() if drawn > 1] == []


@pytest.mark.parametrize("module", MODULES, ids=list(LIVES))
def test_every_step_is_taken_by_exactly_one_verb(module):
    taken = Counter(
        call.args[1].value
        for call in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "LIFE.after"
    )

    assert taken == Counter({step.name for step in module.LIFE.steps})


def test_only_the_lives_move_a_state():
    folders = [SOURCE / name for name in ("models", "reviews", "webapp")]
    files = [path for folder in folders for path in folder.rglob("*.py")]

    movers = {
        ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        for path in files
        if "state" in assigned(ast.parse(path.read_text(encoding="utf-8")))
    }

    assert movers == set(LIVES)
