"""A message is a doorbell: the rows say what is due and what became of it."""

from __future__ import annotations

import pytest

from catalogue.models import RefreshRun, RunState, Segment
from catalogue.tasks import refresh_run, tick
from tests.catalogue.workspace import define, load_workspace

pytestmark = pytest.mark.django_db


def test_a_tick_enters_what_is_due_and_the_task_does_it() -> None:
    load_workspace()
    define("pros", {"trait": "plan", "is": "pro"})
    tick()
    run = RefreshRun.objects.get()
    assert (run.state, run.keys) == (RunState.QUEUED, ["pros"])
    refresh_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.SUCCEEDED
    assert Segment.objects.get(key="pros").refreshed_at == run.now


def test_ringing_twice_refreshes_once() -> None:
    load_workspace()
    define("pros", {"trait": "plan", "is": "pro"})
    tick()
    tick()
    run = RefreshRun.objects.get()
    refresh_run(run.pk)
    refresh_run(run.pk)
    run.refresh_from_db()
    assert run.attempts == 1
