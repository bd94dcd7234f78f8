"""Proposing: the best teams there are, what was traded away for them, and the same each time."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import combinations, product
from math import ceil

import pytest

from reviews.proposing import ISLAND, propose
from reviews.teams import Candidate, Host, Lack, Remark, Seat, Setting, components

ROLES = ("policy-maker", "service-provider", "employer", "buyer")


def somebody(number, *, home, **given):
    good = {
        "languages": frozenset({"en"}),
        "roles": frozenset(ROLES),
        "experience": 1,
        "barred": frozenset({home}),
    }
    return Candidate(number, frozenset({home}), **{**good, **given})


def cities(*numbers):
    return tuple(Host(number, frozenset({"en"})) for number in numbers)


def a_small_world(seed):
    """Four cities and six people, all a little different."""
    luck = random.Random(seed)
    people = tuple(
        somebody(
            11 + number,
            home=1 + number % 4,
            languages=frozenset(luck.sample(("en", "pt", "de"), 1)),
            roles=frozenset(luck.sample(ROLES, 2)),
            experience=luck.choice((0, 0, 2)),
            capacity=luck.choice((1, 2, 3, 4)),
            barred=frozenset({1 + number % 4, luck.choice((1, 2, 3, 4))}),
        )
        for number in range(6)
    )
    hosts = tuple(Host(one, frozenset({luck.choice(("en", "pt", "de"))})) for one in (1, 2, 3, 4))
    return Setting(people, hosts, 2, ROLES[:3])


def price(setting, seats):
    """What a set of seats costs, counted in the plainest way."""
    people = {one.id: one for one in setting.candidates}
    total = 0
    for host in setting.hosts:
        team = [people[one.candidate] for one in seats if one.host == host.id]
        total += 1000 * (setting.minimum - len(team))
        total += 120 * (not any(one.experience for one in team))
        total += 60 * (not any(one.languages & host.languages for one in team))
        total += 15 * sum(not any(role in one.roles for one in team) for role in setting.roles)
    load = Counter(one.candidate for one in seats)
    fair = max(3, ceil(len(setting.hosts) * setting.minimum / len(people)))
    for number, count in load.items():
        total += 6 * max(0, min(3, people[number].capacity) - count)
        total += 8 * max(0, count - fair)
    visits = {(home, one.host) for one in seats for home in people[one.candidate].homes}
    return total + 40 * sum((b, a) in visits for a, b in visits if a < b)


def every_choice(setting):
    """All sets of seats that break no hard rule."""
    for teams in product(*(list(_teams(setting, host)) for host in setting.hosts)):
        seats = [seat for team in teams for seat in team]
        load = Counter(one.candidate for one in seats)
        if all(load[one.id] <= one.capacity for one in setting.candidates):
            yield seats


def _teams(setting, host):
    free = [one for one in setting.candidates if host.id not in one.barred]
    for size in range(setting.minimum + 1):
        for team in combinations(free, size):
            yield [Seat(host.id, one.id) for one in team]


@pytest.mark.parametrize("seed", range(8))
def test_no_choice_that_keeps_the_cities_together_is_cheaper(seed):
    setting = a_small_world(seed)
    choices = {frozenset(seats): len(components(seats)) for seats in every_choice(setting)}
    best = min(price(setting, seats) for seats, islands in choices.items() if islands <= 1)

    seats = frozenset(replace(one, lead=False) for one in propose(setting).seats)

    assert price(setting, seats) + ISLAND * (choices[seats] - 1) <= best


def test_nobody_is_seated_where_a_conflict_bars_them_or_above_their_capacity():
    people = [somebody(11 + one, home=1 + one, capacity=one % 4) for one in range(8)]
    people[3] = replace(people[3], barred=frozenset({1, 2, 3, 4, 5}))
    setting = Setting(tuple(people), cities(*range(1, 9)), 2, ROLES)

    seats = propose(setting).seats

    barred = {(host, one.id) for one in people for host in one.barred}
    load = Counter(one.candidate for one in seats)
    assert {(one.host, one.candidate) for one in seats} & barred == set()
    assert all(load[one.id] <= one.capacity for one in people)
    assert len(seats) == sum(one.capacity for one in people)


def test_each_team_has_exactly_the_minimum_and_one_experienced_lead():
    people = tuple(somebody(11 + one, home=1 + one, experience=one % 2) for one in range(6))

    proposal = propose(Setting(people, cities(*range(1, 7)), 3, ROLES))

    experienced = {one.id for one in people if one.experience}
    leads = [one for one in proposal.seats if one.lead]
    assert Counter(one.host for one in proposal.seats) == dict.fromkeys(range(1, 7), 3)
    assert [one.host for one in sorted(leads)] == list(range(1, 7))
    assert {one.candidate for one in leads} <= experienced
    assert max(Counter(one.candidate for one in leads).values()) == 2


def test_with_too_few_reviewers_as_many_are_seated_as_there_are_and_the_rest_is_named():
    people = (somebody(11, home=1, capacity=2), somebody(12, home=2, capacity=1))

    proposal = propose(Setting(people, cities(1, 2, 3), 2, ROLES))

    missing = {one.host: one.number for one in proposal.remarks if one.lack is Lack.SEATS}
    assert len(proposal.seats) == 3
    assert sum(missing.values()) == 3


def test_with_nobody_at_all_every_seat_is_missing():
    proposal = propose(Setting((), cities(1), 2, ROLES))

    assert proposal.seats == ()
    assert proposal.remarks == (Remark(Lack.SEATS, 1, number=2),)


def test_a_language_that_nobody_can_be_found_for_is_said():
    people = tuple(somebody(11 + one, home=10 + one) for one in range(2))
    setting = Setting(people, (Host(1, frozenset({"pt"})),), 2, ROLES)

    proposal = propose(setting)

    assert len(proposal.seats) == 2
    assert Remark(Lack.LANGUAGE, 1) in proposal.remarks


def test_somebody_who_reads_the_language_is_preferred():
    people = (
        somebody(11, home=9),
        somebody(12, home=9),
        somebody(13, home=9, languages=frozenset({"pt"})),
    )

    seats = propose(Setting(people, (Host(1, frozenset({"pt"})),), 1, ROLES)).seats

    assert [one.candidate for one in seats] == [13]


def test_the_roles_are_covered_by_the_team_together():
    halves = [frozenset(ROLES[:2]), frozenset(ROLES[:2]), frozenset(ROLES[2:])]
    people = tuple(somebody(11 + n, home=9, roles=half) for n, half in enumerate(halves))

    proposal = propose(Setting(people, cities(1), 2, ROLES))

    assert 13 in {one.candidate for one in proposal.seats}
    assert not [one for one in proposal.remarks if one.lack is Lack.ROLE]


def test_two_cities_do_not_review_each_other_where_others_can():
    people = tuple(somebody(11 + n, home=1 + n, capacity=1) for n in range(3))

    proposal = propose(Setting(people, cities(1, 2, 3), 1, ROLES))

    assert len(proposal.seats) == 3
    assert not [one for one in proposal.remarks if one.lack is Lack.MUTUAL]


def test_two_cities_alone_review_each_other_and_it_is_said():
    people = (somebody(11, home=1), somebody(12, home=2))

    proposal = propose(Setting(people, cities(1, 2), 1, ROLES))

    assert len(proposal.seats) == 2
    assert Remark(Lack.MUTUAL, host=1, other=2) in proposal.remarks


def test_few_people_do_three_cities_each_rather_than_many_one_each():
    people = tuple(somebody(11 + n, home=90 + n) for n in range(9))

    seats = propose(Setting(people, cities(1, 2, 3), 2, ROLES)).seats

    assert sorted(Counter(one.candidate for one in seats).values()) == [3, 3]


def test_cities_are_kept_together_by_common_reviewers_where_the_pool_allows():
    # Left alone, the two halves would be staffed by people who read their language each.
    west, east = frozenset({"pt"}), frozenset({"pl"})
    hosts = (*(Host(n, west) for n in (1, 2, 3)), *(Host(n, east) for n in (4, 5, 6)))
    people = (
        *(somebody(11 + n, home=90 + n, languages=west) for n in range(2)),
        *(somebody(21 + n, home=80 + n, languages=east) for n in range(2)),
    )

    proposal = propose(Setting(people, hosts, 2, ROLES))

    assert len(components(proposal.seats)) == 1
    assert len(proposal.seats) == 12
    assert not [one for one in proposal.remarks if one.lack is Lack.APART]


def test_where_the_pool_does_not_allow_it_the_islands_are_said():
    people = (
        somebody(11, home=91, barred=frozenset({3, 4})),
        somebody(12, home=92, barred=frozenset({1, 2})),
    )

    proposal = propose(Setting(people, cities(1, 2, 3, 4), 1, ROLES))

    assert len(proposal.seats) == 4
    assert proposal.remarks[-1] == Remark(Lack.APART, number=2)


def test_seats_that_are_taken_stay_and_count():
    people = tuple(somebody(11 + n, home=90 + n, capacity=2) for n in range(3))
    taken = (Seat(1, 11, lead=True), Seat(2, 11))

    proposal = propose(Setting(people, cities(1, 2), 2, ROLES, taken))

    assert {one.candidate for one in proposal.seats} <= {12, 13}
    assert Counter(one.host for one in proposal.seats) == {1: 1, 2: 1}
    assert [one.host for one in proposal.seats if one.lead] == [2]


def test_a_city_that_is_closed_or_full_gets_nobody():
    people = tuple(somebody(11 + n, home=90 + n) for n in range(4))
    hosts = (Host(1, open=False), Host(2))
    taken = (Seat(2, 11, lead=True), Seat(2, 12), Seat(2, 13))

    assert propose(Setting(people, hosts, 2, ROLES, taken)).seats == ()


def test_seats_that_may_not_be_looked_at_take_room_all_the_same():
    people = (somebody(11, home=9, capacity=2, elsewhere=2), somebody(12, home=9))

    seats = propose(Setting(people, cities(1), 1, ROLES)).seats

    assert [one.candidate for one in seats] == [12]


def test_the_same_input_in_another_order_gives_the_same_proposal():
    setting = a_small_world(3)
    luck = random.Random(7)

    again = {
        propose(
            replace(
                setting,
                candidates=tuple(luck.sample(setting.candidates, len(setting.candidates))),
                hosts=tuple(luck.sample(setting.hosts, len(setting.hosts))),
            )
        )
        for _ in range(3)
    }

    assert again == {propose(setting)}
