"""Readings on the back end say what the language says, value by value."""

from __future__ import annotations

import math
import sys
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal

import ibis
import pyarrow as pa
import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalogue.engine.conditions.readings import SUMMABLE, Readings, derive
from catalogue.engine.conditions.texts import lower
from catalogue.warehouse.connection import shared_connection

COLUMNS = {
    "text": pa.string(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "instant": pa.timestamp("us"),
}


def read(reading: str, values: list[object], kind: str = "text") -> list[object]:
    table = ibis.memtable(
        pa.table({"place": range(len(values)), "value": pa.array(values, COLUMNS[kind])})
    )
    derived = derive(Readings(**{kind: table.value}), [reading])
    query = table.select("place", read=derived[reading])
    return shared_connection().to_pyarrow(query).sort_by("place")["read"].to_pylist()


finite = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=20, deadline=None)
@given(st.lists(finite, min_size=50, max_size=200))
@example([1e21, 1e20, 999999999999999900000.0, 1e16, 123456789012345680.0, 1e-6, 1e-7, 5e-324])
@example([10.0, 0.0, -0.0, -1.5e-6, 1.5e-7, 1.7976931348623157e308, -1e21, 0.00001234])
def test_numbers_are_written_as_json_writes_them(numbers):
    assert read("as_text", numbers, "number") == [rfc8785.dumps(n).decode() for n in numbers]


def test_booleans_and_instants_are_written_too():
    assert read("as_text", [True, False], "boolean") == ["true", "false"]
    instants = [
        datetime.fromisoformat(text)
        for text in ("2026-01-02T03:04:05", "0001-01-01T00:00:00.000120")
    ]
    assert read("as_text", instants, "instant") == [
        "2026-01-02T03:04:05Z",
        "0001-01-01T00:00:00.000120Z",
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1.0),
        ("-0.50", -0.5),
        ("007", 7.0),
        ("1e5", 1e5),
        ("1.5e+3", 1500.0),
        ("2e-3", 0.002),
        ("1e-400", 0.0),
        ("9" * 400, None),
        ("1e999", None),
        ("-1e999", None),
        ("1E5", None),
        ("+1", None),
        ("1.", None),
        (".5", None),
        ("1_000", None),
        ("1,5", None),
        (" 1", None),
        ("1\n", None),
        ("٣", None),
        ("0x10", None),
        ("inf", None),
        ("nan", None),
        ("true", None),
        ("", None),
    ],
)
def test_a_text_reads_as_a_number_only_when_it_is_exactly_one(text, number):
    assert read("as_number", [text]) == [number]


numeric = st.from_regex(r"\A-?[0-9]{1,19}(\.[0-9]{1,25})?(e[+-]?[0-9])?\Z")


@settings(max_examples=20, deadline=None)
@given(st.lists(numeric, min_size=50, max_size=100))
@example(["1.0000005", "-1.0000005", "0.00000049999999999999999", "2.5e-6", "99999999999999999999"])
def test_money_has_six_places_half_away_from_zero_by_its_digits(texts):
    context = Context(prec=80)
    expected = [
        Decimal(t).quantize(Decimal("0.000001"), ROUND_HALF_UP, context)
        if abs(float(t)) < SUMMABLE
        else None
        for t in texts
    ]
    assert read("money", texts) == expected


@settings(max_examples=20, deadline=None)
@given(st.lists(finite, min_size=50, max_size=100))
def test_money_of_a_number_is_that_of_its_shortest_digits(numbers):
    context = Context(prec=80)
    for number, money in zip(numbers, read("money", numbers, "number"), strict=True):
        if abs(number) < SUMMABLE:
            assert money == Decimal(repr(number)).quantize(
                Decimal("0.000001"), ROUND_HALF_UP, context
            )
        else:
            assert money is None


@pytest.mark.parametrize(
    ("text", "local", "moment"),
    [
        ("2026-01-31", "2026-01-31T00:00:00", None),
        ("2026-01-31T10:30", "2026-01-31T10:30:00", None),
        ("2026-01-31 10:30:15.5", "2026-01-31T10:30:15.500000", None),
        ("2026-01-31T10:30:15.1234569", "2026-01-31T10:30:15.123456", None),
        ("2026-01-31T10:30Z", None, "2026-01-31T10:30:00"),
        ("2026-01-31T10:30+0200", None, "2026-01-31T08:30:00"),
        ("2026-01-31T10:30:15-00:30", None, "2026-01-31T11:00:15"),
        ("2026-01-31 10:30:15.9999999+23:59", None, "2026-01-30T10:31:15.999999"),
        ("0001-01-01", "0001-01-01T00:00:00", None),
        ("9999-12-31T23:59:59.999999", "9999-12-31T23:59:59.999999", None),
        ("2024-02-29", "2024-02-29T00:00:00", None),
        ("2026-02-29", None, None),
        ("2026-02-30T10:00Z", None, None),
        ("0000-01-01", None, None),
        ("2026-00-01", None, None),
        ("2026-01-31T24:00", None, None),
        ("2026-01-31T10:60", None, None),
        ("2026-01-31T23:59:60", None, None),
        ("2026-01-31T10:30+24:00", None, None),
        ("2026-01-31T10:30+02", None, None),
        ("2026-01-31T10:30 Z", None, None),
        ("2026-01-31t10:30", None, None),
        ("2026-01-31T10:30z", None, None),
        ("2026-01-31T10", None, None),
        ("2026-01-31T10:30:15.", None, None),
        ("2026-01-31Z", None, None),
        ("2026-1-31", None, None),
        ("26-01-31", None, None),
        (" 2026-01-31", None, None),
        ("2026-01-31\n", None, None),
        ("२०२६-01-31", None, None),
        ("20260131", None, None),
        ("infinity", None, None),
        ("epoch", None, None),
    ],
)
def test_a_date_is_exactly_what_the_language_says(text, local, moment):
    assert read("local", [text]) == [None if local is None else datetime.fromisoformat(local)]
    assert read("moment", [text]) == [None if moment is None else datetime.fromisoformat(moment)]


def test_lower_case_is_the_back_ends_for_every_character():
    characters = [chr(c) for c in range(1, sys.maxunicode + 1) if not 0xD800 <= c <= 0xDFFF]
    table = ibis.memtable(pa.table({"c": characters}))
    rows = shared_connection().to_pyarrow(table.select("c", low=table.c.lower())).to_pylist()
    assert [row["c"] for row in rows if row["low"] != lower(row["c"])] == []


def test_lower_case_does_not_depend_on_the_place_in_a_word():
    assert lower("ΟΔΟΣ İS") == "οδοσ is"


def test_one_and_the_same_is_told_by_what_is_written():
    assert read("same", ["1", "01", "true"]) == ["t1", "t01", "ttrue"]
    assert read("same", [1.0, -0.0], "number") == ["n1.0", "n0.0"]
    assert read("same", [True], "boolean") == ["ttrue"]
    assert not math.isnan(read("as_number", ["0"])[0])
