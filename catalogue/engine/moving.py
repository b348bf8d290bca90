"""Which conditions change by time alone, and at which instants that can be.

While nothing is said or done any more, a window only moves over dates that stay where they are. So
an answer can change only where an edge of the window meets one of them, and those instants can be
listed: exactly for units that are elapsed time; for calendar units, which leap at midnights, at
ends of months and when clocks change, with everything near them. Listing too much does no harm: at
each of the instants the condition is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from catalogue.definitions import nodes
from catalogue.definitions.nodes import DateLiteral, Duration, Node, Operator, Term, Window
from catalogue.definitions.windows import (
    EXACT,
    LATEST,
    MICROSECOND,
    MONTHS,
    add_months,
    local_day,
    start_of_day,
    unit_bounds,
)
from catalogue.engine.local_times import changes_of_clocks, first_local_from

# What changes by time alone only where a window or a term of it moves. Lasting, order and habit
# are not among them.
FORESEEN = (
    *(nodes.All, nodes.Any, nodes.None_, nodes.Not, nodes.Everyone, nodes.Sample),
    *(nodes.Trait, nodes.AccountTrait, nodes.AccountMembers, nodes.Customers),
    *(nodes.Did, nodes.DidNot, nodes.Count, nodes.FirstDid, nodes.LastDid, nodes.Aggregate),
    *(nodes.Top, nodes.Bottom),
)
ANNIVERSARIES = (Operator.ANNIVERSARY_ON, Operator.ANNIVERSARY_IN_NEXT)


def moves(term: Term) -> bool:
    """Whether a term on a value that stays the same may answer otherwise later."""
    operand = term.operand
    if term.operator is Operator.ITEM and isinstance(operand, tuple):
        return any(moves(inner) for inner in operand if isinstance(inner, Term))
    if isinstance(operand, DateLiteral):
        return operand.word is not None
    return isinstance(operand, Duration) or (isinstance(operand, Window) and window_moves(operand))


def window_moves(window: Window) -> bool:
    """Whether the window is elsewhere later."""
    if isinstance(window, nodes.FromTo):
        return window.start.word is not None or window.end.word is not None
    return not isinstance(window, nodes.BetweenDates)


def stays(node: Node) -> bool:
    """Whether the answer about anybody is for ever the one as of now. False also where that is not
    known: what a segment referred to says later is not looked at."""
    if not isinstance(node, FORESEEN):
        return False
    by = node.by if isinstance(node, nodes.Top | nodes.Bottom) else node
    window = getattr(by, "window", None)
    if window is not None and window_moves(window):
        return False
    return not any(map(moves, nodes.terms_of(node))) and all(map(stays, nodes.children(node)))


def elapses(window: Window) -> bool:
    """Whether the window moves with elapsed time alone, whatever calendar and clocks say."""
    match window:
        case nodes.Since(start=start):
            return start.word is None
        case nodes.SinceStartOfDay() | nodes.During():
            return False
    return all(one.unit in EXACT for one in _durations(window))


def _durations(window: Window | DateLiteral) -> tuple[Duration, ...]:
    """How far from now the edges of a rolling window are."""
    match window:
        case nodes.InLast() | nodes.OlderThan() | nodes.InNext():
            return (window.duration,)
        case nodes.AgoToAgo(start=start, end=end):
            return (start, end)
    return ()


def edges(operand: Window | DateLiteral, at: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Instants among which are all at which the moving window (or today, yesterday, tomorrow)
    begins or ceases to hold `at`; some others too."""
    yield from _just_after(at)
    for duration in _durations(operand):
        for sign in (-1, 1):
            yield from _shifted(at, duration, sign, zone)
    today = local_day(at, zone)
    match operand:
        case nodes.SinceStartOfDay(days_ago=days):
            yield from _midnights(today, range(days - 1, days + 3), zone)
        case nodes.During(unit=unit):
            for day in _days(today, range(-1, 2)):
                yield from _unit_starts(day, unit, zone)
        case DateLiteral() | nodes.FromTo() | nodes.Since():  # where a day may be today
            yield from _midnights(today, range(-2, 3), zone)


def _shifted(at: datetime, duration: Duration, sign: int, zone: ZoneInfo) -> Iterator[datetime]:
    """Where `at` is just the duration away; nowhere beyond the calendar."""
    try:
        if duration.unit in EXACT:
            yield from _just_after(at + sign * duration.count * EXACT[duration.unit])
        else:
            yield from _shifted_months(at, sign * duration.count * MONTHS[duration.unit], zone)
    except (OverflowError, ValueError):
        return


def _just_after(at: datetime) -> Iterator[datetime]:
    """The instant, and the next one: windows have ends of both kinds."""
    yield at
    if at < LATEST:
        yield at + MICROSECOND


def _shifted_months(at: datetime, months: int, zone: ZoneInfo) -> Iterator[datetime]:
    bounds = [first_local_from(bound, zone) for bound in _just_after(at)]
    for local in (bound for bound in bounds if bound is not None):
        middle = add_months(local, months).date()
        # Up to three days of one month may stand for the last one of another.
        for day in _days(middle, range(-4, 5)):
            yield from _clock(day, local.time(), zone)
        yield from _midnights(middle, range(-4, 6), zone)


def _days(middle: date, steps: range) -> Iterator[date]:
    """The days so many steps away, those that are in the calendar."""
    for ordinal in (middle.toordinal() + step for step in steps):
        if 1 <= ordinal <= date.max.toordinal():
            yield date.fromordinal(ordinal)


def _clock(day: date, clock: time, zone: ZoneInfo) -> Iterator[datetime]:
    """Both instants at which the clocks of a day may show this time."""
    for fold in (0, 1):
        # At the ends of the calendar another zone may be beyond them.
        with suppress(OverflowError):
            yield datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC)


def _unit_starts(day: date, unit: nodes.CalendarUnit, zone: ZoneInfo) -> Iterator[datetime]:
    for offset in range(-1, 3):
        with suppress(OverflowError, ValueError):
            start, _ = unit_bounds(day, unit, offset)
            yield from _midnights(start, range(1), zone)


def _midnights(middle: date, steps: range, zone: ZoneInfo) -> Iterator[datetime]:
    """The beginnings of the days so many steps away, and every change of clocks beside them."""
    for day in _days(middle, steps):
        yield start_of_day(day, zone)
        yield from _clock(day, time.min, zone)
        yield from changes_of_clocks(day, zone)
