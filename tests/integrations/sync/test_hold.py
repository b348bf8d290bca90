"""Who holds a list keeps it while a tool takes its time, and asks nothing once it is not theirs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from integrations.connectors.files.connector import FilesConnector
from integrations.models import Audience, Destination, LeaseLost, SyncState
from integrations.sync.run import take_lease
from tests.integrations.ground import (
    acknowledged,
    audience_of,
    destination,
    live_segment,
    make_customers,
    publish,
    sync,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def audience(tmp_path: Path) -> Audience:
    make_customers(["a", "b"])
    destination("drop", "files", {"directory": tmp_path})
    publish(live_segment("pros", to="drop"), ["a", "b"])
    return audience_of("pros")


def test_a_push_asks_nothing_more_once_the_lease_has_run_out(
    audience: Audience, settings: Any
) -> None:
    settings.SYNC_LEASE_SECONDS = 0.05
    hold = take_lease(audience.pk)
    time.sleep(0.06)
    assert hold.may_ask(), "reading takes as long as it takes"
    with hold.pushing():
        assert not hold.may_ask()
        hold.write()
        assert hold.may_ask()
    assert hold.may_ask()


def test_a_push_asks_nothing_more_once_another_worker_has_the_list(audience: Audience) -> None:
    hold = take_lease(audience.pk)
    Audience.objects.filter(pk=audience.pk).update(lease_expires_at=None)
    take_lease(audience.pk)
    with hold.pushing():
        assert hold.may_ask(), "nobody has told us yet"
        with pytest.raises(LeaseLost):
            hold.write()
        assert not hold.may_ask()


@pytest.fixture
def taken(
    audience: Audience, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[object]]:
    """Every push takes twice as long as a lease; what others got who tried to take the list."""
    settings.SYNC_LEASE_SECONDS = 1.0
    push = FilesConnector.push
    got: list[object] = []

    def push_slowly(self: FilesConnector, batch: Any) -> Any:
        for _ in range(4):
            time.sleep(0.5)
            got.append(Audience.objects.take(audience.pk, seconds=1.0))
        connection.close()
        return push(self, batch)

    with monkeypatch.context() as patched:
        patched.setattr(FilesConnector, "push", push_slowly)
        yield got


def test_a_lease_is_kept_up_while_a_tool_takes_longer_than_it(taken: list[object]) -> None:
    assert sync("pros").run.state == SyncState.SUCCEEDED
    assert taken == [None] * 4
    assert acknowledged("pros") == {"a", "b"}


def test_it_is_kept_up_while_strangers_are_taken_off_a_mirror(
    taken: list[object], tmp_path: Path
) -> None:
    Destination.objects.update(mode="mirror")
    done = sync("pros").run
    assert done.state == SyncState.SUCCEEDED, done.sentence
    (file,) = tmp_path.glob("*.csv")
    file.write_text(file.read_text(encoding="utf-8") + "stranger\n", encoding="utf-8")
    taken.clear()

    assert sync("pros").run.state == SyncState.SUCCEEDED
    assert len(taken) >= 4
    assert set(taken) == {None}
    assert "stranger" not in file.read_text(encoding="utf-8")
