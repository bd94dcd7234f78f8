"""Consensus: the team compares its independent scores and agrees on a level per statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models import (
    AgreedLevel,
    Assent,
    Assessment,
    AssessmentState,
    Assignment,
    AssignmentState,
    Consensus,
    ConsensusState,
    Revision,
    User,
    marks,
)
from reviews import texts
from reviews.assigning import ENDED
from reviews.errors import Incomplete, NotNow, Stale, Unusable
from reviews.journal import record
from reviews.machine import Machine, Step
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import Known, Sent, after_save, save

WIDE = 2
"""From so many levels between the highest and the lowest on, a team says what settled it."""

Open, Agreed = ConsensusState.OPEN, ConsensusState.AGREED

# fmt: off
LIFE = Machine(Open, [
    Step("close", Open, Agreed),
], refusals={
    Open:   "Consensus is open.",
    Agreed: "Consensus is closed; the agreed levels do not change any more.",
})
# fmt: on


@dataclass(frozen=True)
class Divergence:
    """One statement with the marks of all reviewers, in the order of the team.

    `spread` is the distance between the highest and the lowest level, None with fewer than
    two levels.
    """

    statement: AskedStatement
    marks: tuple[str, ...]

    @property
    def levels(self) -> tuple[int, ...]:
        return tuple(level for mark in self.marks if (level := marks.level_of(mark)) is not None)

    @property
    def spread(self) -> int | None:
        return max(self.levels) - min(self.levels) if len(self.levels) > 1 else None

    @property
    def disagreement(self) -> float:
        """What statements are ordered by: the spread; a level beside a "cannot judge" or a
        "not the city's competence" weighs more than no difference and less than one level."""
        if self.spread:
            return self.spread
        return 0.5 if len(set(self.marks)) > 1 else 0

    @property
    def unanimous(self) -> str | None:
        """The mark that every reviewer gave, if it says something about the city."""
        first = self.marks[0] if self.marks else marks.CANNOT_JUDGE
        same = all(mark == first for mark in self.marks)
        return first if same and first != marks.CANNOT_JUDGE else None


def team(assessment: Assessment) -> tuple[Assignment, ...]:
    """The reviewers whose finished review counts, the lead first."""
    finished = [one for one in assessment.assignments if one.state is AssignmentState.SUBMITTED]
    return tuple(sorted(finished, key=lambda one: (not one.lead, one.id)))


def divergences(
    questionnaire: Questionnaire, team_marks: Sequence[Sequence[str]]
) -> list[Divergence]:
    """All statements, widest disagreement first; `team_marks` per reviewer, per statement."""
    rows = [
        Divergence(statement, tuple(per_reviewer[place] for per_reviewer in team_marks))
        for place, statement in enumerate(questionnaire.statements)
    ]
    return sorted(rows, key=lambda row: -row.disagreement)


def open_consensus(assessment: Assessment, *, by: User, now: datetime) -> Consensus:
    """Let the team see each other's scores. Raises Incomplete until all have submitted."""
    if assessment.state is not AssessmentState.IN_REVIEW or assessment.consensus is not None:
        raise NotNow("Consensus opens once, after the reviews.")
    working = [one for one in assessment.assignments if one.state not in ENDED]
    waiting = [one for one in working if one.state is not AssignmentState.SUBMITTED]
    if waiting:
        raise Incomplete(
            "%(count)d reviewers have not submitted yet.",
            missing=[str(one.id) for one in waiting],
            count=len(waiting),
        )
    minimum = assessment.round.minimum_reviewers
    if len(working) < minimum:
        raise Incomplete(
            "This round asks for at least %(minimum)d submitted reviews.",
            missing=[],
            minimum=minimum,
        )
    if not any(one.lead for one in working):
        raise Incomplete("The team has no lead reviewer.", missing=[])
    consensus = Consensus(opened_by=by, opened_at=now)
    assessment.consensus = consensus
    record(by, "consensus:open", assessment, now=now, reviewers=len(working))
    return consensus


def set_agreed_level(
    agreed: AgreedLevel,
    statement: AskedStatement,
    sent: Sent,
    known: Known,
    *,
    given: Sequence[str],
    by: User,
    now: datetime,
) -> Revision | None:
    """Write down what the team agrees on for one statement; `given` are its own marks there.
    Raises Unusable where a reason is needed, else as saving.save does."""
    refuse_closed(agreed.consensus)
    if sent.content.get("mark", "") not in statement.score_marks:
        raise Unusable("Choose one of the levels of this statement.", field="mark")
    content = {name: texts.typed(text, field=name) for name, text in sent.content.items()}
    clean = Sent(content, sent.base, sent.key)
    if known.under_key is None:
        _refuse_without_reason(after_save(agreed, clean, known), given)
    revision = save(agreed, clean, known, by=by, now=now)
    if revision is not None and revision is not known.under_key:
        agreed.consensus.number += 1
        record(by, "agreed-level:write", agreed, now=now, statement=statement.code)
    return revision


