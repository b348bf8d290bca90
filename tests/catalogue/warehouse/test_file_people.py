"""Who has rows in a file is kept beside it, and no answer depends on that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from django.conf import settings

from catalogue.membership.remembering import memory
from catalogue.models import RefreshRun
from catalogue.warehouse.file_people import FOLDER, people_of
from catalogue.warehouse.ingest import load_events
from tests.catalogue.workspace import NOW, define, ids, load_workspace, refresh

pytestmark = pytest.mark.django_db
YEARS_AGO = NOW - timedelta(days=900)


@pytest.fixture(autouse=True)
def workspace() -> Iterator[None]:
    load_workspace()
    rows = {"customer": ["ada", "dan", "dan"], "name": ["paid"] * 3}
    load_events(
        pa.table({**rows, "time": [YEARS_AGO + timedelta(hours=i) for i in range(3)]}),
        event_column="name",
        customer="customer",
        time="time",
    )
    load_events(
        pa.table({"customer": ["bob", "dan"], "name": ["paid"] * 2, "time": [NOW, NOW]}),
        event_column="name",
        customer="customer",
        time="time",
    )
    define("ever", {"did": "paid"})
    define("lately", {"did": "paid", "in_last": "7 days"})
    define("quiet", {"last_did": "paid", "older_than": "7 days"})
    with memory() as kept:
        kept.forget()
    yield
    with memory() as kept:
        kept.forget()


def files() -> list[Path]:
    return sorted(Path(settings.LAKE_DIR).glob("events/paid/*/*.parquet"))


def notes() -> list[Path]:
    return sorted(Path(settings.LAKE_DIR).glob(f"events/paid/*/{FOLDER}/*"))


def rows_of_paid() -> int:
    run = RefreshRun.objects.latest("pk")
    (scan,) = [scan for scan in run.scans if scan["names"] == ["paid"]]
    return int(scan["rows"])


def published() -> list[set[str]]:
    refresh(now=NOW + timedelta(hours=1))
    return [ids("ever"), ids("lately"), ids("quiet")]


RIGHT = [{"ada", "bob", "dan"}, {"bob", "dan"}, {"ada"}]


def test_each_file_has_its_people_beside_it() -> None:
    assert len(files()) == 2
    assert sorted(len(people_of(file) or ()) for file in files()) == [2, 2]


def test_old_files_are_not_read_where_it_is_only_asked_who_ever_did_it() -> None:
    assert published() == RIGHT
    assert rows_of_paid() == 2


def test_they_are_read_where_somebody_asks_how_often() -> None:
    define("often", {"count": "paid", "gte": 3})
    assert published() == RIGHT
    assert ids("often") == {"dan"}
    assert rows_of_paid() == 5


def test_a_file_is_read_where_its_people_are_missing() -> None:
    for note in notes():
        note.unlink()
    assert published() == RIGHT
    assert rows_of_paid() == 5


def test_a_file_is_read_where_its_people_are_damaged() -> None:
    for note in notes():
        note.write_bytes(note.read_bytes()[:-1] + b"!")
    assert all(people_of(file) is None for file in files())
    assert published() == RIGHT
    assert rows_of_paid() == 5


def test_asked_later_how_often_all_of_it_is_read() -> None:
    assert published() == RIGHT
    define("often", {"count": "paid", "gte": 3})
    refresh(now=NOW + timedelta(hours=2))
    assert ids("often") == {"dan"}
    refresh(now=NOW + timedelta(hours=3))
    assert [ids("ever"), ids("lately"), ids("quiet")] == RIGHT
