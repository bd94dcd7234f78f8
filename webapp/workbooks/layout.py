"""The workbook of a city: what is in it, and its columns in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext, lazy_gettext

from models import Answer, Assessment, Citation, EvidenceKind, marks
from reviews import texts, workbooks
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.workbooks import BASE, CODE
from webapp import filters
from webapp.sheet_changes import Fields
from webapp.sheet_layout import ABOUT
from webapp.words import document_kind_words
from webapp.xlsx.writing import Column, Prose, Table, write_workbook

COLUMN_WORDS = {
    CODE: lazy_gettext("Code"),
    BASE: lazy_gettext("Number"),
    "mark": lazy_gettext("How far is the city?"),
    "text": lazy_gettext("What shows this?"),
    "remit_reason": lazy_gettext("If not your competence: who decides, and why?"),
}
_IDENTITY_WORDS = {
    "format": lazy_gettext("Kind of sheet"),
    "round": lazy_gettext("Round"),
    "city": lazy_gettext("City"),
    "instrument": lazy_gettext("Questionnaire"),
    "sha256": lazy_gettext("Fingerprint of the questionnaire"),
    "version": lazy_gettext("Version of the assessment"),
}


def labels(statement: AskedStatement) -> dict[str, str]:
    """The words of the drop-down, by mark."""
    offered = {str(value): f"{value}: {text}" for value, text in statement.levels}
    if statement.may_be_outside_remit:
        offered[marks.NOT_OUR_COMPETENCE] = remit_words()
    return offered


def understood(statement: AskedStatement) -> dict[str, str]:
    """The same with what no statement may be given, so that it is refused by its name."""
    return {**labels(statement), marks.NOT_OUR_COMPETENCE: remit_words()}


def remit_words() -> str:
    return gettext("Not our competence")


def form_of(
    assessment: Assessment,
    questionnaire: Questionnaire,
    answers: Mapping[int, Answer],
    citations: Sequence[Citation],
) -> bytes:
    """The form of a city as a workbook, with its answers as they are now. `questionnaire` is
    what the person sees of it.

    Its date is that of the latest save, so that the same answers are the same bytes.
    """
    saves = [one.changed_at for one in answers.values() if one.changed_at]
    latest = max(saves, default=assessment.round.created_at)
    title = gettext(
        "Self-assessment of %(city)s, %(round)s",
        city=assessment.city.name,
        round=assessment.round.title,
    )
    return write_workbook(
        [
            _answers(questionnaire, answers),
            _guidance(questionnaire, title),
            _evidence(questionnaire, citations),
            _about(assessment, questionnaire, title, latest),
        ],
        title=title,
        made_at=latest,
    )


def _answers(questionnaire: Questionnaire, answers: Mapping[int, Answer]) -> Table:
    lines, offered = [], []
    for role in questionnaire.roles:
        for commitment in role.commitments:
            for statement in commitment.statements:
                lines.append(
                    (
                        statement.code,
                        str(answers[statement.id].number if statement.id in answers else 0),
                        role.title,
                        f"{commitment.code} {commitment.title}",
                        f"{statement.title}\n{statement.text}",
                        statement.guidance,
                        "\n".join(f"{value}: {text}" for value, text in statement.levels),
                        *_filled(statement, answers.get(statement.id)),
                    )
                )
                offered.append(tuple(labels(statement).values()))
    return Table(
        name=gettext("Answers"),
        columns=(
            Column(CODE, str(COLUMN_WORDS[CODE]), 7),
            Column(BASE, str(COLUMN_WORDS[BASE]), hidden=True),
            Column("role", gettext("Role"), 12),
            Column("commitment", gettext("Commitment"), 16),
            Column("asked", gettext("Statement"), 32),
            Column("guidance", gettext("Guidance"), 32),
            Column("levels", gettext("Levels"), 46),
            Column("mark", str(COLUMN_WORDS["mark"]), 26, fill=True),
            Column("text", str(COLUMN_WORDS["text"]), 46, fill=True, most=texts.LONG),
            Column(
                "remit_reason", str(COLUMN_WORDS["remit_reason"]), 26, fill=True, most=texts.LONG
            ),
        ),
        lines=lines,
        choices={"mark": offered},
        fixed=1,
    )


def _filled(statement: AskedStatement, answer: Answer | None) -> tuple[str, str, str]:
    if answer is None:
        return "", "", ""
    return labels(statement).get(answer.mark, ""), answer.text, answer.remit_reason


def _guidance(questionnaire: Questionnaire, title: str) -> Prose:
    return Prose(
        name=gettext("How to fill in"),
        heading=title,
        paragraphs=[
            questionnaire.introduction,
            gettext("Only the three white columns at the right of the answers can change."),
            gettext(
                "How far is the city: choose from the list, or type the number of the level. "
                "Empty means that nothing is said yet."
            ),
            gettext(
                "What shows this: say what a visitor would find, in at most 10,000 characters. "
                "Alt+Enter begins a new line."
            ),
            gettext(
                'If another authority decides, choose "%(words)s" where the list has it, and '
                "say who decides. It does not count against your city.",
                words=remit_words(),
            ),
            gettext(
                "Save as Excel workbook (.xlsx) and send it in on the page that this file comes "
                "from. Each change is shown before anything is stored, and what a colleague has "
                "changed meanwhile is never overwritten unseen."
            ),
            gettext(
                "Evidence is listed for reading only: add it on the page of the statement. "
                "Formulas are taken for what they show."
            ),
        ],
    )


def _evidence(questionnaire: Questionnaire, citations: Sequence[Citation]) -> Table:
    lines = []
    for statement in questionnaire.statements:
        for citation in citations:
            if citation.statement_id == statement.id:
                one, current = citation.evidence, citation.evidence.current
                link = current.kind is EvidenceKind.LINK
                lines.append(
                    (
                        statement.code,
                        one.title,
                        document_kind_words(one.document_kind),
                        citation.pointer,
                        citation.claim,
                        (current.address if link else current.file_name) or "",
                    )
                )
    return Table(
        name=gettext("Evidence"),
        columns=(
            Column("cited", gettext("Statement"), 10),
            Column("title", gettext("Title"), 44),
            Column("kind", gettext("Kind"), 22),
            Column("pointer", gettext("Where to look"), 24),
            Column("claim", gettext("What it shows"), 44),
            Column("place", gettext("Web address or file"), 44),
        ),
        lines=lines,
        fixed=1,
    )


def _about(
    assessment: Assessment, questionnaire: Questionnaire, title: str, latest: datetime
) -> Table:
    facts = workbooks.identity(assessment, questionnaire)
    return Table(
        name=gettext("About"),
        columns=(
            Column("words", gettext("About this workbook"), 34),
            Column("value", title, 70),
            Column(ABOUT, "", hidden=True),
        ),
        lines=[
            *((str(_IDENTITY_WORDS[name]), value, name) for name, value in facts.items()),
            (gettext("Answers as of"), filters.date_time(latest), "as_of"),
        ],
    )


def options(name: str, statement: AskedStatement) -> dict[str, str]:
    """What can be chosen in a field, in words by mark; nothing for a text."""
    if name != "mark":
        return {}
    return {mark: mark_words(statement, mark) for mark in [*labels(statement), marks.EMPTY]}


def mark_words(statement: AskedStatement, mark: str) -> str:
    """A mark in words, with what the statement's scale says about it."""
    texts = {str(value): text for value, text in statement.levels}
    return f"{filters.mark(mark)}: {texts[mark]}" if mark in texts else filters.mark(mark)


FIELDS = Fields(COLUMN_WORDS, options)
