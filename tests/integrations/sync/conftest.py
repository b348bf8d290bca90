"""Fakes of vendors as destinations of the tests of syncs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from catalogue.warehouse.ingest import load_customers
from tests.fakes.vendor import running
from tests.integrations.connectors.hubspot.fake import TOKEN, FakeHubspot
from tests.integrations.connectors.hubspot.harness import FIELDS
from tests.integrations.ground import destination

Opened = Callable[..., FakeHubspot]


@pytest.fixture
def hubspot(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """Opens a fake HubSpot as the destination `crm` (or `key`), with more options."""
    monkeypatch.setenv("HUBSPOT_TOKEN", TOKEN)
    with ExitStack() as stack:

        def opened(key: str = "crm", *, fields: bool = False, **options: Any) -> FakeHubspot:
            fake = FakeHubspot()
            stack.enter_context(running(fake))
            about = {"url": fake.url, "access_token": "env:HUBSPOT_TOKEN", **options}
            destination(key, "hubspot", {**about, **(FIELDS if fields else {})})
            return fake

        yield opened


def load(*ids: str, day: int = 1, **columns: list[Any]) -> None:
    """Customers in the lake, with an e-mail address each."""
    table: Mapping[str, list[Any]] = {
        "id": list(ids),
        "email": [f"{one}@shop.example" for one in ids],
        **columns,
    }
    load_customers(pa.table(dict(table)), as_of=datetime(2026, 1, day, tzinfo=UTC))


def members(fake: FakeHubspot, name: str) -> set[str]:
    """The ids of the customers on the list of that name, as HubSpot has them."""
    lists = fake.state["lists"]
    (key,) = [key for key, one in lists.items() if one["name"] == name]
    return fake.members(key)
