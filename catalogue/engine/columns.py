"""The value columns that the conditions of one scan look at, under names of our own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import ibis.expr.types as ir

from catalogue.definitions.nodes import Path
from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.objects import reach
from catalogue.engine.conditions.readings import Reading, Readings, derive, raw
from catalogue.engine.lookups import WHOLE, look_up
from catalogue.warehouse.tables import KINDS, ValueColumns

KIND_TYPES = {
    "text": "string",
    "number": "float64",
    "boolean": "boolean",
    "instant": "timestamp(6)",  # as DuckDB names microseconds; a union takes no other
    "json": "string",
}


class Values:
    """The values that the conditions of one scan look at, under names of our own."""

    def __init__(self, wanted: Iterable[tuple[Path, frozenset[Reading]]], bench: Bench) -> None:
        self._bench = bench
        self.needs: dict[Path, frozenset[Reading]] = {}
        for path, needs in wanted:
            self.needs[path] = self.needs.get(path, frozenset()) | needs
        self.prefix = {path: f"v{i}_" for i, path in enumerate(sorted(self.needs))}

    def columns(self, roots: Mapping[str, ValueColumns]) -> dict[str, ir.Value]:
        """The plain columns of every path, as the source has them; of one into objects the whole
        document where the back end does not read it itself."""
        if not self._bench.reads_values:
            return self._unread(roots)
        return {
            self.prefix[path] + kind: column
            for path, value in self._reached(roots).items()
            for kind, column in _present(value)
        }

    def spread(
        self, table: ir.Table, keep: Sequence[str], roots: Mapping[str, ValueColumns]
    ) -> tuple[ir.Table, dict[Path, Readings]]:
        """The table with `keep` and the readings derived, and every path's columns in it; the
        table as it is when nothing has to be derived."""
        if not self._bench.reads_values:
            return self.read(table.select(*keep, **self.columns(roots)))
        reached = self._reached(roots)
        derived = self._derived(reached)
        if not derived:
            return table, reached
        spread = table.select(*keep, **self.columns(roots), **derived)
        return spread, {path: self.of(spread, path) for path in self.needs}

    def read(self, table: ir.Table) -> tuple[ir.Table, dict[Path, Readings]]:
        """The table, which has the plain columns, with the readings derived, and every path's
        columns in it."""
        if not self._bench.reads_values:
            for path, needs in self.needs.items():
                table = look_up(table, self.prefix[path], path[1:], needs, self._bench)
            return table, {path: self.of(table, path) for path in self.needs}
        derived = self._derived({path: self.of(table, path) for path in self.needs})
        table = table.mutate(**derived) if derived else table
        return table, {path: self.of(table, path) for path in self.needs}

    def of(self, table: ir.Table, path: Path) -> Readings:
        """A path's columns in a table."""
        prefix = self.prefix[path]
        parts = [part for part in (*KINDS, *map(str, Reading)) if prefix + part in table.columns]
        return Readings(**{part: table[prefix + part] for part in parts})

    def _unread(self, roots: Mapping[str, ValueColumns]) -> dict[str, ir.Value]:
        columns: dict[str, ir.Value] = {}
        for path, prefix in self.prefix.items():
            root = raw(roots.get(path[0], ValueColumns()))
            if len(path) == 1:
                columns |= {prefix + kind: column for kind, column in _present(root)}
            elif root.json is not None:
                columns[prefix + WHOLE] = root.json
        return columns

    def _reached(self, roots: Mapping[str, ValueColumns]) -> dict[Path, Readings]:
        return {
            path: reach(raw(roots.get(path[0], ValueColumns())), path[1:]) for path in self.needs
        }

    def _derived(self, values: Mapping[Path, Readings]) -> dict[str, ir.Value]:
        return {
            self.prefix[path] + reading: expression
            for path, needs in self.needs.items()
            for reading, expression in derive(values[path], needs).items()
        }


def _present(value: Readings) -> Iterator[tuple[str, ir.Value]]:
    for kind in KINDS:
        column = getattr(value, kind)
        if column is not None:
            yield kind, column
