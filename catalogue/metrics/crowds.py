"""All figures of one crowd, the members of a segment or whoever else, from what is known of
everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.metrics.company import Worked
from catalogue.metrics.conversion import METHOD as CONVERSION
from catalogue.metrics.conversion import conversion
from catalogue.metrics.engagement import MONTH, Crowd, size_of
from catalogue.metrics.entries import Entries, attempts
from catalogue.metrics.everybody import Everybody
from catalogue.metrics.figures import Behaviour, figures
from catalogue.metrics.instants import DAY
from catalogue.metrics.lifetime_value import forecast
from catalogue.metrics.measured import Reading, absent, shown
from catalogue.metrics.shares import share
from catalogue.metrics.standard import LISTED, MONEY
from catalogue.metrics.staying import Stays, curve, points, staying, stays, tally

SIZE = "counted"
CANCELLED = "active in the 28 days before and cancelled in these; 95 % interval by Wilson"
# The group of figures that each is read off, where that is not what means active.
OTHER_GROUPS = {
    "conversion_28d": "converted",
    "cancelled_28d": "cancelled",
    "clv_realised": "revenue",
    "clv_12_months": "revenue",
}
Points = list[list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One reading of a crowd, as it may be shown; `points` of a curve."""

    metric: str
    reading: Reading
    points: Points | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything that is known of everybody: by ordinal, shapes (size,)."""

    behaviour: Behaviour
    stays: Stays
    cancelled: Mask
    conversions: tuple[Integers, Integers]
    own: Sequence[Worked]
    faults: Mapping[str, str]
    currency: str
    fewest: int
    now: int


def known(everybody: Everybody, own: Sequence[Worked], *, currency: str, fewest: int) -> Known:
    """What all crowds are measured by; the models of lifetime value are fitted here, once."""
    days, bought = everybody.days, everybody.purchases
    return Known(
        behaviour=Behaviour(
            activity=days.activity(),
            before=days.active(MONTH, MONTH),
            purchases=bought,
            forecast=None if bought is None else forecast(bought),
        ),
        stays=stays(days),
        cancelled=everybody.cancelled[: everybody.size],
        conversions=(everybody.converted.joined("places"), everybody.converted.joined("at")),
        own=own,
        faults=everybody.faults,
        currency=currency,
        fewest=fewest,
        now=everybody.now,
    )


def crowd_figures(
    known: Known, members: Crowd, *, entries: Entries | None = None, enters: bool = True
) -> Iterator[Figure]:
    """All figures of some customers. `entries` are those into a segment; `enters`: whether it is
    one at all, which people enter."""
    n = size_of(members)
    size = Reading(value=n, n=n, unit="people", method=SIZE)
    yield Figure(metric="size", reading=size)
    for metric, reading in _standard(known, members, n).items():
        yield Figure(metric=metric, reading=_in_currency(reading, known.currency))
    if enters:
        yield Figure(metric="conversion_28d", reading=_conversion(known, entries))
    yield _staying(known, members, n)
    for worked in known.own:
        reading = shown(worked.reading(members), known.fewest)
        yield Figure(metric=worked.own.key, reading=reading)


def moved(entered: int, left: int, size: int) -> Iterator[Figure]:
    """How many came and went by a membership version that holds so many."""
    for metric, count in (("entered", entered), ("left", left)):
        reading = Reading(value=count, n=size, unit="people", method=SIZE)
        yield Figure(metric=metric, reading=reading)


def _standard(known: Known, members: Crowd, n: int) -> dict[str, Reading]:
    found = dict(figures(known.behaviour, members, known.fewest))
    found["cancelled_28d"] = shown(_cancelled(known, members), known.fewest)
    for metric in LISTED:
        fault = known.faults.get(OTHER_GROUPS.get(metric.key, "active"))
        if fault and metric.group != "Size" and metric.key not in ("conversion_28d", "staying_84d"):
            method = found[metric.key].method if metric.key in found else metric.source
            found[metric.key] = absent(n=n, unit=metric.unit, method=method, reason=fault)
    return found


def _in_currency(reading: Reading, currency: str) -> Reading:
    return replace(reading, unit=currency or MONEY) if reading.unit == MONEY else reading


def _cancelled(known: Known, members: Crowd) -> Reading:
    before = known.behaviour.before[members]
    part = int(np.count_nonzero(before & known.cancelled[members]))
    return share(part, int(np.count_nonzero(before)), CANCELLED)


def _conversion(known: Known, entries: Entries | None) -> Reading:
    if fault := known.faults.get("converted"):
        return absent(n=0, unit="share", method=CONVERSION, reason=fault)
    if entries is None:
        reason = "Nobody entered 28 to 56 days ago."
        return absent(n=0, unit="share", method=CONVERSION, reason=reason)
    found = conversion(attempts(entries, *known.conversions), MONTH * DAY, known.now)
    return shown(found, known.fewest)


def _staying(known: Known, members: Crowd, n: int) -> Figure:
    if fault := known.faults.get("active"):
        reading = absent(n=n, unit="share", method=CANCELLED, reason=fault)
        return Figure(metric="staying_84d", reading=reading)
    found = curve(tally(known.stays, members), known.fewest)
    reading = shown(staying(found), known.fewest)
    return Figure(metric="staying_84d", reading=reading, points=points(found))
