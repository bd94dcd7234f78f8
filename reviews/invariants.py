"""What must always hold, as functions over one city in one round, or over a round as a whole: the
letters and numbers are those of the process document.

Each yields one sentence per case in which its premise held: empty where it holds, and otherwise
what is broken. So whoever runs them also learns how often each was put to the test.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from models import (
    Assessment,
    AssessmentState,
    AssignmentState,
    CityRole,
    ConsensusState,
    ConsentChoice,
    ReportState,
    Round,
    Snapshot,
    User,
    marks,
)
from reviews import consensus, releases, reports, snapshots
from reviews.assigning import ENDED
from reviews.hats import Hat, conflicted, worn
from reviews.phases import phase
from reviews.policy import Action, allowed
from reviews.questionnaires import Questionnaire
from reviews.saving import Kept, content_of
from reviews.submissions import sha256

T = TypeVar("T")
BEFORE_CONSENSUS = "DLSU"
OF_THE_TEAM = Hat.INVITED | Hat.TEAM | Hat.COORDINATOR
TEAM_ONLY = (Action.CONSENSUS_READ, Action.CONSENSUS_AGREE)


@dataclass(frozen=True)
class Case:
    """One city in one round, with the people around it, the saves of all that is kept there
    (number and content, in order) and how often each deed is in the journal."""

    assessment: Assessment
    questionnaire: Questionnaire
    people: Sequence[User]
    saves: Sequence[tuple[Kept, Sequence[tuple[int, Mapping[str, str]]]]]
    deeds: Mapping[str, int]
    approvers_needed: int
    now: datetime

    def __str__(self) -> str:
        return f"{self.assessment.city.slug} in {self.assessment.round.slug}"

    def may(self, who: User, action: Action, thing: object | None = None) -> bool:
        return allowed(who, action, thing or self.assessment, self.now)


@dataclass(frozen=True)
class RoundCase:
    """One round with what is frozen of it and became public."""

    round: Round
    now: datetime

    def __str__(self) -> str:
        return self.round.slug


def a3_independent(case: Case) -> Iterator[str]:
    """Before the own review is in and the consensus open, a reviewer reads nobody else's."""
    early = phase(case.assessment).value in BEFORE_CONSENSUS
    for one in case.assessment.assignments:
        if early or one.state is not AssignmentState.SUBMITTED:
            seen = [action for action in TEAM_ONLY if _as_reviewer(case, one.reviewer, action)]
            yield f"{one.reviewer.email} may {seen}" if seen else ""


def _as_reviewer(case: Case, who: User, action: Action) -> bool:
    # Whoever also coordinates the round has that right from there.
    other = worn(who, case.assessment, case.now) & Hat.COORDINATOR
    return not other and case.may(who, action)


def a4_conflict(case: Case) -> Iterator[str]:
    """A conflict of interest takes away every right but those of the own city's staff."""
    for who in case.people:
        if conflicted(who, case.assessment.city):
            kept = worn(who, case.assessment, case.now) & OF_THE_TEAM
            yield f"{who.email} still is {kept}" if kept else ""


def a6_attribution(case: Case) -> Iterator[str]:
    """Nobody of the city ever reads who gave which score."""
    for who in case.people:
        if any(one.city is case.assessment.city for one in who.city_memberships):
            read = case.may(who, Action.CONSENSUS_READ) or any(
                case.may(who, Action.REVIEW_READ, one) for one in case.assessment.assignments
            )
            yield f"{who.email} may read scores by name" if read else ""


def b1_hashes(case: Case) -> Iterator[str]:
    """What was signed, submitted or published still is what its hash says."""
    report = case.assessment.report
    frozen = [
        *case.assessment.submissions,
        *(one.submission for one in case.assessment.assignments if one.submission is not None),
        *(report.editions if report is not None else ()),
    ]
    for row in frozen:
        same = sha256(row.document) == row.sha256
        yield "" if same else f"{type(row).__name__} {row.id} is not what was signed"


def b2_versions(case: Case) -> Iterator[str]:
    """Versions and editions are numbered without a gap."""
    numbers = [one.version for one in case.assessment.submissions]
    report = case.assessment.report
    editions = [one.number for one in report.editions] if report is not None else []
    for found in (numbers, editions):
        if found:
            yield "" if found == list(range(1, len(found) + 1)) else f"numbered {found}"


def b3_signatory(case: Case) -> Iterator[str]:
    """Each version was signed by a signatory of the city."""
    for one in case.assessment.submissions:
        signs = any(
            role.city is case.assessment.city
            and role.role is CityRole.SIGNATORY
            and role.since <= one.signed_at
            and (role.ended_at is None or role.ended_at > one.signed_at)
            for role in one.signed_by.city_memberships
        )
        yield "" if signs else f"version {one.version} was signed by no signatory"


