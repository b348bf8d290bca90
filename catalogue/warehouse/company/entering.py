"""A photo of who is in a company's warehouse: whoever is new gets a number on our side."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from pyroaring import BitMap

from catalogue.models import Photo
from catalogue.warehouse.company.errors import WarehouseError
from catalogue.warehouse.company.presence import Presence
from catalogue.warehouse.lake import pack_merges
from catalogue.warehouse.merges import Merges
from catalogue.warehouse.ordinals import KnownIds, Roll
from catalogue.warehouse.refusals import LoadError, shown
from catalogue.warehouse.turns import turn

# So many merges that cannot be are named.
NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The photo, how many customers are new in it, and sentences on merges that cannot be."""

    photo: Photo
    new: int
    refused: tuple[str, ...]


def enter(found: Presence) -> Entered:
    """A photo of these, without those deleted or merged away. Raises WarehouseError."""
    try:
        with turn(wait=60.0), transaction.atomic():
            return _enter(found)
    except LoadError as error:
        raise WarehouseError(str(error)) from error


def _enter(found: Presence) -> Entered:
    customers, accounts = Roll("customer"), Roll("account")
    there, merges, refused = _customers(customers, found)
    live_accounts = _live(accounts, found.accounts, accounts.known(found.accounts))
    for roll in (customers, accounts):
        roll.enter()
    merges.save()
    survivors = merges.last_survivors()
    photo = Photo.objects.create(
        customers=(there - BitMap(list(survivors))).serialize(),
        accounts=live_accounts.serialize(),
        merges=pack_merges(survivors),
    )
    new = sum(number in there for number in customers.new.values())
    return Entered(photo=photo, new=new, refused=refused)


def _customers(roll: Roll, found: Presence) -> tuple[BitMap, Merges, tuple[str, ...]]:
    """Who is there, who was merged into whom, and sentences on who cannot be."""
    previous, into = _ending_here(found)
    known = roll.known(pa.concat_arrays([found.customers, previous, into]))
    there = _live(roll, found.customers, known)
    away, last = (roll.ordinals(ids, known).tolist() for ids in (previous, into))
    gone = _deleted(known)
    merges, refused = Merges(), []
    for name, number, other in zip(previous.to_pylist(), away, last, strict=True):
        is_gone = number in gone or other in gone
        why = "or who it was merged into was deleted" if is_gone else merges.add(number, other)
        if why:
            refused.append(f"The alias {shown(name)} is not followed: it {why}.")
    for number in list(merges.new):
        # Somebody who left the company's table takes nobody in.
        if merges.survivor(number) not in there:
            merges.take_back(number)
    more = len(refused) - NAMED
    return there, merges, (*refused[:NAMED], *([f"So are {more:,} more."] if more > 0 else []))


def _ending_here(found: Presence) -> tuple[pa.Array, pa.Array]:
    """The merges into customers of today, or into somebody who was merged in turn: others concern
    nobody, and their ids need no number."""
    known = pa.concat_arrays([found.customers, found.previous])
    ends = pc.is_in(found.into, value_set=known)
    return found.previous.filter(ends), found.into.filter(ends)


def _live(roll: Roll, ids: pa.Array, known: KnownIds) -> BitMap:
    there = BitMap(roll.ordinals(ids, known).astype("uint32").data)
    return there - _deleted(known)


def _deleted(known: KnownIds) -> BitMap:
    return BitMap([known.among(pa.array([name])).item() for name in known.deleted])
