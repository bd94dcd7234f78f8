"""tests/matrix.csv over HTTP: what each kind of person gets at each address, in each phase.

The file has one row per address and method, written by hand from the process document (`rules`
names its rows), not from the policy. A cell says what one kind of person gets:

    +         allowed always
    D|409     allowed in these phases, at other times told that it is not the time (or, after
              404, that there is no such thing yet)
    .         hidden: an answer that is the same, byte for byte, for a thing that does not exist
    !         forbidden: may know of it, never do it
    B!|404    forbidden in these phases, at other times there is no such thing yet
    S         asked to sign in

Phases are the letters of models.Phase where the address names a city or a review, and p o c (a
round being prepared, open, closed) where it names a round only. Rows about a round know no
city, so a conflict with one city takes nothing away there.

"Allowed" shows in any answer but 403, 404 and 409, since what is sent is empty or unusable. Few
requests need nothing to be sent and do something; it is undone, and nothing else ever changes.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from models import (
    Assessment,
    AssessmentState,
    Base,
    CalibrationCase,
    Citation,
    City,
    Evidence,
    Finding,
    PlannedSeat,
    Round,
)
from tests.browser import Browser, settings, without_token
from tests.personas import (
    CITY,
    CODE,
    PERSONAS,
    ROUND,
    Ids,
    assessment,
    demonstration,
    fill_up,
    people,
    round_of,
)
from webapp import create_app
from webapp.extensions import db

# One test asks thousands of times.
pytestmark = pytest.mark.timeout(300)

ROWS = {
    (row["endpoint"], row["method"]): row
    for row in csv.DictReader(
        (Path(__file__).parents[1] / "matrix.csv").read_text(encoding="utf-8").splitlines()
    )
}
TWO_HATS = "second.coordinator@example.org"
"""Coordinates all rounds, and is a contributor of Clairvaumont, which has its report."""

KNOW_THE_ROUND = (
    *("contributor", "lead", "signatory", "other_officer", "invited", "reviewer"),
    *("finished_reviewer", "lead_reviewer", "unassigned_reviewer", "admin"),
)
NO_REVIEWERS = (
    *("contributor", "lead", "signatory", "other_officer", "coordinator"),
    *("conflicted_coordinator", "other_coordinator", "admin"),
)
OF_A_ROUND = (
    *("rounds.show_round", "rounds.show_set_up", "rounds.move_dates", "rounds.add_city"),
    *("rounds.choose_blind", "rounds.open_round", "dashboards.show_benchmark"),
    *("dashboards.download_chart", "dashboards.show_figure"),
    "plans.show_plans",
    *("printouts.show_printouts", "printouts.ask_for_printout", "printouts.download_printout"),
    *("snapshots.list_snapshots", "snapshots.take", "snapshots.show_snapshot"),
    *("snapshots.check_snapshot", "snapshots.download_part", "snapshots.approve"),
    *("snapshots.release", "snapshots.call_off"),
)
# Where the application differs from the process document, and why. Nothing else may differ.
DIFFERENCES = {
    # Others know of the round, but its pages are the coordinators' desk: not there, which says
    # less than forbidden.
    **{(endpoint, persona): "." for endpoint in OF_A_ROUND for persona in KNOW_THE_ROUND},
    # Adding a city is all that can be edited in an open round; its instrument is not.
    ("rounds.add_city", "coordinator"): "po|409",
    ("rounds.add_city", "conflicted_coordinator"): "po|409",
    # A round that is being prepared has nothing to compare; its page says so.
    ("dashboards.show_benchmark", "coordinator"): "+",
    ("dashboards.show_benchmark", "conflicted_coordinator"): "+",
    ("dashboards.show_figure", "coordinator"): "+",
    ("dashboards.show_figure", "conflicted_coordinator"): "+",
    # The city whose report is final is in no frozen figures.
    **{
        (f"city_benchmarks.{page}", persona): "B|409"
        for page in ("download_chart", "show_figure")
        for persona in ("contributor", "lead", "signatory")
    },
    ("dashboards.download_chart", "coordinator"): "oc|404",
    ("dashboards.download_chart", "conflicted_coordinator"): "oc|404",
    # The task of a colleague is a stranger's, too.
    ("rounds.revoke_reviewer", "invited"): ".",
    ("rounds.revoke_reviewer", "finished_reviewer"): ".",
    ("rounds.revoke_reviewer", "lead_reviewer"): ".",
    # To create a round is the right of the rounds office, before there is one to coordinate.
    ("rounds.show_new_round", "other_coordinator"): "+",
    ("rounds.create_round", "other_coordinator"): "+",
    # Planning begins before a city has signed, and nobody but coordinators sees it.
    ("assigning.add_seat", "coordinator"): "DLSU|409",
    ("assigning.make_lead", "coordinator"): "DLSU|409",
    ("assigning.remove_seat", "coordinator"): "DLSU|409",
    ("assigning.set_languages", "coordinator"): "DLSU|409",
    ("assigning.replace_reviewer", "invited"): ".",
    ("assigning.replace_reviewer", "finished_reviewer"): ".",
    ("assigning.replace_reviewer", "lead_reviewer"): ".",
    # A profile of languages and roles is for those who review.
    **{
        (endpoint, persona): "."
        for endpoint in ("pool.show_profile", "pool.write_profile", "pool.state_employer")
        for persona in NO_REVIEWERS
    },
}
PUBLIC = {
    ("accounts.show_sign_in", "GET"),
    ("accounts.sign_in", "POST"),
    ("home.show_charter", "GET"),
    ("home.show_help", "GET"),
    ("home.show_home", "GET"),
    ("results.show_results", "GET"),
}


class Route(NamedTuple):
    endpoint: str
    method: str
    arguments: frozenset[str]

    @property
    def phases(self) -> str:
        """The phases to try it in; one dash where an address names nothing that has any."""
        if self.arguments & {"city_slug", "assignment_id"}:
            return "".join(CITY)
        return "".join(ROUND) if "round_slug" in self.arguments else "-"


class Cell(NamedTuple):
    persona: str
    phase: str
    expected: str


@cache
def routes() -> dict[tuple[str, str], Route]:
    """All that the application answers to, but files that are the same for everyone."""
    app = create_app(settings("sqlite://", Path()))
    return {
        (rule.endpoint, method): Route(rule.endpoint, method, frozenset(rule.arguments))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD"}
        if rule.endpoint != "static"
    }


def written(key: tuple[str, str], persona: str) -> str:
    return DIFFERENCES.get((key[0], persona), ROWS[key][persona])


def expected(cell: str, phase: str) -> str:
    """What a cell says about one phase: yes, hidden, forbidden, not now or sign in."""
    if cell in _ALWAYS:
        return _ALWAYS[cell]
    phases, otherwise = cell.split("|")
    if phase not in phases:
        return _OTHERWISE[otherwise]
    return "forbidden" if phases.endswith("!") else "yes"


_ALWAYS = {"+": "yes", ".": "hidden", "!": "forbidden", "S": "sign in"}
_OTHERWISE = {"404": "hidden", "409": "not now"}


def around(phase: str) -> dict[str, str | None]:
    """Who is there in a phase. Where it is about no city, the team under review stands in."""
    return people(phase if phase in CITY else "U")


def cells(key: tuple[str, str]) -> Iterator[Cell]:
    """All cells of a row, but for people that there cannot be in a phase."""
    for phase in routes()[key].phases:
        for persona in around(phase):
            yield Cell(persona, phase, expected(written(key, persona), phase))


def tried(key: tuple[str, str]) -> Iterator[Cell]:
    """The cells that are tried. Who is refused alike in every phase is tried in a third of them,
    in another third for the next row and for the next kind of person."""
    phases, row = routes()[key].phases, list(ROWS).index(key)
    for cell in cells(key):
        turn = row + PERSONAS.index(cell.persona) + phases.index(cell.phase)
        if written(key, cell.persona) not in _REFUSED or len(phases) == 1 or turn % 3 == 0:
            yield cell


_REFUSED = (".", "!", "S")


def thinned(key: tuple[str, str]) -> Iterator[Cell]:
    """The cells of those kinds of people to whom a row allows anything."""
    every = list(cells(key))
    welcome = {cell.persona for cell in every if cell.expected == "yes"}
    return (cell for cell in every if cell.persona in welcome)


@dataclass
class World:
    """The demonstration with everybody signed in."""

    app: Flask
    ids: dict[str, Ids]
    thin: bool
    browsers: dict[str | None, Browser] = field(default_factory=dict)
    strange: dict[tuple[str | None, Route], tuple[object, ...]] = field(default_factory=dict)
    stored: dict[str, object] = field(default_factory=dict)

    def browser(self, email: str | None) -> Browser:
        if email not in self.browsers:
            self.browsers[email] = Browser(self.app, email)
            assert self.browsers[email].token
        return self.browsers[email]

    def forget(self, email: str | None) -> None:
        """Whoever has signed out begins anew."""
        self.browsers.pop(email, None)

    def address(self, route: Route, phase: str, persona: str) -> str:
        """The address of a thing in a phase; of one's own task, if one has any."""
        city = phase if phase in CITY else "U"
        tasks = self.ids[city].tasks
        if "city_slug" in route.arguments:
            task = tasks.get("reviewer", tasks["recused"])
        else:
            task = tasks.get(persona) or tasks.get("reviewer", tasks.get("finished_reviewer"))
        there = {
            "round_slug": round_of(phase),
            "city_slug": CITY[city],
            "code": "charter-2010" if route.endpoint.startswith("instruments.") else CODE,
            "version": 1,
            "earlier": 1,
            "number": 1,
            # A plan is about recommendations; the fourth finding is one.
            "place": 4 if route.endpoint.startswith("plans.") else 1,
            "section": "introduction",
            "evidence_id": self.ids[city].evidence,
            "citation_id": self.ids[city].citation,
            "membership_id": self.ids[city].membership,
            "session_id": self.ids[city].session or 2**31 - 1,
            "token": self.ids[city].token,
            "assignment_id": task,
            "chart": "standing" if route.endpoint.startswith("results.") else "profile",
            "kind": "brief" if "city_slug" in route.arguments else "comparative",
            "ending": "csv",
            "part": "result",
        }
        return self._to(route, there)

    def nowhere(self, route: Route) -> str:
        """An address of the same form, of a thing that does not exist."""
        if not route.arguments & {"round_slug", "assignment_id"}:
            return "/no/such/page"
        there = {
            "round_slug": "2026" if "city_slug" in route.arguments else "1999",
            "city_slug": "atlantis",
            "code": CODE,
            "version": 1,
            "earlier": 1,
            "number": 1,
            "place": 1,
            "section": "introduction",
            "evidence_id": 2**31 - 1,
            "citation_id": 2**31 - 1,
            "membership_id": 2**31 - 1,
            "session_id": 2**31 - 1,
            "token": "x" * 43,
            "assignment_id": 2**31 - 1,
            "chart": "profile",
            "kind": "brief" if "city_slug" in route.arguments else "comparative",
            "ending": "csv",
            "part": "result",
        }
        return self._to(route, there)

    def _to(self, route: Route, there: dict[str, object]) -> str:
        named = {name: value for name, value in there.items() if name in route.arguments}
        return self.browser(None).address(route.endpoint, **named)

    def ask(self, email: str | None, method: str, address: str) -> TestResponse:
        """Send what is empty or unusable, the way that the pages of this person send it."""
        browser = self.browser(email)
        if method == "GET":
            return browser.get(address)
        if method == "PATCH":
            return browser.patch(address, {})
        # Tries to sign in are counted by the address that was typed.
        return browser.post(address, {"email": f"stranger to {email}"})

    def changed(self) -> set[str]:
        """The tables that hold something else than when this was asked before."""
        with self.app.app_context(), db.engine.connect() as connection:
            found = {
                name: connection.exec_driver_sql(f'SELECT * FROM "{name}" ORDER BY 1').all()  # noqa: S608
                for name in Base.metadata.tables
            }
        changed = {name for name in found if found[name] != self.stored.get(name)}
        self.stored = found
        return changed

    def undo(self, phase: str) -> None:
        """What needs no words: unlocked, opened for review, proposed, evidence or a finding taken
        away, signed out."""
        states = {"L": AssessmentState.LOCKED, "S": AssessmentState.SUBMITTED}
        with self.app.app_context():
            if phase in states:
                db.session.execute(
                    update(Assessment)
                    .where(Assessment.id == self.ids[phase].assessment)
                    .values(state=states[phase])
                )
            if phase in CITY:
                db.session.execute(
                    update(Citation)
                    .where(Citation.id == self.ids[phase].citation)
                    .values(withdrawn_at=None)
                )
                db.session.execute(
                    update(Evidence)
                    .where(Evidence.id == self.ids[phase].evidence)
                    .values(withdrawn_at=None)
                )
            db.session.execute(update(Finding).values(withdrawn_at=None))
            db.session.execute(delete(PlannedSeat).where(PlannedSeat.by_hand.is_(False)))
            if phase in ROUND:
                there = select(Round.id).where(Round.slug == ROUND[phase], Round.slug != "2024")
                db.session.execute(
                    update(CalibrationCase)
                    .where(CalibrationCase.round_id.in_(there))
                    .values(closed_at=None)
                )
            db.session.commit()


