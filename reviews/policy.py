"""The policy: who may do what, in which phase. If a sentence about rights is not here, it is
not true.

Three columns because they answer three questions with three answers, and nobody mixes them
up: whoever is not in `seen_by` learns nothing (hidden), whoever has no phase at all may not
(forbidden), and whoever has one, but not this one, may not now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum, auto

from models import Assessment, CalibrationCase, CalibrationReview, Round, RoundState, Snapshot, User
from reviews.hats import Hat, worn
from reviews.phases import phase


class Action(StrEnum):
    ACCOUNT_OWN = "account:own"
    AGREED_LEVEL_READ = "agreed-level:read"
    AGREED_LEVEL_WRITE = "agreed-level:write"
    ANSWER_READ = "answer:read"
    ANSWER_WRITE = "answer:write"
    APPOINTMENT_END = "appointment:end"
    ASSESSMENT_CARRY_OVER = "assessment:carry-over"
    ASSESSMENT_LOCK = "assessment:lock"
    ASSESSMENT_READ = "assessment:read"
    ASSESSMENT_SEND_BACK = "assessment:send-back"
    ASSESSMENT_SIGN = "assessment:sign"
    ASSESSMENT_UNLOCK = "assessment:unlock"
    ASSIGNMENT_READ = "assignment:read"
    ASSIGNMENT_RECUSE = "assignment:recuse"
    ASSIGNMENT_REPLY = "assignment:reply"
    BENCHMARK_READ = "benchmark:read"
    CALIBRATION_CLOSE = "calibration:close"
    CALIBRATION_OPEN = "calibration:open"
    CALIBRATION_READ = "calibration:read"
    CALIBRATION_READ_RESULTS = "calibration:read-results"
    CALIBRATION_SCORE = "calibration:score"
    CALIBRATION_SUBMIT = "calibration:submit"
    CITY_BENCHMARK_READ = "city-benchmark:read"
    CITY_PRINTOUT_ASK = "city-printout:ask"
    CITY_PRINTOUT_READ = "city-printout:read"
    CITY_ADD = "city:add"
    COLLEAGUE_MANAGE = "colleague:manage"
    COLLEAGUE_READ = "colleague:read"
    CONSENSUS_AGREE = "consensus:agree"
    CONSENSUS_CLOSE = "consensus:close"
    CONSENSUS_OPEN = "consensus:open"
    CONSENSUS_READ = "consensus:read"
    CONSENT_READ = "consent:read"
    CONSENT_SIGN = "consent:sign"
    EVIDENCE_ADD = "evidence:add"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_READ_DRAFT = "evidence:read-draft"
    EVIDENCE_WITHDRAW = "evidence:withdraw"
    INSTRUMENT_READ = "instrument:read"
    LIBRARY_READ = "library:read"
    LIBRARY_WRITE = "library:write"
    NOTE_READ = "note:read"
    NOTE_WRITE = "note:write"
    OUTLIER_READ = "outlier:read"
    PART_GIVE = "part:give"
    PLAN_READ = "plan:read"
    PLAN_REVIEW = "plan:review"
    PLAN_WRITE = "plan:write"
    POOL_READ = "pool:read"
    PRESENCE_SHOW = "presence:show"
    PRINTOUT_ASK = "printout:ask"
    PRINTOUT_READ = "printout:read"
    PROFILE_OWN = "profile:own"
    QUESTION_ANSWER = "question:answer"
    QUESTION_ASK = "question:ask"
    QUESTION_READ = "question:read"
    QUESTION_WITHDRAW = "question:withdraw"
    RECOMMENDATION_READ = "recommendation:read"
    RELEASE_APPROVE = "release:approve"
    RELEASE_CALL_OFF = "release:call-off"
    RELEASE_PUBLISH = "release:publish"
    REPLY_ANSWER = "reply:answer"
    REPLY_READ = "reply:read"
    REPLY_SIGN = "reply:sign"
    REPLY_WRITE = "reply:write"
    REPORT_APPROVE = "report:approve"
    REPORT_CORRECT = "report:correct"
    REPORT_PUBLISH = "report:publish"
    REPORT_READ = "report:read"
    REPORT_SEND = "report:send"
    REPORT_WRITE = "report:write"
    REVIEW_OPEN = "review:open"
    REVIEW_READ = "review:read"
    REVIEW_SUBMIT = "review:submit"
    REVIEWER_INVITE = "reviewer:invite"
    REVIEWER_REPLACE = "reviewer:replace"
    REVIEWER_REVOKE = "reviewer:revoke"
    ROUND_CREATE = "round:create"
    ROUND_LIST = "round:list"
    ROUND_OPEN = "round:open"
    ROUND_READ = "round:read"
    ROUND_SET_UP = "round:set-up"
    SCORE_WRITE = "score:write"
    SEAT_ANNOUNCE = "seat:announce"
    SEAT_PLAN = "seat:plan"
    SEAT_PROPOSE = "seat:propose"
    SEAT_READ = "seat:read"
    SNAPSHOT_READ = "snapshot:read"
    SNAPSHOT_TAKE = "snapshot:take"
    SUBMISSION_READ = "submission:read"
    SUBMISSION_READ_EARLIER = "submission:read-earlier"
    TEAM_READ = "team:read"
    VISIT_NOTE_READ = "visit-note:read"
    VISIT_NOTE_WRITE = "visit-note:write"
    VISIT_READ = "visit:read"
    VISIT_WRITE = "visit:write"

    @property
    def reads(self) -> bool:
        """Whether it only reads: everything else in a city needs its round to be open."""
        return self.value.partition(":")[2].startswith(("read", "list"))


class Verdict(Enum):
    YES = auto()
    HIDDEN = auto()
    FORBIDDEN = auto()
    NOT_NOW = auto()
    TOO_LATE = auto()


ANY = "DLSUNPYFB" + "poc"
"""Phases of an assessment as in models.Phase, and p o c: a round preparing, open, closed."""


@dataclass(frozen=True)
class Row:
    """`seen_by` may know that the thing exists; `may` gives the phases per hat; `due` names
    the date of the round after which it is too late. What `outlives` its round goes on when the
    round is closed: a report is corrected, and a city acts on it, long after."""

    seen_by: Hat
    may: Mapping[Hat, str] = field(default_factory=dict)
    due: str | None = None
    outlives: bool = False


_CITY, _TEAM, _CO = Hat.CITY, Hat.TEAM, Hat.COORDINATOR
_SOME = _CITY | Hat.LIMITED
_ALL = _SOME | _TEAM | Hat.INVITED | _CO
_HELPERS = Hat.CONTRIBUTOR | Hat.LIMITED
_EDITORS = _HELPERS | Hat.LEAD
_DONE, _RL, _RR = Hat.FINISHED_REVIEWER, Hat.LEAD_REVIEWER, Hat.ROUND_REVIEWER

# fmt: off
POLICY: dict[Action, Row] = {
    Action.ACCOUNT_OWN:          Row(Hat.PERSON, {Hat.PERSON: ANY}),
    # The city reads what was agreed once its report is with it.
    Action.AGREED_LEVEL_READ:    Row(_ALL, {_DONE | _RL | _CO: "NPYFB", _CITY: "YFB"}),
    Action.AGREED_LEVEL_WRITE:   Row(_ALL, {_RL: "N"}),
    Action.ANSWER_READ:          Row(_ALL, {_SOME: ANY}),
    Action.ANSWER_WRITE:         Row(_ALL, {_EDITORS: "D"}, due="answers_due"),
    Action.APPOINTMENT_END:      Row(_ALL, {_CO: ANY}),
    Action.ASSESSMENT_CARRY_OVER: Row(_ALL, {Hat.LEAD: "D"}, due="answers_due"),
    Action.ASSESSMENT_LOCK:      Row(_ALL, {Hat.LEAD: "D"}, due="answers_due"),
    Action.ASSESSMENT_READ:      Row(_ALL, {_CITY: ANY}),
    Action.ASSESSMENT_SEND_BACK: Row(_ALL, {_CO: "S"}),
    Action.ASSESSMENT_SIGN:      Row(_ALL, {Hat.SIGNATORY: "L"}, due="answers_due"),
    Action.ASSESSMENT_UNLOCK:    Row(_ALL, {Hat.LEAD | Hat.SIGNATORY: "L"}),
    Action.ASSIGNMENT_READ:      Row(Hat.INVITED | _TEAM, {Hat.INVITED | _TEAM: ANY}),
    Action.ASSIGNMENT_RECUSE:    Row(Hat.INVITED | _TEAM, {Hat.INVITED | Hat.REVIEWER: "SU",
                                                               _DONE | _RL: "U"}),
    Action.ASSIGNMENT_REPLY:     Row(Hat.INVITED | _TEAM, {Hat.INVITED: "SU"}),
    Action.BENCHMARK_READ:       Row(_CO, {_CO: ANY}),
    Action.CALIBRATION_CLOSE:    Row(_CO, {_CO: "po"}),
    Action.CALIBRATION_OPEN:     Row(_CO, {_CO: "po"}),
    Action.CALIBRATION_READ:     Row(_RR, {_RR: ANY}),
    Action.CALIBRATION_READ_RESULTS: Row(_CO, {_CO: ANY}),
    Action.CALIBRATION_SCORE:    Row(_RR, {_RR: "po"}),
    Action.CALIBRATION_SUBMIT:   Row(_RR, {_RR: "po"}),
    # From the snapshot only, so there is nothing to see before the report is final (P42).
    Action.CITY_BENCHMARK_READ:  Row(_ALL, {_CITY: "FB"}),
    Action.CITY_PRINTOUT_ASK:    Row(_ALL, {_CITY | _CO: "FB"}, outlives=True),
    Action.CITY_PRINTOUT_READ:   Row(_ALL, {_CITY | _CO: "FB"}),
    Action.CITY_ADD:             Row(_CO, {_CO: "po"}),
    Action.COLLEAGUE_MANAGE:     Row(_ALL, {Hat.LEAD | _CO: ANY}),
    Action.COLLEAGUE_READ:       Row(_ALL, {Hat.LEAD | _CO: ANY}),
    Action.CONSENSUS_AGREE:      Row(_ALL, {_DONE | _RL: "N"}),
    Action.CONSENSUS_CLOSE:      Row(_ALL, {_RL | _CO: "N"}),
    Action.CONSENSUS_OPEN:       Row(_ALL, {_RL | _CO: "U"}),
    Action.CONSENSUS_READ:       Row(_ALL, {_DONE | _RL: "NP", _CO: "NPYF"}),
    Action.CONSENT_READ:         Row(_ALL, {_CITY | _CO: "SUNPYFB"}),
    Action.CONSENT_SIGN:         Row(_ALL, {Hat.SIGNATORY: "SUNPYFB"}, outlives=True),
    Action.EVIDENCE_ADD:         Row(_ALL, {_EDITORS: "D"}, due="answers_due"),
    Action.EVIDENCE_READ:        Row(_ALL, {_SOME: ANY, Hat.REVIEWER: "U", _DONE: "UN", _RL: "UNPY",
                                            _CO: "SUNPYF"}),
    Action.EVIDENCE_READ_DRAFT:  Row(_ALL, {_SOME: ANY}),
    Action.EVIDENCE_WITHDRAW:    Row(_ALL, {_EDITORS: "D"}, due="answers_due"),
    Action.INSTRUMENT_READ:      Row(Hat.PERSON, {Hat.PERSON: ANY}),
    Action.LIBRARY_READ:         Row(_ALL, {_CITY: ANY}),
    Action.LIBRARY_WRITE:        Row(_ALL, {Hat.CONTRIBUTOR | Hat.LEAD: "D"}, due="answers_due"),
    Action.NOTE_READ:            Row(_ALL, {_HELPERS: "D", Hat.LEAD | Hat.SIGNATORY: ANY}),
    Action.NOTE_WRITE:           Row(_ALL, {_HELPERS: "D", Hat.LEAD | Hat.SIGNATORY: ANY}),
    # What one reviewer gave, beside the others: never to the city.
    Action.OUTLIER_READ:         Row(_CO, {_CO: "NP"}),
    Action.PART_GIVE:            Row(_ALL, {Hat.LEAD: ANY}),
    Action.PLAN_READ:            Row(_ALL, {_CITY | _RL | _CO: "B"}),
    Action.PLAN_REVIEW:          Row(_ALL, {_RL | _CO: "B"}, outlives=True),
    Action.PLAN_WRITE:           Row(_ALL, {Hat.CONTRIBUTOR | Hat.LEAD: "B"}, outlives=True),
    Action.POOL_READ:            Row(_CO, {_CO: ANY}),
    Action.PRESENCE_SHOW:        Row(_ALL, {_SOME: ANY}),
    Action.PRINTOUT_ASK:         Row(_CO, {_CO: "oc"}),
    Action.PRINTOUT_READ:        Row(_CO, {_CO: "oc"}),
    Action.PROFILE_OWN:          Row(Hat.POOL, {Hat.POOL: ANY}),
    Action.QUESTION_ANSWER:      Row(_ALL, {_EDITORS: "U"}),
    Action.QUESTION_ASK:         Row(_TEAM, {Hat.REVIEWER: "U"}, due="reviews_due"),
    Action.QUESTION_READ:        Row(_ALL, {_SOME: "UNPYFB"}),
    Action.QUESTION_WITHDRAW:    Row(_TEAM, {_TEAM: "U"}),
    # What an earlier report recommended and is still open, beside the work of this round.
    Action.RECOMMENDATION_READ:  Row(_ALL, {_CITY: ANY, Hat.REVIEWER: "U", _DONE: "UNP",
                                            _RL: "UNPY", _CO: "SUNPYF"}),
    Action.RELEASE_APPROVE:      Row(_CO, {_CO: "oc"}),
    Action.RELEASE_CALL_OFF:     Row(_CO, {_CO: "oc"}),
    Action.RELEASE_PUBLISH:      Row(_CO, {_CO: "oc"}),
    Action.REPLY_ANSWER:         Row(_ALL, {_RL | _CO: "Y"}),
    # Others read it in the report, once it is signed or its date has passed.
    Action.REPLY_READ:           Row(_ALL, {_CITY: "YFB"}),
    Action.REPLY_SIGN:           Row(_ALL, {Hat.SIGNATORY: "Y"}),
    Action.REPLY_WRITE:          Row(_ALL, {Hat.CONTRIBUTOR | Hat.LEAD: "Y"}),
    Action.REPORT_APPROVE:       Row(_ALL, {_CO: "YB"}, outlives=True),
    Action.REPORT_CORRECT:       Row(_ALL, {_CO: "B"}, outlives=True),
    Action.REPORT_PUBLISH:       Row(_ALL, {_CO: "FB"}, outlives=True),
    Action.REPORT_READ:          Row(_ALL, {_CITY: "YFB", _DONE | _RL | _CO: "PYFB"}),
    Action.REPORT_SEND:          Row(_ALL, {_CO: "P"}),
    # In B it is written for a correction that a coordinator has opened.
    Action.REPORT_WRITE:         Row(_ALL, {_DONE: "P", _RL: "PB"}, outlives=True),
    Action.REVIEW_OPEN:          Row(_ALL, {_CO: "S"}),
    Action.REVIEW_READ:          Row(_TEAM, {_TEAM: ANY}),
    Action.REVIEW_SUBMIT:        Row(_TEAM, {Hat.REVIEWER: "U"}, due="reviews_due"),
    Action.REVIEWER_INVITE:      Row(_ALL, {_CO: "SU"}),
    Action.REVIEWER_REPLACE:     Row(_ALL, {_CO: "SU"}),
    Action.REVIEWER_REVOKE:      Row(_ALL, {_CO: "SU"}),
    Action.ROUND_CREATE:         Row(Hat.ROUNDS_OFFICE, {Hat.ROUNDS_OFFICE: ANY}),
    Action.ROUND_LIST:           Row(Hat.ROUNDS_OFFICE, {Hat.ROUNDS_OFFICE: ANY}),
    Action.ROUND_OPEN:           Row(_CO, {_CO: "p"}),
    Action.ROUND_READ:           Row(_CO, {_CO: ANY}),
    Action.ROUND_SET_UP:         Row(_CO, {_CO: "po"}),
    Action.SCORE_WRITE:          Row(_TEAM, {Hat.REVIEWER: "U"}, due="reviews_due"),
    # A plan that is not announced is there for nobody but coordinators.
    Action.SEAT_ANNOUNCE:        Row(_CO, {_CO: "o"}),
    Action.SEAT_PLAN:            Row(_CO, {_CO: "DLSU"}),
    Action.SEAT_PROPOSE:         Row(_CO, {_CO: "o"}),
    Action.SEAT_READ:            Row(_CO, {_CO: ANY}),
    Action.SNAPSHOT_READ:        Row(_CO, {_CO: "oc"}),
    Action.SNAPSHOT_TAKE:        Row(_CO, {_CO: "oc"}),
    Action.SUBMISSION_READ:      Row(_ALL, {_CITY: ANY, Hat.REVIEWER: "U", _DONE: "UNP",
                                            _RL: "UNPY", _CO: "SUNPYF"}),
    Action.SUBMISSION_READ_EARLIER: Row(_ALL, {_CITY: ANY, _CO: "SUNPYF"}),
    Action.TEAM_READ:            Row(_ALL, {_SOME | _TEAM: "UNPYFB", _CO: ANY}),
    # Notes of the visit never leave the team; whose they are, reviews.queries.visits sees to.
    Action.VISIT_NOTE_READ:      Row(_TEAM, {_TEAM: "UNPYFB"}),
    Action.VISIT_NOTE_WRITE:     Row(_TEAM, {_TEAM: "UNP"}),
    Action.VISIT_READ:           Row(_ALL, {_CITY | _TEAM | _CO: "UNPYFB"}),
    Action.VISIT_WRITE:          Row(_ALL, {_TEAM | _CO: "UNP"}),
}
# fmt: on

_ROUND_LETTER = {RoundState.PREPARING: "p", RoundState.OPEN: "o", RoundState.CLOSED: "c"}


def verdict(who: User | None, action: Action, thing: object, now: datetime) -> Verdict:
    """What the policy says to one person, one action and one thing at one moment."""
    row = POLICY[action]
    hats = worn(who, thing, now)
    if not hats & row.seen_by:
        return Verdict.HIDDEN
    phases = "".join(letters for hat, letters in row.may.items() if hats & hat)
    if not phases:
        return Verdict.FORBIDDEN
    if _letter(thing) not in phases:
        return Verdict.NOT_NOW
    if not action.reads and not row.outlives and _shut(thing):
        return Verdict.NOT_NOW
    if row.due and now > getattr(_round_of(thing), row.due):
        return Verdict.TOO_LATE
    return Verdict.YES


def allowed(who: User | None, action: Action, thing: object, now: datetime) -> bool:
    """Whether to draw a button: the same table."""
    return verdict(who, action, thing, now) is Verdict.YES


def _letter(thing: object) -> str:
    round_ = _of_a_round(thing)
    if round_ is not None:
        return _ROUND_LETTER[round_.state]
    assessment: Assessment | None = getattr(thing, "assessment", None)
    # A thing without a phase, such as one's own account, is always in one that all rows hold.
    return phase(assessment).value if assessment is not None else ANY[-1]


def _of_a_round(thing: object) -> Round | None:
    """The round that something about no city belongs to: the round itself, a snapshot of it, its
    calibration case, or somebody's view of that."""
    case = thing.case if isinstance(thing, CalibrationReview) else thing
    if isinstance(case, CalibrationCase | Snapshot):
        return case.round
    return case if isinstance(case, Round) else None


def _shut(thing: object) -> bool:
    """Whether a thing belongs to a city whose round is not open."""
    assessment: Assessment | None = getattr(thing, "assessment", None)
    return assessment is not None and assessment.round.state is not RoundState.OPEN


def _round_of(thing: object) -> Round:
    assessment: Assessment = thing.assessment  # type: ignore[attr-defined]
    return assessment.round
