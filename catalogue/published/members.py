"""Members a page at a time, one by one, and the segments that somebody is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.db.models import Count, Max
from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.membership.entering import entered_at, last_entered, newest_holding
from catalogue.membership.versions import members_of
from catalogue.models import Customer, MembershipVersion
from catalogue.permissions import (
    Actor,
    check_can_check_members,
    check_can_see_any_people,
    segments_with_people_for,
)
from catalogue.published.checksums import checksum_without
from catalogue.published.merges import survivor_of, survivors_among
from catalogue.published.people import Purpose, people, privacy_state, withheld_of
from catalogue.published.telling import to_tell
from catalogue.published.versions import PublishedVersion, published_version, version_rows
from catalogue.segments.subjects import holding
from catalogue.warehouse import ordinals, photos
from catalogue.warehouse.ordinals import SUBJECTS

Standing = Literal["in", "out", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """`since`: when they last entered. `traits`: those asked for; what is missing is absent."""

    id: str
    since: datetime | None
    traits: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersPage:
    """Some members of one version. `count` and `checksum` are of all its members who may be served
    now; `last` is the place of the last one on the page, None when there are no more; `told` names
    those members who were withheld, for the feed of changes to begin with."""

    members: tuple[Member, ...]
    count: int
    checksum: str
    last: int | None
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """A segment that somebody is in, by its newest version."""

    key: str
    name: str
    since: datetime | None
    version: PublishedVersion


def members_page(
    version: PublishedVersion,
    *,
    viewer: Actor,
    after: int = -1,
    size: int,
    traits: Sequence[str] = (),
    now: datetime,
) -> MembersPage:
    """The next `size` members after the place `after`, in an order that never changes, with the
    values that `traits` have at `now`. Raises PermissionDenied and DamagedVersion."""
    audience = people(version, purpose=Purpose.API, viewer=viewer)
    start = audience.ordinals.rank(after) if after >= 0 else 0
    chosen = BitMap(audience.ordinals[start : start + size])
    row = version_rows().get(segment__key=version.key, number=version.membership_version)
    telling = to_tell(members_of(row), version.subject)
    since = entered_at(row.segment_id, row.number, chosen)
    values = audience.traits(traits, now=now, some=chosen) if traits else {}
    return MembersPage(
        members=tuple(
            Member(id=name, since=since.get(ordinal), traits=values.get(ordinal, {}))
            for ordinal, name in audience.ids(chosen)
        ),
        count=len(audience.ordinals),
        checksum=checksum_without(row, telling.withheld),
        last=max(chosen) if start + size < len(audience.ordinals) else None,
        told=telling.digest,
    )


def members_state(version: PublishedVersion) -> str:
    """A text that is another one when a page of the version may be: cheap, as no member is read."""
    deleted = SUBJECTS[version.subject].objects.filter(deleted_at__isnull=False)
    state = deleted.aggregate(count=Count("pk"), last=Max("deleted_at"))
    deletions = f"{state['count']}:{state['last']}"
    return f"{version.sha256}:{version.membership_version}:{deletions}:{privacy_state()}"


def data_state() -> str:
    """A text that is another one when the values of traits may be."""
    photo = photos.newest_photo()
    return str(photo.pk if photo else "")


def check(version: PublishedVersion, ids: Sequence[str], *, viewer: Actor) -> dict[str, Standing]:
    """Whether each customer (or account, where the version holds those) is in a version: `in`,
    `out`, or `unknown` when there is no such one (any more). Somebody merged into another stands
    where that one does. Raises PermissionDenied and DamagedVersion."""
    row = version_rows().get(segment__key=version.key, number=version.membership_version)
    check_can_check_members(viewer, row.segment)
    members = members_of(row)
    members -= withheld_of(members, Purpose.API, version.subject)
    known = ordinals.look_up(list(dict.fromkeys(ids)), version.subject)
    asked = BitMap([one.ordinal for one in known.values()])
    survivors = survivors_among(asked) if version.subject == "customer" else {}
    return {one: _standing(known.get(one), survivors, members) for one in ids}


def segments_of(
    asked_id: str, *, viewer: Actor, subject: Subject = "customer", purpose: Purpose = Purpose.API
) -> list[Belonging] | None:
    """The segments that a customer, or account, is in now, of those whose people the viewer may
    see, by key; none of somebody suppressed, but for a page that says so. None when there is no
    such one (any more). Raises PermissionDenied and DamagedVersion."""
    check_can_see_any_people(viewer)
    asked = SUBJECTS[subject].objects.filter(external_id=asked_id).first()
    # Accounts are never merged.
    who = survivor_of(asked) if isinstance(asked, Customer) else asked
    if who is None or who.deleted_at is not None:
        return None
    if purpose is not Purpose.PAGE and withheld_of(BitMap([who.ordinal]), purpose, subject):
        return []
    allowed = holding(subject, segments_with_people_for(viewer)).values_list("pk", flat=True)
    rows = newest_holding(list(allowed), who.ordinal)
    since = last_entered(rows, who.ordinal)
    found = (_belonging(row, since.get(row.segment_id)) for row in rows)
    return sorted(found, key=lambda one: one.key)


def _belonging(row: MembershipVersion, since: datetime | None) -> Belonging:
    version = published_version(row)
    assert version is not None  # noqa: S101 (a row was given)
    return Belonging(key=row.segment.key, name=row.segment.name, since=since, version=version)


def _standing(
    known: ordinals.Known | None, survivors: Mapping[int, int], members: BitMap
) -> Standing:
    if known is None or known.deleted_at is not None:
        return "unknown"
    return "in" if survivors.get(known.ordinal, known.ordinal) in members else "out"
