"""Two worlds that differ in one reviewer's work only, and nobody else can tell which is which.

In both, the team of Vilarmonde has a rival. In the one the rival has written a line; in the
other there are levels, words, a visit, verdicts, and the review is submitted. Whoever is not the
rival asks for all there is in both worlds, and gets the same bytes: reviewers whether they have
submitted or not, and the city. Once the consensus is open, a finished reviewer sees the
difference; the city still does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assignment, Score
from reviews import assigning, consensus, scoring, verdicts
from reviews.queries import scores
from reviews.questionnaires import AskedStatement
from reviews.saving import Known, Sent
from tests.browser import Browser, running
from tests.databases import PostgresPool, SqliteTemplate, make_copy, make_demonstration
from tests.personas import CODE, Ids, assessment, fill_up, people, questionnaire_of, user
from webapp.clock import now
from webapp.extensions import db

# One test asks hundreds of times.
pytestmark = pytest.mark.timeout(300)

RIVAL = "reviewer.svetlobryag"
AT_WORK, FINISHED, LEAD = "reviewer", "finished_reviewer", "lead"
CANARY = "seen by the rival alone"


@dataclass
class Filled:
    """The state that both worlds begin with: a file, its numbers, and who is signed in."""

    file: Path
    files: Path
    ids: Ids
    signed_in: dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    folder, files = tmp_path_factory.mktemp("before"), tmp_path_factory.mktemp("files")
    SqliteTemplate(folder, make_demonstration)
    file = folder / "template.sqlite"
    with contextmanager(running)(f"sqlite:///{file}", files) as app:
        ids = fill_up(app)["U"]
        with app.app_context():
            rival = user(RIVAL)
            assigning.accept(_task_of(RIVAL), by=rival, now=now())
            db.session.commit()
        signed_in = {persona: _cookie(app, persona) for persona in (AT_WORK, FINISHED, LEAD)}
    return Filled(file, files, ids, signed_in)


def _cookie(app: Flask, persona: str) -> dict[str, object]:
    """A sign-in that both worlds know, begun at the same moment."""
    browser = Browser(app, people("U")[persona])
    with browser.client.session_transaction() as session:
        return dict(session)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def copies(
    request: pytest.FixtureRequest, filled: Filled, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SqliteTemplate | PostgresPool]:
    fill = partial(make_copy, file=filled.file)
    if request.param == "sqlite":
        yield SqliteTemplate(tmp_path_factory.mktemp("copies"), fill)
        return
    databases = PostgresPool(request.getfixturevalue("server"), fill)
    yield databases
    databases.drop()


@pytest.fixture
def worlds(
    copies: SqliteTemplate | PostgresPool, filled: Filled, tmp_path: Path
) -> Iterator[tuple[Flask, Flask]]:
    """One where the rival has hardly begun, and one where the rival is done."""
    at = now()
    with ExitStack() as both:
        apps = []
        for name, deed in (("begun", _begin), ("done", _finish)):
            folder = tmp_path / name
            folder.mkdir()
            url = both.enter_context(copies.fresh(folder))
            app = both.enter_context(contextmanager(running)(url, filled.files))
            with app.app_context():
                deed(_task_of(RIVAL), at)
                db.session.commit()
            apps.append(app)
        yield apps[0], apps[1]


# What the rival does.


def _task_of(local: str) -> Assignment:
    return next(one for one in assessment("U").assignments if one.reviewer is user(local))


def _begin(task: Assignment, at: datetime) -> None:
    statement = questionnaire_of(task.assessment).statement(CODE)
    _save(task, statement, {"mark": "0", "justification": "A first line."}, at)


def _finish(task: Assignment, at: datetime) -> None:
    """Everything that there is to say, then the submission."""
    session = db.session()
    for number, statement in enumerate(questionnaire_of(task.assessment).statements):
        content = {
            "mark": str(number % 5),
            "justification": f"{CANARY}, from the desk",
            "visit_mark": str((number + 1) % 5),
            "visit_justification": f"{CANARY}, on the spot",
            "confidence": ("low", "medium", "high")[number % 3],
        }
        _save(task, statement, content, at)
        _judge_evidence(session, task, statement, at)
    _submit(task, at)


def _save(
    task: Assignment, statement: AskedStatement, content: dict[str, str], at: datetime
) -> None:
    """As the pages do, whether there is a score already or not."""
    rows = select(Score).where(Score.assignment == task, Score.statement_id == statement.id)
    score = db.session.scalars(rows).one_or_none()
    if score is None:
        score = Score(assignment=task, statement_id=statement.id)
        db.session.add(score)
    sent = Sent(content, score.number)
    scoring.give_score(score, statement, sent, Known(), by=task.reviewer, now=at)


def _judge_evidence(
    session: Session, task: Assignment, statement: AskedStatement, at: datetime
) -> None:
    answer = scores.city_answer(session, task.assessment, statement.code)
    signed = [one.id for one in answer.evidence] if answer else []
    for evidence in signed:
        verdicts.give_verdict(
            task,
            statement,
            signed,
            evidence=evidence,
            choice="not-found",
            note=f"{CANARY}, in the evidence",
            by=task.reviewer,
            now=at,
        )


def _submit(task: Assignment, at: datetime) -> None:
    db.session.flush()
    scoring.submit(task, questionnaire_of(task.assessment), by=task.reviewer, now=at)


def _open_consensus(app: Flask, at: datetime) -> None:
    """Whoever is still scoring finishes in the same way in both worlds; then the lead opens it."""
    with app.app_context():
        for local in ("reviewer.brzozogrod", RIVAL):
            task = _task_of(local)
            if task.submission is None:
                for statement in questionnaire_of(task.assessment).statements:
                    content = {"mark": "1", "justification": "Done at last."}
                    _save(task, statement, content, at)
                _submit(task, at)
        db.session.flush()
        consensus.open_consensus(assessment("U"), by=user("reviewer.eichmunde"), now=at)
        db.session.commit()


# What the others get.


def browser_in(app: Flask, filled: Filled, persona: str) -> Browser:
    browser = Browser(app)
    with browser.client.session_transaction() as session:
        session.update(filled.signed_in[persona])
    return browser


def addresses(app: Flask, ids: Ids) -> Iterator[str]:
    """All that can be read about the city and the tasks of its team, known of or not."""
    there = {
        "round_slug": "2026",
        "city_slug": "vilarmonde",
        "code": CODE,
        "evidence_id": ids.evidence,
        "citation_id": ids.citation,
        "membership_id": ids.membership,
        "token": ids.token,
        "ending": "csv",
        "part": "result",
    }
    with app.app_context():
        tasks = [one.id for one in assessment("U").assignments]
    browser = Browser(app)
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in _LEFT_OUT:
            continue
        for task in tasks if "assignment_id" in rule.arguments else tasks[:1]:
            chosen = {
                **there,
                "chart": "standing" if rule.endpoint.startswith("results.") else "profile",
                "kind": "brief" if "city_slug" in rule.arguments else "comparative",
            }
            named = {name: chosen.get(name, 1) for name in rule.arguments - {"assignment_id"}}
            if "assignment_id" in rule.arguments:
                named["assignment_id"] = task
            yield browser.address(rule.endpoint, **named)


_LEFT_OUT = {
    "static",
    # The questionnaire is the same for everybody; a ZIP says when it was packed.
    "instruments.show_instrument",
    "evidence.download_library",
}
# Other statements are like this one, and a picture takes long to draw.
_LIKE_OTHERS = re.compile(
    rf"^/static/|^/rounds/2024/|^/instruments/|evidence\.zip|/statements/(?!{re.escape(CODE)}\b)"
)


def seen_in_both(
    worlds: tuple[Flask, Flask], filled: Filled, persona: str
) -> dict[str, tuple[str, str]]:
    """Each answer from the one world beside the same from the other, by its address: those of
    all known addresses, and of all links that lead on from the start page."""
    one, other = (browser_in(app, filled, persona) for app in worlds)
    seen: dict[str, tuple[str, str]] = {}
    waiting = ["/", *addresses(worlds[0], filled.ids)]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        first, second = one.get(address), other.get(address)
        seen[address] = (_lasting(first), _lasting(second))
        waiting += [link for link in _links(first) if link not in seen]
    return seen


def _links(answer) -> set[str]:
    if answer.mimetype != "text/html":
        return set()
    found = {unescape(link) for link in re.findall(r'(?:href|src)="(/[^"#]*)', answer.text)}
    return {link for link in found if not _LIKE_OTHERS.search(link)}


def _lasting(answer) -> str:
    """All of an answer, its headers too, but for what is new each time it is asked for."""
    headers = [pair for pair in answer.headers if pair[0] != "Set-Cookie"]
    text = answer.data.decode("utf-8", "replace")
    return f"{answer.status} {headers} {_NEW_EACH_TIME.sub('', text)}"


_NEW_EACH_TIME = re.compile(r'(?:name="(?:csrf_token|key)" value|data-token)="[^"]+"')


def differing(seen: dict[str, tuple[str, str]]) -> set[str]:
    return {address for address, (first, second) in seen.items() if first != second}


@pytest.mark.parametrize("persona", [AT_WORK, FINISHED, LEAD])
def test_nobody_can_tell_what_a_rival_has_done(worlds, filled: Filled, persona: str):
    seen = seen_in_both(worlds, filled, persona)

    read = [address for address, (first, _) in seen.items() if first.startswith("200")]
    assert len(read) > 12, sorted(read)
    assert differing(seen) == set()
    assert [address for address, both in seen.items() if CANARY in both[1]] == []


def test_once_the_consensus_is_open_the_team_sees_the_difference_and_the_city_does_not(
    worlds, filled: Filled
):
    at = now()
    for app in worlds:
        _open_consensus(app, at)

    of_team = seen_in_both(worlds, filled, FINISHED)
    of_city = seen_in_both(worlds, filled, LEAD)

    consensus_room = "/rounds/2026/vilarmonde/consensus"
    assert {consensus_room, f"{consensus_room}/statements/{CODE}"} <= differing(of_team)
    assert CANARY in of_team[f"{consensus_room}/statements/{CODE}"][1]
    assert differing(of_city) == set()
    assert [address for address, both in of_city.items() if CANARY in both[1]] == []