def b5_editions(case: Case) -> Iterator[str]:
    """Each edition was approved by enough people, and a correction names what it corrects."""
    report, before = case.assessment.report, None
    if report is None:
        return
    for edition in report.editions:
        by = {one.by_id for one in report.approvals if one.edition == edition.number}
        named = json.loads(edition.document)["corrects"]
        if len(by) < case.approvers_needed:
            yield f"edition {edition.number} was approved by {len(by)}"
        else:
            yield "" if named == before else f"edition {edition.number} corrects {named}"
        before = edition.sha256


def b6_instrument(case: Case) -> Iterator[str]:
    """Each answer and each score is about a statement of the round's instrument."""
    known = {one.id for one in case.questionnaire.statements}
    for answer in case.assessment.answers:
        there = answer.statement_id in known
        yield "" if there else f"answer {answer.id} is about another questionnaire"
    for score in (score for one in case.assessment.assignments for score in one.scores):
        there = score.statement_id in known
        yield "" if there else f"score {score.id} is about another questionnaire"


def c3_chain(case: Case) -> Iterator[str]:
    """The saves of a thing are numbered one by one, and it holds what the last one wrote."""
    for kept, saves in case.saves:
        numbers = [number for number, _ in saves]
        if numbers != list(range(1, kept.number + 1)):
            yield f"{type(kept).__name__} {kept.id} has the saves {numbers}"
        elif saves:
            stored, last = content_of(kept), saves[-1][1]
            same = all(stored[name] == text for name, text in last.items())
            yield "" if same else f"{type(kept).__name__} {kept.id} is not what was saved last"


def d1_deeds(case: Case) -> Iterator[str]:
    """Each signature, review, agreement and edition is in the journal once."""
    report = case.assessment.report
    happened = {
        "assessment:sign": len(case.assessment.submissions),
        "review:submit": sum(one.submission is not None for one in case.assessment.assignments),
        "consensus:open": int(case.assessment.consensus is not None),
        "report:publish": len(report.editions) if report is not None else 0,
    }
    for deed, count in happened.items():
        if count or case.deeds.get(deed):
            written = case.deeds.get(deed, 0)
            yield "" if written == count else f"{deed}: {count} times, {written} in the journal"


def d3_scores(case: Case) -> Iterator[str]:
    """Each score is an allowed one, of a reviewer who declared no conflict."""
    allowed_marks = {one.id: one.score_marks for one in case.questionnaire.statements}
    for one in case.assessment.assignments:
        for score in one.scores:
            if score.mark not in ("", *allowed_marks.get(score.statement_id, ())):
                yield f"score {score.id} is {score.mark!r}"
            else:
                declared = one.no_conflict_declared_at is not None
                yield "" if declared else f"{one.reviewer.email} declared nothing"


def d4_complete(case: Case) -> Iterator[str]:
    """A submitted review lacks no statement."""
    for one in case.assessment.assignments:
        if one.submission is not None:
            given = [row["mark"] for row in json.loads(one.submission.document)["scores"]]
            whole = len(given) == len(case.questionnaire.statements) and marks.EMPTY not in given
            yield "" if whole else f"the review of {one.reviewer.email} has gaps"


def d5_consensus(case: Case) -> Iterator[str]:
    """A consensus has enough reviewers, all of whom have submitted; whoever left counts not."""
    if case.assessment.consensus is not None:
        working = [one for one in case.assessment.assignments if one.state not in ENDED]
        done = consensus.team(case.assessment)
        enough = len(done) >= case.assessment.round.minimum_reviewers
        yield "" if enough and len(working) == len(done) else "a consensus without its reviews"


def d6_reply(case: Case) -> Iterator[str]:
    """A report is final only after the reply was signed or its date had passed."""
    report = case.assessment.report
    if report is not None and report.state in (ReportState.FINAL, ReportState.PUBLISHED):
        approved = [one.at for one in report.approvals if one.edition == 1]
        heard = bool(approved) and (
            report.reply_signed_at is not None
            or (report.reply_due is not None and report.reply_due < max(approved))
        )
        yield "" if heard else "the report is final, and the city was not heard"


def d7_published(case: Case) -> Iterator[str]:
    """Published means: signed by the city, agreed by the team, approved."""
    report = case.assessment.report
    if report is not None and report.state is ReportState.PUBLISHED:
        agreed = case.assessment.consensus
        whole = (
            bool(case.assessment.submissions)
            and agreed is not None
            and agreed.state is ConsensusState.AGREED
            and bool(report.editions)
            and not reports.unanswered(report)
        )
        yield "" if whole else "a report was published before its time"


