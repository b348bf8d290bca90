"""The face of the catalogue: what integrations and every way out of the house may use.

Facts about segments are for everyone. People leave only through `people`, which looks up rights,
erasure, suppression and consent; nothing else may turn a membership version into people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from pyroaring import BitMap

from catalogue.membership.versions import members_of, version_as_of
from catalogue.models import Customer, MembershipVersion, Segment, Status, User
from catalogue.permissions import check_can_see_people
from catalogue.warehouse import current, ordinals, photos


class Purpose(StrEnum):
    """What people are wanted for; consent will be looked up by it."""

    SYNC = "sync"
    EXPORT = "export"
    PAGE = "page"
    COMMAND = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedVersion:
    """One membership version and what it stands for. `now` is the instant it describes; `sha256`
    is of its members; `broken` says why the segment is not refreshed any more, else it is empty."""

    key: str
    name: str
    status: str
    subject: str
    membership_version: int
    definition_version: int
    definition_hash: str
    size: int
    now: datetime
    sha256: str
    broken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSync:
    """One line of a segment's `sync`: the destination's name, and what its audience is called
    there (empty: the destination's own choice)."""

    to: str
    called: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentCard:
    """A live segment that wants to be somewhere. `newest` is None before its first refresh."""

    key: str
    name: str
    team: str
    owner_email: str
    wanted: tuple[WantedSync, ...]
    newest: PublishedVersion | None
    broken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The people of one version that may be used for one purpose. `ordinals` are theirs;
    `withheld` counts members who are left out: erased, suppressed or without consent."""

    version: PublishedVersion
    purpose: Purpose
    ordinals: BitMap
    withheld: int

    def ids(self, some: BitMap | None = None) -> Iterator[tuple[int, str]]:
        """(ordinal, customer id) in the order of ordinals; of `some` of them if given. Ordinals
        outside the audience are left out."""
        wanted = self.ordinals if some is None else self.ordinals & some
        return ordinals.ids_of(wanted)

    def traits(
        self, names: Sequence[str], *, now: datetime, some: BitMap | None = None
    ) -> dict[int, dict[str, object]]:
        """The values that traits have at `now`, {ordinal: {trait: value}}; what is missing is
        absent. For mapping people to what a tool knows them by."""
        wanted = self.ordinals if some is None else self.ordinals & some
        photo = photos.newest_photo()
        if photo is None or not wanted:
            return {}
        return current.values(photos.open_photo(photo), wanted, names, now=now)


def newest(key: str) -> PublishedVersion | None:
    """The newest membership version of a segment; None before its first refresh, and for a key
    that no segment has."""
    return _published(_rows().filter(segment__key=key).order_by("-number").first())


def version(key: str, number: int) -> PublishedVersion | None:
    """Membership version `number` of a segment."""
    return _published(_rows().filter(segment__key=key, number=number).first())


def as_of(key: str, instant: datetime) -> PublishedVersion | None:
    """The version that describes `instant`: the greatest `now` at or before it."""
    segment = Segment.objects.filter(key=key).first()
    found = None if segment is None else version_as_of(segment, instant)
    return None if found is None else version(key, found.number)


def live_wanting_sync() -> list[SegmentCard]:
    """Every live segment that names a destination, by key."""
    segments = Segment.objects.filter(status=Status.LIVE).select_related("team").order_by("key")
    return [_card(segment) for segment in segments if segment.sync_wanted]


def card(key: str) -> SegmentCard | None:
    """One segment's card, of whatever status; None for a key that no segment has."""
    segment = Segment.objects.select_related("team").filter(key=key).first()
    return None if segment is None else _card(segment)


def people(version: PublishedVersion, *, purpose: Purpose, viewer: User | None) -> Audience:
    """THE exit: those of a version who may be used for `purpose`. `viewer` None is the system.

    Raises PermissionDenied when the viewer may not see people, DamagedVersion when what is stored
    of the version is not what was published."""
    row = _rows().get(segment__key=version.key, number=version.membership_version)
    check_can_see_people(viewer, row.segment)
    members = members_of(row)
    allowed = members - _withheld(members, purpose)
    return Audience(
        version=version,
        purpose=purpose,
        ordinals=allowed,
        withheld=len(members) - len(allowed),
    )


def already_sent(some: BitMap) -> Iterator[tuple[int, str]]:
    """(ordinal, customer id) of people whom a tool holds already, to take them off its list or to
    recognise them there; also of the deleted, who must go. Never a way to send anybody."""
    return ordinals.ids_of(some)


def _withheld(members: BitMap, purpose: Purpose) -> BitMap:
    """Members who must not leave. Today these are the deleted; suppression and consent, which
    depend on the purpose, are to be looked up here and nowhere else."""
    deleted = Customer.objects.filter(deleted_at__isnull=False)
    return members & BitMap(deleted.values_list("ordinal", flat=True))


def _rows() -> QuerySet[MembershipVersion]:
    heavy = ("entered", "left", "key_frame")
    return MembershipVersion.objects.select_related("segment", "definition").defer(*heavy)


def _published(row: MembershipVersion | None) -> PublishedVersion | None:
    if row is None:
        return None
    return PublishedVersion(
        key=row.segment.key,
        name=row.segment.name,
        status=row.segment.status,
        subject=row.subject,
        membership_version=row.number,
        definition_version=row.definition.number,
        definition_hash=row.definition.definition_hash,
        size=row.size,
        now=row.now,
        sha256=row.sha256,
        broken=row.segment.broken_reason,
    )


def _card(segment: Segment) -> SegmentCard:
    return SegmentCard(
        key=segment.key,
        name=segment.name,
        team=segment.team.slug,
        owner_email=segment.owner_email,
        wanted=tuple(
            WantedSync(to=line["to"], called=line.get("as") or "") for line in segment.sync_wanted
        ),
        newest=newest(segment.key),
        broken=segment.broken_reason,
    )
