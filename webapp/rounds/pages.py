"""What coordinators see of a round: the cockpit, its set-up, the team of a city."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext, ngettext

from models import Assessment, Assignment, AssignmentState, City, Phase, Round, RoundState, User
from reviews.assigning import ENDED
from reviews.assigning import LIFE as ASSIGNMENT_LIFE
from reviews.hats import conflicted
from reviews.phases import phase
from reviews.policy import Action, Verdict, allowed, verdict
from reviews.queries.rounds import CityInRound, PoolMember
from reviews.queries.work import RoundTask
from webapp.clock import now
from webapp.rounds.forms import BlindForm, CityForm, DatesForm, InviteForm, NewRoundForm
from webapp.words import assignment_words, phase_words, round_words

QUIET_AFTER = 14
"""Days without any deed after which a city is worth a telephone call."""


@dataclass(frozen=True)
class RoundLine:
    slug: str
    title: str
    state: str
    cities: int
    answers_due: datetime
    reviews_due: datetime


@dataclass(frozen=True)
class RoundsPage:
    title: str
    rounds: tuple[RoundLine, ...]
    may_create: bool
    template: ClassVar[str] = "rounds/list.html"

    @classmethod
    def of(cls, rounds: Sequence[RoundTask], who: User) -> RoundsPage:
        return cls(
            title=gettext("Rounds"),
            rounds=tuple(
                RoundLine(
                    slug=one.slug,
                    title=one.title,
                    state=round_words(one.state),
                    cities=one.cities,
                    answers_due=one.answers_due,
                    reviews_due=one.reviews_due,
                )
                for one in rounds
            ),
            may_create=allowed(who, Action.ROUND_CREATE, None, now()),
        )


@dataclass(frozen=True)
class NewRoundPage:
    title: str
    form: NewRoundForm
    template: ClassVar[str] = "rounds/new.html"

    @classmethod
    def of(cls, form: NewRoundForm) -> NewRoundPage:
        return cls(title=gettext("Prepare a new round"), form=form)


@dataclass(frozen=True)
class TeamMate:
    """A reviewer of a city in the cockpit: how far, never what."""

    name: str
    lead: bool
    state: str


@dataclass(frozen=True)
class CityLine:
    """One city in the cockpit. `hidden`: the coordinator is too close to it to see more."""

    slug: str
    name: str
    country: str
    letter: str
    stage: str
    hidden: bool
    answered: int = 0
    due: datetime | None = None
    active_at: datetime | None = None
    quiet_days: int = 0
    team: tuple[TeamMate, ...] = ()
    left: int = 0
    blocks: tuple[str, ...] = ()
    next: str = ""
    signed: int | None = None
    may_read_signed: bool = False
    may_read_consensus: bool = False

    @classmethod
    def of(cls, row: CityInRound, statements: int, who: User, at: datetime) -> CityLine:
        assessment = row.assessment
        here = phase(assessment)
        known = cls(
            slug=assessment.city.slug,
            name=assessment.city.name,
            country=assessment.city.country,
            letter=here.value,
            stage=phase_words(here),
            hidden=True,
        )
        if conflicted(who, assessment.city):
            return known
        working = _working(assessment)
        return replace(
            known,
            hidden=False,
            answered=row.answered,
            due=_due(assessment, here),
            active_at=row.active_at,
            quiet_days=_quiet_days(row, here, at),
            team=tuple(
                TeamMate(one.reviewer.name, one.lead, assignment_words(one.state))
                for one in working
            ),
            left=len(assessment.assignments) - len(working),
            blocks=tuple(_BLOCKS[here](row, statements)),
            next=_next_step(assessment, here),
            signed=row.signed,
            may_read_signed=allowed(who, Action.SUBMISSION_READ, assessment, at),
            may_read_consensus=allowed(who, Action.CONSENSUS_READ, assessment, at),
        )


AFTER_CONSENSUS = (Phase.REPORT, Phase.REPLY, Phase.FINAL, Phase.PUBLISHED)
SETTLED = (Phase.FINAL, Phase.PUBLISHED)


def _working(assessment: Assessment) -> list[Assignment]:
    """The team: the lead first, then in the order of invitation; nobody who left."""
    active = [one for one in assessment.assignments if one.state not in ENDED]
    return sorted(active, key=lambda one: not one.lead)


def _due(assessment: Assessment, here: Phase) -> datetime | None:
    if here in (Phase.DRAFT, Phase.LOCKED):
        return assessment.round.answers_due
    if here is Phase.REPLY and assessment.report is not None:
        return assessment.report.reply_due
    return None if here in AFTER_CONSENSUS else assessment.round.reviews_due


def _quiet_days(row: CityInRound, here: Phase, at: datetime) -> int:
    """For how many days nothing has happened, where that is too long."""
    if row.active_at is None or here in SETTLED:
        return 0
    days = (at - row.active_at).days
    return days if days >= QUIET_AFTER else 0


def _lacking(assessment: Assessment) -> list[str]:
    """What the team lacks before it could come to a consensus."""
    working = _working(assessment)
    short = assessment.round.minimum_reviewers - len(working)
    words = []
    if short > 0:
        words.append(
            ngettext("One more reviewer is needed", "%(num)d more reviewers are needed", short)
        )
    if working and not any(one.lead for one in working):
        words.append(gettext("The team has no lead reviewer"))
    return words


def _while_drafting(row: CityInRound, statements: int) -> list[str]:
    left = statements - row.answered
    if left > 0:
        return [
            ngettext("One statement has no level yet", "%(num)d statements have no level yet", left)
        ]
    return [gettext("The city has not locked its answers")]


def _while_locked(row: CityInRound, statements: int) -> list[str]:
    return [gettext("The signatory has not signed")]


def _while_submitted(row: CityInRound, statements: int) -> list[str]:
    return _lacking(row.assessment) or [gettext("The review has not been opened")]


def _while_in_review(row: CityInRound, statements: int) -> list[str]:
    working = _working(row.assessment)
    silent = sum(one.state is AssignmentState.INVITED for one in working)
    scoring = sum(
        one.state in (AssignmentState.ACCEPTED, AssignmentState.DRAFTING) for one in working
    )
    words = _lacking(row.assessment)
    if silent:
        words.append(gettext("Invitations without an answer: %(count)d", count=silent))
    if scoring:
        words.append(gettext("Reviews not submitted yet: %(count)d", count=scoring))
    return words or [gettext("All reviews are in: the consensus can open")]


def _in_consensus(row: CityInRound, statements: int) -> list[str]:
    left = statements - row.agreed
    if left > 0:
        return [
            ngettext(
                "One statement has no agreed level yet",
                "%(num)d statements have no agreed level yet",
                left,
            )
        ]
    return [gettext("The consensus can be closed")]


def _while_reporting(row: CityInRound, statements: int) -> list[str]:
    return [gettext("The report has not been sent to the city")]


def _with_the_city(row: CityInRound, statements: int) -> list[str]:
    report = row.assessment.report
    if report is not None and report.reply_signed_at is None:
        return [gettext("The city has not signed its reply")]
    return [gettext("The report has not been approved")]


def _when_final(row: CityInRound, statements: int) -> list[str]:
    return [gettext("The report has not been published")]


def _when_done(row: CityInRound, statements: int) -> list[str]:
    return []


_BLOCKS: dict[Phase, Callable[[CityInRound, int], list[str]]] = {
    Phase.DRAFT: _while_drafting,
    Phase.LOCKED: _while_locked,
    Phase.SUBMITTED: _while_submitted,
    Phase.UNDER_REVIEW: _while_in_review,
    Phase.CONSENSUS: _in_consensus,
    Phase.REPORT: _while_reporting,
    Phase.REPLY: _with_the_city,
    Phase.FINAL: _when_final,
    Phase.PUBLISHED: _when_done,
}


def _next_step(assessment: Assessment, here: Phase) -> str:
    """What the coordinator can do for a city now; the name of a file in rounds/next."""
    if here is Phase.SUBMITTED:
        return "invite" if _lacking(assessment) else "open_review"
    if here is Phase.UNDER_REVIEW:
        return "invite" if _lacking(assessment) else _while_scoring(assessment)
    if here is Phase.CONSENSUS:
        return "consensus"
    return "report" if here in AFTER_CONSENSUS else "nothing"


def _while_scoring(assessment: Assessment) -> str:
    all_in = all(one.state is AssignmentState.SUBMITTED for one in _working(assessment))
    return "open_consensus" if all_in else "team"


@dataclass(frozen=True)
class Figure:
    words: str
    value: str


@dataclass(frozen=True)
class RoundPage:
    """The cockpit of a round."""

    title: str
    slug: str
    state: str
    answers_due: datetime
    reviews_due: datetime
    statements: int
    instrument: str
    instrument_code: str
    instrument_version: str
    figures: tuple[Figure, ...]
    cities: tuple[CityLine, ...]
    may_set_up: bool
    may_open: bool
    may_read_benchmark: bool
    may_read_snapshots: bool
    may_read_files: bool
    template: ClassVar[str] = "rounds/round.html"

    @classmethod
    def of(
        cls, round_: Round, cities: Sequence[CityInRound], statements: int, who: User
    ) -> RoundPage:
        at = now()
        return cls(
            title=round_.title,
            slug=round_.slug,
            state=round_words(round_.state),
            answers_due=round_.answers_due,
            reviews_due=round_.reviews_due,
            statements=statements,
            instrument=round_.instrument.title,
            instrument_code=round_.instrument.code,
            instrument_version=round_.instrument.version,
            figures=_figures([row.assessment for row in cities]),
            cities=tuple(CityLine.of(row, statements, who, at) for row in cities),
            may_set_up=allowed(who, Action.ROUND_SET_UP, round_, at),
            may_open=allowed(who, Action.ROUND_OPEN, round_, at),
            may_read_benchmark=allowed(who, Action.BENCHMARK_READ, round_, at),
            may_read_snapshots=allowed(who, Action.SNAPSHOT_READ, round_, at),
            may_read_files=allowed(who, Action.PRINTOUT_READ, round_, at),
        )


def _figures(assessments: Sequence[Assessment]) -> tuple[Figure, ...]:
    """Where the round stands as a whole."""
    here = [phase(one) for one in assessments]
    signed = sum(one not in (Phase.DRAFT, Phase.LOCKED) for one in here)
    closed = sum(one in AFTER_CONSENSUS for one in here)
    return (
        Figure(gettext("Cities"), str(len(here))),
        Figure(gettext("Signed"), str(signed)),
        Figure(
            gettext("Under review"),
            str(sum(one in (Phase.UNDER_REVIEW, Phase.CONSENSUS) for one in here)),
        ),
        Figure(gettext("Consensus closed"), str(closed)),
    )


@dataclass(frozen=True)
class SetUpPage:
    """Dates and cities of a round, and whether its reviewers see the cities' levels at once."""

    title: str
    slug: str
    round: str
    state: str
    cities: tuple[str, ...]
    dates: DatesForm
    city: CityForm
    any_left: bool
    blind: BlindForm
    is_blind: bool
    may_choose_blind: bool
    may_add_city: bool
    may_open: bool
    template: ClassVar[str] = "rounds/set_up.html"

    @classmethod
    def of(
        cls, round_: Round, inside: Sequence[City], dates: DatesForm, city: CityForm, who: User
    ) -> SetUpPage:
        return cls(
            title=gettext("Set up %(round)s", round=round_.title),
            slug=round_.slug,
            round=round_.title,
            state=round_words(round_.state),
            cities=tuple(f"{one.name} ({one.country})" for one in inside),
            dates=dates,
            city=city,
            any_left=len(city.city.choices) > 1,
            blind=BlindForm(formdata=None, blind=round_.blind),
            is_blind=round_.blind,
            may_choose_blind=round_.state is RoundState.PREPARING,
            may_add_city=allowed(who, Action.CITY_ADD, round_, now()),
            may_open=allowed(who, Action.ROUND_OPEN, round_, now()),
        )


