"""regularly and active_days: how steadily something is done."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from catalogue.definitions.windows import Interval
from catalogue.engine.clocks import Integers, local_days
from catalogue.engine.conditions.aggregates import Comparisons
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.events import Pick
from catalogue.engine.walks.rows import Rows

# More than the calendar has days.
DAYS = 2**22


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What was counted, period by period, wherever it is not zero: `person`, a place in the people
    of the rows, and `count`; int64, (m,)."""

    person: Integers
    count: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """In at least `at_least` periods the count is accepted. `edges`: period i is [edges[i],
    edges[i + 1]), in microseconds since 1970 UTC, the oldest first. `days_in`: local dates in this
    zone are counted; None: events are."""

    pick: Pick
    edges: tuple[int, ...]
    at_least: int
    accepted: Comparisons
    covered: Interval
    days_in: ZoneInfo | None = None

    @property
    def picks(self) -> tuple[Pick, ...]:
        """What is asked of each event."""
        return (self.pick,)

    @property
    def periods(self) -> int:
        """How many periods there are."""
        return len(self.edges) - 1

    @property
    def true_without_events(self) -> bool:
        """Whether periods in which nothing was done are accepted."""
        return self.accepted.holds_for(0)

    def judge(self, rows: Rows) -> Mask:
        """Which of the people do it often enough."""
        return self.fitting(rows) >= self.at_least

    def fitting(self, rows: Rows) -> Integers:
        """For each of the people the number of periods whose count is accepted."""
        tally, people = self.tally(rows), len(rows.people)
        accepted = self.accepted.judge_counts(tally.count)
        fitting = np.bincount(tally.person[accepted], minlength=people)
        if self.true_without_events:
            fitting += self.periods - np.bincount(tally.person, minlength=people)
        return fitting

    def tally(self, rows: Rows) -> Tally:
        """The counts that are not zero."""
        edges = np.array(self.edges)
        picked = rows.fits[self.pick] & (rows.at >= edges[0]) & (rows.at < edges[-1])
        at, person = rows.at[picked], rows.person[picked]
        cells = person * self.periods + np.searchsorted(edges, at, side="right") - 1
        if self.days_in is not None:
            cells = _once_a_day(cells, local_days(at, self.days_in))
        cells, counts = _counted(cells)
        return Tally(person=cells // self.periods, count=counts)


def _once_a_day(cells: Integers, days: Integers) -> Integers:
    """The cells, which ascend, each once for every different day in it."""
    new = _starts(cells)
    # Days do not ascend within a cell where clocks went back over midnight.
    pairs = np.sort((np.cumsum(new) - 1) * DAYS + days - days.min(initial=0))
    once: Integers = pairs[_starts(pairs)] // DAYS
    return np.asarray(cells[new][once])


def _counted(cells: Integers) -> tuple[Integers, Integers]:
    """The different ones of ascending cells, and how often each is there."""
    starts = np.flatnonzero(_starts(cells))
    return cells[starts], np.diff(np.append(starts, len(cells)))


def _starts(ascending: Integers) -> Mask:
    """Where another number begins."""
    return np.append(True, np.diff(ascending) != 0)[: len(ascending)]
