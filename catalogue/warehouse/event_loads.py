"""Loading events: a row per event, one table of the lake per name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.models import Load
from catalogue.warehouse import dictionary
from catalogue.warehouse.columns import first_places, read_ids, read_instants
from catalogue.warehouse.dictionary import SeenEvent
from catalogue.warehouse.importers import Sheet
from catalogue.warehouse.layout import EVENTS, events_key
from catalogue.warehouse.loads import How, check, leave_out_deleted, new_load
from catalogue.warehouse.naming import value_column
from catalogue.warehouse.ordinals import Roll, encoded
from catalogue.warehouse.refusals import LoadError, Refusals
from catalogue.warehouse.shares import null_shares
from catalogue.warehouse.writer import Writer, writing


@dataclass(frozen=True, slots=True, kw_only=True)
class EventColumns:
    """Which columns hold what. `event` is the name of all of them, or `event_column` names each."""

    event: str | None = None
    event_column: str | None = None
    customer: str = "customer_id"
    time: str = "time"
    event_id: str | None = None

    def __post_init__(self) -> None:
        if (self.event is None) == (self.event_column is None):
            raise LoadError(
                "Say what happened: --event NAME for all rows, or --event-column COLUMN for each."
            )
        if self.event is not None and not (0 < len(self.event) <= 500 and "\0" not in self.event):
            raise LoadError("The name of an event (--event) has 1 to 500 characters, and no NUL.")

    @property
    def named(self) -> set[str | None]:
        """The columns that are no properties."""
        return {self.event_column, self.customer, self.time, self.event_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRows:
    """The columns of a sheet of events; names and customers are dictionary-encoded, for there are
    few different ones."""

    sheet: Sheet
    columns: EventColumns
    names: pa.Array
    customers: pa.Array
    instants: pa.Array
    event_ids: pa.Array
    properties: Mapping[pa.Field, pa.Array]  # `<property>.<kind>`, as in the lake
    refusals: Refusals


def checksum(sheet: Sheet, columns: EventColumns) -> str:
    """Of the file's bytes and what its columns are said to mean."""
    return hashlib.sha256(f"{sheet.sha256} {columns}".encode()).hexdigest()


def read_rows(sheet: Sheet, columns: EventColumns, how: How) -> EventRows:
    """The columns, with what can be refused without knowing the workspace."""
    refusals = Refusals(sheet.rows, sheet.unreadable)
    size = len(sheet.rows)
    return EventRows(
        sheet=sheet,
        columns=columns,
        customers=encoded(read_ids(sheet, columns.customer, "--customer", refusals)),
        instants=read_instants(sheet, columns.time, "--time", how.zone, refusals),
        names=(
            encoded(read_ids(sheet, columns.event_column, "--event-column", refusals))
            if columns.event_column
            else pa.DictionaryArray.from_arrays(np.zeros(size, np.int32), [columns.event])
        ),
        event_ids=(
            read_ids(sheet, columns.event_id, "--event-id", refusals)
            if columns.event_id
            else pa.nulls(size, pa.string())
        ),
        properties=_properties(sheet, columns),
        refusals=refusals,
    )


def _properties(sheet: Sheet, columns: EventColumns) -> dict[pa.Field, pa.Array]:
    # The name too, for one that is too long to be kept whole in the column's.
    return {
        pa.field(value_column(name, kind), array.type, metadata={"name": name}): array
        for name in property_names(sheet, columns)
        for kind, array in sheet.values(name).items()
    }


def property_names(sheet: Sheet, columns: EventColumns) -> list[str]:
    """Every column that is nothing else is a property."""
    return [name for name in sheet.table.column_names if name not in columns.named]


def load_rows(rows: EventRows, how: How) -> Load:
    """Write the rows that are not known yet and publish a photo."""
    with writing(wait=how.wait) as writer:
        roll = Roll("customer")
        known = roll.known(rows.customers)
        leave_out_deleted(rows.customers, known.deleted, rows.columns.customer, rows.refusals)
        check(rows.sheet, rows.refusals, how)
        good = ~rows.refusals.bad
        fresh = good & ~_received_before(rows, good, writer)
        places = np.flatnonzero(fresh)
        ordinals = roll.ordinals(rows.customers.take(pa.array(places)), known)
        seen = _append(rows, places, ordinals, writer, how)
        load = new_load("events", rows.sheet, rows.refusals)
        load.sha256 = checksum(rows.sheet, rows.columns)
        load.rows_loaded, load.rows_known = len(places), int(good.sum()) - len(places)
        load.customers_created = len(roll.new)
        shares = null_shares(writer, (roll,), "customer", {})

        def record() -> None:
            dictionary.record_events(seen)
            dictionary.record_traits("customer", {}, shares)

        writer.publish(load, (roll,), record)
        return load


