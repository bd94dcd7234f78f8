"""The demonstration world: twelve invented cities, one finished round and one in full swing.

Cities, people, answers, scores and documents are all invented; only the countries exist.
Everything comes about through the verbs of `reviews`, in the order of time, so that journal,
revisions, signed versions and hashes are as real as in an installation at work.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import (
    AgreedLevel,
    Answer,
    Assessment,
    Assignment,
    Citation,
    City,
    CityMembership,
    CityRole,
    Consensus,
    Instrument,
    PlatformRole,
    Round,
    RoundMembership,
    RoundRole,
    Score,
    User,
    marks,
)
from reviews import (
    assessments,
    assigning,
    consensus,
    evidence,
    instrument_files,
    instruments,
    rounds,
    scoring,
    submissions,
)
from reviews.consensus import Divergence
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import Known, Sent

DEMO_PASSWORD = "integrating-cities"  # noqa: S105 - printed on the sign-in page
BRUSSELS = ZoneInfo("Europe/Brussels")
SEED = "cityreview"
COORDINATOR, SECOND, ADMINISTRATOR = "coordinator", "second.coordinator", "admin"
TWO_HATS = "clairvaumont"
"""The city of which the second coordinator is an officer too."""


class DemoAccount(NamedTuple):
    """An account worth trying, and what can be seen or done with it."""

    email: str
    name: str
    what: str


class Place(NamedTuple):
    """A city, with the names of its contributor, lead, signatory and reviewer."""

    slug: str
    name: str
    country: str
    population: int
    migrant_share: float
    people: tuple[str, str, str, str]


# fmt: off
PLACES = (
    Place("vinterhamra", "Vinterhamra", "SE", 318_400, 0.262,
          ("Elsa Nordgren", "Johan Ekdahl", "Birgitta Sandelin", "Amira Haddad")),
    Place("roccamirna", "Roccamirna", "IT", 742_900, 0.143,
          ("Chiara Bonfanti", "Matteo Salvadei", "Lucia Ferrante", "Davide Morandin")),
    Place("anemopoli", "Ανεμόπολη", "GR", 402_150, 0.118,
          ("Ελένη Μαυρίδου", "Νίκος Σταματίου", "Katerina Vlachou", "Giorgos Anastasiou")),
    Place("svetlobryag", "Светлобряг", "BG", 128_700, 0.041,
          ("Радослава Минчева", "Петър Дамянов", "Ivan Kolarov", "Desislava Marinova")),
    Place("hal-qamrija", "Ħal Qamrija", "MT", 34_200, 0.287,
          ("Ġorġ Żerafa", "Marija Borg Mifsud", "Carmen Vellan", "Luca Xuereb")),
    Place("sint-willibrord", "Sint-Willibrordskapelle aan de Lee", "BE", 97_300, 0.204,
          ("Lotte Verstraeten", "Pieter De Clerck", "Fatima El Amrani", "Jonas Wuyts")),
    Place("vilarmonde", "Vilarmonde", "PT", 271_600, 0.097,
          ("Inês Carvalhal", "Rui Nogueira", "João Teixeira de Sá", "Beatriz Salgado")),
    Place("eichmunde", "Eichmünde", "DE", 1_108_000, 0.336,
          ("Annegret Vossberg", "Cem Aydoğan", "Jürgen Straßner", "Friederike Lohmann")),
    Place("tahtisalmi", "Tähtisalmi", "FI", 186_500, 0.083,
          ("Aino Häyrinen", "Mikko Väisälä", "Päivi Öhman", "Eero Kuusniemi")),
    Place("brzozogrod", "Brzozogród", "PL", 611_200, 0.056,
          ("Małgorzata Wiśniewska-Łoś", "Paweł Grzesiak", "Zofia Brzeska", "Łukasz Domański")),
    Place("clairvaumont", "Clairvaumont", "FR", 538_800, 0.171,
          ("Élodie Marchais", "Thierry Lacombe", "Aïssata Diarra", "Mathilde Guérin-Roux")),
    Place("puertalba", "Puertalba", "ES", 1_243_000, 0.229,
          ("Nuria Escudero", "Iker Zubiaurre", "Montserrat Puigvert", "Álvaro Quesada")),
)

TRYABLE = (
    ("lead.vinterhamra", "Fills in for Vinterhamra: two statements are missing, then lock it."),
    ("signatory.vinterhamra", "Signs for Vinterhamra once it is locked."),
    ("signatory.eichmunde", "Signs for Eichmünde, which is locked and waits."),
    (COORDINATOR, "Coordinates both rounds: cities, dates, reviewers, benchmark."),
    ("reviewer.clairvaumont", "Leads the review of Tähtisalmi: three scores left, then consensus."),
    ("reviewer.vilarmonde", "Reviews Tähtisalmi too: two scores left, then submit."),
    ("reviewer.roccamirna", "Leads the consensus on Puertalba: some levels are still open."),
    (SECOND, "Coordinates too, but belongs to Clairvaumont and so sees it as its officer only."),
    (ADMINISTRATOR, "Runs the platform and sees no city's content."),
)

# What cities write, by how far they say they are.
AT_THE_START = (
    "We have not begun with this. It is on the list for the next council term.",
    "A single department does this on its own; nothing is written down yet.",
    "There was a project, but it ended when the money ran out.",
    "Colleagues help when somebody asks. There is no fixed way of doing it.",
    "We know where the gap is and have asked two offices for a proposal.",
    "So far we rely on an association that does this without a contract.",
    "The figures we would need are held by the region, and we have not asked for them.",
    "The question came up in the last visit of our peers. A first meeting has taken place.",
)
ON_THE_WAY = (
    "A working group of three departments has met since spring and has written a draft.",
    "It works in the two largest districts. The other districts follow next year.",
    "The rule exists, but not every office follows it yet.",
    "We do this each year; what comes out of it is not counted so far.",
    "The plan names an office in charge and has money for this year only.",
    "Half of the staff at the front desks have been trained. The rest follow this winter.",
    "The pages are there in three languages. We have not yet asked users what they think.",
    "Two associations of migrants sit at the table. Small groups are still missing.",
    "We tried it in one service for a year and the council has asked for a longer trial.",
    "The figures are collected, but they reach the council only on request.",
    "Most of it is in place. What is missing is a fixed date on which we look at it again.",
    "The contract asks for it, and we check about one supplier in five.",
)
WELL_AHEAD = (
    "The council adopted this four years ago and gets a report every spring.",
    "All districts take part. The report is public and shows where we are behind.",
    "Residents were asked twice, and the plan was changed after what they said.",
    "It is part of daily work: new colleagues hear about it in their first week.",
    "An outside body looked at it last year; its advice has been carried out.",
    "Three people work on it full time, paid from the city's own budget.",
    "We publish the figures for each service, with the gap and what we do about it.",
    "The associations help to write the plan and have a vote on how the money is spent.",
    "Complaints are answered within four weeks, and we count how they end.",
    "Other cities have visited us to see how it is done; the slides are linked below.",
)
# What reviewers write.
NOT_THERE_YET = (
    "We found the plan, but nobody we met could say who carries it out.",
    "The evidence is older than two years, and we saw nothing newer.",
    "Staff told us openly that this has not started.",
    "The document shows an intention; we look for what is done today.",
)
PARTLY_THERE = (
    "It works in the office we visited. The other offices could not show it to us.",
    "The text is clear and public. Figures on what it brings are missing.",
    "Good beginning. We stopped at this level because a fixed yearly report is missing.",
    "The associations confirm most of what the city writes, with some doubts about the pace.",
    "We would give the next level once the whole city is covered.",
)
CLEARLY_THERE = (
    "We saw it ourselves at the desk and spoke with three users.",
    "The report is public, and the council minutes show that it was discussed.",
    "Very clear evidence. Our own city could learn from this.",
    "Staff at all levels knew about it without being told that we would ask.",
)
UNSEEN = (
    "There was no time to look at this during the visit.",
    "We do not read the language of the document well enough to judge.",
)
NOT_IN_OUR_HANDS = (
    "The region runs this service; the city has neither staff nor money for it.",
    "This is a task of the state. The city may only give advice.",
    "A national agency is in charge, and its local office does not report to us.",
)
REASONS = (
    "We read the document again together and took the level that all its points meet.",
    "The higher score rested on a plan that has not been carried out yet.",
    "One of us had seen the service itself; the others follow that view.",
    "Between two levels, so we chose the lower one, as the guidance says.",
)
# fmt: on


def accounts() -> tuple[DemoAccount, ...]:
    """The accounts worth trying, in the order of the journey."""
    names = {
        f"{role}.{place.slug}": name
        for place in PLACES
        for role, name in zip(_CITY_ROLES, place.people, strict=True)
    } | {local: name for local, name, _ in _OFFICE}
    return tuple(DemoAccount(_address(local), names[local], what) for local, what in TRYABLE)


def build(session: Session, *, now: datetime, password_hash: str) -> None:
    """Build the whole world in an empty database; the caller commits.

    The same `now` gives the same world, another one the same deeds at other times. The round
    of 2024 keeps its dates; all that happens in the round of 2026 lies in the eleven weeks
    before `now`, its deadlines after it.
    """
    with session.no_autoflush:
        world = _settle(session, password_hash)
        _earlier_round(world)
        _present_round(world, now)
        session.flush()


_CITY_ROLES = {
    "contributor": CityRole.CONTRIBUTOR,
    "lead": CityRole.LEAD,
    "signatory": CityRole.SIGNATORY,
    "reviewer": CityRole.REVIEWER,
}
_OFFICE = (
    (COORDINATOR, "Saoirse O’Dwyer", PlatformRole.COORDINATOR),
    (SECOND, "Bastien Delorme", PlatformRole.COORDINATOR),
    (ADMINISTRATOR, "Veerle Hoogland", PlatformRole.ADMINISTRATOR),
)


def _address(local: str) -> str:
    return f"{local}@example.org"


@dataclass
class _World:
    """Who and what there is; `people` by the part of their address before the @."""

    session: Session
    cities: dict[str, City]
    people: dict[str, User]
    instrument: Instrument
    questionnaire: Questionnaire

    @property
    def coordinator(self) -> User:
        return self.people[COORDINATOR]


def _settle(session: Session, password_hash: str) -> _World:
    """Cities, people and the questionnaire, before the first round."""
    since = datetime(2024, 1, 8, 9, tzinfo=UTC)
    cities = {
        place.slug: City(
            slug=place.slug,
            name=place.name,
            country=place.country,
            population=place.population,
            migrant_share=place.migrant_share,
        )
        for place in PLACES
    }
    people = {
        local: User(
            email=_address(local),
            name=name,
            password_hash=password_hash,
            created_at=since,
            platform_role=role,
        )
        for local, name, role in _OFFICE
    }
    for place in PLACES:
        for (word, role), name in zip(_CITY_ROLES.items(), place.people, strict=True):
            local = f"{word}.{place.slug}"
            people[local] = User(
                email=_address(local), name=name, password_hash=password_hash, created_at=since
            )
            people[local].city_memberships.append(
                CityMembership(city=cities[place.slug], role=role, since=since)
            )
    people[SECOND].city_memberships.append(
        CityMembership(city=cities[TWO_HATS], role=CityRole.CONTRIBUTOR, since=since)
    )
    instrument = instrument_files.read(instrument_files.shipped("charter-2010"))
    session.add_all([*cities.values(), *people.values(), instrument])
    session.flush()
    published = datetime(2024, 1, 22, 10, tzinfo=UTC)
    instruments.publish(instrument, by=people[COORDINATOR], now=published)
    return _World(session, cities, people, instrument, Questionnaire.of(instrument))


Deed = Callable[..., object]
Ago = Callable[[int], datetime]


@dataclass
class _Diary:
    """Deeds planned city by city, done in the order of time, so that the journal is in order."""

    session: Session
    pages: list[tuple[datetime, bool, Deed]] = field(default_factory=list)

    def plan(self, when: datetime, deed: Deed, *, settled: bool = False) -> None:
        """`settled`: the deed needs the ids of what was done before it."""
        self.pages.append((when, settled, deed))

    def live(self) -> None:
        for when, settled, deed in sorted(self.pages, key=lambda page: page[0]):
            if settled:
                self.session.flush()
            deed(now=when)
        self.session.flush()


def _moments(clock: Random, start: datetime, end: datetime, count: int) -> list[datetime]:
    """So many moments of office hours from one day to another, in order."""
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    working = [day for day in days if day.weekday() < 5] or days
    seconds = (8 * 3600, 16 * 3600)
    return sorted(
        datetime.combine(clock.choice(working), time(), UTC)
        + timedelta(seconds=clock.randrange(*seconds))
        for _ in range(count)
    )


def _at(day: datetime, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


class _Seat(NamedTuple):
    """A reviewer in the team of a city, by the city the reviewer comes from."""

    home: str
    lead: bool = False
    severity: float = 0.0


class _Story:
    """One city in one round. Each method plans one chapter; nothing happens before `live`."""

    def __init__(
        self, world: _World, diary: _Diary, assessment: Assessment, *, drift: float, noise: float
    ) -> None:
        self.world, self.diary, self.assessment = world, diary, assessment
        self.session, self.questionnaire = world.session, world.questionnaire
        self.slug = assessment.city.slug
        # Apart, so that what is said does not depend on the day on which the world is built.
        self.chance = Random(f"{SEED} said {assessment.round.slug} {self.slug}")  # noqa: S311
        self.clock = Random(f"{SEED} when {assessment.round.slug} {self.slug}")  # noqa: S311
        self.noise = noise
        self.coordinator = world.coordinator
        self.contributor, self.lead, self.signatory = (
            world.people[f"{role}.{self.slug}"] for role in ("contributor", "lead", "signatory")
        )
        self.truth = _truth(self.questionnaire, self.slug, drift)
        self.outside = _outside_remit(self.questionnaire, self.slug)
        self.answers: dict[int, Answer] = {}
        self.citations: list[Citation] = []
        self.team: dict[str, Assignment] = {}
        self.marks: dict[str, dict[int, str]] = {}
        self.agreed: dict[int, AgreedLevel] = {}

    # The city's part.

    def answer(
        self,
        start: datetime,
        end: datetime,
        *,
        only: Collection[str] | None = None,
        without: Collection[str] = (),
        begun: Collection[str] = (),
    ) -> None:
        """The city fills in statement by statement; for those `begun` it writes only the text."""
        asked = [
            one
            for one in self.questionnaire.statements
            if one.code not in without and (only is None or one.code in only)
        ]
        moments = _moments(self.clock, start, end, len(asked))
        for number, (statement, moment) in enumerate(zip(asked, moments, strict=True)):
            content = self._own_answer(statement)
            if statement.code in begun:
                content = {"mark": marks.EMPTY, "text": self.chance.choice(ON_THE_WAY)}
            by = self.lead if number % 4 == 3 else self.contributor
            self.diary.plan(moment, partial(self._save_answer, statement, content, by))
            if content["mark"].isdecimal() and self.chance.random() < 0.45:
                self._cite(statement, moment)
            if number % 11 == 5 and statement.code not in begun:
                later = moment + timedelta(minutes=20)
                text = f"{content['text']} {self.chance.choice(ON_THE_WAY)}"
                self.diary.plan(
                    later, partial(self._save_answer, statement, {"text": text}, self.lead)
                )

    def _own_answer(self, statement: AskedStatement) -> dict[str, str]:
        if statement.code in self.outside:
            return {
                "mark": marks.NOT_OUR_COMPETENCE,
                "text": "",
                "remit_reason": self.chance.choice(NOT_IN_OUR_HANDS),
            }
        level = self._level(statement, 0.4 + self.chance.gauss(0, 0.5))
        text = self.chance.choice(_by_level(level, AT_THE_START, ON_THE_WAY, WELL_AHEAD))
        return {"mark": str(level), "text": text}

    def _level(self, statement: AskedStatement, off: float) -> int:
        lowest, highest = statement.levels[0][0], statement.levels[-1][0]
        return min(highest, max(lowest, round(self.truth[statement.code] + off)))

    def _save_answer(
        self, statement: AskedStatement, content: dict[str, str], by: User, *, now: datetime
    ) -> None:
        answer = self.answers.get(statement.id)
        if answer is None:
            answer = Answer(assessment=self.assessment, statement_id=statement.id)
            self.answers[statement.id] = answer
            self.session.add(answer)
        sent = Sent({"mark": answer.mark, **content}, answer.number)
        assessments.save_answer(answer, statement, sent, Known(), by=by, now=now)

    def _cite(self, statement: AskedStatement, moment: datetime) -> None:
        title = self.chance.choice(statement.evidence_examples)[:200]
        address = f"https://example.org/{self.slug}/{statement.code.lower()}.pdf"
        pointer = self.chance.choice(("page 3", "page 12", "pages 20 to 24", "section 4", ""))

        def cite(*, now: datetime) -> None:
            citation = evidence.cite_link(
                self.assessment,
                statement,
                title=title,
                address=address,
                pointer=pointer,
                by=self.contributor,
                now=now,
            )
            self.session.add(citation.evidence)
            self.citations.append(citation)

        self.diary.plan(moment + timedelta(minutes=3), cite)

    def lock(self, when: datetime) -> None:
        self.diary.plan(
            when, partial(assessments.lock, self.assessment, self.questionnaire, by=self.lead)
        )

    def sign(self, when: datetime) -> None:
        self.diary.plan(when, self._sign, settled=True)

    def _sign(self, *, now: datetime) -> None:
        document = submissions.city_document(
            self.assessment, self.questionnaire, self.answers.values(), self.citations
        )
        shown = submissions.sha256(submissions.canonical(document))
        assessments.sign_off(
            self.assessment,
            self.questionnaire,
            document,
            shown=shown,
            by=self.signatory,
            now=now,
        )

    def send_back(self, when: datetime, reason: str) -> None:
        self.diary.plan(
            when,
            partial(assessments.send_back, self.assessment, reason=reason, by=self.coordinator),
        )

    # The reviewers' part.

    def invite(self, when: datetime, seats: Iterable[_Seat]) -> None:
        for number, seat in enumerate(seats):
            self.diary.plan(
                when + timedelta(minutes=4 * number), partial(self._invite, seat), settled=True
            )

    def _invite(self, seat: _Seat, *, now: datetime) -> None:
        self.team[seat.home] = assigning.invite(
            self.assessment,
            self._reviewer(seat.home),
            lead=seat.lead,
            by=self.coordinator,
            now=now,
        )

    def _reviewer(self, home: str) -> User:
        return self.world.people[f"reviewer.{home}"]

    def open_review(self, when: datetime) -> None:
        self.diary.plan(
            when, partial(assessments.open_review, self.assessment, by=self.coordinator)
        )

    def accept(self, when: datetime, home: str) -> None:
        def accept(*, now: datetime) -> None:
            assigning.accept(self.team[home], by=self._reviewer(home), now=now)

        self.diary.plan(when, accept, settled=True)

    def leave(self, when: datetime, home: str, verb: Callable[..., None], reason: str) -> None:
        """A reviewer declines or steps back."""

        def leave(*, now: datetime) -> None:
            verb(self.team[home], reason=reason, by=self._reviewer(home), now=now)

        self.diary.plan(when, leave, settled=True)

    def score(
        self, start: datetime, end: datetime, seat: _Seat, *, without: Collection[str] = ()
    ) -> None:
        """A reviewer judges statement by statement."""
        given = self.marks.setdefault(seat.home, {})
        asked = [one for one in self.questionnaire.statements if one.code not in without]
        for statement, moment in zip(
            asked, _moments(self.clock, start, end, len(asked)), strict=True
        ):
            mark, justification = self._own_view(statement, seat)
            given[statement.id] = mark
            self.diary.plan(
                moment, partial(self._save_score, statement, seat.home, mark, justification)
            )

    def _own_view(self, statement: AskedStatement, seat: _Seat) -> tuple[str, str]:
        luck = self.chance.random()
        if statement.code in self.outside and luck < 0.93:
            return marks.NOT_OUR_COMPETENCE, ""
        if luck > 0.965:
            return marks.CANNOT_JUDGE, self.chance.choice(UNSEEN)
        level = self._level(statement, seat.severity + self.chance.gauss(0, self.noise))
        sentences = _by_level(level, NOT_THERE_YET, PARTLY_THERE, CLEARLY_THERE)
        return str(level), self.chance.choice(sentences) if luck < 0.7 else ""

    def _save_score(
        self,
        statement: AskedStatement,
        home: str,
        mark: str,
        justification: str,
        *,
        now: datetime,
    ) -> None:
        score = Score(assignment=self.team[home], statement_id=statement.id)
        self.session.add(score)
        sent = Sent({"mark": mark, "justification": justification}, 0)
        scoring.give_score(score, statement, sent, Known(), by=self._reviewer(home), now=now)

    def submit(self, when: datetime, home: str) -> None:
        def submit(*, now: datetime) -> None:
            scoring.submit(self.team[home], self.questionnaire, by=self._reviewer(home), now=now)

        self.diary.plan(when, submit, settled=True)

    # The team's part.

    def open_consensus(self, when: datetime, leader: str) -> None:
        """The leader opens it and takes over at once what all agree on."""
        by = self._reviewer(leader)

        def adopt(*, now: datetime) -> None:
            consensus.adopt_unanimous(self._opened(), self._divergences(), by=by, now=now)

        self.diary.plan(
            when, partial(consensus.open_consensus, self.assessment, by=by), settled=True
        )
        self.diary.plan(when + timedelta(seconds=40), adopt, settled=True)

    def _opened(self) -> Consensus:
        if self.assessment.consensus is None:
            raise LookupError(f"the consensus on {self.slug} was planned before its opening")
        return self.assessment.consensus

    def settle_levels(self, start: datetime, end: datetime, leader: str, *, leave: int = 0) -> None:
        """The team settles the rest, widest disagreement first, and leaves the last few open."""
        rows = [row for row in self._divergences() if row.unanimous is None]
        rows = rows[: len(rows) - leave]
        for row, moment in zip(rows, _moments(self.clock, start, end, len(rows)), strict=True):
            content = {"mark": _settled(row), "reason": self.chance.choice(REASONS)}
            self.diary.plan(moment, partial(self._set_level, row.statement, content, leader))

    def _divergences(self) -> list[Divergence]:
        return consensus.divergences(
            self.questionnaire,
            [
                [given[statement.id] for statement in self.questionnaire.statements]
                for given in self.marks.values()
            ],
        )

    def _set_level(
        self, statement: AskedStatement, content: dict[str, str], leader: str, *, now: datetime
    ) -> None:
        agreed = AgreedLevel(statement_id=statement.id)
        self._opened().agreed_levels.append(agreed)
        consensus.set_agreed_level(
            agreed, statement, Sent(content, 0), Known(), by=self._reviewer(leader), now=now
        )

    def agree(self, when: datetime, home: str, dissent: str = "") -> None:
        def agree(*, now: datetime) -> None:
            opened = self._opened()
            consensus.agree(
                opened,
                self.team[home],
                shown=opened.number,
                dissent=dissent,
                by=self._reviewer(home),
                now=now,
            )

        self.diary.plan(when, agree)

    def close_consensus(self, when: datetime, leader: str) -> None:
        def close(*, now: datetime) -> None:
            consensus.close(self._opened(), self.questionnaire, by=self._reviewer(leader), now=now)

        self.diary.plan(when, close)


def _truth(questionnaire: Questionnaire, slug: str, drift: float) -> dict[str, float]:
    """Where a city really stands per statement, on the scale: its own level, role by role."""
    rank = [place.slug for place in PLACES].index(slug)
    of_city = Random(f"{SEED} level {slug}")  # noqa: S311
    # Spread evenly in an order that has nothing to do with the list above.
    own = 1.1 + 2.0 * (rank * 5 % len(PLACES)) / (len(PLACES) - 1) + drift
    truth = {}
    for role in questionnaire.roles:
        in_role = own + of_city.gauss(0, 0.35)
        for statement in role.statements:
            hard = Random(f"{SEED} hard {statement.code}").gauss(0, 0.45)  # noqa: S311
            truth[statement.code] = in_role - hard + of_city.gauss(0, 0.35)
    return truth


def _outside_remit(questionnaire: Questionnaire, slug: str) -> frozenset[str]:
    """The statements on which a city has no power; the same in each round."""
    powers = Random(f"{SEED} powers {slug}")  # noqa: S311
    return frozenset(
        statement.code
        for statement in questionnaire.statements
        if statement.may_be_outside_remit and powers.random() < 0.22
    )


def _by_level(level: int, *thirds: Sequence[str]) -> Sequence[str]:
    return thirds[0 if level <= 1 else 1 if level == 2 else 2]


def _settled(row: Divergence) -> str:
    """What a team settles on: the middle level, or the word that most of them chose."""
    levels = sorted(row.levels)
    if 2 * len(levels) >= len(row.marks):
        return str(levels[(len(levels) - 1) // 2])
    words = [mark for mark in row.marks if not mark.isdecimal()]
    return max(sorted(set(words)), key=words.count)


def _severity(home: str) -> float:
    """How far above or below the others a reviewer scores."""
    return Random(f"{SEED} severity {home}").gauss(0, 0.4)  # noqa: S311


def _seats(*homes: str) -> tuple[_Seat, ...]:
    """A team; the first leads it."""
    return tuple(_Seat(home, place == 0, _severity(home)) for place, home in enumerate(homes))


def _open_round(
    world: _World,
    *,
    slug: str,
    answers_due: datetime,
    reviews_due: datetime,
    minimum_reviewers: int,
    created: datetime,
) -> Round:
    """A round with all cities and both coordinators, created one day and opened the next."""
    by = world.coordinator
    round_ = rounds.create(
        slug=slug,
        title=f"Charter review {slug}",
        instrument=world.instrument,
        answers_due=answers_due,
        reviews_due=reviews_due,
        minimum_reviewers=minimum_reviewers,
        by=by,
        now=created,
    )
    world.people[SECOND].round_memberships.append(
        RoundMembership(round=round_, role=RoundRole.COORDINATOR, since=created)
    )
    world.session.flush()
    for number, city in enumerate(world.cities.values()):
        rounds.add_city(round_, city, by=by, now=created + timedelta(minutes=10 + number))
    world.session.flush()
    rounds.open_round(round_, by=by, now=created + timedelta(days=1))
    return round_


def _earlier_round(world: _World) -> None:
    """2024, closed: every city from the first answer to the closed consensus, three reviewers."""

    def day(month: int, number: int) -> datetime:
        return datetime(2024, month, number, tzinfo=UTC)

    round_ = _open_round(
        world,
        slug="2024",
        answers_due=_last_second(day(5, 31)),
        reviews_due=_last_second(day(11, 29)),
        minimum_reviewers=3,
        created=_at(day(2, 5), 9),
    )
    diary = _Diary(world.session)
    slugs = list(world.cities)
    for number, assessment in enumerate(round_.assessments):
        story = _Story(world, diary, assessment, drift=0.0, noise=0.4)
        # Steps of 1, 2 and 4 give every reviewer three cities and no two cities each other.
        seats = _seats(*(slugs[(number - step) % len(slugs)] for step in (1, 2, 4)))
        shift = timedelta(days=number % 4)
        story.answer(day(2, 19), day(5, 20) + shift)
        story.lock(_at(day(5, 27) + shift, 10, number))
        story.sign(_at(day(5, 28) + shift, 14, number))
        _review(story, seats, shift, number, day)
    diary.plan(_at(day(12, 11), 10), partial(rounds.close_round, round_, by=world.coordinator))
    diary.live()


def _review(
    story: _Story,
    seats: Sequence[_Seat],
    shift: timedelta,
    number: int,
    day: Callable[[int, int], datetime],
) -> None:
    """From the invitations to the closed consensus, in the second half of 2024."""
    leader = seats[0].home
    story.invite(_at(day(6, 4), 9, 5 * number % 60), seats)
    story.open_review(_at(day(6, 17), 10, number))
    for place, seat in enumerate(seats):
        story.accept(_at(day(6, 6) + shift, 11 + place, number), seat.home)
        story.score(day(6, 24), day(10, 4) + shift, seat)
        story.submit(_at(day(10, 9) + shift, 9 + place, number), seat.home)
    story.open_consensus(_at(day(10, 14) + shift, 9, 2 * number), leader)
    story.settle_levels(day(10, 21), day(11, 14) + shift, leader)
    for place, seat in enumerate(seats):
        dissent = (
            "I still find SP2.1 one level too high, because only one desk was visited."
            if number == 3 and place == 2
            else ""
        )
        story.agree(_at(day(11, 20) + shift, 9 + place, number), seat.home, dissent)
    story.close_consensus(_at(day(11, 25) + shift, 15, number), leader)


def _last_second(day: datetime) -> datetime:
    """The end of a day in Brussels, whose last minute still counts, as an instant in UTC."""
    return datetime.combine(day, time(23, 59, 59), BRUSSELS).astimezone(UTC)


def _present_round(world: _World, now: datetime) -> None:
    """2026, open: every phase is there, and each journey has a place to begin."""
    today = now.astimezone(BRUSSELS)

    def ago(days: int) -> datetime:
        return today - timedelta(days=days)

    round_ = _open_round(
        world,
        slug="2026",
        answers_due=_last_second(ago(-35)),
        reviews_due=_last_second(ago(-70)),
        minimum_reviewers=2,
        created=_at(ago(77), 9),
    )
    diary = _Diary(world.session)
    stories = {
        assessment.city.slug: _Story(
            world,
            diary,
            assessment,
            drift=0.25,
            # A calm team leaves few levels to argue about when somebody tries the consensus.
            noise=0.12 if assessment.city.slug == "tahtisalmi" else 0.4,
        )
        for assessment in round_.assessments
    }
    _cities_at_work(stories, ago)
    _cities_under_review(stories, ago)
    _cities_in_consensus(stories, ago)
    diary.live()


def _cities_at_work(stories: dict[str, _Story], ago: Ago) -> None:
    """Drafting, nearly complete, locked, sent back, submitted; two have not started at all."""
    codes = [one.code for one in stories["roccamirna"].questionnaire.statements]
    stories["roccamirna"].answer(
        ago(30), ago(2), only=codes[: len(codes) * 2 // 5], begun=codes[5:16:5]
    )
    stories["vinterhamra"].answer(ago(60), ago(2), without=("EM2.3", "BU2.2"))

    locked = stories["eichmunde"]
    locked.answer(ago(62), ago(5))
    locked.lock(_at(ago(2), 14, 20))

    returned = stories["sint-willibrord"]
    returned.answer(ago(70), ago(32))
    returned.lock(_at(ago(28), 9, 15))
    returned.sign(_at(ago(27), 15, 40))
    returned.send_back(
        _at(ago(20), 11, 5),
        "The answers on buying describe the plan for next year. Please say what is done today, "
        "and add evidence with the page for BU1.1 to BU1.4.",
    )
    returned.answer(ago(18), ago(6), only=("BU1.1", "BU1.3"))

    waiting = stories["brzozogrod"]
    waiting.answer(ago(66), ago(9))
    waiting.lock(_at(ago(6), 10, 30))
    waiting.sign(_at(ago(5), 9, 50))


def _cities_under_review(stories: dict[str, _Story], ago: Ago) -> None:
    """One team at every stage, and one that two people can finish."""
    mixed = stories["vilarmonde"]
    finished, drafting, accepted, invited = _seats(
        "eichmunde", "brzozogrod", "anemopoli", "svetlobryag"
    )
    gone, busy = _Seat("vinterhamra"), _Seat("puertalba")
    _hand_over(mixed, (finished, drafting, accepted, gone, busy), ago, 50)
    for place, seat in enumerate((finished, drafting, accepted)):
        mixed.accept(_at(ago(36), 9 + place), seat.home)
    mixed.leave(
        _at(ago(35), 13), busy.home, assigning.decline, "I am away for most of the review period."
    )
    mixed.leave(
        _at(ago(34), 16),
        gone.home,
        assigning.recuse,
        "I worked for this city as an adviser until two years ago.",
    )
    codes = [one.code for one in mixed.questionnaire.statements]
    mixed.score(ago(31), ago(8), finished)
    mixed.submit(_at(ago(7), 10), finished.home)
    mixed.score(ago(20), ago(2), drafting, without=codes[26:])
    mixed.invite(_at(ago(4), 9), (invited,))

    nearly = stories["tahtisalmi"]
    first, second = _seats("clairvaumont", "vilarmonde")
    _hand_over(nearly, (first, second), ago, 48)
    nearly.accept(_at(ago(33), 8, 40), first.home)
    nearly.accept(_at(ago(32), 12, 10), second.home)
    calm = (first._replace(severity=0.0), second._replace(severity=0.0))
    nearly.score(ago(30), ago(3), calm[0], without=("SP2.3", "EM3.2", "BU3.1"))
    nearly.score(ago(28), ago(2), calm[1], without=("PM3.4", "BU3.2"))


def _cities_in_consensus(stories: dict[str, _Story], ago: Ago) -> None:
    """One where the team is still at it, two where it is done."""
    arguing = stories["puertalba"]
    seats = _seats("roccamirna", "svetlobryag", "vinterhamra")
    _hand_over(arguing, seats, ago, 58)
    _score_all(arguing, seats, ago, 42, 16)
    arguing.open_consensus(_at(ago(13), 9, 30), seats[0].home)
    arguing.settle_levels(ago(11), ago(3), seats[0].home, leave=8)

    for slug, homes, later in (
        ("clairvaumont", ("vinterhamra", "hal-qamrija", "brzozogrod"), 0),
        ("anemopoli", ("tahtisalmi", "eichmunde", "sint-willibrord"), 2),
    ):
        done = stories[slug]
        seats = _seats(*homes)
        _hand_over(done, seats, ago, 64 - later)
        _score_all(done, seats, ago, 48 - later, 26 - later)
        done.open_consensus(_at(ago(22 - later), 10), homes[0])
        done.settle_levels(ago(21 - later), ago(15 - later), homes[0])
        for place, home in enumerate(homes):
            done.agree(_at(ago(12 - later), 9 + place), home)
        done.close_consensus(_at(ago(11 - later), 15), homes[0])


def _hand_over(story: _Story, seats: Sequence[_Seat], ago: Ago, answered: int) -> None:
    """The city answers up to `answered` days ago and signs; the team is invited and begins."""
    story.answer(ago(74), ago(answered))
    story.lock(_at(ago(answered - 2), 10, 30))
    story.sign(_at(ago(answered - 3), 15, 10))
    story.invite(_at(ago(answered - 5), 9), seats)
    story.open_review(_at(ago(answered - 7), 10))


def _score_all(story: _Story, seats: Sequence[_Seat], ago: Ago, first: int, last: int) -> None:
    """All reviewers accept, score and submit."""
    for place, seat in enumerate(seats):
        story.accept(_at(ago(first + 6), 11 + place), seat.home)
        story.score(ago(first), ago(last), seat)
        story.submit(_at(ago(last - 2), 9 + place, 20), seat.home)
