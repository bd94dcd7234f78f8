"""The selects above pictures: what can be chosen, and what is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import abort, request


@dataclass(frozen=True)
class Choice:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class Filter:
    """One select of the form above the pictures."""

    name: str
    words: str
    choices: tuple[Choice, ...]
    help: str = ""

    @classmethod
    def of(
        cls, name: str, words: str, choices: Mapping[str, str], chosen: str, help_: str = ""
    ) -> Filter:
        made = (Choice(value, said, value == chosen) for value, said in choices.items())
        return cls(name, words, tuple(made), help_)


def asked(known: Mapping[str, Collection[str]]) -> dict[str, str]:
    """What this request asks for by name, empty where it does not. What is not offered is refused,
    never ignored."""
    found = {name: request.args.get(name, "") for name in known}
    if any(value and value not in known[name] for name, value in found.items()):
        abort(422)
    return found
