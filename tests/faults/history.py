"""What clients were told, held against what the database holds: is any save lost, doubled,
overwritten unseen, or out of order?"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Answer, Revision, Statement

Content = Mapping[str, str]


@dataclass(frozen=True)
class Save:
    """One request of a client: what it sent, and the number it was told (None: refused).

    `begun` and `ended` are readings of one clock that all clients share, in seconds."""

    thing: str
    key: str
    base: int
    fields: Content
    number: int | None
    begun: float
    ended: float


@dataclass(frozen=True)
class Stored:
    """One revision as the database holds it, with all that was stored after it."""

    thing: str
    number: int
    key: str | None
    content: Content


@dataclass(frozen=True)
class Database:
    """All revisions of some answers, and each answer as it is now: its number and content."""

    revisions: Sequence[Stored]
    current: Mapping[str, tuple[int, Content]]


def faults(saves: Sequence[Save], database: Database) -> list[str]:
    """All that is wrong, in words; empty if nothing is. A replay may be among the saves."""
    return [
        *_numbers(database),
        *_current(database),
        *_acknowledged(saves, database),
        *_refused(saves, database),
        *_overwritten(saves, database),
        *_out_of_order(saves, database),
    ]


def _by_thing(database: Database) -> dict[str, list[Stored]]:
    found = defaultdict(list)
    for one in sorted(database.revisions, key=lambda one: (one.thing, one.number)):
        found[one.thing].append(one)
    return dict(found)


def _numbers(database: Database) -> Iterator[str]:
    """Each revision builds on the one before it, from the first on."""
    for thing, revisions in _by_thing(database).items():
        numbers = [one.number for one in revisions]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"gap: {thing} is numbered {numbers}"


def _current(database: Database) -> Iterator[str]:
    for thing, revisions in _by_thing(database).items():
        last = revisions[-1]
        if database.current[thing] != (last.number, last.content):
            yield f"current: {thing} is not what its revision {last.number} says"


def _acknowledged(saves: Sequence[Save], database: Database) -> Iterator[str]:
    """Each acknowledged save is there once, as it was sent."""
    under = defaultdict(list)
    for one in database.revisions:
        under[one.key].append(one)
    twice = _twice(saves, database)
    for save in saves:
        found = under[save.key]
        if save.number is None:
            continue
        if not found:
            yield f"lost: {save.key} was acknowledged as {save.number}"
        elif len(found) > 1 or any((save.thing, *one) in twice for one in save.fields.items()):
            yield f"doubled: {save.key} is stored more than once"
        elif found[0].thing != save.thing or not save.fields.items() <= found[0].content.items():
            yield f"changed: {save.key} is not stored as it was sent"
        elif save.number < found[0].number:
            yield f"number: {save.key} is {found[0].number}, its client was told {save.number}"


def _refused(saves: Sequence[Save], database: Database) -> Iterator[str]:
    taken = {save.key for save in saves if save.number is not None}
    stored = {one.key for one in database.revisions}
    for save in saves:
        if save.number is None and save.key in stored and save.key not in taken:
            yield f"refused: {save.key} was refused and is stored"


def _twice(saves: Sequence[Save], database: Database) -> set[tuple[str, str, str]]:
    """Texts that came into a field more often than they were sent, under different keys."""
    sent = Counter(
        {(save.thing, save.key, name, text) for save in saves for name, text in save.fields.items()}
    )
    asked = Counter((thing, name, text) for thing, _, name, text in sent)
    came: Counter[tuple[str, str, str]] = Counter()
    for thing, revisions in _by_thing(database).items():
        earlier: Content = {}
        for one in revisions:
            came.update((thing, *new) for new in one.content.items() - earlier.items())
            earlier = one.content
    return {one for one in asked if came[one] > asked[one]}


def _overwritten(saves: Sequence[Save], database: Database) -> Iterator[str]:
    """Between the base of a save and itself nobody changed the same field; and what a save did
    not send is as the one before it left it."""
    sent = {save.key: save for save in saves if save.number is not None}
    for thing, revisions in _by_thing(database).items():
        changed_by: dict[str, int] = {}
        earlier: Content = dict.fromkeys(revisions[0].content, "")
        for one in revisions:
            changed = sorted(name for name, _ in one.content.items() - earlier.items())
            save = sent.get(one.key or "")
            for name in changed if save else ():
                if name not in save.fields:
                    yield f"overwritten: {save.key} changed {name} of {thing} without sending it"
                elif changed_by.get(name, 0) > save.base:
                    yield (
                        f"overwritten: {save.key} builds on {save.base} of {thing}, but {name}"
                        f" was changed by {changed_by[name]}"
                    )
            changed_by |= dict.fromkeys(changed, one.number)
            earlier = one.content


def _out_of_order(saves: Sequence[Save], database: Database) -> Iterator[str]:
    """A save that ended before another one began has the smaller number."""
    number = {one.key: one.number for one in database.revisions}
    first: dict[str, Save] = {}
    for save in sorted(saves, key=lambda save: save.ended):
        if save.number is not None and save.key in number:
            first.setdefault(save.key, save)
    of_thing = defaultdict(list)
    for save in first.values():
        of_thing[save.thing].append(save)
    for together in of_thing.values():
        ended = deque(together)
        highest = 0
        for save in sorted(together, key=lambda save: save.begun):
            while ended and ended[0].ended < save.begun:
                highest = max(highest, number[ended.popleft().key])
            if number[save.key] < highest:
                yield f"reordered: {save.key} is {number[save.key]} and began after {highest} ended"


def read(session: Session, assessment_id: int, codes: Collection[str]) -> Database:
    """The answers to some statements, with all their revisions."""
    of_these = (
        select(Answer.id)
        .join(Statement, Answer.statement_id == Statement.id)
        .where(Answer.assessment_id == assessment_id, Statement.code.in_(codes))
    )
    rows = session.execute(
        select(Statement.code, Revision.number, Revision.key, Revision.content)
        .join(Answer, Revision.answer_id == Answer.id)
        .join(Statement, Answer.statement_id == Statement.id)
        .where(Answer.id.in_(of_these))
        .order_by(Answer.id, Revision.number)
    )
    answers = session.execute(
        select(Statement.code, Answer)
        .join(Statement, Answer.statement_id == Statement.id)
        .where(Answer.id.in_(of_these))
        .order_by(Answer.id)
    )
    return Database(
        [Stored(*row) for row in rows],
        {
            code: (answer.number, {name: getattr(answer, name) for name in Answer.FIELDS})
            for code, answer in answers
        },
    )
