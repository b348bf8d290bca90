"""What this process read of segments before: of one that nobody edited since then, the definition
is the same, and whether anybody is on its lists."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from catalogue.models import DefinitionVersion, Segment

# Of so many segments.
MOST_SEGMENTS = 5_000
_before: OrderedDict[int, Read] = OrderedDict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read of a segment that was `updated_at` some instant."""

    updated_at: datetime
    definition: DefinitionVersion | None
    is_listed: bool


def read_before(segment: Segment) -> Read | None:
    """What was read of a segment, if it is still as it was then."""
    known = _before.get(segment.pk)
    if known is None or known.updated_at != segment.updated_at:
        return None
    version = None if known.definition is None else known.definition.pk
    return known if version == segment.definition_id else None


def keep_read(segment: Segment, *, is_listed: bool) -> None:
    """Take in what was read of a segment, while nobody edited it."""
    _before.pop(segment.pk, None)
    _before[segment.pk] = Read(
        updated_at=segment.updated_at, definition=segment.definition, is_listed=is_listed
    )
    while len(_before) > MOST_SEGMENTS:
        _before.popitem(last=False)


def forget_read() -> None:
    """Know nothing any more."""
    _before.clear()
