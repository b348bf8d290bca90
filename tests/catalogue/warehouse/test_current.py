from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from pyroaring import BitMap

from catalogue.warehouse import photos
from catalogue.warehouse.current import newest_at, newest_of
from catalogue.warehouse.ingest import load_customers

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def test_values_of_several_instants_are_read_at_once_as_one_by_one() -> None:
    days = [("pro", "free", None), ("free", None, "pro"), (None, "pro", "pro")]
    for place, plans in enumerate(days):
        table = pa.table({"id": ["ada", "bob", "cleo"], "plan": list(plans)})
        load_customers(table, as_of=FIRST + place * DAY)
    photo = photos.newest_photo()
    assert photo is not None
    tables = photos.open_photo(photo)
    changes = tables.trait_changes("plan")
    assert changes is not None
    everybody, two = tables.customers, BitMap(list(tables.customers)[:2])
    asked = [
        (everybody, FIRST - DAY),
        (everybody, FIRST),
        (two, FIRST + DAY),
        (everybody, FIRST + 5 * DAY),
    ]

    found = newest_at(tables, changes, asked)

    assert found == [dict(newest_of(tables, changes, some, now)) for some, now in asked]
    assert [len(one) for one in found] == [0, 2, 2, 3]
    assert newest_at(tables, changes, []) == []
