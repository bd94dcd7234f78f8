"""Refusals, in words for the person who reads them.

A message is a gettext template; the numbers and names in it are passed beside it, so that
the web can translate it and a log can read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class RuleBroken(Exception):
    """The process does not allow this."""

    def __init__(self, message: str, **facts: object) -> None:
        self.message, self.facts = message, facts
        super().__init__(message % facts if facts else message)


class NotNow(RuleBroken):
    """Right person, wrong moment: the state or the date does not allow it."""


class ConflictOfInterest(RuleBroken):
    """The person is too close to the city."""


class Unusable(RuleBroken):
    """What was sent cannot be stored; `field` says which part of it."""

    def __init__(self, message: str, *, field: str, **facts: object) -> None:
        self.field = field
        super().__init__(message, **facts)


class WrongKind(Unusable):
    """A file of a kind that is not taken, by what is in it."""


class TooLarge(Unusable):
    """A file that is larger than what one file, or a city, may take."""


class AlreadyThere(Unusable):
    """The same thing is stored already; `number` is the evidence to use instead."""

    def __init__(self, message: str, *, field: str, number: int, **facts: object) -> None:
        self.number = number
        super().__init__(message, field=field, number=number, **facts)


class Away(Unusable):
    """Something that is needed for this does not answer just now."""


class BaseMissing(RuleBroken):
    """A save that does not say which version it changes."""


class KeyReused(RuleBroken):
    """An idempotency key that was used before, for something else."""


class Stale(RuleBroken):
    """Somebody else changed the same thing meanwhile; `theirs` is what is stored now."""

    def __init__(
        self, message: str, *, theirs: Mapping[str, str], number: int, fields: Sequence[str] = ()
    ) -> None:
        self.theirs, self.number, self.fields = dict(theirs), number, tuple(fields)
        super().__init__(message)


class Incomplete(RuleBroken):
    """Something is still missing; `missing` names it for a list with links."""

    def __init__(self, message: str, *, missing: Sequence[str], **facts: object) -> None:
        self.missing = tuple(missing)
        super().__init__(message, **facts)
