"""A mark: what was chosen for one statement, as the one canonical string that is stored.

"" is nothing yet, "0", "1" ... a level of the scale, and two words stand for the two ways
of giving no level. One column keeps the choice whole: a level can never stand beside
"cannot judge", and no number is ever parsed from what a person typed.
"""

from __future__ import annotations

EMPTY = ""
NOT_OUR_COMPETENCE = "not_our_competence"
CANNOT_JUDGE = "cannot_judge"

# The packed form of a mark in a submission: one signed byte per statement.
PACKED_MISSING = -2
PACKED_NOT_APPLICABLE = -1


def level_of(mark: str) -> int | None:
    """The level that a mark stands for, or None."""
    return int(mark) if mark.isdecimal() else None


def packed(mark: str) -> int:
    """The byte that stands for a mark: its level, -1 not applicable, -2 missing."""
    level = level_of(mark)
    if level is not None:
        return level
    return PACKED_NOT_APPLICABLE if mark == NOT_OUR_COMPETENCE else PACKED_MISSING
