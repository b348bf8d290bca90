"""When customers were there: vectors over all of them at once, from one pass over their events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalogue.definitions.errors import Code, refuse
from catalogue.engine.bitmaps import Ordinals
from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.metrics.instants import DAY, NEVER, check_length


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Events of ordinals below `size` up to an instant, ordered by ordinal, then time; `ordinals`
    and `at` have shape (events,). What is said of customers has shape (size,), by ordinal."""

    size: int
    ordinals: Ordinals
    at: Integers

    def first(self) -> Integers:
        """Each one's first instant, NEVER without one."""
        return self._of_rows(self._starts(), NEVER)

    def last(self) -> Integers:
        """Each one's newest instant, NEVER without one."""
        return self._of_rows(self._ends(), NEVER)

    def active(self, length: int, now: int, periods_ago: int = 0) -> Mask:
        """Who was there in the window of `length` microseconds that ends with `now`, or in the one
        so many before it. As in the language: period 0 is [now − P, now], k is
        [now − (k + 1)P, now − kP)."""
        check_length(length, "/window")
        found = np.zeros(self.size, dtype=bool)
        found[self.ordinals[_period(self.at, length, now) == periods_ago]] = True
        return found

    def active_days(self, days: int, now: int) -> Integers:
        """On how many of the last so many days, each of 24 hours back from `now`, they were there.
        No customer can have been active on more days than the window has."""
        check_length(days, "/days")
        age = _period(self.at, DAY, now)
        is_near = (age < days) & (age >= 0)
        ordinals, age = self.ordinals[is_near].astype(np.int64), age[is_near]
        # Ordered by ordinal and time, so all events of one day stand together.
        is_new = np.ones(len(age), dtype=bool)
        is_new[1:] = (ordinals[1:] != ordinals[:-1]) | (age[1:] != age[:-1])
        return np.bincount(ordinals[is_new], minlength=self.size).astype(np.int64)

    def first_quiet(self, quiet: int, now: int) -> Integers:
        """The first instant at which each one had been away for `quiet` microseconds since a visit,
        NEVER for those who have not up to `now`, or were never there."""
        check_length(quiet, "/quiet_for")
        is_last = self._ends()
        after = np.append(self.at[1:], now)
        after[is_last] = now
        gone = np.flatnonzero(after - self.at >= quiet)
        found = np.full(self.size, NEVER, dtype=np.int64)
        # Backwards, so that the first gap of each is written last.
        found[self.ordinals[gone][::-1]] = self.at[gone][::-1] + quiet
        return found

    def _starts(self) -> Mask:
        return _changes(self.ordinals, at_start=True)

    def _ends(self) -> Mask:
        return _changes(self.ordinals, at_start=False)

    def _of_rows(self, rows: Mask, nothing: int) -> Integers:
        found = np.full(self.size, nothing, dtype=np.int64)
        found[self.ordinals[rows]] = self.at[rows]
        return found


def visits(ordinals: Ordinals, at: Integers, size: int, now: int) -> Visits:
    """The visits of events in whatever order, shapes (events,); what lies after `now` is left out.

    Raises DefinitionError when the arrays do not fit each other or `size`."""
    check_rows(ordinals, at, size)
    past = np.flatnonzero(at <= now)
    order = past[np.lexsort((at[past], ordinals[past]))]
    return Visits(size=size, ordinals=ordinals[order], at=at[order])


def check_rows(ordinals: Ordinals, column: Integers, size: int) -> None:
    """One entry of a column for each ordinal, and each ordinal below `size`."""
    if len(ordinals) != len(column):
        raise refuse(Code.BAD_VALUE, "Each event needs one ordinal and one value.", "/events")
    if len(ordinals) and int(ordinals.max()) >= size:
        raise refuse(Code.BAD_VALUE, f"There is an ordinal beyond the {size} customers.", "/events")


def _period(at: Integers, length: int, now: int) -> Integers:
    # An instant exactly one length ago is still in period 0, `now` itself too.
    return np.maximum((now - at - 1) // length, 0)


def _changes(ordinals: Ordinals, *, at_start: bool) -> Mask:
    found = np.ones(len(ordinals), dtype=bool)
    is_other = ordinals[1:] != ordinals[:-1]
    if at_start:
        found[1:] = is_other
    else:
        found[:-1] = is_other
    return found