def _received_before(rows: EventRows, good: np.ndarray, writer: Writer) -> np.ndarray:
    """Which rows repeat an event id: of the lake, or of a good row before them."""
    ids = pc.if_else(pa.array(good), rows.event_ids, None)
    has_id = ids.is_valid().to_numpy(zero_copy_only=False)
    if not has_id.any():
        return np.zeros(len(ids), dtype=bool)
    repeats = has_id & (first_places(ids) != np.arange(len(ids)))
    repeats[_places_in_lake(ids, writer)] = True
    return repeats


def _places_in_lake(ids: pa.Array, writer: Writer) -> np.ndarray:
    """Places of the ids that the lake has, under whatever event name."""
    lake = writer.known
    keys = [key for key in lake.keys if key.startswith(f"{EVENTS}/")]
    files = [file for key in keys for file in lake.files(key)]
    if not files:
        return np.array([], dtype=np.int64)
    with writer.calculator.sheet() as connection:
        connection.register("new", pa.table({"place": np.arange(len(ids)), "event_id": ids}))
        connection.register("old", connection.read_parquet(files, union_by_name=True))
        query = "select place from new semi join old using (event_id)"
        return connection.sql(query).to_arrow_table()["place"].to_numpy()


def _append(
    rows: EventRows, places: np.ndarray, ordinals: np.ndarray, writer: Writer, how: How
) -> Mapping[str, SeenEvent]:
    """Write each event's rows, ordered by time; what the dictionary should know of them."""
    by_row = np.zeros(len(rows.names), np.int32)
    by_row[places] = ordinals
    how.on_rows(rows.sheet.rows.size - len(places))
    seen = {}
    for name, here in _by_name(rows, places):
        part = _part(rows, here, by_row)
        writer.append(events_key(name), part, name=name)
        seen[name] = _seen(rows, part)
        how.on_rows(len(part))
    return seen


def _by_name(rows: EventRows, places: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Each name of the rows at these places with its own ones, by time and then as received."""
    codes = rows.names.indices.fill_null(0).to_numpy()[places]
    # Numbers of two bytes are sorted without comparing them.
    small = codes.astype(np.uint16) if len(rows.names.dictionary) <= 1 << 16 else codes
    grouped = places[np.argsort(small, kind="stable")]
    ends = np.cumsum(np.bincount(codes, minlength=len(rows.names.dictionary)))
    times = rows.instants.cast(pa.int64()).fill_null(0).to_numpy()
    for name, here in zip(rows.names.dictionary, np.split(grouped, ends[:-1]), strict=True):
        if len(here):
            yield name.as_py(), here[np.argsort(times[here], kind="stable")]


def _part(rows: EventRows, here: np.ndarray, ordinals: np.ndarray) -> pa.Table:
    """The rows at these places as the lake keeps them, without the value columns that none of them
    has; `ordinals` are of all rows."""
    places = pa.array(here)
    columns = {
        pa.field("ordinal", pa.int32()): pa.array(ordinals[here]),
        pa.field("at", pa.timestamp("us")): rows.instants.take(places),
        pa.field("event_id", pa.string()): rows.event_ids.take(places),
    }
    for field, array in rows.properties.items():
        values = array.take(places)
        if values.null_count < len(values):
            columns[field] = values
    return pa.table(list(columns.values()), schema=pa.schema(list(columns)))


def _seen(rows: EventRows, part: pa.Table) -> SeenEvent:
    types: dict[str, str] = {}
    for name in property_names(rows.sheet, rows.columns):
        kinds = {k: value_column(name, k) for k in ("text", "number", "boolean", "instant", "json")}
        there = {
            kind: part[column].combine_chunks()
            for kind, column in kinds.items()
            if column in part.column_names
        }
        types[name] = dictionary.type_of(there)
    last: datetime = pc.max(part["at"]).as_py()
    return SeenEvent(count=len(part), last_at=last.replace(tzinfo=UTC), properties=types)
