"""The values that chosen customers have at an instant, and had before, as Python values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap

from catalogue.warehouse.tables import KINDS, Tables, TraitChanges


def values(
    tables: Tables, ordinals: BitMap, names: Sequence[str], *, now: datetime
) -> dict[int, dict[str, object]]:
    """{ordinal: {trait: value}} by the newest change at or before `now`. Missing values and
    customers without any are absent; lists and objects come as Python values, instants aware."""
    found: dict[int, dict[str, object]] = {}
    for name in names:
        changes = tables.trait_changes(name)
        rows = [] if changes is None else newest_of(tables, changes, ordinals, now)
        for ordinal, value in rows:
            if value is not None:
                found.setdefault(ordinal, {})[name] = value
    return found


def said(
    tables: Tables, ordinal: int, name: str, *, now: datetime
) -> list[tuple[datetime | None, object]]:
    """What was said of one trait of one customer up to `now`, oldest first: (when, value). `when`
    is None for what holds since ever, the value is None for a change to missing."""
    changes = tables.trait_changes(name)
    rows = [] if changes is None else _changes(tables, changes, BitMap([ordinal]), now)
    return [(None if at.year == 1 else at.replace(tzinfo=UTC), value) for _, at, value in rows]


def newest_of(
    tables: Tables, changes: TraitChanges, ordinals: BitMap, now: datetime
) -> list[tuple[int, object]]:
    """(ordinal, value) by the newest of these changes at or before `now`; the value is None after a
    change to missing."""
    rows = _changes(tables, changes, ordinals, now)
    return list({ordinal: value for ordinal, _, value in rows}.items())


def _changes(
    tables: Tables, changes: TraitChanges, ordinals: BitMap, now: datetime
) -> list[tuple[int, datetime, object]]:
    """(ordinal, at as naive UTC, value) of the changes up to `now`, oldest first."""
    until = now.astimezone(UTC).replace(tzinfo=None)
    kinds = [kind for kind in KINDS if getattr(changes.value, kind) is not None]
    known = changes.table.filter(changes.table.at <= until)
    # Columns are named after what they hold, whatever the lake calls them.
    chosen = known.select(
        "ordinal",
        "at",
        "sequence",
        **{f"value_{kind}": getattr(changes.value, kind) for kind in kinds},
    )
    rows: pa.Table = tables.connection.to_pyarrow(chosen)
    wanted = pc.is_in(rows["ordinal"], pa.array(ordinals.to_array(), pa.int32()))
    ascending = rows.filter(wanted).sort_by([("at", "ascending"), ("sequence", "ascending")])
    return [(row["ordinal"], row["at"], _value(row, kinds)) for row in ascending.to_pylist()]


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
