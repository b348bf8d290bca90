"""How many members are there by day, week and month, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.metrics.instants import DAY
from catalogue.metrics.means import mean_of
from catalogue.metrics.measured import Interval, Reading, absent
from catalogue.metrics.moments import Moments
from catalogue.metrics.shares import share
from catalogue.metrics.visits import Visits

MONTH = 28
# Some customers: a mask over all, shape (customers,), or their ordinals, which is faster for few.
Crowd = Mask | npt.NDArray[np.intp]
STICKINESS = "active days of a member active in 28 days, by 28; 95 % interval by Student’s t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Who was active in the day, the 7 and the 28 days up to now, and on how many of the 28; all
    shapes (customers,). Days are of 24 hours."""

    day: Mask
    week: Mask
    month: Mask
    days: Integers

    def among(self, members: Crowd) -> Activity:
        """The same of some customers only."""
        return Activity(
            day=self.day[members],
            week=self.week[members],
            month=self.month[members],
            days=self.days[members],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """How many of some people were active in the day, the 7 and the 28 days, and on how many of the
    28 days, those who were on none included."""

    day: int
    week: int
    month: int
    days: Moments

    @classmethod
    def of(cls, activity: Activity) -> Attendance:
        """That of those whose activity this is."""
        return cls(
            day=int(np.count_nonzero(activity.day)),
            week=int(np.count_nonzero(activity.week)),
            month=int(np.count_nonzero(activity.month)),
            days=Moments.of(activity.days),
        )

    def __sub__(self, part: Attendance) -> Attendance:
        """That of all who are no `part` of these."""
        return Attendance(
            day=self.day - part.day,
            week=self.week - part.week,
            month=self.month - part.month,
            days=self.days - part.days,
        )


def size_of(members: Crowd) -> int:
    """How many they are."""
    return int(np.count_nonzero(members)) if members.dtype == np.bool_ else len(members)


def activity(visits: Visits, now: int) -> Activity:
    """The activity of everybody."""
    return Activity(
        day=visits.active(DAY, now),
        week=visits.active(7 * DAY, now),
        month=visits.active(MONTH * DAY, now),
        days=visits.active_days(MONTH, now),
    )


def engagement(found: Attendance) -> Mapping[str, Reading]:
    """The readings of members whose attendance this is."""
    n = found.days.n
    return {
        "active_share_1d": _share(found.day, n, 1),
        "active_share_7d": _share(found.week, n, 7),
        "active_share_28d": _share(found.month, n, MONTH),
        "stickiness": _stickiness(found),
        "active_days_28d": mean_of(found.days, "days"),
    }


def _stickiness(found: Attendance) -> Reading:
    """Daily by monthly active, the daily ones averaged over the 28 days: the mean share of days on
    which a member was there who was there at all."""
    if not found.month:
        reason = "Nobody was active in the last 28 days."
        return absent(n=0, unit="share", method=STICKINESS, reason=reason)
    # Who was there on no day adds nothing to the sums.
    active = replace(found.days, n=found.month)
    reading = mean_of(active, "share", STICKINESS)
    between = reading.interval and Interval(
        low=max(reading.interval.low / MONTH, 0.0), high=min(reading.interval.high / MONTH, 1.0)
    )
    return replace(reading, value=active.mean / MONTH, interval=between)


def _share(active: int, n: int, days: int) -> Reading:
    method = f"members with an event in the last {days} × 24 hours; 95 % interval by Wilson"
    return share(active, n, method)
