"""Ids of events: of several rows with one id the first received counts."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from catalogue.warehouse.company.server import Server

# A word to whoever checks; such rows are counted as they lie.
SHARED = (
    "{count:,} ids are of rows of more than one event; such a row counts in each event. Look at"
    " what loads the table “{table}”."
)


def without_repeats(rows: ir.Table, server: Server) -> ir.Table:
    """The rows of one event's table, each id once. Asks whether there are repeats at all, since
    only then all rows must be put in order."""
    names = server.mapping.tracks
    if not names.id or names.id not in rows.columns:
        return rows
    ids = rows[names.id].cast("string").nullif("")
    if not _is_repeated(rows, ids, server):
        return rows
    received = [rows[names.received]] if names.received in rows.columns else []
    order = [*received, rows[names.time], rows[names.customer]]
    place = ibis.row_number().over(ibis.window(group_by=ids, order_by=order))
    marked = rows.mutate(is_first=ids.isnull() | (place == 0))
    return marked.filter(marked.is_first).drop("is_first")


def _is_repeated(rows: ir.Table, ids: ir.StringValue, server: Server) -> bool:
    counted = rows.select(of=ids).group_by("of").aggregate(rows=lambda each: each.count())
    again = counted.filter(counted.of.notnull(), counted.rows > 1).limit(1)
    return len(server.fetch(again)) > 0


def shared_ids(server: Server) -> tuple[str, ...]:
    """A sentence on ids that more than one event has, if there are any."""
    names = server.mapping.tracks
    tracks = server.table(names.table, "tracks.table")
    if not names.id or names.id not in tracks.columns:
        return ()
    known = tracks.select(of=tracks[names.id].cast("string"), event=tracks[names.event])
    known = known.filter(known.of != "")
    counted = known.group_by("of").aggregate(events=known.event.nunique())
    shared = counted.filter(counted.events > 1)
    count = server.fetch(shared.aggregate(count=shared.count()))["count"][0].as_py()
    return (SHARED.format(count=count, table=names.table),) if count else ()
