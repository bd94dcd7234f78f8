"""What a page and a save cost, as ratios to a bare Flask page on the same server in the same run.

Start it with `.venv/bin/python bench/http.py`; bench/README.md explains the table.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Started as a file, Python looks for `http` beside it first, and would find this file.
sys.path[0] = str(ROOT)

import json  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402
import secrets  # noqa: E402
import socket  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from contextlib import ExitStack, contextmanager  # noqa: E402
from datetime import timedelta  # noqa: E402
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected  # noqa: E402
from itertools import count  # noqa: E402
from urllib.parse import urlencode  # noqa: E402

from sqlalchemy import select  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

STATEMENTS = 80
ROUNDS = 9
REQUESTS = {"hello": 600, "page": 100, "save": 100, "list": 40}
"""How many requests of each kind one round measures; the clock of the processor ticks 100 times
a second."""
PAGE_GOAL, SAVE_GOAL = 5.0, 5.5
CITY, LEAD = "vinterhamra", "lead.vinterhamra@example.org"
CODE = "PM1.2"

HELLO = """
from flask import Flask
app = Flask("hello")
@app.get("/")
def hello():
    return "Hello, World!"
"""
OURS = """
from webapp import create_app
app = create_app()
"""
SERVE = """
import sys
from webapp.commands import Server
class One(Server):
    def load_config(self):
        super().load_config()
        self.cfg.set("workers", 1)
One(app, sys.argv[1]).run()
"""
"""Both run as `cityreview serve` runs, but for one worker instead of two."""
HELLO_SERVE = "app.config['DEMONSTRATION'] = False\n" + SERVE


class Person:
    """A connection that is kept open, and the cookie that comes with it."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookie = ""
        self._tags: dict[str, str] = {}
        self.token = ""

    def ask(self, method: str, path: str, body: str = "", kind: str = "") -> str:
        headers = {"Cookie": self._cookie} if self._cookie else {}
        if body:
            headers |= {"Content-Type": kind, "X-CSRFToken": self.token}
        if kind == "application/json":
            headers["Accept"] = kind
        answer = self._answer(method, path, body, headers)
        said = answer.read().decode()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {said[:300]}")
        if fresh := answer.getheader("Set-Cookie"):
            self._cookie = fresh.partition(";")[0]
        return said

    def ask_again(self, path: str) -> None:
        """Ask for what this connection has seen before, as a browser that kept it does."""
        headers = {"Cookie": self._cookie, "If-None-Match": self._tags.get(path, "")}
        answer = self._answer("GET", path, "", headers)
        answer.read()
        self._tags[path] = answer.getheader("ETag") or ""

    def _answer(self, method: str, path: str, body: str, headers: dict[str, str]) -> HTTPResponse:
        """Once more where the server had closed the connection while others were measured."""
        try:
            self._connection.request(method, path, body or None, headers)
            return self._connection.getresponse()
        except RemoteDisconnected:
            self._connection.close()
            self._connection.request(method, path, body or None, headers)
            return self._connection.getresponse()

    def sign_in(self, email: str, password: str) -> None:
        self.token = _token(self.ask("GET", "/sign-in"))
        form = {"csrf_token": self.token, "email": email, "password": password}
        self.ask("POST", "/sign-in", urlencode(form), "application/x-www-form-urlencoded")
        self.token = _token(self.ask("GET", "/account"))

    def close(self) -> None:
        self._connection.close()


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if not found:
        raise SystemExit("the page holds no token")
    return found[1]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "CITYREVIEW_DATABASE_URL": f"sqlite:///{folder}/bench.sqlite",
            "CITYREVIEW_EVIDENCE_FOLDER": f"{folder}/evidence",
            "CITYREVIEW_SECRET_KEY": secrets.token_hex(32),
            "CITYREVIEW_COOKIE_SECURE": "0",
        }
        password = a_city_of_many_statements(environment["CITYREVIEW_DATABASE_URL"])
        hello_port, hello = running.enter_context(server(HELLO + HELLO_SERVE, environment))
        port, ours = running.enter_context(server(OURS + SERVE, environment))
        stranger, lead = Person(hello_port), Person(port)
        lead.sign_in(LEAD, password)
        here = f"/rounds/bench/{CITY}"
        costs = measured(
            {
                "hello": (hello, lambda: stranger.ask("GET", "/")),
                "page": (ours, lambda: lead.ask("GET", f"{here}/statements/{CODE}")),
                "save": (ours, saving(lead, f"{here}/statements/{CODE}")),
                "list": (ours, lambda: lead.ask("GET", here)),
            }
        )
        stranger.close()
        lead.close()
    report(costs)


