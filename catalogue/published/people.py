"""THE exit: the one place where a membership version becomes people, or accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.membership.versions import members_of
from catalogue.permissions import Actor, check_can_see_people
from catalogue.published.versions import PublishedVersion, version_rows
from catalogue.warehouse import current, ordinals, photos
from catalogue.warehouse.ordinals import SUBJECTS


class NotPeople(Exception):
    """Accounts were wanted where only people can go; the message is for people."""

    def __init__(self, version: PublishedVersion) -> None:
        super().__init__(
            f"“{version.name}” holds accounts, and tools take people: it cannot be synced. Sync a"
            " segment of customers that asks for the account."
        )


class Purpose(StrEnum):
    """What people are wanted for; consent will be looked up by it."""

    SYNC = "sync"
    EXPORT = "export"
    PAGE = "page"
    COMMAND = "command"
    API = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The people (or accounts, as the version's subject says) of one version that may be used for
    one purpose. `ordinals` are theirs; `withheld` counts members who are left out: erased,
    suppressed or without consent."""

    version: PublishedVersion
    purpose: Purpose
    ordinals: BitMap
    withheld: int

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
    """THE exit: those of a version who may be used for `purpose`. `viewer` None is the system.

    Raises PermissionDenied when the viewer may not see people, DamagedVersion when what is stored
    of the version is not what was published, NotPeople when accounts would be sent to a tool."""
    row = version_rows().get(segment__key=version.key, number=version.membership_version)
    check_can_see_people(viewer, row.segment)
    if purpose == Purpose.SYNC and version.subject != "customer":
        raise NotPeople(version)
    members = members_of(row)
    allowed = members - withheld_of(members, purpose, version.subject)
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


def withheld_of(
    members: BitMap,
    purpose: Purpose,
    subject: Subject = "customer",
    *,
    consent: str = "",
    now: datetime | None = None,
) -> BitMap:
    """Members who must not leave. Today these are the deleted; suppression and consent, which
    depend on the purpose, are to be looked up here and nowhere else."""
    deleted = SUBJECTS[subject].objects.filter(deleted_at__isnull=False)
    return members & BitMap(deleted.values_list("ordinal", flat=True))


def privacy_state(consent: str = "", *, now: datetime | None = None) -> str:
    """A text that changes whenever who may be used may have changed."""
    return ""
