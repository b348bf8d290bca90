"""What people ask of syncs: to begin, to stop, to go on, and to remove as many as that."""

from __future__ import annotations

from catalogue import published
from catalogue.models import Segment, Status
from catalogue.permissions import (
    Actor,
    check_can_manage_destinations,
    check_can_publish,
)
from integrations.models import Audience, SyncRun, SyncState
from integrations.sync.changes import note_list_change
from integrations.sync.rights import check_can_sync


class AskRefused(Exception):
    """What was asked of a list cannot be done now; the message is for people."""


def sync_now(*, segment: Segment, audience_id: int, by: Actor, via: str) -> Audience:
    """Let one list of the segment be synced without waiting for the timetable: ring for it once
    this has returned. The brake still stops it. Raises PermissionDenied and AskRefused."""
    check_can_sync(by, segment)
    audience = list_of(segment, audience_id)
    _check_can_begin(segment, audience)
    if _is_braked(audience):
        raise AskRefused("The brake holds this sync. Look at what it would remove, and approve it.")
    Audience.objects.filter(pk=audience_id).update(stopped_reason="", retry_at=None)
    note_list_change("sync.asked", audience, by=by, via=via)
    return audience


def approve_removals(
    *, segment: Segment, audience_id: int, version: int, by: Actor, via: str
) -> Audience:
    """Let the sync that brings one list of the segment to membership version `version` past the
    brake, once: ring for it once this has returned. Raises PermissionDenied, and AskRefused when
    the brake does not hold that sync (any more)."""
    check_can_publish(by, segment)
    audience = list_of(segment, audience_id)
    _check_can_begin(segment, audience)
    newest = published.newest(segment.key)
    if newest is None or newest.membership_version != version:
        raise AskRefused(
            "The segment has moved on since you looked. Look again at what would be removed now."
        )
    held = Audience.objects.filter(pk=audience_id, braked_at_version=version)
    if not held.update(approved_from=audience.version or 0, approved_to=version, retry_at=None):
        raise AskRefused("The brake does not hold this sync any more. There is nothing to approve.")
    note_list_change("sync.approved", audience, by=by, via=via)
    return audience


def list_of(segment: Segment, audience_id: int) -> Audience:
    """One list of the segment, with its destination and without its bitmaps; AskRefused."""
    rows = Audience.objects.select_related("destination").defer("acknowledged", "uncertain", "sent")
    audience: Audience | None = rows.filter(pk=audience_id, segment_key=segment.key).first()
    if audience is None:
        raise AskRefused(f"“{segment.name}” has no such list.")
    return audience


def _check_can_begin(segment: Segment, audience: Audience) -> None:
    if segment.status != Status.LIVE:
        raise AskRefused(f"“{segment.name}” is not live, and only live segments are synced.")
    if audience.destination.off_reason:
        raise AskRefused(
            f"{audience.destination.key} is switched off: {audience.destination.off_reason} An"
            " admin checks the connection once that is put right."
        )


def _is_braked(audience: Audience) -> bool:
    newest = published.newest(audience.segment_key)
    number = newest.membership_version if newest else 0
    return audience.braked_at_version == number and not audience.is_approved(number)


def cancel_sync(*, run_id: int, by: Actor, via: str) -> bool:
    """Ask a running sync to stop before its next batch; what was confirmed stays, and the list
    waits for a person. False when it is over already. Raises PermissionDenied."""
    check_can_manage_destinations(by)
    run = SyncRun.objects.select_related("audience__destination").get(pk=run_id)
    running = SyncRun.objects.filter(pk=run_id, state=SyncState.RUNNING)
    if not running.update(cancel_asked=True):
        return False
    note_list_change("sync.cancelled", run.audience, by=by, via=via)
    return True


def ask_again(*, audience_id: int, by: Actor, via: str) -> Audience:
    """Let the timetable sync a list that waits, so that a worker takes it up: at once when one is
    rung for, else with the next tick. The brake still stops it. Raises PermissionDenied."""
    check_can_manage_destinations(by)
    audience: Audience = Audience.objects.select_related("destination").get(pk=audience_id)
    Audience.objects.filter(pk=audience_id).update(stopped_reason="", retry_at=None)
    note_list_change("sync.asked", audience, by=by, via=via)
    return audience