@dataclass(frozen=True)
class ReviewerLine:
    """A reviewer on the page of a team. Only coordinators learn `state` and `reason`."""

    assignment_id: int
    name: str
    homes: str
    lead: bool
    state: str = ""
    reason: str = ""
    may_revoke: bool = False
    typed: str = ""
    error: str = ""


@dataclass(frozen=True)
class TeamPage:
    """The team of one city; for coordinators with the means to change it."""

    title: str
    round: str
    round_slug: str
    city: str
    city_slug: str
    stage: str
    minimum: int
    lacking: tuple[str, ...]
    reviewers: tuple[ReviewerLine, ...]
    form: InviteForm
    coordinates: bool
    may_invite: bool
    may_open_review: bool
    may_read_visit: bool
    template: ClassVar[str] = "rounds/team.html"

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        pool: Sequence[PoolMember],
        form: InviteForm,
        who: User,
    ) -> TeamPage:
        at = now()
        coordinates = verdict(who, Action.REVIEWER_INVITE, assessment, at) not in (
            Verdict.HIDDEN,
            Verdict.FORBIDDEN,
        )
        homes = {one.user.id: one.homes for one in pool}
        lines = [
            _reviewer_line(one, homes.get(one.reviewer.id, ""), who, at, coordinates)
            for one in (assessment.assignments if coordinates else _working(assessment))
        ]
        return cls(
            title=gettext("Reviewers of %(city)s", city=assessment.city.name),
            round=assessment.round.title,
            round_slug=assessment.round.slug,
            city=assessment.city.name,
            city_slug=assessment.city.slug,
            stage=phase_words(phase(assessment)),
            minimum=assessment.round.minimum_reviewers,
            lacking=tuple(_lacking(assessment)) if coordinates else (),
            reviewers=tuple(lines),
            form=form,
            coordinates=coordinates,
            may_invite=allowed(who, Action.REVIEWER_INVITE, assessment, at),
            may_open_review=allowed(who, Action.REVIEW_OPEN, assessment, at),
            may_read_visit=allowed(who, Action.VISIT_READ, assessment, at),
        )


