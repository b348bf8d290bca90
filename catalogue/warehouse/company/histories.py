"""What the company's tables say that was said, when, and of whom: rows with `of` (an id as text),
`at` and `sequence`, as of `TraitChanges`."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from catalogue.definitions.nodes import Subject
from catalogue.warehouse.company.mapping import Groups, Identifies
from catalogue.warehouse.company.server import Server
from catalogue.warehouse.company.values import kinds_of

SINCE_EVER = datetime.min  # noqa: DTZ901 (naive UTC, as in all tables)


def values_said(server: Server, name: str, subject: Subject) -> ir.Table | None:
    """The history of a trait, with a column for each kind of value; None without one. A row that
    says nothing of the trait is no change."""
    if subject == "account":
        names = server.mapping.groups
        table = server.optional(names.table, "groups.table")
        whose = (names.account, "groups.account")
        own = {names.account, names.customer, names.time, names.received, "id"}
        return None if table is None else _history(server, table, names, whose, name, own)
    said = server.mapping.identifies
    if not said.table:
        return None
    whose = (said.customer, "identifies.customer")
    table = server.table(said.table, "identifies.table")
    return _history(server, table, said, whose, name, {said.customer, said.time, "id"})


def values_present(server: Server, name: str) -> ir.Table | None:
    """A trait's present values: since when they hold nobody says."""
    names = server.mapping.users
    table = server.table(names.table, "users.table")
    customer = server.column(table, names.id, "users.id")
    if name not in table.columns or name == names.id:
        return None
    return table.filter(table[name].notnull()).select(
        of=customer.cast("string"),
        at=ibis.literal(SINCE_EVER, "timestamp(6)"),
        sequence=ibis.literal(0, "int64"),
        **kinds_of(table[name]),
    )


def accounts_said(server: Server) -> ir.Table | None:
    """Whose customer was said to be whose: `account` is an id as text. None when never."""
    names = server.mapping.groups
    table = server.optional(names.table, "groups.table")
    if table is None:
        return None
    account = server.column(table, names.account, "groups.account")
    customer = server.column(table, names.customer, "groups.customer")
    said = table.filter(account.notnull(), customer.notnull())
    placed = _placed(server, said, names, (names.customer, "groups.customer"))
    return placed.select("of", "at", "sequence", account=placed[names.account].cast("string"))


def _history(
    server: Server,
    table: ir.Table,
    names: Identifies | Groups,
    whose: tuple[str, str],
    name: str,
    own: set[str],
) -> ir.Table | None:
    _ = server.column(table, *whose)
    if name not in table.columns or name in own:
        return None
    placed = _placed(server, table.filter(table[name].notnull()), names, whose)
    return placed.select("of", "at", "sequence", **kinds_of(placed[name]))


def _placed(
    server: Server, table: ir.Table, names: Identifies | Groups, whose: tuple[str, str]
) -> ir.Table:
    """The rows that have a time, in order for whoever they are of."""
    section = whose[1].partition(".")[0]
    for column, place in ((names.time, "time"), (names.received, "received")):
        if column not in table.columns:
            server.column(server.table(names.table, ""), column, f"{section}.{place}")
    said = table.filter(table[names.time].notnull())
    order = ibis.window(group_by=said[whose[0]], order_by=said[names.received])
    return said.mutate(
        of=said[whose[0]].cast("string"),
        at=said[names.time].cast("timestamp(6)"),
        sequence=ibis.row_number().over(order),
    )
