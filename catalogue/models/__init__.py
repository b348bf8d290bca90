"""One file per noun."""

from catalogue.models.api_key import ApiKey, Scope
from catalogue.models.certificate import Certificate
from catalogue.models.change import Change, Via
from catalogue.models.customer import Account, Customer, OrdinalCounter
from catalogue.models.dictionary import EventEntry, PropertyEntry, TraitEntry, TraitKind, ValueType
from catalogue.models.draft import Draft
from catalogue.models.evidence import Evidence
from catalogue.models.export import Export, ExportFormat
from catalogue.models.feedback import Feedback, Misfit
from catalogue.models.health import Coverage, Health
from catalogue.models.kept_answer import KeptAnswer
from catalogue.models.measurement import Measurement
from catalogue.models.membership import MembershipVersion
from catalogue.models.message import PARTS, Acknowledgement, GuideVersion, MessageGuide
from catalogue.models.metric import Direction, Metric, Reading, Whose
from catalogue.models.notice import Notice
from catalogue.models.photo import Load, Photo
from catalogue.models.publish_request import PublishRequest
from catalogue.models.review import Answer, Outcome, Review
from catalogue.models.run import Lease, RefreshRun, RunState
from catalogue.models.segment import DefinitionVersion, ListedMember, Segment, Status
from catalogue.models.segment_text import SegmentText
from catalogue.models.team import PeopleGrant, Role, Team, TeamMember
from catalogue.models.user import Theme, User
from catalogue.models.workspace import Workspace

__all__ = [
    "Account",
    "Acknowledgement",
    "Answer",
    "ApiKey",
    "Certificate",
    "Change",
    "Coverage",
    "Customer",
    "DefinitionVersion",
    "Direction",
    "Draft",
    "EventEntry",
    "Evidence",
    "Export",
    "ExportFormat",
    "Feedback",
    "GuideVersion",
    "Health",
    "KeptAnswer",
    "Lease",
    "ListedMember",
    "Load",
    "Measurement",
    "MembershipVersion",
    "MessageGuide",
    "Misfit",
    "Metric",
    "Notice",
    "OrdinalCounter",
    "Outcome",
    "PARTS",
    "PeopleGrant",
    "Photo",
    "PropertyEntry",
    "PublishRequest",
    "Reading",
    "RefreshRun",
    "Review",
    "Role",
    "RunState",
    "Scope",
    "Segment",
    "SegmentText",
    "Status",
    "Team",
    "TeamMember",
    "Theme",
    "TraitEntry",
    "TraitKind",
    "User",
    "ValueType",
    "Via",
    "Whose",
    "Workspace",
]
