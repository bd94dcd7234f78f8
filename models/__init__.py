"""What is stored: every table and every state, in plain SQLAlchemy."""

from . import marks
from .assessments import Answer, Assessment
from .base import Base
from .calibration import CalibrationCase, CalibrationReview, CalibrationScore
from .cities import City
from .consensus import AgreedLevel, Assent, Consensus, Dissent
from .delegation import Invitation, Part
from .evidence import Citation, Evidence, EvidenceVersion
from .instruments import Commitment, Instrument, Level, Role, Statement
from .journal import FIRST_HASH, ChainHead, Entry
from .letters import Letter
from .notes import Mention, Note
from .people import CityMembership, RoundMembership, User
from .plans import PlanItem, PlanUpdate
from .pool import PlannedSeat, ReviewerProfile
from .presence import Presence
from .printouts import Printout
from .questions import Question
from .reports import Approval, Edition, Finding, Reply, Report, ReportSection
from .reviewing import CONFIDENCES, Assignment, Conflict, EvidenceVerdict, Score, View, counted
from .revisions import Revision
from .rounds import Round
from .sign_ins import SignIn
from .snapshots import Consent, Release, ReleaseApproval, Snapshot
from .states import (
    AssessmentState,
    AssignmentState,
    Block,
    CityRole,
    Confidentiality,
    ConflictKind,
    ConsensusState,
    ConsentChoice,
    DocumentKind,
    EvidenceKind,
    FindingKind,
    InstrumentState,
    PeersAnswer,
    Phase,
    PlanResponse,
    PlanStatus,
    PlatformRole,
    PrintoutKind,
    PrintoutState,
    Priority,
    ReportState,
    RoundRole,
    RoundState,
    StatementKind,
    Sufficiency,
)
from .submissions import FrozenRow, ReviewSubmission, Submission
from .visits import Visit, VisitNote, VisitSession
from .workbooks import SheetUpload

__all__ = [
    "CONFIDENCES",
    "FIRST_HASH",
    "AgreedLevel",
    "Answer",
    "Approval",
    "Assent",
    "Assessment",
    "AssessmentState",
    "Assignment",
    "AssignmentState",
    "Base",
    "Block",
    "CalibrationCase",
    "CalibrationReview",
    "CalibrationScore",
    "ChainHead",
    "Citation",
    "City",
    "CityMembership",
    "CityRole",
    "Commitment",
    "Confidentiality",
    "Conflict",
    "ConflictKind",
    "Consensus",
    "ConsensusState",
    "Consent",
    "ConsentChoice",
    "Dissent",
    "DocumentKind",
    "Edition",
    "Entry",
    "Evidence",
    "EvidenceKind",
    "EvidenceVerdict",
    "EvidenceVersion",
    "Finding",
    "FindingKind",
    "FrozenRow",
    "Instrument",
    "InstrumentState",
    "Invitation",
    "Letter",
    "Level",
    "Mention",
    "Note",
    "Part",
    "PeersAnswer",
    "Phase",
    "PlanItem",
    "PlanResponse",
    "PlanStatus",
    "PlanUpdate",
    "PlannedSeat",
    "PlatformRole",
    "Presence",
    "Printout",
    "PrintoutKind",
    "PrintoutState",
    "Priority",
    "Question",
    "Release",
    "ReleaseApproval",
    "Reply",
    "Report",
    "ReportSection",
    "ReportState",
    "ReviewSubmission",
    "ReviewerProfile",
    "Revision",
    "Role",
    "Round",
    "RoundMembership",
    "RoundRole",
    "RoundState",
    "Score",
    "SheetUpload",
    "SignIn",
    "Snapshot",
    "Statement",
    "StatementKind",
    "Submission",
    "Sufficiency",
    "User",
    "View",
    "Visit",
    "VisitNote",
    "VisitSession",
    "counted",
    "marks",
]
