"""What is stored: every table and every state, in plain SQLAlchemy."""

from . import marks
from .assessments import Answer, Assessment
from .base import Base
from .cities import City
from .consensus import AgreedLevel, Assent, Consensus
from .evidence import Citation, Evidence
from .instruments import Commitment, Instrument, Level, Role, Statement
from .journal import FIRST_HASH, ChainHead, Entry
from .people import CityMembership, RoundMembership, User
from .reviewing import Assignment, Conflict, Score
from .revisions import Revision
from .rounds import Round
from .sign_ins import SignIn
from .states import (
    AssessmentState,
    AssignmentState,
    CityRole,
    ConsensusState,
    EvidenceKind,
    InstrumentState,
    Phase,
    PlatformRole,
    RoundRole,
    RoundState,
    StatementKind,
)
from .submissions import FrozenRow, ReviewSubmission, Submission

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
    "Conflict",
    "Consensus",
    "ConsensusState",
    "Entry",
    "Evidence",
    "EvidenceKind",
    "FrozenRow",
    "Instrument",
    "InstrumentState",
    "Level",
    "Phase",
    "PlatformRole",
    "ReviewSubmission",
    "Revision",
    "Role",
    "Round",
    "RoundMembership",
    "RoundRole",
    "RoundState",
    "Score",
    "SignIn",
    "Statement",
    "StatementKind",
    "Submission",
    "User",
    "marks",
]
