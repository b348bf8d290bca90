"""A run says how far it is and asks whether to stop a few times a second, and no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test.utils import CaptureQueriesContext

from catalogue.membership import attempt
from catalogue.membership.attempt import LEASE, LEASE_SECONDS, QUIET_SECONDS, Attempt
from catalogue.membership.refresh import cancel_refresh
from catalogue.models import RefreshRun, RunState
from catalogue.warehouse import leases

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Queries = Callable[..., CaptureQueriesContext]


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(attempt, "time", found)
    return found


def running() -> Attempt:
    fence = leases.take(LEASE, "somebody", LEASE_SECONDS)
    assert fence is not None
    run = RefreshRun.objects.create(state=RunState.RUNNING, fence=fence)
    return Attempt(run.pk, fence)


def told() -> tuple[int, int]:
    return RefreshRun.objects.values_list("progress_done", "progress_total").get()


def test_how_many_scans_there_are_is_told_at_once_and_then_now_and_again(
    clock: Clock, django_assert_num_queries: Queries
) -> None:
    mine = running()
    mine.progress(0, 18)
    assert told() == (0, 18)
    clock.now += QUIET_SECONDS / 2
    with django_assert_num_queries(0):
        mine.progress(1, 18)
    clock.now += QUIET_SECONDS / 2
    mine.progress(2, 18)
    assert told() == (2, 18)
    mine.progress(0, 19)  # the self-check has scans of its own
    assert told() == (0, 19)


def test_a_run_that_was_cancelled_before_it_asks_stops_at_once(clock: Clock) -> None:
    mine = running()
    cancel_refresh(run_id=mine.run_id)
    assert mine.should_stop()


def test_one_that_is_cancelled_later_stops_a_moment_later(
    clock: Clock, django_assert_num_queries: Queries
) -> None:
    mine = running()
    assert not mine.should_stop()
    cancel_refresh(run_id=mine.run_id)
    with django_assert_num_queries(0):
        assert not mine.should_stop()
    clock.now += QUIET_SECONDS
    assert mine.should_stop()
