"""SIGKILL at every step of a sync: what is left is put right by the next one, with at most one
batch sent twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.models import Audience, LeaseLost, SyncBatch, SyncRun
from tests.fakes.fake_mailman import FakeMailman, running_fake
from tests.integrations.ground import (
    acknowledged,
    destination,
    live_segment,
    make_customers,
    publish,
    sync,
)
from tests.zygote import Zygote

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

LIST = "risk.lists.example.org"
BATCH = 4
STRANGER = "stranger@else.example"


def ids(*numbers: int) -> list[str]:
    return [f"c{number}" for number in numbers]


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMailman]:
    monkeypatch.setenv("MAILMAN_PASSWORD", "very-secret")
    with running_fake() as fake:
        make_customers([f"c{number}" for number in range(60)])
        options = {
            "url": fake.url,
            "password": "env:MAILMAN_PASSWORD",
            "domain": "lists.example.org",
            "identity": "{customer_id}@shop.example",
            "batch_records": BATCH,
        }
        destination("news", "mailman", options)
        yield fake


@pytest.fixture
def zygote(tool: FakeMailman, child_env: dict[str, str]) -> Iterator[Zygote]:
    with Zygote(child_env) as running:
        yield running


def wake(process: int) -> None:
    """Let a stopped process go on to its end, however often it stops on the way."""
    ends_at = time.monotonic() + 30
    while (state := process_state(process)) != "Z":
        assert time.monotonic() < ends_at, "it neither ends nor goes on"
        if state == "T":
            os.kill(process, signal.SIGCONT)
        time.sleep(0.01)


def process_state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def let_the_lease_run_out() -> None:
    """What waiting for five minutes would do."""
    Audience.objects.filter(lease_expires_at__isnull=False).update(lease_expires_at=None)


def test_a_sync_killed_at_any_step_is_put_right_by_the_next(
    tool: FakeMailman, zygote: Zygote
) -> None:
    segment = live_segment("risk", to="news")
    even, odd = ids(*range(10)), ids(*range(5, 15))
    publish(segment, even)
    sync("risk")
    tool.lists[LIST].add(STRANGER)
    killed = 0
    while True:
        target = odd if killed % 2 == 0 else even
        publish(segment, target)
        tool.requests.clear()
        ended = zygote.run("sync", crash_at=killed + 1)
        if not ended.was_killed:
            break
        killed += 1
        assert acknowledged("risk") <= set(even) | set(odd)
        let_the_lease_run_out()

        done = sync("risk")

        assert (done.run.state, done.drift and done.drift.is_different) == ("succeeded", False)
        assert tool.lists[LIST] == {STRANGER, *(f"{name}@shop.example" for name in target)}
        assert acknowledged("risk") == set(target)
        # Five to add and two requests for five to remove, and the batch that was in flight.
        assert tool.count("POST") <= 5 + BATCH
        assert tool.count("DELETE") <= 2 + 1
    assert killed >= 20, "the steps of four batches, and of the lease, the list, the seal, the end"
    assert ended.code == 0
    assert not SyncRun.objects.filter(state="running").exists()
    assert tool.lists[LIST] == {STRANGER, *(f"{name}@shop.example" for name in target)}


@pytest.mark.long
def test_a_first_sync_killed_at_any_step_makes_one_list(tool: FakeMailman, zygote: Zygote) -> None:
    was_killed, killed = True, 0
    while was_killed:
        segment = live_segment(f"risk-{killed}", to="news")
        publish(segment, ids(*range(3)))
        was_killed = zygote.run("sync", segment.key, crash_at=killed + 1).was_killed
        let_the_lease_run_out()
        assert sync(segment.key).run.state == "succeeded"
        killed += was_killed
    assert killed >= 9
    assert set(tool.lists) == {f"risk-{number}.lists.example.org" for number in range(killed + 1)}
    assert all(len(members) == 3 for members in tool.lists.values())


def test_two_processes_never_work_on_one_list(tool: FakeMailman, zygote: Zygote) -> None:
    segment = live_segment("risk", to="news")
    publish(segment, ids(*range(20)))
    sync("risk")
    publish(segment, ids(*range(40)))

    ended = [zygote.wait(pid) for pid in [zygote.start("sync") for _ in range(4)]]

    assert any(done.code == 0 for done in ended)
    assert all(done.code == 0 or "Another worker" in done.out for done in ended)
    assert tool.count("POST") == 2 + 40, "the domain and the list, then each member once"
    assert len(tool.lists[LIST]) == 40


@pytest.mark.parametrize(
    "place",
    [
        "sync.pushed",
        *(
            pytest.param(place, marks=pytest.mark.long)
            for place in ("sync.claimed", "sync.settled", "sync.sealed")
        ),
    ],
)
def test_a_worker_stopped_past_its_lease_writes_nothing_any_more(
    tool: FakeMailman, zygote: Zygote, place: str
) -> None:
    segment = live_segment("risk", to="news")
    publish(segment, ids(*range(8)))
    frozen = zygote.start("sync", stop_at=place)
    zygote.wait_until_stopped(frozen)
    let_the_lease_run_out()
    assert sync("risk").run.state == "succeeded"
    publish(segment, ids(*range(4, 12)))
    assert sync("risk").run.state == "succeeded"
    before = Audience.objects.filter(segment_key="risk").values().get()
    settled = SyncBatch.objects.filter(state="settled").count()

    wake(frozen)
    done = zygote.wait(frozen)

    assert done.code == 1
    assert "lost its lease" in done.out
    assert Audience.objects.filter(segment_key="risk").values().get() == before
    assert SyncBatch.objects.filter(state="settled").count() == settled
    assert SyncRun.objects.earliest("pk").state == "failed"
    sync("risk")
    assert sync("risk").run.state == "succeeded"
    assert tool.lists[LIST] == {f"{name}@shop.example" for name in ids(*range(4, 12))}


def test_a_lease_is_taken_once_and_again_when_it_has_run_out(tool: FakeMailman) -> None:
    publish(live_segment("risk", to="news"), ids(1))
    sync("risk")
    audience = Audience.objects.get()

    first = Audience.objects.take(audience.pk, seconds=60)
    assert first == audience.fence + 1
    assert Audience.objects.take(audience.pk, seconds=60) is None
    Audience.objects.release(audience.pk, fence=first)
    second = Audience.objects.take(audience.pk, seconds=-1)
    third = Audience.objects.take(audience.pk, seconds=60)
    assert (second, third) == (first + 1, first + 2)
    with pytest.raises(LeaseLost):
        Audience.objects.write(audience.pk, fence=second, seconds=60, name="stolen")
    Audience.objects.release(audience.pk, fence=second)
    assert Audience.objects.take(audience.pk, seconds=60) is None, "an old fence releases nothing"
