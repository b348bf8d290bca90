"""Adding people to the list of those who must never be used, and lifting that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from catalogue import fingerprints
from catalogue.crashpoint import crashpoint
from catalogue.models import (
    FoundBy,
    Photo,
    PrivacyState,
    Suppression,
    SuppressionSource,
    User,
)
from catalogue.permissions import Actor, label_of
from catalogue.privacy.purposes import check_purpose
from catalogue.privacy.refusals import PrivacyRefused
from catalogue.privacy.rights import check_can_suppress
from catalogue.segments.changes import record
from catalogue.warehouse import ordinals, photos
from catalogue.warehouse.finding import holders_of_addresses
from catalogue.warehouse.suppressed import add_people

LONGEST_REASON = 500
AT_ONCE = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Somebody to be suppressed: by the customer's id, an e-mail address, or both. `purpose`: ""
    is every purpose."""

    customer_id: str = ""
    address: str = ""
    purpose: str = ""
    reason: str

    @property
    def fingerprints(self) -> tuple[str, str]:
        """What stays of id and address."""
        by_id = fingerprints.of_customer(self.customer_id) if self.customer_id else ""
        return by_id, fingerprints.of_address(self.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What came of entries: the suppressions, in their order; how many are `new`, the others were
    in force already; and how many customers of today they are about."""

    rows: tuple[Suppression, ...]
    new: int
    people: int


def suppress(*, entry: Entry, source: str, now: datetime, by: Actor, via: str) -> Suppression:
    """Put one person on the list; who is on it by the same id, address and purpose stays as they
    are. They are used nowhere from the end of the transaction on, and customers who come later and
    fit are suppressed as they come. Raises PermissionDenied, PrivacyRefused, Unreadable."""
    return suppress_all(entries=[entry], source=source, now=now, by=by, via=via).rows[0]


def suppress_all(
    *, entries: Sequence[Entry], source: str, now: datetime, by: Actor, via: str
) -> Added:
    """The same of many, all or none."""
    check_can_suppress(by)
    for entry in entries:
        check_entry(entry)
    for purpose in {entry.purpose for entry in entries if entry.purpose}:
        check_purpose(purpose)
    holders, photo = _holders(entries, now)
    with transaction.atomic():
        PrivacyState.move_on()
        # A load that came meanwhile may have brought one of these addresses.
        while photo != (photo := _newest()):
            holders, photo = _holders(entries, now)
        added = add_entries(entries, holders, source=source, now=now, by=by)
        _record(added, source, by=by, via=via)
    crashpoint("suppress: committed")
    return added


def check_entry(entry: Entry) -> None:
    """Raises PrivacyRefused for an entry that says too little, or too much."""
    if not entry.customer_id and not fingerprints.normal_address(entry.address):
        raise PrivacyRefused(
            "Say who: the id of a customer, an e-mail address, or both.", pointer="/customer_id"
        )
    if "\0" in entry.customer_id or len(entry.customer_id) > 500:
        raise PrivacyRefused("An id has at most 500 characters.", pointer="/customer_id")
    address = fingerprints.normal_address(entry.address)
    if address and ("@" not in address or len(address) > 320):
        raise PrivacyRefused("This is no e-mail address: it has no @.", pointer="/email")
    check_reason(entry.reason)


def check_reason(reason: str) -> None:
    """Raises PrivacyRefused when it is not said why, or at too great a length."""
    if not reason.strip():
        raise PrivacyRefused("Say why, so that it can be understood later.", pointer="/reason")
    if len(reason) > LONGEST_REASON:
        raise PrivacyRefused(
            f"The reason has {len(reason):,} characters; at most {LONGEST_REASON} are kept.",
            pointer="/reason",
        )


def add_entries(
    entries: Sequence[Entry],
    holders: Mapping[str, Sequence[int]],
    *,
    source: str,
    now: datetime,
    by: Actor,
) -> Added:
    """Write entries, and whom they are about, in the caller's transaction, which has moved the
    state on. `holders`: by address, the customers who have it."""
    found = _in_force(entries)
    fresh: dict[tuple[str, str, str], Suppression] = {}
    for entry in entries:
        name = (*entry.fingerprints, entry.purpose)
        if name not in found and name not in fresh:
            fresh[name] = _row(entry, source, now, by)
    Suppression.objects.bulk_create(fresh.values(), batch_size=AT_ONCE)
    found |= fresh
    rows = [found[(*entry.fingerprints, entry.purpose)] for entry in entries]
    people = _pairs(entries, rows, holders)
    for found_by, pairs in people.items():
        add_people(pairs, found_by)
    about = {ordinal for pairs in people.values() for _, ordinal in pairs}
    return Added(rows=tuple(rows), new=len(fresh), people=len(about))


def lift(*, number: int, reason: str, now: datetime, by: Actor, via: str) -> Suppression:
    """Let somebody be used again, unless another suppression is in force for them; the row stays,
    and says who lifted it and why. Raises PermissionDenied, PrivacyRefused, and
    Suppression.DoesNotExist."""
    check_can_suppress(by)
    check_reason(reason)
    with transaction.atomic():
        PrivacyState.move_on()
        row = Suppression.objects.select_for_update().get(pk=number)
        if row.source == SuppressionSource.ERASURE:
            raise PrivacyRefused(
                "This person was erased, and that cannot be taken back: the fingerprint stays on"
                " the list, so that no load brings them back unseen."
            )
        if row.lifted_at is not None:
            raise PrivacyRefused(f"This was lifted on {row.lifted_at:%Y-%m-%d} already.")
        row.lifted_at, row.lifted_by, row.lifted_because = now, label_of(by), reason.strip()
        row.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
        record(
            "suppression.lifted",
            by=by,
            via=via,
            object_type="suppression",
            object_key=str(row.pk),
            message=row.lifted_because,
        )
    return row


def _row(entry: Entry, source: str, now: datetime, by: Actor) -> Suppression:
    by_id, by_address = entry.fingerprints
    return Suppression(
        customer_fingerprint=by_id,
        address_fingerprint=by_address,
        purpose=entry.purpose,
        source=SuppressionSource(source),
        reason=entry.reason.strip(),
        since=now,
        user=by if isinstance(by, User) else None,
        added_by=label_of(by),
    )


def _in_force(entries: Sequence[Entry]) -> dict[tuple[str, str, str], Suppression]:
    """The suppressions that say the same already."""
    told = [entry.fingerprints for entry in entries]
    found: dict[tuple[str, str, str], Suppression] = {}
    for place, field in enumerate(("customer_fingerprint", "address_fingerprint")):
        wanted = [one[place] for one in told if one[place]]
        for start in range(0, len(wanted), AT_ONCE):
            some = {f"{field}__in": wanted[start : start + AT_ONCE], "lifted_at": None}
            for row in Suppression.objects.filter(**some):
                name = (row.customer_fingerprint, row.address_fingerprint, row.purpose)
                # That of an erasure is stronger.
                if name not in found or row.source == SuppressionSource.ERASURE:
                    found[name] = row
    return found


def _pairs(
    entries: Sequence[Entry], rows: Sequence[Suppression], holders: Mapping[str, Sequence[int]]
) -> dict[str, list[tuple[int, int]]]:
    """(suppression, ordinal) of those whom entries are about, by how they were found."""
    known = ordinals.look_up([one.customer_id for one in entries if one.customer_id], "customer")
    by_id, by_address = [], []
    for entry, row in zip(entries, rows, strict=True):
        if entry.customer_id in known:
            by_id.append((row.pk, known[entry.customer_id].ordinal))
        normal = fingerprints.normal_address(entry.address)
        by_address += [(row.pk, ordinal) for ordinal in holders.get(normal, ())]
    return {FoundBy.ID: by_id, FoundBy.ADDRESS: by_address}


def _holders(entries: Sequence[Entry], now: datetime) -> tuple[dict[str, list[int]], int | None]:
    """By address, the customers who have it, and the number of the photo they were found in."""
    photo = photos.newest_photo()
    addresses = {fingerprints.normal_address(entry.address) for entry in entries} - {""}
    found: dict[str, list[int]] = {}
    if photo is not None and addresses:
        tables = photos.open_photo(photo)
        held = holders_of_addresses(tables, fingerprints.ADDRESS, addresses, now=now)
        for ordinal, address in held.items():
            found.setdefault(address, []).append(ordinal)
    return found, photo.pk if photo else None


def _newest() -> int | None:
    return Photo.objects.order_by("-pk").values_list("pk", flat=True).first()


def _record(added: Added, source: str, *, by: Actor, via: str) -> None:
    """One entry in the log for all, which names nobody."""
    if not added.new:
        return
    is_one = len(added.rows) == 1
    record(
        "suppression.added",
        by=by,
        via=via,
        object_type="suppression",
        object_key=str(added.rows[0].pk) if is_one else "",
        message=added.rows[0].reason if is_one else "",
        details={"added": added.new, "people": added.people, "source": str(source)},
    )
