"""Delegation: invitations that work once, parts with a date, people who leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import (
    Assessment,
    AssessmentState,
    AssignmentState,
    CityRole,
    Invitation,
    Part,
    User,
)
from reviews import delegation
from reviews.delegation import Key
from reviews.errors import ConflictOfInterest, NotNow, Unusable
from reviews.hats import Hat, worn
from tests.builders import (
    ANSWERS_DUE,
    NOW,
    a_city,
    a_reviewer,
    a_user,
    an_assessment,
    an_assignment,
    an_officer,
    deeds_of,
    questionnaire_of,
)

KEY = Key(seed="5" * 64, token_hash="6" * 64)
DAY = timedelta(days=1)


def invited(assessment: Assessment, *, by: User | None = None, **given: object) -> Invitation:
    words = {
        "email": "ana@city.example",
        "name": "Ana Ruiz",
        "limited": False,
        "key": KEY,
        "there": (),
        "waiting": (),
        "team_is_known": True,
    } | given
    return delegation.invite(assessment, by=by or an_officer(of=assessment.city), now=NOW, **words)


def given(assessment: Assessment, person: User, code: str = "PM1", **rest: object) -> Part:
    words = {"due": NOW + 10 * DAY, "by": an_officer(of=assessment.city), "now": NOW} | rest
    return delegation.give_part(
        assessment, questionnaire_of(assessment), person, code=code, **words
    )


def test_a_colleague_is_invited_for_fourteen_days():
    assessment = an_assessment()
    lead = an_officer(of=assessment.city)

    invitation = invited(assessment, by=lead, email=" Ana@City.example ", name=" Ana Ruiz ")

    assert (invitation.email, invitation.name, invitation.invited_by) == (
        "ana@city.example",
        "Ana Ruiz",
        lead,
    )
    assert invitation.expires_at == NOW + 14 * DAY
    assert [invitation.open_at(NOW + days * DAY) for days in (0, 13.999, 14)] == [
        True,
        True,
        False,
    ]


def test_the_journal_names_an_invitation_without_the_address():
    assessment = an_assessment()
    lead = an_officer(of=assessment.city)

    invited(assessment, by=lead)

    assert deeds_of(lead) == [("colleague:invite", {"invitation": "6" * 16, "limited": False})]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ana+charter@city.example", "ana+charter@city.example"),
        ("ana@straße.example", "ana@strasse.example"),
        ("ana@ħal-qamrija.example", "ana@xn--al-qamrija-rrb.example"),
    ],
)
def test_an_address_is_kept_as_mail_servers_write_it(typed, stored):
    assert invited(an_assessment(), email=typed).email == stored


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "ana@city",
        "ana@city.example,ben@city.example",
        "ana@city.example;ben@city.example",
        "ana@city.example ben@city.example",
        "ana@city.example\r\nBcc: ben@city.example",
        "ana@city.example%0aBcc:ben@city.example",
        "<ana@city.example>",
        '"Ana" <ana@city.example>',
        "ana@@city.example",
        "ana@-.example\0",
        "ana@.example",
        "αna@city.example",
        "a" * 65 + "@city.example",
        "ana@" + "a" * 250 + ".example",
    ],
)
def test_what_is_not_one_address_is_refused(address):
    with pytest.raises(Unusable) as refusal:
        invited(an_assessment(), email=address)

    assert refusal.value.field == "email"


@pytest.mark.parametrize(
    "name", ["", "  ", "Ana\r\nBcc: ben@city.example", "Ana\x0bRuiz", "A" * 121]
)
def test_a_name_is_one_short_line(name):
    with pytest.raises(Unusable) as refusal:
        invited(an_assessment(), name=name)

    assert refusal.value.field == "name"


def test_who_works_there_or_was_invited_is_not_invited_again():
    assessment = an_assessment()
    colleague = an_officer(of=assessment.city, role=CityRole.CONTRIBUTOR)
    first = invited(assessment)

    with pytest.raises(Unusable, match="works on this already"):
        invited(assessment, email=colleague.email, there=colleague.city_memberships)
    with pytest.raises(Unusable, match="was invited already"):
        invited(assessment, waiting=[first])


def test_who_has_left_or_whose_link_has_ended_can_be_invited_again():
    assessment = an_assessment()
    former = an_officer(of=assessment.city, role=CityRole.CONTRIBUTOR, ended_at=NOW)
    first = invited(assessment)
    delegation.take_back(first, by=first.invited_by, now=NOW)

    again = invited(assessment, waiting=[first])
    back = invited(assessment, email=former.email, there=former.city_memberships)

    assert (again.open_at(NOW), back.open_at(NOW)) == (True, True)


def test_a_reviewer_of_the_city_is_not_invited_once_the_team_is_known():
    assessment = an_assessment(state=AssessmentState.IN_REVIEW)
    reviewer = an_assignment(of=assessment).reviewer

    with pytest.raises(ConflictOfInterest):
        invited(assessment, email=reviewer.email)


def test_before_the_team_is_known_nothing_is_told_and_the_reviewer_is_refused_at_the_door():
    assessment = an_assessment(state=AssessmentState.SUBMITTED)
    reviewer = an_assignment(of=assessment, state=AssignmentState.INVITED).reviewer
    invitation = invited(assessment, email=reviewer.email, team_is_known=False)

    with pytest.raises(ConflictOfInterest):
        delegation.accept(invitation, by=reviewer, now=NOW)

    assert worn(reviewer, assessment, NOW) == Hat.PERSON | Hat.INVITED


def test_who_accepts_becomes_a_contributor_and_nothing_else():
    assessment, ana = an_assessment(), a_user("Ana Ruiz")
    invitation = invited(assessment, email=ana.email)

    delegation.accept(invitation, by=ana, now=NOW + DAY)

    assert worn(ana, assessment, NOW + DAY) == Hat.PERSON | Hat.CONTRIBUTOR
    assert (invitation.accepted_by, invitation.accepted_at) == (ana, NOW + DAY)
    assert deeds_of(ana) == [("colleague:join", {"invitation": "6" * 16, "limited": False})]


def test_who_was_invited_to_parts_only_is_limited_from_the_first_moment():
    assessment, ana = an_assessment(), a_user("Ana Ruiz")

    delegation.accept(invited(assessment, email=ana.email, limited=True), by=ana, now=NOW)

    assert worn(ana, assessment, NOW) == Hat.PERSON | Hat.LIMITED


def test_who_comes_back_has_the_old_row_again():
    assessment = an_assessment()
    ana = an_officer(of=assessment.city, role=CityRole.CONTRIBUTOR, ended_at=NOW)

    delegation.accept(invited(assessment, email=ana.email), by=ana, now=NOW + DAY)

    assert [(one.role, one.ended_at) for one in ana.city_memberships] == [
        (CityRole.CONTRIBUTOR, None)
    ]


@pytest.mark.parametrize("ended", ["used", "taken back", "too old"])
def test_a_link_that_has_ended_is_worth_nothing(ended):
    assessment, ana = an_assessment(), a_user("Ana Ruiz")
    invitation, then = invited(assessment, email=ana.email), NOW
    if ended == "used":
        delegation.accept(invitation, by=ana, now=NOW)
    elif ended == "taken back":
        delegation.take_back(invitation, by=invitation.invited_by, now=NOW)
    else:
        then = NOW + 14 * DAY

    with pytest.raises(NotNow):
        delegation.accept(invitation, by=ana, now=then)
    with pytest.raises(NotNow):
        delegation.take_back(invitation, by=invitation.invited_by, now=then)


def test_the_rights_of_who_leaves_end_at_once_and_the_parts_are_nobodys():
    assessment = an_assessment()
    lead, ana = (
        an_officer(of=assessment.city),
        an_officer(of=assessment.city, role=CityRole.CONTRIBUTOR),
    )
    given(assessment, ana)

    delegation.end(ana.city_memberships[0], assessment, there=(), by=lead, now=NOW)

    assert (worn(ana, assessment, NOW), ana.parts) == (Hat.PERSON, [])
    assert deeds_of(lead) == [("colleague:end", {"person": ana.id})]


def test_the_last_lead_stays_and_one_of_two_may_go():
    assessment = an_assessment()
    one, two = an_officer(of=assessment.city), an_officer(of=assessment.city)
    former = an_officer(of=assessment.city, ended_at=NOW)
    there = [person.city_memberships[0] for person in (one, two, former)]
    office = a_user()

    delegation.end(there[0], assessment, there=there, by=office, now=NOW)
    with pytest.raises(NotNow, match="at least one lead officer"):
        delegation.end(there[1], assessment, there=there, by=office, now=NOW)


def test_nobody_ends_the_own_part_or_one_that_has_ended():
    assessment = an_assessment()
    lead, former = an_officer(of=assessment.city), an_officer(of=assessment.city, ended_at=NOW)

    with pytest.raises(NotNow, match="your own part"):
        delegation.end(lead.city_memberships[0], assessment, there=(), by=lead, now=NOW)
    with pytest.raises(NotNow, match="has left already"):
        delegation.end(former.city_memberships[0], assessment, there=(), by=lead, now=NOW)


def test_only_contributors_are_limited():
    assessment = an_assessment()
    lead = an_officer(of=assessment.city)
    ana = an_officer(of=assessment.city, role=CityRole.CONTRIBUTOR)

    for _ in range(2):
        delegation.limit(ana.city_memberships[0], assessment, limited=True, by=lead, now=NOW)
    with pytest.raises(NotNow, match="see the whole assessment"):
        delegation.limit(lead.city_memberships[0], assessment, limited=True, by=lead, now=NOW)

    assert worn(ana, assessment, NOW) == Hat.PERSON | Hat.LIMITED
    assert deeds_of(lead) == [("part:limit", {"person": ana.id, "limited": True})]


def test_a_part_is_given_once_and_its_date_moves():
    assessment = an_assessment()
    ana = an_officer(of=assessment.city, role=CityRole.CONTRIBUTOR)

    given(assessment, ana, due=NOW + 5 * DAY)
    part = given(assessment, ana, due=NOW + 9 * DAY)

    assert [(one.code, one.due) for one in ana.parts] == [("PM1", NOW + 9 * DAY)]
    delegation.take_part(part, by=an_officer(of=assessment.city), now=NOW)
    assert ana.parts == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "XX9"}, "code"),
        ({"code": "PM1.1"}, "code"),
        ({"code": ""}, "code"),
        ({"due": NOW - timedelta(seconds=1)}, "due"),
        ({"due": ANSWERS_DUE + timedelta(seconds=1)}, "due"),
    ],
)
def test_a_part_is_a_role_or_a_commitment_until_a_day_to_come(change, field):
    assessment = an_assessment()
    ana = an_officer(of=assessment.city, role=CityRole.CONTRIBUTOR)

    with pytest.raises(Unusable) as refusal:
        given(assessment, ana, **change)

    assert (refusal.value.field, ana.parts) == (field, [])


def test_nothing_is_given_to_who_is_not_of_the_city():
    assessment = an_assessment()
    people = (
        a_user(),
        an_officer(of=a_city()),
        a_reviewer(of=assessment.city),
        an_officer(of=assessment.city, ended_at=NOW),
    )

    for person in people:
        with pytest.raises(NotNow):
            given(assessment, person)


def test_the_commitment_says_who_is_responsible_before_the_role_does():
    assessment = an_assessment()
    ana, ben, cem = (an_officer(of=assessment.city, name=name) for name in ("Ana", "Ben", "Cem"))
    parts = [
        given(assessment, ana, "policy-maker"),
        given(assessment, ben, "PM1"),
        given(assessment, cem, "PM1"),
    ]

    found = delegation.responsible(questionnaire_of(assessment), parts)

    assert {code: [one.person.name for one in those] for code, those in found.items()} == {
        "PM1.1": ["Ben", "Cem"],
        "PM1.2": ["Ben", "Cem"],
        "PM2.1": ["Ana"],
        "EM1.1": [],
        "EM1.2": [],
    }
