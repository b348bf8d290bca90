"""Is the membership as fresh as the segment's timetable promises?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from catalogue.definitions.errors import Code

# A run needs its time: late is what is overdue by more than this.
GRACE = timedelta(minutes=30)
UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """`state` for colour and icon, `text` for people; `due_at` is None without a timetable, and so
    is `max_age`: how old the numbers may be, as the timetable promises, before they are late."""

    state: Literal["never", "on time", "late", "by hand"]
    text: str
    due_at: datetime | None = None
    max_age: timedelta | None = None

    @property
    def promise(self) -> str:
        """The promise in words: `at most 6 hours old`; "" where nothing is promised."""
        return f"at most {_span(self.max_age)} old" if self.max_age is not None else ""


def freshness_of(
    refresh: Mapping[str, Any] | None, refreshed_at: datetime | None, *, now: datetime
) -> Freshness:
    """Judge the time of the last good refresh against `refresh` ({"every", "unit", "at"})."""
    if refreshed_at is None:
        max_age = _every(refresh) if refresh else None
        return Freshness(state="never", text="not refreshed yet", max_age=max_age)
    if not refresh:
        return Freshness(state="by hand", text="refreshed by hand")
    every = _every(refresh)
    due_at = refreshed_at + every
    if now > due_at + GRACE:
        text = f"refresh late by {_span(now - due_at)}"
        return Freshness(state="late", text=text, due_at=due_at, max_age=every)
    text = f"every {_span(every).removeprefix('1 ')}"
    return Freshness(state="on time", text=text, due_at=due_at, max_age=every)


def stopped_because(reason: str, code: str) -> str:
    """Why a segment keeps its last good version, as `Segment.broken_reason` keeps it: the sentence,
    and before it that it is for its price."""
    return f"{code}: {reason}" if code == Code.TOO_EXPENSIVE else reason


def stopped_state(broken_reason: str) -> Literal["", "broken", "too_expensive"]:
    """How a segment stands whose newest refresh was refused: its definition is broken, or it may
    be judged, only not within the budget of a refresh; "" when nothing was refused."""
    if broken_reason.startswith(f"{Code.TOO_EXPENSIVE}:"):
        return "too_expensive"
    return "broken" if broken_reason else ""


def _every(refresh: Mapping[str, Any]) -> timedelta:
    return int(refresh["every"]) * UNITS[str(refresh["unit"]).rstrip("s")]


def _span(span: timedelta) -> str:
    for name, unit in reversed(UNITS.items()):
        if span >= unit and (span % unit == timedelta(0) or span >= 2 * unit or name == "minute"):
            count = span // unit
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return "less than a minute"
