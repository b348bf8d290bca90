"""All figures of one crowd, the members of a segment or whoever else, from what is known of
everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.metrics.company import OwnCounted, Worked
from catalogue.metrics.conversion import METHOD as CONVERSION
from catalogue.metrics.conversion import conversion
from catalogue.metrics.engagement import MONTH, Crowd, size_of
from catalogue.metrics.entries import Entries, attempts
from catalogue.metrics.everybody import Everybody, settled
from catalogue.metrics.figures import Behaviour, Counted, counted, figures_by
from catalogue.metrics.instants import DAY
from catalogue.metrics.lifetime_value import Forecast, forecast
from catalogue.metrics.measured import Reading, absent, shown
from catalogue.metrics.moments import Moments, Pairs
from catalogue.metrics.purchases import Purchases
from catalogue.metrics.shares import share
from catalogue.metrics.standard import LISTED, MONEY
from catalogue.metrics.staying import Stays, Tally, curve, points, staying, tally

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Buying:
    """What everybody bought, and what that foretells; None where nobody says what revenue is."""

    purchases: Purchases | None
    forecast: Forecast | None


def buying(everybody: Everybody, zone: ZoneInfo) -> Buying:
    """By customer, on the calendar of a zone; the models of lifetime value are fitted here, once
    for all crowds."""
    bought = settled(everybody, zone)
    return Buying(purchases=bought, forecast=None if bought is None else forecast(bought))


def known(
    everybody: Everybody,
    buying: Buying,
    stays: Stays,
    own: Sequence[Worked],
    *,
    currency: str,
    fewest: int,
) -> Known:
    """What all crowds are measured by."""
    days = everybody.days
    return Known(
        behaviour=Behaviour(
            activity=days.activity(),
            before=days.active(MONTH, MONTH),
            purchases=buying.purchases,
            forecast=buying.forecast,
        ),
        stays=stays,
        cancelled=everybody.cancelled[: everybody.size],
        conversions=(everybody.converted.joined("places"), everybody.converted.joined("at")),
        own=own,
        faults=everybody.faults,
        currency=currency,
        fewest=fewest,
        now=everybody.now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Everything that the figures of `n` people are read off: sums, so that those of all others are
    had by taking these off. `cancelled`: of those who were active before the last 28 days how many
    cancelled in these. `own` as the metrics of the company's own stand."""

    n: int
    behaviour: Counted
    cancelled: int
    stays: Tally
    own: tuple[OwnCounted | None, ...]

    def __sub__(self, part: Totals) -> Totals:
        """Those of all people who are no `part` of these."""
        return Totals(
            n=self.n - part.n,
            behaviour=self.behaviour - part.behaviour,
            cancelled=self.cancelled - part.cancelled,
            stays=self.stays - part.stays,
            own=tuple(map(_without, self.own, part.own)),
        )


def _without(whole: OwnCounted | None, part: OwnCounted | None) -> OwnCounted | None:
    match whole, part:
        case int(), int():
            return whole - part
        case Moments(), Moments():
            return whole - part
        case Pairs(), Pairs():
            return whole - part
    return None


def totals(known: Known, members: Crowd) -> Totals:
    """Those of some customers."""
    cancelled = known.behaviour.before[members] & known.cancelled[members]
    return Totals(
        n=size_of(members),
        behaviour=counted(known.behaviour, members),
        cancelled=int(np.count_nonzero(cancelled)),
        stays=tally(known.stays, members),
        own=tuple(one.counted(members) for one in known.own),
    )


def crowd_figures(
    known: Known, of: Totals, *, entries: Entries | None = None, enters: bool = True
) -> Iterator[Figure]:
    """All figures of some customers. `entries` are those into a segment; `enters`: whether it is
    one at all, which people enter."""
    size = Reading(value=of.n, n=of.n, unit="people", method=SIZE)
    yield Figure(metric="size", reading=size)
    for metric, reading in _standard(known, of).items():
        yield Figure(metric=metric, reading=_in_currency(reading, known.currency))
    if enters:
        yield Figure(metric="conversion_28d", reading=_conversion(known, entries))
    yield _staying(known, of)
    for worked, found in zip(known.own, of.own, strict=True):
        reading = shown(worked.reading(found, of.n), known.fewest)
        yield Figure(metric=worked.own.key, reading=reading)


def moved(entered: int, left: int, size: int) -> Iterator[Figure]:
    """How many came and went by a membership version that holds so many."""
    for metric, count in (("entered", entered), ("left", left)):
        reading = Reading(value=count, n=size, unit="people", method=SIZE)
        yield Figure(metric=metric, reading=reading)


def _standard(known: Known, of: Totals) -> dict[str, Reading]:
    found = dict(figures_by(known.behaviour, of.behaviour, known.fewest))
    cancelled = share(of.cancelled, of.behaviour.before, CANCELLED)
    found["cancelled_28d"] = shown(cancelled, known.fewest)
    for metric in LISTED:
        fault = known.faults.get(OTHER_GROUPS.get(metric.key, "active"))
        if fault and metric.group != "Size" and metric.key not in ("conversion_28d", "staying_84d"):
            method = found[metric.key].method if metric.key in found else metric.source
            found[metric.key] = absent(n=of.n, unit=metric.unit, method=method, reason=fault)
    return found


def _in_currency(reading: Reading, currency: str) -> Reading:
    return replace(reading, unit=currency or MONEY) if reading.unit == MONEY else reading


def _conversion(known: Known, entries: Entries | None) -> Reading:
    if fault := known.faults.get("converted"):
        return absent(n=0, unit="share", method=CONVERSION, reason=fault)
    if entries is None:
        reason = "Nobody entered 28 to 56 days ago."
        return absent(n=0, unit="share", method=CONVERSION, reason=reason)
    found = conversion(attempts(entries, *known.conversions), MONTH * DAY, known.now)
    return shown(found, known.fewest)


def _staying(known: Known, of: Totals) -> Figure:
    if fault := known.faults.get("active"):
        reading = absent(n=of.n, unit="share", method=CANCELLED, reason=fault)
        return Figure(metric="staying_84d", reading=reading)
    found = curve(of.stays, known.fewest)
    reading = shown(staying(found), known.fewest)
    return Figure(metric="staying_84d", reading=reading, points=points(found))
