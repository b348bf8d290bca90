"""What is due now, as rows: runs for the slots that have come, and runs whose worker is gone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models.functions import Now

from catalogue.membership.attempt import LEASE
from catalogue.membership.refresh import request_refresh
from catalogue.membership.schedule import latest_slot, timetable_of
from catalogue.models import Lease, RefreshRun, RunState, Segment, Status
from catalogue.warehouse import photos

MOST_ATTEMPTS = 3
# Not asked again: such a slot has had its run, and the next slot brings the next one.
QUARANTINED = (
    "The worker was lost {attempts} times while doing this refresh, so it is not tried again. What"
    " was published before is unchanged. Look at the worker's log and memory, then refresh by hand."
)


def request_due_refreshes(*, now: datetime, zone: ZoneInfo) -> list[int]:
    """Enter a run for every slot that has come, put lost runs back, and return the ids of all runs
    that wait to be done, oldest first. Doing this twice, or in two processes, enters nothing twice;
    of slots missed in a row only the newest is entered."""
    sweep_lost_runs()
    # Before the first load there is nothing to refresh from, and a slot is used only once.
    if photos.newest_photo() is not None:
        for slot, keys in _due(now, zone).items():
            request_refresh(keys=keys, slot=slot)
    waiting = RefreshRun.objects.filter(state=RunState.QUEUED).order_by("pk")
    return list(waiting.values_list("pk", flat=True))


def sweep_lost_runs() -> None:
    """Put back every running run whose worker has lost its lease, or give it up after the third."""
    alive = Lease.objects.filter(name=LEASE, expires_at__gt=Now()).values("fence")
    lost = RefreshRun.objects.filter(state=RunState.RUNNING).exclude(fence__in=alive)
    lost.filter(cancel_asked=True).update(state=RunState.CANCELLED, finished_at=Now())
    given_up = lost.filter(attempts__gte=MOST_ATTEMPTS)
    given_up.update(
        state=RunState.FAILED,
        error=QUARANTINED.format(attempts=MOST_ATTEMPTS),
        finished_at=Now(),
    )
    lost.update(state=RunState.QUEUED)


def _due(now: datetime, zone: ZoneInfo) -> dict[str, list[str]]:
    """The keys due, by the name of their slot. One slot is one run, so that segments of the same
    timetable share their scans."""
    due: dict[str, list[str]] = defaultdict(list)
    fresh: list[Segment] = []
    for segment in _segments():
        slot = latest_slot(timetable_of(segment.refresh), now=now, zone=zone)
        if _judged_definition(segment) != segment.definition_id:
            fresh.append(segment)
        if (segment.refreshed_at or segment.created_at) < slot:
            due[slot.isoformat()].append(segment.key)
    if fresh:
        due[_first_slot(fresh)] = [segment.key for segment in fresh]
    return due


def _segments() -> Iterable[Segment]:
    rows = Segment.objects.exclude(status=Status.ARCHIVED).filter(definition__isnull=False)
    heavy = ("membership__entered", "membership__left", "membership__key_frame")
    return rows.select_related("membership").defer(*heavy).order_by("key")


def _judged_definition(segment: Segment) -> int | None:
    return None if segment.membership is None else segment.membership.definition_id


def _first_slot(fresh: Iterable[Segment]) -> str:
    """A new definition is due at once, and once: its slot is named after it."""
    names = ",".join(str(segment.definition_id) for segment in fresh)
    return f"definitions {hashlib.sha256(names.encode()).hexdigest()[:32]}"
