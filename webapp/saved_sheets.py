"""A few fields that save by themselves: what the pages of a reply and of an action share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from reviews.errors import RuleBroken, Stale, Unusable
from reviews.saving import Kept, Sent, content_of
from webapp.saves import fresh_key
from webapp.worksheets import NO_ATTEMPT, Attempt


@dataclass(frozen=True)
class SavedSheet:
    """What is stored or was typed, the version that a save changes, and who saved it last."""

    content: Mapping[str, str]
    base: int
    key: str
    changed_by: str
    changed_at: datetime | None
    may_write: bool
    attempt: Attempt

    @property
    def fields(self) -> str:
        return " ".join(self.content)

    @classmethod
    def of(cls, kept: Kept, *, may_write: bool, attempt: Attempt = NO_ATTEMPT) -> SavedSheet:
        return cls(
            content={**content_of(kept), **attempt.typed},
            base=kept.number,
            key=fresh_key(),
            changed_by=kept.changed_by.name if kept.changed_by else "",
            changed_at=kept.changed_at,
            may_write=may_write,
            attempt=attempt,
        )


def attempt_of(sent: Sent, error: RuleBroken) -> Attempt:
    """What was sent and why it could not be stored; only some refusals are about one field."""
    attempt = Attempt.of(sent, error)
    return attempt if isinstance(error, Stale | Unusable) else replace(attempt, problem_field="")
