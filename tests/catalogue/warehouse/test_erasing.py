"""Erasing somebody from the lake leaves everybody else as they were, and no trace of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from django.conf import settings
from pyroaring import BitMap

from catalogue.models import Customer, EventEntry
from catalogue.warehouse import current
from catalogue.warehouse.erasing import delete_replaced_files, erase_rows
from catalogue.warehouse.ingest import load_customers, load_events
from catalogue.warehouse.ordinals import ordinals_of
from catalogue.warehouse.photos import newest_photo, open_photo
from tests.catalogue.workspace import CUSTOMERS, LOADED, NOW, load_workspace

pytestmark = pytest.mark.django_db
SECRET = "ada@x.example"


def files() -> Iterator[Path]:
    """Every file of the lake."""
    return (path for path in Path(settings.LAKE_DIR).rglob("*") if path.is_file())


def who_is_in_events() -> dict[str, list[int]]:
    """By event, the ordinals of its rows."""
    photo = newest_photo()
    assert photo is not None
    tables = open_photo(photo)
    return {
        name: sorted(table.table.execute()["ordinal"].tolist()) if table else []
        for name, table in ((one, tables.events(one)) for one in sorted(tables.event_names()))
    }


def values() -> dict[int, dict[str, object]]:
    """What is known of everybody there ever was."""
    photo = newest_photo()
    assert photo is not None
    everybody = BitMap(Customer.objects.values_list("pk", flat=True))
    return current.values(open_photo(photo), everybody, ["plan", "email"], now=NOW)


def test_their_rows_are_gone_and_nobody_elses() -> None:
    load_workspace()
    ada = ordinals_of(["ada"])[0]
    before, events = values(), who_is_in_events()

    erased = erase_rows(ada, now=NOW)

    assert (erased.events, erased.traits) == (2, 2)
    assert values() == {who: said for who, said in before.items() if who not in ada}
    assert who_is_in_events() == {
        name: [who for who in rows if who not in ada] for name, rows in events.items()
    }
    photo = newest_photo()
    assert photo is not None
    assert ada[0] not in open_photo(photo).customers
    assert Customer.objects.get(external_id="ada").deleted_at == NOW
    assert EventEntry.objects.get(name="login").event_count == 2


def test_what_loads_only_confirmed_is_forgotten_too() -> None:
    load_workspace()
    load_customers(pa.table(CUSTOMERS), as_of=LOADED + timedelta(days=1))
    ada = ordinals_of(["ada"])[0]
    erased = erase_rows(ada, now=NOW)
    assert erased.traits == 4
    # A file from in between still sees that the others were confirmed later.
    between = LOADED + timedelta(hours=5)
    load_customers(pa.table({"id": ["bob"], "plan": ["pro"]}), as_of=between)
    assert values()[ordinals_of(["bob"])[0][0]]["plan"] == "free"


def test_no_file_of_the_lake_holds_their_address_afterwards() -> None:
    load_workspace()
    assert any(SECRET.encode() in file.read_bytes() for file in files())
    erase_rows(ordinals_of(["ada"])[0], now=NOW)
    assert delete_replaced_files() > 0
    assert not [file for file in files() if SECRET.encode() in file.read_bytes()]


def test_the_lake_is_read_and_loaded_into_as_before_once_files_are_deleted() -> None:
    load_workspace()
    erase_rows(ordinals_of(["ada"])[0], now=NOW)
    before, events = values(), who_is_in_events()
    delete_replaced_files()
    assert (values(), who_is_in_events()) == (before, events)
    load_customers(pa.table({"id": ["bob"], "plan": ["gold"]}), as_of=NOW)
    row = {"customer_id": ["bob"], "time": [datetime(2026, 3, 17, tzinfo=UTC)]}
    load_events(pa.table(row), event="login")
    assert values()[ordinals_of(["bob"])[0][0]]["plan"] == "gold"
    assert len(who_is_in_events()["login"]) == len(events["login"]) + 1
    assert delete_replaced_files() == 0


def test_erasing_somebody_twice_does_nothing_more() -> None:
    load_workspace()
    ada = ordinals_of(["ada"])[0]
    erase_rows(ada, now=NOW)
    assert erase_rows(ada, now=NOW).rows == 0
