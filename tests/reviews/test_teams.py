"""Teams: what a set of seats lacks, and what speaks for somebody."""

from __future__ import annotations

from reviews.teams import (
    Candidate,
    Host,
    Lack,
    Merits,
    Remark,
    Seat,
    Setting,
    components,
    mutual,
    remarks,
)

ROLES = ("policy-maker", "buyer")
PORTUGUESE = Host(1, frozenset({"pt"}))


def somebody(number, *, home=9, **given):
    good = {"roles": frozenset(ROLES), "languages": frozenset({"pt"}), "experience": 1}
    return Candidate(number, frozenset({home}), **{**good, **given})


def a_setting(*candidates, hosts=(PORTUGUESE,), minimum=2):
    return Setting(candidates, hosts, minimum, ROLES)


def test_a_full_team_with_all_talents_lacks_nothing_but_company():
    setting = a_setting(somebody(11), somebody(12))

    found = remarks(setting, [Seat(1, 11, lead=True), Seat(1, 12)])

    assert [one.lack for one in found] == [Lack.FEW, Lack.FEW]


def test_an_empty_team_lacks_its_seats_only():
    assert remarks(a_setting(somebody(11)), []) == (Remark(Lack.SEATS, 1, number=2),)


def test_a_team_without_a_talent_is_told_which():
    plain = {"roles": frozenset({"buyer"}), "languages": frozenset({"de"}), "experience": 0}
    setting = a_setting(somebody(11, **plain), somebody(12, **plain))

    found = remarks(setting, [Seat(1, 11), Seat(1, 12)])

    assert found[:4] == (
        Remark(Lack.LEAD, 1),
        Remark(Lack.EXPERIENCE, 1),
        Remark(Lack.LANGUAGE, 1),
        Remark(Lack.ROLE, 1, code="policy-maker"),
    )


def test_a_new_reviewer_who_leads_an_experienced_one_is_remarked_on():
    setting = a_setting(somebody(11, experience=0), somebody(12))

    found = remarks(setting, [Seat(1, 11, lead=True), Seat(1, 12)])

    assert found[0] == Remark(Lack.NEW_LEAD, 1)


def test_a_city_whose_team_is_complete_for_good_is_not_remarked_on():
    setting = a_setting(somebody(11), hosts=(Host(1, open=False),))

    assert remarks(setting, []) == ()


def test_of_a_team_with_somebody_who_left_the_pool_no_talent_is_missed():
    setting = a_setting(somebody(11, languages=frozenset()))

    found = remarks(setting, [Seat(1, 11), Seat(1, 77)])

    assert [one for one in found if one.host] == []


def test_two_cities_that_review_each_other_are_a_pair_and_one_way_is_none():
    people = (somebody(11, home=1), somebody(12, home=2), somebody(13, home=3))
    setting = a_setting(*people, hosts=(Host(1), Host(2), Host(3)))
    seats = [Seat(2, 11), Seat(1, 12), Seat(3, 12)]

    assert mutual(setting, seats) == [(1, 2)]


def test_who_has_too_many_or_too_few_cities_is_counted_with_those_elsewhere():
    hosts = tuple(map(Host, (1, 2)))
    people = (
        somebody(11, capacity=1),
        somebody(12, elsewhere=1),
        somebody(13, elsewhere=2),
        somebody(14, capacity=1),
    )
    seats = [Seat(1, 11), Seat(2, 11), Seat(1, 12), Seat(2, 13), Seat(2, 14)]

    found = remarks(a_setting(*people, hosts=hosts, minimum=1), seats)

    assert [one for one in found if one.candidate] == [
        Remark(Lack.OVER, candidate=11, number=1),
        Remark(Lack.FEW, candidate=12, number=2),
    ]


def test_cities_without_a_common_reviewer_fall_apart():
    seats = [Seat(1, 11), Seat(2, 11), Seat(3, 12)]
    setting = a_setting(somebody(11), somebody(12), hosts=tuple(map(Host, (1, 2, 3))), minimum=1)

    assert components(seats) == [
        (frozenset({1, 2}), frozenset({11})),
        (frozenset({3}), frozenset({12})),
    ]
    assert remarks(setting, seats)[-1] == Remark(Lack.APART, number=2)


def test_what_speaks_for_somebody_is_what_the_city_needs():
    person = somebody(11, languages=frozenset({"pt", "de"}), experience=4)

    assert Merits.of(person, Host(1, frozenset({"pt", "fr"})), ROLES) == Merits(("pt",), ROLES, 4)
