"""Rows that membership tests stand on: a segment, a photo, and versions published by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from pyroaring import BitMap

from catalogue.membership.publication import Judgement, Pinned, Step, prepare, write
from catalogue.membership.published_before import befores
from catalogue.models import (
    DefinitionVersion,
    MembershipVersion,
    Photo,
    RefreshRun,
    Segment,
    Team,
)

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_segment(key: str = "payers") -> Segment:
    """A draft with definition d1."""
    team, _ = Team.objects.get_or_create(slug="growth", defaults={"name": "Growth"})
    segment = Segment.objects.create(key=key, name=key.title(), team=team)
    return define(segment)


def define(segment: Segment) -> Segment:
    """Give the segment its next definition version."""
    number = segment.definitions.count() + 1
    segment.definition = DefinitionVersion.objects.create(
        segment=segment,
        number=number,
        canonical='{"everyone":true}',
        definition_hash=f"{number:064x}",
    )
    segment.save()
    return segment


def publish(
    segment: Segment, members: set[int], *, day: int, crowd: set[int] | None = None
) -> Step:
    """Publish `members` as of START + `day` days, as a refresh would."""
    photo = Photo.objects.first() or Photo.objects.create(customers=b"", accounts=b"")
    now = START + timedelta(days=day)
    run = RefreshRun.objects.create(state="running", now=now, photo=photo)
    segment.refresh_from_db()
    assert segment.definition is not None
    judgement = Judgement(
        segment=segment,
        definition=segment.definition,
        members=BitMap(members),
        milliseconds=1.0,
    )
    crowds = {} if crowd is None else {"active_share_28d": BitMap(crowd)}
    pinned = Pinned(run=run, photo=photo, now=now)
    ((_, before),) = befores([segment], now)
    step = prepare(judgement, pinned, before, crowds)
    with transaction.atomic():
        assert write([step], pinned)
    segment.refresh_from_db()
    return step


def version(segment: Segment, number: int) -> MembershipVersion:
    """Version `number`, freshly read."""
    return MembershipVersion.objects.select_related("segment").get(segment=segment, number=number)


def without_triggers(statement: str, parameters: list[object]) -> None:
    """Change a version behind the product's back, as a damaged disk would."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER catalogue_membershipversion_immutable")
        cursor.execute(statement, parameters)
