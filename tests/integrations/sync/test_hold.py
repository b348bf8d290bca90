"""Who holds a list keeps it while a tool takes its time, and asks nothing once it is not theirs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from integrations.connectors.files.connector import FilesConnector
from integrations.models import Audience, LeaseLost, SyncState
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


def test_a_lease_is_kept_up_while_a_tool_takes_longer_than_it(
    audience: Audience, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SYNC_LEASE_SECONDS = 1.0
    push = FilesConnector.push
    taken: list[object] = []

    def push_slowly(self: FilesConnector, batch: Any) -> Any:
        for _ in range(4):
            time.sleep(0.5)
            taken.append(Audience.objects.take(audience.pk, seconds=1.0))
        connection.close()
        return push(self, batch)

    monkeypatch.setattr(FilesConnector, "push", push_slowly)

    assert sync("pros").run.state == SyncState.SUCCEEDED
    assert taken == [None] * 4
    assert acknowledged("pros") == {"a", "b"}
