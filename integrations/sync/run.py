"""Syncs begin and end here: who may begin, the lease, and what a run leaves behind.

Retrying is decided here (and, within one call, in `http`), never in a connector. No transaction is
open while a tool is asked anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from catalogue import published
from catalogue.crashpoint import crashpoint
from integrations import registry
from integrations.errors import IntegrationError
from integrations.models import (
    Audience,
    Destination,
    DriftReport,
    LeaseLost,
    SyncMode,
    SyncRun,
    SyncState,
)
from integrations.sync.alerting import tell_of_drift
from integrations.sync.destinations import open_destination
from integrations.sync.ending import finish
from integrations.sync.hold import Hold
from integrations.sync.mirror import remove_strangers
from integrations.sync.opt_outs import note_refused_opt_outs
from integrations.sync.plan import Plan
from integrations.sync.planning import planned
from integrations.sync.pushing import Line
from integrations.sync.read_back import read_back, unread
from integrations.sync.requests import Requests
from integrations.sync.setup import setup_of
from integrations.sync.targets import Target, target_of
from integrations.sync.work import Asked, Clock, Work, attempt

ONLY_FIELDS = "Only fields of contacts are written here, and nobody is put on a list."


class NotNow(Exception):
    """The sync was not begun; the message says why, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A run and, if the list could be read afterwards, what it held."""

    run: SyncRun
    drift: DriftReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a sync would do now; `brake` is why it would stop."""

    version: published.PublishedVersion
    target: Target
    plan: Plan
    brake: str | None


def preview(*, audience_id: int, clock: Clock) -> Preview:
    """The plan and the brake, without asking the tool and without writing anything."""
    audience = _audience(audience_id)
    version = _version_to_send(audience)
    target = target_of(audience, version, now=clock())
    found = planned(audience, target, now=clock())
    approved = audience.is_approved(version.membership_version)
    return Preview(
        version=version,
        target=target,
        plan=found.steps,
        brake=None if approved else found.brake,
    )


def sync_audience(*, audience_id: int, clock: Clock, asked: Asked) -> Finished:
    """Bring one list in step with its segment's newest membership version.

    Raises NotNow if it could not be begun: not live, not refreshed, switched off, told to wait, or
    in the hands of another worker. Whatever a tool does after that is in the returned run.
    """
    audience = _audience(audience_id)
    _check_may_begin(audience, clock())
    version = _version_to_send(audience)
    hold = take_lease(audience_id)
    turn = _take_turn(audience, hold)
    run = _begin(hold, audience, version, clock(), asked)
    try:
        return _carry_out(_work(hold, run, version, clock, asked, turn))
    except LeaseLost as lost:
        # What this process knows is out of date: it says so and writes nothing else.
        _close(run, str(lost), clock())
        return Finished(run=run)
    except Exception as fault:
        _close(run, f"A fault of ours, {type(fault).__name__}; see the log.", clock())
        raise
    finally:
        hold.release()
        if turn is not None:
            Destination.objects.release(audience.destination_id, fence=turn)


def _take_turn(audience: Audience, hold: Hold) -> int | None:
    """The turn of a tool that only one worker may speak to; None of others. NotNow while another
    worker has it: the lease of the list is given back."""
    if not registry.manifest(audience.destination.connector).rate.alone:
        return None
    turn = Destination.objects.take(audience.destination_id, seconds=hold.seconds)
    if turn is None:
        hold.release()
        raise NotNow(
            f"{audience.destination.key} takes one list at a time, and another one is being synced."
        )
    return turn


def measure_drift(*, audience_id: int, clock: Clock) -> DriftReport:
    """Read one list now, report, and correct what we believe about it. Raises NotNow, or an error
    of `integrations.errors`."""
    audience = _audience(audience_id)
    _check_may_begin(audience, clock())
    if not audience.remote_id:
        where = f"{audience.segment_key} in {audience.destination.key}"
        raise NotNow(f"{where} has never been synced, so there is nothing to compare.")
    hold = take_lease(audience_id)
    try:
        connector = open_destination(audience.destination)
        ref = connector.ensure_audience(audience.name, audience.remote_id)
        line = Line(connector=connector, ref=ref)
        setup = setup_of(audience.destination, segment=audience.segment_key)
        report = read_back(hold=hold, line=line, setup=setup, clock=clock)
        tell_of_drift(audience, report)
        return report
    finally:
        hold.release()


