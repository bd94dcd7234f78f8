"""Teams of a round as plain values: what speaks for somebody, and what a set of seats lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

ENOUGH = 3
"""Cities per reviewer from which on the severe can be told from the lenient."""


@dataclass(frozen=True)
class Candidate:
    """Somebody of the pool. `barred` are the cities where they cannot be seated: a conflict of
    interest, or they were asked there before. `elsewhere` counts seats that are not looked at."""

    id: int
    homes: frozenset[int]
    languages: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    capacity: int = ENOUGH
    experience: int = 0
    barred: frozenset[int] = frozenset()
    elsewhere: int = 0


@dataclass(frozen=True)
class Host:
    """A city of the round. `open` while reviewers can still be added."""

    id: int
    languages: frozenset[str] = frozenset()
    open: bool = True


@dataclass(frozen=True, order=True)
class Seat:
    """One reviewer for one city."""

    host: int
    candidate: int
    lead: bool = False


@dataclass(frozen=True)
class Setting:
    """A round to be staffed; `seats` are taken already, asked or planned."""

    candidates: tuple[Candidate, ...]
    hosts: tuple[Host, ...]
    minimum: int
    roles: tuple[str, ...] = ()
    seats: tuple[Seat, ...] = ()


class Lack(StrEnum):
    """What can be wanting. The first ones are about one city, then about two, one person, all."""

    SEATS = "seats"
    LEAD = "lead"
    NEW_LEAD = "new-lead"
    EXPERIENCE = "experience"
    LANGUAGE = "language"
    ROLE = "role"
    MUTUAL = "mutual"
    OVER = "over"
    FEW = "few"
    APART = "apart"


@dataclass(frozen=True)
class Remark:
    """One thing that is wanting; `number` and `code` say how many, or which."""

    lack: Lack
    host: int | None = None
    other: int | None = None
    candidate: int | None = None
    number: int = 0
    code: str = ""


@dataclass(frozen=True)
class Merits:
    """What speaks for somebody in one city."""

    languages: tuple[str, ...]
    roles: tuple[str, ...]
    experience: int

    @classmethod
    def of(cls, candidate: Candidate, host: Host, roles: Sequence[str]) -> Merits:
        return cls(
            languages=tuple(sorted(candidate.languages & host.languages)),
            roles=tuple(code for code in roles if code in candidate.roles),
            experience=candidate.experience,
        )


def remarks(setting: Setting, seats: Iterable[Seat]) -> tuple[Remark, ...]:
    """All that is wanting in a set of seats: city by city, then pairs, people and the whole."""
    taken = tuple(seats)
    people = {one.id: one for one in setting.candidates}
    found: list[Remark] = []
    for host in setting.hosts:
        team = [one for one in taken if one.host == host.id]
        if host.open:
            found += _of_host(setting, host, team, people)
    found += [Remark(Lack.MUTUAL, host=a, other=b) for a, b in mutual(setting, taken)]
    found += _of_people(setting, taken)
    islands = components(taken)
    if len(islands) > 1:
        found.append(Remark(Lack.APART, number=len(islands)))
    return tuple(found)


def _of_host(
    setting: Setting, host: Host, team: Sequence[Seat], people: dict[int, Candidate]
) -> list[Remark]:
    missing = setting.minimum - len(team)
    found = [Remark(Lack.SEATS, host.id, number=missing)] if missing > 0 else []
    known = [people[one.candidate] for one in team if one.candidate in people]
    if not team or len(known) < len(team):
        # Nobody to speak of, or somebody who has left the pool and whose talents are not known.
        return found
    leads = [people[one.candidate] for one in team if one.lead]
    experienced = any(one.experience for one in known)
    if not leads:
        found.append(Remark(Lack.LEAD, host.id))
    if not experienced:
        found.append(Remark(Lack.EXPERIENCE, host.id))
    elif leads and not any(one.experience for one in leads):
        found.append(Remark(Lack.NEW_LEAD, host.id))
    if host.languages and not any(one.languages & host.languages for one in known):
        found.append(Remark(Lack.LANGUAGE, host.id))
    covered = frozenset[str]().union(*(one.roles for one in known))
    found += [
        Remark(Lack.ROLE, host.id, code=code) for code in setting.roles if code not in covered
    ]
    return found


def _of_people(setting: Setting, seats: Sequence[Seat]) -> list[Remark]:
    load = Counter(one.candidate for one in seats)
    found = []
    for one in setting.candidates:
        seated = load[one.id] + one.elsewhere
        if load[one.id] and seated > one.capacity:
            found.append(Remark(Lack.OVER, candidate=one.id, number=seated - one.capacity))
        elif load[one.id] and seated < min(ENOUGH, one.capacity):
            found.append(Remark(Lack.FEW, candidate=one.id, number=seated))
    return found


def mutual(setting: Setting, seats: Iterable[Seat]) -> list[tuple[int, int]]:
    """The pairs of cities whose people review each other, in the order of the cities."""
    homes = {one.id: one.homes for one in setting.candidates}
    visits = {
        (home, seat.host)
        for seat in seats
        for home in homes.get(seat.candidate, frozenset())
        if home != seat.host
    }
    places = [host.id for host in setting.hosts]
    return [
        (a, b)
        for place, a in enumerate(places)
        for b in places[place + 1 :]
        if (a, b) in visits and (b, a) in visits
    ]


def components(seats: Iterable[Seat]) -> list[tuple[frozenset[int], frozenset[int]]]:
    """Cities and reviewers that chains of common reviewers hold together, the largest first."""
    taken = sorted(seats)
    root: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        root.setdefault(node, node)
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for seat in taken:
        root[find(("host", seat.host))] = find(("candidate", seat.candidate))
    groups: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for node in root:
        groups.setdefault(find(node), []).append(node)
    islands = [
        (
            frozenset(number for kind, number in nodes if kind == "host"),
            frozenset(number for kind, number in nodes if kind == "candidate"),
        )
        for nodes in groups.values()
    ]
    return sorted(islands, key=lambda one: (-len(one[0]), min(one[0])))
