"""Who is in a company's warehouse, numbered on our side; and what traits and events it has."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa
from django.db import transaction
from pyroaring import BitMap

from catalogue.models import EventEntry, Photo, PropertyEntry, ValueType
from catalogue.warehouse import dictionary
from catalogue.warehouse.company.errors import WarehouseError
from catalogue.warehouse.company.server import Server, in_sentences
from catalogue.warehouse.company.tables import event_names
from catalogue.warehouse.company.values import kinds_of
from catalogue.warehouse.lake import unpack_merges
from catalogue.warehouse.ordinals import Roll
from catalogue.warehouse.refusals import LoadError
from catalogue.warehouse.turns import turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look at the warehouse found: how many customers, how many of them new, and the types
    of traits and of each event's properties."""

    customers: int
    new: int
    traits: dict[str, str]
    events: dict[str, dict[str, str]]


def take_photo(before: Photo | None) -> Photo:
    """A photo of who is in the warehouse now; whoever is new gets a number. Raises
    WarehouseError."""
    server = Server.of_settings()
    try:
        return _numbered(_ids(server), before)[0]
    finally:
        server.close()


def look(before: Photo | None) -> Seen:
    """Take a photo and note in the dictionary what traits and events there are. Every table and
    column that the mapping names is looked for. Raises WarehouseError."""
    server = Server.of_settings()
    try:
        traits, events = traits_of(server), events_of(server)
        photo, new = _numbered(_ids(server), before)
        _note(traits, events)
    finally:
        server.close()
    customers = len(BitMap.deserialize(bytes(photo.customers)))
    return Seen(customers=customers, new=new, traits=traits, events=events)


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


def events_of(server: Server) -> dict[str, dict[str, str]]:
    """The events that have a table, and the types of their properties."""
    names = server.mapping.tracks
    own = {names.customer, names.time, names.event}
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


def _ids(server: Server) -> pa.Array:
    """The ids of all customers, each once."""
    users = server.mapping.users
    table = server.table(users.table, "users.table")
    column = server.column(table, users.id, "users.id")
    query = table.filter(column.notnull()).select(id=column.cast("string")).distinct()
    with in_sentences():
        return server.backend.to_pyarrow(query.order_by("id"))["id"].combine_chunks()


def _numbered(ids: pa.Array, before: Photo | None) -> tuple[Photo, int]:
    """A photo of these customers, without those deleted or merged away here; how many are new."""
    try:
        with turn(wait=60.0), transaction.atomic():
            roll = Roll("customer")
            known = roll.known(ids)
            there = BitMap(roll.ordinals(ids, known).astype("uint32").data)
            gone = [known.among(pa.array([name])).item() for name in known.deleted]
            merges = bytes(before.merges) if before else b""
            live = there - BitMap(gone) - BitMap(list(unpack_merges(merges)))
            roll.enter()
            photo = Photo.objects.create(
                customers=live.serialize(), accounts=BitMap().serialize(), merges=merges
            )
            return photo, len(roll.new)
    except LoadError as error:
        raise WarehouseError(str(error)) from error


def _note(traits: dict[str, str], events: dict[str, dict[str, str]]) -> None:
    with transaction.atomic():
        dictionary.record_traits("customer", traits, {})
        for name, properties in events.items():
            entry, _ = EventEntry.objects.get_or_create(name=name)
            for prop, type_ in properties.items():
                PropertyEntry.objects.update_or_create(
                    event=entry, name=prop, defaults={"inferred_type": type_}
                )
