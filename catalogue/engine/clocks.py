"""The clocks of a zone for whole arrays of instants: what they show, and when they show it.

Instants are int64 microseconds since 1970 UTC; local times are what clocks show, counted in the
same way as if they were UTC. Both lie in the years 1 to 9999 and are clamped to them, as
`windows` clamps single instants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from catalogue.engine.local_times import FIRST, LAST, first_change, microseconds, offset_at

Integers = npt.NDArray[np.int64]
EARLIEST, LATEST = microseconds(FIRST), microseconds(LAST)
DAY = 86_400_000_000
# No zone ever changed its clocks twice within a day, nor stood further than a day from UTC.
STEP = DAY
MOST_MONTHS = 120_000


def local_times(at: Integers, zone: ZoneInfo) -> Integers:
    """What the clocks show at instants."""
    if zone.key == "UTC" or not len(at):
        return at
    starts, offsets = _stretches(at, zone)
    return _clamped(at + offsets[np.searchsorted(starts, at, side="right") - 1])


def local_days(at: Integers, zone: ZoneInfo) -> Integers:
    """The local dates of instants, as days since 1970-01-01."""
    return local_times(at, zone) // DAY


def instants(local: Integers, zone: ZoneInfo) -> Integers:
    """When the clocks show local times: the first instant after a gap, the earlier of two."""
    if zone.key == "UTC" or not len(local):
        return local
    starts, offsets = _stretches(local, zone)
    # A stretch shows the local times [start + offset, end + offset). The first stretch that ends
    # after a local time has it, or begins after the gap that it lies in.
    ends = np.append(starts[1:] + offsets[:-1], np.iinfo(np.int64).max)
    place = np.searchsorted(np.maximum.accumulate(ends), local, side="right")
    return _clamped(np.maximum(local - offsets[place], starts[place]))


def add_months(at: Integers, months: int, zone: ZoneInfo) -> Integers:
    """Instants moved by months on the local clock in one step (see `windows.shift`): on the last
    day of a month that is too short. Beyond the calendar it is clamped."""
    local = local_times(at, zone)
    days, clock = local // DAY, local % DAY
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    # Further than this every month is outside the calendar, on either side.
    moved = month + max(-MOST_MONTHS, min(months, MOST_MONTHS))
    last = _first_days(moved + 1) - _first_days(moved) - 1
    day_of_month = np.minimum(days - _first_days(month), last)
    found = (_first_days(moved) + day_of_month) * DAY + clock
    inside = (found >= EARLIEST) & (found <= LATEST)
    edge = LATEST if months > 0 else EARLIEST
    return np.where(inside, instants(np.where(inside, found, 0), zone), edge)


def _first_days(months: Integers) -> Integers:
    """The first days of months, both counted from 1970."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _clamped(numbers: Integers) -> Integers:
    return np.clip(numbers, EARLIEST, LATEST)


def _stretches(at: Integers, zone: ZoneInfo) -> tuple[Integers, Integers]:
    """Stretches of time without a change of clocks around these instants (or local times): their
    starts, ascending, and their offsets from UTC. Between years that hold none of the instants
    changes may be missing."""
    years = np.unique(at.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64)) + 1970
    around = sorted({int(year) + step for year in years for step in (-1, 0, 1)})
    pairs = list(_joined(around, zone))
    starts, offsets = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    return starts, offsets


def _joined(years: Iterable[int], zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    for year in years:
        yield from _year(year, zone)


@lru_cache(maxsize=65536)
def _year(year: int, zone: ZoneInfo) -> tuple[tuple[int, int], ...]:
    """(start, offset) of the stretches that begin with a year or in it."""
    start, end = (_new_year(number) for number in (year, year + 1))
    found = [(start, offset_at(start, zone))]
    for at in range(start, end, STEP):
        ahead = min(at + STEP, end)
        offset = offset_at(ahead, zone)
        if offset != found[-1][1]:
            found.append((first_change(at, ahead, found[-1][1], zone), offset))
    return tuple(found)


def _new_year(year: int) -> int:
    return int(np.datetime64(year - 1970, "Y").astype("datetime64[us]").astype(np.int64))
