"""Windows as written: one small reader per form, found by its key, and one writer per window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast, get_args

from catalogue.definitions import spans
from catalogue.definitions.dates import (
    is_age,
    parse_age,
    parse_date,
    parse_day,
    parse_duration,
    write_date,
    write_duration,
)
from catalogue.definitions.errors import Code
from catalogue.definitions.pieces import Piece, every, nearest
from catalogue.definitions.rules import check_order
from catalogue.definitions.spans import Window
from catalogue.definitions.windows import EARLIEST, literal_instant

# A number of days back for which no calendar has a date.
MAX_DAYS = 4_000_000
DURING = [
    f"{which}_{unit}" for which in ("last", "this", "next") for unit in get_args(spans.CalendarUnit)
]


def _in_last(piece: Piece) -> Window:
    return spans.InLast(duration=parse_duration(piece))


def _older_than(piece: Piece) -> Window:
    return spans.OlderThan(duration=parse_duration(piece))


def _in_next(piece: Piece) -> Window:
    return spans.InNext(duration=parse_duration(piece))


def _since(piece: Piece) -> Window:
    return spans.Since(start=parse_date(piece))


def _between_dates(piece: Piece) -> Window:
    days = piece.items("between_dates")
    if len(days) != 2:
        raise piece.bad("Write two dates, as in [2026-01-01, 2026-03-31].")
    first, last = every(days, parse_day)
    return piece.checked(spans.BetweenDates, first=first, last=last)


def _since_start_of_day(piece: Piece) -> Window:
    days = piece.value
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= MAX_DAYS:
        raise piece.bad("Write a whole number of days; 0 is today, 1 since yesterday.")
    return spans.SinceStartOfDay(days_ago=days)


def _during(piece: Piece) -> Window:
    text = piece.value
    if text not in DURING:
        raise piece.bad(
            f"“{text}” is no calendar unit. Write last, this or next and day, week, month, quarter"
            " or year, as in last_month.",
            suggestion=nearest(text, DURING) if isinstance(text, str) else None,
        )
    which, unit = text.split("_")
    return spans.During(which=cast("Any", which), unit=cast("Any", unit))


READERS: Mapping[str, Callable[[Piece], Window]] = {
    "in_last": _in_last,
    "older_than": _older_than,
    "in_next": _in_next,
    "since": _since,
    "between_dates": _between_dates,
    "since_start_of_day": _since_start_of_day,
    "during": _during,
}
# `from` and `to` are one form made of two keys.
KEYS = (*READERS, "from", "to")
EVENT_KEYS = tuple(key for key in KEYS if key != "in_next")
TRAIT_KEYS = tuple(key for key in KEYS if key != "since_start_of_day")


def parse_window(piece: Piece, allowed: tuple[str, ...]) -> Window | None:
    """The window of a condition, a mapping; None when it has none."""
    keys = [key for key in piece.keys if key in KEYS]
    if not keys:
        return None
    forms = {"from" if key == "to" else key for key in keys}
    if len(forms) > 1:
        raise piece.at(keys[1]).fault(
            Code.BAD_WINDOW, f"There are two windows, “{keys[0]}” and “{keys[1]}”. Keep one."
        )
    if keys[0] not in allowed:
        raise piece.at(keys[0]).fault(Code.BAD_WINDOW, _misplaced(keys[0]))
    if "from" in forms:
        return _from_to(piece)
    return READERS[keys[0]](piece.at(keys[0]))


def _misplaced(key: str) -> str:
    if key == "in_next":
        return "Events after now are never counted; “in_next” is for traits and properties."
    return f"“{key}” is for events. For a date write “in_last”, “since” or “during”."


def _from_to(piece: Piece) -> Window:
    for key, other in (("from", "to"), ("to", "from")):
        if key not in piece.keys:
            raise piece.at(other).fault(
                Code.BAD_WINDOW, f"“{other}” needs “{key}” beside it, of the same kind."
            )
    start, end = piece.at("from"), piece.at("to")
    if is_age(start.value) != is_age(end.value):
        raise end.fault(
            Code.BAD_WINDOW,
            "“from” and “to” must be of one kind: two ages, as in “30 days ago”, or two dates.",
        )
    return _ages(start, end) if is_age(start.value) else _dates(start, end)


def _ages(start: Piece, end: Piece) -> Window:
    first, last = every((start, end), parse_age)
    return end.checked(spans.AgoToAgo, start=first, end=last)


def _dates(start: Piece, end: Piece) -> Window:
    first, last = every((start, end), parse_date)
    # Neither is relative, so any instant serves as now.
    instants = (literal_instant(literal, EARLIEST, end.zone) for literal in (first, last))
    end.checked(check_order, *instants)
    return end.checked(spans.FromTo, start=first, end=last)


def write_window(window: Window) -> dict[str, object]:
    """The keys a file has for a window."""
    match window:
        case spans.InLast(duration=duration):
            return {"in_last": write_duration(duration)}
        case spans.OlderThan(duration=duration):
            return {"older_than": write_duration(duration)}
        case spans.InNext(duration=duration):
            return {"in_next": write_duration(duration)}
        case spans.AgoToAgo(start=a, end=b):
            return {"from": f"{write_duration(a)} ago", "to": f"{write_duration(b)} ago"}
        case spans.FromTo(start=t, end=u):
            return {"from": write_date(t), "to": write_date(u)}
        case spans.Since(start=start):
            return {"since": write_date(start)}
        case spans.BetweenDates(first=first, last=last):
            return {"between_dates": [first.isoformat(), last.isoformat()]}
        case spans.SinceStartOfDay(days_ago=days):
            return {"since_start_of_day": days}
        case spans.During(which=which, unit=unit):
            return {"during": f"{which}_{unit}"}
