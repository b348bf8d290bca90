"""Dates, durations and paths as written (clauses 8, 9 and 12)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from catalogue.definitions.dates import read_date, write_date
from catalogue.definitions.nodes import DateLiteral, Duration, InLast, SinceStartOfDay
from catalogue.definitions.paths import read_path, write_path
from catalogue.definitions.windows import EARLIEST, resolve
from tests.catalogue.definitions.reading import tree


def local(*parts: int) -> DateLiteral:
    return DateLiteral(local=datetime(*parts))  # type: ignore[arg-type]  # noqa: DTZ001


def instant(*parts: int) -> DateLiteral:
    return DateLiteral(instant=datetime(*parts, tzinfo=UTC))  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("written", "literal", "canonical"),
    [
        ("2026-03-01", DateLiteral(day=date(2026, 3, 1)), "2026-03-01"),
        ("0001-01-01", DateLiteral(day=date(1, 1, 1)), "0001-01-01"),
        ("2024-02-29", DateLiteral(day=date(2024, 2, 29)), "2024-02-29"),
        ("2026-03-01T12:30", local(2026, 3, 1, 12, 30), "2026-03-01T12:30:00"),
        ("2026-03-01 12:30:15", local(2026, 3, 1, 12, 30, 15), "2026-03-01T12:30:15"),
        ("2026-03-01T12:30Z", instant(2026, 3, 1, 12, 30), "2026-03-01T12:30:00Z"),
        ("2026-03-01T12:30+0530", instant(2026, 3, 1, 7, 0), "2026-03-01T07:00:00Z"),
        ("2026-03-01T12:30-05:30", instant(2026, 3, 1, 18, 0), "2026-03-01T18:00:00Z"),
        ("2026-03-01T12:30:15.5Z", instant(2026, 3, 1, 12, 30, 15, 500_000), None),
        ("2026-03-01T12:30:15.1234569Z", instant(2026, 3, 1, 12, 30, 15, 123_456), None),
    ],
)
def test_a_date_is_read_and_written_back(
    written: str, literal: DateLiteral, canonical: str | None
) -> None:
    assert read_date(written) == literal
    assert canonical is None or write_date(literal) == canonical
    assert read_date(write_date(literal)) == literal


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-29",
        "2026-13-01",
        "0000-01-01",
        "26-01-01",
        "2026-1-1",
        "2026-01-01T",
        "2026-01-01T1:00",
        "2026-01-01T25:00",
        "2026-01-01T12:60",
        "2026-01-01T12:00:60",
        "2026-01-01T12:00:00.",
        "2026-01-01T12:00z",
        "2026-01-01t12:00",
        "2026-01-01T12:00+1",
        "2026-01-01T12:00+01:60",
        "2026-01-01  12:00",
        " 2026-01-01",
        "2026-01-01\n",
        "２０２６-01-01",
        "",
        "9999-12-31T23:59-01:00",
    ],
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert read_date(written) is None


@pytest.mark.parametrize("unit", ["second", "minute", "hour", "day", "week", "quarter", "year"])
def test_units_are_read_in_singular_and_plural(unit: str) -> None:
    for written in (f"3 {unit}", f"3 {unit}s", f"03  {unit}s"):
        node = tree(f"{{did: a, in_last: {written}}}")
        assert node.window == InLast(duration=Duration(count=3, unit=unit))  # type: ignore


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("plan", ("plan",)),
        ("company.size.seats", ("company", "size", "seats")),
        ('"a.b".c', ("a.b", "c")),
        ('c."a.b"', ("c", "a.b")),
        ('5" disc', ('5" disc',)),
        (r'"say \"hi\"."', ('say "hi".',)),
        (r'"a\\.b"', (r"a\.b",)),
        (r"a\b", (r"a\b",)),
        ("with space", ("with space",)),
        ("größe", ("größe",)),
    ],
)
def test_a_path_reaches_into_objects(written: str, path: tuple[str, ...]) -> None:
    assert read_path(written) == path
    assert read_path(write_path(path)) == path


@pytest.mark.parametrize("written", ["", ".", "a.", ".a", "a..b", '"a', '"a"b', '""', 'a.""'])
def test_what_is_no_path_is_none(written: str) -> None:
    assert read_path(written) is None


def test_more_days_back_than_the_calendar_has_begin_with_it() -> None:
    window = SinceStartOfDay(days_ago=4_000_000)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert resolve(window, now, ZoneInfo("UTC")).start == EARLIEST
