"""Which conditions change by time alone, and at which instants that can be.

While nothing is said or done any more, a window only moves over dates that stay where they are. So
an answer can change only where an edge of the window meets one of them, and those instants can be
listed: exactly for units that are elapsed time; for calendar units, which leap at midnights, at
ends of months and when clocks change, with everything near them. Listing too much does no harm: at
each of the instants the condition is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from catalogue.definitions import nodes
from catalogue.definitions.nodes import DateLiteral, Duration, Operator, Term, Window
from catalogue.definitions.windows import (
    EXACT,
    MICROSECOND,
    MONTHS,
    add_months,
    local_day,
    start_of_day,
    unit_bounds,
)
from catalogue.engine.local_times import changes_of_clocks, first_local_from

DAY = timedelta(days=1)
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


def elapses(window: Window) -> bool:
    """Whether the window moves with elapsed time alone, whatever calendar and clocks say."""
    match window:
        case (
            nodes.InLast(duration=one) | nodes.OlderThan(duration=one) | nodes.InNext(duration=one)
        ):
            return one.unit in EXACT
        case nodes.AgoToAgo(start=start, end=end):
            return start.unit in EXACT and end.unit in EXACT
        case nodes.Since(start=start):
            return start.word is None
    return False


def edges(operand: Window | DateLiteral, at: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Instants among which are all at which the moving window (or today, yesterday, tomorrow)
    begins or ceases to hold `at`; some others too."""
    yield from (at, at + MICROSECOND)
    match operand:
        case (
            nodes.InLast(duration=one) | nodes.OlderThan(duration=one) | nodes.InNext(duration=one)
        ):
            yield from _shifted(at, one, zone)
        case nodes.AgoToAgo(start=start, end=end):
            yield from _shifted(at, start, zone)
            yield from _shifted(at, end, zone)
        case nodes.SinceStartOfDay(days_ago=days):
            yield from _midnights(at, range(days - 1, days + 3), zone)
        case nodes.During(unit=unit):
            yield from _unit_starts(at, unit, zone)
        case DateLiteral() | nodes.FromTo() | nodes.Since():  # where a day may be today
            yield from _midnights(at, range(-2, 3), zone)


def _shifted(at: datetime, duration: Duration, zone: ZoneInfo) -> Iterator[datetime]:
    """Where `at` is just the duration away, before and after."""
    for sign in (-1, 1):
        try:
            if duration.unit in EXACT:
                away = at + sign * duration.count * EXACT[duration.unit]
                yield from (away, away + MICROSECOND)
            else:
                months = sign * duration.count * MONTHS[duration.unit]
                yield from _shifted_months(at, months, zone)
        except (OverflowError, ValueError):
            continue  # beyond the calendar: nothing moves there


def _shifted_months(at: datetime, months: int, zone: ZoneInfo) -> Iterator[datetime]:
    bounds = [first_local_from(bound, zone) for bound in (at, at + MICROSECOND)]
    locals_ = [bound for bound in bounds if bound is not None]
    for local in locals_:
        middle = add_months(local, months).date()
        # Up to three days of one month may stand for the last one of another.
        for day in (middle + step * DAY for step in range(-4, 5)):
            yield from _clock(day, local.time(), zone)
        yield from _midnights_of(middle - 4 * DAY, middle + 5 * DAY, zone)


def _clock(day: date, clock: time, zone: ZoneInfo) -> Iterator[datetime]:
    """Both instants at which the clocks of a day may show this time."""
    for fold in (0, 1):
        yield datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC)


def _unit_starts(at: datetime, unit: nodes.CalendarUnit, zone: ZoneInfo) -> Iterator[datetime]:
    today = local_day(at, zone)
    for near in (today - DAY, today, today + DAY):
        for offset in range(-1, 3):
            start, _ = unit_bounds(near, unit, offset)
            yield from _midnights_of(start, start, zone)


def _midnights(at: datetime, steps: range, zone: ZoneInfo) -> Iterator[datetime]:
    today = local_day(at, zone)
    yield from _midnights_of(today + steps[0] * DAY, today + steps[-1] * DAY, zone)


def _midnights_of(first: date, last: date, zone: ZoneInfo) -> Iterator[datetime]:
    """The beginnings of these days, and every change of clocks beside them."""
    day = first
    while day <= last:
        yield start_of_day(day, zone)
        yield from _clock(day, time.min, zone)
        day += DAY
    yield from changes_of_clocks(
        start_of_day(first, zone) - DAY, start_of_day(last, zone) + DAY, zone
    )
