"""What a photo shows, whatever was loaded since."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from catalogue.models import Photo
from catalogue.warehouse import ingest
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.photos import newest_photo, open_photo
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db
AS_OF = datetime(2026, 3, 1, tzinfo=UTC)


def paid(**columns: list[Any]) -> pa.Table:
    return pa.table({"customer_id": ["a", "b"], "time": ["2026-03-01", "2026-03-02"], **columns})


def test_an_old_photo_shows_what_it_showed() -> None:
    ingest.load_customers(pa.table({"id": ["a"], "plan": ["x"]}), as_of=AS_OF)
    ingest.load_events(paid(n=[1, 2]), event="Order paid")
    old = Photo.objects.latest("pk")
    ingest.load_customers(pa.table({"id": ["a", "z"], "plan": ["y", "y"]}), as_of=AS_OF)
    ingest.load_events(paid(n=["later", "later"]), event="Order paid")
    ingest.load_events(paid(), event="other")

    pinned = open_photo(old)
    assert len(pinned.customers) == 2
    assert pinned.event_names() == {"Order paid"}
    seen, changes = pinned.events("Order paid"), pinned.trait_changes("plan")
    assert seen is not None
    assert changes is not None
    assert (seen.table.count().execute(), changes.table.count().execute()) == (2, 1)


def test_a_photo_is_read_by_two_threads_from_the_first_moment_on() -> None:
    load_workspace()
    photo = newest_photo()
    assert photo is not None
    tables = open_photo(photo)
    twin = tables.twin()

    assert twin.connection is not tables.connection
    assert twin.customers == tables.customers
    one, other = tables.events("login"), twin.events("login")
    assert len(fetch(tables.connection, one.table)) == len(fetch(twin.connection, other.table)) == 3
