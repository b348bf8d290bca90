"""How long after an event another one still counts as following it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from catalogue.definitions.nodes import Duration
from catalogue.definitions.windows import EXACT, MICROSECOND, MONTHS
from catalogue.engine.clocks import EARLIEST, LATEST, Integers, add_months
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.walks.rows import Rows

# Before every instant.
NEVER = EARLIEST - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Elapsed:
    """So many microseconds."""

    microseconds: int

    def ends(self, at: Integers) -> Integers:
        """The last instant that each instant reaches."""
        # No two instants of the calendar are further apart.
        reach = min(self.microseconds, LATEST - EARLIEST)
        return np.minimum(at, LATEST - reach) + reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """So many months on the clocks of a zone."""

    months: int
    zone: ZoneInfo

    def ends(self, at: Integers) -> Integers:
        """The last instant that each instant reaches."""
        return add_months(at, self.months, self.zone)


Reach = Elapsed | Months


def reach_of(duration: Duration, zone: ZoneInfo) -> Reach:
    """How far a duration reaches."""
    if duration.unit in EXACT:
        return Elapsed(microseconds=duration.count * (EXACT[duration.unit] // MICROSECOND))
    return Months(months=duration.count * MONTHS[duration.unit], zone=zone)


def furthest(rows: Rows, before: Mask, ends: Integers) -> Integers:
    """For each row how far the rows of `before` reach that are earlier and of the same customer;
    NEVER where there is none. `ends`: how far each of them reaches."""
    places = np.flatnonzero(before)
    if not len(places):
        return np.full(len(rows.at), NEVER)
    owners = rows.person[places]
    reached = _running_max(ends, owners)
    count: Integers = np.cumsum(before) - before  # how many of them stand before each row
    newest = np.maximum(count - 1, 0)
    known = (count > 0) & (owners[newest] == rows.person)
    return np.where(known, reached[newest], NEVER)


def _running_max(ends: Integers, owners: Integers) -> Integers:
    """For each the largest of those so far that have the same owner; owners ascend."""
    falls = (np.diff(ends) < 0) & (np.diff(owners) == 0)
    # Only months of different lengths can make the earlier of two reach further.
    if not falls.any():
        return ends
    order = np.argsort(ends, kind="stable")
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order))
    base = owners * len(ends)  # of a later owner above all ranks of an earlier one
    highest = np.maximum.accumulate(base + ranks) - base
    return ends[order][highest]
