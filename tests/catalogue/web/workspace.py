"""Segments for pages to show, written as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from catalogue.definitions.canonical import canonical_json, definition_hash
from catalogue.definitions.nodes import Definition, Operator, Term, Trait
from catalogue.models import (
    Customer,
    DefinitionVersion,
    MembershipVersion,
    Photo,
    RefreshRun,
    RunState,
    Segment,
    Status,
    Team,
    User,
)

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
PAYING = Definition(
    where=Trait(term=Term(path=("plan",), operator=Operator.IN, operand=("starter", "pro")))
)


def make_segment(
    key: str, *, sizes: Sequence[int] = (), definition: Definition = PAYING, **fields: Any
) -> Segment:
    """A segment with one membership version a week, the last one at NOW, of these sizes."""
    team, _ = Team.objects.get_or_create(slug="growth", defaults={"name": "Growth"})
    segment = Segment.objects.create(
        key=key, **{"name": key.capitalize(), "team": team, "status": Status.LIVE, **fields}
    )
    segment.definition = add_definition(segment, definition, number=1)
    for number, size in enumerate(sizes, start=1):
        at = NOW - timedelta(weeks=len(sizes) - number)
        segment.membership = add_membership(segment, number=number, size=size, now=at)
        segment.refreshed_at = at
    segment.save()
    return segment


def add_definition(
    segment: Segment, definition: Definition, *, number: int, **fields: Any
) -> DefinitionVersion:
    """Version d`number` of the segment."""
    return DefinitionVersion.objects.create(
        segment=segment,
        number=number,
        canonical=canonical_json(definition),
        definition_hash=definition_hash(definition),
        **fields,
    )


def add_membership(
    segment: Segment, *, number: int, size: int, now: datetime, **fields: Any
) -> MembershipVersion:
    """Version m`number`, without anybody's ordinals: pages never read those."""
    before = segment.membership.size if segment.membership else 0
    return MembershipVersion.objects.create(
        segment=segment,
        number=number,
        definition=fields.pop("definition", segment.definition),
        run=RefreshRun.objects.create(now=now, state=RunState.SUCCEEDED),
        photo=Photo.objects.create(customers=b"", accounts=b""),
        now=now,
        size=size,
        entered_count=max(size - before, 0),
        left_count=max(before - size, 0),
        entered=b"",
        left=b"",
        key_frame=b"",
        sha256="0" * 64,
        published_at=now,
        **fields,
    )


def add_customers(count: int) -> None:
    """`count` live customers."""
    Customer.objects.bulk_create(
        Customer(ordinal=ordinal, external_id=f"c{ordinal}") for ordinal in range(count)
    )


def make_user(username: str = "mia", **fields: Any) -> User:
    """Somebody who may sign in with the password `correct horse`."""
    return User.objects.create_user(username, password="correct horse", **fields)
