"""What reviewers gave, asked of the database: one's own at any time, the team's once it may."""

from __future__ import annotations

import json

from models import AssessmentState, EvidenceVerdict, Sufficiency, View, marks
from reviews.queries import scores
from reviews.queries.scores import (
    CityAnswer,
    Judgement,
    Justified,
    OwnVerdict,
    Receipt,
    TeamProgress,
    TeamReview,
)
from reviews.scoring import submit
from reviews.submissions import SubmittedVerdict, canonical
from tests.builders import (
    NOW,
    a_citation,
    a_consensus,
    a_document,
    a_reviewer,
    a_submitted_review,
    an_assessment,
    an_assignment,
    asked,
    questionnaire_of,
    store,
)

IN_REVIEW = AssessmentState.IN_REVIEW
NO_VIEW = View("", "")


def a_team(*given: str):
    """An assessment with one finished review per mark; the last one leads."""
    assessment = an_assessment(state=IN_REVIEW)
    for number, mark in enumerate(given, start=1):
        reviewer = a_reviewer(name=f"Reviewer {number}")
        a_submitted_review(of=assessment, reviewer=reviewer, lead=number == len(given), mark=mark)
    return assessment


def test_judgements_are_of_one_reviewer_only_by_the_view_that_counts(session):
    assessment = an_assessment(state=IN_REVIEW)
    mine = an_assignment(of=assessment, scored="all", mark="2")
    an_assignment(of=assessment, reviewer=a_reviewer(name="Another"), scored="all", mark="4")
    first, second, third = mine.scores[:3]
    first.justification, second.mark, second.justification = "Seen.", "", "  "
    third.justification, third.visit_mark = "Seen.", "4"
    store(session, assessment)

    found = scores.judgements(session, mine)

    assert list(found.values()) == [
        Judgement("2", has_text=True),
        Judgement("", has_text=False),
        Judgement("4", has_text=False),
        *[Judgement("2", has_text=False)] * 2,
    ]


def test_a_receipt_is_there_once_the_review_is_submitted(session):
    assessment = a_team("cannot_judge")
    at_work = an_assignment(of=assessment, reviewer=a_reviewer(name="Another"))
    store(session, assessment)
    done = assessment.assignments[0]

    assert scores.receipt(session, at_work) is None
    assert scores.receipt(session, done) == Receipt(
        done.submission.sha256, NOW, (marks.CANNOT_JUDGE,) * 5
    )


def test_progress_counts_those_who_have_not_left(session):
    from models import AssignmentState

    assessment = a_team("1", "2")
    for state in AssignmentState:
        if state is not AssignmentState.SUBMITTED:
            an_assignment(of=assessment, reviewer=a_reviewer(name=f"Is {state}"), state=state)
    store(session, assessment)

    assert scores.team_progress(session, assessment) == TeamProgress(submitted=2, reviews=5)


def test_nobodys_view_leaves_the_database_before_the_consensus_is_open(session):
    assessment = a_team("1", "2")
    store(session, assessment)

    assert scores.team_reviews(session, assessment) == []
    assert scores.justifications(session, assessment, "PM1.1") == []


def test_the_reviews_of_a_team_come_lead_first_with_every_mark(session):
    assessment = a_team("1", "not_our_competence", "cannot_judge")
    an_assignment(of=assessment, reviewer=a_reviewer(name="Still at work"), scored="all", mark="4")
    a_consensus(of=assessment)
    store(session, assessment)
    ids = [one.id for one in assessment.assignments]

    assert scores.team_reviews(session, assessment) == [
        TeamReview(ids[2], "Reviewer 3", True, ("cannot_judge",) * 5),
        TeamReview(ids[0], "Reviewer 1", False, ("1",) * 5),
        TeamReview(ids[1], "Reviewer 2", False, ("not_our_competence",) * 5),
    ]


def test_justifications_are_those_of_one_statement_as_they_were_submitted(session):
    assessment = a_team("1", "3")
    a_consensus(of=assessment)
    store(session, assessment)
    for assignment in assessment.assignments:
        for score in assignment.scores:
            score.mark, score.justification, score.number = "0", "written later", 2
    session.flush()

    assert scores.justifications(session, assessment, "EM1.2") == [
        Justified("Reviewer 2", True, "3", "", View("3", ""), NO_VIEW),
        Justified("Reviewer 1", False, "1", "", View("1", ""), NO_VIEW),
    ]


