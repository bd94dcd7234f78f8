"""The report on a city as people read it: built from its document, and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext

from models import Block, FindingKind, PeersAnswer, Priority
from reviews.questionnaires import AskedRole, Questionnaire
from webapp.badges import Badge, badge_of
from webapp.words import finding_kind_words, peers_answer_words, priority_words

BLOCKS = {
    Block.INTRODUCTION: lazy_gettext("Introduction"),
    Block.SELF_ASSESSMENT: lazy_gettext("How the city sees itself"),
    Block.FINDINGS: lazy_gettext("Findings and good practices"),
    Block.CHALLENGES: lazy_gettext("Challenges"),
}
KINDS = {
    FindingKind.STRENGTH: lazy_gettext("Strengths"),
    FindingKind.CHALLENGE: lazy_gettext("Challenges"),
    FindingKind.GOOD_PRACTICE: lazy_gettext("Good practices"),
    FindingKind.RECOMMENDATION: lazy_gettext("Recommendations"),
}


@dataclass(frozen=True)
class LevelLine:
    """One statement: the city's own level and the one that the peers agreed on."""

    code: str
    title: str
    own: Badge | None
    agreed: Badge | None


@dataclass(frozen=True)
class BlockText:
    name: str
    title: str
    text: str


@dataclass(frozen=True)
class RoleText:
    """What the report says about one role of the city, and its levels."""

    code: str
    title: str
    blocks: tuple[BlockText, ...]
    levels: tuple[LevelLine, ...]

    @classmethod
    def of(cls, row: Mapping[str, Any], role: AskedRole) -> RoleText:
        titles = {one.code: one.title for one in role.statements}
        return cls(
            code=role.code,
            title=role.title,
            blocks=tuple(
                BlockText(block.value, str(title), row[block.value])
                for block, title in BLOCKS.items()
                if block.value in row
            ),
            levels=tuple(
                LevelLine(
                    code=one["statement"],
                    title=titles[one["statement"]],
                    own=badge_of(one["self"]),
                    agreed=badge_of(one["agreed"]),
                )
                for one in row["levels"]
            ),
        )


@dataclass(frozen=True)
class FindingText:
    """One finding, with the city's reply and the peers' answer once there are any."""

    id: str
    kind: str
    statement: str
    statement_title: str
    text: str
    priority: str
    addressee: str
    reply: str
    answer: str
    answer_text: str
    reworded: str

    @classmethod
    def of(cls, row: Mapping[str, str], questionnaire: Questionnaire) -> FindingText:
        statement = questionnaire.statement(row["statement"])
        recommends = row["kind"] == FindingKind.RECOMMENDATION
        return cls(
            id=row["id"],
            kind=finding_kind_words(FindingKind(row["kind"])),
            statement=row["statement"],
            statement_title=statement.title if statement else "",
            text=row["text"],
            priority=(
                priority_words(Priority(row["priority"])) if recommends and row["priority"] else ""
            ),
            addressee=row["addressee"] if recommends else "",
            reply=row["reply"],
            answer=peers_answer_words(PeersAnswer(row["answer"])) if row["answer"] else "",
            answer_text=row["answer_text"],
            reworded=row["reworded"],
        )


@dataclass(frozen=True)
class KindOfFindings:
    name: str
    title: str
    findings: tuple[FindingText, ...]


@dataclass(frozen=True)
class ReportText:
    """All that a report says."""

    team: tuple[str, ...]
    introduction: str
    roles: tuple[RoleText, ...]
    kinds: tuple[KindOfFindings, ...]
    edition: int
    corrects: str
    reason: str

    @classmethod
    def of(cls, document: Mapping[str, Any], questionnaire: Questionnaire) -> ReportText:
        roles = {one.code: one for one in questionnaire.roles}
        return cls(
            team=tuple(document["team"]),
            introduction=document["introduction"],
            roles=tuple(RoleText.of(row, roles[row["role"]]) for row in document["roles"]),
            kinds=_kinds(document["findings"], questionnaire),
            edition=document["edition"],
            corrects=document["corrects"] or "",
            reason=document["reason"],
        )


def _kinds(
    findings: Sequence[Mapping[str, str]], questionnaire: Questionnaire
) -> tuple[KindOfFindings, ...]:
    """The findings by kind; a kind without any is left out."""
    groups = (
        (
            kind,
            title,
            tuple(FindingText.of(one, questionnaire) for one in findings if one["kind"] == kind),
        )
        for kind, title in KINDS.items()
    )
    return tuple(
        KindOfFindings(kind.value, str(title), rows) for kind, title, rows in groups if rows
    )
