"""Secrets: words that one group of people may read, searched for in all that the others get.

Each word is put into the demonstration by the people who write such things, through their own
pages. Then everybody follows every link from the start page and tries the addresses that others
know, and reads exactly the words that KNOWS gives them, written by hand from the process
document. Levels are no words: for them two worlds that differ in one level only must look the
same.

Who has nothing to do with a city gets the same answer whatever they try there (test_matrix.py
proves it): strangers of a kind share out the addresses, and each rule is tried once by a kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from html import unescape
from itertools import product

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from models import (
    Assessment,
    Assignment,
    Citation,
    City,
    CityMembership,
    Entry,
    Evidence,
    EvidenceVersion,
    Invitation,
    ReviewSubmission,
    Round,
    Score,
    User,
    VisitSession,
)
from tests.browser import Browser
from tests.personas import CODE, demonstration, fill_up, questionnaire_of, user
from tests.webapp.planting import plant, post, score_all, task_of
from tests.webapp.reporting import RECOMMENDATION, plant_reports
from tests.webapp.secrets import (
    ARGUERS,
    ARGUING,
    AT_WORK,
    CITIES,
    EVERYBODY,
    FINISHED,
    GROUPS,
    HOMES,
    JUDGED,
    KNOWS,
    LEADER,
    PUBLISHED,
    REVIEWED,
    SENT_BACK,
    TEAM,
    WORDS,
    Rule,
    World,
    at,
)
from webapp.extensions import db
from webapp.links import token_of

# One test asks thousands of times.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module", params=["demo_sqlite", "demo_postgresql"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with demonstration(request, tmp_path_factory.mktemp("canaries")) as app:
        fill_up(app)
        world = World(app, thin=request.param == "demo_postgresql")
        plant(world)
        plant_reports(world)
        world.tasks, world.involved = _tasks(world)
        places = ("", *ROUNDS, *CITIES, *world.tasks)
        world.known = {place: list(_known(world, place)) for place in places}
        yield world


# What people read.


ROUNDS = ("2026", "2027", "2030")


def _known(world: World, place: str) -> Iterator[Rule]:
    """Every address that is about a city or a round; for an empty one, those about none."""
    own = _values(world, place)
    others = _children(world, _next_to(place)) if place in CITIES else {}
    for rule in world.app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint not in _ALIKE and _about(rule.arguments, place):
            names = sorted(rule.arguments)
            ways = list(product(*(own[name] for name in names)))
            if rule.arguments & others.keys():
                # What belongs to another city, looked for in this one.
                ways += product(*((others.get(name) or own[name])[-1:] for name in names))
            addresses = [
                world.browser("").address(rule.endpoint, **dict(zip(names, chosen, strict=True)))
                for chosen in ways
            ]
            yield Rule(rule.endpoint, addresses, bool(rule.arguments & _ONE_BY_ONE))
    for address in _MORE.get(place, ()):
        yield Rule(address, [address], one_by_one=True)


def _about(arguments: Set[str], place: str) -> bool:
    """Whether a rule with these arguments is about such a place."""
    named = [name for name in ("city_slug", "assignment_id", "round_slug") if name in arguments]
    first = named[0] if named else ""
    if place in CITIES:
        return first == "city_slug"
    if place in ROUNDS:
        return first == "round_slug"
    return first == ("assignment_id" if place else "")


_ONE_BY_ONE = {"evidence_id", "citation_id"}
_MORE = {
    ARGUING: [f"/rounds/2026/{ARGUING}/consensus/statements/{JUDGED}"],
    "2026": [
        f"/rounds/2026/benchmark{one}?city={REVIEWED}"
        for one in ("", "/profile.csv", "/gap.csv", "/heat.csv")
    ],
    "": [
        *(f"/results/2024{one}" for one in ("", "/benchmark", "/benchmark/standing.csv")),
        *(f"/rounds/2024/snapshots{one}" for one in ("", "/1", "/2")),
        *(f"/results/2026/{PUBLISHED}{one}" for one in ("", "/editions/1", "/editions/2")),
        *(f"/rounds/2024/{REVIEWED}/plan{one}" for one in ("", f"/{RECOMMENDATION}", "/plan.csv")),
    ],
}
_ALIKE = (
    # Files, and the questionnaire.
    *("static", "instruments.show_instrument", "instruments.show_empty_form"),
    # No word can be found in a packed one; it has the rights and the words of the printed page.
    "versions.download_pdf",
)
"""What is the same for everybody, or as something else."""


MOST = 3
"""The newest of anything that a city has many of: what is secret came last."""


def _next_to(city: str) -> str:
    """Another city."""
    return SENT_BACK if city == REVIEWED else REVIEWED


def _values(world: World, place: str) -> dict[str, list[object]]:
    """What may stand in an address about a city, or about none."""
    with world.app.app_context():
        link = select(Invitation.seed).where(Invitation.email == f"new.{SENT_BACK}@example.org")
        token = token_of(db.session.scalars(link).one())
    return {
        "token": [token],
        "round_slug": [place if place in ROUNDS else "2026"],
        "city_slug": [place],
        "code": [CODE],
        "version": [1, 2],
        "earlier": [1],
        "number": [1, 2],
        "assignment_id": [int(place)] if place in world.tasks else [],
        "place": [1, RECOMMENDATION],
        "section": ["introduction"],
        # No word can be found in a picture made of dots.
        "chart": ["profile", "gap", *(() if place in CITIES else ("heat",))],
        "kind": ["brief" if place in CITIES else "comparative"],
        "ending": ["csv"],
        "part": ["input", "result"],
        **_children(world, place),
    }


def _children(world: World, city: str) -> dict[str, list[object]]:
    """The numbers of what there is in a city: colleagues, files, sessions of its visit."""
    with world.app.app_context():
        here = (
            select(Assessment.id)
            .join(Assessment.round)
            .join(Assessment.city)
            .where(Round.slug == "2026", City.slug == city)
        )
        files = (
            select(Evidence.id)
            .join(Evidence.city)
            .where(City.slug == city)
            .where(Evidence.versions.any(EvidenceVersion.stored_as.is_not(None)))
        )
        uses = select(Citation.id).where(
            Citation.assessment_id.in_(here), Citation.evidence_id.in_(files)
        )
        work = select(CityMembership.id).join(CityMembership.city).where(City.slug == city)
        sessions = (
            select(VisitSession.id)
            .join(VisitSession.visit)
            .where(VisitSession.visit.has(assessment_id=here.scalar_subquery()))
        )
        numbers = {
            "membership_id": work,
            "evidence_id": files,
            "citation_id": uses,
            "session_id": sessions,
        }
        return {name: sorted(db.session.scalars(rows))[-MOST:] for name, rows in numbers.items()}


def _tasks(world: World) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """The city of each task that is about a city with secrets of reviewers, by its number; and
    whoever was ever asked to review which city."""
    rows = (
        select(Assignment.id, User.email, City.slug)
        .join(Assignment.reviewer)
        .join(Assignment.assessment)
        .join(Assessment.round)
        .join(Assessment.city)
        .where(Round.slug == "2026")
        .order_by(Assignment.id)
    )
    with world.app.app_context():
        there = list(db.session.execute(rows))
    tasks = {str(task): city for task, _, city in there if city in (REVIEWED, ARGUING)}
    return tasks, {(email.removesuffix("@example.org"), city) for _, email, city in there}


def read(world: World, local: str) -> Iterator[TestResponse]:
    """All that a person gets: by links from the start page, and at addresses known to others.

    Who is refused one address of a rule is not given others like it, unless each of them is
    judged by itself.
    """
    browser, met = world.browser(local), set()
    yield from walk(browser, ["/"], met)
    strange_to: dict[str, bool] = {"": False}
    for place, rules in world.known.items():
        # Whoever has nothing to do with a city has no task there.
        strange = place not in strange_to and strange_to.get(world.tasks.get(place, ""), False)
        if not strange and place:
            start = _start(world, place)
            if start not in met:
                first = list(walk(browser, [start], met))
                yield from first
                strange = first[0].status_code in (302, 404)
        strange_to[place] = strange
        for rule in rules:
            own = rule.endpoint.startswith("calibration.") and place == "2026"
            if strange and not own:
                if _first_of_its_kind(world, local, place, rule):
                    yield from walk(browser, rule.addresses[:1], met)
            elif _two_hats(local) or (_role(local), rule.endpoint) not in world.forbidden:
                yield from _try(world, local, rule, met)


def _try(world: World, local: str, rule: Rule, met: set[str]) -> Iterator[TestResponse]:
    """One address after the other. What somebody of one role is forbidden in one city, not just
    now but at all, is forbidden to all like them in the others."""
    for address in rule.addresses:
        answers = list(walk(world.browser(local), [address], met))
        yield from answers
        status = answers[0].status_code if answers else 0
        if status == 403 and not _two_hats(local):
            world.forbidden.add((_role(local), rule.endpoint))
        if status == 403 or (status >= 400 and not rule.one_by_one):
            break


def _start(world: World, place: str) -> str:
    """The address at which a city, a round or a task begins."""
    visitor = world.browser("")
    if place in world.tasks:
        return visitor.address("reviewing.show_review", assignment_id=int(place))
    if place in CITIES:
        return visitor.address("assessments.show_assessment", **at(place))
    return visitor.address("rounds.show_round", round_slug=place)


def _first_of_its_kind(world: World, local: str, place: str, rule: Rule) -> bool:
    """Whether no stranger like this one has tried it; who has left a team of a city differs."""
    city = world.tasks.get(place, place)
    left = city if (local, city) in world.involved else ""
    one = (_kind(local), left, rule.endpoint)
    fresh = one not in world.tried
    world.tried.add(one)
    return fresh


def _two_hats(local: str) -> bool:
    """Whether somebody's rights differ from city to city."""
    return local == "second.coordinator" or _role(local) == "reviewer"


