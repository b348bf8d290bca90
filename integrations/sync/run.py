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
from integrations.errors import IntegrationError
from integrations.models import Audience, DriftReport, LeaseLost, SyncRun, SyncState
from integrations.sync.brake import brake_sentence
from integrations.sync.destinations import open_destination, template_of
from integrations.sync.eligibility import audience_of
from integrations.sync.ending import finish
from integrations.sync.ledger import Hold
from integrations.sync.plan import Plan
from integrations.sync.read_back import read_back
from integrations.sync.work import Asked, Clock, Work, attempt, make_plan, removed_for_good


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
    plan: Plan
    brake: str | None


def preview(*, audience_id: int, clock: Clock) -> Preview:
    """The plan and the brake, without asking the tool and without writing anything."""
    audience = _audience(audience_id)
    version = _version_to_send(audience)
    people = audience_of(version)
    steps = make_plan(audience, people, template_of(audience.destination), now=clock())
    approved = audience.is_approved(version.membership_version)
    brake = brake_sentence(
        acknowledged=audience.acknowledged_count,
        target=len(people.ordinals),
        to_remove=removed_for_good(steps, people.ordinals),
    )
    return Preview(version=version, plan=steps, brake=None if approved else brake)


def sync_audience(*, audience_id: int, clock: Clock, asked: Asked) -> Finished:
    """Bring one list in step with its segment's newest membership version.

    Raises NotNow if it could not be begun: not live, not refreshed, switched off, told to wait, or
    in the hands of another worker. Whatever a tool does after that is in the returned run.
    """
    audience = _audience(audience_id)
    _check_may_begin(audience, clock())
    version = _version_to_send(audience)
    hold = take_lease(audience_id)
    run = _begin(hold, audience, version, clock(), asked)
    try:
        return _carry_out(_work(hold, run, version, clock, asked))
    except LeaseLost as lost:
        # What this process knows is out of date: it says so and writes nothing else.
        _close(run, str(lost), clock())
        return Finished(run=run)
    except Exception as fault:
        _close(run, f"A fault of ours, {type(fault).__name__}; see the log.", clock())
        raise
    finally:
        Audience.objects.release(audience_id, fence=hold.fence)


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
        template = template_of(audience.destination)
        return read_back(hold=hold, connector=connector, ref=ref, template=template, clock=clock)
    finally:
        Audience.objects.release(audience_id, fence=hold.fence)


def take_lease(audience_id: int) -> Hold:
    """The right to write to an audience; NotNow while another worker has it."""
    seconds = float(settings.SYNC_LEASE_SECONDS)
    fence = Audience.objects.take(audience_id, seconds=seconds)
    if fence is None:
        raise NotNow(
            "Another worker is at this list now. If it died, the list is free again within "
            f"{seconds:.0f} seconds."
        )
    return Hold(audience_id=audience_id, fence=fence, seconds=seconds)


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
    if audience.not_before is not None and audience.must_wait(now):
        until = f"{audience.not_before:%Y-%m-%d %H:%M:%S} UTC"
        raise NotNow(f"{destination.key} asked for no requests before {until}.")


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
) -> Work:
    # Read again: what was read before the lease was taken may be out of date.
    audience = _audience(hold.audience_id)
    return Work(
        hold=hold,
        run=run,
        audience=audience,
        version=version,
        template=template_of(audience.destination),
        clock=clock,
        asked=asked,
    )


def _carry_out(work: Work) -> Finished:
    attempted = attempt(work)
    finish(work, attempted)
    crashpoint("sync.finished")
    work.run.refresh_from_db()
    if attempted.line is None:
        return Finished(run=work.run)
    try:
        drift = read_back(
            hold=work.hold,
            connector=attempted.line.connector,
            ref=attempted.line.ref,
            template=work.template,
            clock=work.clock,
        )
    except IntegrationError as fault:
        said = f"{work.run.sentence} The list could not be read back: {fault.sentence}".strip()
        SyncRun.objects.filter(pk=work.run.pk).update(sentence=said)
        work.run.sentence = said
        return Finished(run=work.run)
    return Finished(run=work.run, drift=drift)


def _close(run: SyncRun, sentence: str, now: datetime) -> None:
    SyncRun.objects.filter(pk=run.pk, state=SyncState.RUNNING).update(
        state=SyncState.FAILED, sentence=sentence, finished_at=now
    )
    run.refresh_from_db()
