"""Customers by the value of a trait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb
import psycopg
from deltalake.exceptions import DeltaError
from pyroaring import BitMap

from catalogue.warehouse.company.errors import WarehouseError
from catalogue.warehouse.current import newest_of
from catalogue.warehouse.tables import KINDS, Tables, TraitChanges, ValueColumns

# Of very many who ever had a value, so many are looked at.
LOOKED_AT = 1_000


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
