"""One account for people to look at: what is known of it, its customers, and its segments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pyroaring import BitMap

from catalogue.engine.one_customer import Few
from catalogue.models import Account, Photo
from catalogue.permissions import Actor, check_can_see_any_people
from catalogue.published.customers import CustomerSegments, TraitSaid, traits_said, where
from catalogue.published.explanations import DELETED
from catalogue.published.members import segments_of
from catalogue.published.people import Purpose, withheld_of
from catalogue.warehouse import current, ordinals, photos
from catalogue.warehouse.finding import Unreadable, reading

# Of more customers only so many are named.
MOST_CUSTOMERS = 100
# The trait that people know an account by, where a workspace has it.
NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCard:
    """`asked_id`: as asked for. `id`: the same, None of a deleted one, of which nothing is known
    any more and `sentence` says so. `name`: "" where it has none. `loaded_at`: when it was first
    loaded; `data_as_of`: when the newest data was. `customers`: the ids of its first live ones as
    of now, of `customer_count`. `problem`: why nothing could be read, as a sentence."""

    asked_id: str
    id: str | None
    sentence: str
    loaded_at: datetime
    data_as_of: datetime | None
    name: str = ""
    traits: tuple[TraitSaid, ...] = ()
    customers: tuple[str, ...] = ()
    customer_count: int = 0
    problem: str = ""


def account_card(account_id: str, *, viewer: Actor, now: datetime) -> AccountCard | None:
    """What is known of an account; None when there is, and was, none of this id. Raises
    PermissionDenied."""
    check_can_see_any_people(viewer)
    asked = _asked(account_id)
    if asked is None:
        return None
    photo, deleted_at = photos.newest_photo(), asked.deleted_at
    sentence = DELETED.format(subject="account", id=account_id, on=deleted_at) if deleted_at else ""
    card = AccountCard(
        asked_id=account_id,
        id=None if deleted_at else account_id,
        sentence=sentence,
        loaded_at=asked.created_at,
        data_as_of=photo.created_at if photo else None,
    )
    if card.id is None or photo is None:
        return card
    try:
        with reading():
            return _read(card, asked.ordinal, photo, now)
    except Unreadable as fault:
        return replace(card, problem=str(fault))


def account_segments(account_id: str, *, viewer: Actor, now: datetime) -> CustomerSegments | None:
    """Which segments of accounts it is in and which not, and how it moved; None when there is no
    such account (any more). Raises PermissionDenied and DamagedVersion."""
    found = segments_of(account_id, viewer=viewer, subject="account", purpose=Purpose.PAGE)
    asked = _asked(account_id)
    if found is None or asked is None:
        return None
    return where(found, asked.ordinal, "account", viewer=viewer, now=now)


def _asked(account_id: str) -> Account | None:
    # No database looks for a zero byte, and no id holds one.
    return None if "\0" in account_id else Account.objects.filter(external_id=account_id).first()


def _read(card: AccountCard, ordinal: int, photo: Photo, now: datetime) -> AccountCard:
    tables = photos.open_photo(photo)
    only = Few(tables, BitMap(), BitMap([ordinal]))
    traits = tuple(traits_said(only, ordinal, "account", now=now))
    name = next((one.value for one in traits if one.name == NAME), None)
    theirs = current.customers_of(tables, ordinal, now=now)
    shown = theirs - withheld_of(theirs, Purpose.PAGE)
    first = BitMap(shown[:MOST_CUSTOMERS])
    return replace(
        card,
        name=name if isinstance(name, str) else "",
        traits=traits,
        customers=tuple(sorted(one for _, one in ordinals.ids_of(first))),
        customer_count=len(shown),
    )
