"""Submissions: one canonical document, its hash, and one byte per statement."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from models import AssessmentState, Confidentiality, marks
from reviews.submissions import (
    SignedEvidence,
    canonical,
    city_document,
    packed,
    review_document,
    sha256,
)
from tests.builders import (
    a_citation,
    a_city,
    a_document,
    a_questionnaire,
    a_round,
    a_submitted_review,
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
    lead = an_officer(of=assessment.city)
    evidence = a_document(of=assessment.city, by=lead, title="Minutes", language="nl")
    evidence.id, evidence.valid_until = 7, date(2027, 6, 30)
    citations = [
        a_citation(of=evidence, in_=assessment, pointer="page 3", claim="It was adopted."),
        a_citation(of=evidence, in_=assessment),
    ]
    citations[0].id, citations[1].id = 9, 8

    document = city_document(
        assessment, questionnaire_of(assessment), assessment.answers, citations
    )

    cited = {
        "id": 7,
        "version": 1,
        "kind": "link",
        "title": "Minutes",
        "document_kind": "other",
        "language": "nl",
        "abstract": "",
        "valid_until": "2027-06-30",
        "confidentiality": "reviewers",
        "address": "https://example.org/minutes",
        "file_name": None,
        "sha256": None,
        "pointer": "",
        "claim": "",
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
                "evidence": [cited, cited | {"pointer": "page 3", "claim": "It was adopted."}],
            },
            {"statement": "PM1.2"} | nothing,
            {"statement": "PM2.1"} | nothing,
            {"statement": "EM1.1"} | nothing,
            {"statement": "EM1.2"} | nothing,
        ],
    }


def test_what_only_the_city_may_see_is_no_part_of_what_is_signed():
    assessment = an_assessment(answered="one")
    secret = a_document(of=assessment.city, confidentiality=Confidentiality.CITY)
    use = a_citation(of=secret, in_=assessment)

    with_it, without_it = (
        city_document(assessment, questionnaire_of(assessment), assessment.answers, uses)
        for uses in ([use], [])
    )

    assert with_it == without_it


def test_a_document_from_before_evidence_had_versions_names_the_first():
    old = {
        "id": 7,
        "kind": "link",
        "title": "Minutes",
        "address": "https://example.org/minutes",
        "file_name": None,
        "sha256": None,
        "pointer": "page 3",
    }

    assert SignedEvidence.of(old) == SignedEvidence(
        id=7,
        title="Minutes",
        address="https://example.org/minutes",
        file_name=None,
        pointer="page 3",
        version=1,
    )


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
        "visit_mark": "",
        "visit_justification": "",
        "confidence": "",
        "verdicts": [],
    }
    assert review.reviewer.name not in canonical(document)
