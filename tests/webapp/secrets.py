"""The secrets: what they are called, the words that stand for them, and who may know which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from flask import Flask

from tests.browser import Browser


def officers(city: str) -> set[str]:
    return {f"{role}.{city}" for role in ("contributor", "lead", "signatory")}


def reviewers(*homes: str) -> set[str]:
    return {f"reviewer.{home}" for home in homes}


SENT_BACK, REVIEWED, ARGUING, DONE = "sint-willibrord", "vinterhamra", "tahtisalmi", "puertalba"
"""Cities: drafting its second version, under review, in consensus, and with a closed one."""
REPLYING, ANSWERED, PUBLISHED = "clairvaumont", "anemopoli", "svetlobryag"
"""With their reports: one drafts its reply, one has its reply answered, one is published."""
JUDGED = "PM2.1"
"""A statement for which the city in consensus names evidence."""
CITIES = (SENT_BACK, REVIEWED, ARGUING, DONE, REPLYING, ANSWERED, PUBLISHED)

AT_WORK, FINISHED, LEADER = "roccamirna", "puertalba", "hal-qamrija"
DECLINED, RECUSED, REVOKED = "svetlobryag", "eichmunde", "brzozogrod"
REPLACED, INSTEAD = "sint-willibrord", "vilarmonde"
"""The team of the city under review, by the cities it comes from."""

TEAM = reviewers(AT_WORK, FINISHED, LEADER)
ARGUERS = reviewers("clairvaumont", "vilarmonde")
WRITERS = reviewers("roccamirna", "svetlobryag", "vinterhamra")
ANSWERERS = reviewers("tahtisalmi", "eichmunde", "sint-willibrord")
CORRECTOR = "reviewer.sint-willibrord"
"""Who leads the team of the published report."""
OFFICE = {"coordinator", "second.coordinator"}
# This one is too close to all cities of the secrets but to the one in consensus.
COORDINATORS = OFFICE | {"conflicted.coordinator"}

HOMES = (
    *("vinterhamra", "roccamirna", "anemopoli", "svetlobryag", "hal-qamrija", "sint-willibrord"),
    *("vilarmonde", "eichmunde", "tahtisalmi", "brzozogrod", "clairvaumont", "puertalba"),
)
GROUPS: dict[str, list[str]] = {
    "officers": [*sorted(officers(SENT_BACK)), *sorted(officers(REVIEWED))],
    # One who sees another commitment of the city under review, and nothing that is secret here.
    "helpers": [f"helper.{REVIEWED}"],
    "officers of cities with a consensus": [f"lead.{ARGUING}", f"signatory.{DONE}"],
    "officers of cities with a report": [
        *(one for city in (REPLYING, ANSWERED, PUBLISHED) for one in sorted(officers(city)))
    ],
    "reviewers": [f"reviewer.{home}" for home in HOMES],
    "coordinators": [*sorted(COORDINATORS), "other.coordinator"],
    "others": ["", "admin", "lead.roccamirna"],
}
"""Everybody by the first part of their address; nobody signed in is an empty one."""
EVERYBODY = {local for people in GROUPS.values() for local in people}

KNOWS: dict[str, set[str]] = {
    # P6, P8, P9: what a city drafts is its own, also where a team waits for it.
    "draft answer": officers(SENT_BACK),
    "draft answer that was replaced": officers(SENT_BACK),
    "title of evidence in a draft": officers(SENT_BACK),
    "pointer of evidence in a draft": officers(SENT_BACK),
    "name of a file in a draft": officers(SENT_BACK),
    "content of a file in a draft": officers(SENT_BACK),
    "abstract of evidence in a draft": officers(SENT_BACK),
    "claim of evidence in a draft": officers(SENT_BACK),
    # P11: what only the city may see is its own for good, signed or not, cited or not.
    "title of the city's own": officers(REVIEWED),
    "abstract of the city's own": officers(REVIEWED),
    "name of a file of the city's own": officers(REVIEWED),
    "content of a file of the city's own": officers(REVIEWED),
    "claim of the city's own": officers(REVIEWED),
    "pointer of the city's own": officers(REVIEWED),
    # P12: notes are for the city alone, and for its contributors only while it writes.
    "note in a draft": officers(SENT_BACK),
    "note that was resolved": officers(SENT_BACK),
    "note in a signed assessment": officers(REVIEWED) - {f"contributor.{REVIEWED}"},
    # P17: whom a city invites.
    "name of somebody invited": {f"lead.{SENT_BACK}"} | OFFICE,
    # P15: written to the city.
    "reason for sending back": officers(REVIEWED),
    # P16, P11: the signed version that counts is read by its team; earlier ones are not.
    "signed answer": officers(REVIEWED) | TEAM | OFFICE,
    "title of signed evidence": officers(REVIEWED) | TEAM | OFFICE,
    "claim of signed evidence": officers(REVIEWED) | TEAM | OFFICE,
    "abstract of signed evidence": officers(REVIEWED) | TEAM | OFFICE,
    "content of a signed file": officers(REVIEWED) | TEAM | OFFICE,
    # What comes after the signature is not what was signed.
    "content of a newer version": officers(REVIEWED),
    "answer in an earlier signed version": officers(REVIEWED) | OFFICE,
    # P24, A3: until the consensus opens, a review is its reviewer's alone.
    "justification at work": reviewers(AT_WORK),
    "justification after a visit at work": reviewers(AT_WORK),
    "note on evidence at work": reviewers(AT_WORK),
    "justification that was submitted": reviewers(FINISHED),
    # P22, A3, A6: a question is its reviewer's and, without a name, the city's; then the team's.
    "question to the city": officers(REVIEWED) | reviewers(AT_WORK),
    "answer to a question": officers(REVIEWED) | reviewers(AT_WORK),
    "question of a team in consensus": {f"lead.{ARGUING}"} | ARGUERS | COORDINATORS,
    # P45: why somebody is not in a team is for those who put it together.
    "reason for declining": OFFICE,
    "conflict of interest": reviewers(RECUSED) | OFFICE,
    "reason for taking off": OFFICE,
    "reason for replacing": OFFICE,
    # Where somebody worked before is known; what they did there is their own.
    "work for a former employer": reviewers("clairvaumont"),
    # P25, P30: what a team says to each other, and P34: nothing of it is the city's yet.
    "justification in consensus": ARGUERS | COORDINATORS,
    "justification after a visit in consensus": ARGUERS | COORDINATORS,
    "note on evidence in consensus": ARGUERS | COORDINATORS,
    "reason for an agreed level": ARGUERS | COORDINATORS,
    "dissent": ARGUERS | COORDINATORS,
    "dissent at a statement": ARGUERS | COORDINATORS,
    # The programme of a visit is everybody's who prepares it; its notes never leave the team, and
    # until the consensus opens they are their author's alone (A3).
    "people met in a visit": officers(REVIEWED) | TEAM | OFFICE,
    "note of a visit before the consensus": reviewers(AT_WORK),
    "note of a visit in consensus": ARGUERS,
    "reason in a closed consensus": WRITERS | OFFICE,
    # P32, P34: a draft is its team's, and the city's once it was sent.
    "section in draft": WRITERS | OFFICE,
    "section in draft that was replaced": WRITERS,
    "finding in draft": WRITERS | OFFICE,
    "finding that was taken out": WRITERS,
    "section with the city": officers(ANSWERED) | ANSWERERS | OFFICE,
    "finding with the city": officers(ANSWERED) | ANSWERERS | OFFICE,
    # P35 to P37: a reply is the city's until it is signed; its answer is for those who read it.
    "reply in draft": officers(REPLYING) | {"second.coordinator"},
    "signed reply": officers(ANSWERED) | ANSWERERS | OFFICE,
    "answer to a reply": officers(ANSWERED) | ANSWERERS | OFFICE,
    "new wording of a finding": officers(ANSWERED) | ANSWERERS | OFFICE,
    # P1, P40: what is published is everybody's; the next edition is not there before that.
    "published section": EVERYBODY,
    "published finding": EVERYBODY,
    "reason for a published correction": EVERYBODY,
    "section of a correction in draft": {CORRECTOR} | OFFICE,
    "reason for a correction in draft": {CORRECTOR} | OFFICE,
    # What a city does about it is for those who saw it through; of an earlier round the next team
    # learns what is planned, and not who in the city sees to it or how it went.
    "action in a plan": officers(PUBLISHED) | {CORRECTOR} | OFFICE,
    "owner of an action": officers(PUBLISHED) | {CORRECTOR} | OFFICE,
    "progress of an action": officers(PUBLISHED) | {CORRECTOR} | OFFICE,
    "review of an action": officers(PUBLISHED) | {CORRECTOR} | OFFICE,
    "action in an earlier plan": officers(REVIEWED) | TEAM | OFFICE,
    "owner of an earlier action": officers(REVIEWED) | reviewers(FINISHED) | OFFICE,
    "progress of an earlier action": officers(REVIEWED) | reviewers(FINISHED) | OFFICE,
    # A view of the calibration case is its reviewer's; what is in it is said to nobody else.
    "justification in the calibration case": reviewers("clairvaumont"),
    # P39, P42: why there are new figures is said to those who see to them, until they are public.
    "reason for a snapshot": COORDINATORS,
    "reason for a release that waits": COORDINATORS,
    # P2: a round is its coordinators' until its cities take part.
    "title of a round being prepared": {"other.coordinator"},
}
WORDS = {name: f"secret{number:03}" for number, name in enumerate(KNOWS)}


class Rule(NamedTuple):
    """All addresses of one kind about one city or round."""

    endpoint: str
    addresses: list[str]
    one_by_one: bool
    """Whether one may be open to somebody to whom another is not."""


@dataclass
class World:
    app: Flask
    thin: bool
    browsers: dict[str, Browser] = field(default_factory=dict)
    known: dict[str, list[Rule]] = field(default_factory=dict)
    """What can be read by the city, the round or the task that it is about, or by nothing."""
    tried: set[tuple[str, str, str]] = field(default_factory=set)
    """Which kind of stranger has tried which endpoint; of those who were asked to review a city,
    where."""
    forbidden: set[tuple[str, str]] = field(default_factory=set)
    """Which endpoints those in a role may never use."""
    tasks: dict[str, str] = field(default_factory=dict)
    """The cities of the tasks of reviewers, by the numbers of these."""
    involved: set[tuple[str, str]] = field(default_factory=set)
    """Who was ever asked to review which city."""
    read: dict[str, dict[str, str]] = field(default_factory=dict)
    """What somebody has read last, until something changes."""

    def browser(self, local: str) -> Browser:
        if local not in self.browsers:
            email = f"{local}@example.org" if local else None
            self.browsers[local] = Browser(self.app, email)
        return self.browsers[local]

    def some(self, people: Iterable[str]) -> list[str]:
        """Everybody; on the second kind of database, one in three."""
        return list(people)[:: 3 if self.thin else 1]


def at(city: str) -> dict[str, str]:
    return {"round_slug": "2026", "city_slug": city}
