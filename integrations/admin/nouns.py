"""Every noun that integrations put into the admin."""

from integrations.admin import (
    audience,
    destination,
    drift,
    receipt,
    rejection,
    remote_contact,
    sync_run,
    tool_erasure,
)

__all__ = [
    "audience",
    "destination",
    "drift",
    "receipt",
    "rejection",
    "remote_contact",
    "sync_run",
    "tool_erasure",
]
