"""How to read a life: a table of arrows between states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from reviews.errors import NotNow

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class Step(Generic[S]):
    """One arrow: the verb that takes it, and the states at its two ends."""

    name: str
    source: S
    target: S


class Machine(Generic[S]):
    """A life. `refusals` says per state why a step that is not open there is refused."""

    def __init__(self, initial: S, steps: Sequence[Step[S]], refusals: dict[S, str]) -> None:
        self.initial, self.steps, self.refusals = initial, tuple(steps), refusals
        self._target = {(step.source, step.name): step.target for step in steps}

    def after(self, state: S, name: str) -> S:
        """The state that a step leads to. Raises NotNow where the step is not open."""
        try:
            return self._target[state, name]
        except KeyError:
            raise NotNow(self.refusals[state]) from None

    def open_from(self, state: S) -> tuple[str, ...]:
        """The names of the steps that can be taken from a state, in the order of the table."""
        return tuple(step.name for step in self.steps if step.source == state)