def _role(local: str) -> str:
    """Coordinator, lead, reviewer ..., wherever from."""
    return "coordinator" if local.endswith("coordinator") else local.partition(".")[0]


def _kind(local: str) -> str:
    """What somebody is to a city that they have nothing to do with; coordinators differ."""
    role = _role(local)
    if role == "coordinator":
        return local
    return "officer" if role in ("contributor", "lead", "signatory") else role


def walk(browser: Browser, addresses: list[str], met: set[str]) -> Iterator[TestResponse]:
    """What is at some addresses and, by links, behind them, but for what was met before."""
    waiting = list(addresses)
    while waiting:
        address = waiting.pop()
        if address not in met:
            met.add(address)
            answer = browser.get(address)
            yield answer
            waiting += [link for link in _links(answer) if link not in met]


def _links(answer: TestResponse) -> set[str]:
    """Where a page leads, but for what is like something that is looked at, and pictures."""
    if answer.mimetype != "text/html":
        return {answer.location} if (answer.location or "").startswith("/") else set()
    found = {unescape(link) for link in re.findall(r'(?:href|src)="(/[^"#]*)', answer.text)}
    return {link for link in found if not _LIKE_OTHERS.search(link)}


_WITHOUT_SECRETS = "|".join(one for one in HOMES if one not in CITIES)
_LIKE_OTHERS = re.compile(
    # Files, the questionnaire, pictures of dots.
    r"^/static/|^/instruments/|\.(png|pdf)(\?|$)"
    # The round of 2024, but for the plan of the city under review; cities without a secret.
    rf"|^/rounds/2024/(?!{REVIEWED}/plan)|^/results/2024/"
    rf"|^/(?:rounds|results)/2026/(?:assignments/)?(?:{_WITHOUT_SECRETS})(?:/|$)"
    # Other groups to be compared with; other statements, sections and findings.
    r"|/benchmark.*\?"
    rf"|/statements/(?!{re.escape(CODE)}\b)(?!{re.escape(JUDGED)}$)|/sections/(?!introduction\b)"
    rf"|/(?:findings|reply|answers|plan)/(?!(?:1|{RECOMMENDATION})\b)[0-9]"
)


