"""The plan of a city: what it does about each recommendation of its published report.

The recommendations are those of the edition that is published: what a correction changes in a
draft counts once the next edition is out.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from models import (
    Edition,
    Finding,
    FindingKind,
    PlanItem,
    PlanResponse,
    PlanStatus,
    PlanUpdate,
    Revision,
    User,
)
from reviews import texts
from reviews.errors import Incomplete, Unusable
from reviews.journal import record
from reviews.saving import Known, Sent, content_of, save

REVIEW_AFTER = 10
"""How many months after its publication the peers or a coordinator look at a plan again."""
LONGEST_UPDATE = 2_000
FOLLOWED = (PlanResponse.ACCEPTED, PlanResponse.PARTLY)
YEARS = range(2000, 2101)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Standing(StrEnum):
    """How far one recommendation is, whatever the reason."""

    UNANSWERED = "unanswered"
    NOT_BEGUN = "not-begun"
    UNDER_WAY = "under-way"
    DONE = "done"
    DROPPED = "dropped"
    NOT_FOLLOWED = "not-followed"


OPEN = (Standing.UNANSWERED, Standing.NOT_BEGUN, Standing.UNDER_WAY)


@dataclass(frozen=True)
class Recommendation:
    """One recommendation as it was published; `place` is its number among the findings."""

    place: int
    statement: str
    text: str
    priority: str
    addressee: str

    @classmethod
    def of(cls, finding: Mapping[str, Any]) -> Recommendation:
        return cls(
            place=int(finding["id"].removeprefix("F")),
            statement=finding["statement"],
            text=finding["reworded"] or finding["text"],
            priority=finding["priority"],
            addressee=finding["addressee"],
        )


@dataclass(frozen=True)
class Line:
    """A recommendation with what the city does about it, if it has begun to say so."""

    recommendation: Recommendation
    item: PlanItem | None

    @property
    def standing(self) -> Standing:
        return standing(self.item)


@dataclass(frozen=True)
class Summary:
    """How many recommendations there are, and how far they are."""

    recommendations: int
    answered: int
    done: int
    overdue: int
    reviewed: int

    @classmethod
    def of(cls, lines: Sequence[Line], today: date) -> Summary:
        return cls(
            recommendations=len(lines),
            answered=sum(answered(one.item) for one in lines),
            done=sum(one.standing is Standing.DONE for one in lines),
            overdue=sum(overdue(one.item, today) for one in lines),
            reviewed=sum(reviewed(one.item) for one in lines),
        )


def recommendations(edition: Edition) -> tuple[Recommendation, ...]:
    """What an edition recommends, in its order."""
    return tuple(
        Recommendation.of(one)
        for one in json.loads(edition.document)["findings"]
        if one["kind"] == FindingKind.RECOMMENDATION
    )


def open_item(finding: Finding) -> PlanItem:
    """The city's answer to a recommendation, opened empty; it is stored with its first text."""
    if finding.plan_item is None:
        finding.plan_item = PlanItem()
    return finding.plan_item


def lacking(content: Mapping[str, str]) -> tuple[str, ...]:
    """The fields without which an answer to a recommendation is none: the reason of whoever does
    not follow all of it; the action, who sees to it and until when, of whoever does."""
    given = content["response"]
    if not given:
        return ("response",)
    wanted = ("action",) if given == PlanResponse.NOT_ACCEPTED else ("action", "owner", "due")
    return tuple(name for name in wanted if not content[name].strip())


def draft_item(
    item: PlanItem, sent: Sent, known: Known, *, by: User, now: datetime
) -> Revision | None:
    """Keep what is typed about a recommendation, complete or not. Raises as saving.save does, and
    Unusable for a response or a day that does not exist."""
    content = {name: _usable(name, text) for name, text in sent.content.items()}
    revision = save(item, Sent(content, sent.base, sent.key), known, by=by, now=now)
    if revision is not None and revision is not known.under_key:
        record(by, "plan:write", item, now=now, finding=item.finding.place)
    return revision


def answer_item(
    item: PlanItem, sent: Sent, known: Known, *, by: User, now: datetime
) -> Revision | None:
    """Answer a recommendation. Raises as draft_item does, and Unusable at the first field that is
    compulsory and empty."""
    content = {name: _usable(name, text) for name, text in sent.content.items()}
    gaps = lacking({**content_of(item), **content})
    if gaps:
        raise Unusable(_missing(gaps[0], content.get("response", "")), field=gaps[0])
    return draft_item(item, sent, known, by=by, now=now)


