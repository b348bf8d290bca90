"""Windows: when something happened, or when a date lies."""

from __future__ import annotations

from catalogue.definitions import spans
from catalogue.definitions.english.wording import Wording
from catalogue.definitions.spans import Window

CALENDAR = {
    ("last", "day"): "yesterday",
    ("this", "day"): "today",
    ("next", "day"): "tomorrow",
    ("last", "week"): "last week",
    ("this", "week"): "this week",
    ("next", "week"): "next week",
    ("last", "month"): "last month",
    ("this", "month"): "this month",
    ("next", "month"): "next month",
    ("last", "quarter"): "last quarter",
    ("this", "quarter"): "this quarter",
    ("next", "quarter"): "next quarter",
    ("last", "year"): "last year",
    ("this", "year"): "this year",
    ("next", "year"): "next year",
}


def say_window(window: Window | None, wording: Wording) -> str:
    """When: `in the last 30 days`."""
    say = wording.say
    match window:
        case None:
            return say("at any time")
        case spans.InLast(duration=duration):
            return say("in the last {duration}", duration=wording.duration(duration))
        case spans.OlderThan(duration=duration):
            return say("more than {duration} ago", duration=wording.duration(duration))
        case spans.InNext(duration=duration):
            return say("in the next {duration}", duration=wording.duration(duration))
        case spans.AgoToAgo(start=a, end=b):
            first, last = wording.duration(a), wording.duration(b)
            return say("between {first} ago and {last} ago", first=first, last=last)
        case spans.FromTo(start=t, end=u):
            return say("from {first} to {last}", first=wording.date(t), last=wording.date(u))
        case spans.Since(start=start):
            return say("since {start}", start=wording.date(start))
        case spans.BetweenDates(first=start_day, last=end_day):
            first, last = wording.day(start_day), wording.day(end_day)
            return say("from {first} through {last}", first=first, last=last)
        case spans.SinceStartOfDay(days_ago=days):
            return _since_start_of_day(days, wording)
        case spans.During(which=which, unit=unit):
            return say(CALENDAR[which, unit])


def _since_start_of_day(days: int, wording: Wording) -> str:
    if days == 0:
        return wording.say("since the start of today")
    plural = (
        "since the start of yesterday",
        "since the start of the day {count} days ago",
    )
    return wording.say_count(plural, days)


def say_date_within(name: str, window: Window, wording: Wording) -> str:
    """That a date lies in a window: `Trial ends at is in the next 3 days`."""
    when = say_window(window, wording)
    if isinstance(window, spans.Since):
        return wording.say(
            "{name} is between {start} and now", name=name, start=wording.date(window.start)
        )
    if isinstance(window, spans.During) and window.unit != "day":
        return wording.say("{name} is during {unit}", name=name, unit=when)
    return wording.say("{name} is {when}", name=name, when=when)
