"""Versions: which answers differ between two documents, and in what."""

from __future__ import annotations

import json

from models import AssessmentState
from reviews.versions import changes
from tests.builders import an_assessment, questionnaire_of

EVIDENCE = {
    "id": 7,
    "title": "A plan",
    "address": "https://example.org/plan",
    "file_name": None,
    "pointer": "page 3",
}


def a_signed_document():
    """What a city signed, twice, and the questionnaire that it answers."""
    assessment = an_assessment(state=AssessmentState.SUBMITTED)
    text = assessment.submissions[-1].document
    return json.loads(text), json.loads(text), questionnaire_of(assessment)


def test_the_same_document_has_no_changes():
    before, after, questionnaire = a_signed_document()

    assert changes(before, after, questionnaire) == ()


def test_only_the_fields_that_differ_are_told():
    before, after, questionnaire = a_signed_document()
    after["answers"][1] |= {"mark": "4", "remit_reason": ""}
    after["answers"][3] |= {"text": "Another text."}

    found = changes(before, after, questionnaire)

    assert [(one.statement.code, one.before, one.after) for one in found] == [
        ("PM1.2", {"mark": "3"}, {"mark": "4"}),
        ("EM1.1", {"text": "On EM1.1."}, {"text": "Another text."}),
    ]


def test_evidence_that_came_and_went_and_was_read_elsewhere_is_told():
    before, after, questionnaire = a_signed_document()
    moved = {**EVIDENCE, "pointer": "page 4"}
    before["answers"][0]["evidence"] = [EVIDENCE]
    after["answers"][0]["evidence"] = [moved, {**EVIDENCE, "id": 8, "title": "A report"}]

    (found,) = changes(before, after, questionnaire)

    assert (found.before, found.after) == ({}, {})
    assert [(one.title, one.pointer) for one in found.evidence_gone] == [("A plan", "page 3")]
    assert [(one.title, one.pointer) for one in found.evidence_new] == [
        ("A plan", "page 4"),
        ("A report", "page 3"),
    ]
