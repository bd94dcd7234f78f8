"""What the page of one figure shows: how it was made, where its parts lead, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from flask_babel import gettext

from benchmarks.result import BenchmarkResult
from models import Assessment, User
from reviews import assessments
from reviews.policy import Action, allowed
from reviews.questionnaires import Questionnaire
from webapp import loaders
from webapp.clock import now
from webapp.figures.cells import Labels
from webapp.figures.making import Links, Making, Scale, Subject
from webapp.places import address_in


@dataclass(frozen=True)
class FigurePage:
    """`crumbs` are pairs of words and address, from the top down."""

    title: str
    caption: str
    crumbs: tuple[tuple[str, str], ...]
    making: Making
    template: ClassVar[str] = "figures/figure.html"

    @classmethod
    def of(
        cls, city: str, round_: str, crumbs: tuple[tuple[str, str], ...], making: Making
    ) -> FigurePage:
        return cls(
            title=gettext(
                "%(figure)s, %(series)s: how it was made",
                figure=making.title,
                series=making.series,
            ),
            caption=f"{city}, {round_}",
            crumbs=crumbs,
            making=making,
        )


def subject_of(
    questionnaire: Questionnaire, result: BenchmarkResult, round_id: str, city: str, labels: Labels
) -> Subject:
    """The figures of one city, with names down to the statement."""
    return Subject(
        result,
        round_id,
        city,
        {**{one.code: one.title for one in questionnaire.statements}, **labels},
        Scale(questionnaire.scale_minimum, questionnaire.scale_maximum),
    )


def links_of(assessment: Assessment, who: User, figure: Callable[[str, str], str]) -> Links:
    """Where the person may go on to from a statement: what the city wrote, what the peers did."""
    at = now()
    signed = assessments.counted(assessment)
    writes = allowed(who, Action.ANSWER_READ, assessment, at)
    reads = signed is not None and allowed(who, Action.SUBMISSION_READ, assessment, at)
    argues = allowed(who, Action.CONSENSUS_READ, assessment, at)
    reports = allowed(who, Action.REPORT_READ, assessment, at)
    roles = {
        one.code: role.code
        for role in loaders.questionnaire(assessment.round).roles
        for one in role.statements
    }

    def answer(code: str) -> str:
        if writes:
            return address_in("assessments.show_answer", assessment, code=code)
        if reads and signed is not None:
            return address_in("assessments.show_submission", assessment, version=signed.version)
        return ""

    def agreed(code: str) -> str:
        if argues:
            return address_in("consensus.show_agreed_level", assessment, code=code)
        if reports:
            place = f"levels-{roles[code]}"
            return address_in("reports.show_report", assessment, _anchor=place)
        return ""

    return Links(figure, answer, agreed)
