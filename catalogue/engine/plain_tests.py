"""Tests that values are put to here and not in the back end, where they are of one kind and need no
reading: texts that are among some, numbers in a range, booleans, and whether there is any."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.engine.conditions.bench import Mask, Test
from catalogue.engine.conditions.numbers import InRange
from catalogue.engine.conditions.values import Equal, IsSet
from catalogue.warehouse.tables import KINDS, ValueColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainTest:
    """A test, and the one column that values may be in, with its kind; None where there are
    none."""

    test: Test
    kind: str | None
    column: str | None

    def holds(self, rows: pa.Table) -> Mask:
        """For which rows it is true; a missing value fits none."""
        if self.column not in rows.column_names:
            return np.zeros(len(rows), dtype=bool)
        values = rows[self.column]
        if not pa.types.is_dictionary(values.type):
            return self._judged(values)
        # Each different text is judged once.
        coded = values.combine_chunks()
        fits = np.append(self._judged(pa.chunked_array([coded.dictionary])), False)
        return fits[codes_of(coded)]

    def _judged(self, values: pa.ChunkedArray) -> Mask:
        test = self.test
        if isinstance(test, IsSet):
            return _mask(values.is_valid())
        if isinstance(test, InRange):
            return _mask(values.is_valid()) & test.accepts(values.to_numpy())
        assert isinstance(test, Equal)  # noqa: S101 (`plain_test` takes no other)
        if self.kind == "text":
            return _mask(pc.is_in(values, value_set=pa.array(sorted(test.texts), pa.string())))
        if self.kind == "number":
            wanted = sorted(test.numbers | test.readings)
            return np.isin(values.to_numpy(), np.array(wanted, dtype=np.float64))
        return _mask(pc.is_in(values, value_set=pa.array(sorted(test.booleans), pa.bool_())))


def plain_test(test: Test, value: ValueColumns) -> PlainTest | None:
    """The test of such values; None where it has to be worked out by the back end: because values
    are of several kinds, or of one that has to be read as another."""
    kinds = [kind for kind in KINDS if getattr(value, kind) is not None]
    if len(kinds) > 1 or not isinstance(test, IsSet | InRange | Equal):
        return None
    kind = kinds[0] if kinds else None
    if not _is_plain(test, kind):
        return None
    return PlainTest(test=test, kind=kind, column=_name(value, kind))


def _is_plain(test: IsSet | InRange | Equal, kind: str | None) -> bool:
    if kind is None or isinstance(test, IsSet):
        return True
    if isinstance(test, InRange):
        return kind == "number"
    # A number that is looked for may be written as a text.
    return kind in ("number", "boolean") or (kind == "text" and not test.readings)


def _name(value: ValueColumns, kind: str | None) -> str | None:
    name: str | None = None if kind is None else getattr(value, kind).get_name()
    return name


def codes_of(coded: pa.DictionaryArray) -> npt.NDArray[np.int32]:
    """The place of each value in the dictionary; −1 of a missing one. Shape (n,)."""
    return np.asarray(coded.indices.fill_null(-1).to_numpy(), dtype=np.int32)


def _mask(column: pa.ChunkedArray) -> Mask:
    return np.asarray(column.to_numpy(), dtype=bool)
