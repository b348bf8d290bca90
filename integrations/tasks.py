"""What a worker is told: ids only. What is due is asked of the database."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from celery import shared_task

from integrations.errors import IntegrationError
from integrations.sync.alerting import tell_of_late_lists
from integrations.sync.run import NotNow, measure_drift
from integrations.sync.run import sync_audience as run_sync
from integrations.sync.wanted import due_audiences, due_measures
from integrations.sync.work import Asked

logger = logging.getLogger(__name__)
# Well under the worker's limit for one task; what is left follows with the next tick.
RUN_FOR = timedelta(seconds=180)


def _clock() -> datetime:
    return datetime.now(UTC)


@shared_task
def tick() -> int:
    """Ring for every list that is due. Returns how many."""
    due = due_audiences(now=_clock())
    for audience_id in due:
        sync_audience.delay(audience_id)
    for audience_id in due_measures(now=_clock()):
        measure_list.delay(audience_id)
    tell_of_late_lists(now=_clock())
    return len(due)


@shared_task
def measure_list(audience_id: int) -> str:
    """Read one list back and compare, unless somebody else is at it. Returns what was found."""
    try:
        return str(measure_drift(audience_id=audience_id, clock=_clock))
    except NotNow as reason:
        logger.info("list %s was not read back: %s", audience_id, reason)
        return "not begun"
    except IntegrationError as fault:
        logger.warning("list %s could not be read back: %s", audience_id, fault.sentence)
        return "failed"


@shared_task
def sync_audience(audience_id: int) -> str:
    """Sync one list, unless somebody else is at it. Returns the state it ended in."""
    asked = Asked(actor="timetable", ends_by=_clock() + RUN_FOR)
    try:
        return run_sync(audience_id=audience_id, clock=_clock, asked=asked).run.state
    except NotNow as reason:
        logger.info("sync of list %s was not begun: %s", audience_id, reason)
        return "not begun"