def reason_needed(mark: str, given: Sequence[str]) -> str:
    """Why a team has to say what made it agree on a mark; nothing where it need not."""
    levels = [level for one in given if (level := marks.level_of(one)) is not None]
    if mark == marks.EMPTY:
        return ""
    if levels and max(levels) - min(levels) >= WIDE:
        return "The team's levels lie two or more apart here. Say what settled it."
    level = marks.level_of(mark)
    between = level is not None and levels and min(levels) <= level <= max(levels)
    if mark not in given and not between:
        return "None of the team gave this level or one on either side of it. Say why it is right."
    return ""


def adopt_unanimous(
    consensus: Consensus, rows: Sequence[Divergence], *, by: User, now: datetime
) -> int:
    """Agree at once on every open statement where all reviewers gave the same mark.

    Returns how many were adopted. A level the team already agreed on is left alone.
    """
    refuse_closed(consensus)
    by_statement = {agreed.statement_id: agreed for agreed in consensus.agreed_levels}
    adopted = 0
    for row in rows:
        agreed = by_statement.get(row.statement.id)
        if row.unanimous is None or (agreed and agreed.mark != marks.EMPTY):
            continue
        if agreed is None:
            agreed = AgreedLevel(statement_id=row.statement.id)
            consensus.agreed_levels.append(agreed)
        save(agreed, Sent({"mark": row.unanimous}, agreed.number), Known(), by=by, now=now)
        adopted += 1
    if adopted:
        consensus.number += 1
        record(by, "agreed-level:adopt", consensus.assessment, now=now, statements=adopted)
    return adopted


def agree(
    consensus: Consensus,
    assignment: Assignment,
    *,
    shown: int,
    dissent: str,
    by: User,
    now: datetime,
) -> Assent:
    """Agree with the levels as they were shown, or dissent with a text.

    Raises Stale when a level changed since `shown`.
    """
    refuse_closed(consensus)
    if shown != consensus.number:
        raise Stale(
            "An agreed level has changed since you opened this page. Look at it again.",
            theirs={},
            number=consensus.number,
        )
    text = texts.typed(dissent, field="dissent").strip()
    assent = next((one for one in consensus.assents if one.assignment is assignment), None)
    if assent is None:
        assent = Assent(assignment=assignment, consensus_number=shown, given_at=now, dissent=text)
        consensus.assents.append(assent)
    assent.consensus_number, assent.given_at, assent.dissent = shown, now, text
    record(by, "consensus:agree", consensus.assessment, now=now, number=shown, dissent=bool(text))
    return assent


def not_agreed(consensus: Consensus, questionnaire: Questionnaire) -> tuple[AskedStatement, ...]:
    """The statements that have no agreed level yet."""
    done = {one.statement_id for one in consensus.agreed_levels if one.mark != marks.EMPTY}
    return tuple(one for one in questionnaire.statements if one.id not in done)


def close(consensus: Consensus, questionnaire: Questionnaire, *, by: User, now: datetime) -> None:
    """Close the consensus. Raises Incomplete with the codes that have no agreed level.

    A reviewer who has said nothing does not hold up the team; the page says who is silent.
    """
    target = LIFE.after(consensus.state, "close")
    gaps = not_agreed(consensus, questionnaire)
    if gaps:
        raise Incomplete(
            "%(count)d statements have no agreed level yet.",
            missing=[statement.code for statement in gaps],
            count=len(gaps),
        )
    consensus.state = target
    consensus.closed_by, consensus.closed_at = by, now
    record(by, "consensus:close", consensus.assessment, now=now, number=consensus.number)


def refuse_closed(consensus: Consensus) -> None:
    """Raise NotNow once a consensus is closed."""
    if consensus.state is not Open:
        raise NotNow(LIFE.refusals[consensus.state])


def _refuse_without_reason(after: Mapping[str, str], given: Sequence[str]) -> None:
    needed = "" if after["reason"].strip() else reason_needed(after["mark"], given)
    if needed:
        raise Unusable(needed, field="reason")
