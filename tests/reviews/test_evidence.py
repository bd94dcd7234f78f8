"""Evidence: links and files that a city cites, and takes away again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models import Assessment, AssessmentState, Citation, EvidenceKind, RoundState, User
from reviews.errors import NotNow, Unusable
from reviews.evidence import StoredFile, cite_file, cite_link, withdraw
from tests.builders import (
    NOW,
    a_round,
    an_assessment,
    an_officer,
    asked,
    deeds_of,
)

MINUTES = "https://ghent.example.org/minutes.html?year=2025#page-3"
PLAN = StoredFile("plan.pdf", "application/pdf", 1234, "a" * 64, "b" * 32)


def linked(assessment: Assessment, *, by: User | None = None, **given: str) -> Citation:
    words = {"title": "Council minutes", "address": MINUTES, "pointer": "page 3"} | given
    person = by or an_officer(of=assessment.city)
    return cite_link(assessment, asked(assessment, "PM1.1"), **words, by=person, now=NOW)


def filed(assessment: Assessment, file: StoredFile = PLAN, **given: str) -> Citation:
    words = {"title": "Plan", "pointer": ""} | given
    person = an_officer(of=assessment.city)
    return cite_file(assessment, asked(assessment, "PM1.1"), file, **words, by=person, now=NOW)


def test_a_web_page_is_cited_under_a_statement():
    assessment = an_assessment()
    lead = an_officer(of=assessment.city)

    citation = linked(assessment, by=lead, title="  Council minutes ")

    evidence = citation.evidence
    assert (citation.statement_id, citation.pointer, citation.withdrawn_at) == (
        asked(assessment, "PM1.1").id,
        "page 3",
        None,
    )
    assert (evidence.kind, evidence.title, evidence.address, evidence.added_by) == (
        EvidenceKind.LINK,
        "Council minutes",
        MINUTES,
        lead,
    )
    assert citation.assessment is assessment
    assert deeds_of(lead) == [("evidence:add", {"statement": "PM1.1"})]


def test_a_page_without_a_title_is_called_by_its_site():
    assert linked(an_assessment(), title=" ").evidence.title == "ghent.example.org"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ghent.example.org/minutes",
        "//ghent.example.org",
        "ftp://ghent.example.org/minutes",
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "data:text/html,hello",
        "file:///etc/passwd",
        "https://",
        "https:///minutes",
        "https://[::1",
        "https://ghent\u2100.example.org/",
    ],
)
def test_what_is_no_full_web_address_is_refused(address):
    with pytest.raises(Unusable) as refusal:
        linked(an_assessment(), address=address)

    assert (refusal.value.field, refusal.value.message) == (
        "address",
        "Give a full web address that starts with https://",
    )


def test_the_scheme_of_an_address_is_kept_in_small_letters():
    assert linked(an_assessment(), address="HTTPS://Example.org/A").evidence.address == (
        "https://Example.org/A"
    )


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("title", "t" * 201),
        ("pointer", "p" * 201),
        ("address", "https://example.org/" + "a" * 1981),
        ("title", "nul\0"),
    ],
)
def test_a_text_that_is_too_long_or_cannot_be_stored_is_refused(field, text):
    with pytest.raises(Unusable) as refusal:
        linked(an_assessment(), **{field: text})

    assert refusal.value.field == field


def test_a_file_is_cited_with_all_its_facts():
    evidence = filed(an_assessment()).evidence

    assert (
        evidence.kind,
        evidence.title,
        evidence.file_name,
        evidence.media_type,
        evidence.size,
        evidence.sha256,
        evidence.stored_as,
        evidence.address,
    ) == (
        EvidenceKind.FILE,
        "Plan",
        "plan.pdf",
        "application/pdf",
        1234,
        "a" * 64,
        "b" * 32,
        None,
    )


def test_a_file_without_a_title_is_called_by_its_name():
    assert filed(an_assessment(), title="").evidence.title == "plan.pdf"


def test_a_long_file_name_is_cut_for_the_title_only():
    file = replace(PLAN, name="p" * 251 + ".pdf")

    evidence = filed(an_assessment(), file, title="").evidence

    assert (evidence.title, evidence.file_name) == ("p" * 200, "p" * 251 + ".pdf")


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/zip", ""])
def test_a_file_of_another_kind_is_refused(kind):
    with pytest.raises(Unusable) as refusal:
        filed(an_assessment(), replace(PLAN, media_type=kind))

    assert refusal.value.field == "file"


def test_evidence_is_withdrawn_and_not_deleted():
    citation = linked(an_assessment())
    lead = an_officer(of=citation.assessment.city)
    citation.evidence.id = 7

    withdraw(citation, by=lead, now=NOW)

    assert (citation.withdrawn_at, citation.evidence.address) == (NOW, MINUTES)
    assert deeds_of(lead) == [("evidence:withdraw", {"evidence": 7})]


@pytest.mark.parametrize(
    "closed",
    [
        {"state": AssessmentState.LOCKED},
        {"state": AssessmentState.SUBMITTED},
        {"state": AssessmentState.IN_REVIEW},
    ],
    ids=lambda closed: closed["state"],
)
def test_evidence_is_closed_with_the_answers(closed):
    assessment = an_assessment(**closed)

    for deed in (linked, filed):
        with pytest.raises(NotNow):
            deed(assessment)


def test_evidence_is_not_withdrawn_once_the_assessment_is_locked():
    citation = linked(an_assessment())
    citation.assessment.state = AssessmentState.LOCKED

    with pytest.raises(NotNow):
        withdraw(citation, by=citation.evidence.added_by, now=NOW)

    assert citation.withdrawn_at is None


@pytest.mark.parametrize("state", [RoundState.PREPARING, RoundState.CLOSED])
def test_evidence_is_added_while_the_round_is_open(state):
    with pytest.raises(NotNow):
        linked(an_assessment(round=a_round(state=state)))
