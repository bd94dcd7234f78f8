"""What the pages of printouts show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple

from flask import url_for
from flask_babel import gettext, lazy_gettext

from models import Assessment, Printout, PrintoutKind, PrintoutState, Round, Snapshot, User
from reviews import printouts
from reviews.errors import ConflictOfInterest
from reviews.policy import Action, allowed
from webapp.clock import now
from webapp.places import Place, address_in

FORMATS = {
    PrintoutKind.CITY_REPORT: ("pdf", "application/pdf"),
    PrintoutKind.BRIEF: ("pdf", "application/pdf"),
    PrintoutKind.COMPARATIVE: ("pdf", "application/pdf"),
    PrintoutKind.WORKBOOK: (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    PrintoutKind.DATA_PACKAGE: ("zip", "application/zip"),
}
"""The ending and the type of each kind of file."""

_TITLES = {
    PrintoutKind.CITY_REPORT: lazy_gettext("Report for the council"),
    PrintoutKind.BRIEF: lazy_gettext("One page for the mayor"),
    PrintoutKind.COMPARATIVE: lazy_gettext("Comparative report"),
    PrintoutKind.WORKBOOK: lazy_gettext("Workbook of all figures"),
    PrintoutKind.DATA_PACKAGE: lazy_gettext("Open data package"),
}
_WHAT = {
    PrintoutKind.CITY_REPORT: lazy_gettext(
        "The city's figures among the others, what the peers found, the city's reply, and how"
        " the figures were made."
    ),
    PrintoutKind.BRIEF: lazy_gettext(
        "Where the city stands, three strengths, three things to do, and whether it can be trusted."
    ),
    PrintoutKind.COMPARATIVE: lazy_gettext(
        "All cities as everybody may see them: figures of groups, and the cities that agreed to be"
        " named. It becomes public with the figures."
    ),
    PrintoutKind.WORKBOOK: lazy_gettext(
        "Every table of the snapshot with a code book, city by city: for coordinators only."
    ),
    PrintoutKind.DATA_PACKAGE: lazy_gettext(
        "What everybody may see, as CSV files with a description for programs. It becomes public"
        " with the figures."
    ),
}
_STATES = {
    PrintoutState.WAITING: (lazy_gettext("Waiting"), "grey"),
    PrintoutState.MAKING: (lazy_gettext("Being made"), "blue"),
    PrintoutState.READY: (lazy_gettext("Ready"), "green"),
    PrintoutState.FAILED: (lazy_gettext("Could not be made"), "red"),
}
_ON_THE_WAY = (PrintoutState.WAITING, PrintoutState.MAKING)


class Known(NamedTuple):
    """A printout, and whether a report that it quotes has changed since it was made."""

    printout: Printout
    outdated: bool


@dataclass(frozen=True)
class Line:
    """One kind of file, and how far it is. `state` is empty where nobody has asked for it."""

    kind: str
    title: str
    what: str
    ending: str
    state: str
    colour: str
    on_the_way: bool
    progress: int
    asked_by: str
    asked_at: datetime | None
    made_at: datetime | None
    size: int
    failure: str
    address: str
    outdated: bool

    @classmethod
    def of(cls, kind: PrintoutKind, known: Known | None, address: str) -> Line:
        """`address` is where the file is, once it is ready."""
        printout = known.printout if known else None
        state, colour = _STATES[printout.state] if printout else ("", "")
        ready = printout is not None and printout.state is PrintoutState.READY
        return cls(
            kind=kind.value,
            title=str(_TITLES[kind]),
            what=str(_WHAT[kind]),
            ending=FORMATS[kind][0].upper(),
            state=str(state),
            colour=colour,
            on_the_way=printout is not None and printout.state in _ON_THE_WAY,
            progress=printout.progress if printout else 0,
            asked_by=printout.asked_by.name if printout else "",
            asked_at=printout.asked_at if printout else None,
            made_at=printout.made_at if printout else None,
            size=printout.size if printout else 0,
            failure=printout.failure if printout else "",
            address=address if ready else "",
            outdated=known is not None and known.outdated,
        )

    @property
    def begun(self) -> bool:
        return bool(self.state)

    @property
    def again(self) -> str:
        """What the button says; empty where there is nothing to ask for."""
        if not self.begun:
            return gettext("Make it: %(title)s", title=self.title)
        if self.failure:
            return gettext("Try again: %(title)s", title=self.title)
        return gettext("Make it again: %(title)s", title=self.title) if self.outdated else ""


@dataclass(frozen=True)
class Printouts:
    """The files from one snapshot, as printouts/list.html shows them."""

    snapshot: str
    taken_at: datetime
    lines: tuple[Line, ...]
    may_ask: bool
    ask: str
    here: str

    @property
    def on_the_way(self) -> bool:
        return any(line.on_the_way for line in self.lines)


@dataclass(frozen=True)
class PrintoutsPage:
    """The files about a round, for its coordinators."""

    title: str
    round: str
    round_slug: str
    files: Printouts | None
    too_close: bool
    template: ClassVar[str] = "printouts/round.html"

    @classmethod
    def of(
        cls,
        round_: Round,
        snapshot: Snapshot | None,
        there: Mapping[PrintoutKind, Known],
        who: User,
    ) -> PrintoutsPage:
        here = url_for("printouts.show_printouts", round_slug=round_.slug)
        too_close = snapshot is not None and _too_close(snapshot, None, who)
        lines = [
            Line.of(
                kind,
                there.get(kind),
                url_for("printouts.download_printout", round_slug=round_.slug, kind=kind.value),
            )
            for kind in printouts.OF_ROUND
        ]
        may_ask = allowed(who, Action.PRINTOUT_ASK, round_, now())
        return cls(
            title=gettext("Files to take away"),
            round=round_.title,
            round_slug=round_.slug,
            files=None if too_close else _files(snapshot, lines, here, may_ask=may_ask),
            too_close=too_close,
        )


@dataclass(frozen=True)
class CityPrintoutsPage:
    """The files about one city, for its own people and the coordinators. `outside` is a city that
    the snapshot does not hold."""

    title: str
    place: Place
    files: Printouts | None
    too_close: bool
    outside: bool
    template: ClassVar[str] = "printouts/city.html"

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        snapshot: Snapshot | None,
        there: Mapping[PrintoutKind, Known],
        who: User,
    ) -> CityPrintoutsPage:
        too_close = snapshot is not None and _too_close(snapshot, assessment, who)
        outside = snapshot is not None and assessment.city.slug not in snapshot.cities
        lines = [
            Line.of(
                kind,
                there.get(kind),
                address_in("printouts.download_city_printout", assessment, kind=kind.value),
            )
            for kind in printouts.OF_CITY
        ]
        here = address_in("printouts.show_city_printouts", assessment)
        may_ask = allowed(who, Action.CITY_PRINTOUT_ASK, assessment, now())
        shown = None if too_close or outside else _files(snapshot, lines, here, may_ask=may_ask)
        return cls(
            title=gettext("Files to take away"),
            place=Place.of(assessment),
            files=shown,
            too_close=too_close,
            outside=outside,
        )


def _too_close(snapshot: Snapshot, about: Assessment | None, who: User) -> bool:
    try:
        printouts.need_distance(snapshot, about, who, now())
    except ConflictOfInterest:
        return True
    return False


def _files(
    snapshot: Snapshot | None, lines: Sequence[Line], here: str, *, may_ask: bool
) -> Printouts | None:
    if snapshot is None:
        return None
    return Printouts(
        snapshot=f"{snapshot.round.slug}-{snapshot.number}",
        taken_at=snapshot.taken_at,
        lines=tuple(lines),
        may_ask=may_ask,
        ask=here,
        here=here,
    )
