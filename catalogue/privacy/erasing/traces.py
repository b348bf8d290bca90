"""Rows and files beside versions and the lake that hold a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models.functions import Now
from pyroaring import BitMap

from catalogue.crashpoint import crashpoint
from catalogue.membership.versions import members_of
from catalogue.models import (
    Consent,
    Customer,
    Export,
    Feedback,
    ListedMember,
    Photo,
    PrivacyState,
    RunState,
    Suppressed,
    Suppression,
    SuppressionSource,
)
from catalogue.privacy.erasing.person import Done, Person
from catalogue.warehouse.lake import pack_merges, unpack_merges


def delete_exports(person: Person) -> Done:
    """Delete the file of every export that holds them, and stop those that are being written."""
    found = [export for export in _exports() if _holds(export, person.ordinals)]
    for export in found:
        if export.path:
            (Path(settings.DATA_DIR) / "exports" / export.path).unlink(missing_ok=True)
        rows = Export.objects.filter(pk=export.pk)
        rows.update(path="")
        rows.filter(state=RunState.QUEUED).update(state=RunState.CANCELLED, finished_at=Now())
        rows.filter(state=RunState.RUNNING).update(cancel_asked=True)
        crashpoint("erase: an export")
    running = Export.objects.filter(pk__in=[one.pk for one in found], state=RunState.RUNNING)
    if running.exists():
        return Done(answer="An export that may hold them is being stopped.", is_done=False)
    return Done(count=len(found), answer=f"{len(found)} exports with them deleted.")


def _exports() -> Iterator[Export]:
    """Those that have a file, or will have one."""
    rows = Export.objects.filter(membership__subject="customer").select_related("membership")
    waiting = rows.filter(state__in=(RunState.QUEUED, RunState.RUNNING))
    return (rows.exclude(path="") | waiting).iterator(chunk_size=20)


def _holds(export: Export, ordinals: BitMap) -> bool:
    return bool(members_of(export.membership) & ordinals)


def delete_rows(person: Person) -> Done:
    """Delete what was said of them as a member: feedback from the front, words of consent, being
    listed by hand, and other suppressions, whose reasons may tell of them."""
    ordinals = list(person.ordinals)
    PrivacyState.move_on(forgets_words=True)
    of_customers = {"segment__definition__subject": "account"}
    listed = ListedMember.objects.filter(customer_id__in=person.ids.values())
    deleted = {
        "of feedback": Feedback.objects.filter(subject="customer", ordinal__in=ordinals),
        "of consent": Consent.objects.filter(ordinal__in=ordinals),
        "of lists by hand": listed.exclude(**of_customers),
        "of other suppressions": _other_suppressions(person),
    }
    counts = {name: rows.delete()[0] for name, rows in deleted.items()}
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    return Done(count=sum(counts.values()), answer=f"Rows deleted: {said}.")


def _other_suppressions(person: Person) -> Any:
    own = Suppression.objects.filter(people__ordinal__in=list(person.ordinals))
    by_erasure = own.filter(source=SuppressionSource.ERASURE).values("customer_fingerprint")
    mine = Suppression.objects.filter(
        customer_fingerprint__in=list(by_erasure.values_list("customer_fingerprint", flat=True))
    )
    return mine.exclude(customer_fingerprint="").exclude(source=SuppressionSource.ERASURE)


def clear_photos(person: Person) -> Done:
    """Take them out of the photos: who was alive, and who was merged into whom."""
    count = 0
    for photo in Photo.objects.order_by("pk").iterator(chunk_size=20):
        customers = BitMap.deserialize(bytes(photo.customers)) if photo.customers else BitMap()
        merges = unpack_merges(bytes(photo.merges))
        left = {away: into for away, into in merges.items() if away not in person.ids}
        if not customers & person.ordinals and len(left) == len(merges):
            continue
        kept = customers - person.ordinals
        kept.run_optimize()
        Photo.objects.filter(pk=photo.pk).update(
            customers=kept.serialize(), merges=pack_merges(left)
        )
        count += 1
        crashpoint("erase: a photo")
    return Done(count=count, answer=f"{count} photos of the data cleared.")


def forget_ids(person: Person) -> Done:
    """Delete the rows that say whose their numbers are. A number is never given to anybody else;
    after this nothing says who it was."""
    ordinals = list(person.ordinals)
    PrivacyState.move_on()
    rows = Customer.objects.filter(pk__in=ordinals)
    rows.update(merged_into=None)
    count = rows.delete()[0]
    Suppressed.objects.filter(ordinal__in=ordinals).delete()
    return Done(count=count, answer=f"{count} ids deleted; their numbers stay unused.")
