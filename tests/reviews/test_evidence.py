"""The library of a city: documents are added once, cited often, replaced, and never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models import (
    Assessment,
    AssessmentState,
    Citation,
    Confidentiality,
    DocumentKind,
    Evidence,
    EvidenceKind,
    RoundState,
    User,
)
from reviews import evidence
from reviews.errors import AlreadyThere, NotNow, TooLarge, Unusable, WrongKind
from reviews.evidence import Facts, Link, Source, StoredFile
from tests.builders import (
    NOW,
    a_citation,
    a_document,
    a_round,
    an_assessment,
    an_officer,
    asked,
    deeds_of,
)

LATER = NOW + timedelta(hours=1)
MINUTES = Link("https://ghent.example.org/minutes.html?year=2025#page-3")
PLAN = StoredFile("plan.pdf", "application/pdf", 1234, "a" * 64, "b" * 32)


def added(
    assessment: Assessment, source: Source = MINUTES, *, by: User | None = None, **facts: object
) -> Evidence:
    person = by or an_officer(of=assessment.city)
    return evidence.add(assessment, source, Facts(**facts), number=3, by=person, now=NOW)


def cited(
    document: Evidence, assessment: Assessment, *, by: User | None = None, **given: str
) -> Citation:
    words = {"pointer": "page 3", "claim": "It was adopted."} | given
    person = by or an_officer(of=assessment.city)
    statement = asked(assessment, "PM1.1")
    return evidence.cite(document, assessment, statement, **words, by=person, now=NOW)


def test_a_web_page_is_added_with_all_that_is_said_about_it():
    assessment = an_assessment()
    lead = an_officer(of=assessment.city)

    document = added(
        assessment,
        by=lead,
        title="  Council minutes ",
        document_kind="minutes",
        language="nl",
        abstract="What the council decided. ",
        valid_until=date(2027, 6, 30),
        confidentiality="public",
    )

    assert (document.city, document.number, document.title) == (
        assessment.city,
        3,
        "Council minutes",
    )
    assert (document.document_kind, document.language, document.abstract) == (
        DocumentKind.MINUTES,
        "nl",
        "What the council decided.",
    )
    assert (document.valid_until, document.confidentiality) == (
        date(2027, 6, 30),
        Confidentiality.PUBLIC,
    )
    version = document.current
    assert (version.number, version.kind, version.address, version.added_by) == (
        1,
        EvidenceKind.LINK,
        MINUTES.address,
        lead,
    )
    assert deeds_of(lead) == [("evidence:add", {"evidence": 3, "kind": "link", "sha256": None})]


def test_a_file_is_added_with_all_its_facts():
    version = added(an_assessment(), PLAN, title="Plan").current

    assert (
        version.kind,
        version.file_name,
        version.media_type,
        version.size,
        version.sha256,
        version.stored_as,
        version.address,
    ) == (EvidenceKind.FILE, "plan.pdf", "application/pdf", 1234, "a" * 64, "b" * 32, None)


@pytest.mark.parametrize(
    ("source", "title"),
    [
        (MINUTES, "ghent.example.org"),
        (PLAN, "plan.pdf"),
        (replace(PLAN, name="p" * 251 + ".pdf"), "p" * 200),
    ],
)
def test_a_document_without_a_title_is_called_by_its_site_or_its_file(source, title):
    assert added(an_assessment(), source, title=" ").title == title


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
        added(an_assessment(), Link(address))

    assert (refusal.value.field, refusal.value.message) == (
        "address",
        "Give a full web address that starts with https://",
    )


def test_the_scheme_of_an_address_is_kept_in_small_letters():
    document = added(an_assessment(), Link("HTTPS://Example.org/A"))

    assert document.current.address == "https://Example.org/A"


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("title", "t" * 201),
        ("title", "nul\0"),
        ("abstract", "a" * 1001),
        ("language", "tlh"),
        ("document_kind", "rumour"),
        ("confidentiality", "nobody"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(field, given):
    with pytest.raises(Unusable) as refusal:
        added(an_assessment(), **{field: given})

    assert refusal.value.field == field


def test_an_address_that_is_too_long_is_refused():
    with pytest.raises(Unusable) as refusal:
        added(an_assessment(), Link("https://example.org/" + "a" * 1981))

    assert refusal.value.field == "address"


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/zip", ""])
def test_a_file_of_another_kind_is_refused(kind):
    with pytest.raises(WrongKind) as refusal:
        added(an_assessment(), replace(PLAN, media_type=kind))

    assert refusal.value.field == "file"


def test_what_is_in_the_library_is_not_added_again():
    there = a_document(of=an_assessment().city, number=7, title="Plan")

    with pytest.raises(AlreadyThere) as refusal:
        evidence.is_new(there.current, field="file")

    assert (refusal.value.number, refusal.value.field) == (7, "file")
    assert str(refusal.value) == "This is in the library already: E7, Plan. Use that one."
    evidence.is_new(None, field="file")


def test_a_file_must_find_room():
    evidence.room_for(5, used=95, quota=100)

    with pytest.raises(TooLarge) as refusal:
        evidence.room_for(6_000_000, used=95_500_000, quota=100_000_000)

    assert str(refusal.value) == (
        "The city's files would take more than the 100 MB there are for them: 4 MB are left."
        " Give a web address instead, or ask your coordinator."
    )


def test_one_document_is_cited_under_many_statements_each_with_its_page_and_claim():
    assessment = an_assessment()
    document, lead = a_document(of=assessment.city, number=7), an_officer(of=assessment.city)

    for code in ("PM1.1", "PM1.2"):
        evidence.cite(
            document,
            assessment,
            asked(assessment, code),
            pointer=f" page of {code} ",
            claim="It was adopted.",
            by=lead,
            now=NOW,
        )

    assert [(use.assessment, use.pointer, use.claim) for use in document.citations] == [
        (assessment, "page of PM1.1", "It was adopted."),
        (assessment, "page of PM1.2", "It was adopted."),
    ]
    assert deeds_of(lead) == [
        ("evidence:cite", {"evidence": 7, "statement": "PM1.1"}),
        ("evidence:cite", {"evidence": 7, "statement": "PM1.2"}),
    ]


def test_a_document_is_cited_once_under_a_statement_and_again_in_the_next_round():
    city = an_assessment().city
    document, first, next_ = a_document(of=city), an_assessment(of=city), an_assessment(of=city)
    cited(document, first)

    with pytest.raises(Unusable) as refusal:
        cited(document, first)
    cited(document, next_)

    assert refusal.value.field == "evidence"
    assert [use.assessment for use in document.citations] == [first, next_]


@pytest.mark.parametrize(("field", "text"), [("pointer", "p" * 201), ("claim", "c" * 501)])
def test_a_use_is_kept_short(field, text):
    assessment = an_assessment()
    document = a_document(of=assessment.city)

    with pytest.raises(Unusable) as refusal:
        cited(document, assessment, **{field: text})

    assert (refusal.value.field, document.citations) == (field, [])


def test_a_use_is_edited():
    assessment = an_assessment()
    use, lead = (
        a_citation(of=a_document(of=assessment.city, number=7), in_=assessment),
        an_officer(of=assessment.city),
    )

    evidence.edit_citation(use, pointer="page 4", claim="It is paid for.", by=lead, now=NOW)

    assert (use.pointer, use.claim) == ("page 4", "It is paid for.")
    assert deeds_of(lead) == [("evidence:edit-citation", {"evidence": 7, "citation": use.id})]


def test_a_use_is_taken_away_and_taken_back():
    assessment = an_assessment()
    use, lead = (
        a_citation(of=a_document(of=assessment.city, number=7), in_=assessment),
        an_officer(of=assessment.city),
    )

    for _twice in range(2):
        evidence.withdraw(use, by=lead, now=NOW)
    withdrawn = use.withdrawn_at
    for _twice in range(2):
        evidence.restore(use, by=lead, now=LATER)

    assert (withdrawn, use.withdrawn_at) == (NOW, None)
    facts = {"evidence": 7, "citation": use.id}
    assert deeds_of(lead) == [("evidence:withdraw", facts), ("evidence:restore", facts)]


def test_a_use_is_not_taken_back_beside_a_newer_one():
    assessment = an_assessment()
    document = a_document(of=assessment.city)
    use, lead = a_citation(of=document, in_=assessment), an_officer(of=assessment.city)
    evidence.withdraw(use, by=lead, now=NOW)
    cited(document, assessment)

    with pytest.raises(Unusable):
        evidence.restore(use, by=lead, now=LATER)

    assert use.withdrawn_at == NOW


def test_a_use_that_was_taken_away_is_not_edited():
    assessment = an_assessment()
    use, lead = (
        a_citation(of=a_document(of=assessment.city), in_=assessment),
        an_officer(of=assessment.city),
    )
    evidence.withdraw(use, by=lead, now=NOW)

    with pytest.raises(NotNow):
        evidence.edit_citation(use, pointer="", claim="", by=lead, now=NOW)


def test_a_new_version_takes_the_place_of_the_one_before():
    assessment = an_assessment()
    document, lead = a_document(of=assessment.city, number=7), an_officer(of=assessment.city)
    first = document.current

    second = evidence.add_version(document, assessment, PLAN, by=lead, now=LATER)

    assert (document.versions, document.current.number) == ([first, second], 2)
    assert first.address == "https://example.org/minutes"
    assert deeds_of(lead) == [
        ("evidence:add-version", {"evidence": 7, "version": 2, "sha256": "a" * 64})
    ]


def test_what_is_said_about_a_document_is_edited():
    assessment = an_assessment()
    document, lead = a_document(of=assessment.city, number=7), an_officer(of=assessment.city)
    facts = Facts(title="Draft budget", document_kind="budget", confidentiality="city")

    evidence.edit(document, assessment, facts, by=lead, now=NOW)

    assert (document.title, document.document_kind, document.confidentiality) == (
        "Draft budget",
        DocumentKind.BUDGET,
        Confidentiality.CITY,
    )
    assert deeds_of(lead) == [("evidence:edit", {"evidence": 7, "confidentiality": "city"})]


def test_a_document_keeps_a_title():
    assessment = an_assessment()
    document = a_document(of=assessment.city)

    with pytest.raises(Unusable) as refusal:
        evidence.edit(
            document, assessment, Facts(title=" "), by=an_officer(of=assessment.city), now=NOW
        )

    assert (refusal.value.field, document.title) == ("title", "Council minutes")


def test_a_removed_document_leaves_what_can_change_and_stays_in_what_cannot():
    draft = an_assessment()
    signed = an_assessment(of=draft.city, state=AssessmentState.SUBMITTED)
    over = an_assessment(of=draft.city, round=a_round(state=RoundState.CLOSED))
    document, lead = a_document(of=draft.city, number=7), an_officer(of=draft.city)
    uses = [a_citation(of=document, in_=one) for one in (draft, signed, over)]

    for _twice in range(2):
        evidence.remove(document, draft, by=lead, now=NOW)

    assert [use.withdrawn_at for use in uses] == [NOW, None, None]
    assert (document.withdrawn_at, len(document.versions)) == (NOW, 1)
    assert deeds_of(lead) == [("evidence:remove", {"evidence": 7})]


def everything(assessment: Assessment) -> list:
    """All that can be done with evidence."""
    document, by = a_document(of=assessment.city), an_officer(of=assessment.city)
    use = a_citation(of=document, in_=assessment, to="PM1.2")
    gone = a_citation(of=document, in_=assessment, to="PM2.1")
    gone.withdrawn_at = NOW
    who = {"by": by, "now": NOW}
    return [
        lambda: added(assessment),
        lambda: added(assessment, PLAN),
        lambda: cited(document, assessment),
        lambda: evidence.edit_citation(use, pointer="", claim="", **who),
        lambda: evidence.withdraw(use, **who),
        lambda: evidence.restore(gone, **who),
        lambda: evidence.edit(document, assessment, Facts(title="x"), **who),
        lambda: evidence.add_version(document, assessment, PLAN, **who),
        lambda: evidence.remove(document, assessment, **who),
    ]


@pytest.mark.parametrize(
    "closed",
    [AssessmentState.LOCKED, AssessmentState.SUBMITTED, AssessmentState.IN_REVIEW],
)
def test_evidence_is_closed_with_the_answers(closed):
    for deed in everything(an_assessment(state=closed)):
        with pytest.raises(NotNow):
            deed()


@pytest.mark.parametrize("state", [RoundState.PREPARING, RoundState.CLOSED])
def test_evidence_is_added_while_the_round_is_open(state):
    for deed in everything(an_assessment(round=a_round(state=state))):
        with pytest.raises(NotNow):
            deed()


def test_nothing_is_done_with_a_document_that_was_removed():
    assessment = an_assessment()
    document, by = a_document(of=assessment.city), an_officer(of=assessment.city)
    gone = a_citation(of=document, in_=assessment)
    evidence.remove(document, assessment, by=by, now=NOW)

    for deed in (
        lambda: cited(document, assessment),
        lambda: evidence.restore(gone, by=by, now=NOW),
        lambda: evidence.edit(document, assessment, Facts(title="x"), by=by, now=NOW),
        lambda: evidence.add_version(document, assessment, PLAN, by=by, now=NOW),
    ):
        with pytest.raises(NotNow):
            deed()
