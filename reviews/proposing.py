"""Proposing teams: who reviews which city, by integer programming.

What must hold are rows of the programme; what should hold has a price, and the cheapest set of
seats is taken. So too few reviewers, or reviewers who are too much alike, give the best there is,
and `teams.remarks` says what was traded away. One thing has too many rows to write them all down:
that chains of common reviewers hold all cities together. A row is added for each island that a
solution leaves, until it leaves none or has to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from math import ceil

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from reviews.teams import ENOUGH, Candidate, Host, Remark, Seat, Setting, components
from reviews.teams import remarks as lacking

MISSING_SEAT = 1000
ISLAND = 300
NOBODY_EXPERIENCED = 120
NOBODY_READS = 60
MUTUAL_PAIR = 40
ROLE_NOT_COVERED = 15
ABOVE_AVERAGE = 8
BELOW_ENOUGH = 6
"""Prices: a whole class of wishes never outweighs a seat, a network or an experienced hand."""

MOST_TURNS = 10
LARGE = 900
"""Seats to choose from, up to which the cheapest plan is searched for to the end."""

TO_THE_END = (0.0, 20_000)
GOOD_ENOUGH = (0.03, 5)
"""Where a search ends: how far from the best, and after how many nodes. Counted, not timed, so
that the same input gives the same result."""


@dataclass(frozen=True)
class Proposal:
    """The seats to add, and what all seats together still lack."""

    seats: tuple[Seat, ...]
    remarks: tuple[Remark, ...]


def propose(setting: Setting) -> Proposal:
    """Fill each open city up to the minimum of the round. Seats that are taken stay."""
    setting = _in_order(setting)
    programme = _Programme.of(setting)
    seats = programme.solve()
    for _ in range(MOST_TURNS):
        islands = programme.islands_to_join(seats)
        if not islands:
            break
        programme.join(islands)
        seats = programme.solve()
    led = _with_leads(setting, seats)
    added = tuple(one for one in led if (one.host, one.candidate) not in programme.taken)
    return Proposal(added, lacking(setting, led))


def _in_order(setting: Setting) -> Setting:
    """The same, in an order that does not depend on where it comes from."""
    return replace(
        setting,
        candidates=tuple(sorted(setting.candidates, key=lambda one: one.id)),
        hosts=tuple(sorted(setting.hosts, key=lambda one: one.id)),
        seats=tuple(sorted(setting.seats)),
    )


@dataclass
class _Programme:
    """Columns with a price and an upper bound; rows as sums of columns between two bounds."""

    setting: Setting
    taken: frozenset[tuple[int, int]]
    prices: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    rows: list[tuple[Mapping[int, float], float, float]] = field(default_factory=list)
    seat_of: dict[tuple[int, int], int] = field(default_factory=dict)
    joined: set[frozenset[int]] = field(default_factory=set)

    @classmethod
    def of(cls, setting: Setting) -> _Programme:
        programme = cls(setting, frozenset((one.host, one.candidate) for one in setting.seats))
        load = Counter(one.candidate for one in setting.seats)
        open_seats = {host.id: _open_seats(setting, host) for host in setting.hosts}
        for host in setting.hosts:
            for one in setting.candidates:
                room = one.capacity - one.elsewhere - load[one.id]
                free = host.id not in one.barred and (host.id, one.id) not in programme.taken
                if open_seats[host.id] and room > 0 and free:
                    programme.seat_of[host.id, one.id] = programme._column(0, 1, whole=True)
        for host in setting.hosts:
            if open_seats[host.id]:
                programme._staff(host, open_seats[host.id])
        for one in setting.candidates:
            programme._employ(one, load[one.id], sum(open_seats.values()))
        for a, b in combinations([host.id for host in setting.hosts], 2):
            programme._part(a, b)
        return programme

    def _column(self, price: float, upper: float, *, whole: bool = False) -> int:
        self.prices.append(price)
        self.upper.append(upper)
        self.whole.append(int(whole))
        return len(self.prices) - 1

    def _row(self, columns: Mapping[int, float], low: float, high: float) -> None:
        self.rows.append((columns, low, high))

    def _team(self, host: int) -> dict[Candidate, int]:
        """Who could be seated in a city, with their column."""
        return {
            one: self.seat_of[host, one.id]
            for one in self.setting.candidates
            if (host, one.id) in self.seat_of
        }

    def _staff(self, host: Host, seats: int) -> None:
        """As many as asked for, who together bring along what a team needs."""
        team = self._team(host.id)
        empty = self._column(MISSING_SEAT, seats)
        self._row({**dict.fromkeys(team.values(), 1.0), empty: 1.0}, seats, seats)
        there = [one for one in self.setting.candidates if (host.id, one.id) in self.taken]
        led = any(one.lead for one in self.setting.seats if one.host == host.id)
        if not (led and any(one.experience for one in there)):
            self._one_of((c for one, c in team.items() if one.experience), NOBODY_EXPERIENCED)
        if host.languages and not any(one.languages & host.languages for one in there):
            readers = (c for one, c in team.items() if one.languages & host.languages)
            self._one_of(readers, NOBODY_READS)
        for code in self.setting.roles:
            if not any(code in one.roles for one in there):
                self._one_of((c for one, c in team.items() if code in one.roles), ROLE_NOT_COVERED)

    def _one_of(self, columns: Iterable[int], price: float) -> None:
        without = self._column(price, 1)
        self._row({**dict.fromkeys(columns, 1.0), without: 1.0}, 1, np.inf)

    def _employ(self, one: Candidate, load: int, open_seats: int) -> None:
        """Within the capacity; nobody far above the average, and nobody for a city or two only."""
        own = {c: 1.0 for (_, person), c in self.seat_of.items() if person == one.id}
        if not own:
            return
        load += one.elsewhere
        room = one.capacity - load
        used = self._column(0, 1, whole=True)
        self._row({**own, used: -room}, -np.inf, 0)
        enough = min(ENOUGH, one.capacity)
        if load < enough:
            short = self._column(BELOW_ENOUGH, enough)
            # Who has a seat already is used whatever happens.
            bound = {**own, short: 1.0} if load else {**own, short: 1.0, used: -enough}
            self._row(bound, enough - load if load else 0, np.inf)
        average = ceil((open_seats + len(self.taken)) / len(self.setting.candidates))
        fair = max(ENOUGH, average)
        if one.capacity > fair:
            above = self._column(ABOVE_AVERAGE, one.capacity)
            self._row({**own, above: -1.0}, -np.inf, fair - load)

    def _part(self, a: int, b: int) -> None:
        """Let two cities cost something if they review each other."""
        there, back = self._visits(a, b), self._visits(b, a)
        if not there or not back:
            return
        price = self._column(MUTUAL_PAIR, 1)
        for one, other in product(there, back):
            columns = {column: 1.0 for column in (one, other) if column is not None}
            self._row({**columns, price: -1.0}, -np.inf, len(columns) - 1)

    def _visits(self, home: int, host: int) -> list[int | None]:
        """The columns of the people of one city in another; none for a seat that is taken."""
        found: list[int | None] = []
        for one in self.setting.candidates:
            if home in one.homes and (host, one.id) in self.taken:
                found.append(None)
            elif home in one.homes and (host, one.id) in self.seat_of:
                found.append(self.seat_of[host, one.id])
        return found

    def islands_to_join(self, seats: Iterable[Seat]) -> list[frozenset[int]]:
        """The cities of each island but the largest, as far as they were not asked to be joined."""
        return [hosts for hosts, _ in components(seats)[1:] if hosts not in self.joined]

    def join(self, islands: Iterable[frozenset[int]]) -> None:
        """Let an island cost something: somebody must review a city in it and one outside.

        A reviewer with seats on both sides is a column `bridge`, at most each of the two.
        """
        for hosts in islands:
            alone = self._column(ISLAND, 1)
            bridges = {alone: 1.0}
            for one in self.setting.candidates:
                inside, outside = self._sides(one.id, hosts)
                if inside is not None and outside is not None:
                    bridge = self._column(0, 1)
                    for columns, fixed in (inside, outside):
                        if not fixed:
                            self._row({**dict.fromkeys(columns, -1.0), bridge: 1.0}, -np.inf, 0)
                    bridges[bridge] = 1.0
            self._row(bridges, 1, np.inf)
            self.joined.add(hosts)

    def _sides(
        self, candidate: int, hosts: frozenset[int]
    ) -> tuple[tuple[list[int], bool] | None, tuple[list[int], bool] | None]:
        sides: dict[bool, list[int]] = defaultdict(list)
        fixed = dict.fromkeys((True, False), False)
        for host in self.setting.hosts:
            within = host.id in hosts
            if (host.id, candidate) in self.taken:
                fixed[within] = True
            elif (host.id, candidate) in self.seat_of:
                sides[within].append(self.seat_of[host.id, candidate])
        inside, outside = (
            (sides[within], fixed[within]) if sides[within] or fixed[within] else None
            for within in (True, False)
        )
        return inside, outside

    def solve(self) -> list[Seat]:
        """The cheapest seats, with those that are taken."""
        seats = list(self.setting.seats)
        if not self.seat_of:
            return seats
        gap, nodes = TO_THE_END if len(self.seat_of) <= LARGE else GOOD_ENOUGH
        found = milp(
            np.array(self.prices),
            integrality=np.array(self.whole),
            bounds=Bounds(0, np.array(self.upper)),
            constraints=self._constraints(),
            options={"mip_rel_gap": gap, "node_limit": nodes},
        )
        # Nothing found is nobody seated: to leave all seats empty is always possible.
        if found.x is not None:
            seats += [
                Seat(host, candidate)
                for (host, candidate), column in self.seat_of.items()
                if found.x[column] > 0.5
            ]
        return seats

    def _constraints(self) -> LinearConstraint:
        numbers, columns, values = [], [], []
        for number, (row, _, _) in enumerate(self.rows):
            numbers += [number] * len(row)
            columns += list(row)
            values += list(row.values())
        shape = (len(self.rows), len(self.prices))
        matrix = csr_array((values, (numbers, columns)), shape=shape)
        return LinearConstraint(
            matrix, [low for _, low, _ in self.rows], [high for *_, high in self.rows]
        )


def _open_seats(setting: Setting, host: Host) -> int:
    taken = sum(one.host == host.id for one in setting.seats)
    return max(0, setting.minimum - taken) if host.open else 0


def _with_leads(setting: Setting, seats: Iterable[Seat]) -> list[Seat]:
    """One lead per city among those who are new there: experienced, and who leads least so far."""
    taken = {(one.host, one.candidate) for one in setting.seats}
    people = {one.id: one for one in setting.candidates}
    leads = Counter(one.candidate for one in setting.seats if one.lead)
    led = {one.host for one in setting.seats if one.lead}
    teams: dict[int, list[Seat]] = defaultdict(list)
    for seat in seats:
        teams[seat.host].append(seat)
    chosen = []
    fresh = {
        host: [people[one.candidate] for one in team if (host, one.candidate) not in taken]
        for host, team in teams.items()
    }
    # The cities with the least choice come first, so that nobody has to lead them all.
    least = {host: sum(one.experience > 0 for one in new) for host, new in fresh.items()}
    for host, new in sorted(fresh.items(), key=lambda one: (least[one[0]], one[0])):
        leader = None
        if host not in led and new:
            leader = min(
                new, key=lambda one: (not one.experience, leads[one.id], -one.experience, one.id)
            ).id
            leads[leader] += 1
        chosen += [replace(one, lead=one.lead or one.candidate == leader) for one in teams[host]]
    return sorted(chosen)
