"""Order and habit: what was done after what, and how steadily."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.definitions.english.events import say_events, say_how_often
from catalogue.definitions.english.terms import say_terms
from catalogue.definitions.english.windows import say_window
from catalogue.definitions.english.wording import Plural, Wording
from catalogue.definitions.terms import Comparator
from catalogue.definitions.walks import (
    ActiveDays,
    DroppedOff,
    Latest,
    Periods,
    Regularly,
    Resumed,
    Sequence,
    Stopped,
)

# {when} is a window, or in how many periods.
DAYS: Mapping[Comparator, Plural] = {
    Comparator.EQ: (
        "has done {events} on exactly {count} day {when}",
        "has done {events} on exactly {count} days {when}",
    ),
    Comparator.NEQ: (
        "has not done {events} on exactly {count} day {when}",
        "has not done {events} on exactly {count} days {when}",
    ),
    Comparator.GT: (
        "has done {events} on more than {count} day {when}",
        "has done {events} on more than {count} days {when}",
    ),
    Comparator.GTE: (
        "has done {events} on at least {count} day {when}",
        "has done {events} on at least {count} days {when}",
    ),
    Comparator.LT: (
        "has done {events} on less than {count} day {when}",
        "has done {events} on less than {count} days {when}",
    ),
    Comparator.LTE: (
        "has done {events} on at most {count} day {when}",
        "has done {events} on at most {count} days {when}",
    ),
}
DAYS_BETWEEN: Plural = (
    "has done {events} on between {low} and {count} day {when}",
    "has done {events} on between {low} and {count} days {when}",
)
PERIODS: Plural = (
    "in at least {least} of the last {count} period of {per}",
    "in at least {least} of the last {count} periods of {per}",
)


def say_sequence(node: Sequence, wording: Wording) -> str:
    """`did “Pricing viewed”, then “Demo requested” within 7 days, all in the last 90 days`"""
    first, *rest = node.steps
    steps = say_events(first.events, wording)
    for step in rest:
        events = say_events(step.events, wording)
        if step.within is None:
            steps = wording.say("{steps}, then {events}", steps=steps, events=events)
        else:
            steps = wording.say(
                "{steps}, then {events} within {duration}",
                steps=steps,
                events=events,
                duration=wording.duration(step.within),
            )
    if node.window is None:
        return wording.say("did {steps}, at any time", steps=steps)
    return wording.say(
        "did {steps}, all {window}", steps=steps, window=say_window(node.window, wording)
    )


def say_dropped_off(node: DroppedOff, wording: Wording) -> str:
    """The latest attempt that is over was not won."""
    return wording.say(
        "has done {start} {window} and, the latest time, did not do {goal} within {duration}"
        " (waiting time over)",
        start=say_events(node.start, wording),
        window=say_window(node.window, wording),
        goal=say_events(node.goal, wording),
        duration=wording.duration(node.within),
    )


def say_stopped(node: Stopped, wording: Wording) -> str:
    """`has done “Login” in the last 14 days, but not in the last 7 days`"""
    return wording.say(
        "has done {events} in the last {active}, but not in the last {quiet}",
        events=say_events(node.events, wording),
        active=wording.duration(node.active_within),
        quiet=wording.duration(node.quiet_for),
    )


def say_resumed(node: Resumed, wording: Wording) -> str:
    """Back after a pause."""
    return wording.say(
        "has done {events} in the last {back}, and the last time before that more than {quiet} ago",
        events=say_events(node.events, wording),
        back=wording.duration(node.back_within),
        quiet=wording.duration(node.quiet_within),
    )


def say_regularly(node: Regularly, wording: Wording) -> str:
    """`has done “Login” at least 2 times in at least 3 of the last 4 periods of 7 days`"""
    events, periods = say_events(node.events, wording), say_periods(node.periods, wording)
    if not node.times:
        return wording.say("has done {events} {periods}", events=events, periods=periods)
    return wording.say(
        "has done {events} {times} {periods}",
        events=events,
        times=say_how_often(node.times, wording),
        periods=periods,
    )


def say_periods(periods: Periods, wording: Wording) -> str:
    """`in at least 3 of the last 4 periods of 7 days`"""
    least, per = wording.number(periods.in_at_least), wording.duration(periods.per)
    return wording.say_count(PERIODS, periods.of_last, least=least, per=per)


def say_active_days(node: ActiveDays, wording: Wording) -> str:
    """`has done “App opened” on at least 4 days in the last 30 days`"""
    comparison, events = node.comparison, say_events(node.events, wording)
    when = (
        say_window(node.window, wording)
        if node.periods is None
        else say_periods(node.periods, wording)
    )
    if comparison.high is not None:
        low = wording.number(comparison.bound)
        return wording.say_count(DAYS_BETWEEN, comparison.high, low=low, events=events, when=when)
    message = DAYS[comparison.comparator]
    return wording.say_count(message, comparison.bound, events=events, when=when)


def say_latest(node: Latest, wording: Wording) -> str:
    """`the newest “Ticket updated” at any time is one where status is open`"""
    return wording.say(
        "the newest {events} {window} is one where {terms}",
        events=say_events(node.events, wording),
        window=say_window(node.window, wording),
        terms=say_terms(node.has, wording),
    )
