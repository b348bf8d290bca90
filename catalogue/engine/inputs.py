"""What the engine is given and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from pyroaring import BitMap

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition, Subject
from catalogue.warehouse.tables import Tables


class Stopped(Exception):
    """The evaluation was asked to stop between two scans; nothing of it may be used."""


class ScanFailed(Exception):
    """The stored data could not be read, so nobody was judged; the message is a sentence."""


class Part(Protocol):
    """Some of a segment's people (`key#part`), picked by something that no condition can say."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The keys, among what is judged, that it is picked from; they are judged before it."""

    def members(self, read: Mapping[str, BitMap], tables: Tables, now: datetime) -> BitMap:
        """Who is in as of `now`; `read` has the members of all that it reads, by key. The same
        people whenever it is asked about the same `now`, data and members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentInput:
    """One segment to judge, and its manual changes: a definition or a static list; or the part of
    one, which has no manual changes of its own.

    Bitmaps hold ordinals as they were given, before merges: the engine follows merges. They are of
    customers, or of accounts where the definition is about those, or the list says that it is one
    of accounts (`list_of`), as a part always does.
    """

    definition: Definition | None = None
    static: BitMap | None = None
    adds: BitMap = field(default_factory=BitMap)
    removes: BitMap = field(default_factory=BitMap)
    list_of: Subject = "customer"
    part: Part | None = None

    def __post_init__(self) -> None:
        said = (self.definition, self.static, self.part)
        if sum(one is not None for one in said) != 1:
            raise ValueError("a segment has a definition, or a static list, or is a part")

    @property
    def subject(self) -> Subject:
        """What the segment holds: customers or accounts."""
        return self.list_of if self.definition is None else self.definition.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Who is in: ordinals of live customers, or accounts. `milliseconds` is this segment's share of
    the scans its conditions needed (a scan is shared evenly by its conditions) plus its own set
    algebra."""

    members: BitMap
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why nobody can say who is in; never everyone and never no one."""

    error: DefinitionError


Outcome = Judged | Refused


# What a scan reads: the newest values of a trait, its history, whose customer is whose, ids, events
# to be counted, or events in their order.
Kind = Literal["trait", "history", "accounts", "sample", "events", "walk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """What one scan took. `names`: the traits or events read; `conditions`: how many it answered.
    `rows`: those it looked at, after the cut at `now` and at the earliest window; `size`: bytes of
    the files they were looked for in (all of each, whatever was skipped in it), None where that is
    not known. `is_update`: only what was new since an earlier refresh was read; `follows`: that is
    so for some of its conditions at least. `error`: why its conditions have no answer."""

    kind: Kind
    names: tuple[str, ...]
    subject: Subject
    conditions: int
    rows: int
    size: int | None
    milliseconds: float
    is_update: bool = False
    follows: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One outcome per segment asked for, and what every scan took."""

    outcomes: dict[str, Outcome]
    scans: tuple[ScanReport, ...]

    @property
    def rows_read(self) -> int:
        """How many rows of events and trait changes the scans looked at."""
        return sum(scan.rows for scan in self.scans)
