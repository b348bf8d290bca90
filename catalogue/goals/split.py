"""Everybody who entered, by how they stand to the goal at one `now`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from pyroaring import BitMap

from catalogue.definitions.goals import Goal
from catalogue.definitions.windows import day_after, shift, start_of_day
from catalogue.engine.bitmaps import Ordinals, from_mask
from catalogue.engine.clocks import LATEST, Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.local_times import EPOCH, microseconds, naive
from catalogue.goals.entries import Entries
from catalogue.metrics.instants import NEVER

State = Literal["reached", "missed", "not_yet", "too_early"]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Split:
    """Of n people, all arrays of shape (n,): `people`, their ordinals, ascending; in microseconds
    since 1970 UTC `entered`, when their time began, `last`, the last instant that counts,
    `reached_at`, when they reached the goal, NEVER without; `over`, whose time has passed."""

    people: Ordinals
    entered: Integers
    last: Integers
    reached_at: Integers
    over: Mask
    now: int

    @property
    def in_time(self) -> Mask:
        """Who reached it before their time was over."""
        return np.asarray(self.reached_at <= self.last)

    def is_state(self, state: State) -> Mask:
        """Who is in a state; everybody is in exactly one."""
        over = self.over if state in ("reached", "missed") else ~self.over
        return over & (self.in_time if state in ("reached", "too_early") else ~self.in_time)

    def members(self, *states: State) -> BitMap:
        """The ordinals of those who are in one of these states."""
        mask = np.zeros(len(self.people), dtype=bool)
        for state in states:
            mask |= self.is_state(state)
        return from_mask(self.people, mask)


def split(entries: Entries, reached_at: Integers, goal: Goal, zone: ZoneInfo, now: int) -> Split:
    """Divide them. With an end for all, who entered after it never had a chance and is left out."""
    last, over = _ends(entries, goal, zone, now)
    had_time = entries.at <= last
    return Split(
        people=entries.people[had_time],
        entered=entries.at[had_time],
        last=last[had_time],
        reached_at=reached_at[had_time],
        over=over[had_time],
        now=now,
    )


def _ends(entries: Entries, goal: Goal, zone: ZoneInfo, now: int) -> tuple[Integers, Mask]:
    if goal.within is None:
        assert goal.by is not None  # noqa: S101 (a goal ends)
        after = day_after(goal.by)
        end = LATEST if after is None else microseconds(naive(start_of_day(after, zone)))
        # The day is over when the next one begins, whose first instant does not count.
        return np.full(len(entries.at), end - 1), np.full(len(entries.at), end <= now)
    # Those who entered by one refresh did so at one instant.
    instants, place = np.unique(entries.at, return_inverse=True)
    ends = np.array([_later(int(at), goal, zone) for at in instants], dtype=np.int64)
    return ends[place], ends[place] <= now


def _later(at: int, goal: Goal, zone: ZoneInfo) -> int:
    assert goal.within is not None  # noqa: S101 (asked only then)
    begun = (EPOCH + timedelta(microseconds=at)).replace(tzinfo=UTC)
    return microseconds(naive(shift(begun, goal.within, zone, sign=1)))


def first_after(people: Ordinals, start: Integers, whose: Ordinals, at: Integers) -> Integers:
    """When each of the people did the first of these events at or after a start of their own;
    NEVER where none. `whose` and `at`: of each event, in any order, shapes (events,)."""
    found = np.full(len(people), NEVER)
    if not len(people) or not len(at):
        return found
    place = np.minimum(np.searchsorted(people, whose), len(people) - 1)
    counts = (people[place] == whose) & (at >= start[place])
    np.minimum.at(found, place[counts], at[counts])
    return found
