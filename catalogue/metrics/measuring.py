"""Measuring: one run works out all metrics of all segments as of one `now`, on one photo.

The engine computes while no transaction is open. Then one short transaction checks that the lease
is still this worker's and writes all readings: all of them or none.
"""

from __future__ import annotations

import time

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from catalogue.crashpoint import crashpoint
from catalogue.engine.inputs import ScanFailed, Stopped
from catalogue.membership.attempt import Cancelled, LostLease, RefreshError
from catalogue.metrics.looking import Looked, look
from catalogue.metrics.working import LEASE, LEASE_SECONDS, TookTooLong, Work
from catalogue.models import Measurement, Photo, Reading, RunState
from catalogue.warehouse import leases, photos
from catalogue.warehouse.budgets import refresh_budget
from catalogue.warehouse.company.errors import WarehouseError
from catalogue.warehouse.deadline import Deadline


def run_measurement(*, measurement_id: int, wait_seconds: float = 0) -> Measurement:
    """Do a measuring and return it as it ended. While another one goes on, waits up to
    `wait_seconds` and then returns it still queued.

    A metric that cannot be measured, or a segment that cannot be read, does not stop the others:
    `faults` says why. Raises RefreshError, DatabaseError or OSError when nothing could be written;
    the row says why as well."""
    fence = _lease(wait_seconds)
    if fence is not None:
        with Work(measurement_id, fence) as work:
            found = _start(work)
            if found is not None:
                _measure(work, found)
    return Measurement.objects.get(pk=measurement_id)


def _lease(wait_seconds: float) -> int | None:
    deadline = time.monotonic() + wait_seconds
    while (fence := leases.take(LEASE, leases.this_process(), LEASE_SECONDS)) is None:
        holder = leases.held_by(LEASE)
        if holder is not None and leases.is_dead(holder):
            leases.release(LEASE, holder.fence)
        elif time.monotonic() >= deadline:
            return None
        time.sleep(0.1)
    return fence


def _start(work: Work) -> Measurement | None:
    """Claim the row for this worker; None when it does not wait to be done."""
    claimed = Measurement.objects.filter(pk=work.measurement_id, state=RunState.QUEUED).update(
        state=RunState.RUNNING,
        fence=work.fence,
        attempts=F("attempts") + 1,
        started_at=Now(),
        error="",
    )
    if not claimed:
        return None
    crashpoint("measure: claimed")
    return Measurement.objects.select_related("run").get(pk=work.measurement_id)


def _measure(work: Work, found: Measurement) -> None:
    began = time.monotonic()
    photo = _photo(found)
    looked = _look(work, found, photo)
    crashpoint("measure: measured")
    with transaction.atomic():
        work.renew()
        Reading.objects.insert(looked.readings)
        crashpoint("measure: readings written")
        _finish(work, looked, photo, began)
    crashpoint("measure: finished")


def _photo(found: Measurement) -> Photo:
    """That of the refresh it follows; without one the newest."""
    pinned = found.run.photo if found.run is not None else None
    try:
        photo = pinned or photos.photo_for_run(photos.newest_photo())
    except WarehouseError as error:
        raise RefreshError(f"{error} The readings before stay.") from error
    if photo is None:
        raise RefreshError(
            "There is nothing to measure yet. Load customers first: manage.py load customers FILE"
        )
    return photo


def _look(work: Work, found: Measurement, photo: Photo) -> Looked:
    budget = refresh_budget()
    deadline = Deadline(budget.seconds)
    tables = photos.open_photo(photo, budget=budget, is_alone=True)
    try:
        with deadline.held(tables.connection):
            return look(
                found,
                photo,
                tables,
                on_progress=work.progress,
                should_stop=lambda: deadline.has_passed() or work.should_stop(),
            )
    except Stopped as stopped:
        raise (TookTooLong(budget) if deadline.has_passed() else Cancelled()) from stopped
    except ScanFailed as failed:
        photos.forget_connection()
        raise RefreshError(str(failed)) from failed


def _finish(work: Work, looked: Looked, photo: Photo, began: float) -> None:
    finished = work.mine.update(
        state=RunState.SUCCEEDED,
        photo=photo,
        rows_read=looked.rows,
        faults=looked.faults,
        progress_done=F("progress_total"),
        milliseconds=round((time.monotonic() - began) * 1000),
        finished_at=Now(),
    )
    if not finished:
        raise LostLease
