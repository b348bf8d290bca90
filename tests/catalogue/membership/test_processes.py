"""Refreshes in real processes: racing, stopped, killed, and on a full disk."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta

import pyarrow as pa
import pytest
from django.db import connection

from catalogue.membership.attempt import LEASE
from catalogue.membership.refresh import cancel_refresh
from catalogue.membership.versions import members_of
from catalogue.models import Lease, MembershipVersion, Reading, RefreshRun, RunState, Segment
from catalogue.warehouse.ingest import load_customers
from tests.catalogue.workspace import NOW, define, ids, load_workspace, refresh
from tests.zygote import Zygote

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

AT = ("--now", NOW.isoformat())
PRO = {"trait": "plan", "is": "pro"}
RECENT = {"did": "login", "in_last": "1 days"}


@pytest.fixture
def zygote(child_env: dict[str, str]) -> Iterator[Zygote]:
    with Zygote(child_env) as zygote:
        yield zygote


def three_segments() -> None:
    load_workspace()
    define("pros", PRO)
    define("recent", {"did": "login", "in_last": "7 days"})
    define("both", {"all": [{"in_segment": "pros"}, {"in_segment": "recent"}]})


def state() -> dict[str, object]:
    """What readers see of every segment; reading checks each version's SHA-256."""
    seen: dict[str, object] = {}
    for segment in Segment.objects.select_related("membership").order_by("key"):
        versions = list(segment.memberships.order_by("number").select_related("segment"))
        assert [one.number for one in versions] == list(range(1, len(versions) + 1))
        assert segment.membership == (versions[-1] if versions else None)
        seen[segment.key] = [sorted(members_of(one)) for one in versions]
    assert Reading.objects.count() == 4 * MembershipVersion.objects.count()
    return seen


def counts(seen: dict[str, object]) -> set[int]:
    return {len(versions) for versions in seen.values()}  # type: ignore[arg-type]


def test_two_processes_at_once_publish_once(zygote: Zygote) -> None:
    three_segments()
    started = [zygote.start("refresh", *AT) for _ in range(3)]
    done = [zygote.wait(pid) for pid in started]
    assert [one.code for one in done] == [0, 0, 0], done
    assert counts(state()) == {1}
    assert ids("both") == {"ada"}


@pytest.mark.long
def test_racing_refreshes_of_different_days_number_their_versions_without_gap_or_repeat(
    zygote: Zygote,
) -> None:
    load_workspace()
    define("recent", RECENT)
    days = [NOW - timedelta(days=back) for back in (0, 7, 1, 75, 8, 2)]
    started = [zygote.start("refresh", "--now", day.isoformat()) for day in days]
    assert [zygote.wait(pid).code for pid in started] == [0] * len(days)
    versions = state()["recent"]
    assert isinstance(versions, list)
    assert {tuple(members) for members in versions} >= {(0,), (1,), (4,), ()}


@pytest.mark.parametrize(
    "place", ["refresh: judged", pytest.param("refresh: started", marks=pytest.mark.long)]
)
def test_a_worker_stopped_past_its_lease_cannot_publish_when_it_wakes(
    zygote: Zygote, place: str
) -> None:
    three_segments()
    pid = zygote.start("refresh", *AT, stop_at=place)
    zygote.wait_until_stopped(pid)
    Lease.objects.filter(name=LEASE).update(expires_at=NOW - timedelta(days=400))
    load_customers(pa.table({"id": ["bob"], "plan": ["pro"]}), as_of=NOW - timedelta(days=1))
    refresh()
    before = state()
    os.kill(pid, signal.SIGCONT)
    done = zygote.wait(pid)
    assert done.code == 1
    assert "stood still for longer than its lease" in done.err
    assert state() == before
    assert ids("pros") == {"ada", "bob", "cleo"}


def test_a_worker_stopped_in_its_transaction_keeps_every_other_one_out(zygote: Zygote) -> None:
    three_segments()
    pid = zygote.start("refresh", *AT, stop_at="publish: segments written")
    zygote.wait_until_stopped(pid)
    assert counts(state()) == {0}
    os.kill(pid, signal.SIGCONT)
    assert zygote.wait(pid).code == 0
    assert counts(state()) == {1}


def test_a_refresh_can_be_cancelled_while_it_is_under_way(zygote: Zygote) -> None:
    three_segments()
    pid = zygote.start("refresh", *AT, stop_at="refresh: started")
    zygote.wait_until_stopped(pid)
    cancel_refresh(run_id=RefreshRun.objects.get().pk)
    os.kill(pid, signal.SIGCONT)
    done = zygote.wait(pid)
    assert done.code == 1
    assert "cancelled" in done.err
    assert RefreshRun.objects.get().state == RunState.CANCELLED
    assert counts(state()) == {0}


def test_killed_at_any_step_a_refresh_has_published_all_or_nothing_and_the_next_one_heals(
    zygote: Zygote,
) -> None:
    three_segments()
    refresh()
    before = state()
    load_customers(pa.table({"id": ["bob"], "plan": ["pro"]}), as_of=NOW)
    define("pros", {"all": [PRO]})
    define("recent", {"did": "login", "in_last": "8 days"})
    define("both", {"any": [{"in_segment": "pros"}, {"in_segment": "recent"}]})
    kills = 0
    for step in range(1, 40):
        done = zygote.run("refresh", *AT, crash_at=step)
        after = state()
        if not done.was_killed:
            break
        kills += 1
        assert counts(after) in ({1}, {2}), f"half a refresh after dying at step {step}"
        assert after == before or counts(after) == {2}
    assert done.code == 0, done.err
    assert kills >= 8
    assert counts(after) == {2}
    assert ids("both") == {"ada", "bob", "cleo"}


@pytest.mark.long
def test_on_a_full_disk_nothing_is_published_and_the_sentence_says_so(zygote: Zygote) -> None:
    if connection.vendor != "sqlite":
        return  # the files of a PostgreSQL are not this process's to fill
    three_segments()
    refresh()
    before = state()
    define("pros", {"any": [PRO, {"did": "login"}]})
    define("recent", {"everyone": True})
    with connection.cursor() as cursor:
        # Else what was written until here has made room in the journal, and hides the small steps.
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    refused, largest = 0, 4_096
    while True:
        done = zygote.run("refresh", *AT, largest_file=largest)
        if done.code == 0:
            break
        refused, largest = refused + 1, largest * 3 // 2
        assert largest < 4_000_000
        assert state() == before
        assert "Traceback" not in done.err, done.err
        assert "disk" in done.err, done.err
    assert refused > 0
    assert zygote.run("refresh", *AT).code == 0
    assert len(state()["pros"]) == 2  # type: ignore[arg-type]
