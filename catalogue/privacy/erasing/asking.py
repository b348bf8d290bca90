"""Asking for somebody to be erased. From that moment on they are suppressed everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from pyroaring import BitMap

from catalogue import fingerprints
from catalogue.models import (
    Customer,
    Erasure,
    ErasureState,
    ErasureStep,
    FoundBy,
    PrivacyState,
    Suppression,
    SuppressionSource,
    User,
)
from catalogue.permissions import Actor, label_of
from catalogue.privacy.erasing.person import addresses_of, whole_person
from catalogue.privacy.refusals import PrivacyRefused
from catalogue.privacy.rights import check_can_erase
from catalogue.privacy.suppressing import check_reason
from catalogue.segments.changes import record
from catalogue.warehouse.suppressed import add_people

SUPPRESSED = "suppression"


def request_erasure(
    *, customer_id: str, reason: str, now: datetime, by: Actor, via: str
) -> Erasure:
    """Put an erasure into the ledger, with all who were merged into this customer or whom they were
    merged into, and suppress them for every purpose and for good, in one transaction. Of somebody
    who is being erased, or was, the erasure there is. A keyed fingerprint of each id and address
    stays on the list. Raises PermissionDenied, PrivacyRefused, Unreadable."""
    check_can_erase(by)
    check_reason(reason)
    found = erasure_of(customer_id)
    if found is not None:
        return found
    # No database looks for a zero byte, and no id holds one.
    known = Customer.objects.filter(external_id=customer_id.replace("\0", "")).first()
    if known is None:
        raise PrivacyRefused(f"There is no customer “{customer_id[:80]}”.", pointer="/customer_id")
    who = whole_person(known)
    addresses = addresses_of(BitMap(who), now)
    with transaction.atomic():
        PrivacyState.move_on()
        found = _open_one(who)
        if found is not None:
            return found
        erasure = Erasure.objects.create(
            fingerprint=fingerprints.of_customer(customer_id),
            who={str(ordinal): name for ordinal, name in who.items()},
            reason=reason.strip(),
            user=by if isinstance(by, User) else None,
            asked_by=label_of(by),
            asked_at=now,
            due_at=now + timedelta(hours=settings.ERASURE_HOURS),
        )
        _suppress(erasure, who, addresses, now)
        record(
            "erasure.asked",
            by=by,
            via=via,
            object_type="erasure",
            object_key=str(erasure.pk),
            message=erasure.reason,
        )
    return erasure


def erasure_of(customer_id: str) -> Erasure | None:
    """The newest erasure that was asked for by this id; None of who is known again since."""
    rows = Erasure.objects.filter(fingerprint=fingerprints.of_customer(customer_id))
    found: Erasure | None = rows.first()
    if found is None or found.state != ErasureState.DONE:
        return found
    # A load may have brought them back, suppressed: they can be erased again.
    is_back = Customer.objects.filter(external_id=customer_id.replace("\0", "")).exists()
    return None if is_back else found


def waiting_erasures() -> list[int]:
    """The erasures that are not done, those due first."""
    rows = Erasure.objects.exclude(state=ErasureState.DONE).order_by("due_at", "pk")
    return list(rows.values_list("pk", flat=True))


def _open_one(who: Mapping[int, str]) -> Erasure | None:
    """An erasure that is not done of any of these."""
    for one in Erasure.objects.exclude(state=ErasureState.DONE):
        if any(str(ordinal) in one.who for ordinal in who):
            return one
    return None


def _suppress(
    erasure: Erasure, who: Mapping[int, str], addresses: frozenset[str], now: datetime
) -> None:
    """Their fingerprints, for good: of each id, and of each address. Others who have one of these
    addresses now are left as they are."""
    ids = fingerprints.of_customers(who.values())
    rows = [_row(erasure, now, customer_fingerprint=one) for one in ids]
    told = {fingerprints.of_address(one) for one in addresses}
    rows += [_row(erasure, now, address_fingerprint=one) for one in sorted(told)]
    Suppression.objects.bulk_create(rows)
    pairs = [(row.pk, ordinal) for row, ordinal in zip(rows, who, strict=False)]
    add_people(pairs, FoundBy.ID)
    ErasureStep.objects.create(
        erasure=erasure,
        name=SUPPRESSED,
        is_done=True,
        count=len(who),
        answer="Suppressed for every purpose. What stays: keyed fingerprints, of ids"
        f" ({len(ids)}) and e-mail addresses ({len(told)}).",
        at=now,
    )


def _row(erasure: Erasure, now: datetime, **fingerprint: str) -> Suppression:
    return Suppression(
        source=SuppressionSource.ERASURE,
        reason=f"Erased (erasure {erasure.pk}).",
        since=now,
        user=erasure.user,
        added_by=erasure.asked_by,
        **fingerprint,
    )
