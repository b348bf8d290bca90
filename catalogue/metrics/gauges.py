"""The first four readings of every membership version."""

from __future__ import annotations

from catalogue.definitions.nodes import Definition, Did, Duration, EventSelector, InLast
from catalogue.membership.gauges import Gauge, Taken, register

DAYS = 28
# The empty prefix fits every event name.
ACTIVE = Definition(
    where=Did(
        events=EventSelector(prefixes=("",)),
        window=InLast(duration=Duration(count=DAYS, unit="day")),
    )
)


def size(taken: Taken) -> float:
    """How many people the version holds."""
    return len(taken.members)


def entered(taken: Taken) -> float:
    """How many of them the version before did not hold."""
    return len(taken.entered)


def left(taken: Taken) -> float:
    """How many the version before held and this one does not."""
    return len(taken.left)


def active_share(taken: Taken) -> float | None:
    """The share of members with an event of any name in the last 28 days; None of nobody."""
    if taken.crowd is None or not taken.members:
        return None
    return taken.members.intersection_cardinality(taken.crowd) / len(taken.members)


GAUGES = (
    Gauge(metric="size", unit="people", method="members of the version", measure=size),
    Gauge(metric="entered", unit="people", method="members not in the one before", measure=entered),
    Gauge(metric="left", unit="people", method="members of the one before only", measure=left),
    Gauge(
        metric="active_share_28d",
        unit="share",
        method="members with any event in the 28 days up to now",
        measure=active_share,
        crowd=ACTIVE,
    ),
)


def register_all() -> None:
    """Have every new membership version measured."""
    for gauge in GAUGES:
        register(gauge)
