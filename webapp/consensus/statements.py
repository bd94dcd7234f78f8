"""What the page of one statement shows to a team that agrees on a level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import AgreedLevel, User, marks
from models import View as GivenView
from reviews.consensus import reason_needed
from reviews.policy import Action, allowed
from reviews.queries.consensus import Objection
from reviews.queries.scores import CityAnswer, Justified
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.submissions import SubmittedVerdict
from webapp.badges import Badge, badge_of
from webapp.choices import for_reviewer
from webapp.clock import now
from webapp.consensus.pages import Table, spread_words
from webapp.places import Place
from webapp.question_threads import QuestionsAt
from webapp.visit_notes import VisitNotes
from webapp.words import confidence_words, sufficiency_words
from webapp.worksheets import NO_ATTEMPT, Attempt, Worksheet


@dataclass(frozen=True)
class GivenMark:
    """A mark from the desk or after the visit, with its words."""

    title: str
    badge: Badge | None
    justification: str

    @classmethod
    def of(cls, title: str, view: GivenView, statement: AskedStatement) -> GivenMark:
        return cls(title, badge_of(view.mark, statement), view.justification)


@dataclass(frozen=True)
class Verdict:
    """What one of the team found in one piece of evidence."""

    evidence: str
    words: str
    note: str

    @classmethod
    def of(cls, given: SubmittedVerdict, titles: dict[int, str]) -> Verdict:
        title = titles.get(given.evidence, gettext("Evidence of an earlier version"))
        return cls(title, sufficiency_words(given.sufficiency), given.note)


@dataclass(frozen=True)
class View:
    """What one of the team says about one statement. `badge` is the mark that counts; `given`
    holds one mark, or two where the visit has added one."""

    name: str
    lead: bool
    badge: Badge | None
    given: tuple[GivenMark, ...]
    confidence: str
    verdicts: tuple[Verdict, ...]

    @classmethod
    def of(cls, said: Justified, statement: AskedStatement, titles: dict[int, str]) -> View:
        given = [GivenMark.of(gettext("From the desk"), said.desk, statement)]
        if said.visit.mark != marks.EMPTY or said.visit.justification.strip():
            given.append(GivenMark.of(gettext("After the visit"), said.visit, statement))
        return cls(
            name=said.reviewer,
            lead=said.lead,
            badge=badge_of(said.mark, statement),
            given=tuple(given),
            confidence=confidence_words(said.confidence),
            verdicts=tuple(Verdict.of(one, titles) for one in said.verdicts),
        )


@dataclass(frozen=True)
class DissentLine:
    """A dissent that is shown; `earlier` where the level has changed since."""

    name: str
    text: str
    at: datetime
    earlier: bool


@dataclass(frozen=True)
class DissentPart:
    """What is said against the level, and the form for one's own word: `shown` is the version of
    the level that it is about, `typed` what stands in the form."""

    lines: tuple[DissentLine, ...]
    may_dissent: bool
    has_own: bool
    shown: int
    typed: str
    problem: str = ""

    @classmethod
    def of(
        cls,
        agreed: AgreedLevel,
        objections: Sequence[Objection],
        own: int | None,
        *,
        may_agree: bool,
        refused: Refused | None = None,
    ) -> DissentPart:
        """`own` is the number of the reader's assignment, if they are of the team."""
        here = [one for one in objections if one.statement_id == agreed.statement_id]
        mine = next((one for one in here if one.assignment_id == own), None)
        return cls(
            lines=tuple(
                DissentLine(one.reviewer, one.text, one.given_at, one.level_number != agreed.number)
                for one in here
            ),
            may_dissent=may_agree and own is not None and agreed.mark != marks.EMPTY,
            has_own=mine is not None,
            shown=agreed.number,
            typed=refused.typed if refused else mine.text if mine else "",
            problem=refused.problem if refused else "",
        )


@dataclass(frozen=True)
class Refused:
    """A dissent that was typed and could not be stored, and why."""

    typed: str
    problem: str


@dataclass(frozen=True)
class AroundPart:
    """What else the team has gathered: questions with the city's answers, notes of the visit
    for whoever is of the team."""

    questions: QuestionsAt
    visit_notes: VisitNotes | None


@dataclass(frozen=True)
class AgreedLevelPage:
    """One statement: what each of the team says, what the city signed, what is agreed."""

    title: str
    place: Place
    sheet: Worksheet
    views: tuple[View, ...]
    spread: str
    reason_hint: str
    answer: CityAnswer
    answer_level: str
    badge: Badge | None
    agreed: int
    statements: int
    next_open: AskedStatement | None
    dissent: DissentPart
    questions: QuestionsAt
    visit_notes: VisitNotes | None
    template: ClassVar[str] = "consensus/agreed_level.html"

    @classmethod
    def of(
        cls,
        agreed: AgreedLevel,
        statement: AskedStatement,
        questionnaire: Questionnaire,
        said: Sequence[Justified],
        answer: CityAnswer,
        table: Table,
        dissent: DissentPart,
        around: AroundPart,
        who: User,
        attempt: Attempt = NO_ATTEMPT,
    ) -> AgreedLevelPage:
        order = [row.statement for row in table.rows]
        place = order.index(statement)
        city_level = badge_of(answer.mark, statement)
        titles = {one.id: one.title for one in answer.evidence}
        sheet = Worksheet.of(
            agreed,
            statement,
            questionnaire,
            who,
            may_write=allowed(who, Action.AGREED_LEVEL_WRITE, agreed.assessment, now()),
            choose=for_reviewer,
            attempt=attempt,
            neighbours=(
                order[place - 1] if place else None,
                order[place + 1] if place + 1 < len(order) else None,
            ),
        )
        return cls(
            title=sheet.title,
            place=Place.of(agreed.assessment),
            sheet=sheet,
            views=tuple(View.of(one, statement, titles) for one in said),
            spread=spread_words(table.rows[place]),
            reason_hint=_reason_hint(table.rows[place].marks),
            answer=answer,
            answer_level=city_level.text if city_level else "",
            badge=badge_of(agreed.mark, statement),
            agreed=len(table.rows) - len(table.open),
            statements=len(table.rows),
            next_open=_next_open(order[place + 1 :] + order[:place], table),
            dissent=dissent,
            questions=around.questions,
            visit_notes=around.visit_notes,
        )


def _reason_hint(given: Sequence[str]) -> str:
    """Whether a reason is needed here for whatever level the team chooses."""
    if given and reason_needed(given[0], given):
        return gettext(
            "Needed here, because the levels lie two or more apart: say what settled it. Up to"
            " 10,000 characters."
        )
    return gettext(
        "Needed where you agree on a level that none of you gave. Else, say what settled it if"
        " the scores differ. Up to 10,000 characters."
    )


def _next_open(ring: Sequence[AskedStatement], table: Table) -> AskedStatement | None:
    return next((one for one in ring if one in table.open), None)
