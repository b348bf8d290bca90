"""Who entered segments, as this process read it last: membership versions are never edited, so what
was read of them is not read again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from catalogue.models import MembershipVersion, Segment

if TYPE_CHECKING:
    from catalogue.goals.entries import Entries

# Twelve bytes for each who ever entered: five million of them.
MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """`entries` by all versions up to the one with this `number`, the newest of which describes
    `at`; from the version `first` on, with which the segment went live. `pk`, `sha256` and
    `published_at` tell that version from another one of the same number."""

    number: int
    pk: int
    sha256: str
    published_at: datetime
    at: datetime
    first: int
    entries: Entries


class Memory:
    """What was read last of some segments, those first that were asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._read: OrderedDict[int, Read] = OrderedDict()
        self._lock = Lock()

    def of(self, segment: Segment, now: datetime) -> Read | None:
        """What is known of a segment up to an instant; None where it has to be read."""
        with self._lock:
            found = self._read.get(segment.pk)
        if found is None or found.at > now or found.first != segment.first_version:
            return None
        same = MembershipVersion.objects.filter(
            pk=found.pk, segment=segment, number=found.number, sha256=found.sha256
        )
        # Compared here: SQLite keeps instants as texts, of which one has several.
        is_there = same.values_list("published_at", flat=True).first() == found.published_at
        return found if is_there else None

    def keep(self, segment: Segment, read: Read) -> None:
        """Remember it, and let go of what nobody asked for lately."""
        with self._lock:
            self._read[segment.pk] = read
            self._read.move_to_end(segment.pk)
            while sum(one.entries.nbytes for one in self._read.values()) > self._most:
                self._read.popitem(last=False)

    def forget(self, segment: Segment) -> None:
        """Read it anew the next time."""
        with self._lock:
            self._read.pop(segment.pk, None)


memory = Memory(MOST_BYTES)
