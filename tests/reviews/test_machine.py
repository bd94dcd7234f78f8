"""Machines: a table of arrows, read in both directions."""

from __future__ import annotations

from enum import StrEnum

import pytest

from reviews.errors import NotNow
from reviews.machine import Machine, Step


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"


LIFE = Machine(
    Door.OPEN,
    [
        Step("shut", Door.OPEN, Door.SHUT),
        Step("open", Door.SHUT, Door.OPEN),
        Step("lock", Door.SHUT, Door.LOCKED),
    ],
    refusals={
        Door.OPEN: "The door is open.",
        Door.SHUT: "The door is shut.",
        Door.LOCKED: "The door is locked.",
    },
)


def test_a_step_leads_to_the_state_at_the_end_of_its_arrow():
    assert [
        LIFE.after(Door.OPEN, "shut"),
        LIFE.after(Door.SHUT, "open"),
        LIFE.after(Door.SHUT, "lock"),
    ] == [Door.SHUT, Door.OPEN, Door.LOCKED]


def test_a_step_that_is_not_open_is_refused_in_the_words_of_the_state():
    with pytest.raises(NotNow) as refusal:
        LIFE.after(Door.LOCKED, "open")

    assert refusal.value.message == "The door is locked."


def test_a_step_that_does_not_exist_is_refused():
    with pytest.raises(NotNow):
        LIFE.after(Door.OPEN, "paint")


def test_the_open_steps_are_named_in_the_order_of_the_table():
    assert {state: LIFE.open_from(state) for state in Door} == {
        Door.OPEN: ("shut",),
        Door.SHUT: ("open", "lock"),
        Door.LOCKED: (),
    }
