"""A source that has gone quiet is told from one that is rare."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from catalogue.engine.arrivals import Arrival, arrivals
from catalogue.warehouse import photos
from catalogue.warehouse.ingest import load_events
from tests.catalogue.workspace import load_workspace

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_events_are_counted_by_their_own_times_up_to_now() -> None:
    load_workspace()
    ages = [-1, 0, 7, 7.5, 35, 35.5]
    rows = {
        "customer": ["ada"] * len(ages),
        "name": ["ping"] * len(ages),
        "time": [NOW - timedelta(days=age) for age in ages],
    }
    load_events(pa.table(rows), event_column="name", customer="customer", time="time")
    photo = photos.newest_photo()
    assert photo is not None
    found = arrivals(photos.open_photo(photo), ["ping", "never"], NOW)
    # A week and five weeks ago belong to the older window, and to none.
    assert found == {"ping": Arrival(recent=1, before=2)}


@pytest.mark.parametrize(
    ("recent", "before", "is_quiet"),
    [(4, 80, True), (5, 80, False), (0, 79, False), (0, 80, True), (0, 0, False), (100, 80, False)],
)
def test_quiet_is_a_fifth_of_what_is_expected_where_enough_is_expected(
    recent: int, before: int, is_quiet: bool
) -> None:
    assert Arrival(recent=recent, before=before).is_quiet == is_quiet
