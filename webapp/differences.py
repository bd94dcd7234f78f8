"""Where two texts differ, word by word, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_WORDS = 4_000
"""Words of what differs in both texts together; beyond that the one is shown after the other."""

_WORD = re.compile(r"\s+|[^\s]+")


class Fate(StrEnum):
    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """Some words in a row, and what became of them."""

    fate: Fate
    text: str


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces that both texts are made of: without the new ones the text before, without
    those that are gone the text after."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    first = _alike(old, new)
    last = _alike(old[first:][::-1], new[first:][::-1])
    old_rest, new_rest = old[first : len(old) - last], new[first : len(new) - last]
    pieces = [
        (Fate.KEPT, "".join(old[:first])),
        *_compared(old_rest, new_rest),
        (Fate.KEPT, "".join(old[len(old) - last :])),
    ]
    return tuple(Piece(fate, text) for fate, text in pieces if text)


def _alike(old: list[str], new: list[str]) -> int:
    """How many words two texts have in common from their beginnings."""
    pairs = zip(old, new, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))


def _compared(old: list[str], new: list[str]) -> Iterator[tuple[Fate, str]]:
    """The pieces between changes. A mere space between two changes is no piece of its own, or
    two sentences that have nothing in common would be told word by word."""
    gone, added = "", ""
    for kind, a, b, c, d in _steps(old, new):
        kept = "".join(old[a:b])
        if kind == "equal" and not (kept.isspace() and (gone or added)):
            yield from ((Fate.GONE, gone), (Fate.NEW, added), (Fate.KEPT, kept))
            gone, added = "", ""
        else:
            gone, added = gone + kept, added + "".join(new[c:d])
    yield from ((Fate.GONE, gone), (Fate.NEW, added))


def _steps(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """What to do with which words. Texts that share less than half of the shorter one, by chance
    rather than by descent, are told one after the other, and so are very long ones."""
    if len(old) + len(new) <= MOST_WORDS:
        steps = SequenceMatcher(None, old, new).get_opcodes()
        shared = sum(_words(old[a:b]) for kind, a, b, _, _ in steps if kind == "equal")
        if 2 * shared >= min(_words(old), _words(new)):
            return steps
    return [("replace", 0, len(old), 0, len(new))]


def _words(pieces: list[str]) -> int:
    return sum(not piece.isspace() for piece in pieces)
