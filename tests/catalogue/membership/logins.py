"""Logins that are loaded one by one, and refreshes at instants of the tests' own."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import time_machine

from catalogue.models import RefreshRun
from catalogue.warehouse.ingest import load_events
from tests.catalogue.workspace import refresh


def login(who: str, at: datetime) -> None:
    """Load that somebody logged in."""
    rows = pa.table({"customer": [who], "name": ["login"], "time": [at]})
    load_events(rows, event_column="name", customer="customer", time="time")


def refresh_at(now: datetime) -> RefreshRun:
    """Refresh all segments as of an instant, at that instant."""
    with time_machine.travel(now, tick=False):
        refresh(now=now)
    return RefreshRun.objects.latest("pk")
