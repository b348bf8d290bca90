"""The embedded lake as the engine reads it: Delta tables at the versions one photo names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from datetime import datetime
from functools import cached_property
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
from deltalake import DeltaTable
from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.models import Photo
from catalogue.warehouse import ordinals
from catalogue.warehouse.budgets import Meter
from catalogue.warehouse.connection import MEMORY_LIMIT, open_connection, twin_of
from catalogue.warehouse.delta_notes import Noted, noted
from catalogue.warehouse.file_people import people_of
from catalogue.warehouse.layout import (
    CUSTOMER_ACCOUNTS,
    events_key,
    key_of,
    name_of,
    trait_key,
)
from catalogue.warehouse.naming import decode
from catalogue.warehouse.parquet import FileBackend, open_files
from catalogue.warehouse.pieces import Piece, Pieces, may_be_after
from catalogue.warehouse.tables import KINDS, EventTable, Kinds, TraitChanges, ValueColumns


class PinnedLake:
    """The files of the tables that a photo names, found by key."""

    def __init__(self, tables: Mapping[str, int], lake_dir: Path) -> None:
        self.lake_dir = lake_dir.resolve()  # as DuckDB's permission names it
        self._pinned = {key_of(path): (path, version) for path, version in tables.items()}
        self._opened: dict[str, DeltaTable] = {}
        self._notes: dict[str, Noted] = {}

    @property
    def keys(self) -> Iterable[str]:
        """What there is."""
        return self._pinned.keys()

    def has(self, key: str) -> bool:
        """Whether the photo names such a table."""
        return key in self._pinned

    def table(self, key: str) -> DeltaTable:
        """The Delta table of a key, at its pinned version."""
        if key not in self._opened:
            path, version = self._pinned[key]
            self._opened[key] = DeltaTable(self.lake_dir / path, version=version)
        return self._opened[key]

    def hand_over(self, key: str) -> DeltaTable:
        """The table of a key for somebody who moves it on; here it stays at its version."""
        table = self.table(key)
        del self._opened[key]
        return table

    def files(self, key: str) -> list[str]:
        """The Parquet files of a key, in no order; empty when there is no such table."""
        return list(self.pieces(key))

    def pieces(self, key: str) -> Pieces:
        """The Parquet files of a key with what Delta Lake notes of them."""
        return self._noted(key).pieces if self.has(key) else {}

    def _noted(self, key: str) -> Noted:
        if key not in self._notes:
            path, version = self._pinned[key]
            self._notes[key] = noted(self.lake_dir / path, version)
        return self._notes[key]

    def files_after(self, key: str, instant: datetime) -> list[str]:
        """Those of the files that may hold a row whose `at` is after an instant (naive UTC)."""
        return may_be_after(self.pieces(key), instant)

    def columns(self, key: str) -> list[str]:
        """Names of a table's columns; empty when there is no such table."""
        return list(self.schema(key).names) if self.has(key) else []

    def schema(self, key: str) -> pa.Schema:
        """The columns of a table."""
        return self._noted(key).schema

    def name(self, key: str) -> str:
        """The event or trait that a key stands for."""
        return name_of(key) or str(self.table(key).metadata().name)


