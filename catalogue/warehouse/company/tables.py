"""A company's own warehouse as the engine reads it (see `Tables`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import ibis
import ibis.expr.types as ir
from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.models import Photo
from catalogue.warehouse import ordinals
from catalogue.warehouse.company.histories import accounts_said, values_present, values_said
from catalogue.warehouse.company.repeats import without_repeats
from catalogue.warehouse.company.server import Server
from catalogue.warehouse.company.values import kinds_of
from catalogue.warehouse.lake import unpack_merges
from catalogue.warehouse.tables import EventTable, TraitChanges, ValueColumns


class CompanyTables:
    """The warehouse at the moment it is first read, and who was in it when the photo was taken. Of
    its ids those count that have an ordinal on our side."""

    has_near_rows = False

    def __init__(self, photo: Photo, server: Server) -> None:
        self.photo = photo
        self._server = server
        self._mapping = server.mapping
        self._events: dict[str, EventTable | None] = {}
        self._traits: dict[tuple[Subject, str], TraitChanges | None] = {}

    @property
    def connection(self) -> ibis.BaseBackend:
        """The back end on the company's server."""
        return self._server.backend

    @cached_property
    def customers(self) -> BitMap:
        """Ordinals of the live customers."""
        return BitMap.deserialize(bytes(self.photo.customers))

    @cached_property
    def accounts(self) -> BitMap:
        """Ordinals of the live accounts."""
        return BitMap.deserialize(bytes(self.photo.accounts))

    @cached_property
    def survivors(self) -> Mapping[int, int]:
        """Merged-away ordinal → the last survivor of its chain."""
        return unpack_merges(bytes(self.photo.merges))

    def event_names(self) -> frozenset[str]:
        """The names of all events ever received."""
        return self._event_names

    @cached_property
    def _event_names(self) -> frozenset[str]:
        return frozenset(event_names(self._server))

    def events(self, name: str) -> EventTable | None:
        """The rows of one event; None when there was never one."""
        if name not in self._events:
            is_there = name in self._event_names and self._server.has(name)
            self._events[name] = self._open_events(name) if is_there else None
        return self._events[name]

    def _open_events(self, name: str) -> EventTable:
        tracks, table = self._mapping.tracks, self._server.table(name, "tracks.event")
        customer = self._server.column(table, tracks.customer, "tracks.customer")
        at = self._server.column(table, tracks.time, "tracks.time")
        not_values = {tracks.customer, tracks.time, tracks.event, tracks.id, tracks.received}
        table = without_repeats(table.filter(customer.notnull(), at.notnull()), self._server)
        spread, kinds = _spread(table, [c for c in table.columns if c not in not_values], self)
        rows = table.select(
            of=table[tracks.customer].cast("string"),
            at=table[tracks.time].cast("timestamp(6)"),
            **spread,
        )
        numbered = self._numbered(rows)
        return EventTable(
            table=numbered, properties={prop: _value(numbered, k) for prop, k in kinds.items()}
        )

    def takes(self, column: str) -> bool:
        """Whether a column is a trait or a property."""
        return self._mapping.takes(column)

    def trait_changes(self, name: str, subject: Subject = "customer") -> TraitChanges | None:
        """The changes of one trait; None when there was never one."""
        if (subject, name) not in self._traits:
            self._traits[subject, name] = self._open_trait(name, subject)
        return self._traits[subject, name]

    def _open_trait(self, name: str, subject: Subject) -> TraitChanges | None:
        if not self._mapping.takes(name):
            return None
        rows = values_said(self._server, name, subject)
        if rows is None and subject == "customer":
            rows = values_present(self._server, name)
        if rows is None:
            return None
        numbered = self._numbered(rows, subject)
        found = [c for c in numbered.columns if c not in ("ordinal", "at", "sequence")]
        return TraitChanges(table=numbered, value=_value(numbered, {kind: kind for kind in found}))

    def _numbered(self, rows: ir.Table, subject: Subject = "customer") -> ir.Table:
        """The rows of whom we have a number for, with that number instead of their id."""
        ours = self._server.ordinals(subject)
        joined = rows.inner_join(ours, rows.of == ours.of)
        return joined.select("ordinal", *(c for c in rows.columns if c != "of"))

    def account_changes(self) -> ir.Table | None:
        """Whose customer is whose; None when it was never said of anybody."""
        said = accounts_said(self._server)
        if said is None:
            return None
        rows, accounts = self._numbered(said), self._server.ordinals("account")
        joined = rows.inner_join(accounts, rows.account == accounts.of)
        return joined.select(rows.ordinal, rows.at, rows.sequence, account=accounts.ordinal)

    def customer_ids(self, ordinals_wanted: BitMap) -> dict[int, str]:
        """External id per ordinal; unknown ordinals are absent."""
        return dict(ordinals.ids_of(ordinals_wanted))

    def account_ids(self, ordinals_wanted: BitMap) -> dict[int, str]:
        """External id per ordinal of an account; unknown ordinals are absent."""
        return dict(ordinals.ids_of(ordinals_wanted, "account"))


def event_names(server: Server) -> list[str]:
    """The events that the table of all events names, in order."""
    names = server.mapping.tracks
    tracks = server.table(names.table, "tracks.table")
    event = server.column(tracks, names.event, "tracks.event").cast("string")
    rows = server.fetch(event.name("event").as_table().distinct())
    return sorted(name for name in rows["event"].to_pylist() if name)


def _spread(
    table: ir.Table, columns: list[str], tables: CompanyTables
) -> tuple[dict[str, ir.Value], dict[str, dict[str, str]]]:
    """Each property's columns by kind, under names of our own; and these names."""
    spread: dict[str, ir.Value] = {}
    kinds: dict[str, dict[str, str]] = {}
    for place, column in enumerate(one for one in columns if tables.takes(one)):
        found = kinds_of(table[column])
        if found:
            kinds[column] = {kind: f"p{place}_{kind}" for kind in found}
            spread |= {kinds[column][kind]: value for kind, value in found.items()}
    return spread, kinds


def _value(table: ir.Table, columns: Mapping[str, str]) -> ValueColumns:
    return ValueColumns(**{kind: table[name] for kind, name in columns.items()})
