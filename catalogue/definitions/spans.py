"""Stretches of time as written: durations, dates, windows. `windows` makes instants of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from catalogue.definitions import rules
from catalogue.definitions.errors import Code, refuse

Unit = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
CalendarUnit = Literal["day", "week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """`count` whole units, count ≥ 1. second … week are exact, month … year follow the calendar."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        rules.check_duration(self.count, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class InLast:
    """[now − N, now]"""

    duration: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderThan:
    """(−∞, now − N)"""

    duration: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class InNext:
    """(now, now + N]; only for traits and properties."""

    duration: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class AgoToAgo:
    """`from: A ago, to: B ago`: [now − A, now − B]"""

    start: Duration
    end: Duration

    def __post_init__(self) -> None:
        rules.check_ages((self.start.count, self.start.unit), (self.end.count, self.end.unit))


@dataclass(frozen=True, slots=True, kw_only=True)
class FromTo:
    """`from: t, to: u`: [t, u]. Bounds as written: a local date, or an instant."""

    start: DateLiteral
    end: DateLiteral

    def __post_init__(self) -> None:
        # Bounds of different kinds can only be compared in a zone: `parse` does.
        for start, end in (
            (self.start.day, self.end.day),
            (self.start.local, self.end.local),
            (self.start.instant, self.end.instant),
        ):
            if start is not None and end is not None:
                rules.check_order(start, end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """[first instant of D, now]"""

    start: DateLiteral


@dataclass(frozen=True, slots=True, kw_only=True)
class BetweenDates:
    """[first instant of D, first instant of the day after E)"""

    first: date
    last: date

    def __post_init__(self) -> None:
        rules.check_order(self.first, self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceStartOfDay:
    """[00:00 local n days ago, now]; events only; 0 = today"""

    days_ago: int

    def __post_init__(self) -> None:
        if isinstance(self.days_ago, bool) or self.days_ago < 0:
            raise refuse(Code.BAD_VALUE, "Write a whole number of days; 0 is today.")


@dataclass(frozen=True, slots=True, kw_only=True)
class During:
    """[start, end) of the last, this or next local calendar unit; weeks start on Monday."""

    which: Literal["last", "this", "next"]
    unit: CalendarUnit


Window = (
    InLast
    | OlderThan
    | InNext
    | AgoToAgo
    | FromTo
    | Since
    | BetweenDates
    | SinceStartOfDay
    | During
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLiteral:
    """A date as written. Exactly one of: `day` (a plain local date), `local` (a local time without
    offset, naive), `instant` (aware UTC), `word` (today, yesterday, tomorrow)."""

    day: date | None = None
    local: datetime | None = None
    instant: datetime | None = None
    word: Literal["today", "yesterday", "tomorrow"] | None = None

    def __post_init__(self) -> None:
        if sum(x is not None for x in (self.day, self.local, self.instant, self.word)) != 1:
            raise refuse(Code.BAD_VALUE, "A date is a day, a time or a word, and one of them.")


def check_event_window(window: Window | None) -> None:
    """Refuse the window that only traits and properties may have."""
    if isinstance(window, InNext):
        raise refuse(
            Code.BAD_WINDOW, "Events after now are never counted; “in_next” is for traits."
        )
