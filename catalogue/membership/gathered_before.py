"""What this process read of segments before: of one that nobody edited since then, the definition
is the same, and whether anybody is on its lists."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from catalogue.engine.shelf import Shelf
from catalogue.models import DefinitionVersion, Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read of a segment as it was at some instant."""

    definition: DefinitionVersion | None
    is_listed: bool


READ: Shelf[Read] = Shelf(16 * 1024 * 1024)
# What one takes besides its texts.
OVERHEAD = 1024


def read_before(segment: Segment) -> Read | None:
    """What was read of a segment, if it is still as it was then."""
    return READ.get(_state(segment))


def keep_read(segment: Segment, *, is_listed: bool) -> None:
    """Take in what was read of a segment, while nobody edited it."""
    version = segment.definition
    texts = 0 if version is None else len(version.canonical or "") + len(version.source)
    READ.keep(_state(segment), Read(definition=version, is_listed=is_listed), OVERHEAD + texts)


def _state(segment: Segment) -> Hashable:
    """All that tells one state of a segment from another."""
    return segment.pk, segment.updated_at, segment.definition_id
