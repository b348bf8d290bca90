"""One customer for people to look at: what is known of them, and the segments they are in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from catalogue.definitions.nodes import Subject
from catalogue.engine.evidence import Evidence
from catalogue.engine.one_customer import OneCustomer
from catalogue.membership.customer_moves import moves_of
from catalogue.models import Customer, Status, TraitEntry
from catalogue.permissions import Actor, check_can_see_any_people, segments_with_people_for
from catalogue.privacy.consents import Stands, stands_of
from catalogue.privacy.suppressions import SuppressedBecause, because_of
from catalogue.published.explanations import DELETED, MERGED, MERGED_AND_DELETED
from catalogue.published.members import Belonging, segments_of
from catalogue.published.merges import survivor_of
from catalogue.published.people import Purpose
from catalogue.segments.subjects import holding
from catalogue.warehouse import current, photos
from catalogue.warehouse.finding import Unreadable, reading
from catalogue.warehouse.tables import Tables

MOVES_FOR = timedelta(days=90)
MOST_MOVES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitSaid:
    """A trait of the dictionary and its value as of now. None is unknown. `since`: from when on it
    is this value without a break; None when that is since ever, or when it is unknown."""

    name: str
    label: str
    type: str
    value: object
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCard:
    """`asked_id`: as asked for. `id`: who this is about, after all merges; None of the deleted, of
    whom nothing is known any more. `sentence` says which of these it is, and is empty for a plain
    live customer. `loaded_at`: when they were first loaded; `data_as_of`: when the newest data was.
    `problem`: why the traits could not be read, as a sentence. `suppressed`: why they must not be
    used, for everything or for a purpose; empty of those who may be. `consents`: how they stand to
    purposes, by what they said."""

    asked_id: str
    id: str | None
    sentence: str
    loaded_at: datetime
    data_as_of: datetime | None
    traits: tuple[TraitSaid, ...] = ()
    problem: str = ""
    suppressed: tuple[SuppressedBecause, ...] = ()
    consents: tuple[Stands, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A segment that somebody is not in, by its newest version; `as_of` is None before the first
    refresh, when nobody is."""

    key: str
    name: str
    as_of: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Somebody entered or left a segment at `at`, in a membership version."""

    kind: Literal["entered", "left"]
    key: str
    name: str
    membership_version: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSegments:
    """Of the segments of customers whose people the viewer may see and that are not archived: those
    somebody is in, those they are not in, and what moved since `since`, the newest first."""

    inside: tuple[Belonging, ...]
    outside: tuple[Elsewhere, ...]
    moves: tuple[Move, ...]
    since: datetime


def customer_card(customer_id: str, *, viewer: Actor, now: datetime) -> CustomerCard | None:
    """What is known of a customer; None when nobody has, or ever had, this id. Raises
    PermissionDenied."""
    check_can_see_any_people(viewer)
    asked = _asked(customer_id)
    if asked is None:
        return None
    who, photo = survivor_of(asked), photos.newest_photo()
    card = CustomerCard(
        asked_id=customer_id,
        id=None if who.deleted_at else who.external_id,
        sentence=_sentence(asked, who),
        loaded_at=who.created_at,
        data_as_of=photo.created_at if photo else None,
        suppressed=tuple(because_of(who.ordinal)),
        consents=tuple(stands_of(who, now)),
    )
    if card.id is None or photo is None:
        return card
    try:
        with reading():
            customer = OneCustomer(photos.open_photo(photo), who.ordinal)
            traits = traits_said(customer, who.ordinal, "customer", now=now)
            return replace(card, traits=tuple(traits))
    except Unreadable as fault:
        return replace(card, problem=str(fault))


def customer_segments(customer_id: str, *, viewer: Actor, now: datetime) -> CustomerSegments | None:
    """Where a customer is and is not, and how they moved; None when there is no such customer (any
    more). Raises PermissionDenied and DamagedVersion."""
    found = segments_of(customer_id, viewer=viewer, purpose=Purpose.PAGE)
    asked = _asked(customer_id)
    if found is None or asked is None:
        return None
    return where(found, survivor_of(asked).ordinal, "customer", viewer=viewer, now=now)


def where(
    found: Sequence[Belonging], ordinal: int, subject: Subject, *, viewer: Actor, now: datetime
) -> CustomerSegments:
    """Where somebody, a customer or an account, is and is not, and how they moved; `found`: the
    segments they are in."""
    seen = segments_with_people_for(viewer).exclude(status=Status.ARCHIVED)
    allowed = holding(subject, seen)
    rows = list(allowed.order_by("name", "key").values_list("pk", "key", "name", "refreshed_at"))
    inside = {one.key: one for one in found}
    since = now - MOVES_FOR
    names = {pk: (key, name) for pk, key, name, _ in rows}
    moves = moves_of(list(names), ordinal, since=since, most=MOST_MOVES)
    return CustomerSegments(
        inside=tuple(inside[key] for _, key, _, _ in rows if key in inside),
        outside=tuple(
            Elsewhere(key=key, name=name, as_of=as_of)
            for _, key, name, as_of in rows
            if key not in inside
        ),
        moves=tuple(
            Move(
                kind=one.kind,
                key=names[one.segment_id][0],
                name=names[one.segment_id][1],
                membership_version=one.membership_version,
                at=one.now,
            )
            for one in moves
        ),
        since=since,
    )


def _asked(customer_id: str) -> Customer | None:
    # No database looks for a zero byte, and no id holds one.
    return None if "\0" in customer_id else Customer.objects.filter(external_id=customer_id).first()


def _sentence(asked: Customer, who: Customer) -> str:
    if asked != who:
        message = MERGED_AND_DELETED if who.deleted_at else MERGED
        return message.format(id=asked.external_id, into=who.external_id)
    if who.deleted_at is None:
        return ""
    return DELETED.format(subject="customer", id=who.external_id, on=who.deleted_at)


def traits_said(
    tables: Tables, ordinal: int, subject: Subject, *, now: datetime
) -> Iterator[TraitSaid]:
    """Every trait of the dictionary with the value that a customer, or account, has."""
    entries = list(TraitEntry.objects.filter(subject=subject).order_by("name"))
    said = {
        one.name: current.said(tables, ordinal, one.name, now=now, subject=subject)
        for one in entries
    }
    evidence = Evidence(said=said, dated={}, times={}, figures={})
    for entry in entries:
        reason = evidence.of_trait((entry.name,))
        yield TraitSaid(
            name=entry.name,
            label=entry.label,
            type=entry.type,
            value=reason.value,
            since=reason.since,
        )
