"""All figures of all segments from one pass: what everybody did is worked out once, and each
segment's members are a mask over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.engine.conditions.bench import Mask
from catalogue.metrics.churn import churn
from catalogue.metrics.engagement import MONTH, Activity, Crowd, activity, engagement
from catalogue.metrics.instants import DAY
from catalogue.metrics.lifetime_value import Forecast, forecast, predicted
from catalogue.metrics.measured import FEWEST, Reading, shown
from catalogue.metrics.purchases import Purchases
from catalogue.metrics.revenue import realised
from catalogue.metrics.visits import Visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What everybody did up to now, by ordinal: `before` is who was active in the 28 days before
    the last 28. Without purchases there is no lifetime value."""

    activity: Activity
    before: Mask
    purchases: Purchases | None = None
    forecast: Forecast | None = None


def behaviour(visits: Visits, now: int, purchases: Purchases | None = None) -> Behaviour:
    """The behaviour of everybody; both arguments are of the same customers at the same `now`."""
    return Behaviour(
        activity=activity(visits, now),
        before=visits.active(MONTH * DAY, now, periods_ago=1),
        purchases=purchases,
        forecast=None if purchases is None else forecast(purchases),
    )


def figures(behaviour: Behaviour, members: Crowd, fewest: int = FEWEST) -> Mapping[str, Reading]:
    """The readings of one segment by metric, as they may be shown."""
    found = {
        **engagement(behaviour.activity.among(members)),
        "churn_28d": churn(behaviour.before[members], behaviour.activity.month[members]),
    }
    if behaviour.purchases is not None:
        found["clv_realised"] = realised(behaviour.purchases.revenue[members])
    if behaviour.forecast is not None:
        found["clv_12_months"] = predicted(behaviour.forecast, members)
    return {metric: shown(reading, fewest) for metric, reading in found.items()}
