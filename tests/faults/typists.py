"""People who type at the same answers at once, over HTTP or through the verbs, and remember what
they were told. They now and then build on an old version, and send a request twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Answer, Assessment, City, Round, User
from reviews import assessments
from reviews.errors import Stale
from reviews.queries import revisions
from reviews.questionnaires import Questionnaire
from reviews.saving import Sent
from tests.databases import engine_for
from tests.faults.history import Save
from tests.faults.serving import Client
from webapp.clock import now
from webapp.database import begin_writing

CITY, ROUND = "vinterhamra", "2026"
PEOPLE = tuple(f"{who}.{CITY}@example.org" for who in ("lead", "contributor", "signatory"))
CODES = ("PM1.1", "PM1.2", "EM2.3")
"""Two statements with an answer, and one that nobody has answered."""


class Told(NamedTuple):
    """What became of a request: taken as a number, or refused (None); and the newest number."""

    number: int | None
    newest: int


class NoAnswer(Exception):
    """The server went away; nobody knows whether the save arrived."""


Send = Callable[[str, str, int, Mapping[str, str]], Told]


@dataclass
class Typist:
    """One person at one keyboard. `saves` is all that was answered, in order."""

    send: Send
    chance: Random
    saves: list[Save] = field(default_factory=list)
    newest: dict[str, int] = field(default_factory=dict)

    def type(self, times: int) -> None:
        for _ in range(times):
            self.save_something()

    def save_something(self) -> None:
        """Save a text that nobody else writes; sometimes on an old version, sometimes twice."""
        code = self.chance.choice(CODES)
        base = self.newest.get(code, 0)
        if self.chance.random() < 0.2:
            base = self.chance.randint(0, base)
        key = f"{self.chance.getrandbits(64):016x}"
        name = self.chance.choice(("text", "remit_reason"))
        self.attempt(code, key, base, {name: f"Written under {key}."})
        if self.chance.random() < 0.1:
            self.attempt(code, key, base, {name: f"Written under {key}."})

    def attempt(self, code: str, key: str, base: int, fields: Mapping[str, str]) -> None:
        begun = monotonic()
        told = self.send(code, key, base, fields)
        self.saves.append(Save(code, key, base, fields, told.number, begun, monotonic()))
        self.newest[code] = told.newest


def over_http(client: Client) -> Send:
    def send(code: str, key: str, base: int, fields: Mapping[str, str]) -> Told:
        path = f"/rounds/{ROUND}/{CITY}/statements/{code}"
        status, said = client.patch(path, {"base": base, "key": key, "fields": fields})
        if status == 200:
            return Told(said["number"], said["number"])
        if status == 409 and said["reason"] == "stale":
            return Told(None, said["number"])
        if status in (0, 503):
            raise NoAnswer
        raise AssertionError((status, said))

    return send


def type_directly(database_url: str, email: str, times: int, seed: int) -> Sequence[Save]:
    """In a process of its own: the verbs on a connection of its own, no HTTP between."""
    engine = engine_for(database_url)
    with Session(engine) as session:
        questionnaire = Questionnaire.of(_assessment(session).round.instrument)

    def send(code: str, key: str, base: int, fields: Mapping[str, str]) -> Told:
        with Session(engine, autoflush=False) as session:
            begin_writing(session)
            # As the loaders do it: the lock first, then what it guards.
            session.execute(_OF_CITY.with_only_columns(Assessment.id).with_for_update()).all()
            assessment = _assessment(session)
            statement = questionnaire.statement(code)
            assert statement is not None
            by = session.scalars(select(User).where(User.email == email)).one()
            answer = session.scalars(
                select(Answer).where(
                    Answer.assessment_id == assessment.id, Answer.statement_id == statement.id
                )
            ).one_or_none() or Answer(assessment=assessment, statement_id=statement.id)
            session.add(answer)
            sent = Sent(fields, base, key)
            try:
                known = revisions.known(session, answer, sent, by)
                assessments.save_answer(answer, statement, sent, known, by=by, now=now())
            except Stale as stale:
                return Told(None, stale.number)
            session.commit()
            return Told(answer.number, answer.number)

    typist = Typist(send, Random(seed))
    typist.type(times)
    engine.dispose()
    return typist.saves


_OF_CITY = (
    select(Assessment)
    .join(Assessment.round)
    .join(Assessment.city)
    .where(Round.slug == ROUND, City.slug == CITY)
)


def _assessment(session: Session) -> Assessment:
    around = joinedload(Assessment.round), joinedload(Assessment.city)
    return session.scalars(_OF_CITY.options(*around)).one()


def assessment_id(session: Session) -> int:
    return _assessment(session).id
