"""Why a refresh does not move, in a sentence: it waits for another one, for a worker, or was left
by the one that had it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timesince import timesince

from catalogue.membership.attempt import LEASE
from catalogue.membership.due import MOST_ATTEMPTS
from catalogue.models import RefreshRun, RunState
from catalogue.warehouse import leases

# A worker looks every 30 seconds; what waits longer than this is not seen to.
USUAL_WAIT = timedelta(minutes=2)
LOOK = "whoever runs this installation should see whether a worker and its timetable are up."


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`sentence`: what it waits for, empty when there is nothing to say. `is_stuck`: nobody works
    on it, and nobody will before somebody looks."""

    sentence: str = ""
    is_stuck: bool = False


def standings(runs: Sequence[RefreshRun], *, now: datetime) -> Mapping[int, Standing]:
    """How each of these runs stands, by its number; from two queries, or none when all ended."""
    if not any(run.state in (RunState.QUEUED, RunState.RUNNING) for run in runs):
        return {run.pk: Standing() for run in runs}
    holder = leases.held_by(LEASE)
    fence = None if holder is None else holder.fence
    ahead = None if fence is None else _held_by(fence)
    return {run.pk: _standing(run, fence, ahead, now) for run in runs}


def _held_by(fence: int) -> int | None:
    active = RefreshRun.objects.filter(state=RunState.RUNNING, fence=fence)
    return active.values_list("pk", flat=True).first()


def _standing(run: RefreshRun, fence: int | None, ahead: int | None, now: datetime) -> Standing:
    if run.state == RunState.QUEUED:
        return _waiting(run, ahead, now)
    if run.state == RunState.RUNNING:
        return _running(run, is_held=run.fence == fence)
    return Standing()


def _waiting(run: RefreshRun, ahead: int | None, now: datetime) -> Standing:
    again = f"Its worker was lost; this is attempt {run.attempts + 1} of {MOST_ATTEMPTS}. "
    before = again if run.attempts else ""
    if ahead is not None:
        return Standing(
            sentence=f"{before}It waits for refresh {ahead}: one refresh runs at a time."
        )
    waited = now - (run.started_at or run.created_at)
    if waited <= USUAL_WAIT:
        return Standing(sentence=f"{before}It waits for a worker; one looks every 30 seconds.")
    since = timesince(now - waited, now, depth=1).replace("\xa0", " ")
    return Standing(sentence=f"{before}No worker has taken it for {since}: {LOOK}", is_stuck=True)


def _running(run: RefreshRun, *, is_held: bool) -> Standing:
    if is_held and run.cancel_asked:
        return Standing(
            sentence="It is being stopped: it ends after the scan it is at, and publishes nothing."
        )
    if is_held:
        return Standing()
    nobody = "Nobody works on it any more: the worker that had it was lost."
    after = (
        "The timetable closes it as cancelled within a minute."
        if run.cancel_asked
        else f"The timetable takes it up again within a minute, {MOST_ATTEMPTS} attempts in all."
    )
    return Standing(sentence=f"{nobody} {after} If not, {LOOK}", is_stuck=True)
