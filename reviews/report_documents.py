"""The report as one document: what the city reads, two coordinators approve and all may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models import Block, Finding, Report, ReportSection, marks
from reviews import reports
from reviews.questionnaires import Questionnaire
from reviews.submissions import named


def report_document(
    report: Report,
    questionnaire: Questionnaire,
    *,
    self_marks: Sequence[str],
    agreed: Mapping[int, str],
    team: Sequence[str],
) -> dict[str, Any]:
    """The report as it stands; `self_marks` in the order of the instrument, `agreed` by statement
    id, `team` the cities that the peers come from. It holds no score of one reviewer, and no
    person: its hash can be shown before it is published."""
    assessment = report.assessment
    number = reports.next_edition(report)
    sections = {(one.role, one.block): one for one in report.sections}
    own = dict(zip((one.id for one in questionnaire.statements), self_marks, strict=True))
    return {
        "round": assessment.round.slug,
        "city": assessment.city.slug,
        "instrument": named(questionnaire),
        "edition": number,
        "corrects": report.editions[-1].sha256 if report.editions else None,
        "reason": report.correction_reason,
        "team": sorted(team),
        "introduction": _text(sections.get(("", Block.INTRODUCTION))),
        "roles": [
            {
                "role": role.code,
                **{
                    block.value: _text(sections.get((role.code, block)))
                    for block in reports.ROLE_BLOCKS
                },
                "levels": [
                    {
                        "statement": statement.code,
                        "self": own[statement.id],
                        "agreed": agreed.get(statement.id, marks.EMPTY),
                    }
                    for statement in role.statements
                ],
            }
            for role in questionnaire.roles
        ],
        "findings": [_finding(one) for one in reports.standing(report)],
    }


def _text(section: ReportSection | None) -> str:
    return section.text if section else ""


def _finding(finding: Finding) -> dict[str, Any]:
    reply = finding.reply if finding.reply is not None and finding.reply.text.strip() else None
    return {
        "id": f"F{finding.place}",
        "kind": finding.kind,
        "statement": finding.statement,
        "text": finding.text,
        "priority": finding.priority,
        "addressee": finding.addressee,
        "reply": reply.text if reply else "",
        "answer": reply.answer.value if reply and reply.answer else "",
        "answer_text": reply.answer_text if reply else "",
        "reworded": reply.reworded if reply else "",
    }
