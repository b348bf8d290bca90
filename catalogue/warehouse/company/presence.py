"""Who a company's warehouse says there is: its customers and accounts, and who was merged."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import pyarrow as pa

from catalogue.warehouse.company.server import Server

NOBODY = pa.array([], pa.string())


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Ids of all customers and of all accounts, each once. `previous` were merged `into`, row by
    row and the earliest first; either may be no customer of today."""

    customers: pa.Array
    accounts: pa.Array
    previous: pa.Array
    into: pa.Array


def present(server: Server) -> Presence:
    """Read all ids. Raises WarehouseError."""
    users = server.mapping.users
    table = server.table(users.table, "users.table")
    customers = _different(server, server.column(table, users.id, "users.id"))
    previous, into = _merged(server)
    return Presence(customers=customers, accounts=_accounts(server), previous=previous, into=into)


def _accounts(server: Server) -> pa.Array:
    names = server.mapping.groups
    table = server.optional(names.table, "groups.table")
    if table is None:
        return NOBODY
    return _different(server, server.column(table, names.account, "groups.account"))


def _different(server: Server, column: ir.Column) -> pa.Array:
    ids = column.cast("string").name("id").as_table()
    query = ids.filter(ids.id.notnull(), ids.id != "").distinct().order_by("id")
    return server.fetch(query)["id"].combine_chunks()


def _merged(server: Server) -> tuple[pa.Array, pa.Array]:
    names = server.mapping.aliases
    table = server.optional(names.table, "aliases.table")
    if table is None:
        return NOBODY, NOBODY
    rows = table.select(
        previous=server.column(table, names.previous, "aliases.previous").cast("string"),
        into=server.column(table, names.customer, "aliases.customer").cast("string"),
        at=server.column(table, names.time, "aliases.time").cast("timestamp(6)"),
    )
    rows = rows.filter(rows.previous != "", rows.into != "", rows.previous != rows.into)
    # Of the same said again and again the first time is what counts.
    first = rows.group_by("previous", "into").aggregate(at=rows.at.min())
    found = server.fetch(first.order_by("at", "previous", "into"))
    return found["previous"].combine_chunks(), found["into"].combine_chunks()
