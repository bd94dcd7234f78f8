"""Releases: approved by enough, under the hash that was shown, once all reports are published."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import ConsentChoice, ReportState
from reviews import consents, embargo, releases
from reviews.errors import ConflictOfInterest, Incomplete, NotNow, Unusable
from reviews.releases import Stage
from tests.builders import (
    NOW,
    a_conflict,
    a_coordinator,
    a_final_round,
    a_snapshot,
    deeds_of,
)

DAY = timedelta(days=1)
NEEDED = 2


def approve(snapshot, by=None):
    by = by or a_coordinator(of=snapshot.round)
    releases.approve(snapshot, shown=snapshot.result_sha256, by=by, now=NOW)
    return by


def release(snapshot, **rest):
    by = rest.pop("by", None) or a_coordinator(of=snapshot.round)
    given = {
        "public_from": NOW,
        "shown": snapshot.result_sha256,
        "needed": NEEDED,
        "reason": "A mistake.",
        "now": NOW,
    }
    return releases.release(snapshot, by=by, **given | rest)


def approved(of=None):
    snapshot = a_snapshot(of=of)
    for _ in range(NEEDED):
        approve(snapshot)
    return snapshot


def released(*, named=0, waits=DAY):
    """The release of a fresh round; it becomes public after `waits`."""
    return release(approved(a_final_round(named=named)), public_from=NOW + waits)


def stage(snapshot, at=NOW):
    return releases.stage(snapshot, needed=NEEDED, now=at)


def test_one_person_approves_once():
    snapshot = a_snapshot()
    by = approve(snapshot)

    with pytest.raises(Unusable, match="approved this already"):
        approve(snapshot, by)

    assert releases.approvers(snapshot) == (by,)
    assert deeds_of(by) == [("release:approve", {"snapshot": 1})]


def test_whoever_is_too_close_to_a_city_neither_approves_nor_releases():
    snapshot = approved()
    close = a_coordinator(of=snapshot.round)
    a_conflict(close, with_=snapshot.round.assessments[3].city)

    assert releases.too_close(snapshot, close) == {"d"}
    with pytest.raises(ConflictOfInterest):
        approve(snapshot, close)
    with pytest.raises(ConflictOfInterest):
        release(snapshot, by=close)


def test_nothing_is_approved_or_released_under_another_hash():
    snapshot = approved()

    with pytest.raises(Unusable, match="not the figures that you were shown"):
        releases.approve(snapshot, shown="0" * 64, by=a_coordinator(), now=NOW)
    with pytest.raises(Unusable, match="not the figures that you were shown"):
        release(snapshot, shown="")


def test_a_release_needs_enough_approvals():
    snapshot = a_snapshot()
    approve(snapshot)

    with pytest.raises(Incomplete, match="2 coordinators must approve; 1 have"):
        release(snapshot)


def test_a_release_waits_for_every_report():
    snapshot = approved(a_final_round(7, state=ReportState.FINAL))
    for one in snapshot.round.assessments[:5]:
        one.report.state = ReportState.PUBLISHED

    with pytest.raises(Incomplete) as refused:
        release(snapshot)

    assert refused.value.missing == ("F", "G")


@pytest.mark.parametrize("moment", [-timedelta(seconds=1), timedelta(days=367)])
def test_the_moment_lies_between_now_and_a_year_ahead(moment):
    with pytest.raises(Unusable, match="between now and a year ahead"):
        release(approved(), public_from=NOW + moment)


def test_the_first_release_needs_no_reason_and_keeps_none():
    made = release(approved(), by=(by := a_coordinator()), reason="")

    assert (made.number, made.reason, made.released_by, made.public_from) == (1, "", by, NOW)
    assert deeds_of(by) == [
        ("release:publish", {"snapshot": 1, "number": 1, "public_from": NOW.isoformat()})
    ]


def test_every_further_release_says_why_and_the_old_ones_stay_listed():
    first = released(waits=timedelta(0))
    snapshot = a_snapshot(of=first.round, text='{"again":1}')
    for _ in range(NEEDED):
        approve(snapshot)

    with pytest.raises(Unusable, match="Give a reason"):
        release(snapshot, reason="")
    second = release(snapshot, public_from=NOW + DAY)

    assert releases.releases(first.round) == (first, second)
    assert [one.reason for one in (first, second)] == ["", "A mistake."]
    assert [releases.current(first.round, at) for at in (NOW, NOW + DAY)] == [first, second]
    assert [stage(first.snapshot, at) for at in (NOW, NOW + DAY)] == [Stage.PUBLIC, Stage.PAST]


def test_a_snapshot_is_released_once_and_again_only_if_that_was_called_off():
    made = released()

    with pytest.raises(NotNow, match="released already"):
        release(made.snapshot)
    embargo.call_off(made, by=a_coordinator(), now=NOW)

    assert release(made.snapshot).number == 2


def test_an_earlier_snapshot_is_no_longer_approved_or_released():
    snapshot = approved()
    a_snapshot(of=snapshot.round, text='{"again":1}')

    with pytest.raises(NotNow, match="There is a later snapshot"):
        approve(snapshot)
    with pytest.raises(NotNow, match="There is a later snapshot"):
        release(snapshot)


def test_a_withdrawn_consent_blocks_the_release_and_a_new_one_lifts_that():
    snapshot = approved(a_final_round(named=2))
    city = snapshot.round.assessments[1]
    by = city.submissions[0].signed_by

    consents.sign(city, ConsentChoice.GROUP, by=by, now=NOW)
    with pytest.raises(NotNow, match="No longer to be named: B"):
        release(snapshot)
    consents.sign(city, ConsentChoice.NAMED, by=by, now=NOW)

    assert release(snapshot).number == 1


def test_the_stages_of_a_snapshot():
    snapshot = a_snapshot()
    stages = [stage(snapshot)]
    for _ in range(NEEDED):
        approve(snapshot)
        stages.append(stage(snapshot))
    made = release(snapshot, public_from=NOW + DAY)
    stages += [stage(snapshot), stage(snapshot, NOW + DAY)]
    embargo.call_off(made, by=a_coordinator(), now=NOW)
    stages.append(stage(snapshot))
    a_snapshot(of=snapshot.round, text='{"again":1}')
    stages.append(stage(snapshot))

    assert stages == [
        Stage.FROZEN,
        Stage.FROZEN,
        Stage.APPROVED,
        Stage.WAITING,
        Stage.PUBLIC,
        Stage.CALLED_OFF,
        Stage.REPLACED,
    ]
