"""Printouts: asked for once, made by one worker, tried three times, for people at a distance."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest

from models import CityRole, Printout, PrintoutKind, PrintoutState, Snapshot
from reviews import letters, printouts
from reviews.errors import ConflictOfInterest, NotNow
from tests.builders import (
    NOW,
    a_city,
    a_conflict,
    a_coordinator,
    a_final_round,
    a_snapshot,
    an_assessment,
    an_officer,
    deeds_of,
)

WORKBOOK, BRIEF = PrintoutKind.WORKBOOK, PrintoutKind.BRIEF


def a_printout(snapshot: Snapshot | None = None, kind: PrintoutKind = WORKBOOK) -> Printout:
    snapshot = snapshot or a_snapshot()
    about = snapshot.round.assessments[0] if kind is BRIEF else None
    by = a_coordinator(of=snapshot.round)
    return printouts.ask(snapshot, kind, about=about, by=by, now=NOW)


def given_up() -> Printout:
    printout = a_printout()
    for _ in range(printouts.MOST_TRIES):
        printouts.begin(printout, NOW)
        printouts.stumble(printout, "It broke.", NOW)
    return printout


def test_what_was_asked_for_waits_and_is_written_down():
    printout = a_printout()

    assert (printout.state, printout.progress, printout.tries) == (PrintoutState.WAITING, 0, 0)
    assert deeds_of(printout.asked_by) == [("printout:ask", {"kind": "workbook", "snapshot": 1})]


def test_what_is_there_is_not_made_again():
    printout = a_printout()
    snapshot, other = printout.snapshot, a_coordinator(of=printout.snapshot.round)

    again = printouts.ask(snapshot, WORKBOOK, there=printout, by=other, now=NOW)

    assert (again is printout, again.asked_by is other, deeds_of(other)) == (True, False, [])


def test_a_file_is_made_by_one_worker_and_then_ready():
    printout = a_printout()
    printouts.begin(printout, NOW)
    with pytest.raises(NotNow, match="being made"):
        printouts.begin(printout, NOW)
    printouts.progress(printout, 60)
    printouts.progress(printout, 40)
    halfway = printout.progress

    printouts.finish(printout, b"content", NOW)

    assert (halfway, printout.progress, printout.size) == (60, 100, 7)
    assert (printout.state, printout.sha256) == (
        PrintoutState.READY,
        sha256(b"content").hexdigest(),
    )
    assert deeds_of(printout.asked_by)[-1] == (
        "printout:make",
        {"kind": "workbook", "snapshot": 1, "sha256": printout.sha256},
    )


def test_what_goes_wrong_is_tried_three_times_and_then_says_why():
    printout = a_printout()
    states = []

    for _ in range(3):
        printouts.begin(printout, NOW)
        printouts.stumble(printout, "It broke.", NOW)
        states.append(printout.state.value)

    assert states == ["waiting", "waiting", "failed"]
    assert (printout.failure, printout.tries) == ("It broke.", 3)


def test_whoever_asks_for_what_failed_has_it_tried_again():
    printout = given_up()
    other = a_coordinator(of=printout.snapshot.round)

    printouts.ask(printout.snapshot, WORKBOOK, there=printout, by=other, now=NOW)

    assert (printout.state, printout.failure, printout.tries) == (PrintoutState.WAITING, "", 0)
    assert printout.asked_by is other
    assert [deed for deed, _ in deeds_of(other)] == ["printout:retry"]


def test_what_is_ready_is_made_again_only_if_a_report_has_changed():
    printout = a_printout()
    printouts.begin(printout, NOW)
    printouts.finish(printout, b"content", NOW)
    asked = {"there": printout, "by": printout.asked_by, "now": NOW}

    printouts.ask(printout.snapshot, WORKBOOK, **asked)
    before = printout.state
    printouts.ask(printout.snapshot, WORKBOOK, outdated=True, **asked)

    assert (before, printout.state) == (PrintoutState.READY, PrintoutState.WAITING)
    assert (printout.content, printout.made_at, printout.tries) == (None, None, 0)


def test_what_is_in_the_making_for_over_ten_minutes_is_lost():
    printout = a_printout()
    waiting = printouts.lost(printout, NOW + timedelta(hours=1))
    printouts.begin(printout, NOW)

    after = [printouts.lost(printout, NOW + timedelta(minutes=each)) for each in (10, 11)]

    assert (waiting, after) == (False, [False, True])


def test_a_coordinator_close_to_one_city_gets_no_file_of_that_snapshot():
    snapshot = a_snapshot()
    close = a_coordinator(of=snapshot.round)
    first, last = snapshot.round.assessments[0], snapshot.round.assessments[-1]
    close.conflicts.append(a_conflict(close, with_=last.city))

    for kind, about in ((WORKBOOK, None), (BRIEF, first)):
        with pytest.raises(ConflictOfInterest):
            printouts.ask(snapshot, kind, about=about, by=close, now=NOW)


def test_the_staff_of_a_city_get_their_own_files_whatever_ties_they_have():
    snapshot = a_snapshot()
    own, other = snapshot.round.assessments[:2]
    lead = an_officer(of=own.city)
    lead.conflicts.append(a_conflict(lead, with_=other.city))

    printout = printouts.ask(snapshot, BRIEF, about=own, by=lead, now=NOW)

    assert printouts.may_read(printout, lead, NOW)


def test_a_city_that_is_not_in_the_snapshot_has_no_files():
    snapshot = a_snapshot()
    late = an_assessment(of=a_city("Late"), round=snapshot.round)

    with pytest.raises(NotNow, match="not in the snapshot"):
        printouts.ask(snapshot, BRIEF, about=late, by=a_coordinator(of=late.round), now=NOW)


def test_a_file_is_read_by_those_whom_it_is_about_and_by_nobody_else():
    snapshot = a_snapshot(of=a_final_round())
    own, other = snapshot.round.assessments[:2]
    brief, workbook = a_printout(snapshot, BRIEF), a_printout(snapshot)
    people = {
        "lead": an_officer(of=own.city),
        "contributor": an_officer(of=own.city, role=CityRole.CONTRIBUTOR),
        "lead of another city": an_officer(of=other.city),
        "coordinator": a_coordinator(of=snapshot.round),
        "coordinator of another round": a_coordinator(),
        "nobody": None,
    }

    may = {
        name: (printouts.may_read(brief, who, NOW), printouts.may_read(workbook, who, NOW))
        for name, who in people.items()
    }

    assert may == {
        "lead": (True, False),
        "contributor": (True, False),
        "lead of another city": (False, False),
        "coordinator": (True, True),
        "coordinator of another round": (False, False),
        "nobody": (False, False),
    }


def test_the_letter_goes_out_only_while_its_reader_may_have_the_file():
    printout = a_printout()
    reader, city = printout.asked_by, printout.snapshot.round.assessments[0].city
    letter = letters.printout_letter(printout, now=NOW)
    before = letters.still_due(letter, NOW)

    reader.conflicts.append(a_conflict(reader, with_=city))

    assert (letter.to, before, letters.still_due(letter, NOW)) == (reader.email, True, False)