def _usable(field: str, text: str) -> str:
    if field == "response":
        if text not in ("", *PlanResponse):
            raise Unusable("Choose one of the answers.", field=field)
        return text
    if field == "due":
        return _day(text)
    return texts.line(text, field=field) if field == "owner" else texts.typed(text, field=field)


def _day(text: str) -> str:
    given = texts.line(text, field="due")
    if not given:
        return ""
    try:
        day = date.fromisoformat(given) if _DAY.fullmatch(given) else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise Unusable("Enter a day that exists, for example 2027-06-30.", field="due")
    return given


_WORDS = {
    "response": "Say whether the city follows this recommendation.",
    "action": "Say what the city does.",
    "owner": "Say who sees to it: a function or a name.",
    "due": "Say until which day.",
}


def _missing(field: str, response: str) -> str:
    if field == "action" and response in (PlanResponse.PARTLY, PlanResponse.NOT_ACCEPTED):
        return "Say why the city does not follow all of it, and what it does instead."
    return _WORDS[field]


def answered(item: PlanItem | None) -> bool:
    """Whether the city has answered a recommendation, with all that belongs to an answer."""
    return item is not None and not lacking(content_of(item))


def standing(item: PlanItem | None) -> Standing:
    """How far a recommendation is, by the city's own last word."""
    if item is None or not answered(item):
        return Standing.UNANSWERED
    if item.response == PlanResponse.NOT_ACCEPTED:
        return Standing.NOT_FOLLOWED
    own = [one for one in item.updates if not one.review]
    return Standing(own[-1].status.value) if own else Standing.NOT_BEGUN


def overdue(item: PlanItem | None, today: date) -> bool:
    """Whether the day of an action has passed and it is neither done nor dropped."""
    if item is None or standing(item) not in OPEN or not answered(item):
        return False
    return date.fromisoformat(item.due) < today


def report_progress(
    item: PlanItem, status: PlanStatus, text: str, *, by: User, now: datetime
) -> PlanUpdate:
    """Say how far the city is with an action. Raises Incomplete for a recommendation that the city
    has not answered, or does not follow."""
    if not answered(item):
        raise Incomplete(
            "Answer the recommendation first: say what the city does, who, and until when.",
            missing=lacking(content_of(item)),
        )
    if item.response == PlanResponse.NOT_ACCEPTED:
        raise Incomplete(
            "The city does not follow this recommendation: there is nothing to report.", missing=()
        )
    return _update(item, status, text, review=False, by=by, now=now)


def review(item: PlanItem, status: PlanStatus, text: str, *, by: User, now: datetime) -> PlanUpdate:
    """Say, as the peers' lead or a coordinator, how far the city is; also where it is silent."""
    return _update(item, status, text, review=True, by=by, now=now)


def _update(
    item: PlanItem, status: PlanStatus, text: str, *, review: bool, by: User, now: datetime
) -> PlanUpdate:
    said = texts.typed(text, field="text", limit=LONGEST_UPDATE).strip()
    if not said:
        raise Unusable("Say in a few words how far it is.", field="text")
    last = item.updates[-1] if item.updates else None
    if last is not None and (last.status, last.text, last.by, last.review) == (
        status,
        said,
        by,
        review,
    ):
        return last  # the second click
    update = PlanUpdate(status=status, text=said, by=by, at=now, review=review)
    item.updates.append(update)
    verb = "plan:review" if review else "plan:progress"
    record(by, verb, item, now=now, finding=item.finding.place)
    return update


def review_due(published_at: datetime) -> datetime:
    """The day on which a plan is to be looked at again, ten months after its report came out."""
    months = published_at.month - 1 + REVIEW_AFTER
    year, month = published_at.year + months // 12, months % 12 + 1
    day = min(published_at.day, monthrange(year, month)[1])
    return published_at.replace(year=year, month=month, day=day)


def reviewed(item: PlanItem | None) -> bool:
    """Whether the peers or a coordinator have looked at what the city did."""
    return item is not None and any(one.review for one in item.updates)
