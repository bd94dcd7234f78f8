"""Saving one piece of work so that nothing typed is lost and nobody is overwritten.

The same few rules hold for a city's answer, a reviewer's score, a team's agreed level and all
else that several people or devices may edit: each save names the version it changes (its base);
another person's change to the same field is a conflict that both get to see; changes to
different fields are merged; a request that arrives twice counts once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models import (
    AgreedLevel,
    Answer,
    CalibrationScore,
    Finding,
    PlanItem,
    Reply,
    ReportSection,
    Revision,
    Score,
    User,
)
from models.revisions import OWNERS
from reviews.errors import BaseMissing, KeyReused, NotNow, Stale, Unusable

_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


Kept = Answer | Score | AgreedLevel | ReportSection | Finding | Reply | PlanItem | CalibrationScore


@dataclass(frozen=True)
class Sent:
    """What a browser sent: some fields, the version they change, and the key of the request.

    Raises Unusable for a malformed key, before anything is looked up by it.
    """

    content: Mapping[str, str]
    base: int | None
    key: str | None = None

    def __post_init__(self) -> None:
        if self.key is not None and not _KEY.fullmatch(self.key):
            raise Unusable("The key of this request is not usable.", field="key")

    def sha256(self) -> str:
        body = json.dumps([dict(self.content), self.base], sort_keys=True)
        return hashlib.sha256(body.encode()).hexdigest()


@dataclass(frozen=True)
class Known:
    """What is stored already: the save under the same key, and the content at the base."""

    under_key: Revision | None = None
    at_base: Revision | None = None


def content_of(kept: Kept) -> dict[str, str]:
    """The fields of a thing as they are stored now."""
    return {name: getattr(kept, name) for name in kept.FIELDS}


def save(kept: Kept, sent: Sent, known: Known, *, by: User, now: datetime) -> Revision | None:
    """Write what was sent and return its revision; None where it changes nothing.

    Raises BaseMissing, KeyReused or Stale (the same field was
    changed by somebody else; nothing is written, and the caller still holds both texts).
    """
    if known.under_key is not None:
        return _replayed(kept, sent, known.under_key)
    after = after_save(kept, sent, known)
    if after == content_of(kept):
        return None
    for name, value in after.items():
        setattr(kept, name, value)
    kept.number += 1
    kept.changed_by, kept.changed_at = by, now
    revision = Revision(
        number=kept.number,
        content=after,
        by=by,
        at=now,
        key=sent.key,
        sent_sha256=sent.sha256() if sent.key else None,
    )
    kept.revisions.add(revision)
    return revision


def after_save(kept: Kept, sent: Sent, known: Known) -> dict[str, str]:
    """What a save would leave of all fields, for rules about them. Raises as save does."""
    if sent.base is None:
        raise BaseMissing("Say which version you are changing.")
    return _merged(content_of(kept), kept, sent, known)


def _replayed(kept: Kept, sent: Sent, earlier: Revision) -> Revision:
    same_thing = any(getattr(earlier, owner) is kept for owner in OWNERS)
    if not same_thing or earlier.sent_sha256 != sent.sha256():
        raise KeyReused("This request repeats the key of another one.")
    return earlier


def _merged(stored: dict[str, str], kept: Kept, sent: Sent, known: Known) -> dict[str, str]:
    if sent.base == kept.number:
        return {**stored, **sent.content}
    if known.at_base is None and sent.base != 0:
        raise NotNow("This page is from a version that does not exist here. Load it again.")
    # A save from before a field was there says nothing about it.
    before = dict.fromkeys(kept.FIELDS, "") | (known.at_base.content if known.at_base else {})
    mine = {name: text for name, text in sent.content.items() if text != before[name]}
    clash = [name for name, text in mine.items() if stored[name] not in (before[name], text)]
    if clash:
        raise Stale(
            "Somebody else changed this meanwhile.",
            theirs=stored,
            number=kept.number,
            fields=clash,
        )
    return {**stored, **mine}
