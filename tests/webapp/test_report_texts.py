"""A report as people read it: built from its document, in the words of its own instrument."""

from __future__ import annotations

import pytest
from flask import Flask

from models import ReportState
from reviews import report_documents
from tests.browser import settings
from tests.builders import a_report, questionnaire_of
from webapp import create_app
from webapp.report_places import spot, spots
from webapp.report_texts import ReportText


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(settings("sqlite://", tmp_path_factory.mktemp("texts")))


@pytest.fixture
def text(app: Flask) -> ReportText:
    report = a_report(state=ReportState.WITH_CITY, written=True)
    report.findings[0].statement = ""
    report.findings[0].priority = "high"  # was a recommendation once
    questionnaire = questionnaire_of(report.assessment)
    own = ["2", "n/a", "3", "", "4"]
    document = report_documents.report_document(
        report,
        questionnaire,
        self_marks=own,
        agreed={one.id: "3" for one in questionnaire.statements[1:]},
        team=["Ghent", "Aarhus"],
    )
    with app.test_request_context():
        return ReportText.of(document, questionnaire)


def test_each_role_has_its_three_blocks_and_the_levels_of_its_statements(text):
    maker, employer = text.roles

    assert (maker.title, employer.title) == ("Policy-maker", "Employer")
    assert [(one.name, one.title, one.text) for one in employer.blocks] == [
        ("self-assessment", "How the city sees itself", "On employer self-assessment."),
        ("findings", "Findings and good practices", "On employer findings."),
        ("challenges", "Challenges", "On employer challenges."),
    ]
    signs = [
        (one.code, one.own and one.own.sign, one.agreed and one.agreed.sign) for one in maker.levels
    ]
    assert signs == [("PM1.1", "2", None), ("PM1.2", "n/a", "3"), ("PM2.1", "3", "3")]


def test_findings_stand_by_kind_and_only_recommendations_are_urgent(text):
    found = [
        (kind.title, one.id, one.kind, one.statement_title, one.priority, one.addressee)
        for kind in text.kinds
        for one in kind.findings
    ]

    assert found == [
        ("Strengths", "F1", "Strength", "", "", ""),
        ("Challenges", "F2", "Challenge", "Statement PM1.1", "", ""),
        ("Good practices", "F3", "Good practice", "Statement PM1.1", "", ""),
        (
            "Recommendations",
            "F4",
            "Recommendation",
            "Statement PM1.1",
            "High priority",
            "The council",
        ),
    ]
    assert text.team == ("Aarhus", "Ghent")


def test_every_block_has_a_word_of_its_own_for_its_address(app):
    questionnaire = questionnaire_of(a_report().assessment)

    with app.test_request_context():
        slugs = [one.slug for one in spots(questionnaire)]
        there = spot(questionnaire, "employer-challenges")

    assert slugs == [
        "introduction",
        *(
            f"{role}-{block}"
            for role in ("policy-maker", "employer")
            for block in ("self-assessment", "findings", "challenges")
        ),
    ]
    assert there is not None
    assert there.words == "Employer: Challenges"
    assert spot(questionnaire, "mayor-challenges") is None
