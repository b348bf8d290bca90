"""A photo as if there were only somebody, and whoever decides about them: the same scans, over few
rows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.warehouse.tables import (
    KINDS,
    EventTable,
    Tables,
    TraitChanges,
    ValueColumns,
)

# Longer lists are joined instead of written into the query.
MOST_WRITTEN = 64


class Few:
    """Some customers of a photo (see `Tables`), whoever was merged into them, and some accounts.
    Asking it anything gives what asking the whole photo gives for these, and reads little."""

    def __init__(self, tables: Tables, customers: BitMap, accounts: BitMap) -> None:
        self._tables = tables
        self._wanted = {"customer": customers, "account": accounts}

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
        """The ordinals of those of the customers that are live."""
        return self._tables.customers & self._wanted["customer"]

    @cached_property
    def accounts(self) -> BitMap:
        """The ordinals of those of the accounts that are live."""
        return self._tables.accounts & self._wanted["account"]

    @cached_property
    def survivors(self) -> Mapping[int, int]:
        """The ordinals merged into these customers → theirs."""
        wanted = self._wanted["customer"]
        merges = self._tables.survivors.items()
        return {merged: last for merged, last in merges if last in wanted}

    def event_names(self) -> frozenset[str]:
        """The names of all events ever received, of anybody."""
        return self._tables.event_names()

    def events(self, name: str) -> EventTable | None:
        """The customers' rows of one event, and those of who was merged into them."""
        found = self._tables.events(name)
        if found is None:
            return None
        table = _of(found.table, self._wanted["customer"] | BitMap(self.survivors))
        properties = {prop: _in(table, value) for prop, value in found.properties.items()}
        return EventTable(table=table, properties=properties)

    def trait_changes(self, name: str, subject: Subject = "customer") -> TraitChanges | None:
        """Their own changes of one trait: traits stay the survivor's."""
        found = self._tables.trait_changes(name, subject)
        if found is None:
            return None
        table = _of(found.table, self._wanted[subject])
        return TraitChanges(table=table, value=_in(table, found.value))

    def account_changes(self) -> ir.Table | None:
        """What was said of whose customers they are."""
        found = self._tables.account_changes()
        return None if found is None else _of(found, self._wanted["customer"])

    def customer_ids(self, ordinals: BitMap) -> dict[int, str]:
        """External id per ordinal."""
        return self._tables.customer_ids(ordinals)

    def account_ids(self, ordinals: BitMap) -> dict[int, str]:
        """External id per ordinal of an account."""
        return self._tables.account_ids(ordinals)


class OneCustomer(Few):
    """One customer and whoever was merged into it; the accounts are those of the photo."""

    def __init__(self, tables: Tables, ordinal: int) -> None:
        super().__init__(tables, BitMap([ordinal]), tables.accounts)
        self.ordinal = ordinal


def _of(table: ir.Table, ordinals: BitMap) -> ir.Table:
    if len(ordinals) <= MOST_WRITTEN:
        return table.filter(table.ordinal.isin(list(ordinals)))
    chosen = ibis.memtable(pa.table({"chosen": pa.array(ordinals.to_array(), pa.int32())}))
    return table.semi_join(chosen, table.ordinal == chosen.chosen)


def _in(table: ir.Table, value: ValueColumns) -> ValueColumns:
    """The value's columns where they stand in `table`."""
    columns = {kind: getattr(value, kind) for kind in KINDS}
    return ValueColumns(
        **{kind: table[one.get_name()] for kind, one in columns.items() if one is not None}
    )
