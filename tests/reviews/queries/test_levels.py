"""What a benchmark is computed from: signed and submitted work, at the right moment."""

from __future__ import annotations

import pandas as pd
import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from benchmarks.frames import COLUMNS, Frames, check
from models import Assessment, AssessmentState, ConsensusState, Round, User
from reviews.queries import levels
from tests.builders import (
    a_city,
    a_consensus,
    a_reviewer,
    a_round,
    a_submission,
    a_submitted_review,
    a_user,
    an_assessment,
    an_assignment,
    an_instrument,
    asked,
    store,
)

IN_REVIEW = AssessmentState.IN_REVIEW


@pytest.fixture
def round_() -> Round:
    return a_round(slug="2026", instrument=an_instrument(code="small", version="2"))


def under_review(
    round_: Round, name: str, *reviewers: User, consensus: ConsensusState | None = None
) -> Assessment:
    """A city that gave itself 3 throughout; its reviewers gave 2, their consensus says 3."""
    assessment = an_assessment(of=a_city(name), round=round_, state=IN_REVIEW)
    for reviewer in reviewers:
        a_submitted_review(of=assessment, reviewer=reviewer, lead=reviewer is reviewers[0])
    if consensus is not None:
        a_consensus(of=assessment, state=consensus, agreed="all")
    return assessment


def by_source(tables: levels.Tables) -> dict[str, list[str]]:
    """The cities that speak with each voice."""
    return {
        source: sorted({row.city_id for row in tables.scores if row.source == source})
        for source in ("self", "peer", "agreed")
    }


def test_a_finished_city_appears_with_its_own_its_reviewers_and_the_agreed_levels(
    session: Session, round_: Round
):
    reviewer = a_reviewer(of=a_city("Leuven"))
    store(session, under_review(round_, "Ghent", reviewer, consensus=ConsensusState.AGREED))

    found = levels.tables(session, round_)

    rater, codes = f"P{reviewer.id}", ["PM1.1", "PM1.2", "PM2.1", "EM1.1", "EM1.2"]
    assert found.scores == [
        *(("2026", "ghent", code, "self", "self", "scored", 3) for code in codes),
        *(("2026", "ghent", code, "peer", rater, "scored", 2) for code in codes),
        *(("2026", "ghent", code, "agreed", "agreed", "scored", 3) for code in codes),
    ]
    assert found.assignments == [("2026", "ghent", rater, "leuven")]


def test_the_questionnaire_becomes_statements_and_a_tree(session: Session, round_: Round):
    round_.instrument.roles[0].commitments[0].weight = 2.0
    round_.instrument.roles[0].commitments[0].statements[1].weight = 0.5
    store(session, an_assessment(of=a_city("Ghent"), round=round_))

    found = levels.tables(session, round_)

    assert found.statements == [
        ("PM1.1", "policy-maker", "PM1", 1.0, 0, 4, 1, "anchor-pm1-1", "small 2"),
        ("PM1.2", "policy-maker", "PM1", 0.5, 0, 4, 1, "anchor-pm1-2", "small 2"),
        ("PM2.1", "policy-maker", "PM2", 1.0, 0, 4, 1, "anchor-pm2-1", "small 2"),
        ("EM1.1", "employer", "EM1", 1.0, 0, 4, 1, "anchor-em1-1", "small 2"),
        ("EM1.2", "employer", "EM1", 1.0, 0, 4, 1, "anchor-em1-2", "small 2"),
    ]
    assert found.structure == [
        ("overall", None, 0, 1.0, "arithmetic"),
        ("policy-maker", "overall", 1, 1.0, "arithmetic"),
        ("employer", "overall", 1, 1.0, "arithmetic"),
        ("PM1", "policy-maker", 2, 2.0, "arithmetic"),
        ("PM2", "policy-maker", 2, 1.0, "arithmetic"),
        ("EM1", "employer", 2, 1.0, "arithmetic"),
        ("PM1.1", "PM1", 3, 1.0, "arithmetic"),
        ("PM1.2", "PM1", 3, 0.5, "arithmetic"),
        ("PM2.1", "PM2", 3, 1.0, "arithmetic"),
        ("EM1.1", "EM1", 3, 1.0, "arithmetic"),
        ("EM1.2", "EM1", 3, 1.0, "arithmetic"),
    ]


def test_cities_come_with_what_they_are_compared_by(session: Session, round_: Round):
    known = a_city("Ghent", population=262_000, migrant_share=0.25)
    unknown = a_city("Aalst", country="NL")
    for city in (known, unknown):
        store(session, an_assessment(of=city, round=round_))

    found = levels.tables(session, round_)

    assert found.cities == [
        ("aalst", "NL", None, None, None),
        ("ghent", "BE", 262_000, 0.25, "250-500k"),
    ]


@pytest.mark.parametrize(
    ("population", "band"),
    [
        (249_999, "<250k"),
        (250_000, "250-500k"),
        (500_000, "500k-1M"),
        (999_999, "500k-1M"),
        (1_000_000, "500k-1M"),
        (1_000_001, ">1M"),
    ],
)
def test_a_size_band_begins_with_its_lower_end(population: int, band: str):
    assert levels.size_band(population) == band


