"""What people ask of one list beside a sync: to pause and go on, to be sent as a whole, to be
looked at."""

from __future__ import annotations

from catalogue.models import Segment
from catalogue.permissions import Actor
from integrations.models import Audience, SyncRun, SyncState
from integrations.sync.asking import AskRefused, list_of
from integrations.sync.changes import note_list_change
from integrations.sync.rights import check_can_sync

LONGEST_REASON = 300


def pause(*, segment: Segment, audience_id: int, reason: str, by: Actor, via: str) -> Audience:
    """Send nothing to one list until somebody lets it go on; what is under way ends with its batch.
    Raises PermissionDenied, and AskRefused without a reason."""
    check_can_sync(by, segment)
    audience = list_of(segment, audience_id)
    text = reason.strip()
    if not text:
        raise AskRefused("Say why it is paused, so that others can tell when it may go on.")
    if len(text) > LONGEST_REASON:
        raise AskRefused(f"A reason has at most {LONGEST_REASON} characters.")
    who = "the command line" if by is None else by.label
    Audience.objects.filter(pk=audience_id).update(paused_reason=f"{who}: {text}")
    note_list_change("sync.paused", audience, by=by, via=via)
    return audience


def go_on(*, segment: Segment, audience_id: int, by: Actor, via: str) -> Audience:
    """Let a paused list go on: ring for it once this has returned. Raises PermissionDenied and
    AskRefused."""
    check_can_sync(by, segment)
    audience = list_of(segment, audience_id)
    if (
        not Audience.objects.filter(pk=audience_id)
        .exclude(paused_reason="")
        .update(paused_reason="")
    ):
        raise AskRefused("This list is not paused.")
    note_list_change("sync.resumed", audience, by=by, via=via)
    return audience


def send_everybody(*, segment: Segment, audience_id: int, by: Actor, via: str) -> Audience:
    """Have the next sync send every member again, confirmed or not: ring for it once this has
    returned. Raises PermissionDenied and AskRefused."""
    check_can_sync(by, segment)
    audience = list_of(segment, audience_id)
    Audience.objects.filter(pk=audience_id).update(full_due=True, retry_at=None)
    note_list_change("sync.full_asked", audience, by=by, via=via)
    return audience


def look_again(*, segment: Segment, audience_id: int, by: Actor, via: str) -> Audience:
    """Have one list read back now: ring for it once this has returned. Raises PermissionDenied and
    AskRefused, where nothing was ever sent."""
    check_can_sync(by, segment)
    audience = list_of(segment, audience_id)
    if not audience.remote_id:
        raise AskRefused("Nothing was sent there yet, so there is nothing to read back.")
    note_list_change("sync.measure_asked", audience, by=by, via=via)
    return audience


def cancel(*, segment: Segment, audience_id: int, by: Actor, via: str) -> Audience:
    """Ask the sync of one list that goes on now to stop before its next batch; what was confirmed
    stays, and the list waits for a person. Raises PermissionDenied, and AskRefused where none does.
    """
    check_can_sync(by, segment)
    audience = list_of(segment, audience_id)
    running = SyncRun.objects.filter(audience=audience, state=SyncState.RUNNING)
    if not running.update(cancel_asked=True):
        raise AskRefused("No sync of this list goes on now, so there is nothing to cancel.")
    note_list_change("sync.cancelled", audience, by=by, via=via)
    return audience
