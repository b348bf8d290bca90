"""The face of the catalogue: what integrations and every way out of the house may use.

Facts about segments are for everyone. People leave only through `people`, which looks up rights,
erasure, suppression and consent; nothing else may turn a membership version into people. What is
known of one customer, and why it is in a segment or not, leaves only through `explain`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from pyroaring import BitMap

from catalogue.definitions.describe import Labels
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition
from catalogue.membership import explaining
from catalogue.membership.explaining import Explained
from catalogue.membership.versions import members_of, version_as_of
from catalogue.models import Customer, MembershipVersion, Segment, Status
from catalogue.permissions import Actor, check_can_see_people, segments_with_people_for
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerExplained:
    """Why a customer is in segments or not, as of `now`, on the data loaded up to `data_as_of`.

    `asked_id`: as asked for. `customer_id`: who is explained, after all merges; None when there is
    no such live customer. `sentence` says which of these it is (unknown, deleted, merged), and is
    empty for a plain live customer. `segments`: by key, the explanation, or why the segment cannot
    be judged; empty without a customer."""

    asked_id: str
    customer_id: str | None
    sentence: str
    segments: Mapping[str, Explained | DefinitionError]
    now: datetime
    data_as_of: datetime | None = None


UNKNOWN = (
    "There is no customer “{id}”. Write the id exactly as it was loaded, with its capital letters"
    " and zeros in front."
)
DELETED = "The customer “{id}” was deleted on {on:%Y-%m-%d}, so it is in no segment."
MERGED = (
    "“{id}” was merged into “{into}”, so this is about “{into}”: its own traits, and the events of"
    " both."
)
MERGED_AND_DELETED = (
    "“{id}” was merged into “{into}”, which is deleted, so neither is in a segment any more."
)


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


def people(version: PublishedVersion, *, purpose: Purpose, viewer: Actor) -> Audience:
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


def explain(
    key: str,
    customer_id: str,
    *,
    viewer: Actor,
    now: datetime,
    definition: Definition | None = None,
    labels: Labels | None = None,
) -> CustomerExplained:
    """Why a customer is in the segment `key` or not, judged anew at `now`; with `definition`, in
    what the segment would be with it. An archived segment has no explanation.

    Raises Segment.DoesNotExist for a key that the viewer knows of no segment, PermissionDenied when
    the viewer may not see its people, DefinitionError when it cannot be judged, NoDataYet before
    the first load, ScanFailed when the stored data cannot be read."""
    segment = Segment.objects.visible_to(viewer).select_related("team").get(key=key)
    check_can_see_people(viewer, segment)
    proposed = None if definition is None else {key: definition}
    found = _explained([key], customer_id, now=now, proposed=proposed, labels=labels)
    outcome = found.segments.get(key)
    if isinstance(outcome, DefinitionError):
        raise outcome
    return found


def explain_each(
    customer_id: str,
    *,
    viewer: Actor,
    now: datetime,
    keys: Collection[str] | None = None,
    labels: Labels | None = None,
) -> CustomerExplained:
    """The same for several segments at once (None: for all that are not archived), left to those
    whose people the viewer may see. Raises NoDataYet and ScanFailed."""
    allowed = segments_with_people_for(viewer).exclude(status=Status.ARCHIVED).order_by("key")
    some = allowed if keys is None else allowed.filter(key__in=keys)
    wanted = list(some.values_list("key", flat=True))
    return _explained(wanted, customer_id, now=now, proposed=None, labels=labels)


def _explained(
    keys: Sequence[str],
    customer_id: str,
    *,
    now: datetime,
    proposed: Mapping[str, Definition] | None,
    labels: Labels | None,
) -> CustomerExplained:
    asked = Customer.objects.filter(external_id=customer_id).first()
    if asked is None or asked.deleted_at is not None:
        sentence = (UNKNOWN if asked is None else DELETED).format(
            id=customer_id, on=asked and asked.deleted_at
        )
        return CustomerExplained(
            asked_id=customer_id, customer_id=None, sentence=sentence, segments={}, now=now
        )
    found = explaining.explain(
        keys=keys, ordinal=asked.ordinal, now=now, proposed=proposed, labels=labels
    )
    survivor = _survivor(asked)
    return CustomerExplained(
        asked_id=customer_id,
        customer_id=None if found.ordinal is None else survivor.external_id,
        sentence=_merged(asked, survivor, is_live=found.ordinal is not None),
        segments=found.segments,
        now=now,
        data_as_of=found.data_as_of,
    )


def _merged(asked: Customer, survivor: Customer, *, is_live: bool) -> str:
    if survivor == asked:
        return ""
    message = MERGED if is_live else MERGED_AND_DELETED
    return message.format(id=asked.external_id, into=survivor.external_id)


def _survivor(customer: Customer) -> Customer:
    while customer.merged_into is not None:
        customer = customer.merged_into
    return customer


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
