"""The face of the catalogue: what integrations and every way out of the house may use.

Facts about segments are for everyone. People leave only through `people`, which looks up rights,
erasure, suppression and consent; nothing else may turn a membership version into people. What is
known of one customer, and why it is in a segment or not, leaves only through `explain`. Pages of
members, single memberships and the feed of changes for copies elsewhere go through `people` too.
"""

from catalogue.published.barring import barred
from catalogue.published.cards import SegmentCard, WantedSync, card, live_wanting_sync
from catalogue.published.explanations import CustomerExplained, explain, explain_each
from catalogue.published.feed import (
    NothingPublished,
    Place,
    PlaceExpired,
    Step,
    Steps,
    changes_after,
    place_after,
)
from catalogue.published.leaving import leavers
from catalogue.published.members import (
    Belonging,
    Member,
    MembersPage,
    check,
    data_state,
    members_page,
    members_state,
    segments_of,
)
from catalogue.published.people import (
    Audience,
    Eligible,
    NotPeople,
    Purpose,
    already_sent,
    people,
    privacy_state,
)
from catalogue.published.standing import (
    entered_since,
    goal_state_of,
    goal_states,
    population,
    since,
)
from catalogue.published.tallies import Tally, tally
from catalogue.published.versions import PublishedVersion, as_of, newest, version

__all__ = [
    "Audience",
    "Belonging",
    "CustomerExplained",
    "Eligible",
    "Member",
    "MembersPage",
    "NotPeople",
    "NothingPublished",
    "Place",
    "PlaceExpired",
    "PublishedVersion",
    "Purpose",
    "SegmentCard",
    "Step",
    "Steps",
    "Tally",
    "WantedSync",
    "already_sent",
    "as_of",
    "barred",
    "card",
    "changes_after",
    "check",
    "data_state",
    "entered_since",
    "explain",
    "explain_each",
    "goal_state_of",
    "goal_states",
    "leavers",
    "live_wanting_sync",
    "members_page",
    "members_state",
    "newest",
    "people",
    "place_after",
    "population",
    "privacy_state",
    "segments_of",
    "since",
    "tally",
    "version",
]
