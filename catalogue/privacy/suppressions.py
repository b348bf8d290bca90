"""Reading the list of suppressions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from pyroaring import BitMap

from catalogue import fingerprints
from catalogue.models import Suppressed, Suppression, SuppressionSource
from catalogue.privacy import standing
from catalogue.warehouse.merges import Merges


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressedBecause:
    """One suppression that is in force for somebody. `purpose`: "" is every purpose."""

    number: int
    purpose: str
    source: str
    reason: str
    since: datetime
    added_by: str


def lifted_among(some: BitMap) -> BitMap:
    """Those of some who were suppressed for every purpose once, and are not by that any more."""
    return some & standing.lifted("", standing.state_of("", timezone.now()))


def since_among(some: BitMap) -> dict[int, datetime]:
    """When each of some was suppressed for every purpose, or that was lifted last."""
    rows = Suppressed.objects.filter(suppression__purpose="")
    fields = ("ordinal", "suppression__since", "suppression__lifted_at")
    survivor = Merges().survivor
    found: dict[int, datetime] = {}
    for ordinal, since, lifted_at in rows.values_list(*fields):
        who, at = survivor(ordinal), lifted_at or since
        if who in some and (who not in found or at > found[who]):
            found[who] = at
    return found


def because_of(ordinal: int) -> list[SuppressedBecause]:
    """Why a customer, or whoever was merged into them, is suppressed; empty when they are not."""
    into = Merges().last_survivors()
    whole = [ordinal, *(away for away, last in into.items() if last == ordinal)]
    rows = Suppression.objects.filter(people__ordinal__in=whole, lifted_at=None).distinct()
    return [
        SuppressedBecause(
            number=row.pk,
            purpose=row.purpose,
            source=SuppressionSource(row.source).label,
            reason=row.reason,
            since=row.since,
            added_by=row.added_by,
        )
        for row in rows.order_by("since", "pk")
    ]


def of_somebody(customer_id: str, address: str = "") -> Q:
    """The suppressions by this id or this address, as a condition; of neither, none."""
    found = Q(pk__in=())
    if customer_id:
        found |= Q(customer_fingerprint=fingerprints.of_customer(customer_id))
    if address:
        found |= Q(address_fingerprint=fingerprints.of_address(address))
    return found
