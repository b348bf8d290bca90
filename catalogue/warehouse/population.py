"""Taking customers out of the population: deleted, or merged into another one.

The lake is not rewritten; a new photo no longer counts them. No load ever undoes either."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from catalogue.models import Customer, Load, PrivacyState
from catalogue.warehouse import dictionary
from catalogue.warehouse.columns import read_ids, refuse_repeats
from catalogue.warehouse.importers import Sheet, sheet_of
from catalogue.warehouse.loads import How, check, new_load
from catalogue.warehouse.merges import Merges
from catalogue.warehouse.ordinals import Known, look_up
from catalogue.warehouse.refusals import Refusals, shown
from catalogue.warehouse.shares import counted_shares
from catalogue.warehouse.writer import Writer, writing

CHUNK = 900
ID_COLUMN = "customer_id"


def delete_customers(source: Sheet | pa.Table, *, now: datetime, how: How | None = None) -> Load:
    """Delete the customers of the column `customer_id` (or else the first one). Unknown ids are
    refused; who is deleted already stays so. Raises LoadError."""
    sheet, how = _sheet(source), how or How()
    names = sheet.table.column_names
    column = ID_COLUMN if ID_COLUMN in names or not names else names[0]
    refusals = Refusals(sheet.rows, sheet.unreadable)
    ids = read_ids(sheet, column, "the header", refusals)
    refuse_repeats(ids, column, sheet.rows, refusals)
    with writing(wait=how.wait) as writer:
        known = look_up(_good(ids, refusals), "customer")
        _refuse_unknown(ids, known, column, refusals)
        check(sheet, refusals, how)
        gone = [known[name].ordinal for name in _good(ids, refusals)]
        writer.customers = writer.customers - BitMap(gone)

        def record() -> None:
            PrivacyState.move_on()
            for start in range(0, len(gone), CHUNK):
                some = Customer.objects.filter(ordinal__in=gone[start : start + CHUNK])
                some.filter(deleted_at__isnull=True).update(deleted_at=now)

        return _publish(writer, new_load("deletions", sheet, refusals, as_of=now), record)


def merge_customers(source: Sheet | pa.Table, *, now: datetime, how: How | None = None) -> Load:
    """Merge the customer `from` into the customer `into`, row by row: from then on the events of
    the first count for the last survivor of the chain. Refused are unknown and deleted customers,
    cycles, and who was merged elsewhere. Raises LoadError."""
    sheet, how = _sheet(source), how or How()
    refusals = Refusals(sheet.rows, sheet.unreadable)
    away = read_ids(sheet, "from", "the header", refusals)
    into = read_ids(sheet, "into", "the header", refusals)
    refuse_repeats(away, "from", sheet.rows, refusals)
    with writing(wait=how.wait) as writer:
        both = list(dict.fromkeys([*_good(away, refusals), *_good(into, refusals)]))
        known = look_up(both, "customer")
        for column, ids in (("from", away), ("into", into)):
            _refuse_unknown(ids, known, column, refusals)
            _refuse_deleted(ids, known, column, refusals)
        merges = Merges()
        _merge_rows(merges, away, into, known, refusals)
        check(sheet, refusals, how)
        writer.survivors = merges.last_survivors()
        writer.customers = writer.customers - BitMap(list(writer.survivors))
        load = new_load("merges", sheet, refusals, as_of=now)
        return _publish(writer, load, merges.save)


def _merge_rows(
    merges: Merges, away: pa.Array, into: pa.Array, known: Mapping[str, Known], refusals: Refusals
) -> None:
    for index, pair in enumerate(zip(away.to_pylist(), into.to_pylist(), strict=True)):
        if refusals.bad[index]:
            continue
        why = merges.add(known[pair[0]].ordinal, known[pair[1]].ordinal)
        if why:
            here = np.arange(len(away)) == index
            refusals.refuse(here, "from", f"{shown(pair[0])} {why}")


def _good(ids: pa.Array, refusals: Refusals) -> list[str]:
    return [str(name) for name in ids.filter(pa.array(~refusals.bad)).to_pylist()]


def _refuse_unknown(
    ids: pa.Array, known: Mapping[str, Known], column: str, refusals: Refusals
) -> None:
    rows = np.array([name not in known for name in ids.to_pylist()], dtype=bool)
    refusals.refuse(rows, column, lambda index: f"{shown(ids[index])} is no customer we know")


def _refuse_deleted(
    ids: pa.Array, known: Mapping[str, Known], column: str, refusals: Refusals
) -> None:
    gone = {name for name, entry in known.items() if entry.deleted_at}
    rows = np.array([name in gone for name in ids.to_pylist()], dtype=bool)
    refusals.refuse(rows, column, lambda index: f"{shown(ids[index])} was deleted")


def _publish(writer: Writer, load: Load, record: Callable[[], None]) -> Load:
    shares = counted_shares(writer, "customer")

    def record_all() -> None:
        record()
        dictionary.record_traits("customer", {}, shares)

    writer.publish(load, (), record_all)
    return load


def _sheet(source: Sheet | pa.Table) -> Sheet:
    return source if isinstance(source, Sheet) else sheet_of(source, name="a table")