def take_lease(audience_id: int) -> Hold:
    """The right to write to an audience; NotNow while another worker has it."""
    seconds = float(settings.SYNC_LEASE_SECONDS)
    hold = Hold.take(audience_id, seconds=seconds)
    if hold is None:
        raise NotNow(
            "Another worker is at this list now. If it died, the list is free again within "
            f"{seconds:.0f} seconds."
        )
    return hold


def _audience(audience_id: int) -> Audience:
    audience: Audience = Audience.objects.select_related("destination").get(pk=audience_id)
    return audience


def _check_may_begin(audience: Audience, now: datetime) -> None:
    destination = audience.destination
    if destination.off_reason:
        raise NotNow(
            f"The destination {destination.key} is switched off: {destination.off_reason} When "
            f"that is put right, run: manage.py destinations check {destination.key}"
        )
    if audience.paused_reason:
        raise NotNow(f"This list is paused: {audience.paused_reason}")
    waits = [audience.not_before, destination.waits_until(now)]
    until = max((at for at in waits if at is not None and now < at), default=None)
    if until is not None:
        raise NotNow(
            f"{destination.key} asked for no requests before {until:%Y-%m-%d %H:%M:%S} UTC."
        )


def _version_to_send(audience: Audience) -> published.PublishedVersion:
    version = published.newest(audience.segment_key)
    if version is None:
        raise NotNow(f"The segment {audience.segment_key} has not been refreshed yet.")
    if version.status != "live":
        raise NotNow(
            f"The segment {audience.segment_key} is {version.status}; only live segments are "
            "synced."
        )
    if version.subject != "customer":
        raise NotNow(str(published.NotPeople(version)))
    return version


def _begin(
    hold: Hold,
    audience: Audience,
    version: published.PublishedVersion,
    now: datetime,
    asked: Asked,
) -> SyncRun:
    crashpoint("sync.leased")
    left_open = SyncRun.objects.filter(audience=audience, state=SyncState.RUNNING)
    lost = "The worker died, or lost its lease, under way."
    left_open.update(state=SyncState.FAILED, sentence=lost, finished_at=now)
    return SyncRun.objects.create(
        audience=audience,
        actor=asked.actor,
        fence=hold.fence,
        from_version=audience.version,
        to_version=version.membership_version,
        started_at=now,
    )


def _work(
    hold: Hold,
    run: SyncRun,
    version: published.PublishedVersion,
    clock: Clock,
    asked: Asked,
    turn: int | None,
) -> Work:
    # Read again: what was read before the lease was taken may be out of date.
    audience = _audience(hold.audience_id)
    return Work(
        hold=hold,
        run=run,
        audience=audience,
        version=version,
        clock=clock,
        asked=asked,
        requests=Requests(),
        turn=turn,
    )


def _carry_out(work: Work) -> Finished:
    attempted = attempt(work)
    finish(work, attempted)
    note_refused_opt_outs(work.audience, now=work.clock())
    crashpoint("sync.finished")
    work.run.refresh_from_db()
    if attempted.line is None:
        return Finished(run=work.run)
    try:
        return Finished(run=work.run, drift=_looked(work, attempted.line))
    except IntegrationError as fault:
        said = f"{work.run.sentence} The list could not be read back: {fault.sentence}".strip()
        SyncRun.objects.filter(pk=work.run.pk).update(sentence=said)
        work.run.sentence = said
        return Finished(run=work.run)


def _looked(work: Work, line: Line) -> DriftReport:
    """What the list holds after a sync; of a mirror, once strangers are off it."""
    setup = setup_of(work.audience.destination, segment=work.audience.segment_key)
    if setup.mode == SyncMode.ENRICH:
        return unread(work.audience.pk, ONLY_FIELDS, now=work.clock())
    found = read_back(hold=work.hold, line=line, setup=setup, clock=work.clock)
    if setup.mode != SyncMode.MIRROR or not found.foreign:
        return found
    if not remove_strangers(work, line, setup):
        return found
    return read_back(hold=work.hold, line=line, setup=setup, clock=work.clock)


def _close(run: SyncRun, sentence: str, now: datetime) -> None:
    SyncRun.objects.filter(pk=run.pk, state=SyncState.RUNNING).update(
        state=SyncState.FAILED, sentence=sentence, finished_at=now
    )
    run.refresh_from_db()
