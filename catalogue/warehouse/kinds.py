"""How a received value is kept: its kind and what that kind's column stores.

Both stores of values (the lake and the tables that tests give) split values here and nowhere else,
so that a value means the same wherever it lies. See docs/decisions/0010-numbers.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

ARROW_TYPES: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "instant": pa.timestamp("us"),
    "json": pa.string(),
}
EXACT_INTEGERS = 2**53  # every whole number up to here is a float64

Kept = tuple[str, object]


def classify(value: object) -> Kept | None:
    """Kind and stored value of one received value; None when it is missing (None, NaN, infinite).

    Stored: text → str, number → float, boolean → bool, instant → naive UTC datetime, json → str.
    Raises TypeError for what no file format of ours can hold (bytes, functions, …).
    """
    match value:
        case None:
            return None
        case bool():
            return "boolean", value
        case str():
            return "text", value
        case int() | float() | Decimal():
            return _number(value)
        case datetime():
            return "instant", naive_utc(value)
        case date() | time():
            return "text", value.isoformat()
        case UUID():
            return "text", str(value)
        case Mapping() | list() | tuple():
            return "json", canonical_json(value)
        case np.generic():
            return classify(value.item())
    raise TypeError(f"a {type(value).__name__} is no value of a trait or property")


def _number(value: int | float | Decimal) -> Kept | None:
    if not _is_finite(value):
        return None
    nearest = _nearest(value)
    if nearest is None:
        # Its digits are its value: text that reads as a number keeps every one of them.
        return "text", format(value, "f") if isinstance(value, Decimal) else str(value)
    return "number", nearest + 0.0  # -0.0 becomes 0.0, as JSON's canonical form writes it


def _is_finite(value: int | float | Decimal) -> bool:
    return value.is_finite() if isinstance(value, Decimal) else not _is_odd_float(value)


def _is_odd_float(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _nearest(value: int | float | Decimal) -> float | None:
    """The float64 that is this number (exactly, or as its shortest decimal), if there is one."""
    try:
        nearest = float(value)
    except OverflowError:
        return None
    if not math.isfinite(nearest):
        return None
    return nearest if nearest == value or Decimal(repr(nearest)) == value else None


def naive_utc(value: datetime) -> datetime:
    """A date-time as naive UTC; one without an offset is taken as UTC. Clamped to years 1–9999."""
    offset = value.utcoffset()
    if offset is None:
        return value
    try:
        return value.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return datetime.min if value.year == 1 else datetime.max  # noqa: DTZ901 (naive UTC)


def canonical_json(value: object) -> str:
    """A list or object as JSON with sorted keys and no blanks: equal values give equal text."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _plain(value: object) -> object:
    """The value with JSON's types only; equal numbers alike, whatever type they came as."""
    match value:
        case None | bool() | str():
            return value
        case int() | float() | Decimal():
            return _plain_number(value)
        case datetime():
            return naive_utc(value).isoformat() + "Z"
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
    kept = classify(value)
    return None if kept is None else kept[1]


def _plain_number(value: int | float | Decimal) -> int | float | str | None:
    if not _is_finite(value):
        return None
    nearest = _nearest(value)
    if nearest is None:
        return value if isinstance(value, int) else format(value, "f")
    return int(nearest) if nearest.is_integer() and abs(nearest) < 1e21 else nearest


def split(values: Sequence[object]) -> dict[str, pa.Array]:
    """The values spread over one array per kind that occurs, each as long as `values`; a row is
    filled in at most one of them, and in none when its value is missing."""
    kept = [classify(value) for value in values]
    kinds = sorted({pair[0] for pair in kept if pair is not None})
    return {
        kind: pa.array(
            [pair[1] if pair is not None and pair[0] == kind else None for pair in kept],
            type=ARROW_TYPES[kind],
        )
        for kind in kinds
    }


def split_column(column: pa.Array) -> dict[str, pa.Array]:
    """The same as `split` for an Arrow column, without a Python object per row where possible."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return split_column(column.dictionary_decode())
    if pa.types.is_null(kind) or column.null_count == len(column):
        return {}
    if pa.types.is_boolean(kind):
        return {"boolean": column}
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return {"text": column.cast(pa.string())}
    if pa.types.is_floating(kind):
        return _floats(column.cast(pa.float64()))
    if pa.types.is_integer(kind) and _fits_exactly(column):
        return {"number": column.cast(pa.float64())}
    if pa.types.is_timestamp(kind) and kind.unit != "ns":
        return {"instant": _naive_utc_column(column)}
    return split(_readable(column).to_pylist())


def _floats(column: pa.Array) -> dict[str, pa.Array]:
    finite = pc.if_else(pc.is_finite(column), pc.add(column, 0.0), None)
    return {} if finite.null_count == len(finite) else {"number": finite}


def _fits_exactly(column: pa.Array) -> bool:
    ends = pc.min_max(column)
    return bool(ends["min"].as_py() >= -EXACT_INTEGERS and ends["max"].as_py() <= EXACT_INTEGERS)


def _naive_utc_column(column: pa.Array) -> pa.Array:
    # Arrow keeps zoned timestamps as UTC with a label: dropping the label leaves naive UTC.
    return column.cast(pa.timestamp(column.type.unit)).cast(pa.timestamp("us"))


def _readable(column: pa.Array) -> pa.Array:
    """Nanoseconds cut to microseconds, which is the finest step there is here."""
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
    return column
