"""One file per noun."""

from catalogue.models.api_key import ApiKey, Scope
from catalogue.models.change import Change, Via
from catalogue.models.customer import Account, Customer, OrdinalCounter
from catalogue.models.dictionary import EventEntry, PropertyEntry, TraitEntry, ValueType
from catalogue.models.draft import Draft
from catalogue.models.evidence import Evidence
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
from catalogue.models.health import Coverage, Health
from catalogue.models.kept_answer import KeptAnswer
from catalogue.models.measurement import Measurement
from catalogue.models.membership import MembershipVersion
from catalogue.models.message import MessageGuide
from catalogue.models.metric import Direction, Metric, Reading, Whose
from catalogue.models.notice import Notice
from catalogue.models.photo import Load, Photo
from catalogue.models.run import Lease, RefreshRun, RunState
from catalogue.models.segment import DefinitionVersion, ListedMember, Segment, Status
from catalogue.models.segment_text import SegmentText
from catalogue.models.team import PeopleGrant, Role, Team, TeamMember
from catalogue.models.user import Theme, User
from catalogue.models.workspace import Workspace

__all__ = [
    "Account",
    "ApiKey",
    "Arm",
    "Change",
    "Coverage",
    "Customer",
    "Decision",
    "DefinitionVersion",
    "Direction",
    "Draft",
    "Enrolment",
    "EventEntry",
    "Evidence",
    "Experiment",
    "ExperimentState",
    "Export",
    "ExportFormat",
    "Health",
    "KeptAnswer",
    "Lease",
    "ListedMember",
    "Load",
    "Look",
    "Measurement",
    "MembershipVersion",
    "MessageGuide",
    "Metric",
    "Notice",
    "OrdinalCounter",
    "PeopleGrant",
    "Photo",
    "PropertyEntry",
    "Reading",
    "RefreshRun",
    "Role",
    "Rollout",
    "RunState",
    "Scope",
    "Segment",
    "SegmentText",
    "Status",
    "Team",
    "TeamMember",
    "Theme",
    "TraitEntry",
    "User",
    "ValueType",
    "Via",
    "Whose",
    "Workspace",
]
