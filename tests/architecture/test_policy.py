"""The policy against the permission matrix, which was written by hand from the process.

permission_matrix.csv gives for each action and each kind of person the phases in which it is
allowed: the letters of models.Phase for a city, p o c for a round, + for all, . for never.
`rules` names the rows of the process document.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from models import (
    Assessment,
    AssessmentState,
    AssignmentState,
    CityRole,
    ConsensusState,
    Phase,
    ReportState,
    RoundState,
    User,
)
from reviews.policy import POLICY, Action, Verdict, verdict
from tests.builders import (
    NOW,
    a_calibration_review,
    a_conflict,
    a_consensus,
    a_coordinator,
    a_report,
    an_assessment,
    an_assignment,
    an_officer,
    an_open_case,
)

MATRIX = {
    row["action"]: row
    for row in csv.DictReader(
        (Path(__file__).parent / "permission_matrix.csv").read_text(encoding="utf-8").splitlines()
    )
}

# Where the policy differs from the process document, and why. Nothing else may differ.
DIFFERENCES = {
    # Adding a city is all that can be edited in an open round; its instrument is not.
    ("city:add", "coordinator"): "po",
    ("city:add", "conflicted_coordinator"): "po",
    # To create a round is the right of the rounds office, before there is a round to coordinate.
    ("round:create", "other_coordinator"): "+",
    # The benchmark and the dates are the round's: they are not split by city, so a conflict with
    # one city takes neither away. A round that is being prepared has nothing to compare.
    ("benchmark:read", "coordinator"): "+",
    ("benchmark:read", "conflicted_coordinator"): "+",
    ("round:set-up", "conflicted_coordinator"): "po",
    # So is what is frozen of it. A conflict takes the city out of what is shown, and the verbs
    # let nobody release figures of a city they are too close to.
    **{
        (action, "conflicted_coordinator"): "oc"
        for action in (
            *("printout:ask", "printout:read", "release:approve", "release:call-off"),
            *("release:publish", "snapshot:read", "snapshot:take"),
        )
    },
    # There is no report before the consensus is closed, and a correction of one that is published
    # is written by the lead reviewer.
    ("report:read", "finished_reviewer"): "PYFB",
    ("report:read", "lead_reviewer"): "PYFB",
    ("report:read", "coordinator"): "PYFB",
    ("report:write", "lead_reviewer"): "PB",
    # Who reviews what is planned for the round as a whole: a conflict takes away the city it is
    # about, on the page, and not the others. It begins before a city has signed, unseen.
    ("pool:read", "conflicted_coordinator"): "+",
    ("seat:announce", "conflicted_coordinator"): "o",
    ("seat:propose", "conflicted_coordinator"): "o",
    ("seat:plan", "coordinator"): "DLSU",
    # A profile of languages and roles is for those who review.
    ("profile:own", "contributor"): ".",
    ("profile:own", "lead"): ".",
    ("profile:own", "signatory"): ".",
    ("profile:own", "other_officer"): ".",
    ("profile:own", "coordinator"): ".",
    ("profile:own", "conflicted_coordinator"): ".",
    ("profile:own", "other_coordinator"): ".",
    # The page of a round is its coordinator's desk; others read dates and names on their own.
    ("round:read", "contributor"): ".",
    ("round:read", "lead"): ".",
    ("round:read", "signatory"): ".",
    ("round:read", "other_officer"): ".",
    ("round:read", "invited"): ".",
    ("round:read", "reviewer"): ".",
    ("round:read", "finished_reviewer"): ".",
    ("round:read", "lead_reviewer"): ".",
    ("round:read", "unassigned_reviewer"): ".",
}

ABOUT_NOTHING = {
    "account:own",
    "instrument:read",
    "profile:own",
    "round:create",
    "round:list",
}
ABOUT_THE_CASE = {"calibration:read", "calibration:score", "calibration:submit"}
ABOUT_A_ROUND = ABOUT_THE_CASE | {
    "benchmark:read",
    "calibration:close",
    "calibration:open",
    "calibration:read-results",
    "city:add",
    "pool:read",
    "printout:ask",
    "printout:read",
    "release:approve",
    "release:call-off",
    "release:publish",
    "round:open",
    "round:read",
    "round:set-up",
    "seat:announce",
    "seat:propose",
    "snapshot:read",
    "snapshot:take",
}
ABOUT_A_TASK = {
    "assignment:read",
    "assignment:recuse",
    "assignment:reply",
    "question:ask",
    "question:withdraw",
    "review:read",
    "review:submit",
    "score:write",
}
STRANGERS = {
    "other_officer",
    "unassigned_reviewer",
    "recused",
    "conflicted_coordinator",
    "other_coordinator",
    "visitor",
}

CITY_PHASES = {
    Phase.DRAFT: (AssessmentState.DRAFT, None),
    Phase.LOCKED: (AssessmentState.LOCKED, None),
    Phase.SUBMITTED: (AssessmentState.SUBMITTED, None),
    Phase.UNDER_REVIEW: (AssessmentState.IN_REVIEW, None),
    Phase.CONSENSUS: (AssessmentState.IN_REVIEW, ConsensusState.OPEN),
    Phase.REPORT: (AssessmentState.IN_REVIEW, ConsensusState.AGREED),
    Phase.REPLY: (AssessmentState.IN_REVIEW, ConsensusState.AGREED),
    Phase.FINAL: (AssessmentState.IN_REVIEW, ConsensusState.AGREED),
    Phase.PUBLISHED: (AssessmentState.IN_REVIEW, ConsensusState.AGREED),
}
REPORTS = {
    Phase.REPLY: ReportState.WITH_CITY,
    Phase.FINAL: ReportState.FINAL,
    Phase.PUBLISHED: ReportState.PUBLISHED,
}
ROUND_PHASES = {"p": RoundState.PREPARING, "o": RoundState.OPEN, "c": RoundState.CLOSED}


def people_around(assessment: Assessment) -> dict[str, User | None]:
    """One person of each kind, towards one city in one round."""
    city, round_ = assessment.city, assessment.round
    elsewhere = an_assessment(round=round_, state=assessment.state)
    recused = an_assignment(of=assessment, state=AssignmentState.RECUSED)
    a_conflict(recused.reviewer, with_=city)
    conflicted = a_coordinator(of=round_)
    a_conflict(conflicted, with_=city)
    at_work = AssignmentState.DRAFTING
    finished = AssignmentState.SUBMITTED
    return {
        "contributor": an_officer(of=city, role=CityRole.CONTRIBUTOR),
        "lead": an_officer(of=city, role=CityRole.LEAD),
        "signatory": an_officer(of=city, role=CityRole.SIGNATORY),
        "other_officer": an_officer(of=elsewhere.city, role=CityRole.LEAD),
        "invited": an_assignment(of=assessment, state=AssignmentState.INVITED).reviewer,
        "reviewer": an_assignment(of=assessment, state=at_work).reviewer,
        "finished_reviewer": an_assignment(of=assessment, state=finished).reviewer,
        "lead_reviewer": an_assignment(of=assessment, state=finished, lead=True).reviewer,
        "unassigned_reviewer": an_assignment(of=elsewhere, state=at_work).reviewer,
        "recused": recused.reviewer,
        "coordinator": a_coordinator(of=round_),
        "conflicted_coordinator": conflicted,
        "other_coordinator": a_coordinator(of=an_assessment().round),
        "visitor": None,
    }


@cache
def scene(phase: str) -> tuple[Assessment, dict[str, User | None]]:
    """A city in one phase, or a round in one state, with one person of each kind."""
    if phase in ROUND_PHASES:
        assessment = an_assessment()
        assessment.round.state = ROUND_PHASES[phase]
    else:
        state, consensus = CITY_PHASES[Phase(phase)]
        assessment = an_assessment(state=state)
        if consensus is not None:
            a_consensus(of=assessment, state=consensus)
        if Phase(phase) in REPORTS:
            a_report(of=assessment, state=REPORTS[Phase(phase)])
    return assessment, people_around(assessment)


def phases_of(action: str) -> str:
    return "poc" if action in ABOUT_A_ROUND else "DLSUNPYFB"


def told(action: str, persona: str, phase: str) -> Verdict:
    """What the policy says about the thing that the action is about."""
    assessment, people = scene(phase)
    who = people[persona]
    thing: object = assessment
    if action in ABOUT_NOTHING:
        thing = None
    elif action in ABOUT_THE_CASE:
        # One's own view of the case; whoever is no reviewer would not get one either.
        thing = a_calibration_review(
            of=an_open_case(of=assessment.round), reviewer=who or people["reviewer"]
        )
    elif action in ABOUT_A_ROUND:
        thing = assessment.round
    elif action in ABOUT_A_TASK:
        tasks = {one.reviewer: one for one in assessment.assignments}
        thing = tasks.get(who) or tasks[people["reviewer"]]
    return verdict(who, Action(action), thing, NOW)


def cell(action: str, persona: str) -> str:
    """The phases in which the matrix, or a known difference from it, allows an action."""
    written = DIFFERENCES.get((action, persona), MATRIX[action][persona])
    return {"+": phases_of(action), ".": ""}.get(written, written)


PERSONAS = list(scene("D")[1])


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_the_policy_allows_what_the_matrix_allows(action):
    allowed = {
        persona: "".join(
            phase for phase in phases_of(action) if told(action, persona, phase) is Verdict.YES
        )
        for persona in PERSONAS
    }

    assert allowed == {persona: cell(action, persona) for persona in PERSONAS}


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_who_may_at_another_time_is_told_so_and_who_never_may_is_not(action):
    at_other_times, never = set(), set()
    for persona in PERSONAS:
        for phase in phases_of(action):
            if phase not in cell(action, persona):
                answers = at_other_times if cell(action, persona) else never
                answers.add(told(action, persona, phase))

    assert at_other_times <= {Verdict.NOT_NOW}
    assert never <= {Verdict.HIDDEN, Verdict.FORBIDDEN}


@pytest.mark.parametrize("persona", sorted(STRANGERS))
def test_a_stranger_never_learns_that_a_city_or_a_review_exists(persona):
    about_a_city = set(Action) - ABOUT_NOTHING - ABOUT_A_ROUND

    verdicts = {told(action, persona, phase) for action in about_a_city for phase in "DLSUNPYFB"}

    assert verdicts == {Verdict.HIDDEN}


@pytest.mark.parametrize("persona", ["contributor", "lead", "signatory", "coordinator"])
def test_a_single_review_is_hidden_from_all_but_its_reviewer(persona):
    verdicts = {told(action, persona, phase) for action in ABOUT_A_TASK for phase in "DLSUNPYFB"}

    assert verdicts == {Verdict.HIDDEN}


def test_the_differences_are_real_and_none_is_left_over():
    same = [pair for pair, phases in DIFFERENCES.items() if MATRIX[pair[0]][pair[1]] == phases]

    assert same == []


def test_the_matrix_and_the_policy_name_the_same_actions_and_people():
    assert list(MATRIX) == [action.value for action in Action]
    assert list(MATRIX["account:own"]) == ["action", "rules", *PERSONAS]


def test_every_action_has_a_row_and_every_row_an_action():
    assert list(POLICY) == list(Action)


def test_actions_are_a_thing_and_a_verb_in_the_order_of_their_names():
    values = [action.value for action in Action]
    names = [action.name.lower() for action in Action]

    assert values == sorted(values)
    assert names == [value.replace(":", "_").replace("-", "_") for value in values]


def test_nobody_may_do_what_they_may_not_know_of():
    unseen = [
        action for action, row in POLICY.items() for hat in row.may if hat & row.seen_by != hat
    ]

    assert unseen == []
