"""A given workspace as the engine reads it: Arrow tables in DuckDB, nothing on disk; or
tables of another back end."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend
from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.warehouse.connection import register, shared_connection
from catalogue.warehouse.given import GivenAccount, GivenChange, GivenCustomer, GivenEvent, World
from catalogue.warehouse.kinds import split
from catalogue.warehouse.tables import EventTable, TraitChanges, ValueColumns

SINCE_EVER = datetime.min  # noqa: DTZ901 (naive UTC, as in all tables)


class MemoryTables:
    """One given workspace (see `Tables`). Ordinals are the places of its customers, and of its
    accounts, from 0.

    Use it as a context manager, or `close()` it, where many are made; the connection stays open.
    """

    def __init__(self, world: World, connection: ibis.BaseBackend | None = None) -> None:
        self._world = world.deduplicated()
        self._connection = connection or shared_connection()
        self._names: list[str] = []
        self._events: dict[str, EventTable] = {}
        self._traits: dict[tuple[Subject, str], TraitChanges] = {}
        self._finalizer = weakref.finalize(self, _forget, self._connection, self._names)

    @classmethod
    def from_world(cls, world: World, connection: ibis.BaseBackend | None = None) -> MemoryTables:
        """The workspace on `connection`, or on the process's own."""
        return cls(world, connection)

    def __enter__(self) -> MemoryTables:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take its tables off the connection."""
        self._finalizer()

    @property
    def connection(self) -> ibis.BaseBackend:
        """The back end on which the tables live."""
        return self._connection

    @property
    def has_near_rows(self) -> bool:
        """They are in memory, unless another back end was asked for."""
        return isinstance(self._connection, Backend)

    @cached_property
    def ordinals(self) -> Mapping[str, int]:
        """The ordinal of every customer that is given or referred to, live or not."""
        return {customer.id: place for place, customer in enumerate(self._world.customers)}

    @cached_property
    def customers(self) -> BitMap:
        """Ordinals of the live customers."""
        return BitMap([self.ordinals[customer.id] for customer in self._world.live()])

    @cached_property
    def account_ordinals(self) -> Mapping[str, int]:
        """The ordinal of every account that is given or referred to."""
        return {account.id: place for place, account in enumerate(self._world.accounts)}

    @cached_property
    def accounts(self) -> BitMap:
        """Ordinals of the accounts: all are live."""
        return BitMap(range(len(self._world.accounts)))

    @cached_property
    def survivors(self) -> Mapping[int, int]:
        """Merged-away ordinal → ordinal at the end of its chain."""
        chains = self._world.survivors().items()
        return {self.ordinals[merged]: self.ordinals[last] for merged, last in chains}

    def customer_ids(self, ordinals: BitMap) -> dict[int, str]:
        """External id per ordinal; unknown ordinals are absent."""
        ids = [customer.id for customer in self._world.customers]
        return {ordinal: ids[ordinal] for ordinal in ordinals if ordinal < len(ids)}

    def account_ids(self, ordinals: BitMap) -> dict[int, str]:
        """External id per ordinal of an account; unknown ordinals are absent."""
        ids = [account.id for account in self._world.accounts]
        return {ordinal: ids[ordinal] for ordinal in ordinals if ordinal < len(ids)}

    def ids(self, ordinals: BitMap) -> set[str]:
        """The external ids of ordinals."""
        return set(self.customer_ids(ordinals).values())

    @cached_property
    def _rows_by_event(self) -> Mapping[str, list[tuple[int, GivenEvent]]]:
        rows: dict[str, list[tuple[int, GivenEvent]]] = {}
        for ordinal, customer in enumerate(self._world.customers):
            for event in customer.events:
                rows.setdefault(event.name, []).append((ordinal, event))
        return rows

    @cached_property
    def _rows_by_trait(self) -> Mapping[tuple[Subject, str], list[tuple[int, GivenChange]]]:
        rows: dict[tuple[Subject, str], list[tuple[int, GivenChange]]] = {}
        subjects: tuple[tuple[Subject, tuple[GivenCustomer | GivenAccount, ...]], ...] = (
            ("customer", self._world.customers),
            ("account", self._world.accounts),
        )
        for subject, given in subjects:
            for ordinal, one in enumerate(given):
                for change in one.changes:
                    rows.setdefault((subject, change.trait), []).append((ordinal, change))
        return rows

    def event_names(self) -> frozenset[str]:
        """The names of all events given."""
        return frozenset(self._rows_by_event)

    def events(self, name: str) -> EventTable | None:
        """The rows of one event; None when there is none."""
        if name not in self._events and name in self._rows_by_event:
            self._events[name] = self._event_table(self._rows_by_event[name])
        return self._events.get(name)

    def trait_changes(self, name: str, subject: Subject = "customer") -> TraitChanges | None:
        """The changes of one trait; None when there is none."""
        whose = (subject, name)
        if whose not in self._traits and whose in self._rows_by_trait:
            self._traits[whose] = self._trait_changes(self._rows_by_trait[whose])
        return self._traits.get(whose)

    def account_changes(self) -> ir.Table | None:
        """Whose customer is whose, since ever; None when nobody is anybody's."""
        pairs = [
            (place, self.account_ordinals[one.account])
            for place, one in enumerate(self._world.customers)
            if one.account is not None
        ]
        if not pairs:
            return None
        columns = _when([ordinal for ordinal, _ in pairs], [None for _ in pairs])
        columns["sequence"] = pa.array(range(len(pairs)), pa.int64())
        columns["account"] = pa.array([account for _, account in pairs], pa.int32())
        return self._register(columns)

    def _event_table(self, rows: list[tuple[int, GivenEvent]]) -> EventTable:
        columns = _when([ordinal for ordinal, _ in rows], [event.at for _, event in rows])
        names = dict.fromkeys(name for _, event in rows for name in event.props)
        kinds: dict[str, dict[str, str]] = {}
        for place, name in enumerate(names):
            values = split([event.props.get(name) for _, event in rows])
            kinds[name] = {kind: f"p{place}_{kind}" for kind in values}
            columns |= {kinds[name][kind]: array for kind, array in values.items()}
        table = self._register(columns)
        properties = {name: _value(table, placed) for name, placed in kinds.items()}
        return EventTable(table=table, properties=properties)

    def _trait_changes(self, rows: list[tuple[int, GivenChange]]) -> TraitChanges:
        columns = _when([ordinal for ordinal, _ in rows], [change.at for _, change in rows])
        columns["sequence"] = pa.array(range(len(rows)), pa.int64())
        values = split([change.value for _, change in rows])
        table = self._register(columns | values)
        return TraitChanges(table=table, value=_value(table, {kind: kind for kind in values}))

    def _register(self, columns: Mapping[str, pa.Array]) -> ir.Table:
        rows = pa.table(dict(columns))
        if not isinstance(self._connection, Backend):
            return ibis.memtable(rows)
        table = register(self._connection, rows)
        self._names.append(table.get_name())
        return table


def _forget(connection: ibis.BaseBackend, names: list[str]) -> None:
    for name in names:
        connection.con.unregister(name)
    names.clear()


def _when(ordinals: list[int], instants: list[datetime | None]) -> dict[str, pa.Array]:
    naive = [
        SINCE_EVER if at is None else at.astimezone(UTC).replace(tzinfo=None) for at in instants
    ]
    return {
        "ordinal": pa.array(ordinals, pa.int32()),
        "at": pa.array(naive, pa.timestamp("us")),
    }


def _value(table: ir.Table, columns: Mapping[str, str]) -> ValueColumns:
    return ValueColumns(**{kind: table[name] for kind, name in columns.items()})
