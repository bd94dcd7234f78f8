"""The page to judge one statement: what the city signed, and the reviewer's own view beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from flask_babel import gettext

from models import CONFIDENCES, Score, Sufficiency, User, marks
from reviews.policy import Action, allowed
from reviews.queries.scores import CityAnswer, OwnVerdict
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.submissions import SignedEvidence
from webapp.badges import Badge, badge_of
from webapp.choices import for_reviewer
from webapp.clock import now
from webapp.last_rounds import PublishedLevels
from webapp.question_threads import QuestionsAt
from webapp.recommendations import OpenRecommendations
from webapp.reviewing.pages import Place, Progress
from webapp.visit_notes import VisitNotes
from webapp.words import confidence_words, sufficiency_words
from webapp.worksheets import NO_ATTEMPT, Attempt, Worksheet


@dataclass(frozen=True)
class VerdictAttempt:
    """A verdict that could not be taken: on which evidence, what was sent, and why."""

    evidence: int = 0
    choice: str = ""
    note: str = ""
    problem: str = ""
    problem_field: str = ""


NO_VERDICT = VerdictAttempt()


@dataclass(frozen=True)
class Option:
    """One of a few short choices."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class EvidenceLine:
    """A piece of signed evidence, and what the reviewer has found in it."""

    signed: SignedEvidence
    words: str
    note: str
    options: tuple[Option, ...]
    problem: str
    problem_field: str

    @classmethod
    def of(
        cls, signed: SignedEvidence, verdict: OwnVerdict | None, attempt: VerdictAttempt
    ) -> EvidenceLine:
        given = verdict.sufficiency.value if verdict else ""
        note = verdict.note if verdict else ""
        refused = attempt.evidence == signed.id
        chosen = attempt.choice if refused else given
        return cls(
            signed=signed,
            words=sufficiency_words(verdict.sufficiency) if verdict else "",
            note=attempt.note if refused else note,
            options=(
                *(Option(one.value, sufficiency_words(one), one == chosen) for one in Sufficiency),
                Option("", gettext("I have not looked yet"), chosen == ""),
            ),
            problem=attempt.problem if refused else "",
            problem_field=attempt.problem_field if refused else "",
        )


@dataclass(frozen=True)
class CityView:
    """What the city signed about one statement. In a blind round its level is not in here
    before the reviewer has given one."""

    answer: CityAnswer
    level: str
    hidden: bool
    evidence: tuple[EvidenceLine, ...]

    @classmethod
    def of(
        cls,
        answer: CityAnswer,
        statement: AskedStatement,
        verdicts: Mapping[int, OwnVerdict],
        *,
        hidden: bool,
        attempt: VerdictAttempt,
    ) -> CityView:
        if hidden:
            # The reason for "not our competence" would tell it as well.
            answer = answer._replace(mark=marks.EMPTY, remit_reason="")
        badge = badge_of(answer.mark, statement)
        return cls(
            answer=answer,
            level=badge.text if badge else "",
            hidden=hidden,
            evidence=tuple(
                EvidenceLine.of(one, verdicts.get(one.id), attempt) for one in answer.evidence
            ),
        )


@dataclass(frozen=True)
class ScorePage:
    """One statement: what the city signed, and the reviewer's own view of it."""

    title: str
    place: Place
    sheet: Worksheet
    city: CityView
    last: PublishedLevels | None
    verdict: VerdictAttempt
    badge: Badge | None
    visit_badge: Badge | None
    confidence: str
    visit_options: tuple[Option, ...]
    visit_used: bool
    confidence_options: tuple[Option, ...]
    needs_words: bool
    scored: int
    statements: int
    next_open: AskedStatement | None
    next_is_scored: bool
    recommendations: OpenRecommendations | None = None
    questions: QuestionsAt | None = None
    visit_notes: VisitNotes | None = None
    template: ClassVar[str] = "reviewing/score.html"

    @classmethod
    def of(
        cls,
        score: Score,
        statement: AskedStatement,
        questionnaire: Questionnaire,
        city: CityView,
        progress: Progress,
        who: User,
        *,
        last: PublishedLevels | None = None,
        recommendations: OpenRecommendations | None = None,
        questions: QuestionsAt | None = None,
        visit_notes: VisitNotes | None = None,
        attempt: Attempt = NO_ATTEMPT,
        verdict: VerdictAttempt = NO_VERDICT,
    ) -> ScorePage:
        next_open = progress.next_after(statement, questionnaire)
        sheet = Worksheet.of(
            score,
            statement,
            questionnaire,
            who,
            may_write=allowed(who, Action.SCORE_WRITE, score.assignment, now()),
            choose=for_reviewer,
            attempt=attempt,
        )
        return cls(
            title=sheet.title,
            place=Place.of(score.assignment),
            sheet=sheet,
            city=city,
            last=last,
            verdict=verdict,
            badge=badge_of(score.mark, statement),
            visit_badge=badge_of(score.visit_mark, statement),
            confidence=confidence_words(score.confidence),
            visit_options=_visit_options(statement, sheet.content["visit_mark"]),
            visit_used=_visit_used(sheet),
            confidence_options=_confidence_options(sheet.content["confidence"]),
            needs_words=statement in progress.silent,
            scored=len(questionnaire.statements) - len(progress.missing),
            statements=len(questionnaire.statements),
            next_open=next_open,
            next_is_scored=next_open in progress.silent,
            recommendations=recommendations,
            questions=questions,
            visit_notes=visit_notes,
        )


def _visit_used(sheet: Worksheet) -> bool:
    fields = ("visit_mark", "visit_justification")
    return any(sheet.content[name] or sheet.attempt.problem_at(name) for name in fields)


def _visit_options(statement: AskedStatement, chosen: str) -> tuple[Option, ...]:
    """The marks to give after the visit, after the one that leaves all as it is."""
    given = (row.mark for row in for_reviewer(statement, marks.EMPTY))
    badges = ((mark, badge_of(mark)) for mark in given)
    return (
        Option("", gettext("As from the desk"), chosen == ""),
        *(Option(mark, badge.words, mark == chosen) for mark, badge in badges if badge),
    )


def _confidence_options(chosen: str) -> tuple[Option, ...]:
    known = (Option(one, confidence_words(one), one == chosen) for one in CONFIDENCES)
    return (*known, Option("", gettext("I do not say"), chosen == ""))
