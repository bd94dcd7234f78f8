"""What a proposal of teams costs: 60 reviewers, 40 cities, 3 reviewers each, on one core.

Start it with `.venv/bin/python bench/assigning.py`; it prints the time and what was traded away.
"""

import random
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Started as a file, Python looks for modules beside it first.
sys.path[0] = str(ROOT)

from reviews.proposing import Proposal, propose  # noqa: E402
from reviews.teams import Candidate, Host, Setting  # noqa: E402

SEED = 20261
GOAL = 2.0
LANGUAGES = ("de", "fr", "es", "it", "pl", "nl", "sv", "pt", "el", "fi")
ROLES = ("policy-maker", "service-provider", "employer", "buyer")


def main() -> None:
    usual = a_round(people=60, cities=40)
    show("60 reviewers, 40 cities, 3 each", usual, goal=GOAL)
    show("the same, each with one language and one role, most of them new", with_little(usual))
    show("the same as the first, 5 each: more seats than people", replace(usual, minimum=5))


def show(what: str, setting: Setting, *, goal: float | None = None) -> None:
    begun = time.process_time()
    proposal = propose(setting)
    seconds = time.process_time() - begun
    verdict = "" if goal is None else f"  goal <= {goal:g} s: {_met(seconds, goal)}"
    print(f"{what}\n  {seconds:.2f} s{verdict}\n  {traded(proposal)}", flush=True)


def _met(seconds: float, goal: float) -> str:
    return "met" if seconds <= goal else "NOT MET"


def traded(proposal: Proposal) -> str:
    found = Counter(one.lack.value for one in proposal.remarks)
    said = ", ".join(f"{lack} {number}" for lack, number in sorted(found.items()))
    return f"{len(proposal.seats)} seats; traded away: {said or 'nothing'}"


def a_round(*, people: int, cities: int) -> Setting:
    """Every city sends a reviewer or two; each reads two or three languages and knows two roles."""
    luck = random.Random(SEED)  # noqa: S311 - invented people
    own = [LANGUAGES[number % len(LANGUAGES)] for number in range(cities)]
    candidates = []
    for number in range(people):
        home = number % cities
        languages = {own[home], *luck.sample(LANGUAGES, 2)}
        candidates.append(
            Candidate(
                id=1000 + number,
                homes=frozenset({home}),
                languages=frozenset(languages),
                roles=frozenset(luck.sample(ROLES, 2)),
                capacity=luck.choice((2, 3, 3, 3, 4)),
                experience=luck.choice((0, 0, 1, 2, 5)),
                barred=frozenset({home, luck.randrange(cities)}),
            )
        )
    hosts = tuple(Host(number, frozenset({own[number]})) for number in range(cities))
    return Setting(tuple(candidates), hosts, 3, ROLES)


def with_little(setting: Setting) -> Setting:
    luck = random.Random(SEED)  # noqa: S311 - invented people
    return replace(
        setting,
        candidates=tuple(
            replace(
                one,
                languages=frozenset(luck.sample(sorted(one.languages), 1)),
                roles=frozenset(luck.sample(sorted(one.roles), 1)),
                experience=luck.choice((0, 0, 0, 2)),
            )
            for one in setting.candidates
        ),
    )


if __name__ == "__main__":
    main()