def everything(answer: TestResponse) -> str:
    """The head and the body of an answer as one text."""
    return f"{answer.headers}\n{answer.data.decode('utf-8', 'replace')}"


def met(world: World, local: str) -> set[str]:
    """The secrets that a person comes across."""
    texts = map(everything, read(world, local))
    found = {word for text in texts for word in re.findall("secret[0-9]{3}", text)}
    return {name for name, word in WORDS.items() if word in found}


@pytest.mark.parametrize("group", GROUPS)
def test_everybody_reads_what_they_may_know_and_nothing_else(world: World, group: str):
    people = world.some(GROUPS[group])

    assert {local: met(world, local) for local in people} == {
        local: {name for name, who in KNOWS.items() if local in who} for local in people
    }


def test_every_secret_is_known_to_somebody_who_is_asked():
    assert [name for name, who in KNOWS.items() if not who] == []
    assert set().union(*KNOWS.values()) <= EVERYBODY


def test_the_journal_holds_no_secret(world: World):
    with world.app.app_context():
        facts = " ".join(str(one) for one in db.session.scalars(select(Entry.facts)))

    assert re.findall("secret[0-9]{3}", facts) == []


@pytest.mark.parametrize(("city", "askers"), [(REVIEWED, TEAM), (ARGUING, ARGUERS)])
def test_a_city_does_not_learn_who_asks_its_questions(world: World, city: str, askers: set[str]):
    lead, there = world.browser(f"lead.{city}"), {"code": CODE, **at(city)}
    with world.app.app_context():
        names = [user(local).name for local in sorted(askers)]

    texts = [
        everything(lead.get("questions.show_questions", **at(city))),
        everything(lead.get("assessments.show_answer", **there)),
    ]

    question = "question to the city" if city == REVIEWED else "question of a team in consensus"
    assert [WORDS[question] in unescape(text) for text in texts] == [True, True]
    assert [name for name in names for text in texts if name in unescape(text)] == []


