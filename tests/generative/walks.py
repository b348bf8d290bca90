"""Conditions on the order of events and on habits, and the segments that hold them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from zoneinfo import ZoneInfo

from catalogue.definitions import nodes, windows
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Comparison, Duration, EventSelector, Node, Periods
from catalogue.warehouse.given import GivenCustomer, GivenEvent
from tests.generative.moments import DURATIONS, SMALL_STEPS, Moment
from tests.generative.operands import Ground, term, window

# Each next to several others that are near it, so that events lie on both sides of `within`.
WITHIN = [*DURATIONS[:5], Duration(count=20, unit="minute"), Duration(count=25, unit="day")]
PERIODS = [
    *[Duration(count=1, unit="day")] * 2,
    *[Duration(count=1, unit="week"), Duration(count=1, unit="month")] * 2,
    *(Duration(count=30, unit="minute"), Duration(count=1, unit="quarter")),
]
# What the other conditions of a case are made with.
Select = Callable[[Random, Ground], EventSelector]
Compare = Callable[[Random, list[int]], Comparison]


def walk(
    rng: Random, ground: Ground, select: Select, compare: Compare, times: list[tuple], props: tuple
) -> Node:
    """One condition of any of the seven heads."""
    span = window(rng, ground.moment, of_events=True) if rng.random() < 0.85 else None
    match rng.choice(HEADS):
        case "sequence":
            return nodes.Sequence(steps=_steps(rng, ground, select), window=span)
        case "dropped_off":
            start, goal = (_simple(rng, ground, select) for _ in range(2))
            within = rng.choice(WITHIN)
            return nodes.DroppedOff(start=start, goal=goal, within=within, window=span)
        case "stopped":
            quiet, active = _pair(rng)
            events = select(rng, ground)
            return nodes.Stopped(events=events, active_within=active, quiet_for=quiet)
        case "resumed":
            back, quiet = _pair(rng)
            events = select(rng, ground)
            return nodes.Resumed(events=events, back_within=back, quiet_within=quiet)
        case "regularly":
            periods = _periods(rng)
            events = select(rng, ground)
            return nodes.Regularly(events=events, periods=periods, times=rng.choice(times))
        case "active_days":
            periods = _periods(rng) if rng.random() < 0.3 else None
            return nodes.ActiveDays(
                events=select(rng, ground),
                comparison=compare(rng, [0, 1, 1, 2, 3]),
                window=None if periods else span,
                periods=periods,
            )
    has = tuple(term(rng, ground, props) for _ in range(rng.choice([1, 1, 2])))
    return nodes.Latest(events=_simple(rng, ground, select), has=has, window=span)


HEADS = (
    *["sequence", "dropped_off", "latest"] * 3,
    *["active_days"] * 4,
    *["stopped", "resumed", "regularly"],
)


def with_echoes(
    rng: Random, moment: Moment, customer: GivenCustomer, names: Sequence[str]
) -> GivenCustomer:
    """The customer with some more events, each as long before or after another as a step may take,
    or a microsecond beside, or at the same instant."""
    echoes: list[GivenEvent] = []
    for _ in range(rng.choice([0, 1, 2, 3]) if customer.events else 0):
        start = rng.choice([*customer.events, *echoes]).at
        at = start
        if rng.random() < 0.8:
            zone, sign = ZoneInfo(moment.zone), rng.choice([-1, 1])
            at = windows.shift(start, rng.choice(WITHIN), zone, sign=sign)
        props = rng.choice(customer.events).props
        echo = GivenEvent(name=rng.choice(names), at=at + rng.choice(SMALL_STEPS), props=props)
        echoes.append(echo)
    return replace(customer, events=(*customer.events, *echoes))


def _simple(rng: Random, ground: Ground, select: Select) -> EventSelector:
    """A selection that is mostly met: with terms at every step nobody would come far."""
    events = select(rng, ground)
    return (
        events
        if rng.random() < 0.3
        else nodes.EventSelector(names=events.names, prefixes=events.prefixes)
    )


def _steps(rng: Random, ground: Ground, select: Select) -> tuple[nodes.Step, ...]:
    first = nodes.Step(events=_simple(rng, ground, select))
    rest = (
        nodes.Step(
            events=_simple(rng, ground, select),
            within=rng.choice(WITHIN) if rng.random() < 0.7 else None,
        )
        for _ in range(rng.choice([1, 1, 1, 2]))
    )
    return first, *rest


def _pair(rng: Random) -> tuple[Duration, Duration]:
    """Two durations, the shorter first; months may be shorter than so many days."""
    while True:
        shorter, longer = rng.sample([*DURATIONS, Duration(count=30, unit="day")], 2)
        try:
            nodes.Stopped(
                events=nodes.EventSelector(names=("x",)), active_within=longer, quiet_for=shorter
            )
        except DefinitionError:
            continue
        return shorter, longer


def _periods(rng: Random) -> Periods:
    of_last = rng.choice([1, 2, 3, 4, 5])
    least = rng.choice([1, 1, 2, of_last])
    return Periods(per=rng.choice(PERIODS), in_at_least=min(least, of_last), of_last=of_last)
