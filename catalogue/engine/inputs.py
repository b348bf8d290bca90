"""What the engine is given and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from pyroaring import BitMap

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition


class Stopped(Exception):
    """The evaluation was asked to stop between two scans; nothing of it may be used."""


class ScanFailed(Exception):
    """The stored data could not be read, so nobody was judged; the message is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentInput:
    """One segment to judge: a definition or a static list, never both, and its manual changes.

    Bitmaps hold customer ordinals as they were given, before merges: the engine follows merges.
    """

    definition: Definition | None = None
    static: BitMap | None = None
    adds: BitMap = field(default_factory=BitMap)
    removes: BitMap = field(default_factory=BitMap)

    def __post_init__(self) -> None:
        if (self.definition is None) == (self.static is None):
            raise ValueError("a segment has either a definition or a static list")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Who is in: ordinals of live customers. `milliseconds` is this segment's share of the scans
    its conditions needed (a scan is shared evenly by its conditions) plus its own set algebra."""

    members: BitMap
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why nobody can say who is in; never everyone and never no one."""

    error: DefinitionError


Outcome = Judged | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One outcome per segment asked for. `rows_read` counts the rows of events and trait changes
    that the scans took in, after the cut at `now` and at the earliest window."""

    outcomes: dict[str, Outcome]
    rows_read: int
