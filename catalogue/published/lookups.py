"""Finding a customer by what somebody has at hand: an id, its beginning, an e-mail address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import QuerySet, Value
from django.db.models.functions import Left
from pyroaring import BitMap

from catalogue.models import Customer, TraitEntry
from catalogue.permissions import Actor, check_can_see_any_people
from catalogue.published.merges import survivors_among
from catalogue.warehouse import photos
from catalogue.warehouse.finding import Unreadable, holders

MOST = 20
LONGEST_ID = 500
# The trait that people know each other by, where a workspace has it.
ADDRESS = "email"
By = Literal["id", "prefix", "email"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A customer, and by what they were found. `merged_into`: the id of who they are now, "" of who
    was not merged. The deleted are found by their whole id alone."""

    id: str
    by: By
    merged_into: str = ""
    is_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """At most MOST hits, the whole id first. `tried`: what was looked at, in that order; `text`:
    what was looked for; `is_cut`: there are more; `problem`: why e-mail addresses could not be
    looked at, as a sentence."""

    text: str
    tried: tuple[By, ...] = ()
    hits: tuple[Hit, ...] = ()
    is_cut: bool = False
    problem: str = ""


def find_customers(text: str, *, viewer: Actor, now: datetime) -> Found:
    """The customer whose id is `text`, those whose ids begin with it, and the live ones whose
    e-mail address is exactly it, where the dictionary has such a trait. All count to the letter;
    when nothing is found so, blanks around the text are left out. Raises PermissionDenied."""
    check_can_see_any_people(viewer)
    found = _find(text, now)
    trimmed = text.strip()
    return found if found.hits or trimmed == text else _find(trimmed, now)


def _find(text: str, now: datetime) -> Found:
    # No id holds a zero byte, or is longer; no database would look for one.
    if not text or len(text) > LONGEST_ID or "\0" in text:
        return Found(text=text)
    tried: tuple[By, ...] = ("id", "prefix")
    by_address: Iterable[Customer] = ()
    problem = ""
    if TraitEntry.objects.filter(subject="customer", name=ADDRESS).exists():
        tried = (*tried, "email")
        try:
            by_address = _by_address(text, now)
        except Unreadable as fault:
            problem = str(fault)
    rows: dict[Customer, By] = {}
    for by, some in zip(tried, (_by_id(text), _by_prefix(text), by_address), strict=False):
        for row in some:
            rows.setdefault(row, by)
    hits = _hits(dict(list(rows.items())[:MOST]))
    return Found(text=text, tried=tried, hits=hits, is_cut=len(rows) > MOST, problem=problem)


def _by_id(text: str) -> QuerySet[Customer]:
    return Customer.objects.filter(external_id=text)


def _by_prefix(text: str) -> QuerySet[Customer]:
    # LIKE finds the index; what it takes for equal (on SQLite, capital and small letters) is not.
    start = Left("external_id", Value(len(text)))
    rows = Customer.objects.filter(external_id__startswith=text, deleted_at=None)
    return rows.alias(start=start).filter(start=text).order_by("external_id")[: MOST + 1]


def _by_address(text: str, now: datetime) -> QuerySet[Customer]:
    photo = photos.newest_photo()
    if photo is None:
        return Customer.objects.none()
    who = holders(photos.open_photo(photo), ADDRESS, text, now=now)
    return Customer.objects.filter(pk__in=list(who), deleted_at=None).order_by("external_id")[
        : MOST + 1
    ]


def _hits(rows: dict[Customer, By]) -> tuple[Hit, ...]:
    into = survivors_among(BitMap([row.ordinal for row in rows]))
    last = Customer.objects.in_bulk(list(into.values()))
    return tuple(
        _hit(row, by, last.get(into.get(row.ordinal, -1), row)) for row, by in rows.items()
    )


def _hit(row: Customer, by: By, last: Customer) -> Hit:
    return Hit(
        id=row.external_id,
        by=by,
        merged_into="" if last == row else last.external_id,
        is_deleted=last.deleted_at is not None,
    )
