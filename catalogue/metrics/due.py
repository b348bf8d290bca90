"""What is to be measured now, as rows: after a refresh, and where a worker was lost."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from catalogue.metrics.working import LEASE
from catalogue.models import Lease, Measurement, Reading, RefreshRun, RunState, Segment, Status

MOST_ATTEMPTS = 3
# A refresh sooner after the last measuring is not measured, but for a definition that is new.
LEAST_APART = timedelta(hours=1)
GIVEN_UP = (
    "The worker was lost {attempts} times while measuring, so it is not tried again. The readings"
    " before stay. Look at the worker's log and memory, then measure by hand: manage.py measure"
)


def request_due_measurements() -> list[int]:
    """Enter a measuring after the newest refresh, put lost ones back, and return the ids of all
    that wait, oldest first. Doing this twice, or in two processes, enters nothing twice; of several
    refreshes in a row only the newest is measured."""
    sweep_lost_measurements()
    done = RefreshRun.objects.filter(state=RunState.SUCCEEDED, photo__isnull=False)
    newest = done.defer("results", "scans").order_by("-pk").first()
    if newest is not None and newest.now is not None and _is_due(newest):
        Measurement.objects.get_or_create(run=newest, defaults={"now": newest.now})
    waiting = Measurement.objects.filter(state=RunState.QUEUED).order_by("pk")
    return list(waiting.values_list("pk", flat=True))


def sweep_lost_measurements() -> None:
    """Put back every running one whose worker has lost its lease, or give it up after the third."""
    alive = Lease.objects.filter(name=LEASE, expires_at__gt=Now()).values("fence")
    lost = Measurement.objects.filter(state=RunState.RUNNING).exclude(fence__in=alive)
    lost.filter(cancel_asked=True).update(state=RunState.CANCELLED, finished_at=Now())
    lost.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=RunState.FAILED,
        error=GIVEN_UP.format(attempts=MOST_ATTEMPTS),
        finished_at=Now(),
    )
    lost.update(state=RunState.QUEUED)


def _is_due(run: RefreshRun) -> bool:
    if Measurement.objects.filter(run=run).exists():
        return False
    last = Measurement.objects.order_by("-now").values_list("now", flat=True).first()
    assert run.now is not None  # noqa: S101 (it has ended well)
    return last is None or run.now - last >= LEAST_APART or _has_new_definition()


def _has_new_definition() -> bool:
    """Whether somebody's definition holds people by now, and was never measured."""
    taken = Reading.objects.filter(measurement__isnull=False, definition__isnull=False)
    measured = taken.values("definition")
    rows = Segment.objects.exclude(status=Status.ARCHIVED).filter(membership__isnull=False)
    return rows.exclude(membership__definition__in=measured).exists()
