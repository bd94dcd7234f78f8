"""City reports: written, sent, approved by two who wrote nothing in them, published for good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import AssessmentState, Block, Finding, FindingKind, ReportState
from reviews import report_documents, reports, submissions
from reviews.errors import Incomplete, NotNow, Stale, Unusable
from reviews.saving import Known
from tests.builders import (
    NOW,
    a_consensus,
    a_coordinator,
    a_report,
    a_reviewer,
    an_assessment,
    deeds_of,
    questionnaire_of,
    sent,
)

DUE = NOW + timedelta(days=21)
CODES = ("PM1.1", "EM1.2")


def publishable(**columns):
    """A final report, approved by two coordinators, with the document that they saw."""
    report = a_report(state=ReportState.WITH_CITY, written=True, **columns)
    round_ = report.assessment.round
    report.reply_signed_at = NOW
    for _ in range(2):
        reports.approve(report, editors=(), needed=2, by=a_coordinator(of=round_), now=NOW)
    return report, document_of(report)


def document_of(report):
    questionnaire = questionnaire_of(report.assessment)
    own = ["2"] * len(questionnaire.statements)
    agreed = {one.id: "3" for one in questionnaire.statements}
    return report_documents.report_document(
        report, questionnaire, self_marks=own, agreed=agreed, team=["Ghent", "Aarhus"]
    )


def publish(report, document, by=None):
    return reports.publish(
        report,
        document,
        shown=submissions.sha256(submissions.canonical(document)),
        needed=2,
        by=by or a_coordinator(of=report.assessment.round),
        now=NOW,
    )


def test_a_report_begins_when_the_consensus_is_closed_and_only_once():
    early, done = an_assessment(state=AssessmentState.IN_REVIEW), a_report().assessment

    with pytest.raises(NotNow):
        reports.begin(early)
    with pytest.raises(NotNow):
        reports.begin(a_consensus().assessment)

    assert reports.begin(done) is done.report


def test_a_block_is_saved_with_its_history():
    report, writer = a_report(written=True), a_reviewer()
    section = report.sections[0]

    revision = reports.write_section(
        section, sent(1, text="A new beginning."), Known(), by=writer, now=NOW
    )

    assert (section.text, revision.number) == ("A new beginning.", 2)
    assert deeds_of(writer) == [("report:write", {"role": "", "block": "introduction"})]


@pytest.mark.parametrize("state", [ReportState.WITH_CITY, ReportState.FINAL, ReportState.PUBLISHED])
def test_a_report_that_left_the_team_takes_no_text(state):
    report = a_report(state=state, written=True)

    with pytest.raises(NotNow):
        reports.write_section(
            report.sections[0], sent(1, text="Late."), Known(), by=a_reviewer(), now=NOW
        )
    with pytest.raises(NotNow):
        reports.add_finding(report)
    with pytest.raises(NotNow):
        reports.withdraw_finding(report.findings[0], by=a_reviewer(), now=NOW)

    assert report.sections[0].text == "On  introduction."


def test_findings_are_numbered_for_good():
    report, writer = a_report(written=True), a_reviewer()
    reports.withdraw_finding(report.findings[-1], by=writer, now=NOW)

    fresh = reports.add_finding(report)
    reports.write_finding(
        fresh,
        sent(0, kind="strength", text="A clear plan."),
        Known(),
        statements=CODES,
        by=writer,
        now=NOW,
    )

    assert (fresh.place, [one.place for one in reports.standing(report)]) == (5, [1, 2, 3, 5])
    assert deeds_of(writer) == [
        ("finding:withdraw", {"finding": 4}),
        ("finding:write", {"finding": 5}),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "praise"),
        ("priority", "urgent"),
        ("statement", "XX9.9"),
        ("text", " "),
        ("addressee", "a\nb"),
    ],
)
def test_a_finding_of_no_known_kind_is_refused_at_its_field(field, value):
    finding = a_report(written=True).findings[0]

    with pytest.raises(Unusable) as refused:
        reports.write_finding(
            finding, sent(1, **{field: value}), Known(), statements=CODES, by=a_reviewer(), now=NOW
        )

    assert (refused.value.field, finding.number) == (field, 1)


def test_a_report_goes_to_the_city_complete_and_with_time_to_reply():
    report, office = a_report(), a_coordinator()
    questionnaire = questionnaire_of(report.assessment)

    with pytest.raises(Incomplete) as incomplete:
        reports.send_to_city(report, questionnaire, DUE, by=office, now=NOW)
    whole = a_report(written=True)
    with pytest.raises(Unusable):
        reports.send_to_city(
            whole,
            questionnaire_of(whole.assessment),
            NOW + timedelta(days=13),
            by=office,
            now=NOW,
        )
    reports.send_to_city(whole, questionnaire_of(whole.assessment), DUE, by=office, now=NOW)

    assert incomplete.value.missing == (
        "introduction",
        *(
            f"{role}/{block}"
            for role in ("policy-maker", "employer")
            for block in reports.ROLE_BLOCKS
        ),
        "findings",
    )
    assert (whole.state, whole.sent_at, whole.reply_due) == (ReportState.WITH_CITY, NOW, DUE)


def test_a_recommendation_needs_its_priority_and_its_addressee():
    report = a_report(written=True)
    last = report.findings[-1]
    last.addressee = ""

    assert (last.kind, reports.lacking(report, questionnaire_of(report.assessment))) == (
        FindingKind.RECOMMENDATION,
        ("F4",),
    )


def test_two_coordinators_approve_and_none_of_them_wrote_in_it():
    report = a_report(state=ReportState.WITH_CITY, written=True)
    first, second, editor = (a_coordinator() for _ in range(3))

    with pytest.raises(NotNow, match="can still reply"):
        reports.approve(report, editors=(), needed=2, by=first, now=NOW)
    report.reply_signed_at = NOW
    with pytest.raises(reports.OwnWork):
        reports.approve(report, editors={editor.id}, needed=2, by=editor, now=NOW)
    reports.approve(report, editors={editor.id}, needed=2, by=first, now=NOW)
    with pytest.raises(Unusable, match="already"):
        reports.approve(report, editors={editor.id}, needed=2, by=first, now=NOW)
    after_one = report.state
    reports.approve(report, editors={editor.id}, needed=2, by=second, now=NOW)

    assert (after_one, report.state) == (ReportState.WITH_CITY, ReportState.FINAL)
    assert reports.approvers(report) == (first, second)


def test_a_lapsed_date_ends_the_reply_as_a_signature_does():
    report = a_report(state=ReportState.WITH_CITY)

    over = [reports.reply_is_over(report, report.reply_due + timedelta(seconds=n)) for n in (0, 1)]

    assert over == [False, True]


def test_what_is_published_is_what_was_shown_and_approved():
    report, document = publishable()

    with pytest.raises(Stale):
        reports.publish(
            report,
            {**document, "reason": "x"},
            shown=submissions.sha256("y"),
            needed=2,
            by=a_coordinator(),
            now=NOW,
        )
    edition = publish(report, document)

    assert (report.state, edition.number, edition.reason) == (ReportState.PUBLISHED, 1, "")
    assert submissions.sha256(edition.document) == edition.sha256


def test_nothing_is_published_without_its_approvals():
    report, document = publishable()
    report.approvals.pop()

    with pytest.raises(Incomplete):
        publish(report, document)

    assert report.state is ReportState.FINAL


def test_a_correction_is_a_new_edition_that_names_the_old_one():
    report, document = publishable()
    first = publish(report, document)
    office = a_coordinator(of=report.assessment.round)
    reports.begin_correction(report, reason="A wrong figure.", by=office, now=NOW)
    writer = a_reviewer()
    reports.write_section(
        report.sections[0], sent(1, text="Put right."), Known(), by=writer, now=NOW
    )
    approved = [a_coordinator(of=report.assessment.round) for _ in range(2)]

    corrected = document_of(report)
    with pytest.raises(Incomplete):
        publish(report, corrected)
    for one in approved:
        reports.approve(report, editors={writer.id}, needed=2, by=one, now=NOW)
    second = publish(report, corrected)

    assert (corrected["edition"], corrected["corrects"]) == (2, first.sha256)
    assert (second.number, second.reason, report.correction_reason) == (2, "A wrong figure.", "")
    assert submissions.sha256(first.document) == first.sha256
    assert report.state is ReportState.PUBLISHED


def test_a_change_takes_back_the_approvals_of_the_edition_to_come_only():
    report, document = publishable()
    publish(report, document)
    office = a_coordinator(of=report.assessment.round)
    reports.begin_correction(report, reason="A wrong figure.", by=office, now=NOW)
    reports.approve(report, editors=(), needed=2, by=office, now=NOW)

    reports.write_section(
        report.sections[0], sent(1, text="Put right."), Known(), by=a_reviewer(), now=NOW
    )

    assert [one.edition for one in report.approvals] == [1, 1]


def test_only_one_correction_at_a_time_and_only_of_what_is_published():
    report, _ = publishable()
    office = a_coordinator()

    with pytest.raises(NotNow):
        reports.begin_correction(report, reason="Early.", by=office, now=NOW)
    published = a_report(state=ReportState.PUBLISHED, correction="A wrong figure.")
    with pytest.raises(NotNow, match="already"):
        reports.begin_correction(published, reason="Twice.", by=office, now=NOW)


def test_the_document_holds_the_blocks_the_levels_and_the_findings_of_the_report_and_no_person():
    report = a_report(written=True)
    report.findings.append(Finding(place=9))

    document = document_of(report)

    assert document["introduction"] == "On  introduction."
    assert [role["role"] for role in document["roles"]] == ["policy-maker", "employer"]
    assert document["roles"][0]["levels"][0] == {"statement": "PM1.1", "self": "2", "agreed": "3"}
    assert [one["id"] for one in document["findings"]] == ["F1", "F2", "F3", "F4"]
    assert document["team"] == ["Aarhus", "Ghent"]
    assert Block.FINDINGS in document["roles"][0]
