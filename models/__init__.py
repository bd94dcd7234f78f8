"""What is stored: every table and every state, in plain SQLAlchemy."""

from . import marks
from .assessments import Answer, Assessment
from .base import Base
from .cities import City
from .consensus import AgreedLevel, Assent, Consensus
from .delegation import Invitation, Part
from .evidence import Citation, Evidence, EvidenceVersion
from .instruments import Commitment, Instrument, Level, Role, Statement
from .journal import FIRST_HASH, ChainHead, Entry
from .letters import Letter
from .notes import Mention, Note
from .people import CityMembership, RoundMembership, User
from .presence import Presence
from .reviewing import Assignment, Conflict, Score
from .revisions import Revision
from .rounds import Round
from .sign_ins import SignIn
from .states import (
    AssessmentState,
    AssignmentState,
    CityRole,
    Confidentiality,
    ConsensusState,
    DocumentKind,
    EvidenceKind,
    InstrumentState,
    Phase,
    PlatformRole,
    RoundRole,
    RoundState,
    StatementKind,
)
from .submissions import FrozenRow, ReviewSubmission, Submission
from .workbooks import SheetUpload

__all__ = [
    "FIRST_HASH",
    "AgreedLevel",
    "Answer",
    "Assent",
    "Assessment",
    "AssessmentState",
    "Assignment",
    "AssignmentState",
    "Base",
    "ChainHead",
    "Citation",
    "City",
    "CityMembership",
    "CityRole",
    "Commitment",
    "Confidentiality",
    "Conflict",
    "Consensus",
    "ConsensusState",
    "DocumentKind",
    "Entry",
    "Evidence",
    "EvidenceKind",
    "EvidenceVersion",
    "FrozenRow",
    "Instrument",
    "InstrumentState",
    "Invitation",
    "Letter",
    "Level",
    "Mention",
    "Note",
    "Part",
    "Phase",
    "PlatformRole",
    "Presence",
    "ReviewSubmission",
    "Revision",
    "Role",
    "Round",
    "RoundMembership",
    "RoundRole",
    "RoundState",
    "Score",
    "SheetUpload",
    "SignIn",
    "Statement",
    "StatementKind",
    "Submission",
    "User",
    "marks",
]
