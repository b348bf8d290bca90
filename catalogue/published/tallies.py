"""What a copy of a membership version must come to, told without telling of anybody."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.membership.versions import members_of
from catalogue.published.checksums import checksum_without
from catalogue.published.telling import to_tell
from catalogue.published.versions import PublishedVersion, version_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many members are served now, and their order-free checksum."""

    count: int
    checksum: str


def tally(version: PublishedVersion) -> Tally:
    """That of a version, as a page of its members says it. Raises DamagedVersion."""
    row = version_rows().get(segment__key=version.key, number=version.membership_version)
    members = members_of(row)
    withheld = to_tell(members, version.subject).withheld
    return Tally(count=len(members - withheld), checksum=checksum_without(row, withheld))
