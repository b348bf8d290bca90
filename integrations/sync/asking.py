"""What people ask of syncs: to stop, and to go on."""

from __future__ import annotations

from catalogue.permissions import Actor, check_can_manage_destinations
from integrations.models import Audience, SyncRun, SyncState
from integrations.sync.changes import note_list_change


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
