"""Snapshots: who is in one, when one can be taken, and what never changes about it."""

from __future__ import annotations

import pytest

from models import ConsentChoice, ReportState
from reviews import consents, snapshots
from reviews.errors import Incomplete, NotNow, Unusable
from tests.builders import (
    NOW,
    a_city,
    a_coordinator,
    a_final_round,
    a_report,
    a_snapshot,
    an_assessment,
    deeds_of,
)


def frozen(text):
    return snapshots.Frozen(input=text, choices="{}", result=text, method_version="1")


def cities(round_):
    return [one.city.name for one in snapshots.in_next(round_)]


def test_a_city_and_five_others_are_needed():
    few, enough = a_final_round(5), a_final_round(6)

    with pytest.raises(Incomplete, match=r"needs 6 cities with a final report\. So far: 5"):
        snapshots.need_enough(few)

    snapshots.need_enough(enough)


def test_the_first_snapshot_holds_the_cities_that_are_final_or_published():
    round_ = a_final_round(6, state=ReportState.FINAL)
    a_report(of=an_assessment(of=a_city("Late"), round=round_), state=ReportState.WITH_CITY)

    assert cities(round_) == list("ABCDEF")


def test_a_city_that_is_final_later_is_never_in_a_snapshot_of_the_round():
    round_ = a_final_round(6)
    a_snapshot(of=round_)
    a_report(of=an_assessment(of=a_city("Late"), round=round_), state=ReportState.PUBLISHED)

    again = a_snapshot(of=round_, text='{"again":1}')

    assert [one.city.name for one in snapshots.final(round_)] == [*"ABCDEF", "Late"]
    assert again.cities == ["a", "b", "c", "d", "e", "f"]


def test_a_snapshot_waits_for_a_city_of_the_first_that_is_final_no_more():
    round_ = a_final_round(7)
    a_snapshot(of=round_)
    round_.assessments[0].report.state = ReportState.DRAFTING

    with pytest.raises(NotNow, match="A city of the first snapshot has no final report now"):
        snapshots.need_enough(round_)


def test_a_snapshot_keeps_texts_hashes_and_whoever_is_named():
    round_ = a_final_round(6, named=2)
    by = a_coordinator(of=round_)

    taken = snapshots.take(round_, frozen('{"a":1}'), by=by, now=NOW)

    assert (snapshots.unpacked(taken.input), snapshots.unpacked(taken.result)) == ('{"a":1}',) * 2
    assert taken.input_sha256 == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
    assert (taken.number, taken.reason, taken.named) == (1, "", ["a", "b"])
    assert deeds_of(by) == [
        (
            "snapshot:take",
            {
                "number": 1,
                "input_sha256": taken.input_sha256,
                "result_sha256": taken.result_sha256,
            },
        )
    ]


def test_a_further_snapshot_says_why():
    round_ = a_final_round(6)
    a_snapshot(of=round_)

    with pytest.raises(Unusable, match="Give a reason"):
        snapshots.take(round_, frozen("{}"), reason=" ", by=a_coordinator(of=round_), now=NOW)


def test_a_snapshot_of_nothing_new_is_not_taken_but_one_with_another_consent_is():
    round_ = a_final_round(6)
    a_snapshot(of=round_)

    with pytest.raises(NotNow, match="Nothing has changed"):
        a_snapshot(of=round_)
    assessment = round_.assessments[0]
    consents.sign(assessment, ConsentChoice.NAMED, by=assessment.submissions[0].signed_by, now=NOW)

    assert a_snapshot(of=round_).named == ["a"]
    assert snapshots.named_before(round_) == ("a",)


def test_one_to_four_cities_that_are_left_out_and_not_named_would_be_told_of():
    round_ = a_final_round(6)
    consents.sign(round_.assessments[0], ConsentChoice.NAMED, by=a_coordinator(of=round_), now=NOW)
    taken = [a_snapshot(of=round_)]
    named, *others = (one.city.slug for one in round_.assessments)
    assert taken[0].named == [named]

    assert not snapshots.tell_of([], others)
    assert not snapshots.tell_of(taken, [])
    assert not snapshots.tell_of(taken, ["elsewhere", named])
    assert snapshots.tell_of(taken, others[:1])
    assert snapshots.tell_of(taken, [named, *others[:4]])
    assert not snapshots.tell_of(taken, others)
