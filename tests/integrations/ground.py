"""Customers, live segments and membership versions made in a few rows, for tests of syncs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pyroaring import BitMap

from catalogue.membership import bitmaps
from catalogue.models import (
    Account,
    Customer,
    DefinitionVersion,
    MembershipVersion,
    Photo,
    RefreshRun,
    Segment,
    Status,
    Team,
)
from integrations.models import Audience, Destination
from integrations.sync.destinations import save_destination
from integrations.sync.run import Finished, sync_audience
from integrations.sync.wanted import wanted_audiences
from integrations.sync.work import Asked

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
EVERYONE = 2_000


@dataclass(slots=True)
class Clock:
    """A clock that tests move."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


def make_customers(ids: Sequence[str]) -> None:
    """Customers with ordinals 0, 1, 2, … in the order of `ids`."""
    Customer.objects.bulk_create(
        [Customer(ordinal=ordinal, external_id=name) for ordinal, name in enumerate(ids)]
    )


def live_segment(
    key: str,
    *,
    to: str,
    called: str = "",
    status: str = Status.LIVE,
    subject: str = "customer",
) -> Segment:
    """A segment that wants to be at the destination `to`."""
    team, _ = Team.objects.get_or_create(slug="marketing", name="Marketing")
    segment = Segment.objects.create(
        key=key, name=key, status=status, team=team, sync_wanted=[{"to": to, "as": called}]
    )
    definition = DefinitionVersion.objects.create(
        segment=segment,
        number=1,
        subject=subject,
        canonical='{"where":"everyone"}',
        definition_hash="d" * 64,
    )
    segment.definition = definition
    segment.save()
    return segment


def publish(segment: Segment, ids: Iterable[str]) -> MembershipVersion:
    """The segment's next membership version, holding exactly the customers (or accounts, where the
    segment holds those) with these ids."""
    wanted, subject = set(ids), segment.definition.subject if segment.definition else "customer"
    rows = Account.objects if subject == "account" else Customer.objects
    found = rows.values_list("external_id", "ordinal")
    ordinals = BitMap(ordinal for name, ordinal in found if name in wanted)
    assert len(ordinals) == len(wanted), "a test publishes customers who do not exist"
    before = segment.memberships.order_by("-number").first()
    number = before.number + 1 if before else 1
    there = bitmaps.load(before.key_frame) if before else BitMap()
    entered, left = ordinals - there, there - ordinals
    stored = bitmaps.dump(ordinals)
    version = MembershipVersion.objects.create(
        segment=segment,
        number=number,
        subject=subject,
        definition=segment.definition,
        run=RefreshRun.objects.create(),
        photo=Photo.objects.order_by("-pk").first()
        or Photo.objects.create(customers=stored, accounts=bitmaps.dump(BitMap())),
        now=NOON + timedelta(hours=number),
        size=len(ordinals),
        entered_count=len(entered),
        left_count=len(left),
        entered=bitmaps.dump(entered),
        left=bitmaps.dump(left),
        key_frame=stored,
        sha256=bitmaps.digest(stored),
        published_at=NOON,
    )
    Segment.objects.filter(pk=segment.pk).update(membership=version)
    return version


def destination(key: str, connector: str, options: Mapping[str, Any]) -> Destination:
    """A configured tool."""
    texts = {name: str(value) for name, value in options.items()}
    return save_destination(key=key, connector=connector, options=texts)


def audience_of(key: str) -> Audience:
    """The one list of a segment, made if it is new."""
    (audience,) = wanted_audiences(keys=[key]).audiences
    return audience


def sync(key: str, *, clock: Clock | None = None, **asked: Any) -> Finished:
    """Sync the one list of a segment."""
    return sync_audience(
        audience_id=audience_of(key).pk,
        clock=clock or Clock(),
        asked=Asked(actor="test", **asked),
    )


def acknowledged(key: str) -> set[str]:
    """The ids of the customers whom the tool has confirmed."""
    ordinals = Audience.objects.get(segment_key=key).acknowledged_members()
    rows = Customer.objects.filter(ordinal__in=list(ordinals))
    return set(rows.values_list("external_id", flat=True))
