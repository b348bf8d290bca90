"""Customers by the value of a trait."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb
import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from deltalake.exceptions import DeltaError
from pyroaring import BitMap

from catalogue.fingerprints import normal_address
from catalogue.warehouse.company.errors import WarehouseError
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.current import newest_of
from catalogue.warehouse.tables import KINDS, Tables, TraitChanges, ValueColumns

# Of very many who ever had a value, so many are looked at.
LOOKED_AT = 1_000
NOTHING_SAID = pa.schema(
    {"ordinal": pa.int32(), "at": pa.timestamp("us"), "said": pa.bool_()}
).empty_table()


class Unreadable(Exception):
    """The stored data could not be read; the message is a sentence for people."""


@contextmanager
def reading() -> Iterator[None]:
    """Whatever goes wrong while data is read is Unreadable."""
    try:
        yield
    except (duckdb.Error, DeltaError, OSError, psycopg.Error, WarehouseError) as fault:
        reason = str(fault).partition("\n")[0]  # below it stands our query
        raise Unreadable(
            f"The stored data could not be read ({reason}). Try again; if it stays so, whoever runs"
            " this installation should look at the disk it lies on."
        ) from fault


def holders(tables: Tables, trait: str, text: str, *, now: datetime) -> BitMap:
    """Ordinals of live customers whose trait is this text at `now`, to the letter; of very many who
    ever had it, the first LOOKED_AT. Raises Unreadable."""
    with reading():
        return _holders(tables, trait, text, now)


def _holders(tables: Tables, trait: str, text: str, now: datetime) -> BitMap:
    changes = tables.trait_changes(trait)
    if changes is None or changes.value.text is None:
        return BitMap()
    until = now.astimezone(UTC).replace(tzinfo=None)
    fits = (changes.table.at <= until) & (changes.value.text == text)
    rows = (
        changes.table.filter(fits).select("ordinal").distinct().order_by("ordinal").limit(LOOKED_AT)
    )
    ever = BitMap(tables.connection.to_pyarrow(rows)["ordinal"].to_pylist()) & tables.customers
    if not ever:
        return ever
    held = newest_of(tables, _of(changes, ever), ever, now)
    return BitMap([ordinal for ordinal, value in held if value == text])


def _of(changes: TraitChanges, ordinals: BitMap) -> TraitChanges:
    """The changes of these customers, so that nobody else's are read."""
    table = changes.table.filter(changes.table.ordinal.isin(list(ordinals)))
    columns = {kind: getattr(changes.value, kind) for kind in KINDS}
    value = {kind: table[one.get_name()] for kind, one in columns.items() if one is not None}
    return TraitChanges(table=table, value=ValueColumns(**value))


def holders_of_addresses(
    tables: Tables, trait: str, addresses: Collection[str], *, now: datetime
) -> dict[int, str]:
    """Live customers whose trait is one of these addresses at `now`, however it is written:
    {ordinal: address}. `addresses` are normal ones. Raises Unreadable."""
    with reading():
        changes = tables.trait_changes(trait)
        if changes is None or changes.value.text is None:
            return {}
        chosen = changes.table.select("ordinal", text=changes.value.text)
        rows: pa.Table = fetch(tables.connection, chosen)
        normal = pc.utf8_lower(pc.utf8_trim_whitespace(rows["text"]))
        wanted = rows.filter(pc.is_in(normal, pa.array(list(addresses), pa.string())))
        ever = BitMap(wanted["ordinal"].to_pylist()) & tables.customers
        held = newest_of(tables, _of(changes, ever), ever, now) if ever else []
    said = {ordinal: normal_address(value) for ordinal, value in held if isinstance(value, str)}
    return {ordinal: address for ordinal, address in said.items() if address in addresses}


def yes_or_no(tables: Tables, trait: str, *, now: datetime) -> pa.Table:
    """What a boolean trait says of each customer at `now`: `ordinal`, `at` (naive UTC, since when)
    and `said`; those of whom it says nothing are absent. Raises Unreadable."""
    with reading():
        changes = tables.trait_changes(trait)
        if changes is None or changes.value.boolean is None:
            return NOTHING_SAID
        until = now.astimezone(UTC).replace(tzinfo=None)
        known = changes.table.filter(changes.table.at <= until)
        chosen = known.select("ordinal", "at", "sequence", said=changes.value.boolean)
        rows: pa.Table = fetch(tables.connection, chosen)
    rows = rows.sort_by([(name, "ascending") for name in ("ordinal", "at", "sequence")])
    following = np.append(rows["ordinal"].to_numpy(), -1)[1:]
    newest = rows.filter(pa.array(rows["ordinal"].to_numpy() != following[: len(rows)]))
    return newest.filter(pc.is_valid(newest["said"])).select(NOTHING_SAID.column_names)
