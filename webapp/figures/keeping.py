"""What is made once and kept while there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import Any, TypeVar

T = TypeVar("T")


class Kept:
    """The most recent results and pictures of this process.

    One lock for looking up and for making: matplotlib's settings belong to the whole process,
    so pictures are made one at a time, and nobody makes what another is making already.
    """

    def __init__(self, room: int) -> None:
        self._room, self._lock = room, RLock()
        self._things: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under a key, or what `make` makes now. What fails is not kept."""
        with self._lock:
            if key not in self._things:
                self._things[key] = make()
                while len(self._things) > self._room:
                    self._things.popitem(last=False)
            self._things.move_to_end(key)
            thing: T = self._things[key]
            return thing
