"""The words for the states and parts people play, one StrEnum per life."""

from enum import StrEnum


class PlatformRole(StrEnum):
    """What a person is on the whole platform."""

    MEMBER = "member"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


class CityRole(StrEnum):
    """What a person is to a city."""

    CONTRIBUTOR = "contributor"
    LEAD = "lead"
    SIGNATORY = "signatory"
    REVIEWER = "reviewer"


class RoundRole(StrEnum):
    """What a person is to a round."""

    COORDINATOR = "coordinator"


class InstrumentState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class RoundState(StrEnum):
    PREPARING = "preparing"
    OPEN = "open"
    CLOSED = "closed"


class AssessmentState(StrEnum):
    DRAFT = "draft"
    LOCKED = "locked"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"


class AssignmentState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    DECLINED = "declined"
    RECUSED = "recused"
    REVOKED = "revoked"


class ConflictKind(StrEnum):
    """How a tie to a city came to be known."""

    DECLARED = "declared"
    FORMER_EMPLOYER = "former-employer"


class ConsensusState(StrEnum):
    OPEN = "open"
    AGREED = "agreed"


class StatementKind(StrEnum):
    """What a statement looks at: a rule, a way of working, or a result."""

    POLICY = "policy"
    PROCESS = "process"
    OUTCOME = "outcome"


class EvidenceKind(StrEnum):
    """How one version of a document is there."""

    LINK = "link"
    FILE = "file"


class DocumentKind(StrEnum):
    """What kind of document is shown as evidence."""

    LAW = "law"
    PLAN = "plan"
    REPORT = "report"
    STATISTICS = "statistics"
    BUDGET = "budget"
    MINUTES = "minutes"
    WEB_PAGE = "web-page"
    PHOTO = "photo"
    OTHER = "other"


class Confidentiality(StrEnum):
    """Who may see a document: the city's own staff only, its reviewers too, or everybody."""

    CITY = "city"
    REVIEWERS = "reviewers"
    PUBLIC = "public"


class Sufficiency(StrEnum):
    """What a reviewer finds in a piece of evidence, for the statement that it is cited under."""

    SUFFICIENT = "sufficient"
    PARTLY = "partly"
    NOT_FOUND = "not-found"


class ReportState(StrEnum):
    DRAFTING = "drafting"
    WITH_CITY = "with_city"
    FINAL = "final"
    PUBLISHED = "published"


class Block(StrEnum):
    """The parts of a report: one introduction, and three blocks per role."""

    INTRODUCTION = "introduction"
    SELF_ASSESSMENT = "self-assessment"
    FINDINGS = "findings"
    CHALLENGES = "challenges"


class FindingKind(StrEnum):
    STRENGTH = "strength"
    CHALLENGE = "challenge"
    GOOD_PRACTICE = "good-practice"
    RECOMMENDATION = "recommendation"


class Priority(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class PeersAnswer(StrEnum):
    """What the peers do with a finding after the city's reply to it."""

    ACCEPT = "accept"
    KEEP = "keep"
    REWORD = "reword"


class PlanResponse(StrEnum):
    """Whether a city follows a recommendation."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    NOT_ACCEPTED = "not-accepted"


class PlanStatus(StrEnum):
    """How far an action is."""

    NOT_BEGUN = "not-begun"
    UNDER_WAY = "under-way"
    DONE = "done"
    DROPPED = "dropped"


class ConsentChoice(StrEnum):
    """How a city appears in the public figures of a round."""

    NAMED = "named"
    GROUP = "group"


class PrintoutKind(StrEnum):
    """What is made from a snapshot: of one city the first two, of the round the others."""

    CITY_REPORT = "city-report"
    BRIEF = "brief"
    COMPARATIVE = "comparative"
    WORKBOOK = "workbook"
    DATA_PACKAGE = "data-package"


class PrintoutState(StrEnum):
    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class Phase(StrEnum):
    """Where one city stands in one round, in the letters of the permission matrix."""

    DRAFT = "D"
    LOCKED = "L"
    SUBMITTED = "S"
    UNDER_REVIEW = "U"
    CONSENSUS = "N"
    REPORT = "P"
    REPLY = "Y"
    FINAL = "F"
    PUBLISHED = "B"
