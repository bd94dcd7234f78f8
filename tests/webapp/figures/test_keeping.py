"""What is kept: made once, in a bounded room, by one thread at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from webapp.figures.keeping import Kept


def test_a_thing_is_made_once_for_its_key():
    kept, made = Kept(2), []

    things = [kept.get("a", lambda: made.append("a") or "picture") for _ in range(3)]

    assert (things, made) == (["picture"] * 3, ["a"])


def test_what_was_not_asked_for_longest_makes_room():
    kept, made = Kept(2), []

    for key in ("a", "b", "a", "c", "a", "b"):
        kept.get(key, lambda key=key: made.append(key))

    assert made == ["a", "b", "c", "b"]


def test_many_threads_that_want_the_same_thing_get_one():
    kept, made = Kept(4), []

    def make():
        sleep(0.01)
        made.append(1)
        return object()

    with ThreadPoolExecutor(8) as pool:
        things = list(pool.map(lambda _: kept.get("a", make), range(16)))

    assert len(made) == 1
    assert len(set(map(id, things))) == 1


def test_a_failure_is_not_kept():
    kept = Kept(2)

    def fail():
        raise LookupError("nothing to draw")

    with pytest.raises(LookupError):
        kept.get("a", fail)

    assert kept.get("a", lambda: "drawn") == "drawn"
