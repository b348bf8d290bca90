"""A sync that goes on can be stopped between two batches, and goes on when somebody says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from pyroaring import BitMap

from catalogue.models import Change, Role
from integrations.connectors.files.connector import FilesConnector
from integrations.models import (
    Audience,
    BatchState,
    Destination,
    SyncBatch,
    SyncRun,
    SyncState,
)
from integrations.sync.asking import ask_again, cancel_sync
from integrations.sync.wanted import due_audiences
from tests.catalogue.segments.ground import seat
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


@pytest.fixture
def cancelled_after_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six members in batches of two; somebody cancels while the second batch is on its way."""
    make_customers(IDS)
    destination("drop", "files", {"directory": tmp_path, "batch_records": 2})
    publish(live_segment("pros", to="drop"), IDS)
    seat("chief", Role.ADMIN)
    push = FilesConnector.push
    sent: list[Any] = []

    def push_and_cancel(self: FilesConnector, batch: Any) -> Any:
        sent.append(batch)
        if len(sent) == 2:
            run = SyncRun.objects.get()
            assert cancel_sync(run_id=run.pk, by=None, via="admin")
            # Tools are spoken to by a thread of their own, which has a connection of its own.
            connection.close()
        return push(self, batch)

    monkeypatch.setattr(FilesConnector, "push", push_and_cancel)


def there() -> list[str]:
    """The rows of the file, as far as it was written."""
    found = [path for path in Path(Destination.objects.get().options["directory"]).glob("*.csv")]
    return found[0].read_text(encoding="utf-8").splitlines()[1:]


def test_what_was_confirmed_stays_and_nothing_more_is_sent(cancelled_after_two: None) -> None:
    run = sync("pros").run

    assert (run.state, run.added) == (SyncState.STOPPED, 4)
    assert "was cancelled" in run.sentence
    assert len(acknowledged("pros")) == 4
    assert len(there()) == 4
    # The third may have been claimed while the second was at the tool. Nobody in it is uncertain.
    assert Audience.objects.get().uncertain_members() == BitMap()
    assert not SyncBatch.objects.filter(state=BatchState.CLAIMED).exists()
    assert list(SyncBatch.objects.exclude(accepted=0).values_list("accepted", flat=True)) == [2, 2]


def test_the_timetable_leaves_it_alone_until_somebody_asks(cancelled_after_two: None) -> None:
    sync("pros")
    assert due_audiences(now=NOON) == []

    audience = ask_again(audience_id=Audience.objects.get().pk, by=None, via="admin")

    assert due_audiences(now=NOON) == [audience.pk]
    assert sync("pros").run.state == SyncState.SUCCEEDED
    assert acknowledged("pros") == set(IDS)


def test_a_sync_that_is_over_cannot_be_cancelled(cancelled_after_two: None) -> None:
    run = sync("pros").run
    before = SyncRun.objects.values().get()

    assert not cancel_sync(run_id=run.pk, by=None, via="admin")

    assert SyncRun.objects.values().get() == before


def test_who_asked_is_written_down(cancelled_after_two: None) -> None:
    sync("pros")
    change = Change.objects.get(kind="sync.cancelled")
    assert (change.object_type, change.object_key) == ("list", "pros in drop")


def test_only_admins_cancel_and_ask(cancelled_after_two: None) -> None:
    run = sync("pros").run
    ed = seat("ed", Role.EDITOR)
    with pytest.raises(PermissionDenied):
        cancel_sync(run_id=run.pk, by=ed, via="admin")
    with pytest.raises(PermissionDenied):
        ask_again(audience_id=run.audience_id, by=ed, via="admin")
