"""Asking for a measuring. Doing one takes libraries that pages need not load."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models.functions import Now

from catalogue.membership.refresh import UnknownSegment
from catalogue.models import Measurement, RunState, Segment, Status


def request_measurement(*, keys: Collection[str], now: datetime) -> Measurement:
    """Put a measuring of segments (no keys: all that are not archived) as of `now` into the ledger
    and return it; one of the same that waits already is returned instead. Raises UnknownSegment."""
    rows = Segment.objects.exclude(status=Status.ARCHIVED).filter(key__in=keys)
    missing = sorted(set(keys) - set(rows.values_list("key", flat=True)))
    if missing:
        raise UnknownSegment(f"There is no segment “{missing[0]}” that could be measured.")
    wanted = {"keys": sorted(set(keys)), "now": now}
    waiting = Measurement.objects.filter(state=RunState.QUEUED, **wanted).first()
    return waiting or Measurement.objects.create(**wanted)


def cancel_measurement(*, measurement_id: int) -> None:
    """Ask it to stop before it writes; one that has not begun never will."""
    rows = Measurement.objects.filter(pk=measurement_id)
    rows.filter(state=RunState.QUEUED).update(state=RunState.CANCELLED, finished_at=Now())
    rows.filter(state=RunState.RUNNING).update(cancel_asked=True)
