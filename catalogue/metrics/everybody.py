"""What everybody did, from one reading of the events: the vectors that all segments' figures are
read off. Memory grows with customers, not with events, but for purchases and conversions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.paths import write_path
from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.inputs import Stopped
from catalogue.engine.local_times import microseconds, naive
from catalogue.engine.streams import EventRows, event_rows, kinds_in, size_of, texts_in
from catalogue.engine.vectors.money import TooLarge, millionths, takes_part
from catalogue.metrics.days import Days
from catalogue.metrics.engagement import MONTH
from catalogue.metrics.instants import DAY
from catalogue.metrics.meanings import Meanings, Revenue
from catalogue.metrics.measured import NotMeasured
from catalogue.metrics.purchases import Purchases, purchases
from catalogue.metrics.revenue import one_currency

if TYPE_CHECKING:
    from catalogue.warehouse.tables import Tables

# Some 1.5 GB while they are put in order.
MOST_PURCHASES = 20_000_000
MOST_CURRENCIES = 20
# Conversions are looked for from the earliest entry on that is counted.
CONVERSIONS_WITHIN = 2 * MONTH * DAY


@dataclass(slots=True, kw_only=True)
class Collected:
    """Rows put aside: whose, when and, of purchases, how much in whole millionths."""

    places: list[Integers] = field(default_factory=list)
    at: list[Integers] = field(default_factory=list)
    amounts: list[Integers] = field(default_factory=list)

    def joined(self, name: str) -> Integers:
        """One of the columns in one piece."""
        parts: list[Integers] = getattr(self, name)
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


@dataclass(slots=True, kw_only=True)
class Everybody:
    """By ordinal, shapes (size,): the days each was there, who has cancelled in the last 28 days;
    the conversions of the last 56 days and what was bought, in whatever order. `faults`: why a
    group of figures (`active`, `revenue`, `converted`, `cancelled`) has no numbers."""

    size: int
    now: int
    days: Days
    cancelled: Mask
    converted: Collected
    bought: Collected
    faults: dict[str, str] = field(default_factory=dict)
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """How the events are read: of which photo, as of when. `on_event` is told after each event how
    many of how many are read; `should_stop` is asked after some rows."""

    tables: Tables
    now: datetime
    should_stop: Callable[[], bool]
    on_event: Callable[[int, int], None]


def read_everybody(meanings: Meanings, reading: Pass) -> Everybody:
    """One pass over every event that means anything. An event that cannot be read is a fault of the
    figures that it belongs to. Raises Stopped and ScanFailed."""
    found = _nobody_yet(reading)
    _tell_of_missing(meanings, found)
    revenue = _checked(meanings.revenue, found, reading) if meanings.revenue else None
    names = meanings.needed(reading.tables.event_names())
    for done, name in enumerate(names):
        reading.on_event(done, len(names))
        try:
            _read(name, meanings, revenue, found, reading)
        except DefinitionError as error:
            _note(name, meanings, found, error.faults[0].message)
    return found


def _nobody_yet(reading: Pass) -> Everybody:
    size, now = size_of(reading.tables), microseconds(naive(reading.now))
    return Everybody(
        size=size,
        now=now,
        days=Days(size=size, now=now),
        cancelled=np.zeros(size + 1, dtype=bool),
        converted=Collected(),
        bought=Collected(),
    )


def _tell_of_missing(meanings: Meanings, found: Everybody) -> None:
    said = "The settings of the workspace do not say which event means “{}”."
    if meanings.revenue is None:
        found.faults["revenue"] = said.format("revenue")
    for group in ("converted", "cancelled"):
        if not getattr(meanings, group):
            found.faults[group] = said.format(group)


def _checked(revenue: Revenue, found: Everybody, reading: Pass) -> Revenue | None:
    """The revenue, if its amounts can be added up; else why not is noted."""
    try:
        _check_revenue(revenue, reading)
        return revenue
    except NotMeasured as error:
        found.faults["revenue"] = str(error)
    except DefinitionError as error:
        found.faults["revenue"] = error.faults[0].message
    return None


def _check_revenue(revenue: Revenue, reading: Pass) -> None:
    if "text" in kinds_in(revenue.event, revenue.prop, reading.tables):
        raise NotMeasured(
            f"“{write_path(revenue.prop)}” of “{revenue.event}” is text, at least in part. Send it"
            " as a number, then measure again."
        )
    if revenue.currency_prop is not None:
        named = texts_in(revenue.event, revenue.currency_prop, reading.tables, MOST_CURRENCIES)
        if named and one_currency(named) != revenue.currency:
            raise NotMeasured(
                f"The amounts are in {named[0]}, and the settings of the workspace say"
                f" {revenue.currency}. Put the settings right, then measure again."
            )


def _read(
    name: str, meanings: Meanings, revenue: Revenue | None, found: Everybody, reading: Pass
) -> None:
    prop = revenue.prop if revenue and name == revenue.event else None
    for rows in event_rows(name, reading.tables, until=reading.now, prop=prop):
        if reading.should_stop():
            raise Stopped("the measuring was asked to stop")
        found.rows += len(rows)
        if meanings.means_active(name):
            found.days.add(rows)
        if name in meanings.cancelled:
            found.cancelled[rows.places[rows.at > found.now - MONTH * DAY]] = True
        if name in meanings.converted:
            _put_aside_conversions(rows, found)
        if prop is not None and "revenue" not in found.faults:
            _put_aside_purchases(name, rows, found)


def _put_aside_conversions(rows: EventRows, found: Everybody) -> None:
    first = int(np.searchsorted(rows.at, found.now - CONVERSIONS_WITHIN))
    found.converted.places.append(rows.places[first:])
    found.converted.at.append(rows.at[first:])


def _put_aside_purchases(name: str, rows: EventRows, found: Everybody) -> None:
    assert rows.numbers is not None  # noqa: S101 (it was asked for)
    counted = takes_part(rows.numbers) & (rows.places < found.size)
    try:
        found.bought.amounts.append(millionths(rows.numbers[counted]))
    except TooLarge:
        found.faults["revenue"] = f"An amount of “{name}” is too large to be added up."
        return
    found.bought.places.append(rows.places[counted])
    found.bought.at.append(rows.at[counted])
    if sum(map(len, found.bought.at)) > MOST_PURCHASES:
        found.faults["revenue"] = (
            f"There are more than {MOST_PURCHASES:,} of “{name}”, which is more than can be looked"
            " at together."
        )
        found.bought = Collected()


def _note(name: str, meanings: Meanings, found: Everybody, why: str) -> None:
    groups = {
        "active": meanings.means_active(name),
        "converted": name in meanings.converted,
        "cancelled": name in meanings.cancelled,
        "revenue": meanings.revenue is not None and name == meanings.revenue.event,
    }
    for group in (group for group, is_in in groups.items() if is_in):
        found.faults.setdefault(group, why)


def settled(found: Everybody, zone: ZoneInfo) -> Purchases | None:
    """What was bought, by customer, once all has been read; None, with a fault, where there are no
    numbers. Rows are let go of."""
    bought, found.bought = found.bought, Collected()
    if "revenue" in found.faults:
        return None
    try:
        return purchases(
            bought.joined("places").astype(np.uint32),
            bought.joined("at"),
            bought.joined("amounts"),
            size=found.size,
            now=found.now,
            zone=zone,
        )
    except DefinitionError as error:
        found.faults["revenue"] = error.faults[0].message
        return None
