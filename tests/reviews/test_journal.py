"""The journal: each deed names its round and its city, and never what was written."""

from __future__ import annotations

import pytest

from reviews.journal import record
from tests.builders import (
    NOW,
    a_consensus,
    a_round,
    a_user,
    an_answer,
    an_assessment,
    an_assignment,
    entries_of,
)


def test_a_deed_is_written_in_the_name_of_the_person():
    ana = a_user()

    entry = record(ana, "instrument:publish", None, now=NOW, code="small")

    assert entries_of(ana) == [entry]
    assert (entry.actor, entry.action, entry.at, entry.facts) == (
        ana,
        "instrument:publish",
        NOW,
        {"code": "small"},
    )
    assert (entry.round_id, entry.city_id) == (None, None)


def test_a_deed_on_a_round_names_the_round_only():
    round_ = a_round()

    entry = record(a_user(), "round:open", round_, now=NOW)

    assert (entry.round_id, entry.city_id) == (round_.id, None)


@pytest.mark.parametrize(
    "build",
    [
        an_assessment,
        an_answer,
        an_assignment,
        a_consensus,
        lambda: an_assignment(scored="all").scores[0],
        lambda: a_consensus(agreed="all").agreed_levels[0],
    ],
    ids=["assessment", "answer", "assignment", "consensus", "score", "agreed level"],
)
def test_a_deed_on_a_thing_of_a_city_names_both(build):
    thing = build()

    entry = record(a_user(), "thing:do", thing, now=NOW)

    where = thing.assessment
    assert (entry.round_id, entry.city_id) == (where.round.id, where.city.id)
