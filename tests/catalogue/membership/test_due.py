"""What is due becomes rows, once, whoever looks and however often."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from catalogue.membership.attempt import LEASE
from catalogue.membership.due import MOST_ATTEMPTS, request_due_refreshes
from catalogue.membership.refresh import run_refresh
from catalogue.models import Lease, Photo, RefreshRun, RunState, Segment
from catalogue.warehouse import leases
from tests.catalogue.membership.ground import START, make_segment, publish

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ZONE = ZoneInfo("UTC")
HOURLY = {"every": 1, "unit": "hour", "at": None}


def due(hours: float) -> list[list[str]]:
    """The keys of every run that waits START + `hours`."""
    waiting = request_due_refreshes(now=START + timedelta(hours=hours), zone=ZONE)
    return [RefreshRun.objects.get(pk=pk).keys for pk in waiting]


def refreshed(key: str, **facts: object) -> Segment:
    segment = make_segment(key)
    publish(segment, {1}, day=0)
    Segment.objects.filter(pk=segment.pk).update(**facts)
    RefreshRun.objects.update(state=RunState.SUCCEEDED)
    return segment


def test_a_segment_is_due_when_its_slot_has_come() -> None:
    refreshed("hourly", refresh=HOURLY)
    refreshed("daily")
    assert due(0.9) == []
    assert due(1) == [["hourly"]]


def test_segments_of_one_slot_are_one_run() -> None:
    refreshed("a", refresh=HOURLY)
    refreshed("b", refresh=HOURLY)
    refreshed("daily")
    assert due(1) == [["a", "b"]]


def test_asking_again_enters_nothing_and_rings_again_for_what_still_waits() -> None:
    refreshed("hourly", refresh=HOURLY)
    assert due(1) == due(1.2) == [["hourly"]]
    assert RefreshRun.objects.filter(slot__isnull=False).count() == 1


def test_of_many_missed_slots_only_the_newest_is_run() -> None:
    refreshed("hourly", refresh=HOURLY)
    assert due(60) == [["hourly"]]


def test_a_new_definition_is_due_at_once_and_once() -> None:
    Photo.objects.create(customers=b"", accounts=b"")
    make_segment("fresh")
    assert due(0.1) == [["fresh"]]
    RefreshRun.objects.update(state=RunState.FAILED)
    assert due(0.2) == []


def test_an_archived_segment_is_never_due() -> None:
    refreshed("gone", refresh=HOURLY, status="archived")
    assert due(5) == []


def test_nothing_is_due_before_the_first_load() -> None:
    make_segment("fresh")
    assert due(0.1) == []


def lost_run(**facts: object) -> RefreshRun:
    fence = leases.take(LEASE, "elsewhere:1", 60)
    assert fence is not None
    run = RefreshRun.objects.create(state=RunState.RUNNING, fence=fence, attempts=1)
    Lease.objects.update(expires_at=START)
    RefreshRun.objects.filter(pk=run.pk).update(**facts)
    return run


def test_a_run_whose_worker_is_gone_waits_again() -> None:
    run = lost_run()
    assert request_due_refreshes(now=START, zone=ZONE) == [run.pk]


def test_a_run_that_is_being_done_is_left_alone() -> None:
    fence = leases.take(LEASE, "elsewhere:1", 60)
    run = RefreshRun.objects.create(state=RunState.RUNNING, fence=fence or 0, attempts=1)
    assert request_due_refreshes(now=START, zone=ZONE) == []
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


def test_a_run_that_lost_three_workers_is_given_up_with_a_sentence() -> None:
    run = lost_run(attempts=MOST_ATTEMPTS)
    assert request_due_refreshes(now=START, zone=ZONE) == []
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "lost 3 times" in run.error
    assert run_refresh(run_id=run.pk, clock_now=START).state == RunState.FAILED


def test_a_lost_run_that_was_to_be_cancelled_is() -> None:
    run = lost_run(cancel_asked=True)
    assert request_due_refreshes(now=START, zone=ZONE) == []
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
