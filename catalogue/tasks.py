"""What workers are asked to do. A message names a row; the row says everything else."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from catalogue.membership.due import request_due_refreshes
from catalogue.membership.refresh import run_refresh as do_run


@shared_task
def tick() -> None:
    """Every 30 seconds: enter what is due and ring for all that waits."""
    zone = ZoneInfo(settings.WORKSPACE_TIME_ZONE)
    for run_id in request_due_refreshes(now=timezone.now(), zone=zone):
        refresh_run.delay(run_id)


@shared_task
def refresh_run(run_id: int) -> None:
    """Do one refresh run, unless it is done, being done, or must wait for another one."""
    do_run(run_id=run_id, clock_now=timezone.now())
