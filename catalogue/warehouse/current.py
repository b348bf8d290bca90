"""The values that chosen customers or accounts have at an instant, and had before, as Python
values; and whose customer is whose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.tables import KINDS, Tables, TraitChanges

Accounts = npt.NDArray[np.int32]
NO_ACCOUNT = -1


def values(
    tables: Tables,
    ordinals: BitMap,
    names: Sequence[str],
    *,
    now: datetime,
    subject: Subject = "customer",
) -> dict[int, dict[str, object]]:
    """{ordinal: {trait: value}} by the newest change at or before `now`. Missing values and whoever
    has none are absent; lists and objects come as Python values, instants aware."""
    found: dict[int, dict[str, object]] = {}
    for name in names:
        changes = tables.trait_changes(name, subject)
        rows = [] if changes is None else newest_of(tables, changes, ordinals, now)
        for ordinal, value in rows:
            if value is not None:
                found.setdefault(ordinal, {})[name] = value
    return found


def said(
    tables: Tables, ordinal: int, name: str, *, now: datetime, subject: Subject = "customer"
) -> list[tuple[datetime | None, object]]:
    """What was said of one trait of one customer or account up to `now`, oldest first: (when,
    value). `when` is None for what holds since ever, the value None for a change to missing."""
    changes = tables.trait_changes(name, subject)
    rows = [] if changes is None else _changes(tables, changes, BitMap([ordinal]), now)
    return [(None if at.year == 1 else at.replace(tzinfo=UTC), value) for _, at, value in rows]


def accounts_of(tables: Tables, *, now: datetime) -> Accounts:
    """The account of each live customer, by the customer's ordinal: the latest said at or before
    `now`, if it is a live one. NO_ACCOUNT of everybody else."""
    return _accounts_among(tables.customers, tables, now)


def customers_of(tables: Tables, account: int, *, now: datetime) -> BitMap:
    """The live customers of one account at `now`."""
    changes = tables.account_changes()
    if changes is None:
        return BitMap()
    rows = fetch(tables.connection, changes.filter(changes.account == account))
    ever = BitMap(rows["ordinal"].to_pylist()) & tables.customers
    accounts = _accounts_among(ever, tables, now)
    return BitMap(np.flatnonzero(accounts == account).astype(np.uint32).data)


def _accounts_among(customers: BitMap, tables: Tables, now: datetime) -> Accounts:
    found = np.full(customers.max() + 1 if customers else 0, NO_ACCOUNT, dtype=np.int32)
    changes = tables.account_changes()
    if changes is None:
        return found
    rows: pa.Table = fetch(tables.connection, changes.filter(changes.at <= _until(now)))
    known = rows.filter(_among(rows["ordinal"], customers))
    oldest_first = known.sort_by([("at", "ascending"), ("sequence", "ascending")])
    accounts = pc.fill_null(oldest_first["account"], NO_ACCOUNT)
    # Of several for one customer the last one stays.
    found[oldest_first["ordinal"].to_numpy()] = accounts.to_numpy()
    found[~np.isin(found, np.asarray(tables.accounts.to_array(), dtype=np.int32))] = NO_ACCOUNT
    return found


def newest_of(
    tables: Tables, changes: TraitChanges, ordinals: BitMap, now: datetime
) -> list[tuple[int, object]]:
    """(ordinal, value) by the newest of these changes at or before `now`; the value is None after a
    change to missing."""
    rows = _changes(tables, changes, ordinals, now)
    return list({ordinal: value for ordinal, _, value in rows}.items())


def newest_at(
    tables: Tables, changes: TraitChanges, asked: Sequence[tuple[BitMap, datetime]]
) -> list[dict[int, object]]:
    """For each of some people at some instant what `newest_of` says of them, as {ordinal: value};
    the changes are read once for all."""
    if not asked:
        return []
    kinds = [kind for kind in KINDS if getattr(changes.value, kind) is not None]
    everybody = BitMap.union(*(people for people, _ in asked))
    rows = _rows(tables, changes, everybody, max(instant for _, instant in asked))
    ordinals = rows["ordinal"].to_numpy()
    at = rows["at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    found = []
    for people, instant in asked:
        until = pa.scalar(_until(instant), pa.timestamp("us")).cast(pa.int64()).as_py()
        among = np.isin(ordinals, np.asarray(people.to_array(), dtype=ordinals.dtype))
        places = np.flatnonzero(among & (at <= until))
        # Of several for one customer the last one stays.
        newest = dict(zip(ordinals[places].tolist(), places.tolist(), strict=True))
        said = rows.take(pa.array(list(newest.values()), pa.int64())).to_pylist()
        found.append({row["ordinal"]: _value(row, kinds) for row in said})
    return found


def _changes(
    tables: Tables, changes: TraitChanges, ordinals: BitMap, now: datetime
) -> list[tuple[int, datetime, object]]:
    """(ordinal, at as naive UTC, value) of the changes up to `now`, oldest first."""
    kinds = [kind for kind in KINDS if getattr(changes.value, kind) is not None]
    rows = _rows(tables, changes, ordinals, now)
    return [(row["ordinal"], row["at"], _value(row, kinds)) for row in rows.to_pylist()]


def _rows(tables: Tables, changes: TraitChanges, ordinals: BitMap, now: datetime) -> pa.Table:
    kinds = [kind for kind in KINDS if getattr(changes.value, kind) is not None]
    known = changes.table.filter(changes.table.at <= _until(now))
    # Columns are named after what they hold, whatever the lake calls them.
    chosen = known.select(
        "ordinal",
        "at",
        "sequence",
        **{f"value_{kind}": getattr(changes.value, kind) for kind in kinds},
    )
    rows: pa.Table = fetch(tables.connection, chosen)
    wanted = rows.filter(_among(rows["ordinal"], ordinals))
    return wanted.sort_by([("at", "ascending"), ("sequence", "ascending")])


def _among(column: pa.ChunkedArray, ordinals: BitMap) -> pa.ChunkedArray:
    return pc.is_in(column, pa.array(ordinals.to_array(), pa.int32()))


def _until(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(tzinfo=None)


def _value(row: dict[str, object], kinds: Sequence[str]) -> object:
    for kind in kinds:
        stored = row[f"value_{kind}"]
        if stored is None:
            continue
        if kind == "json":
            return json.loads(str(stored))
        if kind == "instant" and isinstance(stored, datetime):
            return stored.replace(tzinfo=UTC)
        return stored
    return None
