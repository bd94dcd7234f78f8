"""The checks of the invariants see what is wrong, and the command says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from models import (
    Answer,
    AssessmentState,
    AssignmentState,
    ConsentChoice,
    ReportState,
    Submission,
)
from reviews import releases
from reviews.invariants import Case, RoundCase, checked, checked_round
from tests.builders import (
    NOW,
    a_conflict,
    a_consensus,
    a_coordinator,
    a_final_round,
    a_report,
    a_snapshot,
    a_submitted_review,
    an_assessment,
    an_assignment,
    questionnaire_of,
)
from webapp.extensions import db


def case_of(assessment, *, people=(), saves=(), deeds=None):
    return Case(
        assessment=assessment,
        questionnaire=questionnaire_of(assessment),
        people=people,
        saves=saves,
        deeds=deeds or {},
        approvers_needed=2,
        now=NOW,
    )


def broken(case) -> set[str]:
    return {name for name, outcome in checked(case).items() if outcome.broken}


def an_unheard_report():
    report = a_report(state=ReportState.FINAL)
    return report.assessment


def published_too_early():
    report = a_report(state=ReportState.PUBLISHED)
    return report.assessment


def with_a_gap_in_its_versions():
    one = an_assessment(state=AssessmentState.SUBMITTED)
    one.submissions[0].version = 2
    return one


def signed_by_a_stranger():
    one = an_assessment(state=AssessmentState.SUBMITTED)
    one.submissions[0].signed_by.city_memberships.clear()
    return one


def forged():
    one = an_assessment(state=AssessmentState.SUBMITTED)
    one.submissions[0].document += " "
    return one


def of_another_questionnaire():
    one = an_assessment()
    one.answers[0].statement_id = -1
    return one


def scored_without_a_declaration():
    return an_assignment(scored="all").assessment


def with_an_impossible_score():
    task = an_assignment(scored="all")
    task.no_conflict_declared_at = NOW
    task.scores[0].mark = "9"
    return task.assessment


def with_too_few_reviews():
    one = an_assessment(state=AssessmentState.IN_REVIEW)
    a_submitted_review(of=one)
    return a_consensus(of=one).assessment


def reviewed_without_a_signature():
    one = an_assessment(state=AssessmentState.IN_REVIEW)
    one.submissions.clear()
    return one


@pytest.mark.parametrize(
    ("build", "names"),
    [
        (an_unheard_report, "D6"),
        (published_too_early, "D6"),
        (with_a_gap_in_its_versions, "B2"),
        (signed_by_a_stranger, "B3"),
        (forged, "B1"),
        (of_another_questionnaire, "B6"),
        (scored_without_a_declaration, "D3"),
        (with_an_impossible_score, "D3"),
        (with_too_few_reviews, "D5"),
        (reviewed_without_a_signature, "D10"),
    ],
)
def test_what_is_wrong_is_seen(build, names):
    assert names in broken(case_of(build()))


def test_a_gap_in_the_saves_and_a_change_behind_them_are_seen():
    one = an_assessment(answered="all")
    answer: Answer = one.answers[0]
    right = [(1, {"mark": answer.mark, "text": answer.text, "remit_reason": ""})]

    found = [
        broken(case_of(one, saves=[(answer, saves)]))
        for saves in (right, [(2, right[0][1])], [(1, {**right[0][1], "text": "Else."})])
    ]

    assert found == [set(), {"C3"}, {"C3"}]


def test_a_deed_that_the_journal_does_not_know_is_seen():
    one = an_assessment(state=AssessmentState.SUBMITTED)

    found = [broken(case_of(one, deeds={"assessment:sign": count})) for count in (0, 1, 2)]

    assert found == [{"D1"}, set(), {"D1"}]


def test_a_review_with_gaps_is_seen():
    task = a_submitted_review()
    task.submission.document = '{"scores":[]}'

    assert {"B1", "D4"} <= broken(case_of(task.assessment))


def test_whoever_left_counts_no_more():
    task = a_submitted_review()
    task.state = AssignmentState.REVOKED

    assert checked(case_of(task.assessment))["D9"].tested == 1
    assert "D9" not in broken(case_of(task.assessment))


def a_release():
    """The public figures of a round, approved by one, with two cities by name."""
    snapshot = a_snapshot(of=a_final_round(named=2))
    by = a_coordinator(of=snapshot.round)
    facts = {"shown": snapshot.result_sha256, "by": by, "now": NOW}
    releases.approve(snapshot, **facts)
    return releases.release(snapshot, public_from=NOW, needed=1, **facts)


def broken_of(made, at=NOW) -> set[str]:
    found = checked_round(RoundCase(made.round, at))
    return {name for name, outcome in found.items() if outcome.broken}


def with_other_bytes(made):
    made.snapshot.result = b"not packed"


def with_another_input(made):
    made.snapshot.input_sha256 = "0" * 64


def with_a_name_of_no_city(made):
    made.snapshot.named = [*made.snapshot.named, "atlantis"]


def without_approval(made):
    made.snapshot.approvals.clear()


def approved_afterwards(made):
    made.snapshot.approvals[0].at = NOW + timedelta(minutes=1)


def approved_by_one_too_close(made):
    a_conflict(made.snapshot.approvals[0].by, with_=made.round.assessments[0].city)


def before_a_report(made):
    made.round.assessments[5].report.state = ReportState.FINAL


def of_a_city_that_never_agreed(made):
    made.round.assessments[0].consents.clear()


def of_a_city_that_withdrew_in_time(made):
    made.round.assessments[0].consents[-1].choice = ConsentChoice.GROUP


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (with_other_bytes, "G1"),
        (with_another_input, "G1"),
        (with_a_name_of_no_city, "G6"),
        (without_approval, "B8"),
        (approved_afterwards, "B8"),
        (approved_by_one_too_close, "B8"),
        (before_a_report, "D11"),
        (of_a_city_that_never_agreed, "K4"),
        (of_a_city_that_withdrew_in_time, "K4"),
    ],
)
def test_what_is_wrong_with_a_release_is_seen(spoil, name):
    made = a_release()
    before = broken_of(made)

    spoil(made)

    assert (before, broken_of(made)) == (set(), {name})


def test_a_tie_that_came_after_the_approval_is_no_mistake_of_it():
    made = a_release()
    conflict = a_conflict(made.snapshot.approvals[0].by, with_=made.round.assessments[0].city)
    conflict.declared_at = NOW + timedelta(days=1)

    assert broken_of(made, NOW + timedelta(days=2)) == set()


def test_another_set_of_cities_is_seen():
    made = a_release()
    again = a_snapshot(of=made.round, text='{"again":1}')
    again.cities = again.cities[1:]
    again.named = []

    assert broken_of(made) == {"G6"}


def test_the_command_counts_what_holds_in_the_demonstration(demo):
    result = demo.test_cli_runner().invoke(args=["invariants", "check"])

    tested = {line.split()[0]: int(line.split()[1]) for line in result.output.splitlines()}
    assert (result.exit_code, [name for name, times in tested.items() if not times]) == (0, [])


def test_the_command_names_what_is_broken(demo):
    with demo.app_context():
        first = db.session.query(Submission).order_by(Submission.id).first()
        db.session.execute(
            update(Submission).where(Submission.id == first.id).values(sha256="0" * 64)
        )
        db.session.commit()

    result = demo.test_cli_runner().invoke(args=["invariants", "check"])

    assert result.exit_code == 1
    assert "BROKEN" in result.output
    assert f"Submission {first.id} is not what was signed" in result.output
