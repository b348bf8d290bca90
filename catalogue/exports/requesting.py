"""Asking for a file of members, taking that back, and who may have it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from catalogue.models import Export, ExportFormat, RunState, Segment, TraitEntry, User
from catalogue.permissions import can_see_people, check_can_see_people
from catalogue.published.versions import version_rows
from catalogue.segments.changes import record

MOST_TRAITS = 20
WAITING = (RunState.QUEUED, RunState.RUNNING)


class ExportRefused(Exception):
    """No such file can be made, or given out; the message is for people."""


def request_export(
    *,
    segment: Segment,
    number: int,
    format_: str,
    traits: Collection[str],
    by: User,
    via: str,
) -> Export:
    """Put an export of the members of m`number` into the ledger and return it; the same one that
    waits already if `by` asks twice. Raises PermissionDenied and ExportRefused."""
    check_can_see_people(by, segment)
    membership = version_rows().filter(segment=segment, number=number).first()
    if membership is None:
        raise ExportRefused(f"“{segment.name}” has no membership version m{number} to export.")
    wanted = _known(traits, membership.subject)
    if format_ not in ExportFormat.values:
        known = ", ".join(ExportFormat.values)
        raise ExportRefused(f"There is no format “{format_}”. There are: {known}.")
    asked = {"membership": membership, "format": format_, "traits": wanted, "requested_by": by}
    with transaction.atomic():
        # Asking twice at the same time waits here, and then finds the first.
        User.objects.select_for_update().get(pk=by.pk)
        found = Export.objects.filter(state__in=WAITING, cancel_asked=False, **asked).first()
        if found is not None:
            return found
        export = Export.objects.create(rows_total=membership.size, **asked)
        details = {"membership": membership.number, "format": format_, "traits": wanted}
        record("people.exported", segment=segment, by=by, via=via, details=details)
    return export


def _known(traits: Collection[str], subject: str) -> list[str]:
    wanted = list(dict.fromkeys(traits))
    if len(wanted) > MOST_TRAITS:
        raise ExportRefused(
            f"A file has at most {MOST_TRAITS} traits; {len(wanted)} were chosen. Leave some out."
        )
    entries = TraitEntry.objects.filter(subject=subject, name__in=wanted)
    unknown = set(wanted) - set(entries.values_list("name", flat=True))
    if unknown:
        raise ExportRefused(f"The dictionary has no trait “{sorted(unknown)[0]}”.")
    return wanted


def cancel_export(export: Export) -> Export:
    """Ask for the writing to stop; one that has not begun never will."""
    rows = Export.objects.filter(pk=export.pk)
    rows.filter(state=RunState.QUEUED).update(state=RunState.CANCELLED, finished_at=Now())
    rows.filter(state=RunState.RUNNING).update(cancel_asked=True)
    return rows.get()


def export_of(export_id: int, *, viewer: User) -> Export | None:
    """An export that `viewer` asked for; None for everybody else's, as if there were none."""
    rows = Export.objects.select_related("membership__segment__team", "membership__definition")
    heavy = ("membership__entered", "membership__left", "membership__key_frame")
    return rows.defer(*heavy).filter(pk=export_id, requested_by=viewer).first()


def file_of(export: Export, *, viewer: User, now: datetime) -> Path:
    """The file, for who asked for it and may still see people. Raises PermissionDenied, and
    ExportRefused when there is no file (any more)."""
    check_can_see_people(viewer, export.membership.segment)
    if export.state != RunState.SUCCEEDED:
        raise ExportRefused("There is no file yet. The page of the export says how far it is.")
    path = exports_folder() / export.path
    if is_expired(export, now=now) or not export.path or not path.exists():
        raise ExportRefused("The file was deleted when its time was over. Export again.")
    return path


def may_download(export: Export, *, viewer: User, now: datetime) -> bool:
    """Whether `file_of` would give it, as far as rights and time are concerned."""
    return (
        export.state == RunState.SUCCEEDED
        and bool(export.path)
        and not is_expired(export, now=now)
        and can_see_people(viewer, export.membership.segment)
    )


def is_expired(export: Export, *, now: datetime) -> bool:
    """Whether its time is over."""
    return export.expires_at is not None and export.expires_at <= now


def exports_folder() -> Path:
    """Where the files lie."""
    return Path(settings.DATA_DIR) / "exports"


def file_name(export: Export) -> str:
    """What a downloaded file is called."""
    version = export.membership
    return f"{version.segment.key}-m{version.number}-{version.now:%Y-%m-%d}.{export.format}"
