"""Anybody tries anything, in any order: what must always hold, holds.

Beside what chance tries, cities get on now and then, so that every phase is reached; how often
each invariant was put to the test is counted, and none may be left out.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from models import CityMembership, CityRole, Conflict
from reviews.invariants import CHECKS, checked
from reviews.phases import phase
from reviews.policy import Action
from reviews.queries.invariants import cases
from tests.invariants.lives import NEEDED, World, a_world

EXAMPLES = int(os.environ.get("SOAK_LIVES", "20"))
STEPS = 40
TRIED = (
    Action.ANSWER_WRITE,
    Action.ASSESSMENT_LOCK,
    Action.ASSESSMENT_UNLOCK,
    Action.ASSESSMENT_SIGN,
    Action.ASSESSMENT_SEND_BACK,
    Action.REVIEW_OPEN,
    Action.REVIEWER_INVITE,
    Action.REVIEWER_REVOKE,
    Action.ASSIGNMENT_REPLY,
    Action.ASSIGNMENT_RECUSE,
    Action.SCORE_WRITE,
    Action.REVIEW_SUBMIT,
    Action.CONSENSUS_OPEN,
    Action.CONSENSUS_AGREE,
    Action.CONSENSUS_CLOSE,
    Action.AGREED_LEVEL_WRITE,
    Action.REPORT_WRITE,
    Action.REPORT_SEND,
    Action.REPORT_APPROVE,
    Action.REPORT_PUBLISH,
    Action.REPORT_CORRECT,
    Action.REPLY_WRITE,
    Action.REPLY_SIGN,
    Action.REPLY_ANSWER,
)
LEAVING = (Action.ASSIGNMENT_RECUSE, Action.REVIEWER_REVOKE)
TESTED: Counter[str] = Counter()
OUTCOMES: Counter[tuple[str, str]] = Counter()
REACHED: Counter[str] = Counter()

people = st.integers(0, 15)
cities = st.integers(0, 3)
picks = st.integers(0, 400)


class Lives(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world: World = a_world()
        self.touched = 0

    def _who(self, number: int):
        return self.world.people[number % len(self.world.people)]

    def _one(self, number: int):
        self.touched = number % len(self.world.assessments)
        return self.world.assessments[self.touched]

    @rule(city=cities, chance=st.randoms(use_true_random=False))
    def people_try_things(self, city, chance):
        one, world = self._one(city), self.world
        for _ in range(6):
            tried = [(chance.choice(world.people), chance.choice(TRIED)) for _ in range(3)]
            may = world.what_people_may(one)
            for who, action in [*tried, *([chance.choice(may)] if may else [])]:
                outcome = world.attempt(who, action, one, chance.randrange(400))
                OUTCOMES[action.value, outcome] += 1

    @rule(city=cities, stages=st.integers(1, 3), pick=picks)
    def a_city_gets_on(self, city, stages, pick):
        for _ in range(stages):
            self.world.get_on(self._one(city), pick)

    @rule(stages=st.integers(1, 3), pick=picks)
    def the_first_city_gets_on(self, stages, pick):
        for _ in range(stages):
            self.world.get_on(self._one(0), pick)

    @rule(city=cities, pick=picks, action=st.sampled_from(LEAVING))
    def a_reviewer_leaves(self, city, pick, action):
        one = self._one(city)
        if one.assignments:
            task = one.assignments[pick % len(one.assignments)]
            who = task.reviewer if action is Action.ASSIGNMENT_RECUSE else self._who(0)
            OUTCOMES[action.value, self.world.attempt(who, action, one, pick)] += 1

    @rule(who=people, city=cities)
    def somebody_declares_a_conflict(self, who, city):
        one, person = self._one(city), self._who(who)
        person.conflicts.append(
            Conflict(city=one.city, reason="A cousin.", declared_at=self.world.now)
        )
        self.world.session.commit()

    @rule(who=people, city=cities)
    def somebody_takes_a_job_in_a_city(self, who, city):
        one, person = self._one(city), self._who(who)
        if not any(role.city is one.city for role in person.city_memberships):
            person.city_memberships.append(
                CityMembership(city=one.city, role=CityRole.CONTRIBUTOR, since=self.world.now)
            )
            self.world.session.commit()

    @rule(who=people)
    def somebody_leaves_a_city(self, who):
        for role in self._who(who).city_memberships[:1]:
            role.ended_at = role.ended_at or self.world.now + timedelta(seconds=1)
        self.world.session.commit()

    @rule(days=st.integers(1, 20))
    def time_passes(self, days):
        self.world.now += timedelta(days=days, seconds=1)

    @rule()
    def a_browser_sends_its_last_save_again(self):
        OUTCOMES["replay", "done" if self.world.replay() else "nothing"] += 1

    @rule(city=cities, sure=st.sampled_from([False] * 9 + [True]))
    def a_round_is_closed(self, city, sure):
        if sure:
            self.world.close_round(self._one(city))

    @invariant()
    def what_must_hold_holds(self):
        self._check(self.touched)

    def teardown(self):
        for number in range(len(self.world.assessments)):
            self._check(number)
        self.world.session.close()

    def _check(self, number: int) -> None:
        here = self.world.assessments[number]
        REACHED[phase(here).value] += 1
        found = cases(self.world.session, approvers_needed=NEEDED, now=self.world.now, only=here.id)
        for case in found:
            for name, outcome in checked(case).items():
                TESTED[name] += outcome.tested
                assert outcome.broken == ()


@pytest.mark.timeout(600)
def test_what_must_always_hold_holds_whatever_anybody_tries():
    TESTED.clear()
    OUTCOMES.clear()
    REACHED.clear()

    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            # The same each time: what fails is found again at once, and shrinking takes minutes.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

    outcomes = Counter(outcome for _, outcome in OUTCOMES.elements())
    assert [name for name in CHECKS if TESTED[name] < EXAMPLES] == []
    assert sorted(REACHED) == sorted("DLSUNPYFB")
    assert outcomes["denied"] > 10 * EXAMPLES
    assert outcomes["done"] > EXAMPLES