def test_the_view_after_the_visit_counts_for_the_team_and_both_are_kept(session):
    assessment = an_assessment(state=IN_REVIEW)
    review = an_assignment(of=assessment, scored="all", mark="3", justification="Read.")
    document = a_citation(of=a_document(of=assessment.city), in_=assessment).evidence
    score = review.scores[0]
    score.visit_mark, score.visit_justification, score.confidence = "1", "Seen.", "low"
    store(session, assessment, document)
    review.verdicts.append(
        EvidenceVerdict(
            statement_id=score.statement_id,
            evidence_id=document.id,
            sufficiency=Sufficiency.PARTLY,
            note="Page 3 only.",
            changed_at=NOW,
        )
    )
    submit(review, questionnaire_of(assessment), by=review.reviewer, now=NOW)
    a_consensus(of=assessment)
    session.flush()

    said = scores.justifications(session, assessment, "PM1.1")

    verdict = SubmittedVerdict(document.id, Sufficiency.PARTLY, "Page 3 only.")
    name = review.reviewer.name
    assert said == [
        Justified(
            name, False, "1", "Seen.", View("3", "Read."), View("1", "Seen."), "low", (verdict,)
        )
    ]
    assert [one.marks for one in scores.team_reviews(session, assessment)] == [
        ("1", "3", "3", "3", "3")
    ]


def test_a_review_from_before_there_was_a_visit_is_still_read(session):
    assessment = a_team("2")
    a_consensus(of=assessment)
    document = json.loads(assessment.assignments[0].submission.document)
    for row in document["scores"]:
        for name in ("visit_mark", "visit_justification", "confidence", "verdicts"):
            del row[name]
    assessment.assignments[0].submission.document = canonical(document)
    store(session, assessment)

    said = scores.justifications(session, assessment, "PM1.1")

    assert said == [Justified("Reviewer 1", True, "2", "", View("2", ""), NO_VIEW)]


def test_own_verdicts_are_those_of_one_reviewer_on_one_statement(session):
    assessment = an_assessment(state=IN_REVIEW)
    mine, another = (an_assignment(of=assessment, reviewer=a_reviewer(name=n)) for n in "AB")
    document = a_citation(of=a_document(of=assessment.city), in_=assessment).evidence
    store(session, assessment, document)
    here, elsewhere = (asked(assessment, code).id for code in ("PM1.1", "EM1.1"))
    for review, statement, found in (
        (mine, here, Sufficiency.SUFFICIENT),
        (mine, elsewhere, Sufficiency.PARTLY),
        (another, here, Sufficiency.NOT_FOUND),
    ):
        review.verdicts.append(
            EvidenceVerdict(
                statement_id=statement, evidence_id=document.id, sufficiency=found, changed_at=NOW
            )
        )
    session.flush()

    found = scores.own_verdicts(session, mine, here)

    assert found == {document.id: OwnVerdict(Sufficiency.SUFFICIENT, "")}


def test_a_citys_answer_is_the_signed_one(session):
    assessment = an_assessment(state=IN_REVIEW, mark="3")
    store(session, assessment)
    for answer in assessment.answers:
        answer.mark, answer.text, answer.number = "0", "written later", 2
    session.flush()

    assert scores.city_answer(session, assessment, "PM2.1") == CityAnswer(
        1, "3", "On PM2.1.", "", ()
    )
    assert scores.city_marks(session, assessment) == ("3",) * 5
    assert scores.signed_version(session, assessment) == 1


def test_a_city_that_has_not_signed_has_no_answer(session):
    assessment = an_assessment(answered="all")
    store(session, assessment)

    assert scores.city_answer(session, assessment, "PM1.1") is None
    assert scores.city_marks(session, assessment) == ()
    assert scores.signed_version(session, assessment) is None


def test_agreed_marks_are_those_of_one_consensus(session):
    assessment = an_assessment(state=IN_REVIEW)
    consensus = a_consensus(of=assessment, agreed="all")
    consensus.agreed_levels[0].mark = "1"
    store(session, assessment)

    found = scores.agreed_marks(session, consensus)

    assert found[asked(assessment, "PM1.1").id] == "1"
    assert sorted(found.values()) == ["1", "3", "3", "3", "3"]
