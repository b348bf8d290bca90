"""All figures of all segments from one pass: what everybody did is worked out once, and each
segment's members are a mask over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from catalogue.engine.conditions.bench import Mask
from catalogue.engine.vectors.money import MICRO
from catalogue.metrics.churn import churn
from catalogue.metrics.engagement import (
    MONTH,
    Activity,
    Attendance,
    Crowd,
    activity,
    engagement,
)
from catalogue.metrics.instants import DAY
from catalogue.metrics.lifetime_value import Forecast, forecast, predicted
from catalogue.metrics.measured import FEWEST, Reading, shown
from catalogue.metrics.moments import Floats, Moments
from catalogue.metrics.purchases import Purchases
from catalogue.metrics.revenue import realised
from catalogue.metrics.visits import Visits


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What everybody did up to now, by ordinal: `before` is who was active in the 28 days before
    the last 28. Without purchases there is no lifetime value."""

    activity: Activity
    before: Mask
    purchases: Purchases | None = None
    forecast: Forecast | None = None

    @cached_property
    def lost(self) -> Mask:
        """Who was active before, and is no more."""
        return np.asarray(self.before & ~self.activity.month)

    @cached_property
    def paid(self) -> tuple[Floats, float] | None:
        """What each has paid in the currency, and the mean of all."""
        if self.purchases is None:
            return None
        return _with_mean(np.asarray(self.purchases.revenue / MICRO, dtype=np.float64))

    @cached_property
    def foretold(self) -> tuple[Floats, float] | None:
        """What is foretold of each, and the mean of all."""
        value = None if self.forecast is None else self.forecast.value
        return None if value is None else _with_mean(value)


def _with_mean(values: Floats) -> tuple[Floats, float]:
    return values, float(values.mean()) if len(values) else 0.0


def behaviour(visits: Visits, now: int, purchases: Purchases | None = None) -> Behaviour:
    """The behaviour of everybody; both arguments are of the same customers at the same `now`."""
    return Behaviour(
        activity=activity(visits, now),
        before=visits.active(MONTH * DAY, now, periods_ago=1),
        purchases=purchases,
        forecast=None if purchases is None else forecast(purchases),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What of the behaviour of some people their figures are read off: sums, so that those of all
    others are had by taking these off. `before`: how many were active in the 28 days before the
    last, `lost`: how many of them are no more. `paid` and `foretold` where there is any."""

    attendance: Attendance
    before: int
    lost: int
    paid: Moments | None
    foretold: Moments | None

    def __sub__(self, part: Counted) -> Counted:
        """That of all who are no `part` of these."""
        return Counted(
            attendance=self.attendance - part.attendance,
            before=self.before - part.before,
            lost=self.lost - part.lost,
            paid=self.paid - part.paid if self.paid and part.paid else None,
            foretold=self.foretold - part.foretold if self.foretold and part.foretold else None,
        )


def counted(behaviour: Behaviour, members: Crowd) -> Counted:
    """What some people's figures are read off."""
    return Counted(
        attendance=Attendance.of(behaviour.activity.among(members)),
        before=int(np.count_nonzero(behaviour.before[members])),
        lost=int(np.count_nonzero(behaviour.lost[members])),
        paid=_moments(behaviour.paid, members),
        foretold=_moments(behaviour.foretold, members),
    )


def _moments(known: tuple[Floats, float] | None, members: Crowd) -> Moments | None:
    return None if known is None else Moments.of(known[0][members], about=known[1])


def figures(behaviour: Behaviour, members: Crowd, fewest: int = FEWEST) -> Mapping[str, Reading]:
    """The readings of one segment by metric, as they may be shown."""
    return figures_by(behaviour, counted(behaviour, members), fewest)


def figures_by(behaviour: Behaviour, of: Counted, fewest: int = FEWEST) -> Mapping[str, Reading]:
    """The same, of people of whom so much was counted."""
    found = {**engagement(of.attendance), "churn_28d": churn(of.lost, of.before)}
    if of.paid is not None:
        found["clv_realised"] = realised(of.paid)
    if behaviour.forecast is not None:
        n = of.attendance.days.n
        found["clv_12_months"] = predicted(behaviour.forecast, of.foretold, n)
    return {metric: shown(reading, fewest) for metric, reading in found.items()}
