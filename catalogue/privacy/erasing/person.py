"""Whom an erasure is about, and what a step says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pyroaring import BitMap

from catalogue import fingerprints
from catalogue.models import Customer, Erasure
from catalogue.warehouse import current, photos
from catalogue.warehouse.finding import reading
from catalogue.warehouse.merges import Merges


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a step came to: how many it found, and the evidence as a sentence. With `is_done` false
    it has to be asked again."""

    count: int = 0
    answer: str = ""
    is_done: bool = True


class Person:
    """Everybody an erasure is about: one person under all ids that were merged."""

    def __init__(self, erasure: Erasure) -> None:
        self.erasure = erasure
        self.ids = {int(ordinal): name for ordinal, name in erasure.who.items()}

    @property
    def ordinals(self) -> BitMap:
        """Their numbers."""
        return BitMap(self.ids)

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Every e-mail address they ever had, while the lake still says so."""
        return addresses_of(self.ordinals, self.erasure.asked_at)


def addresses_of(ordinals: BitMap, now: datetime) -> frozenset[str]:
    """Every e-mail address that these customers have or had. Raises Unreadable."""
    photo = photos.newest_photo()
    if photo is None:
        return frozenset()
    with reading():
        tables = photos.open_photo(photo)
        told = [
            value
            for ordinal in ordinals
            for _, value in current.said(tables, ordinal, fingerprints.ADDRESS, now=now)
        ]
    return frozenset(one for one in told if isinstance(one, str) and one.strip())


def whole_person(customer: Customer) -> dict[int, str]:
    """{ordinal: id} of a customer, of whom they are now, and of all who were merged into that
    one."""
    merges = Merges()
    survivor = merges.survivor(customer.ordinal)
    away = [one for one in merges.into if merges.survivor(one) == survivor]
    rows = Customer.objects.filter(pk__in=[survivor, *away])
    return dict(rows.values_list("ordinal", "external_id"))
