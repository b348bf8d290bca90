"""Membership versions as facts: which there are, and what each stands for. Never a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from catalogue.definitions.nodes import Subject
from catalogue.membership.versions import version_as_of
from catalogue.models import MembershipVersion, Segment
from catalogue.segments.subjects import held_in


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedVersion:
    """One membership version and what it stands for. `subject`: whom it holds, customers or
    accounts. `now` is the instant it describes; `sha256`
    is of its members; `broken` says why the segment is not refreshed any more, else it is empty."""

    key: str
    name: str
    status: str
    subject: Subject
    membership_version: int
    definition_version: int
    definition_hash: str
    size: int
    now: datetime
    sha256: str
    broken: str = ""


def newest(key: str) -> PublishedVersion | None:
    """The newest membership version of a segment; None before its first refresh, and for a key
    that no segment has."""
    return published_version(version_rows().filter(segment__key=key).order_by("-number").first())


def version(key: str, number: int) -> PublishedVersion | None:
    """Membership version `number` of a segment."""
    return published_version(version_rows().filter(segment__key=key, number=number).first())


def as_of(key: str, instant: datetime) -> PublishedVersion | None:
    """The version that describes `instant`: the greatest `now` at or before it."""
    segment = Segment.objects.filter(key=key).first()
    found = None if segment is None else version_as_of(segment, instant)
    return None if found is None else version(key, found.number)


def version_rows() -> QuerySet[MembershipVersion]:
    """Versions with what describes them, and without anybody's ordinals."""
    heavy = ("entered", "left", "key_frame")
    return MembershipVersion.objects.select_related("segment", "definition").defer(*heavy)


def published_version(row: MembershipVersion | None) -> PublishedVersion | None:
    """The facts of a row; None of none."""
    if row is None:
        return None
    return PublishedVersion(
        key=row.segment.key,
        name=row.segment.name,
        status=row.segment.status,
        subject=held_in(row),
        membership_version=row.number,
        definition_version=row.definition.number,
        definition_hash=row.definition.definition_hash,
        size=row.size,
        now=row.now,
        sha256=row.sha256,
        broken=row.segment.broken_reason,
    )
