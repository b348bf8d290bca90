"""Dividing a segment by its goal, for whoever asks who is in one of its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from pyroaring import BitMap

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.dependencies import goal_key
from catalogue.definitions.english.events import say_events
from catalogue.definitions.english.wording import Wording
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.goals import Goal, goal_hash, read_goal
from catalogue.definitions.nodes import EventSelector
from catalogue.engine.bitmaps import Ordinals
from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.terms import Frame
from catalogue.engine.happenings import happenings
from catalogue.engine.local_times import EPOCH, microseconds, naive
from catalogue.engine.walks.rows import Rows
from catalogue.goals.entries import Entries, entries_until
from catalogue.goals.seen import first_seen
from catalogue.goals.split import Split, State, first_after, split
from catalogue.metrics.instants import NEVER
from catalogue.models import Segment, Status
from catalogue.segments.parts import OF_GOALS, Parts
from catalogue.segments.subjects import subject_of
from catalogue.warehouse.tables import Tables

# What can be named; the four states themselves are stored.
NAMED: Mapping[str, tuple[State, ...]] = {
    "reached": ("reached", "too_early"),
    "not_reached": ("not_yet", "missed"),
}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Divided:
    """A split, and for each step of the goal when its people took it after the one before (NEVER
    without), shape (n,) each."""

    split: Split
    steps: tuple[Integers, ...] = ()


@dataclass(eq=False, slots=True, kw_only=True)
class Dividing:
    """One segment to be divided by its goal, in the zone of its calendar. What was found last is
    remembered: its parts are asked one after the other."""

    segment: Segment
    goal: Goal
    zone: ZoneInfo
    _known: tuple[Tables, object, Divided] | None = field(default=None)

    @property
    def hash(self) -> str:
        """What tells this goal from another one."""
        return goal_hash(self.goal, self.zone.key)

    @property
    def reads(self) -> tuple[str, ...]:
        """What is judged before it: the segment, and the condition of the goal if it is one."""
        asks = () if self.goal.condition is None else (goal_key(self.segment.key),)
        return (self.segment.key, *asks)

    def divided(self, read: Mapping[str, BitMap], tables: Tables, now: datetime) -> Divided:
        """The split of all who entered until `now`, the members as of `now` among them."""
        asked = (now, *(read[key] for key in self.reads))
        if self._known is None or self._known[0] is not tables or self._known[1] != asked:
            self._known = tables, asked, self._divided(read, tables, now)
        return self._known[2]

    def last(self) -> Divided | None:
        """What was found last."""
        return None if self._known is None else self._known[2]

    def _divided(self, read: Mapping[str, BitMap], tables: Tables, now: datetime) -> Divided:
        instant = microseconds(naive(now))
        whole, *asked = (read[key] for key in self.reads)
        entries = entries_until(self.segment, now).joined_by(whole, instant)
        is_account = subject_of(self.segment.definition) == "account"
        if not is_account:
            entries = entries.followed(tables.survivors)
        entries = entries.only(tables.accounts if is_account else tables.customers)
        if asked:
            reached_at = first_seen(self.segment, self.hash, entries, asked[0], now)
            steps: tuple[Integers, ...] = ()
        else:
            reached_at, steps = self._by_events(entries, tables, now)
        found = split(entries, reached_at, self.goal, self.zone, instant)
        had_time = np.isin(entries.people, found.people)
        return Divided(split=found, steps=tuple(one[had_time] for one in steps))

    def _by_events(
        self, entries: Entries, tables: Tables, now: datetime
    ) -> tuple[Integers, tuple[Integers, ...]]:
        """When they reached the goal, and when they took each step to it."""
        never = np.full(len(entries.people), NEVER)
        if not len(entries.people):
            return never, tuple(never for _ in self.goal.steps)
        since = (EPOCH + timedelta(microseconds=int(entries.at.min()))).replace(tzinfo=UTC)
        rows, picks = happenings(self._wanted, tables, Frame(now=now, zone=self.zone), since)
        goal, *steps = (_of(rows, rows.fits[pick]) for pick in picks)
        return first_after(entries.people, entries.at, *goal), tuple(_walked(entries, steps))

    @property
    def _wanted(self) -> Sequence[EventSelector]:
        assert self.goal.events is not None  # noqa: S101 (asked of goals with events only)
        return (self.goal.events, *self.goal.steps)


def _of(rows: Rows, fits: Mask) -> tuple[Ordinals, Integers]:
    return rows.people[rows.person[fits]], rows.at[fits]


def _walked(entries: Entries, steps: Sequence[tuple[Ordinals, Integers]]) -> Iterator[Integers]:
    """When each step was taken, each after the one before."""
    start = entries.at
    for whose, at in steps:
        start = first_after(entries.people, start, whose, at)
        yield start


@dataclass(frozen=True, eq=False, slots=True)
class GoalPart:
    """Those of a segment who are in one of some states."""

    dividing: Dividing
    states: tuple[State, ...]

    @property
    def reads(self) -> tuple[str, ...]:
        """As the goal does."""
        return self.dividing.reads

    def members(self, read: Mapping[str, BitMap], tables: Tables, now: datetime) -> BitMap:
        """Who is in as of `now`."""
        return self.dividing.divided(read, tables, now).split.members(*self.states)


class OfGoals:
    """The parts that goals make."""

    def names(self) -> Mapping[str, Sequence[str]]:
        """Those of every segment with a goal."""
        rows = Segment.objects.exclude(status=Status.ARCHIVED).exclude(goal=None)
        return {key: OF_GOALS for key, goal in rows.values_list("key", "goal") if goal}

    def parts(self, segments: Sequence[Segment]) -> Mapping[str, Parts]:
        """Reached, and not reached; none of a goal that cannot be read."""
        found = {one.key: dividing_of(one) for one in segments if one.goal}
        return {key: _parts(one) for key, one in found.items() if one is not None}


def _parts(dividing: Dividing) -> Parts:
    condition = dividing.goal.condition
    beside = {} if condition is None else {goal_key(dividing.segment.key): condition}
    named = {name: GoalPart(dividing, states) for name, states in NAMED.items()}
    return Parts(named=named, beside=beside, read_anew="" if condition else _read(dividing.goal))


def _read(goal: Goal) -> str:
    assert goal.events is not None  # noqa: S101 (asked of goals with events only)
    events = [say_events(one, Wording()) for one in (goal.events, *goal.steps)]
    return f"{', '.join(events)}, from when the first one entered"


def dividing_of(segment: Segment) -> Dividing | None:
    """How to divide a segment; None with a goal that cannot be read any more."""
    try:
        return read_dividing(segment)
    except DefinitionError:
        return None


def read_dividing(segment: Segment) -> Dividing:
    """How to divide a segment that has a goal. Raises DefinitionError when it cannot be read any
    more."""
    version = segment.definition
    canonical = None if version is None else version.canonical
    tree = None if canonical is None else from_canonical(canonical)
    zone = settings.WORKSPACE_TIME_ZONE if tree is None else tree.timezone
    goal = read_goal(segment.goal, subject=subject_of(version), timezone=zone)
    return Dividing(segment=segment, goal=goal, zone=ZoneInfo(zone))
