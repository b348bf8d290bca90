"""Stopping a refresh and doing one again, for those who may."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q

from catalogue.membership.attempt import RefreshError
from catalogue.membership.refresh import cancel_refresh, request_refresh
from catalogue.models import RefreshRun, RunState
from catalogue.permissions import Actor, can_refresh_keys

OVER = (RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED)
AGAIN = (RunState.FAILED, RunState.CANCELLED)


class NothingToDo(RefreshError):
    """The run is not in a state for what was asked; the message is for people."""


def cancel_run(run: RefreshRun, *, by: Actor) -> RefreshRun:
    """Ask a run to stop, and return it as it is then; asking twice is asking once. Raises
    PermissionDenied, and NothingToDo when it has ended."""
    _check(run, by)
    if run.state in OVER:
        raise NothingToDo(f"Refresh {run.pk} has ended already, so there is nothing to stop.")
    return cancel_refresh(run_id=run.pk)


def retry_run(run: RefreshRun, *, by: Actor) -> RefreshRun:
    """A refresh of the same segments as of when it starts: the one that waits or runs already for
    somebody who asked before, or a new one. Ring for it once this has returned. Raises
    PermissionDenied, UnknownSegment when one was archived since, and NothingToDo when the run did
    not fail and was not cancelled."""
    _check(run, by)
    if run.state not in AGAIN:
        raise NothingToDo(
            f"Refresh {run.pk} is {run.get_state_display().lower()}: only what failed or was"
            " cancelled is tried again."
        )
    with transaction.atomic():
        # Whoever asks twice at once waits here, and finds the run of the first time.
        RefreshRun.objects.select_for_update().only("pk").get(pk=run.pk)
        return _asked_since(run) or request_refresh(keys=run.keys)


def _asked_since(run: RefreshRun) -> RefreshRun | None:
    # A run judges the instant it starts at, unless it was given another one, which is in the past.
    waits = Q(state=RunState.QUEUED, now=None)
    runs = Q(state=RunState.RUNNING, now__gte=F("created_at"))
    later = RefreshRun.objects.filter(waits | runs, pk__gt=run.pk, keys=run.keys, slot=None)
    return later.order_by("pk").first()


def _check(run: RefreshRun, by: Actor) -> None:
    if not can_refresh_keys(by, run.keys):
        raise PermissionDenied(
            f"Refresh {run.pk} is stopped, and done again, by those who may change all its"
            " segments: their owners, editors of their teams, and site admins."
        )
