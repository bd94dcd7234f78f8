"""What a report's pages and documents are made of, from a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import (
    AssessmentState,
    CityRole,
    ConsensusState,
    PeersAnswer,
    Reply,
    ReportState,
)
from reviews import replies
from reviews import reports as writing
from reviews.queries import reports
from reviews.saving import Known
from tests.builders import (
    NOW,
    a_consensus,
    a_report,
    a_reviewer,
    a_submitted_review,
    an_assessment,
    an_officer,
    questionnaire_of,
    sent,
    store,
)


@pytest.fixture
def report(session):
    """With the city for its reply, and one finding replied to."""
    assessment = an_assessment(state=AssessmentState.IN_REVIEW)
    a_submitted_review(of=assessment, lead=True)
    a_consensus(of=assessment, state=ConsensusState.AGREED, agreed="all")
    report = a_report(of=assessment, state=ReportState.WITH_CITY, written=True)
    report.findings[0].reply = Reply(text="We see it too.", number=1)
    store(session, assessment)
    session.flush()
    return report


def test_the_reply_is_in_the_document_only_once_it_is_signed_or_its_date_has_passed(
    session, report
):
    questionnaire = questionnaire_of(report.assessment)
    moments = (NOW, report.reply_due, report.reply_due + timedelta(seconds=1))

    while_drafted = [
        reports.document(session, report, questionnaire, at)["findings"][0]["reply"]
        for at in moments
    ]
    signatory = an_officer(of=report.assessment.city, role=CityRole.SIGNATORY)
    session.add(signatory)
    replies.sign(report, shown=replies.sha256(report), by=signatory, now=NOW)
    signed = reports.document(session, report, questionnaire, NOW)["findings"][0]["reply"]

    assert while_drafted == ["", "", "We see it too."]
    assert signed == "We see it too."


def test_the_document_holds_both_levels_and_the_cities_of_the_team(session, report):
    document = reports.document(session, report, questionnaire_of(report.assessment), NOW)

    levels = [line for role in document["roles"] for line in role["levels"]]
    home = report.assessment.assignments[0].reviewer.city_memberships[0].city.name
    assert [(one["self"], one["agreed"]) for one in levels] == [("3", "3")] * 5
    assert document["team"] == [home]


def test_whoever_wrote_took_out_or_answered_counts_as_a_writer(session, report):
    writer, remover, answerer, reader = (a_reviewer() for _ in range(4))
    session.add_all([writer, remover, answerer, reader])
    report.state, report.sent_at, report.reply_due = ReportState.DRAFTING, None, None
    writing.write_section(report.sections[0], sent(1, text="Anew."), Known(), by=writer, now=NOW)
    writing.withdraw_finding(report.findings[3], by=remover, now=NOW)
    report.state, report.sent_at = ReportState.WITH_CITY, NOW - timedelta(days=30)
    report.reply_due = NOW - timedelta(days=1)
    answer = {"text": "So it is.", "reworded": "", "by": answerer, "now": NOW}
    replies.answer(report.findings[0].reply, PeersAnswer.KEEP, **answer)
    session.flush()

    found = reports.editors(session, report)

    assert found == {writer.id, remover.id, answerer.id}
    assert list(reports.names(session, frozenset({writer.id}))) == [writer.name]


def test_leads_and_signatories_are_told_once_each_and_nobody_who_has_left(session, report):
    city = report.assessment.city
    lead = an_officer(of=city, name="Ada Lindt")
    both = an_officer(of=city, role=CityRole.SIGNATORY, name="Bo Maes")
    both.city_memberships.append(an_officer(of=city).city_memberships[0])
    left = an_officer(of=city, name="Cor Smit", ended_at=NOW - timedelta(days=1))
    helper = an_officer(of=city, role=CityRole.CONTRIBUTOR, name="Dag Berg")
    session.add_all([lead, both, left, helper])
    session.flush()

    told = [one.name for one in reports.to_tell(session, report.assessment, NOW)]

    assert told == ["Ada Lindt", "Bo Maes", "Els Maes"]


def test_what_the_team_can_build_on_is_the_reasons_and_the_signed_answers(session, report):
    statement = questionnaire_of(report.assessment).statements[0]
    agreed = report.assessment.consensus.agreed_levels[0]
    agreed.reason = "We looked twice."
    session.flush()

    assert reports.reasons(session, report.assessment) == {statement.id: "We looked twice."}
    answers = reports.signed_answers(session, report.assessment)
    assert answers["PM1.1"] == ("3", "On PM1.1.", "")


def test_nothing_is_public_before_it_is_published(session, report):
    assert reports.anything_published(session) is False
    assert reports.published_rounds(session) == []
    round_, city = report.assessment.round, report.assessment.city
    assert reports.published_cities(session, round_.slug) == []
    assert list(reports.editions(session, round_.slug, city.slug)) == []


def test_what_is_published_is_listed_by_round_and_by_city(session):
    report = a_report(state=ReportState.PUBLISHED, written=True)
    store(session, report.assessment)
    round_, city = report.assessment.round, report.assessment.city

    (edition,) = reports.editions(session, round_.slug, city.slug)

    assert reports.anything_published(session) is True
    assert reports.published_rounds(session) == [(round_.slug, round_.title, 1)]
    assert reports.published_cities(session, round_.slug) == [
        (city.slug, city.name, city.country, 1, NOW)
    ]
    assert edition is report.editions[0]
    assert list(reports.editions(session, round_.slug, "atlantis")) == []
