"""What workers are asked to do. A message names a row; the row says everything else."""

from __future__ import annotations

import logging
from typing import Any
from zoneinfo import ZoneInfo

from celery import Task, shared_task
from celery.signals import worker_process_shutdown
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from catalogue.experiments.looking import look_at, looks_due
from catalogue.experiments.rollouts import tell_of_overdue
from catalogue.exports.tidying import tidy_exports, waiting_exports
from catalogue.exports.writing import run_export
from catalogue.ideas.waking import wake_due_ideas
from catalogue.lint import keeping
from catalogue.membership.due import request_due_refreshes
from catalogue.membership.refresh import run_refresh as do_run
from catalogue.membership.remembering import write_down, write_down_at_the_end
from catalogue.metrics.due import request_due_measurements
from catalogue.notices.mailing import mail_notices, waiting_mail
from catalogue.privacy import retention
from catalogue.privacy.erasing.asking import waiting_erasures
from catalogue.privacy.erasing.overdue import tell_of_overdue_erasures
from catalogue.research.discovering import run_discovery, waiting_discoveries
from catalogue.research.evidence import tell_of_expired
from catalogue.segments.review_notices import tell_of_due_reviews

logger = logging.getLogger(__name__)


@shared_task
def tick() -> None:
    """Every 30 seconds: enter what is due, ring for all that waits, delete what is over."""
    zone = ZoneInfo(settings.WORKSPACE_TIME_ZONE)
    for run_id in request_due_refreshes(now=timezone.now(), zone=zone):
        refresh_run.delay(run_id)
    for measurement_id in request_due_measurements():
        measure_run.delay(measurement_id)
    for export_id in waiting_exports():
        export_run.delay(export_id)
    look_at_what_is_due()
    tell_of_overdue(today=timezone.localdate(), now=timezone.now())
    tidy_exports(now=timezone.now())
    tell_of_due_reviews(now=timezone.now())
    for number in waiting_discoveries(now=timezone.now()):
        discover.delay(number)
    wake_due_ideas(now=timezone.now())
    tell_of_expired(now=timezone.now())
    if waiting_mail(now=timezone.now()).exists():
        mail.delay()
    if keeping.is_due(now=timezone.now()):
        look.delay()


@shared_task
def privacy_tick() -> None:
    """Every 30 seconds: ring for erasures that are not done, tell of those that are late; once an
    hour delete what is over its time."""
    for erasure_id in waiting_erasures():
        erase.delay(erasure_id)
    tell_of_overdue_erasures(now=timezone.now())
    if retention.is_due():
        delete_by_schedule.delay()


@shared_task
def erase(erasure_id: int) -> None:
    """Go on with one erasure, unless it is done or being done."""
    # The writer of the lake takes long to load, and pages load this module.
    from catalogue.privacy.erasing.running import run_erasure

    run_erasure(erasure_id=erasure_id, now=timezone.now())


@shared_task
def delete_by_schedule() -> None:
    """Delete whatever is kept for longer than the published schedule says."""
    retention.delete_by_schedule(now=timezone.now())


@shared_task
def refresh_run(run_id: int) -> None:
    """Do one refresh run, unless it is done, being done, or must wait for another one."""
    run = do_run(run_id=run_id, clock_now=timezone.now())
    for measurement_id in request_due_measurements():
        ring(measure_run, measurement_id)
    look_at_what_is_due()
    # Last, for nobody waits for it.
    write_down(run)


@worker_process_shutdown.connect
def end(**_: object) -> None:
    """What a process remembers is of use to the one that takes its place."""
    write_down_at_the_end()


@shared_task
def measure_run(measurement_id: int) -> None:
    """Work out all metrics once, unless that is done, being done, or must wait for another one."""
    # Statistics take long to load, and pages load this module.
    from catalogue.metrics.measuring import run_measurement

    run_measurement(measurement_id=measurement_id)


def look_at_what_is_due() -> None:
    """Ring for every experiment whose segment was refreshed since its newest look."""
    for experiment_id in looks_due():
        ring(look_at_experiment, experiment_id)


@shared_task
def look_at_experiment(experiment_id: int) -> None:
    """Look at one experiment, unless that is done."""
    look_at(experiment_id=experiment_id)


@shared_task
def export_run(export_id: int) -> None:
    """Write one file of members, unless it is written or being written."""
    run_export(export_id=export_id, clock_now=timezone.now())


@shared_task
def discover(number: int) -> None:
    """Look for groups once, unless that is done or being done."""
    run_discovery(number=number)


@shared_task
def mail() -> None:
    """Send the notices that wait to be sent, unless another worker does."""
    mail_notices(now=timezone.now())


@shared_task
def look() -> None:
    """Look at all segments by the rules. Doing it twice does no harm: the newer look stays."""
    keeping.look_at_everything(now=timezone.now())


def ring(task: Task[Any, Any], row_id: int) -> None:
    """Have a worker look at a row now. Whoever rings never waits for the queue and never fails
    with it: without a queue, the next tick finds the row."""
    try:
        task.delay(row_id)
    except (OperationalError, OSError) as fault:
        logger.warning("the queue does not answer (%s); row %s waits for the tick", fault, row_id)