@pytest.fixture(scope="module", params=["demo_sqlite", "demo_postgresql"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with demonstration(request, tmp_path_factory.mktemp("matrix")) as app:
        world = World(app, fill_up(app), thin=request.param == "demo_postgresql")
        world.changed()
        yield world


def meaning(answer: TestResponse) -> str:
    """An answer in the words of the matrix."""
    asks = answer.status_code == 302 and answer.location.startswith("/sign-in?next=")
    if asks or answer.status_code == 401:
        return "sign in"
    if answer.status_code in range(200, 400) or answer.status_code in (422, 428):
        return "yes"
    return {404: "hidden", 403: "forbidden", 409: "not now"}[answer.status_code]


def seen(answer: TestResponse) -> tuple[object, ...]:
    """All of an answer that a person could compare with another one."""
    address = answer.request.path
    headers = sorted(
        (name, value) for name, value in answer.headers if name not in ("Set-Cookie", "Location")
    )
    lasting = [one for one in headers if one[0] != "Content-Length"]
    body = without_token(answer).replace(address, "(the address)")
    return answer.status_code, body, lasting, (answer.location or "").replace(address, "")


@pytest.mark.parametrize("key", ROWS, ids="-".join)
def test_everybody_gets_what_the_matrix_says(world: World, key: tuple[str, str]):
    route = routes()[key]
    wrong, told_apart, done = {}, [], 0

    for cell in thinned(key) if world.thin else tried(key):
        email = around(cell.phase)[cell.persona]
        answer = world.ask(email, route.method, world.address(route, cell.phase, cell.persona))
        got = meaning(answer)
        if got != cell.expected:
            wrong[f"{cell.persona} in {cell.phase}"] = f"{got}, not {cell.expected}"
        if got == "hidden" or (got == "sign in" and cell.phase != "-"):
            stranger = (email, route)
            if stranger not in world.strange:
                nowhere = world.ask(email, route.method, world.nowhere(route))
                world.strange[stranger] = seen(nowhere)
            if seen(answer) != world.strange[stranger]:
                told_apart.append(f"{cell.persona} in {cell.phase}")
        if route.method != "GET" and answer.status_code < 400:
            done += 1
            world.undo(cell.phase)
            world.forget(email)

    assert wrong == {}
    assert told_apart == []
    assert world.changed() - {"sign_in"} <= ({"entry", "chain_head"} if done else set())


@pytest.mark.parametrize("persona", ["invited", "reviewer", "finished_reviewer", "lead_reviewer"])
def test_the_task_of_a_colleague_does_not_exist(world: World, persona: str):
    email, tasks = people("U")[persona], world.ids["U"].tasks
    of_a_task = [route for route in routes().values() if _only_a_task(route)]

    answers = {
        (route.endpoint, colleague): seen(world.ask(email, route.method, address))
        == seen(world.ask(email, route.method, world.nowhere(route)))
        for route in of_a_task
        for colleague in tasks.keys() - {persona}
        for address in [world.address(route, "U", colleague)]
    }

    assert len(answers) == 21 * 4
    assert all(answers.values()), answers


def _only_a_task(route: Route) -> bool:
    return "assignment_id" in route.arguments and "city_slug" not in route.arguments


def test_whoever_coordinates_and_belongs_to_a_city_has_the_rights_of_its_officers_only(
    world: World,
):
    here, wrong = _clairvaumont(world), {}

    for route in routes().values():
        if "city_slug" in route.arguments <= here.keys():
            there = {name: here[name] for name in route.arguments}
            address = world.browser(None).address(route.endpoint, **there)
            got = meaning(world.ask(TWO_HATS, route.method, address))
            as_contributor = expected(written(route[:2], "contributor"), "Y")
            if got != as_contributor:
                wrong[route.endpoint] = f"{got}, not {as_contributor}"

    assert wrong == {}


def _clairvaumont(world: World) -> dict[str, object]:
    """What its addresses take; it has links as evidence, and no file."""
    with world.app.app_context():
        city = db.session.scalars(select(City).where(City.slug == "clairvaumont")).one()
        one = next(each for each in assessment("P").round.assessments if each.city is city)
        cited = select(Citation).where(Citation.assessment_id == one.id)
        return {
            "round_slug": "2026",
            "city_slug": city.slug,
            "code": CODE,
            "version": 1,
            "earlier": 1,
            "place": 1,
            "section": "introduction",
            "assignment_id": one.assignments[0].id,
            "citation_id": db.session.scalars(cited.order_by(Citation.id)).first().id,
        }


@pytest.mark.parametrize("key", [key for key in ROWS if key[1] == "GET"], ids="-".join)
def test_head_has_the_rights_of_get(world: World, key: tuple[str, str]):
    route = routes()[key]
    one_of_each = {cell.expected: cell for cell in cells(key)}

    for cell in one_of_each.values():
        browser = world.browser(around(cell.phase)[cell.persona])
        address = world.address(route, cell.phase, cell.persona)
        get, head = browser.client.get(address), browser.client.head(address)

        assert (head.status_code, head.data) == (get.status_code, b"")
        assert head.location == get.location


def test_every_address_has_a_row_and_every_row_an_address():
    assert set(ROWS) == set(routes())


def test_the_matrix_tells_the_same_people_apart_as_the_tests():
    assert list(ROWS["home.show_home", "GET"]) == ["endpoint", "method", "rules", *PERSONAS]


def test_thousands_of_cells_are_tried_and_only_people_who_cannot_be_there_are_left_out():
    counted = Counter(cell.expected for key in ROWS for cell in tried(key))
    left_out = {phase: set(PERSONAS) - people(phase).keys() for phase in CITY}

    assert counted == {
        "yes": 1944,
        "hidden": 4179,
        "forbidden": 1518,
        "not now": 1696,
        "sign in": 517,
    }
    # Nobody scores before the review is open, and nobody still does in the consensus.
    not_yet, over = {"finished_reviewer", "lead_reviewer"}, {"invited", "reviewer"}
    assert left_out == {
        **dict.fromkeys("DLS", not_yet),
        "U": set(),
        **dict.fromkeys("NPYFB", over),
    }


def test_every_row_lets_somebody_in_and_all_but_the_public_ones_keep_somebody_out():
    answers = {key: {cell.expected for cell in cells(key)} for key in ROWS}

    assert [key for key, given in answers.items() if "yes" not in given] == []
    assert {key for key, given in answers.items() if given == {"yes"}} == PUBLIC


def test_the_differences_are_real_and_none_is_left_over():
    rows = {endpoint: row for (endpoint, _), row in ROWS.items()}

    same = [pair for pair, cell in DIFFERENCES.items() if rows[pair[0]][pair[1]] == cell]

    assert same == []