def d9_left(case: Case) -> Iterator[str]:
    """Whoever left the team has no hat of it, and no score that counts."""
    counted = consensus.team(case.assessment)
    for one in case.assessment.assignments:
        if one.state in ENDED:
            hats = worn(one.reviewer, one, case.now) & (Hat.INVITED | Hat.TEAM)
            yield f"{one.reviewer.email} left and still is {hats}" if hats or one in counted else ""


def d10_order(case: Case) -> Iterator[str]:
    """A review is under way only for a city that has signed."""
    if case.assessment.state is AssessmentState.IN_REVIEW:
        yield "" if case.assessment.submissions else "under review without a signature"


def b8_releases(case: RoundCase) -> Iterator[str]:
    """Each release was approved before, by nobody too close to one of its cities."""
    for made in releases.releases(case.round):
        given = [one for one in made.snapshot.approvals if one.at <= made.released_at]
        close = [one.by.email for one in given if _was_close(one.by, made.snapshot, one.at)]
        if not given:
            yield f"release {made.number} was approved by nobody"
        else:
            yield f"release {made.number} was approved by {close}" if close else ""


def _was_close(who: User, snapshot: Snapshot, at: datetime) -> bool:
    """Whether somebody had a tie to a city of the snapshot at that time already."""
    ties = [one.city.slug for one in who.city_memberships if one.since <= at]
    ties += [one.city.slug for one in who.conflicts if one.declared_at <= at]
    return not set(ties).isdisjoint(snapshot.cities)


def d11_public(case: RoundCase) -> Iterator[str]:
    """Figures are public only where every report behind them is."""
    for made in releases.releases(case.round):
        if releases.is_public(made, case.now):
            waiting = releases.unpublished(made.snapshot)
            yield f"release {made.number} is public, and not {waiting}" if waiting else ""


def g1_frozen(case: RoundCase) -> Iterator[str]:
    """What went into a snapshot, and what came out, still is what its hashes say."""
    for one in case.round.snapshots:
        kept = ((one.input, one.input_sha256), (one.result, one.result_sha256))
        same = all(_hash_of(stored) == expected for stored, expected in kept)
        yield "" if same else f"snapshot {one.number} is not what was frozen"


def _hash_of(stored: bytes) -> str:
    """The hash of what is stored; none of something that is no such text."""
    try:
        return sha256(snapshots.unpacked(stored))
    except (ValueError, zlib.error):
        return ""


def g6_cities(case: RoundCase) -> Iterator[str]:
    """All snapshots of a round hold the same cities, and name none but those."""
    for one in case.round.snapshots:
        same = one.cities == case.round.snapshots[0].cities and set(one.named) <= set(one.cities)
        yield "" if same else f"snapshot {one.number} holds or names other cities"


def k4_consent(case: RoundCase) -> Iterator[str]:
    """Whoever is named had agreed when it was frozen, and still when it became public."""
    for one in case.round.snapshots:
        moments = [one.taken_at]
        moments += [made.public_from for made in one.releases if made.called_off_at is None]
        for assessment in case.round.assessments:
            if assessment.city.slug in one.named:
                agreed = all(_agreed_at(assessment, at) for at in moments if at <= case.now)
                yield "" if agreed else f"snapshot {one.number} names {assessment.city.slug}"


def _agreed_at(assessment: Assessment, at: datetime) -> bool:
    said = [one.choice for one in assessment.consents if one.at <= at]
    return bool(said) and said[-1] is ConsentChoice.NAMED


CHECKS: dict[str, Callable[[Case], Iterator[str]]] = {
    check.__name__.partition("_")[0].upper(): check
    for check in (
        a3_independent,
        a4_conflict,
        a6_attribution,
        b1_hashes,
        b2_versions,
        b3_signatory,
        b5_editions,
        b6_instrument,
        c3_chain,
        d1_deeds,
        d3_scores,
        d4_complete,
        d5_consensus,
        d6_reply,
        d7_published,
        d9_left,
        d10_order,
    )
}

ROUND_CHECKS: dict[str, Callable[[RoundCase], Iterator[str]]] = {
    check.__name__.partition("_")[0].upper(): check
    for check in (b8_releases, d11_public, g1_frozen, g6_cities, k4_consent)
}


@dataclass(frozen=True)
class Outcome:
    """How often a check was put to the test, and what it found broken."""

    tested: int
    broken: tuple[str, ...]


def checked(case: Case) -> dict[str, Outcome]:
    """The outcome of every check for one city."""
    return _outcomes(case, CHECKS)


def checked_round(case: RoundCase) -> dict[str, Outcome]:
    """The outcome of every check for one round."""
    return _outcomes(case, ROUND_CHECKS)


def _outcomes(case: T, checks: Mapping[str, Callable[[T], Iterator[str]]]) -> dict[str, Outcome]:
    outcomes = {}
    for name, check in checks.items():
        said = list(check(case))
        outcomes[name] = Outcome(len(said), tuple(f"{case}: {words}" for words in said if words))
    return outcomes
