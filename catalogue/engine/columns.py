"""The value columns that the conditions of one scan look at, under names of our own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ibis.expr.types as ir

from catalogue.definitions.nodes import Path
from catalogue.engine.conditions.objects import reach
from catalogue.engine.conditions.readings import Reading, Readings, derive, raw
from catalogue.warehouse.tables import KINDS, ValueColumns

KIND_TYPES = {
    "text": "string",
    "number": "float64",
    "boolean": "boolean",
    "instant": "timestamp",
    "json": "string",
}


class Values:
    """The values that the conditions of one scan look at, under names of our own."""

    def __init__(self, wanted: Iterable[tuple[Path, frozenset[Reading]]]) -> None:
        self.needs: dict[Path, frozenset[Reading]] = {}
        for path, needs in wanted:
            self.needs[path] = self.needs.get(path, frozenset()) | needs
        self.prefix = {path: f"v{i}_" for i, path in enumerate(sorted(self.needs))}

    def columns(self, roots: Mapping[str, ValueColumns]) -> dict[str, ir.Value]:
        """The plain columns of every path, as the source has them."""
        found: dict[str, ir.Value] = {}
        for path, prefix in self.prefix.items():
            value = reach(raw(roots.get(path[0], ValueColumns())), path[1:])
            for kind in KINDS:
                column = getattr(value, kind)
                if column is not None:
                    found[prefix + kind] = column
        return found

    def read(self, table: ir.Table) -> tuple[ir.Table, dict[Path, Readings]]:
        """The table with the readings derived, and every path's columns in it."""
        derived = {
            path: derive(self.of(table, path, KINDS), needs) for path, needs in self.needs.items()
        }
        named = {
            self.prefix[path] + reading: expression
            for path, readings in derived.items()
            for reading, expression in readings.items()
        }
        table = table.mutate(**named) if named else table
        return table, {path: self.of(table, path) for path in self.needs}

    def of(
        self, table: ir.Table, path: Path, parts: Sequence[str] = (*KINDS, *Reading)
    ) -> Readings:
        """A path's columns in a table."""
        prefix = self.prefix[path]
        present = {part: prefix + part for part in parts if prefix + part in table.columns}
        return Readings(**{str(part): table[name] for part, name in present.items()})
