"""Printouts: files made from a snapshot in the background, for the people who asked for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from models import Assessment, Printout, PrintoutKind, PrintoutState, Snapshot, User
from reviews.errors import ConflictOfInterest, NotNow
from reviews.hats import Hat, conflicted, worn
from reviews.journal import record
from reviews.machine import Machine, Step
from reviews.policy import Action, allowed

# fmt: off
Waiting, Making = PrintoutState.WAITING, PrintoutState.MAKING
Ready,   Failed = PrintoutState.READY,   PrintoutState.FAILED

LIFE = Machine(Waiting, [
    Step("begin",    Waiting, Making),
    Step("put_back", Making,  Waiting),
    Step("finish",   Making,  Ready),
    Step("fail",     Making,  Failed),
    Step("retry",    Failed,  Waiting),
    Step("renew",    Ready,   Waiting),
], refusals={
    Waiting: "This file waits to be made.",
    Making:  "This file is being made.",
    Ready:   "This file is made already.",
    Failed:  "This file could not be made.",
})
# fmt: on

OF_CITY = (PrintoutKind.CITY_REPORT, PrintoutKind.BRIEF)
OF_ROUND = (PrintoutKind.COMPARATIVE, PrintoutKind.WORKBOOK, PrintoutKind.DATA_PACKAGE)
MOST_TRIES = 3
"""How often it is tried before a person has to ask again."""
LONGEST = timedelta(minutes=10)
"""What is in the making for longer than this has lost who was making it."""


def ask(
    snapshot: Snapshot,
    kind: PrintoutKind,
    *,
    about: Assessment | None = None,
    there: Printout | None = None,
    outdated: bool = False,
    language: str = "en",
    by: User,
    now: datetime,
) -> Printout:
    """Ask for a file about a city, or about the round. What is `there` already is not made again,
    unless it could not be made, or is `outdated`: figures never change, but reports do.

    Raises ConflictOfInterest as need_distance does, NotNow for a city that is not in the snapshot.
    """
    need_distance(snapshot, about, by, now)
    if about is not None and about.city.slug not in snapshot.cities:
        raise NotNow("This city is not in the snapshot.")
    if there is not None:
        if there.state is Failed:
            retry(there, by=by, now=now)
        elif outdated and there.state is Ready:
            renew(there, by=by, now=now)
        return there
    asked = Printout(
        snapshot=snapshot,
        kind=kind,
        asked_by=by,
        asked_at=now,
        assessment=about,
        language=language,
    )
    _record(by, "printout:ask", asked, now)
    return asked


def need_distance(snapshot: Snapshot, about: Assessment | None, who: User, now: datetime) -> None:
    """Raise ConflictOfInterest for a coordinator in conflict with a city of the snapshot: beside
    figures without that city, figures with it would tell of it. The own city's staff see no
    others."""
    if about is not None and worn(who, about, now) & Hat.CITY:
        return
    there = set(snapshot.cities)
    if any(
        conflicted(who, one.city) for one in snapshot.round.assessments if one.city.slug in there
    ):
        raise ConflictOfInterest("You are too close to one of the cities in these figures.")


def may_read(printout: Printout, who: User | None, now: datetime) -> bool:
    """Whether a person may have the file: by the policy, and by their distance."""
    about, round_ = printout.assessment, printout.snapshot.round
    action = Action.PRINTOUT_READ if about is None else Action.CITY_PRINTOUT_READ
    if who is None or not allowed(who, action, about or round_, now):
        return False
    try:
        need_distance(printout.snapshot, about, who, now)
    except ConflictOfInterest:
        return False
    return True


def begin(printout: Printout, now: datetime) -> None:
    """Start making it. Raises NotNow where somebody else has."""
    printout.state = LIFE.after(printout.state, "begin")
    printout.started_at, printout.progress = now, 0
    printout.tries += 1


def progress(printout: Printout, percent: int) -> None:
    """Say how far it is; it never goes back."""
    if printout.state is Making:
        printout.progress = max(printout.progress, min(percent, 99))


def finish(printout: Printout, content: bytes, now: datetime) -> None:
    """Store the file."""
    printout.state = LIFE.after(printout.state, "finish")
    printout.content, printout.size = content, len(content)
    printout.sha256 = sha256(content).hexdigest()
    printout.made_at, printout.progress = now, 100
    _record(printout.asked_by, "printout:make", printout, now, sha256=printout.sha256)


def stumble(printout: Printout, why: str, now: datetime) -> None:
    """Making it went wrong: it is tried again, or given up after the last try."""
    if printout.tries < MOST_TRIES:
        put_back(printout)
    else:
        fail(printout, why, now)


def put_back(printout: Printout) -> None:
    """Let somebody else make it."""
    printout.state = LIFE.after(printout.state, "put_back")
    printout.started_at, printout.progress = None, 0


def fail(printout: Printout, why: str, now: datetime) -> None:
    """Give it up; `why` is read by who asked for it."""
    printout.state = LIFE.after(printout.state, "fail")
    printout.failure = why
    _record(printout.asked_by, "printout:fail", printout, now)


def retry(printout: Printout, *, by: User, now: datetime) -> None:
    """Try it again from the start; whoever asks now is told when it is ready."""
    printout.state = LIFE.after(printout.state, "retry")
    printout.failure, printout.tries, printout.progress = "", 0, 0
    printout.asked_by, printout.asked_at = by, now
    _record(by, "printout:retry", printout, now)


def renew(printout: Printout, *, by: User, now: datetime) -> None:
    """Make it again with what reports say now; until then the old one is not handed out."""
    printout.state = LIFE.after(printout.state, "renew")
    printout.content, printout.size, printout.sha256, printout.made_at = None, 0, "", None
    printout.tries, printout.progress = 0, 0
    printout.asked_by, printout.asked_at = by, now
    _record(by, "printout:renew", printout, now)


def lost(printout: Printout, now: datetime) -> bool:
    """Whether who was making it is gone."""
    begun = printout.started_at
    return printout.state is Making and begun is not None and now - begun > LONGEST


def _record(by: User, action: str, printout: Printout, now: datetime, **facts: object) -> None:
    about = printout.assessment or printout.snapshot.round
    number = printout.snapshot.number
    record(by, action, about, now=now, kind=printout.kind.value, snapshot=number, **facts)