def _reviewer_line(
    assignment: Assignment, homes: str, who: User, at: datetime, coordinates: bool
) -> ReviewerLine:
    known = ReviewerLine(
        assignment_id=assignment.id,
        name=assignment.reviewer.name,
        homes=homes,
        lead=assignment.lead,
    )
    if not coordinates:
        return known
    open_now = "revoke" in ASSIGNMENT_LIFE.open_from(assignment.state)
    return replace(
        known,
        state=assignment_words(assignment.state),
        reason=assignment.ended_reason,
        may_revoke=open_now and allowed(who, Action.REVIEWER_REVOKE, assignment, at),
    )


@dataclass(frozen=True)
class SendBackPage:
    """What was typed to send an assessment back, where it could not be done."""

    title: str
    round: str
    round_slug: str
    city: str
    city_slug: str
    reason: str
    error: str
    template: ClassVar[str] = "rounds/send_back.html"

    @classmethod
    def of(cls, assessment: Assessment, reason: str, error: str) -> SendBackPage:
        return cls(
            title=gettext("Send the assessment of %(city)s back", city=assessment.city.name),
            round=assessment.round.title,
            round_slug=assessment.round.slug,
            city=assessment.city.name,
            city_slug=assessment.city.slug,
            reason=reason,
            error=error,
        )
