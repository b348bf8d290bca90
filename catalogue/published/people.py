"""THE exit: the one place where a membership version becomes people, or accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone
from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.membership.versions import members_of
from catalogue.permissions import Actor, check_can_see_people
from catalogue.privacy.withholding import Withheld, withheld_among
from catalogue.privacy.withholding import privacy_state as state_for
from catalogue.published.versions import PublishedVersion, version_rows
from catalogue.warehouse import current, ordinals, photos


class NotPeople(Exception):
    """Accounts were wanted where only people can go; the message is for people."""

    def __init__(self, version: PublishedVersion) -> None:
        super().__init__(
            f"“{version.name}” holds accounts, and tools take people: it cannot be synced. Sync a"
            " segment of customers that asks for the account."
        )


class Purpose(StrEnum):
    """By which way people leave. What they are used for then is said by `consent`."""

    SYNC = "sync"
    EXPORT = "export"
    PAGE = "page"
    COMMAND = "command"
    API = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligible:
    """How many of all members may be used: `members`, of whom `deleted`, `suppressed` and
    `without_consent` are left out, each person once and in this order; `left` may be used."""

    members: int
    deleted: int
    suppressed: int
    without_consent: int

    @property
    def left(self) -> int:
        """How many may be used."""
        return self.members - self.deleted - self.suppressed - self.without_consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The people (or accounts, as the version's subject says) of one version that may be used, by
    one way and for the purpose `consent` ("": not known). `ordinals` are theirs; `withheld` counts
    members who are left out, `eligible` says why."""

    version: PublishedVersion
    purpose: Purpose
    ordinals: BitMap
    eligible: Eligible
    consent: str = ""

    @property
    def withheld(self) -> int:
        """How many members are left out."""
        return self.eligible.members - self.eligible.left

    def ids(self, some: BitMap | None = None) -> Iterator[tuple[int, str]]:
        """(ordinal, id of the customer or account) in the order of ordinals; of `some` of them if
        given. Ordinals outside the audience are left out."""
        wanted = self.ordinals if some is None else self.ordinals & some
        return ordinals.ids_of(wanted, self.version.subject)

    def traits(
        self, names: Sequence[str], *, now: datetime, some: BitMap | None = None
    ) -> dict[int, dict[str, object]]:
        """The values that traits have at `now`, {ordinal: {trait: value}}; what is missing is
        absent. For mapping people to what a tool knows them by."""
        wanted = self.ordinals if some is None else self.ordinals & some
        return values_of(self.version, wanted, names, now=now)


def values_of(
    version: PublishedVersion, some: BitMap, names: Sequence[str], *, now: datetime
) -> dict[int, dict[str, object]]:
    """The values that traits of some customers, or accounts, of the version have at `now`. For
    those who may see them: whoever asks has looked that up."""
    photo = photos.newest_photo()
    if photo is None or not some:
        return {}
    tables = photos.open_photo(photo)
    return current.values(tables, some, names, now=now, subject=version.subject)


def people(
    version: PublishedVersion,
    *,
    purpose: Purpose,
    viewer: Actor,
    consent: str = "",
    now: datetime | None = None,
) -> Audience:
    """THE exit: those of a version who may leave by `purpose`. `viewer` None is the system.
    `consent` is what the receiver uses them for (marketing, sales, …): who has not consented to it
    where that is needed, has said no to it, or is suppressed for it is left out; "" asks for
    nobody's consent. All is looked up in the caller's transaction, as of `now` (the clock's).

    Raises PermissionDenied when the viewer may not see people, DamagedVersion when what is stored
    of the version is not what was published, NotPeople when accounts would be sent to a tool."""
    row = version_rows().get(segment__key=version.key, number=version.membership_version)
    check_can_see_people(viewer, row.segment)
    if purpose == Purpose.SYNC and version.subject != "customer":
        raise NotPeople(version)
    members = members_of(row)
    found = withholding(members, version.subject, consent=consent, now=now)
    return Audience(
        version=version,
        purpose=purpose,
        ordinals=members - found.everybody,
        eligible=Eligible(
            members=len(members),
            deleted=len(found.deleted),
            suppressed=len(found.suppressed),
            without_consent=len(found.without_consent),
        ),
        consent=consent,
    )


def already_sent(some: BitMap) -> Iterator[tuple[int, str]]:
    """(ordinal, customer id) of people whom a tool holds already, to take them off its list or to
    recognise them there; also of the deleted, who must go. Never a way to send anybody."""
    return ordinals.ids_of(some)


def withheld_of(
    members: BitMap,
    purpose: Purpose,
    subject: Subject = "customer",
    *,
    consent: str = "",
    now: datetime | None = None,
) -> BitMap:
    """Members who must not leave, whatever the way: the deleted, the suppressed, and, where it is
    said what they would be used for, those who have not consented to that."""
    return withholding(members, subject, consent=consent, now=now).everybody


def withholding(
    members: BitMap, subject: Subject, *, consent: str = "", now: datetime | None = None
) -> Withheld:
    """The same by reason. Asked here and nowhere else."""
    return withheld_among(members, subject=subject, consent=consent, now=now or timezone.now())


def privacy_state(consent: str = "", *, now: datetime | None = None) -> str:
    """A short text that is another one whenever other people than before may be used for the
    purpose: somebody was suppressed, lifted, deleted, merged or erased, said a word of consent, or
    a consent has ended. One query, read in the caller's transaction; whoever keeps a list compares
    it with the one that the list was made under."""
    return state_for(consent, now or timezone.now())
