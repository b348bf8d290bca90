"""A photo as if there were one customer only: the same scans, over that customer's rows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import ibis
import ibis.expr.types as ir
from pyroaring import BitMap

from catalogue.warehouse.tables import (
    KINDS,
    EventTable,
    Tables,
    TraitChanges,
    ValueColumns,
)


class OneCustomer:
    """One customer of a photo (see `Tables`) and whoever was merged into it. Asking it anything
    gives what asking the whole photo gives for this customer, and reads little."""

    def __init__(self, tables: Tables, ordinal: int) -> None:
        self.ordinal = ordinal
        self._tables = tables

    @property
    def connection(self) -> ibis.BaseBackend:
        """The back end of the photo."""
        return self._tables.connection

    @property
    def has_near_rows(self) -> bool:
        """There are few, and their figures are asked for."""
        return False

    @cached_property
    def customers(self) -> BitMap:
        """The customer's ordinal; empty when it is not a live one."""
        return self._tables.customers & BitMap([self.ordinal])

    @cached_property
    def survivors(self) -> Mapping[int, int]:
        """The ordinals merged into this customer → its own."""
        merges = self._tables.survivors.items()
        return {merged: last for merged, last in merges if last == self.ordinal}

    def event_names(self) -> frozenset[str]:
        """The names of all events ever received, of anybody."""
        return self._tables.event_names()

    def events(self, name: str) -> EventTable | None:
        """The customer's rows of one event, and those of the customers merged into it."""
        found = self._tables.events(name)
        if found is None:
            return None
        table = _of(found.table, self.ordinal, *self.survivors)
        properties = {prop: _in(table, value) for prop, value in found.properties.items()}
        return EventTable(table=table, properties=properties)

    def trait_changes(self, name: str) -> TraitChanges | None:
        """The customer's own changes of one trait: traits stay the survivor's."""
        found = self._tables.trait_changes(name)
        if found is None:
            return None
        table = _of(found.table, self.ordinal)
        return TraitChanges(table=table, value=_in(table, found.value))

    def customer_ids(self, ordinals: BitMap) -> dict[int, str]:
        """External id per ordinal."""
        return self._tables.customer_ids(ordinals)


def _of(table: ir.Table, *ordinals: int) -> ir.Table:
    return table.filter(table.ordinal.isin(ordinals))


def _in(table: ir.Table, value: ValueColumns) -> ValueColumns:
    """The value's columns where they stand in `table`."""
    columns = {kind: getattr(value, kind) for kind in KINDS}
    return ValueColumns(
        **{kind: table[one.get_name()] for kind, one in columns.items() if one is not None}
    )
