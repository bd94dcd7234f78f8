"""Differences between reviewers in words."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from flask_babel import gettext


def levels_apart(difference: float | None) -> str:
    """A mean difference in levels, said with its direction."""
    if difference is None:
        return gettext("nothing to compare")
    size = rounded(abs(difference), "0.01")
    if size == "0.00":
        return gettext("the same on average")
    if difference > 0:
        return gettext("%(size)s of a level higher", size=size)
    return gettext("%(size)s of a level lower", size=size)


def rounded(value: float, step: str) -> str:
    """Half up, as people round; the float's noise is cut off first."""
    shown = Decimal(str(round(value, 9))).quantize(Decimal(step), ROUND_HALF_UP)
    return str(shown).replace("-", "\N{MINUS SIGN}")
