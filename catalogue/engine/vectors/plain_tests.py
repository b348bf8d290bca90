"""Tests that a few rows are put to here, and not in the back end: whether a text is one of some,
and whether a number lies in a range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.numbers import InRange
from catalogue.engine.conditions.values import Equal
from catalogue.warehouse.tables import KINDS, EventTable, ValueColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainTest:
    """A criterion that is decided by one column; by none (None) where nobody has such a value."""

    criterion: Criterion
    column: str | None

    def fits(self, rows: pa.Table) -> Mask:
        """Which rows fit."""
        return ~self._holds(rows) if self.criterion.negated else self._holds(rows)

    def _holds(self, rows: pa.Table) -> Mask:
        test = self.criterion.test
        if self.column not in rows.column_names:
            return np.zeros(len(rows), dtype=bool)
        values = rows[self.column]
        if isinstance(test, InRange):
            there = values.is_valid().to_numpy()
            return np.asarray(there & test.accepts(values.to_numpy()), dtype=bool)
        assert isinstance(test, Equal)  # noqa: S101 (`plain_test` took no other)
        # A missing text is none of them.
        among = pc.is_in(values, value_set=pa.array(sorted(test.texts), pa.string()))
        return np.asarray(among.to_numpy(), dtype=bool)


def plain_test(criterion: Criterion, source: EventTable) -> PlainTest | None:
    """The test of a criterion; None of one that has to be worked out by the back end: also where
    values of a kind of their own, beside the plain ones, may fit it."""
    path, test = criterion.path, criterion.test
    kind = _kind(test)
    if len(path) > 1 or kind is None:
        return None
    known = source.properties.get(path[0], ValueColumns())
    kinds = {one for one in KINDS if getattr(known, one) is not None}
    if kinds - {kind}:
        return None
    column = getattr(known, kind)
    return PlainTest(criterion=criterion, column=None if column is None else column.get_name())


def _kind(test: object) -> str | None:
    """The one kind of values that a test reads as they are."""
    if isinstance(test, InRange):
        return "number"
    # A number that is looked for may be written as a text.
    return "text" if isinstance(test, Equal) and not test.readings else None
