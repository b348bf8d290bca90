"""One file per noun."""

from integrations.models.audience import Audience, LeaseLost
from integrations.models.batch import BatchState, SyncBatch
from integrations.models.destination import Destination
from integrations.models.drift import DriftReport
from integrations.models.rejection import Rejection, Side
from integrations.models.sent_identity import SentIdentity
from integrations.models.sync import SyncRun, SyncState

__all__ = [
    "Audience",
    "BatchState",
    "Destination",
    "DriftReport",
    "LeaseLost",
    "Rejection",
    "SentIdentity",
    "Side",
    "SyncBatch",
    "SyncRun",
    "SyncState",
]
