"""People on the list of suppressions who come with a load: suppressed from the first moment, in the
transaction that makes the load visible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import QuerySet
from django.utils import timezone

from catalogue import fingerprints
from catalogue.models import FoundBy, PrivacyState, Suppressed, Suppression

TEXT = "text"
# Of fewer the list is asked; of more, all of the list is read.
FEW = 500
AT_ONCE = 2_000


def suppress_new(new: Mapping[str, int]) -> None:
    """Of new customers, {id: ordinal}, suppress those whose id is on the list. Without a list this
    is one query; with one, a million ids take some two seconds."""
    rows = _in_force("customer_fingerprint") if new else Suppression.objects.none()
    if rows.exists():
        told = fingerprints.of_customers(new)
        _suppress(rows, "customer_fingerprint", told, list(new.values()), FoundBy.ID)


def suppress_addresses(changes: pa.Table) -> None:
    """Of the changes of the e-mail address that a load brings (columns `ordinal` and `text`),
    suppress whoever has one that is on the list."""
    if TEXT not in changes.column_names:
        return
    rows = _in_force("address_fingerprint")
    if not rows.exists():
        return
    said = changes.filter(pc.is_valid(changes[TEXT]))
    told = fingerprints.of_addresses(said[TEXT].to_pylist())
    _suppress(rows, "address_fingerprint", told, said["ordinal"].to_pylist(), FoundBy.ADDRESS)


def _in_force(field: str) -> QuerySet[Suppression]:
    """The suppressions with such a fingerprint. Whoever adds one at this moment is waited for, or
    waits until the load is there to be looked through."""
    PrivacyState.objects.select_for_update().filter(pk=1).first()
    return Suppression.objects.filter(lifted_at=None).exclude(**{field: ""})


def _suppress(
    rows: QuerySet[Suppression],
    field: str,
    told: Sequence[str],
    ordinals: Sequence[int],
    found_by: FoundBy,
) -> None:
    listed = _listed(rows, field, told)
    pairs = [
        (number, ordinal)
        for fingerprint, ordinal in zip(told, ordinals, strict=True)
        for number in listed.get(fingerprint, ())
    ]
    add_people(pairs, found_by)


def add_people(pairs: Iterable[tuple[int, int]], found_by: str) -> None:
    """Note in the caller's transaction that suppressions, by number, are about these ordinals."""
    now = timezone.now()
    people = [
        Suppressed(suppression_id=number, ordinal=ordinal, found_by=found_by, at=now)
        for number, ordinal in pairs
    ]
    if people:
        PrivacyState.move_on()
        Suppressed.objects.bulk_create(people, batch_size=AT_ONCE, ignore_conflicts=True)


def _listed(rows: QuerySet[Suppression], field: str, told: Sequence[str]) -> dict[str, list[int]]:
    """Suppressions by fingerprint, of these at least."""
    if len(told) <= FEW:
        rows = rows.filter(**{f"{field}__in": set(told)})
    found: dict[str, list[int]] = {}
    for fingerprint, number in rows.values_list(field, "pk").iterator(AT_ONCE):
        found.setdefault(fingerprint, []).append(number)
    return found
