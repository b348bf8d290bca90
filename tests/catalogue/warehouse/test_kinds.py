"""A received value keeps its meaning, and typing never changes it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from catalogue.warehouse.kinds import canonical_json, classify, split, split_column

NOON = datetime(2026, 3, 1, 12)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("01234", ("text", "01234")),
        ("", ("text", "")),
        (True, ("boolean", True)),
        (1, ("number", 1.0)),
        (0, ("number", 0.0)),
        (Decimal("0.10"), ("number", 0.1)),
        (2**60, ("number", float(2**60))),
        (2**53 + 1, ("text", "9007199254740993")),
        (Decimal("12345678901234567890.12"), ("text", "12345678901234567890.12")),
        (10**400, ("text", "1" + "0" * 400)),
        (date(2026, 3, 1), ("text", "2026-03-01")),
        (NOON, ("instant", NOON)),
        (NOON.replace(tzinfo=timezone(timedelta(hours=2))), ("instant", NOON.replace(hour=10))),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=2))), ("instant", datetime.min)),  # noqa: DTZ901
        (["b", 1], ("json", '["b",1]')),
        ({"b": 1.0, "a": None}, ("json", '{"a":null,"b":1}')),
        (np.float64(2.5), ("number", 2.5)),
    ],
)
def test_a_value_has_one_kind(value: object, kept: tuple[str, object]) -> None:
    assert classify(value) == kept


@pytest.mark.parametrize(
    "value", [None, float("nan"), float("inf"), -float("inf"), Decimal("NaN"), np.float64("nan")]
)
def test_none_nan_and_infinity_are_missing(value: object) -> None:
    assert classify(value) is None


def test_minus_zero_is_zero() -> None:
    assert str(classify(-0.0)) == "('number', 0.0)"


def test_what_no_file_holds_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="bytes"):
        classify(b"x")


def test_equal_lists_have_equal_texts_whatever_their_numbers_came_as() -> None:
    texts = {canonical_json([n, {"z": n, "a": "é"}]) for n in (1, 1.0, Decimal("1.00"))}
    assert texts == {'[1,{"a":"é","z":1}]'}


def test_nan_and_dates_inside_a_list_are_json() -> None:
    instant = NOON.replace(tzinfo=UTC)
    assert canonical_json([float("nan"), date(2026, 3, 1), instant, 2**53 + 1]) == (
        '[null,"2026-03-01","2026-03-01T12:00:00Z",9007199254740993]'
    )


def test_split_fills_each_row_in_at_most_one_kind() -> None:
    arrays = split(["a", 1, None, True, float("nan"), NOON, [1]])
    filled = [sum(array[row].is_valid for array in arrays.values()) for row in range(7)]
    assert filled == [1, 1, 0, 1, 0, 1, 1]
    assert set(arrays) == {"text", "number", "boolean", "instant", "json"}


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, None, 3], pa.int32()),
        pa.array([2**53 + 1, 1, None], pa.int64()),
        pa.array([2**64 - 1, 1, None], pa.uint64()),
        pa.array([1.5, float("nan"), -0.0, float("inf"), None]),
        pa.array(["a", None, ""], pa.large_string()),
        pa.array(["a", None, "a"]).dictionary_encode(),
        pa.array([True, None]),
        pa.array([date(2026, 3, 1), None]),
        pa.array([NOON, None], pa.timestamp("ms")),
        pa.array([NOON, None], pa.timestamp("ns")),
        pa.array([NOON, None], pa.timestamp("us", tz="Europe/Berlin")),
        pa.array([Decimal("1.10"), None]),
        pa.array([[1, 2], None, []]),
        pa.array([{"a": 1, "b": None}, None]),
        pa.array([None, None]),
        pa.array([None, None], pa.int64()),
        pa.array([float("nan")]),
    ],
    ids=lambda column: str(column.type),
)
def test_a_column_is_split_as_its_values_are(column: pa.Array) -> None:
    by_value = split(column.to_pylist())
    by_column = split_column(column)
    assert {k: a.to_pylist() for k, a in by_column.items()} == {
        k: a.to_pylist() for k, a in by_value.items()
    }
    assert all(array.type == split([]).get(k, array).type for k, array in by_column.items())
