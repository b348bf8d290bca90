"""One file per noun."""

from integrations.models.audience import Audience, LeaseLost
from integrations.models.batch import BatchState, SyncBatch
from integrations.models.destination import Destination, SyncMode
from integrations.models.drift import DriftReport
from integrations.models.receipt import Receipt, ReceiptVerdict
from integrations.models.rejection import Rejection, Side
from integrations.models.remote_contact import RemoteContact
from integrations.models.sent_identity import SentIdentity
from integrations.models.sync import SyncRun, SyncState
from integrations.models.tool_erasure import ToolErasure

__all__ = [
    "Audience",
    "BatchState",
    "Destination",
    "DriftReport",
    "LeaseLost",
    "Receipt",
    "ReceiptVerdict",
    "Rejection",
    "RemoteContact",
    "SentIdentity",
    "Side",
    "SyncBatch",
    "SyncMode",
    "SyncRun",
    "SyncState",
    "ToolErasure",
]