# Levels, and how far others are: nothing in a page depends on them.


@dataclass
class Readers:
    """Some people, and what each of them gets about the city under review and its round."""

    world: World
    people: list[str]

    def __post_init__(self) -> None:
        for local in self.people:
            if local not in self.world.read:
                self.world.read[local] = pages(self.world, local, self._addresses())

    def who_sees_a_difference(self) -> set[str]:
        """What was hidden from them or forbidden to them is not asked for again."""
        before = {local: self.world.read[local] for local in self.people}
        after = {
            local: pages(
                self.world, local, [one for one in there if there[one][:3] not in ("403", "404")]
            )
            for local, there in before.items()
        }
        self.world.read = after
        return {local for local in after if not after[local].items() <= before[local].items()}

    def _addresses(self) -> list[str]:
        team = [str(task_of(self.world, home, REVIEWED)) for home in (AT_WORK, FINISHED, LEADER)]
        known = self.world.known
        rules = [rule for place in ("", "2026", REVIEWED, *team) for rule in known[place]]
        return ["/", *(one for rule in rules for one in rule.addresses if not _NEWER.search(one))]


# What is about no city or not about this one, and files: a ZIP says when it was packed.
_NEWER = re.compile(
    r"/benchmark(?!.*city=)|/2024/|/evidence/|evidence.zip|^/(account|charter|help|results)"
)


def pages(world: World, local: str, addresses: Iterable[str]) -> dict[str, str]:
    browser = world.browser(local)
    return {one: _lasting(browser.get(one)) for one in addresses}


def _lasting(answer: TestResponse) -> str:
    """An answer but for what is new each time it is asked for."""
    text = answer.data.decode("utf-8", "replace")
    return f"{answer.status} {answer.location} {_NEW_EACH_TIME.sub('', text)}"


_NEW_EACH_TIME = re.compile(r'(?:name="(?:csrf_token|key)" value|data-token)="[^"]+"')


@pytest.mark.parametrize(("giver", "colleague"), [(AT_WORK, FINISHED), (FINISHED, AT_WORK)])
def test_a_level_changes_nothing_for_anybody_but_who_gave_it(
    world: World, giver: str, colleague: str
):
    own, others = f"reviewer.{giver}", [f"reviewer.{colleague}", f"reviewer.{LEADER}"]
    readers = Readers(world, [own, *others, f"lead.{REVIEWED}", "coordinator"])

    _change_a_level(world, giver, "4")

    assert readers.who_sees_a_difference() == {own}


def test_whether_a_colleague_has_submitted_is_not_to_be_seen(world: World):
    colleagues = [f"reviewer.{AT_WORK}", f"reviewer.{FINISHED}"]
    readers = Readers(world, [*colleagues, f"lead.{REVIEWED}", "coordinator"])

    score_all(world, LEADER, task_of(world, LEADER, REVIEWED), "No secret.")

    assert readers.who_sees_a_difference() == {"coordinator"}


def test_a_planned_seat_is_there_for_nobody_but_coordinators(world: World):
    planned = "reviewer.clairvaumont"
    with world.app.app_context():
        form = {"reviewer": user(planned).id}
    readers = Readers(
        world, [planned, f"lead.{REVIEWED}", f"reviewer.{AT_WORK}", "", "coordinator"]
    )

    post(world, "coordinator", "assigning.add_seat", form, **at(REVIEWED))

    assert readers.who_sees_a_difference() == {"coordinator"}


def _change_a_level(world: World, home: str, mark: str) -> None:
    """By hand and wherever it is kept: a deed would leave its time with the coordinator."""
    task = task_of(world, home, REVIEWED)
    with world.app.app_context():
        questionnaire = questionnaire_of(db.session.get_one(Assignment, task).assessment)
        place = [one.code for one in questionnaire.statements].index(CODE)
        db.session.execute(
            update(Score)
            .where(Score.assignment_id == task)
            .where(Score.statement_id == questionnaire.statements[place].id)
            .values(mark=mark)
        )
        submitted = select(ReviewSubmission.packed).where(ReviewSubmission.assignment_id == task)
        if packed := db.session.scalars(submitted).one_or_none():
            levels = packed[:place] + bytes([int(mark)]) + packed[place + 1 :]
            db.session.execute(
                update(ReviewSubmission)
                .where(ReviewSubmission.assignment_id == task)
                .values(packed=levels, document=f"another one, with {mark}")
            )
        db.session.commit()
