"""A workspace that grows load by load: customers come, are merged and deleted, events come late."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.expr import operations as ops
from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.warehouse.connection import shared_connection
from catalogue.warehouse.pieces import Piece, Pieces
from catalogue.warehouse.tables import EventTable, Kinds, TraitChanges, ValueColumns, kinds_of

_numbers = count()
VALUE = pa.schema([("number", pa.float64()), ("text", pa.string())])


@dataclass(frozen=True, kw_only=True)
class Happened:
    """An event of a customer, with a number or a text, or nothing."""

    ordinal: int
    at: datetime
    value: float | str | None


@dataclass(frozen=True, kw_only=True)
class Said:
    """A trait of a customer from `at` on; `sequence` in the order of loading."""

    ordinal: int
    at: datetime
    sequence: int
    value: float | str | None


@dataclass(frozen=True, kw_only=True)
class State:
    """All loads so far: pieces by event and by trait, and who is who. `given`: how many ordinals
    were ever given; none is given twice."""

    events: Mapping[str, Mapping[str, Sequence[Happened]]] = field(default_factory=dict)
    traits: Mapping[str, Mapping[str, Sequence[Said]]] = field(default_factory=dict)
    customers: frozenset[int] = frozenset()
    given: int = 0
    survivors: Mapping[int, int] = field(default_factory=dict)

    def with_events(self, name: str, rows: Sequence[Happened]) -> State:
        """One more load of an event."""
        pieces = {**self.events.get(name, {}), f"{name}/{next(_numbers)}": rows}
        return replace(self, events={**self.events, name: pieces})

    def with_changes(self, name: str, rows: Sequence[Said]) -> State:
        """One more load of a trait."""
        pieces = {**self.traits.get(name, {}), f"{name}/{next(_numbers)}": rows}
        return replace(self, traits={**self.traits, name: pieces})

    def merged(self, away: int, last: int) -> State:
        """The same after a merge."""
        survivors = {one: last if to == away else to for one, to in self.survivors.items()}
        return replace(self, survivors={**survivors, away: last}, customers=self.customers - {away})


class GrowingTables:
    """A photo of a state (see `Tables` and `InPieces`), in the memory of the back end."""

    has_near_rows = True

    def __init__(self, state: State) -> None:
        self.state = state
        self.connection = shared_connection()
        self.customers = BitMap(sorted(state.customers))
        self.accounts = BitMap()
        self.survivors = state.survivors

    def event_names(self) -> frozenset[str]:
        return frozenset(self.state.events)

    def event_kinds(self, name: str) -> Kinds | None:
        table = self.events(name)
        return None if table is None else kinds_of(table)

    def event_pieces(self, name: str) -> Pieces:
        return _pieces(self.state.events.get(name, {}))

    def trait_pieces(self, name: str, subject: Subject) -> Pieces:
        return _pieces(self.state.traits.get(name, {}))

    def events(self, name: str) -> EventTable | None:
        return self.events_in(name, self.state.events.get(name, ()))

    def events_in(self, name: str, pieces: Collection[str]) -> EventTable | None:
        rows = [row for piece in pieces for row in self.state.events[name][piece]]
        if not pieces:
            return None
        table = self._register(rows, {})
        return EventTable(table=table, properties={"v": _value(table)})

    def people_in(self, name: str, piece: str) -> BitMap | None:
        rows = self.state.events[name][piece]
        # Of some nobody kept it.
        return None if len(rows) % 4 == 0 else BitMap(row.ordinal for row in rows)

    def trait_changes(self, name: str, subject: Subject = "customer") -> TraitChanges | None:
        return self.trait_changes_in(name, subject, self.state.traits.get(name, ()))

    def trait_changes_in(
        self, name: str, subject: Subject, pieces: Collection[str]
    ) -> TraitChanges | None:
        rows = [row for piece in pieces for row in self.state.traits[name][piece]]
        if not pieces:
            return None
        table = self._register(rows, {"sequence": pa.array([r.sequence for r in rows], pa.int64())})
        return TraitChanges(table=table, value=_value(table))

    def account_changes(self) -> ir.Table | None:
        return None

    def customer_ids(self, ordinals: BitMap) -> dict[int, str]:
        return {ordinal: f"customer {ordinal}" for ordinal in ordinals}

    def account_ids(self, ordinals: BitMap) -> dict[int, str]:
        return {}

    def _register(self, rows: Sequence[Happened | Said], more: dict[str, pa.Array]) -> ir.Table:
        columns = {
            "ordinal": pa.array([row.ordinal for row in rows], pa.int32()),
            "at": pa.array([_naive(row.at) for row in rows], pa.timestamp("us")),
            "number": pa.array([_only(row.value, float) for row in rows], pa.float64()),
            "text": pa.array([_only(row.value, str) for row in rows], pa.string()),
            **more,
        }
        # Texts are kept only where there are any, as in the lake.
        if columns["text"].null_count == len(rows):
            del columns["text"]
        name, table = f"growing_{next(_numbers)}", pa.table(columns)
        self.connection.con.register(name, table)
        return ops.DatabaseTable(
            name=name,
            schema=ibis.Schema.from_pyarrow(table.schema),
            source=self.connection,
            namespace=ops.Namespace(),
        ).to_expr()


def _pieces(loads: Mapping[str, Sequence[Happened | Said]]) -> Pieces:
    return {
        name: Piece(
            size=len(rows),
            rows=len(rows),
            # Of some nothing is known.
            newest=None if len(rows) == 3 else max(_naive(row.at) for row in rows),
        )
        for name, rows in loads.items()
    }


def _value(table: ir.Table) -> ValueColumns:
    return ValueColumns(**{k: table[k] for k in ("number", "text") if k in table.columns})


def _only(value: object, kind: type) -> object:
    return value if isinstance(value, kind) else None


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
