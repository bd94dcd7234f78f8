"""The server is killed while people save: what was acknowledged is there after the restart, and
a request that is sent again counts once. `make soak` runs the long form."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests.databases import engine_for
from tests.faults.history import faults, read
from tests.faults.serving import Client, Server
from tests.faults.typists import CODES, PEOPLE, NoAnswer, Typist, assessment_id, over_http

ROUNDS = int(os.environ.get("SOAK_KILLS", "3"))
CLIENTS = 4

pytestmark = pytest.mark.timeout(60 + 20 * ROUNDS)


class Persistent:
    """A typist who sends a request again, under its own key, until it is answered."""

    def __init__(self, client: Client, seed: int, up: threading.Event) -> None:
        self.typist = Typist(self._send, Random(seed))
        self._once, self._up = over_http(client), up
        self.repeated = 0
        self.given_up = False

    def _send(self, *request):
        while not self.given_up:
            self._up.wait()
            try:
                return self._once(*request)
            except NoAnswer:
                self.repeated += 1
        raise NoAnswer

    def type_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.typist.save_something()


def test_what_was_acknowledged_survives_kill_9_and_what_is_repeated_counts_once(
    demo_url: str, tmp_path: Path
):
    chance, up, stop = Random(9), threading.Event(), threading.Event()
    server = Server(demo_url, tmp_path)
    who = [PEOPLE[number % 2] for number in range(CLIENTS)]
    with server.signed_in(who) as clients, ThreadPoolExecutor(CLIENTS) as pool:
        people = [Persistent(one, seed, up) for seed, one in enumerate(clients)]
        typing = [pool.submit(one.type_until, stop) for one in people]
        try:
            for number in range(ROUNDS):
                server.start()
                up.set()
                _let_them_type(people, chance.randint(5, 25))
                if number % 2:
                    server.kill_a_worker()
                    _let_them_type(people, chance.randint(5, 25))
                up.clear()
                server.kill()
            stop.set()
            with server.running():
                up.set()
                for one in typing:
                    one.result()
        finally:
            for one in people:
                one.given_up = True
            server.kill()
            stop.set()
            up.set()
    engine = engine_for(demo_url)
    with Session(engine) as session:
        database = read(session, assessment_id(session), CODES)
    assert _sound(engine)
    engine.dispose()

    saves = [save for one in people for save in one.typist.saves]
    assert faults(saves, database) == []
    assert len(saves) > 5 * ROUNDS
    assert sum(one.repeated for one in people) > 0


def _let_them_type(people: list[Persistent], saves: int) -> None:
    """Come back once so many more saves were answered."""
    goal = sum(len(one.typist.saves) for one in people) + saves
    while sum(len(one.typist.saves) for one in people) < goal:
        threading.Event().wait(0.002)


def _sound(engine: Engine) -> bool:
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        whole = connection.scalar(text("PRAGMA integrity_check"))
        return whole == "ok" and connection.execute(text("PRAGMA foreign_key_check")).all() == []
