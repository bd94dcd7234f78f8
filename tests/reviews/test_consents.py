"""Consents: the latest word of a city counts, and taking it back calls a release off."""

from __future__ import annotations

from datetime import timedelta

from models import ConsentChoice
from reviews import consents
from tests.builders import NOW, a_final_round, deeds_of
from tests.reviews.test_releases import released

NAMED, GROUP = ConsentChoice.NAMED, ConsentChoice.GROUP


def signatory(assessment):
    return assessment.submissions[0].signed_by


def sign(assessment, choice, at=NOW):
    return consents.sign(assessment, choice, by=signatory(assessment), now=at)


def test_without_a_word_a_city_is_in_groups_only():
    assert consents.current(a_final_round(1).assessments[0]) is GROUP


def test_the_latest_word_counts_and_the_earlier_ones_stay():
    assessment = a_final_round(1).assessments[0]

    for choice in (NAMED, GROUP, NAMED):
        sign(assessment, choice)

    assert consents.current(assessment) is NAMED
    assert [one.choice for one in assessment.consents] == [NAMED, GROUP, NAMED]
    assert deeds_of(signatory(assessment)) == [
        ("consent:sign", {"choice": "named"}),
        ("consent:sign", {"choice": "group"}),
        ("consent:sign", {"choice": "named"}),
    ]


def test_the_same_word_again_is_no_second_one():
    assessment = a_final_round(1).assessments[0]

    given = [sign(assessment, NAMED), sign(assessment, NAMED)]

    assert given == [assessment.consents[0], None]


def test_to_say_no_for_the_first_time_is_a_word_of_its_own():
    assessment = a_final_round(1).assessments[0]

    assert sign(assessment, GROUP) is assessment.consents[0]


def test_whoever_withdraws_the_name_calls_off_a_release_that_waits_with_it():
    made = released(named=2, waits=timedelta(days=1))
    named, other = made.round.assessments[0], made.round.assessments[5]

    sign(other, GROUP)
    before = made.called_off_at
    sign(named, GROUP, NOW + timedelta(hours=1))

    assert (before, made.called_off_at) == (None, NOW + timedelta(hours=1))
    assert made.called_off_by is signatory(named)
    assert deeds_of(signatory(named)) == [
        ("consent:sign", {"choice": "group"}),
        ("release:call-off", {"number": 1}),
    ]


def test_what_is_public_stays_when_a_city_withdraws_its_name():
    made = released(named=2, waits=timedelta(0))

    sign(made.round.assessments[0], GROUP, NOW + timedelta(hours=1))

    assert made.called_off_at is None
