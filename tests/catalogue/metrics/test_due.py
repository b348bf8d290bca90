"""A refresh is followed by one measuring, whoever looks and however often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalogue.metrics.due import MOST_ATTEMPTS, request_due_measurements
from catalogue.metrics.working import LEASE
from catalogue.models import Measurement, Reading, RunState, Segment
from catalogue.tasks import measure_run, refresh_run, tick
from catalogue.warehouse import leases
from tests.catalogue.workspace import NOW, define, load_workspace, refresh

pytestmark = pytest.mark.django_db


def pros() -> Segment:
    load_workspace()
    return define("pros", {"trait": "plan", "is": "pro"})


def test_before_the_first_refresh_there_is_nothing_to_measure() -> None:
    assert request_due_measurements() == []


def test_a_refresh_by_a_worker_is_measured_by_a_task_of_its_own() -> None:
    pros()
    tick()
    refresh_run(1)
    (number,) = request_due_measurements()
    assert request_due_measurements() == [number]
    measure_run(number)
    done = Measurement.objects.get()
    assert (done.state, done.run_id) == (RunState.SUCCEEDED, 1)
    assert Reading.objects.filter(measurement=done, segment__key="pros").exists()
    assert request_due_measurements() == []


def test_a_refresh_soon_after_is_measured_only_for_a_new_definition() -> None:
    pros()
    refresh()
    measure_run(request_due_measurements()[0])
    refresh(now=NOW + timedelta(minutes=10))
    assert request_due_measurements() == []
    define("pros", {"trait": "plan", "is": "free"})
    refresh(now=NOW + timedelta(minutes=20))
    assert len(request_due_measurements()) == 1


def test_of_several_refreshes_only_the_newest_is_measured() -> None:
    pros()
    for hours in (0, 2, 4):
        refresh(now=NOW + timedelta(hours=hours))
    (number,) = request_due_measurements()
    assert Measurement.objects.get(pk=number).now == NOW + timedelta(hours=4)


def test_a_measuring_whose_worker_is_at_it_is_left_to_it() -> None:
    fence = leases.take(LEASE, "another process", 60)
    at_it = Measurement.objects.create(now=NOW, state=RunState.RUNNING, attempts=1, fence=fence)
    assert request_due_measurements() == []
    at_it.refresh_from_db()
    assert at_it.state == RunState.RUNNING


def test_a_measuring_whose_worker_is_gone_is_done_again_three_times_at_most() -> None:
    lost = Measurement.objects.create(now=NOW, state=RunState.RUNNING, attempts=1, fence=7)
    assert request_due_measurements() == [lost.pk]
    Measurement.objects.update(state=RunState.RUNNING, attempts=MOST_ATTEMPTS)
    assert request_due_measurements() == []
    lost.refresh_from_db()
    assert lost.state == RunState.FAILED
    assert "manage.py measure" in lost.error
