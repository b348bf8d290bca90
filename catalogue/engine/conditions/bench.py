"""What an operator may ask for beyond its own row: the values there are, and values in memory."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Protocol

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalogue.definitions.errors import Code, refuse
from catalogue.engine.conditions.readings import Reading, Readings, derive, no, sure, with_derived
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.kinds import split

Mask = npt.NDArray[np.bool_]
# Above so many different values the ones that fit are no longer looked up in memory.
DISTINCT_LIMIT = 1_000_000
# Longer lists are joined instead of written into the query.
LITERAL_LIMIT = 64


class Test(Protocol, Hashable):
    """One operator with its operand, resolved against now and zone: equal tests are the same test.

    Positive only: a negative operator is the complement of its twin and is not a test.
    """

    @property
    def needs(self) -> frozenset[Reading]:
        """The readings that `holds` looks at."""

    def holds(self, value: Readings, bench: Bench) -> ir.BooleanValue:
        """True where the value fits, else false (never unknown); false on missing. Raises a
        DefinitionError `too_expensive` when it would have to look at too many values."""


class Bench:
    """Runs the small questions on the side that a few operators need."""

    def __init__(self, connection: ibis.BaseBackend) -> None:
        self._connection = connection
        self._known: dict[Hashable, list[object]] = {}

    def distinct(self, value: ir.Value) -> list[object]:
        """The different values there are, looked up once; raises `too_expensive` when they are
        too many."""
        if value.op() not in self._known:
            self._known[value.op()] = self._distinct(value)
        return self._known[value.op()]

    def _distinct(self, value: ir.Value) -> list[object]:
        table = value.name("value").as_table()
        known = table.filter(table.value.notnull()).distinct().limit(DISTINCT_LIMIT + 1)
        answer: list[object] = fetch(self._connection, known)["value"].to_pylist()
        if len(answer) > DISTINCT_LIMIT:
            raise refuse(
                Code.TOO_EXPENSIVE,
                f"there are more than {DISTINCT_LIMIT:,} different lists or objects to look into; "
                "keep what the condition asks for in a trait or property of its own",
            )
        return answer

    def judge(self, values: Sequence[object], tests: Iterable[Test]) -> list[Mask]:
        """For each test, which of the values (Python values as received) fit."""
        tests = list(tests)
        if not values or not tests:
            return [np.zeros(len(values), dtype=bool) for _ in tests]
        rows = ibis.memtable(pa.table({"row": np.arange(len(values)), **split(values)}))
        value = Readings(**{kind: rows[kind] for kind in rows.columns if kind != "row"})
        needs = {need for test in tests for need in test.needs}
        read = with_derived(value, derive(value, needs))
        columns = {f"t{i}": test.holds(read, self) for i, test in enumerate(tests)}
        answer = fetch(self._connection, rows.select("row", **columns)).sort_by("row")
        return [answer[name].to_numpy() for name in columns]


def among(value: ir.Value | None, chosen: Iterable[str | float]) -> ir.BooleanValue:
    """Whether the value is one of the chosen; false where it is missing."""
    listed = sorted(chosen)
    if value is None or not listed:
        return no()
    if len(listed) <= LITERAL_LIMIT:
        return sure(value.isin(listed))
    return sure(value.isin(ibis.memtable(pa.table({"chosen": listed})).chosen))
