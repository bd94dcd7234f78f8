"""Fields of an answer before and after, in words: what a page shows of one change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext

from webapp import filters
from webapp.differences import Piece, difference

WORDS = {
    "mark": lazy_gettext("How far is the city?"),
    "text": lazy_gettext("What shows this?"),
    "remit_reason": lazy_gettext("If it is not your competence: who decides, and why?"),
}


@dataclass(frozen=True)
class FieldChange:
    """One field before and after: a level in words, a text in pieces."""

    words: str
    before: str
    after: str
    pieces: tuple[Piece, ...] = ()


def field_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """The fields that differ."""
    return tuple(
        _level(str(words), before[name], after[name])
        if name == "mark"
        else text_change(str(words), before[name], after[name])
        for name, words in WORDS.items()
        if before.get(name) != after.get(name)
    )


def text_change(words: str, before: str, after: str) -> FieldChange:
    return FieldChange(words, before, after, difference(before, after))


def _level(words: str, before: str, after: str) -> FieldChange:
    return FieldChange(words, filters.mark(before), filters.mark(after))
