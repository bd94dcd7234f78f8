"""Submissions: one canonical document, its hash, and one byte per statement."""

from __future__ import annotations

import hashlib
import json

from models import AssessmentState, Citation, Evidence, EvidenceKind, marks
from reviews.submissions import canonical, city_document, packed, review_document, sha256
from tests.builders import (
    NOW,
    a_city,
    a_questionnaire,
    a_round,
    a_submitted_review,
    an_answer,
    an_assessment,
    an_instrument,
    an_officer,
    asked,
    questionnaire_of,
)


def test_the_same_document_has_the_same_characters():
    one = {"b": 1, "a": ["Citt\u00e0", None]}
    other = {"a": ["Citt\u00e0", None], "b": 1}

    assert canonical(one) == canonical(other) == '{"a":["Citt\u00e0",null],"b":1}'


def test_the_hash_is_sha256_of_the_text_in_utf8():
    assert sha256("Citt\u00e0") == hashlib.sha256(b"Citt\xc3\xa0").hexdigest()


def test_marks_are_packed_in_the_order_of_the_questionnaire():
    questionnaire = a_questionnaire()
    ids = [statement.id for statement in questionnaire.statements]
    marked = {
        ids[4]: marks.NOT_OUR_COMPETENCE,
        ids[2]: marks.CANNOT_JUDGE,
        ids[1]: marks.EMPTY,
        ids[0]: "4",
    }

    levels = packed(questionnaire, marked)

    assert levels == bytes([4, 254, 254, 254, 255])


def test_a_mark_of_another_questionnaire_is_not_packed():
    questionnaire = a_questionnaire()
    other = a_questionnaire().statements[0].id

    assert packed(questionnaire, {other: "4"}) == b"\xfe" * 5


def test_a_citys_document_says_all_that_is_signed_and_neither_who_nor_when():
    round_ = a_round(slug="2026", instrument=an_instrument(code="small"))
    assessment = an_assessment(of=a_city("Ghent"), round=round_, answered="one")
    answer = an_answer(of=assessment)
    lead = an_officer(of=assessment.city)
    evidence = Evidence(
        assessment=assessment,
        kind=EvidenceKind.LINK,
        title="Minutes",
        address="https://ghent.example.org/minutes",
        added_by=lead,
        added_at=NOW,
    )
    evidence.id = 7
    citations = [
        Citation(statement_id=answer.statement_id, pointer="page 3"),
        Citation(statement_id=answer.statement_id),
    ]
    for number, citation in zip((9, 8), citations, strict=True):
        citation.id = number
        evidence.citations.append(citation)

    document = city_document(
        assessment, questionnaire_of(assessment), assessment.answers, citations
    )

    cited = {
        "id": 7,
        "kind": "link",
        "title": "Minutes",
        "address": "https://ghent.example.org/minutes",
        "file_name": None,
        "sha256": None,
    }
    nothing = {"mark": "", "text": "", "remit_reason": "", "evidence": []}
    assert document == {
        "round": "2026",
        "city": "ghent",
        "version": 1,
        "instrument": {"code": "small", "version": "1", "sha256": "5" * 64},
        "answers": [
            {
                "statement": "PM1.1",
                "mark": "3",
                "text": "On PM1.1.",
                "remit_reason": "",
                "evidence": [cited | {"pointer": ""}, cited | {"pointer": "page 3"}],
            },
            {"statement": "PM1.2"} | nothing,
            {"statement": "PM2.1"} | nothing,
            {"statement": "EM1.1"} | nothing,
            {"statement": "EM1.2"} | nothing,
        ],
    }


def test_a_signed_document_reads_back_as_the_answers():
    assessment = an_assessment(state=AssessmentState.SUBMITTED)

    document = json.loads(assessment.submissions[0].document)

    assert document == city_document(
        assessment, questionnaire_of(assessment), assessment.answers, []
    )


def test_a_review_document_names_no_reviewer():
    review = a_submitted_review(mark="1")
    review.scores[0].justification = "Seen on the visit."
    statement = asked(review.assessment, "PM1.1")

    document = review_document(review, questionnaire_of(review.assessment), review.scores)

    assert list(document) == ["assignment", "instrument", "scores"]
    assert document["assignment"] == review.id
    assert document["scores"][0] == {
        "statement": statement.code,
        "mark": "1",
        "justification": "Seen on the visit.",
    }
    assert review.reviewer.name not in canonical(document)
