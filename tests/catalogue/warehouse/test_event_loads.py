"""How the rows of one file of events are spread over the tables of the lake."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from catalogue.models import Customer
from catalogue.warehouse import ingest
from catalogue.warehouse.loads import How
from catalogue.warehouse.population import delete_customers
from tests.catalogue.warehouse.lake_reading import events, ids, tables

pytestmark = pytest.mark.django_db
THIRD = datetime(2026, 3, 3)  # noqa: DTZ001 (naive UTC, as tables hold it)


def test_a_file_may_mix_names_in_any_order_and_each_table_lies_in_the_order_of_time() -> None:
    table = pa.table(
        {
            "customer_id": ["a", "b", "c", None, "a", "zz"],
            "time": ["2026-03-05", "2026-03-03", "2026-03-01", "2026-03-01", "2026-03-04", None],
            "event": ["one", "two", "one", "two", "one", "three"],
            "n": pa.array([5, None, 1, 7, 4, 9]),
        }
    )
    how = How(skip_bad_rows=True)
    load = ingest.load_events(table, event_column="event", how=how)
    assert (load.rows_refused, load.rows_loaded, load.customers_created) == (2, 4, 3)
    assert ids() == {"a", "b", "c"}
    assert tables().event_names() == {"one", "two"}
    one, two = (tables().events(name) for name in ("one", "two"))
    assert one is not None
    assert one.table["n.number"].to_pyarrow().to_pylist() == [1.0, 4.0, 5.0]
    assert two is not None
    assert (two.properties, events("two")) == ({}, Counter({("b", THIRD, ()): 1}))


def test_events_at_one_instant_stay_in_the_order_received() -> None:
    table = pa.table(
        {
            "customer_id": ["a"] * 4,
            "time": ["2026-03-02", "2026-03-01", "2026-03-02", "2026-03-01"],
            "n": [3, 1, 4, 2],
        }
    )
    ingest.load_events(table, event="one")
    found = tables().events("one")
    assert found is not None
    assert found.table["n.number"].to_pyarrow().to_pylist() == [1.0, 2.0, 3.0, 4.0]


def test_customers_known_new_and_deleted_meet_in_one_file() -> None:
    ingest.load_events(pa.table({"customer_id": ["a", "b"], "time": ["20260301"] * 2}), event="one")
    now = datetime(2026, 3, 2, tzinfo=UTC)
    delete_customers(pa.table({"customer_id": ["b"]}), now=now)
    table = pa.table({"customer_id": ["c", "b", "a", "c"], "time": ["20260303"] * 4})
    load = ingest.load_events(table, event="one")
    assert (load.rows_loaded, load.rows_refused, load.customers_created) == (3, 1, 1)
    assert ids() == {"a", "c"}
    assert sum(events("one").values()) == 5
    entered = dict(Customer.objects.values_list("external_id", "ordinal"))
    assert entered == {"a": 0, "b": 1, "c": 2}
    assert all(at is not None for at in Customer.objects.values_list("created_at", flat=True))
