"""The face of the catalogue: what integrations and every way out of the house may use.

Facts about segments are for everyone. People leave only through `people`, which looks up rights,
erasure, suppression and consent; nothing else may turn a membership version into people. What is
known of one customer, and why it is in a segment or not, leaves only through `explain`.
"""

from catalogue.published.cards import SegmentCard, WantedSync, card, live_wanting_sync
from catalogue.published.explanations import CustomerExplained, explain, explain_each
from catalogue.published.people import Audience, Purpose, already_sent, people
from catalogue.published.versions import PublishedVersion, as_of, newest, version

__all__ = [
    "Audience",
    "CustomerExplained",
    "PublishedVersion",
    "Purpose",
    "SegmentCard",
    "WantedSync",
    "already_sent",
    "as_of",
    "card",
    "explain",
    "explain_each",
    "live_wanting_sync",
    "newest",
    "people",
    "version",
]
