"""Which lists there should be: live segments name destinations, each pair is an audience."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from catalogue import published
from integrations import registry
from integrations.manifest import ReadBackKind
from integrations.models import Audience, Destination, DriftReport, Rejection, Side
from integrations.sync.newest import newest_of
from integrations.sync.setup import setup_of
from integrations.sync.targets import state_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The lists that live segments ask for, and a sentence for each wish that cannot be met."""

    audiences: tuple[Audience, ...]
    faults: tuple[str, ...]


def wanted_audiences(*, keys: Collection[str] = (), destination: str = "") -> Wanted:
    """The audiences of live segments, made where they are new. `keys` and `destination` narrow."""
    audiences: list[Audience] = []
    faults: list[str] = []
    destinations = {each.key: each for each in Destination.objects.all()}
    for card in published.live_wanting_sync():
        if keys and card.key not in keys:
            continue
        for wish in card.wanted:
            if destination and wish.to != destination:
                continue
            try:
                audiences.append(_audience(card, wish, destinations))
            except LookupError as fault:
                faults.append(str(fault.args[0]))
    return Wanted(audiences=tuple(audiences), faults=tuple(faults))


def _audience(
    card: published.SegmentCard, wish: published.WantedSync, destinations: dict[str, Destination]
) -> Audience:
    to, name = wish.to, wish.called or card.key
    if card.subject != "customer":
        raise LookupError(
            f"The segment {card.key} is to be synced to {to!r}, but it holds accounts, and tools"
            " take people. Take it out of “sync”, or sync a segment of customers."
        )
    if to not in destinations:
        known = ", ".join(sorted(destinations)) or "none yet"
        raise LookupError(
            f"The segment {card.key} is to be synced to {to!r}, which is not a destination "
            f"(there are: {known}). Add it with: manage.py destinations add."
        )
    where = {"destination": destinations[to], "segment_key": card.key}
    try:
        with transaction.atomic():
            audience, _ = Audience.objects.select_related("destination").get_or_create(
                **where, defaults={"name": name}
            )
    except IntegrityError as fault:
        raise LookupError(
            f"The segment {card.key} is to be called {name!r} in {to}, and another segment is "
            "called that there already. Give one of them another name (sync: as)."
        ) from fault
    return audience


def due_audiences(*, now: datetime) -> list[int]:
    """Ids of the audiences that a worker should look at now: out of step or in need of repair, and
    neither held up nor being worked on."""
    return [
        audience.pk
        for audience in wanted_audiences().audiences
        if _may_run(audience, now) and _has_work(audience, now)
    ]


def due_measures(*, now: datetime) -> list[int]:
    """Ids of the lists that nothing is to be sent to and that have not been looked at for as long
    as DRIFT_MINUTES says: those are read back. A list that cannot be read is confirmed by a sync
    that has nothing to send (`_has_work`)."""
    audiences = [one for one in wanted_audiences().audiences if one.remote_id]
    looked = newest_of(DriftReport, audiences)
    oldest = now - timedelta(minutes=settings.DRIFT_MINUTES)
    return [
        audience.pk
        for audience in audiences
        if audience.pk in looked
        and looked[audience.pk].verifiable
        and looked[audience.pk].as_of < oldest
        and _may_run(audience, now)
        and not _has_work(audience, now)
    ]


def _may_run(audience: Audience, now: datetime) -> bool:
    paused = audience.retry_at is not None and now < audience.retry_at
    tool = audience.destination
    stopped = audience.stopped_reason or audience.paused_reason or tool.off_reason
    waits = audience.must_wait(now) or tool.waits_until(now) is not None
    held_up = stopped or paused or waits
    leased = Audience.objects.filter(pk=audience.pk).filter(Q(lease_expires_at__gt=Now())).exists()
    return not held_up and not leased


def _has_work(audience: Audience, now: datetime) -> bool:
    version = published.newest(audience.segment_key)
    if version is None:
        return False
    number = version.membership_version
    if audience.braked_at_version == number and not audience.is_approved(number):
        return False
    is_due = audience.repair_due or audience.full_due or audience.version != number
    if is_due or audience.target_state != state_now(audience, version, now=now):
        return True
    if _has_retries(audience, now) or _must_be_confirmed(audience, now):
        return True
    return _names_may_have_moved(audience, now)


def _names_may_have_moved(audience: Audience, now: datetime) -> bool:
    """Whether members may be called by other names now, addresses for example. Asked as often as
    lists are read back: every load of data may be one that changes names."""
    if audience.confirmed_at is None or audience.names_state == published.data_state():
        return False
    if not setup_of(audience.destination).identity.traits:
        return False
    return now - audience.confirmed_at >= timedelta(minutes=settings.DRIFT_MINUTES)


def _has_retries(audience: Audience, now: datetime) -> bool:
    """Whether somebody was refused so long ago that they are to be tried again."""
    days = audience.destination.retry_rejected_days
    if not days:
        return False
    refused = Rejection.objects.filter(audience=audience, side=Side.THEIRS, opted_out=False)
    return refused.filter(at__lte=now - timedelta(days=days)).exists()


def _must_be_confirmed(audience: Audience, now: datetime) -> bool:
    """Whether half of the time has passed in which a list is promised to be confirmed, and it
    cannot be read back."""
    about = registry.manifest(audience.destination.connector)
    if about.read_back is ReadBackKind.FULL or audience.confirmed_at is None:
        return False
    half = timedelta(minutes=audience.destination.promised_minutes / 2)
    return now - audience.confirmed_at > half
