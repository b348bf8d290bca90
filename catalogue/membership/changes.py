"""The change feed: who entered and who left, version by version, without a gap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Literal

from catalogue.membership import bitmaps
from catalogue.models import MembershipVersion, Segment


class BadCursor(ValueError):
    """A cursor that this feed never gave; the message is for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The place after a change: the segment, the version, and how many of its changes were read.
    Versions have no gaps and never change, so a cursor stays good for ever."""

    segment: str
    membership_version: int
    position: int

    def __str__(self) -> str:
        return f"{self.segment}:m{self.membership_version}:{self.position}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """The cursor that `str` wrote. Raises BadCursor."""
        found = re.fullmatch(r"([a-z0-9-]{1,80}):m(\d{1,9}):(\d{1,10})", text)
        if not found:
            raise BadCursor(f"“{text}” is no cursor: pass on exactly what the feed gave you.")
        key, number, position = found.groups()
        return cls(segment=key, membership_version=int(number), position=int(position))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One customer who entered or left. `now` is the instant the version describes."""

    kind: Literal["entered", "left"]
    ordinal: int
    membership_version: int
    now: datetime
    cursor: Cursor


def changes_of(segment: Segment, *, after: Cursor | None = None, limit: int = 1000) -> list[Change]:
    """The next changes after a cursor (None: from the first version on), at most `limit`.

    In order: by version; in a version those who entered, then those who left; by ordinal. An empty
    list means that there is nothing newer. Raises BadCursor for a cursor of another segment."""
    start = after or Cursor(segment=segment.key, membership_version=0, position=0)
    if start.segment != segment.key:
        raise BadCursor(f"The cursor “{start}” belongs to another segment than “{segment.key}”.")
    return list(islice(_after(segment, start), limit))


def _after(segment: Segment, start: Cursor) -> Iterator[Change]:
    versions = MembershipVersion.objects.filter(
        segment=segment, number__gte=start.membership_version
    ).defer("key_frame")
    for version in versions.order_by("number").iterator(chunk_size=16):
        read = start.position if version.number == start.membership_version else 0
        yield from islice(_changes(segment.key, version), read, None)


def _changes(key: str, version: MembershipVersion) -> Iterator[Change]:
    position = 0
    kinds: tuple[Literal["entered", "left"], ...] = ("entered", "left")
    for kind in kinds:
        for ordinal in bitmaps.load(getattr(version, kind)):
            position += 1
            yield Change(
                kind=kind,
                ordinal=ordinal,
                membership_version=version.number,
                now=version.now,
                cursor=Cursor(segment=key, membership_version=version.number, position=position),
            )