def test_no_competence_is_not_applicable_and_cannot_judge_is_missing(
    session: Session, round_: Round
):
    assessment = an_assessment(of=a_city("Ghent"), round=round_)
    answers = {one.statement_id: one for one in assessment.answers}
    for code, mark in (("PM1.1", "0"), ("EM1.2", "not_our_competence")):
        answers[asked(assessment, code).id].mark = mark
    assessment.submissions.append(a_submission(assessment, a_user()))
    assessment.state = IN_REVIEW
    a_submitted_review(of=assessment, mark="cannot_judge")
    a_consensus(of=assessment, state=ConsensusState.AGREED).agreed_levels[0].mark = "cannot_judge"
    store(session, assessment)

    found = levels.tables(session, round_)

    said = [(row.status, row.score) for row in found.scores]
    missing, scored = ("missing", None), ("scored", 3)
    assert said == [
        *[("scored", 0), missing, missing, missing, ("na", None)],
        *[missing] * 5,
        *[missing, scored, scored, scored, scored],
    ]


def test_only_the_version_signed_last_counts(session: Session, round_: Round):
    assessment = an_assessment(
        of=a_city("Ghent"), round=round_, state=AssessmentState.SUBMITTED, mark="1"
    )
    assessment.version = 2
    for answer in assessment.answers:
        answer.mark = "4"
    assessment.submissions.append(a_submission(assessment, a_user()))
    store(session, assessment)

    found = levels.tables(session, round_)

    assert [row.score for row in found.scores] == [4, 4, 4, 4, 4]


def test_a_city_that_took_its_version_back_is_silent_until_it_signs_again(
    session: Session, round_: Round
):
    for name, state in (("Ghent", AssessmentState.DRAFT), ("Bruges", AssessmentState.LOCKED)):
        assessment = an_assessment(of=a_city(name), round=round_, state=AssessmentState.SUBMITTED)
        assessment.state, assessment.version = state, 2
        store(session, assessment)

    found = levels.tables(session, round_)

    assert found.scores == []
    assert [row.city_id for row in found.cities] == ["bruges", "ghent"]


def test_scores_wait_for_an_open_consensus_and_agreed_levels_for_a_closed_one(
    session: Session, round_: Round
):
    store(session, under_review(round_, "Ghent", a_reviewer()))
    arguing = under_review(round_, "Bruges", a_reviewer(), consensus=ConsensusState.OPEN)
    store(session, arguing)
    store(session, under_review(round_, "Aalst", a_reviewer(), consensus=ConsensusState.AGREED))

    found = levels.tables(session, round_)

    assert by_source(found) == {
        "self": ["aalst", "bruges", "ghent"],
        "peer": ["aalst", "bruges"],
        "agreed": ["aalst"],
    }
    assert [row.city_id for row in found.assignments] == ["aalst", "bruges"]


def test_a_review_that_was_not_finished_is_left_out(session: Session, round_: Round):
    assessment = under_review(round_, "Ghent", a_reviewer(), consensus=ConsensusState.OPEN)
    an_assignment(of=assessment, scored="all")
    store(session, assessment)

    found = levels.tables(session, round_)

    assert len(found.assignments) == 1
    assert len([row for row in found.scores if row.source == "peer"]) == 5


def test_a_city_left_out_appears_in_no_table(session: Session, round_: Round):
    kept = under_review(round_, "Ghent", a_reviewer(), consensus=ConsensusState.AGREED)
    out = under_review(round_, "Bruges", a_reviewer(), consensus=ConsensusState.AGREED)
    store(session, kept, out)

    found = levels.tables(session, round_, without=frozenset({out.city.id}))

    rows = (*found.scores, *found.cities, *found.assignments)
    assert {row.city_id for row in rows} == {"ghent"}


def test_one_reviewer_has_one_id_in_all_cities(session: Session, round_: Round):
    reviewer = a_reviewer()
    for name in ("Ghent", "Bruges"):
        store(session, under_review(round_, name, reviewer, consensus=ConsensusState.OPEN))

    found = levels.tables(session, round_)

    rater = f"P{reviewer.id}"
    assert {row.rater_id for row in found.scores if row.source == "peer"} == {rater}
    assert [row.reviewer_id for row in found.assignments] == [rater, rater]


def test_another_round_does_not_mix_in(session: Session, round_: Round):
    earlier = a_round(slug="2024", instrument=round_.instrument)
    for one in (round_, earlier):
        store(
            session,
            under_review(one, f"Ghent {one.slug}", a_reviewer(), consensus=ConsensusState.AGREED),
        )

    found = levels.tables(session, round_)

    rows = (*found.scores, *found.assignments)
    assert {(row.round_id, row.city_id) for row in rows} == {("2026", "ghent-2026")}


def test_the_benchmark_takes_the_tables_as_they_are(session: Session, round_: Round):
    for name in ("Ghent", "Bruges"):
        store(
            session,
            under_review(round_, name, a_reviewer(), a_reviewer(), consensus=ConsensusState.AGREED),
        )

    found = levels.tables(session, round_)

    frames = check(
        Frames(
            **{
                name: pd.DataFrame(rows, columns=list(COLUMNS[name]))
                for name, rows in found._asdict().items()
            }
        )
    )
    assert len(frames.scores) == 2 * 4 * 5


@pytest.mark.parametrize("cities", [1, 3])
def test_more_cities_take_no_more_queries(session: Session, round_: Round, cities: int):
    for number in range(cities):
        store(
            session,
            under_review(round_, f"Town {number}", a_reviewer(), consensus=ConsensusState.AGREED),
        )
    session.refresh(round_)
    asked_of: list[str] = []
    event.listen(
        session.get_bind(), "before_cursor_execute", lambda *given: asked_of.append(given[2])
    )

    levels.tables(session, round_)

    assert len(asked_of) == 5
