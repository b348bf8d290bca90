"""Who is in a company's warehouse, numbered on our side; and what traits and events it has."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from django.db import transaction
from pyroaring import BitMap

from catalogue.models import EventEntry, Photo, PropertyEntry, ValueType
from catalogue.warehouse import dictionary
from catalogue.warehouse.company.entering import enter
from catalogue.warehouse.company.presence import present
from catalogue.warehouse.company.repeats import shared_ids
from catalogue.warehouse.company.server import Server
from catalogue.warehouse.company.tables import event_names
from catalogue.warehouse.company.values import kinds_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look at the warehouse found: how many customers and accounts, how many of them new,
    the types of traits and of each event's properties, and sentences on what is doubtful."""

    customers: int
    new: int
    accounts: int
    traits: dict[str, str]
    account_traits: dict[str, str]
    events: dict[str, dict[str, str]]
    doubts: tuple[str, ...]


def take_photo() -> Photo:
    """A photo of who is in the warehouse now; whoever is new gets a number. Raises
    WarehouseError."""
    server = Server.of_settings()
    try:
        return enter(present(server)).photo
    finally:
        server.close()


def look() -> Seen:
    """Take a photo and note in the dictionary what traits and events there are. Every table and
    column that the mapping names is looked for. Raises WarehouseError."""
    server = Server.of_settings()
    try:
        traits, events = traits_of(server), events_of(server)
        of_accounts = account_traits_of(server)
        doubts = shared_ids(server)
        entered = enter(present(server))
        _note(traits, of_accounts, events)
    finally:
        server.close()
    return Seen(
        customers=len(BitMap.deserialize(bytes(entered.photo.customers))),
        new=entered.new,
        accounts=len(BitMap.deserialize(bytes(entered.photo.accounts))),
        traits=traits,
        account_traits=of_accounts,
        events=events,
        doubts=(*entered.refused, *doubts),
    )


def traits_of(server: Server) -> dict[str, str]:
    """The traits of customers and their types."""
    names, users = server.mapping.identifies, server.mapping.users
    table = server.table(users.table, "users.table")
    server.column(table, users.id, "users.id")
    found = _types(table, server, {users.id})
    if not names.table:
        return found
    said = server.table(names.table, "identifies.table")
    for place in ("customer", "time", "received"):
        server.column(said, getattr(names, place), f"identifies.{place}")
    own = {names.customer, names.time, names.received, "id", users.id}
    return {**found, **_types(said, server, own)}


def account_traits_of(server: Server) -> dict[str, str]:
    """The traits of accounts and their types."""
    names = server.mapping.groups
    said = server.optional(names.table, "groups.table")
    if said is None:
        return {}
    places = ("account", "customer", "time", "received")
    for place in places:
        server.column(said, getattr(names, place), f"groups.{place}")
    return _types(said, server, {"id", *(getattr(names, place) for place in places)})


def events_of(server: Server) -> dict[str, dict[str, str]]:
    """The events that have a table, and the types of their properties."""
    names = server.mapping.tracks
    own = {names.customer, names.time, names.event, names.id, names.received}
    found: dict[str, dict[str, str]] = {}
    for name in event_names(server):
        if server.has(name):
            table = server.table(name, "tracks.event")
            server.column(table, names.customer, "tracks.customer")
            server.column(table, names.time, "tracks.time")
            found[name] = _types(table, server, own)
    return found


def _types(table: ir.Table, server: Server, own: set[str]) -> dict[str, str]:
    columns = (c for c in table.columns if c not in own and server.mapping.takes(c))
    return {c: _type(table[c].type()) for c in columns if kinds_of(table[c])}


def _type(type_: dt.DataType) -> str:
    if type_.is_boolean():
        return ValueType.BOOLEAN
    if type_.is_numeric():
        return ValueType.NUMBER
    if type_.is_timestamp() or type_.is_date():
        return ValueType.DATE
    if type_.is_array():
        return ValueType.LIST
    return ValueType.OBJECT if type_.is_json() else ValueType.TEXT


def _note(
    traits: dict[str, str], of_accounts: dict[str, str], events: dict[str, dict[str, str]]
) -> None:
    with transaction.atomic():
        dictionary.record_traits("customer", traits, {})
        dictionary.record_traits("account", of_accounts, {})
        for name, properties in events.items():
            entry, _ = EventEntry.objects.get_or_create(name=name)
            for prop, type_ in properties.items():
                PropertyEntry.objects.update_or_create(
                    event=entry, name=prop, defaults={"inferred_type": type_}
                )
