"""Embargo: until its moment a release can be called off, and not afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reviews import embargo, releases
from reviews.errors import NotNow
from tests.builders import NOW, a_coordinator, deeds_of
from tests.reviews.test_releases import released

DAY = timedelta(days=1)


def test_a_release_waits_until_the_very_moment():
    made = released(waits=DAY)
    moments = (NOW, NOW + DAY - timedelta(seconds=1), NOW + DAY)

    assert [embargo.waits(made, at) for at in moments] == [True, True, False]
    assert [releases.is_public(made, at) for at in moments] == [False, False, True]
    assert [embargo.waiting(made.round, at) for at in moments] == [(made,), (made,), ()]


def test_a_release_that_is_called_off_never_becomes_public():
    made, by = released(waits=DAY), a_coordinator()

    for _ in range(2):
        embargo.call_off(made, by=by, now=NOW)

    assert (made.called_off_by, made.called_off_at) == (by, NOW)
    assert not releases.is_public(made, NOW + DAY)
    assert releases.current(made.round, NOW + DAY) is None
    assert deeds_of(by) == [("release:call-off", {"number": 1})]


def test_what_is_public_is_not_called_off():
    made = released(waits=DAY)

    with pytest.raises(NotNow, match="public already"):
        embargo.call_off(made, by=a_coordinator(), now=NOW + DAY)
