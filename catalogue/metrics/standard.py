"""The metrics that every workspace has: what each means, in which unit, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.models import Direction

MONEY = "money"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardMetric:
    """`unit`: people, share, days or money, which readings give in the currency of the workspace.
    `needs`: what the settings of the workspace have to say before it can be measured."""

    key: str
    name: str
    meaning: str
    unit: str
    direction: Direction
    source: str
    group: str
    needs: str = ""


MEMBERSHIP, EVENTS = "membership versions", "events that mean active"
PAYMENTS = "the event that means revenue"


def _metric(
    key: str,
    name: str,
    meaning: str,
    unit: str = "share",
    direction: Direction = Direction.UP,
    source: str = EVENTS,
    group: str = "Engagement",
    needs: str = "",
) -> StandardMetric:
    return StandardMetric(
        key=key,
        name=name,
        meaning=meaning,
        unit=unit,
        direction=direction,
        source=source,
        group=group,
        needs=needs,
    )


LISTED = (
    _metric(
        "size",
        "Size",
        "How many people the segment holds.",
        unit="people",
        direction=Direction.NONE,
        source=MEMBERSHIP,
        group="Size",
    ),
    _metric(
        "entered",
        "Entered",
        "How many came in by the newest membership version.",
        unit="people",
        direction=Direction.NONE,
        source=MEMBERSHIP,
        group="Size",
    ),
    _metric(
        "left",
        "Left",
        "How many went out by the newest membership version.",
        unit="people",
        direction=Direction.NONE,
        source=MEMBERSHIP,
        group="Size",
    ),
    _metric("active_share_1d", "Daily active", "Who was there in the last 24 hours."),
    _metric("active_share_7d", "Weekly active", "Who was there in the last 7 days."),
    _metric("active_share_28d", "Monthly active", "Who was there in the last 28 days."),
    _metric(
        "stickiness",
        "Stickiness",
        "On how many of the 28 days those who came were there: daily by monthly active.",
    ),
    _metric(
        "active_days_28d",
        "Active days",
        "On how many of the last 28 days a member was there.",
        unit="days",
    ),
    _metric(
        "conversion_28d",
        "Conversion, 28 days",
        "Of those who entered 28 to 56 days ago, who converted within 28 days.",
        source="membership versions, the events that mean converted",
        group="Conversion",
        needs="converted",
    ),
    _metric(
        "clv_realised",
        "Realised value",
        "What a member has paid so far, refunds taken off.",
        unit=MONEY,
        source=PAYMENTS,
        group="Value",
        needs="revenue",
    ),
    _metric(
        "clv_12_months",
        "Predicted value, 12 months",
        "What a member will pay in the next 365 days, by BG/NBD and Gamma-Gamma.",
        unit=MONEY,
        source=PAYMENTS,
        group="Value",
        needs="revenue",
    ),
    _metric(
        "churn_28d",
        "Gone quiet",
        "Of those active in the 28 days before, who was not there in these.",
        direction=Direction.DOWN,
        group="Churn",
    ),
    _metric(
        "cancelled_28d",
        "Cancelled",
        "Of those active in the 28 days before, who has cancelled in these.",
        direction=Direction.DOWN,
        source="the events that mean cancelled",
        group="Churn",
        needs="cancelled",
    ),
    _metric(
        "staying_84d",
        "Staying",
        "Who still comes twelve weeks after the first visit, of those who first came in the last"
        " three years.",
        group="Churn",
    ),
)
STANDARD: Mapping[str, StandardMetric] = {metric.key: metric for metric in LISTED}
# What the page of a segment shows beside its size, where there is a value; the first that have one.
KEY_METRICS = (
    "conversion_28d",
    "active_share_28d",
    "clv_12_months",
    "churn_28d",
    "staying_84d",
    "clv_realised",
    "active_days_28d",
)
