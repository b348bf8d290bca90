"""The values that chosen customers have at an instant, as Python values."""

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
        rows = [] if changes is None else _newest(tables, changes, ordinals, now)
        for ordinal, value in rows:
            if value is not None:
                found.setdefault(ordinal, {})[name] = value
    return found


def _newest(
    tables: Tables, changes: TraitChanges, ordinals: BitMap, now: datetime
) -> list[tuple[int, object]]:
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
    newest: dict[int, object] = {}
    ascending = rows.filter(wanted).sort_by([("at", "ascending"), ("sequence", "ascending")])
    for row in ascending.to_pylist():
        newest[row["ordinal"]] = _value(row, kinds)
    return list(newest.items())


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
