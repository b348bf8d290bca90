"""The figures of a split: share, time to reach, its curve, the weeks, the steps. They take
lifelines and statsmodels, which are slow to import, so workers compute them and pages show what is
stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from catalogue.engine.clocks import DAY, Integers, local_days
from catalogue.engine.conditions.bench import Mask
from catalogue.goals.dividing import Divided
from catalogue.goals.split import Split
from catalogue.metrics.instants import NEVER
from catalogue.metrics.shares import wilson
from catalogue.metrics.waiting import Waits, curve, median_wait

# Points of the curve, and weeks of the trend; older ones are still in the share.
MOST_POINTS, MOST_WEEKS = 60, 26
EPOCH = date(1970, 1, 1)
# 1970 began on a Thursday; weeks begin on Mondays.
THURSDAY = 3

Figures = dict[str, Any]


def measured(divided: Divided, zone: ZoneInfo) -> Figures:
    """All figures as plain values. Shares are 0 to 1, times days. Nothing is hidden here: that is
    for whoever shows them."""
    split = divided.split
    return {
        "time": _time(split),
        "curve": _curve(split),
        "weeks": _weeks(split, zone),
        "steps": _steps(divided),
        "first_entered": _instant(split.entered.min()) if len(split.people) else None,
    }


def share_interval(reached: int, decided: int) -> tuple[float, float] | None:
    """Wilson's; None of nobody."""
    if not decided:
        return None
    found = wilson(reached, decided)
    return found.low, found.high


def _instant(at: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(at))).isoformat()


def _waits(split: Split) -> Waits:
    """How long each was watched: until the goal, or the end of their time, or now."""
    end = np.minimum(split.last, split.now)
    end = np.where(split.in_time, split.reached_at, end)
    return Waits(days=np.maximum(end - split.entered, 0) / DAY, happened=split.in_time)


def _time(split: Split) -> Figures:
    reading = median_wait(_waits(split))
    took = (split.reached_at - split.entered)[split.is_state("reached")] / DAY
    ends = reading.interval
    return {
        "median": reading.value,
        "low": None if ends is None else ends.low,
        "high": None if ends is None or not np.isfinite(ends.high) else ends.high,
        "n": reading.n,
        "method": reading.method,
        "reason": reading.reason,
        # Of those who got there, and had their whole time.
        "of_reached": float(np.median(took)) if len(took) else None,
        "reached": len(took),
    }


def _curve(split: Split) -> Figures:
    waits = _waits(split)
    longest = float(waits.days.max()) if len(waits.days) else 0.0
    days = np.linspace(0, longest, MOST_POINTS + 1)
    if 0 < longest <= MOST_POINTS:
        days = np.append(np.arange(0, np.ceil(longest)), longest)
    found = curve(waits, days, fewest=1)
    points = zip(found.days, found.share, found.low, found.high, found.at_risk, strict=True)
    return {
        "n": found.n,
        "method": found.method,
        "points": [
            {
                "day": round(float(day), 3),
                "share": 1 - float(share),
                "low": 1 - float(high),
                "high": 1 - float(low),
                "watched": int(watched),
            }
            for day, share, low, high, watched in points
        ],
    }


def _weeks(split: Split, zone: ZoneInfo) -> list[Figures]:
    """By local week of entering, of those whose time is over."""
    over = split.over
    monday = _mondays(split.entered, zone)
    weeks = np.unique(monday[over])[-MOST_WEEKS:]
    return [_week(int(one), split, over & (monday == one)) for one in weeks]


def _mondays(at: Integers, zone: ZoneInfo) -> Integers:
    """The Monday of each one's local week, in days since 1970."""
    days = local_days(at, zone)
    return days - (days + THURSDAY) % 7


def _week(monday: int, split: Split, among: Mask) -> Figures:
    n, reached = int(among.sum()), int((among & split.in_time).sum())
    ends = share_interval(reached, n)
    return {
        "from": (EPOCH + timedelta(days=monday)).isoformat(),
        "n": n,
        "reached": reached,
        "low": None if ends is None else ends[0],
        "high": None if ends is None else ends[1],
    }


def _steps(divided: Divided) -> list[int]:
    """Of those whose time is over, how many took each step in it, after the ones before."""
    split = divided.split
    taken = ((one != NEVER) & (one <= split.last) & split.over for one in divided.steps)
    return [int(mask.sum()) for mask in taken]
