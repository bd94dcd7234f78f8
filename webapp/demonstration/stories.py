"""Stories: what one city and its reviewers do in one round, planned first, done in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import NamedTuple

from sqlalchemy.orm import Session

from models import (
    AgreedLevel,
    Answer,
    Assessment,
    Assignment,
    Citation,
    Confidentiality,
    Consensus,
    DocumentKind,
    Evidence,
    Score,
    Sufficiency,
    User,
    marks,
)
from reviews import (
    assessments,
    assigning,
    consensus,
    evidence,
    scoring,
    submissions,
    verdicts,
)
from reviews.consensus import Divergence
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import Known, Sent
from webapp.demonstration.people import LANGUAGE_OF, PLACES, SEED, World
from webapp.demonstration.texts import (
    ABSTRACTS,
    AS_READ,
    AT_THE_START,
    CLAIMS,
    CLEARLY_THERE,
    FOUND,
    LESS_THAN_READ,
    NOT_IN_OUR_HANDS,
    NOT_THERE_YET,
    ON_THE_WAY,
    OTHERS_DECIDE,
    PARTLY_THERE,
    REASONS,
    UNSEEN,
    WELL_AHEAD,
)

Deed = Callable[..., object]
Ago = Callable[[int], datetime]


@dataclass
class Diary:
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


def at(day: datetime, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


class Seat(NamedTuple):
    """A reviewer in the team of a city, by the city the reviewer comes from."""

    home: str
    lead: bool = False
    severity: float = 0.0


class Story:
    """One city in one round. Each method plans one chapter; nothing happens before `live`."""

    def __init__(
        self, world: World, diary: Diary, assessment: Assessment, *, drift: float, noise: float
    ) -> None:
        self.world, self.diary, self.assessment = world, diary, assessment
        self.session, self.questionnaire = world.session, world.questionnaire
        self.slug = assessment.city.slug
        # Apart, so that what is said does not depend on the day on which the world is built.
        self.chance = Random(f"{SEED} said {assessment.round.slug} {self.slug}")  # noqa: S311
        self.clock = Random(f"{SEED} when {assessment.round.slug} {self.slug}")  # noqa: S311
        self.shelf = Random(f"{SEED} evidence {assessment.round.slug} {self.slug}")  # noqa: S311
        self.eye = Random(f"{SEED} looked {assessment.round.slug} {self.slug}")  # noqa: S311
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
        pointer = self.chance.choice(("page 3", "page 12", "pages 20 to 24", "section 4", ""))
        claim = self.shelf.choice(CLAIMS)

        def cite(*, now: datetime) -> None:
            document = self._document(title, statement, now)
            if any(use.statement_id == statement.id for use in self._uses_of(document)):
                return
            citation = evidence.cite(
                document,
                self.assessment,
                statement,
                pointer=pointer,
                claim=claim,
                by=self.contributor,
                now=now,
            )
            self.citations.append(citation)

        self.diary.plan(moment + timedelta(minutes=3), cite)

    def _uses_of(self, document: Evidence) -> list[Citation]:
        return [use for use in self.citations if use.evidence is document]

    def _document(self, title: str, statement: AskedStatement, now: datetime) -> Evidence:
        """The city's document for a commitment, added when it is first cited, in either round."""
        library = self.world.libraries.setdefault(self.slug, {})
        if statement.commitment_code not in library:
            address = f"https://example.org/{self.slug}/{statement.commitment_code.lower()}.pdf"
            document = library[statement.commitment_code] = evidence.add(
                self.assessment,
                evidence.Link(address),
                self._facts(title, now),
                number=len(library) + 1,
                by=self.contributor,
                now=now,
            )
            self.session.add(document)
        return library[statement.commitment_code]

    def _facts(self, title: str, now: datetime) -> evidence.Facts:
        """What a city says about a document; one in six is out of date within the year."""
        kinds = (DocumentKind.PLAN, DocumentKind.REPORT, DocumentKind.MINUTES, DocumentKind.LAW)
        years = self.shelf.choice((0, 2, 3, 5, None, None))
        return evidence.Facts(
            title=title,
            document_kind=self.shelf.choice(kinds),
            language=self.shelf.choice((LANGUAGE_OF[self.assessment.city.country], "en")),
            abstract=self.shelf.choice(ABSTRACTS),
            valid_until=None if years is None else date(now.year + years, 6, 30),
            confidentiality=self.shelf.choice((Confidentiality.REVIEWERS, Confidentiality.PUBLIC)),
        )

    def keep_to_itself(self, when: datetime) -> None:
        """A document that only the city may see, not cited anywhere."""

        def keep(*, now: datetime) -> None:
            library = self.world.libraries.setdefault(self.slug, {})
            self.session.add(
                evidence.add(
                    self.assessment,
                    evidence.Link(f"https://intranet.example.org/{self.slug}/draft-budget"),
                    evidence.Facts(
                        title="Draft of next year's budget",
                        document_kind=DocumentKind.BUDGET,
                        confidentiality=Confidentiality.CITY,
                    ),
                    number=len(library) + 1,
                    by=self.contributor,
                    now=now,
                )
            )

        self.diary.plan(when, keep)

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

    def invite(self, when: datetime, seats: Iterable[Seat]) -> None:
        for number, seat in enumerate(seats):
            self.diary.plan(
                when + timedelta(minutes=4 * number), partial(self._invite, seat), settled=True
            )

    def _invite(self, seat: Seat, *, now: datetime) -> None:
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
        self,
        start: datetime,
        end: datetime,
        seat: Seat,
        *,
        without: Collection[str] = (),
        visited: bool = False,
        surprised: bool = False,
    ) -> None:
        """A reviewer judges statement by statement; who has `visited` has looked into the evidence
        and adds what was seen there, and whoever was `surprised` by it changes a few levels."""
        given = self.marks.setdefault(seat.home, {})
        asked = [one for one in self.questionnaire.statements if one.code not in without]
        for statement, moment in zip(
            asked, _moments(self.clock, start, end, len(asked)), strict=True
        ):
            mark, justification = self._own_view(statement, seat)
            content = {"mark": mark, "justification": justification}
            content |= {"confidence": self.eye.choice(("", "low", "medium", "high", "high"))}
            if visited:
                content |= self._seen(mark, surprised=surprised)
                self._look_into_evidence(statement, seat.home, moment + timedelta(minutes=2))
            given[statement.id] = content.get("visit_mark") or mark
            excuse = self.eye.choice(_by_mark(mark))
            self.diary.plan(
                moment, partial(self._save_score, statement, seat.home, content, excuse)
            )

    def _own_view(self, statement: AskedStatement, seat: Seat) -> tuple[str, str]:
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
        content: dict[str, str],
        excuse: str,
        *,
        now: datetime,
    ) -> None:
        """`excuse` is said where the level departs from the city's without a word."""
        if content["mark"] != self.answers[statement.id].mark and not content["justification"]:
            content = {**content, "justification": excuse}
        score = Score(assignment=self.team[home], statement_id=statement.id)
        self.session.add(score)
        sent = Sent(content, 0)
        scoring.give_score(score, statement, sent, Known(), by=self._reviewer(home), now=now)

    def _seen(self, mark: str, *, surprised: bool) -> dict[str, str]:
        """What the visit adds to one level in eight: mostly it confirms what was read."""
        if self.eye.random() > 0.125 or not mark.isdecimal():
            return {}
        if surprised and mark != "0":
            lower = str(int(mark) - 1)
            return {"visit_mark": lower, "visit_justification": self.eye.choice(LESS_THAN_READ)}
        return {"visit_mark": mark, "visit_justification": self.eye.choice(AS_READ)}

    def _look_into_evidence(self, statement: AskedStatement, home: str, when: datetime) -> None:
        """A verdict on what the city cites at one statement in three."""
        found, note = self.eye.choice(tuple(Sufficiency)), self.eye.choice(FOUND)
        if self.eye.random() > 0.33:
            return

        def look(*, now: datetime) -> None:
            signed = [use.evidence.id for use in self.citations if use.statement_id == statement.id]
            for evidence_id in signed:
                verdicts.give_verdict(
                    self.team[home],
                    statement,
                    signed,
                    evidence=evidence_id,
                    choice=found.value,
                    note=note if found is not Sufficiency.SUFFICIENT else "",
                    by=self._reviewer(home),
                    now=now,
                )

        self.diary.plan(when, look, settled=True)

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
            self.diary.plan(moment, partial(self._set_level, row, content, leader))

    def _divergences(self) -> list[Divergence]:
        return consensus.divergences(
            self.questionnaire,
            [
                [given[statement.id] for statement in self.questionnaire.statements]
                for given in self.marks.values()
            ],
        )

    def _set_level(
        self, row: Divergence, content: dict[str, str], leader: str, *, now: datetime
    ) -> None:
        agreed = AgreedLevel(statement_id=row.statement.id)
        self._opened().agreed_levels.append(agreed)
        consensus.set_agreed_level(
            agreed,
            row.statement,
            Sent(content, 0),
            Known(),
            given=row.marks,
            by=self._reviewer(leader),
            now=now,
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


def _by_mark(mark: str) -> Sequence[str]:
    """What a reviewer may say about any mark."""
    if mark == marks.NOT_OUR_COMPETENCE:
        return OTHERS_DECIDE
    if not mark.isdecimal():
        return UNSEEN
    return _by_level(int(mark), NOT_THERE_YET, PARTLY_THERE, CLEARLY_THERE)


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


def seated(*homes: str) -> tuple[Seat, ...]:
    """A team; the first leads it."""
    return tuple(Seat(home, place == 0, _severity(home)) for place, home in enumerate(homes))
