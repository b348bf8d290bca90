"""The embedded lake as the engine reads it: Delta tables at the versions one photo names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable
from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.models import Photo
from catalogue.warehouse import ordinals
from catalogue.warehouse.budgets import Meter
from catalogue.warehouse.connection import MEMORY_LIMIT, open_connection
from catalogue.warehouse.layout import (
    CUSTOMER_ACCOUNTS,
    events_key,
    key_of,
    name_of,
    trait_key,
)
from catalogue.warehouse.naming import decode
from catalogue.warehouse.tables import KINDS, EventTable, TraitChanges, ValueColumns


class PinnedLake:
    """The files of the tables that a photo names, found by key."""

    def __init__(self, tables: Mapping[str, int], lake_dir: Path) -> None:
        self.lake_dir = lake_dir.resolve()  # as DuckDB's permission names it
        self._pinned = {key_of(path): (path, version) for path, version in tables.items()}
        self._opened: dict[str, DeltaTable] = {}
        self._rows: dict[str, int] = {}

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
        return list(self.table(key).file_uris()) if self.has(key) else []

    def rows(self, key: str) -> int:
        """How many rows the table of a key has; none when there is no such table."""
        if key not in self._rows:
            self._rows[key] = self._counted(key) if self.has(key) else 0
        return self._rows[key]

    def _counted(self, key: str) -> int:
        actions = pa.table(self.table(key).get_add_actions(flatten=True))
        return int(pc.sum(actions["num_records"]).as_py() or 0)

    def files_after(self, key: str, instant: datetime) -> list[str]:
        """Those of the files that may hold a row whose `at` is after an instant (naive UTC)."""
        if not self.has(key):
            return []
        actions = pa.table(self.table(key).get_add_actions(flatten=True))
        newest = actions["max.at"] if "max.at" in actions.column_names else pa.nulls(len(actions))
        # Delta Lake may cut what it notes of a file to milliseconds.
        limit = pa.scalar(instant - timedelta(milliseconds=1), pa.timestamp("us"))
        some = pc.fill_null(pc.greater(newest.cast(pa.timestamp("us")), limit), True)
        folder = self.lake_dir / self._pinned[key][0]
        return [str(folder / name) for name in actions["path"].filter(some).to_pylist()]

    def columns(self, key: str) -> list[str]:
        """Names of a table's columns; empty when there is no such table."""
        return list(self.table(key).schema().to_arrow().names) if self.has(key) else []

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
        connection: ibis.BaseBackend | None = None,
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
    def connection(self) -> ibis.BaseBackend:
        """The back end on which all tables of this photo live."""
        return self._connection or open_connection(
            lake=self._lake.lake_dir, memory_limit=self._memory_limit
        )

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
        self._take(name, events_key(name))
        if name not in self._events:
            self._events[name] = self._open_events(events_key(name))
        return self._events[name]

    def _take(self, name: str, key: str) -> None:
        if self.meter is not None:
            self.meter.take(name, self._lake.rows(key))

    def _open_events(self, key: str) -> EventTable | None:
        if not self._lake.has(key):
            return None
        table = self._read(key)
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
        self._take(name, trait_key(subject, name))
        if (subject, name) not in self._traits:
            self._traits[subject, name] = self._open_trait(trait_key(subject, name))
        return self._traits[subject, name]

    def account_changes(self) -> ibis.Table | None:
        """What was said of whose customer is whose; None when it was never said of anybody."""
        self._take("account", CUSTOMER_ACCOUNTS)
        # A column that no row ever filled is not there.
        is_said = "account" in self._lake.columns(CUSTOMER_ACCOUNTS)
        return self._read(CUSTOMER_ACCOUNTS) if is_said else None

    def _open_trait(self, key: str) -> TraitChanges | None:
        if not self._lake.has(key):
            return None
        table = self._read(key)
        kinds = {kind: table[kind] for kind in KINDS if kind in table.columns}
        return TraitChanges(table=table, value=ValueColumns(**kinds))

    def _read(self, key: str) -> ibis.Table:
        return self.connection.read_parquet(self._lake.files(key), union_by_name=True)

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
