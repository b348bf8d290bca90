"""The next batch is claimed while one is at the tool; what comes up meanwhile still counts."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pyroaring import BitMap

from catalogue.models import SuppressionSource, Via
from catalogue.privacy.suppressing import Entry, suppress
from integrations.connectors.files.connector import FilesConnector
from integrations.models import Audience, BatchState, SyncBatch, SyncRun, SyncState
from integrations.sync.asking import cancel_sync
from tests.integrations.ground import (
    NOON,
    acknowledged,
    destination,
    live_segment,
    make_customers,
    publish,
    sync,
)

pytestmark = pytest.mark.django_db(transaction=True)
IDS = [f"c{number}" for number in range(6)]
Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Six members in batches of two. What is given happens while the first batch is at the tool and
    the second is claimed."""
    make_customers(IDS)
    destination("drop", "files", {"directory": tmp_path, "batch_records": 2})
    publish(live_segment("pros", to="drop"), IDS)
    push = FilesConnector.push
    happens: list[Callable[[], object]] = []

    def push_meanwhile(self: FilesConnector, batch: Any) -> Any:
        if happens:
            for _ in range(500):
                if SyncBatch.objects.filter(state=BatchState.CLAIMED).count() == 2:
                    break
                time.sleep(0.01)
            happens.pop()()
            connection.close()
        return push(self, batch)

    monkeypatch.setattr(FilesConnector, "push", push_meanwhile)
    return happens.append


def assert_given_back(batch: SyncBatch) -> None:
    """Nobody is uncertain on its account, or counts as sent."""
    assert (batch.state, batch.accepted, batch.postponed) == ("settled", 0, 2)
    audience = Audience.objects.get()
    assert audience.uncertain_members() == BitMap()
    assert audience.sent_members() == audience.acknowledged_members()


def on_the_list(folder: Path) -> set[str]:
    (file,) = folder.glob("*.csv")
    return {line.split(",")[0] for line in file.read_text(encoding="utf-8").splitlines()[1:]}


def suppress_some(*ids: str) -> None:
    for one in ids:
        entry = Entry(customer_id=one, reason="asked us to")
        suppress(entry=entry, source=SuppressionSource.ADMIN, now=NOON, by=None, via=Via.COMMAND)


@pytest.mark.parametrize("gone", [("c2",), ("c2", "c3")], ids=["one of it", "all of it"])
def test_who_is_suppressed_after_the_claim_ahead_is_not_sent_and_all_others_are(
    meanwhile: Meanwhile, tmp_path: Path, gone: tuple[str, ...]
) -> None:
    meanwhile(lambda: suppress_some(*gone))

    run = sync("pros").run

    assert (run.state, run.added) == (SyncState.SUCCEEDED, 6 - len(gone))
    assert on_the_list(tmp_path) == acknowledged("pros") == set(IDS) - set(gone)
    assert_given_back(SyncBatch.objects.get(number=2))
    assert not SyncBatch.objects.filter(state=BatchState.CLAIMED).exists()


def test_a_batch_claimed_ahead_is_not_sent_once_the_sync_is_cancelled(
    meanwhile: Meanwhile, tmp_path: Path
) -> None:
    meanwhile(lambda: cancel_sync(run_id=SyncRun.objects.get().pk, by=None, via="admin"))

    run = sync("pros").run

    assert (run.state, run.added) == (SyncState.STOPPED, 2)
    assert on_the_list(tmp_path) == {"c0", "c1"}
    assert_given_back(SyncBatch.objects.get(number=2))


def test_a_batch_claimed_ahead_is_not_sent_once_another_worker_took_over(
    meanwhile: Meanwhile, tmp_path: Path
) -> None:
    meanwhile(lambda: Audience.objects.update(fence=1_000))

    sync("pros")

    assert on_the_list(tmp_path) == {"c0", "c1"}
    # Nothing was written down by the worker that had lost the list: not even what had arrived.
    audience = Audience.objects.get()
    assert audience.acknowledged_members() == BitMap()
    assert len(audience.uncertain_members()) == 4


def test_no_garbage_is_collected_while_a_batch_is_at_the_tool_but_before_and_after(
    meanwhile: Meanwhile,
) -> None:
    collecting: list[bool] = []
    meanwhile(lambda: collecting.append(gc.isenabled()))

    assert gc.isenabled()
    assert sync("pros").run.state == SyncState.SUCCEEDED

    assert collecting == [False]
    assert gc.isenabled()
