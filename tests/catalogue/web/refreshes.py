"""Refreshes in every state, for the tests of their pages."""

from __future__ import annotations

from datetime import timedelta

from catalogue.models import RefreshRun
from catalogue.warehouse import leases
from tests.catalogue.workspace import NOW


def page_of(run: RefreshRun) -> str:
    return f"/runs/{run.pk}/"


def failed_run(*keys: str) -> RefreshRun:
    return RefreshRun.objects.create(
        keys=list(keys), state="failed", error="The disk is full. Make room, then refresh again."
    )


def running_run(*keys: str) -> RefreshRun:
    """A refresh that another process works on now."""
    fence = leases.take("refresh", "elsewhere:1", 60)
    assert fence is not None
    return RefreshRun.objects.create(
        keys=list(keys),
        state="running",
        fence=fence,
        now=NOW,
        started_at=NOW - timedelta(seconds=30),
        attempts=1,
        progress_done=3,
        progress_total=8,
    )


def states() -> list[tuple[int, str, bool]]:
    return list(RefreshRun.objects.order_by("pk").values_list("pk", "state", "cancel_asked"))
