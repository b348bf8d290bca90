"""Refreshing: one run judges segments at one `now` on one photo and publishes what changed.

The engine computes while no transaction is open. Then one short transaction checks that the lease
is still this worker's and writes all new versions, their readings, the segments and the run: all
of it or nothing.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime
from difflib import get_close_matches

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from catalogue.crashpoint import crashpoint
from catalogue.garbage import without_collecting
from catalogue.membership.attempt import (
    LEASE,
    LEASE_SECONDS,
    Attempt,
    LostLease,
    RefreshError,
)
from catalogue.membership.judging import Verdict, judge, scan_row
from catalogue.membership.known_members import keep_members, keep_newest
from catalogue.membership.publication import Pinned, write
from catalogue.membership.self_check import tell_of_difference
from catalogue.models import Photo, RefreshRun, RunState, Segment, Status
from catalogue.segments.freshness import stopped_because
from catalogue.warehouse import leases, photos
from catalogue.warehouse.company.errors import WarehouseError


class UnknownSegment(RefreshError):
    """A key that no segment has, or whose segment is archived."""


def request_refresh(
    *, keys: Collection[str] = (), now: datetime | None = None, slot: str | None = None
) -> RefreshRun:
    """Put a refresh of `keys` (empty: every segment not archived) into the ledger and return it.

    `now` None = the instant at which it starts. A `slot` is run once: asking again gives the same
    run. Without slot and `now`, a run of the same keys that has not started is returned instead of
    a second one. Raises UnknownSegment."""
    wanted = _known(keys)
    if slot is not None:
        return RefreshRun.objects.get_or_create(slot=slot, defaults={"keys": wanted, "now": now})[0]
    waiting = RefreshRun.objects.filter(state=RunState.QUEUED, keys=wanted, now=None, slot=None)
    found = waiting.first() if now is None else None
    return found or RefreshRun.objects.create(keys=wanted, now=now)


def run_refresh(*, run_id: int, clock_now: datetime, wait_seconds: float = 0) -> RefreshRun:
    """Do a run and return it as it ended. `clock_now` is its `now` unless it has one.

    While another refresh holds the lease, waits up to `wait_seconds` and then returns the run still
    queued. A segment that is refused keeps its last good version and does not stop the others.
    Raises RefreshError, DatabaseError or OSError when nothing could be published; the run says why
    as well."""
    fence = _lease(wait_seconds)
    if fence is not None:
        with Attempt(run_id, fence) as attempt:
            pinned = _start(attempt, clock_now)
            if pinned is not None:
                with without_collecting():
                    _refresh(attempt, pinned)
    return RefreshRun.objects.get(pk=run_id)


def cancel_refresh(*, run_id: int) -> RefreshRun:
    """Ask a run to stop before it publishes; one that has not started never will."""
    waiting = RefreshRun.objects.filter(pk=run_id, state=RunState.QUEUED)
    waiting.update(state=RunState.CANCELLED, finished_at=Now())
    RefreshRun.objects.filter(pk=run_id, state=RunState.RUNNING).update(cancel_asked=True)
    return RefreshRun.objects.get(pk=run_id)


def _known(keys: Collection[str]) -> list[str]:
    status = dict(Segment.objects.values_list("key", "status"))
    for key in keys:
        if key not in status:
            near = get_close_matches(key, status, n=1)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            raise UnknownSegment(f"There is no segment “{key}”.{hint}")
        if status[key] == Status.ARCHIVED:
            raise UnknownSegment(f"The segment “{key}” is archived: it is not refreshed any more.")
    return sorted(set(keys))


def _lease(wait_seconds: float) -> int | None:
    deadline = time.monotonic() + wait_seconds
    while (fence := leases.take(LEASE, leases.this_process(), LEASE_SECONDS)) is None:
        if not _free_of_dead_holder() and time.monotonic() >= deadline:
            return None
        time.sleep(0.1)
    return fence


def _free_of_dead_holder() -> bool:
    # A worker killed on this machine need not be waited for.
    holder = leases.held_by(LEASE)
    if holder is None or not leases.is_dead(holder):
        return False
    leases.release(LEASE, holder.fence)
    return True


def _start(attempt: Attempt, clock_now: datetime) -> Pinned | None:
    """Claim the run for this attempt; None when it is not waiting to be run."""
    newest = photos.newest_photo()
    claimed = RefreshRun.objects.filter(pk=attempt.run_id, state=RunState.QUEUED).update(
        state=RunState.RUNNING,
        fence=attempt.fence,
        attempts=F("attempts") + 1,
        photo=newest,
        # A second attempt judges the same instant as the first.
        now=Coalesce("now", clock_now),
        started_at=Now(),
        error="",
    )
    if not claimed:
        return None
    crashpoint("refresh: claimed")
    photo = _photo(newest)
    if photo != newest:
        attempt.mine.update(photo=photo)
    if photo is None:
        raise RefreshError(
            "There is nothing to refresh from yet. Load customers first:"
            " manage.py load customers FILE"
        )
    run = RefreshRun.objects.get(pk=attempt.run_id)
    return Pinned(run=run, photo=photo, now=run.now or clock_now)


def _photo(newest: Photo | None) -> Photo | None:
    try:
        return photos.photo_for_run(newest)
    except WarehouseError as error:
        raise RefreshError(f"{error} What was published before is unchanged.") from error


def _refresh(attempt: Attempt, pinned: Pinned) -> None:
    began = time.monotonic()
    crashpoint("refresh: started")
    verdict = judge(attempt, pinned)
    crashpoint("refresh: judged")
    _publish(attempt, pinned, verdict, began)
    for step in verdict.steps:
        if step.newest is not None:
            keep_members(step.newest, step.judgement.members)
            keep_newest(step.newest, step.since_frame)
    crashpoint("refresh: published")


def _publish(attempt: Attempt, pinned: Pinned, verdict: Verdict, began: float) -> None:
    """All or nothing, and only while the lease is ours: the first statement locks its row."""
    with transaction.atomic():
        attempt.renew()
        if not write(verdict.steps, pinned):
            raise LostLease
        crashpoint("publish: segments written")
        for write_beside in verdict.beside:
            write_beside()
        crashpoint("publish: beside written")
        for failure in verdict.failures:
            refused = Segment.objects.filter(pk=failure.segment.pk)
            refused.update(broken_reason=stopped_because(failure.reason, failure.code))
        crashpoint("publish: failures written")
        tell_of_difference(pinned.run, verdict.check)
        _finish(attempt, verdict, began)
        crashpoint("publish: before the commit")


def _finish(attempt: Attempt, verdict: Verdict, began: float) -> None:
    finished = attempt.mine.update(
        state=RunState.SUCCEEDED,
        results=verdict.results(),
        rows_read=verdict.rows_read,
        scans=[scan_row(scan) for scan in verdict.scans],
        check_result=verdict.check and verdict.check.row(),
        progress_done=F("progress_total"),
        milliseconds=round((time.monotonic() - began) * 1000),
        finished_at=Now(),
    )
    if not finished:
        raise LostLease
