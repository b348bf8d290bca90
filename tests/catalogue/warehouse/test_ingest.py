"""Loads."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from catalogue.warehouse import ingest
from catalogue.warehouse.photos import newest_photo, open_photo

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_smoke() -> None:
    t = pa.table({"id": ["a", "b"], "plan": ["pro", None], "seats": [1, 2], "acc": ["x", None]})
    load = ingest.load_customers(t, as_of=NOW, account="acc")
    print(vars(load))
    e = pa.table(
        {"customer_id": ["a", "c"], "time": ["2026-01-01", "20260102"], "amount": [1.5, 2]}
    )
    load = ingest.load_events(e, event="Order paid")
    print(vars(load))
    tables = open_photo(newest_photo())
    print(tables.customers, tables.event_names(), tables.events("Order paid").table.execute())
    print(tables.trait_changes("plan").table.execute(), tables.customer_ids(tables.customers))
    print(newest_photo().tables)