def a_city_of_many_statements(url: str) -> str:
    """The demonstration, and in it a round with a questionnaire of 80 statements that one city
    has answered. Returns the password of all accounts."""
    from argon2 import PasswordHasher
    from sqlalchemy import create_engine

    from models import Answer, Base, City, Statement, User
    from reviews import assessments, instrument_files, instruments, rounds
    from reviews.questionnaires import Questionnaire
    from reviews.saving import Known, Sent
    from webapp import demonstration
    from webapp.clock import now

    at = now()
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    with Session(engine, autoflush=False) as session:
        password_hash = PasswordHasher().hash(demonstration.DEMO_PASSWORD)
        demonstration.build(session, now=at, password_hash=password_hash)
        long = instrument_files.read(instrument_files.shipped("charter-2010"))
        long.version = "80"
        commitments = [one for role in long.roles for one in role.commitments]
        missing = STATEMENTS - sum(len(one.statements) for one in commitments)
        for number in range(missing):
            commitment = commitments[number % len(commitments)]
            model = commitment.statements[0]
            place = len(commitment.statements) + 1
            commitment.statements.append(
                Statement(
                    code=f"{commitment.code}.{place}",
                    anchor=f"{model.anchor}-{place}",
                    kind=model.kind,
                    title=model.title,
                    text=model.text,
                    guidance=model.guidance,
                    evidence_examples=model.evidence_examples,
                    weight=model.weight,
                    may_be_outside_remit=model.may_be_outside_remit,
                    position=place,
                    levels=[type(one)(value=one.value, text=one.text) for one in model.levels],
                )
            )
        session.add(long)
        session.flush()
        coordinator = _person(session, "coordinator@example.org")
        instruments.publish(long, by=coordinator, now=at)
        round_ = rounds.create(
            slug="bench",
            title="Measured",
            instrument=long,
            answers_due=at + timedelta(days=60),
            reviews_due=at + timedelta(days=160),
            minimum_reviewers=2,
            by=coordinator,
            now=at,
        )
        city = session.scalars(select(City).where(City.slug == CITY)).one()
        session.flush()
        assessment = rounds.add_city(round_, city, by=coordinator, now=at)
        session.flush()
        rounds.open_round(round_, by=coordinator, now=at)
        lead: User = _person(session, LEAD)
        for statement in Questionnaire.of(long).statements:
            answer = Answer(statement_id=statement.id)
            assessment.answers.append(answer)
            sent = Sent({"mark": "2", "text": f"What a visitor sees of {statement.code}."}, 0)
            assessments.save_answer(answer, statement, sent, Known(), by=lead, now=at)
        session.commit()
    engine.dispose()
    return demonstration.DEMO_PASSWORD


def _person(session: Session, email: str) -> "User":  # type: ignore[name-defined] # noqa: F821
    from models import User

    return session.scalars(select(User).where(User.email == email)).one()


@contextmanager
def server(program: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The port and the process id of the one worker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", program, f"127.0.0.1:{port}"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for line in process.stdout or ():
            if "listens on" in line:
                break
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not (workers := children.read_text().split()):
            time.sleep(0.05)
        yield port, int(workers[0])
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def saving(lead: Person, path: str) -> Callable[[], str]:
    """A function that saves another text each time, on the version before."""
    base = int(re.findall(r'name="base" value="(\d+)"', lead.ask("GET", path))[0])
    numbers = count(base)

    def save() -> str:
        number = next(numbers)
        fields = {"text": f"What a visitor sees, told for the {number}th time."}
        body = {"base": number, "key": secrets.token_hex(16), "fields": fields}
        return lead.ask("PATCH", path, json.dumps(body), "application/json")

    return save


def measured(kinds: dict[str, tuple[int, Callable[[], str]]]) -> dict[str, list[float]]:
    """Milliseconds of the worker's processor time per request, one value per round.

    The kinds take turns, so that what else the machine does meets them all.
    """
    found: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(ROUNDS + 1):
        for name, (worker, ask) in kinds.items():
            before = processor_time(worker)
            for _ in range(REQUESTS[name]):
                ask()
            spent = processor_time(worker) - before
            if number:  # the first round fills what is kept in memory
                found[name].append(spent * 1000 / REQUESTS[name])
    return found


def processor_time(process: int) -> float:
    """Seconds in the process and in the kernel for it."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def report(costs: dict[str, list[float]]) -> None:
    hello = statistics.median(costs["hello"])
    lines = (
        ("bare Flask page", "hello", None),
        (f"statement page of a city with {STATEMENTS} statements", "page", PAGE_GOAL),
        ("one autosave", "save", SAVE_GOAL),
        (f"task list of {STATEMENTS} statements", "list", None),
    )
    for what, name, goal in lines:
        cost = statistics.median(costs[name])
        ratio = cost / hello
        line = f"{what:<52}{cost:>8.2f} ms{ratio:>8.1f} x"
        if goal is not None:
            line += f"   <= {goal:g} x  {'met' if ratio <= goal else 'NOT MET'}"
        print(line)


if __name__ == "__main__":
    main()
