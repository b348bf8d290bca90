"""Reading words of consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from catalogue.models import Consent, Customer
from catalogue.permissions import Actor
from catalogue.privacy.erasing.person import whole_person
from catalogue.privacy.purposes import purposes
from catalogue.privacy.rights import check_can_see_consents


def words_of(customer_id: str, *, viewer: Actor) -> QuerySet[Consent] | None:
    """Every word of a customer, and of whoever was merged with them, the newest first; None when
    there is no such live customer. Raises PermissionDenied."""
    check_can_see_consents(viewer)
    known = Customer.objects.filter(external_id=customer_id.replace("\0", "")).first()
    if known is None or known.deleted_at is not None:
        return None
    rows = Consent.objects.filter(ordinal__in=list(whole_person(known)))
    return rows.order_by("-at", "-pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How one customer stands to a purpose, by what they said: `word` is None when they said
    nothing. `is_needed`: only who has said so may be used for it."""

    purpose: str
    is_needed: bool
    word: Consent | None
    is_expired: bool


def stands_of(customer: Customer, now: datetime) -> list[Stands]:
    """Of every purpose that needs consent or that they said something about. What a trait says is
    seen among their traits."""
    rows = Consent.objects.filter(ordinal__in=list(whole_person(customer)))
    newest: dict[str, Consent] = {}
    for row in rows.order_by("at", "pk"):
        newest[row.purpose] = row
    found = []
    for rule in purposes():
        word = newest.get(rule.purpose)
        if word is None and not rule.is_needed:
            continue
        ends = word.expires_at if word is not None else None
        is_expired = ends is not None and ends <= now
        found.append(
            Stands(purpose=rule.purpose, is_needed=rule.is_needed, word=word, is_expired=is_expired)
        )
    return found
