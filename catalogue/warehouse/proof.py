"""What every process that serves or works does first: see that DuckDB is locked in."""

from __future__ import annotations

from django.conf import settings

from catalogue.warehouse.connection import open_connection


def prove_locked_in() -> None:
    """Open a connection as all are opened, and try to break out. Raises UnlockedError, and then the
    process must not start. Every connection that is opened later is tried in the same way."""
    open_connection(lake=settings.LAKE_DIR).disconnect()
