"""Instants written in files."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from catalogue.warehouse.times import read_time, read_times

UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "utc", "berlin"),
    [
        ("2026-03-01", "2026-03-01T00:00", "2026-02-28T23:00"),
        ("19970101", "1997-01-01T00:00", "1996-12-31T23:00"),
        ("2026-03-01T12:00", "2026-03-01T12:00", "2026-03-01T11:00"),
        ("2026-03-01 12:00:01.1234567Z", "2026-03-01T12:00:01.123456", None),
        ("2026-03-01T12:00:00+02:00", "2026-03-01T10:00", None),
        ("2026-03-01T12:00-0130", "2026-03-01T13:30", None),
        # A time that does not exist is the first instant after the gap; one of two the earlier.
        ("2026-03-29T02:30", "2026-03-29T02:30", "2026-03-29T01:00"),
        ("2026-10-25T02:30", "2026-10-25T02:30", "2026-10-25T00:30"),
    ],
)
def test_a_time_is_read_as_the_definition_language_reads_dates(
    text: str, utc: str, berlin: str | None
) -> None:
    assert read_time(text, UTC) == datetime.fromisoformat(utc)
    assert read_time(text, BERLIN) == datetime.fromisoformat(berlin or utc)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "20260230",
        "2026-13-01",
        "2026-3-1",
        "01.03.2026",
        "2026-03-01T24:00",
        "2026-03-01T12:60",
        "2026-03-01T12:00:60",
        "2026-03-01T12:00:00 Z",
        "0000-01-01",
        "0001-01-01T00:00+05:00",
        "9999-12-31T23:59-01:00",
        "1700000000",
        " 2026-03-01",
        "today",
        "infinity",
        "epoch",
        "",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_time(text, UTC) is None


def test_date_and_time_columns_are_taken_as_they_are() -> None:
    noon = datetime.fromisoformat("2026-03-01T12:00")
    assert read_times(pa.array([noon, None], pa.timestamp("ns")), BERLIN).to_pylist() == [
        noon,
        None,
    ]
    zoned = pa.array([noon], pa.timestamp("ms", tz="America/New_York"))
    assert read_times(zoned, BERLIN).to_pylist() == [noon]
    dates = read_times(pa.array([date(2026, 3, 1)]), BERLIN)
    assert dates.to_pylist() == [datetime.fromisoformat("2026-02-28T23:00")]
    assert read_times(pa.array([1.5]), UTC).to_pylist() == [None]
