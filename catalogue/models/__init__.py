"""One file per noun."""

from catalogue.models.customer import Account, Customer, OrdinalCounter
from catalogue.models.dictionary import EventEntry, PropertyEntry, TraitEntry, ValueType
from catalogue.models.evidence import Evidence
from catalogue.models.membership import MembershipVersion
from catalogue.models.message import MessageGuide
from catalogue.models.metric import Reading
from catalogue.models.photo import Load, Photo
from catalogue.models.run import Lease, RefreshRun, RunState
from catalogue.models.segment import DefinitionVersion, ListedMember, Segment, Status
from catalogue.models.team import Team
from catalogue.models.user import User

__all__ = [
    "Account",
    "Customer",
    "DefinitionVersion",
    "EventEntry",
    "Evidence",
    "Lease",
    "ListedMember",
    "Load",
    "MembershipVersion",
    "MessageGuide",
    "OrdinalCounter",
    "Photo",
    "PropertyEntry",
    "Reading",
    "RefreshRun",
    "RunState",
    "Segment",
    "Status",
    "Team",
    "TraitEntry",
    "User",
    "ValueType",
]