class LakeTables:
    """One photo of the lake (see `Tables`). Reads files that are never changed, so it waits for
    nobody and nobody waits for it."""

    def __init__(
        self,
        photo: Photo,
        lake_dir: Path,
        connection: FileBackend | None = None,
        memory_limit: str = MEMORY_LIMIT,
    ) -> None:
        self.photo = photo
        self._memory_limit = memory_limit
        self._connection = connection
        self._lake = PinnedLake(photo.tables, lake_dir)
        self._events: dict[str, EventTable | None] = {}
        self._traits: dict[tuple[Subject, str], TraitChanges | None] = {}
        # Whoever has a budget is asked before anything is read.
        self.meter: Meter | None = None

    @cached_property
    def connection(self) -> FileBackend:
        """The back end on which all tables of this photo live."""
        return self._connection or open_connection(
            lake=self._lake.lake_dir, memory_limit=self._memory_limit
        )

    def twin(self) -> LakeTables:
        """The same photo for another thread; both share one limit of memory."""
        connection = twin_of(self.connection)
        twin = copy(self)
        twin._connection = connection
        twin._events, twin._traits = {}, {}
        del twin.connection  # its own is the one given
        # Made once for both.
        twin.__dict__ |= {"customers": self.customers, "accounts": self.accounts}
        twin.__dict__ |= {"survivors": self.survivors}
        return twin

    @property
    def has_near_rows(self) -> bool:
        """Files of this machine."""
        return True

    @cached_property
    def customers(self) -> BitMap:
        """Ordinals of the live customers (not deleted, not merged away)."""
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
        return frozenset(self._lake.name(k) for k in self._lake.keys if k.startswith("events/"))

    def events(self, name: str) -> EventTable | None:
        """The rows of one event; None when there was never one."""
        key = events_key(name)
        self._take(name, self._lake.pieces(key).values())
        if name not in self._events:
            self._events[name] = self._open_events(key, self._lake.files(key))
        return self._events[name]

    def event_kinds(self, name: str) -> Kinds | None:
        """Of which kinds the values of each property are, as the columns say."""
        key = events_key(name)
        if not self._lake.has(key):
            return None
        found: dict[str, set[str]] = {}
        for column in self._lake.columns(key):
            encoded, dot, kind = column.rpartition(".")
            if dot:
                found.setdefault(self._property(key, encoded), set()).add(kind)
        return {name: frozenset(kinds) for name, kinds in found.items()}

    def event_pieces(self, name: str) -> Pieces:
        """The files of one event."""
        return self._lake.pieces(events_key(name))

    def events_in(self, name: str, pieces: Collection[str]) -> EventTable | None:
        """The rows of one event that lie in some of its files."""
        known = self.event_pieces(name)
        self._take(name, [known[piece] for piece in pieces])
        return self._open_events(events_key(name), pieces)

    def people_in(self, name: str, piece: str) -> BitMap | None:
        """Whose rows lie in one file of an event."""
        return people_of(Path(piece))

    def _take(self, name: str, pieces: Collection[Piece]) -> None:
        if self.meter is not None:
            self.meter.take(name, sum(piece.rows for piece in pieces))

    def _open_events(self, key: str, files: Collection[str]) -> EventTable | None:
        if not files:
            return None
        table = self._read(key, files)
        found: dict[str, dict[str, ibis.Value]] = {}
        for column in table.columns:
            encoded, dot, kind = column.rpartition(".")
            if dot:
                found.setdefault(self._property(key, encoded), {})[kind] = table[column]
        properties = {name: ValueColumns(**kinds) for name, kinds in found.items()}
        return EventTable(table=table, properties=properties)

    def _property(self, key: str, encoded: str) -> str:
        name = decode(encoded)
        return self._long_names(key)[encoded] if name is None else name

    def _long_names(self, key: str) -> dict[str, str]:
        fields = self._lake.table(key).schema().fields
        return {f.name.rpartition(".")[0]: str(f.metadata.get("name")) for f in fields}

    def trait_changes(self, name: str, subject: Subject = "customer") -> TraitChanges | None:
        """The changes of one trait of customers, or of accounts; None when there was never one."""
        key = trait_key(subject, name)
        self._take(name, self._lake.pieces(key).values())
        if (subject, name) not in self._traits:
            self._traits[subject, name] = self._open_trait(key, self._lake.files(key))
        return self._traits[subject, name]

    def trait_pieces(self, name: str, subject: Subject) -> Pieces:
        """The files of one trait."""
        return self._lake.pieces(trait_key(subject, name))

    def trait_changes_in(
        self, name: str, subject: Subject, pieces: Collection[str]
    ) -> TraitChanges | None:
        """The changes that lie in some files of one trait."""
        known = self.trait_pieces(name, subject)
        self._take(name, [known[piece] for piece in pieces])
        return self._open_trait(trait_key(subject, name), pieces)

    def account_changes(self) -> ibis.Table | None:
        """What was said of whose customer is whose; None when it was never said of anybody."""
        self._take("account", self._lake.pieces(CUSTOMER_ACCOUNTS).values())
        # A column that no row ever filled is not there.
        is_said = "account" in self._lake.columns(CUSTOMER_ACCOUNTS)
        files = self._lake.files(CUSTOMER_ACCOUNTS)
        return self._read(CUSTOMER_ACCOUNTS, files) if is_said else None

    def _open_trait(self, key: str, files: Collection[str]) -> TraitChanges | None:
        if not files:
            return None
        table = self._read(key, files)
        kinds = {kind: table[kind] for kind in KINDS if kind in table.columns}
        return TraitChanges(table=table, value=ValueColumns(**kinds))

    def _read(self, key: str, files: Collection[str]) -> ibis.Table:
        return open_files(self.connection, files, self._lake.schema(key))

    def customer_ids(self, ordinals_wanted: BitMap) -> dict[int, str]:
        """External id per ordinal; unknown ordinals are absent."""
        return dict(ordinals.ids_of(ordinals_wanted))

    def account_ids(self, ordinals_wanted: BitMap) -> dict[int, str]:
        """External id per ordinal of an account; unknown ordinals are absent."""
        return dict(ordinals.ids_of(ordinals_wanted, "account"))


def pack_merges(survivors: Mapping[int, int]) -> bytes:
    """Merged-away ordinal and survivor, pair after pair, little-endian uint32."""
    return np.array(sorted(survivors.items()), dtype="<u4").tobytes()


def unpack_merges(data: bytes) -> dict[int, int]:
    """The opposite of `pack_merges`."""
    pairs = np.frombuffer(data, dtype="<u4").reshape(-1, 2)
    return {int(away): int(survivor) for away, survivor in pairs}
