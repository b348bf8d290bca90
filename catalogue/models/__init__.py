"""One file per noun."""

from catalogue.models.api_key import ApiKey, Scope
from catalogue.models.certificate import Certificate
from catalogue.models.change import Change, Via
from catalogue.models.consent import Consent
from catalogue.models.customer import Account, Customer, OrdinalCounter
from catalogue.models.dictionary import EventEntry, PropertyEntry, TraitEntry, TraitKind, ValueType
from catalogue.models.discovery import DiscoveredGroup, Discovery
from catalogue.models.draft import Draft
from catalogue.models.erasure import Erasure, ErasureState, ErasureStep, VersionErasure
from catalogue.models.evidence import Evidence, EvidenceKind, Strength
from catalogue.models.experiment import (
    Arm,
    Decision,
    Enrolment,
    Experiment,
    ExperimentState,
    Look,
    Rollout,
)
from catalogue.models.export import Export, ExportFormat
from catalogue.models.feedback import Feedback, Misfit
from catalogue.models.goal import GoalSplit
from catalogue.models.health import Coverage, Health
from catalogue.models.idea import (
    Extent,
    Idea,
    IdeaComment,
    IdeaKept,
    IdeaLink,
    IdeaState,
    IdeaVariant,
    IdeaVote,
    LinkKind,
)
from catalogue.models.kept_answer import KeptAnswer
from catalogue.models.measurement import Measurement
from catalogue.models.membership import MembershipVersion
from catalogue.models.message import PARTS, Acknowledgement, GuideVersion, MessageGuide
from catalogue.models.metric import Direction, Metric, Reading, Whose
from catalogue.models.notice import Notice
from catalogue.models.photo import Load, Photo
from catalogue.models.privacy_state import PrivacyState
from catalogue.models.publish_request import PublishRequest
from catalogue.models.review import Answer, Outcome, Review
from catalogue.models.run import Lease, RefreshRun, RunState
from catalogue.models.segment import DefinitionVersion, ListedMember, Segment, Status
from catalogue.models.segment_text import SegmentText
from catalogue.models.suppression import FoundBy, Suppressed, Suppression, SuppressionSource
from catalogue.models.survey import Survey
from catalogue.models.team import PeopleGrant, Role, Team, TeamMember
from catalogue.models.user import Theme, User
from catalogue.models.workspace import Workspace

__all__ = [
    "Account",
    "Acknowledgement",
    "Answer",
    "ApiKey",
    "Certificate",
    "Arm",
    "Change",
    "Consent",
    "Coverage",
    "Customer",
    "Decision",
    "DefinitionVersion",
    "Direction",
    "DiscoveredGroup",
    "Discovery",
    "Draft",
    "Erasure",
    "ErasureState",
    "ErasureStep",
    "Enrolment",
    "EventEntry",
    "Evidence",
    "EvidenceKind",
    "Experiment",
    "ExperimentState",
    "Export",
    "ExportFormat",
    "Feedback",
    "FoundBy",
    "GuideVersion",
    "Health",
    "Extent",
    "Health",
    "GoalSplit",
    "Feedback",
    "GuideVersion",
    "Idea",
    "IdeaComment",
    "IdeaKept",
    "IdeaLink",
    "IdeaState",
    "IdeaVariant",
    "IdeaVote",
    "KeptAnswer",
    "Lease",
    "LinkKind",
    "ListedMember",
    "Load",
    "Measurement",
    "Look",
    "MembershipVersion",
    "MessageGuide",
    "Misfit",
    "Metric",
    "Metric",
    "Misfit",
    "Notice",
    "OrdinalCounter",
    "Outcome",
    "PARTS",
    "PeopleGrant",
    "Photo",
    "PrivacyState",
    "PropertyEntry",
    "PublishRequest",
    "Reading",
    "RefreshRun",
    "Review",
    "Role",
    "Rollout",
    "RunState",
    "Scope",
    "Segment",
    "SegmentText",
    "Status",
    "Strength",
    "Suppressed",
    "Suppression",
    "SuppressionSource",
    "Survey",
    "Team",
    "TeamMember",
    "Theme",
    "TraitEntry",
    "TraitKind",
    "User",
    "ValueType",
    "VersionErasure",
    "Via",
    "Whose",
    "Workspace",
]
