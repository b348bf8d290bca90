"""The columns of a sheet that have a meaning of their own: ids, names and instants."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.warehouse.importers import Sheet
from catalogue.warehouse.refusals import LoadError, Refusals, shown
from catalogue.warehouse.times import read_times

LONGEST_ID = 500


def read_ids(
    sheet: Sheet, column: str, option: str, refusals: Refusals, *, optional: bool = False
) -> pa.Array:
    """A column of ids or names as text, exactly as received. Missing ones are refused unless
    `optional`; empty and over-long ones and those with a NUL always."""
    ids = _as_text(sheet, column, sheet.column(column, option))
    if not optional:
        refusals.refuse(_mask(ids.is_null()), column, "is missing; every row needs one")
    refusals.refuse(_mask(pc.equal(ids, "")), column, "is empty; every row needs one")
    too_long = _mask(pc.greater(pc.utf8_length(ids), LONGEST_ID))
    refusals.refuse(too_long, column, f"is longer than {LONGEST_ID} characters")
    with_nul = _mask(pc.match_substring(ids, "\0"))
    refusals.refuse(with_nul, column, "holds a NUL character, which no id may have")
    return ids


def _as_text(sheet: Sheet, column: str, values: pa.Array) -> pa.Array:
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _as_text(sheet, column, values.dictionary_decode())
    plain = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)
    if plain or pa.types.is_integer(kind):
        return values.cast(pa.string())
    raise LoadError(
        f"{sheet.name}: column {column!r} is of type {kind}, but ids are text. Export it as text."
    )


def refuse_repeats(ids: pa.Array, column: str, numbers: np.ndarray, refusals: Refusals) -> None:
    """Refuse every row whose id was already there in a row before it."""
    first = first_places(ids)
    places = np.arange(len(ids))
    here = _mask(ids.is_valid()) & (first != places)

    def why(index: int) -> str:
        return f"{shown(ids[index])} is already in row {numbers[first[index]]}"

    refusals.refuse(here, column, why)


def first_places(ids: pa.Array) -> np.ndarray:
    """For each row the place of the first row with the same id."""
    codes = ids.dictionary_encode(null_encoding="encode").indices.to_numpy()
    first = np.empty(codes.max(initial=-1) + 1, dtype=np.int64)
    places = np.arange(len(codes))
    # The last one written stays, and that is the first row.
    first[codes[::-1]] = places[::-1]
    return first[codes]


def read_instants(
    sheet: Sheet, column: str, option: str, zone: ZoneInfo, refusals: Refusals
) -> pa.Array:
    """A column of instants as naive UTC; missing and impossible ones are refused."""
    values = sheet.column(column, option)
    instants = read_times(values, zone)
    refusals.refuse(_mask(values.is_null()), column, "is missing; every event needs a time")

    def why(index: int) -> str:
        return f"{shown(values[index])} is no date or time; write it like 2026-03-18T12:00:00Z"

    refusals.refuse(_mask(instants.is_null()), column, why)
    return instants


def _mask(values: pa.Array) -> np.ndarray:
    return pc.fill_null(values, False).to_numpy(zero_copy_only=False).astype(bool)
