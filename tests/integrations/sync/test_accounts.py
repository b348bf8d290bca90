"""Accounts are never pushed as people: not by a wish, not by a list made earlier."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyroaring import BitMap

from catalogue.models import Account
from integrations.models import Audience, Destination
from integrations.sync.run import NotNow, preview, sync_audience
from integrations.sync.wanted import due_audiences, wanted_audiences
from integrations.sync.work import Asked
from tests.integrations.ground import (
    NOON,
    Clock,
    destination,
    live_segment,
    make_customers,
    publish,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    make_customers(["ada", "bob"])
    Account.objects.bulk_create(
        [Account(ordinal=number, external_id=name) for number, name in enumerate(["acme", "solo"])]
    )
    folder = tmp_path / "drop"
    folder.mkdir()
    destination("drop", "files", {"directory": str(folder)})
    return folder


def firms() -> None:
    """A live segment of accounts that wants to be in the drop."""
    publish(live_segment("firms", to="drop", subject="account"), ["acme", "solo"])


def test_a_wish_of_a_segment_of_accounts_is_refused_with_a_sentence(drop: Path) -> None:
    firms()

    wanted = wanted_audiences()
    assert wanted.audiences == ()
    (said,) = wanted.faults
    assert "The segment firms is to be synced to 'drop', but it holds accounts" in said
    assert due_audiences(now=NOON) == []
    assert not Audience.objects.exists()


def test_a_list_that_is_there_all_the_same_is_sent_nobody(drop: Path) -> None:
    firms()
    to = Destination.objects.get()
    audience = Audience.objects.create(destination=to, segment_key="firms", name="firms")

    with pytest.raises(NotNow, match="“firms” holds accounts, and tools take people"):
        sync_audience(audience_id=audience.pk, clock=Clock(), asked=Asked(actor="test"))
    with pytest.raises(NotNow):
        preview(audience_id=audience.pk, clock=Clock())
    assert list(drop.iterdir()) == []
    assert Audience.objects.get().acknowledged_members() == BitMap()
