"""What a customer did: events, how often, and aggregates of their properties."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.definitions.english.terms import say_terms
from catalogue.definitions.english.windows import say_window
from catalogue.definitions.english.wording import Plural, Wording
from catalogue.definitions.nodes import Count, Did, DidNot, FirstDid, LastDid
from catalogue.definitions.rules import holds
from catalogue.definitions.terms import Comparator, Comparison, EventSelector

# `did` means at least once, whatever else is said.
DID: Mapping[Comparator, Plural] = {
    Comparator.EQ: (
        "has done {events} exactly {count} time {window}",
        "has done {events} exactly {count} times {window}",
    ),
    Comparator.NEQ: (
        "has done {events} at least once but not exactly {count} time {window}",
        "has done {events} at least once but not exactly {count} times {window}",
    ),
    Comparator.GT: (
        "has done {events} more than {count} time {window}",
        "has done {events} more than {count} times {window}",
    ),
    Comparator.GTE: (
        "has done {events} at least {count} time {window}",
        "has done {events} at least {count} times {window}",
    ),
    Comparator.LT: (
        "has done {events} at least once but less than {count} time {window}",
        "has done {events} at least once but less than {count} times {window}",
    ),
    Comparator.LTE: (
        "has done {events} at least once but at most {count} time {window}",
        "has done {events} at least once but at most {count} times {window}",
    ),
}
# A count includes zero.
COUNT: Mapping[Comparator, Plural] = {
    Comparator.EQ: DID[Comparator.EQ],
    Comparator.NEQ: (
        "has not done {events} exactly {count} time {window}",
        "has not done {events} exactly {count} times {window}",
    ),
    Comparator.GT: DID[Comparator.GT],
    Comparator.GTE: DID[Comparator.GTE],
    Comparator.LT: (
        "has done {events} less than {count} time {window}",
        "has done {events} less than {count} times {window}",
    ),
    Comparator.LTE: (
        "has done {events} at most {count} time {window}",
        "has done {events} at most {count} times {window}",
    ),
}
BETWEEN: Plural = (
    "has done {events} between {low} and {count} time {window}",
    "has done {events} between {low} and {count} times {window}",
)
TIMES: Mapping[Comparator, Plural] = {
    Comparator.EQ: ("exactly {count} time", "exactly {count} times"),
    Comparator.NEQ: ("not exactly {count} time", "not exactly {count} times"),
    Comparator.GT: ("more than {count} time", "more than {count} times"),
    Comparator.GTE: ("at least {count} time", "at least {count} times"),
    Comparator.LT: ("less than {count} time", "less than {count} times"),
    Comparator.LTE: ("at most {count} time", "at most {count} times"),
}
TIMES_BETWEEN: Plural = ("between {low} and {count} time", "between {low} and {count} times")
DID_TIMES = "has done {events} {times} {window}"
# Where the comparisons alone would also allow zero.
DID_ONCE_AND_TIMES = "has done {events} at least once and {times} {window}"
ABOVE = (Comparator.GT, Comparator.GTE, Comparator.BETWEEN)


def say_events(events: EventSelector, wording: Wording) -> str:
    """Which events: `“Report exported” (where format is pdf)`."""
    named = [wording.event(name) for name in events.names]
    named += [_prefix(prefix, wording) for prefix in events.prefixes]
    selected = wording.either(named)
    if not events.where:
        return selected
    terms = say_terms(events.where, wording)
    return wording.say("{events} (where {terms})", events=selected, terms=terms)


def _prefix(prefix: str, wording: Wording) -> str:
    if not prefix:
        return wording.say("any event")
    return wording.say("any event that begins with “{prefix}”", prefix=prefix)


def say_did(node: Did, wording: Wording) -> str:
    """At least once, and as often as `times` allows."""
    events, window = say_events(node.events, wording), say_window(node.window, wording)
    if not node.times:
        return wording.say("has done {events} {window}", events=events, window=window)
    allows_zero = all(holds((one.comparator, one.bound, one.high), 0) for one in node.times)
    first = node.times[0]
    if len(node.times) > 1 or (allows_zero and first.comparator in ABOVE):
        times = wording.both([_times(one, wording) for one in node.times])
        message = DID_ONCE_AND_TIMES if allows_zero else DID_TIMES
        return wording.say(message, events=events, times=times, window=window)
    return _compared(first, DID, events, window, wording)


def say_how_often(times: tuple[Comparison, ...], wording: Wording) -> str:
    """`at least 2 times and less than 5 times`; where that would allow zero, at least once too."""
    said = wording.both([_times(one, wording) for one in times])
    if not all(holds((one.comparator, one.bound, one.high), 0) for one in times):
        return said
    return wording.say("at least once and {times}", times=said)


def say_count(node: Count, wording: Wording) -> str:
    """A number of times, zero included."""
    events, window = say_events(node.events, wording), say_window(node.window, wording)
    return _compared(node.comparison, COUNT, events, window, wording)


def _compared(
    comparison: Comparison,
    messages: Mapping[Comparator, Plural],
    events: str,
    window: str,
    wording: Wording,
) -> str:
    if comparison.high is not None:
        low = wording.number(comparison.bound)
        return wording.say_count(BETWEEN, comparison.high, low=low, events=events, window=window)
    message = messages[comparison.comparator]
    return wording.say_count(message, comparison.bound, events=events, window=window)


def _times(comparison: Comparison, wording: Wording) -> str:
    if comparison.high is not None:
        low = wording.number(comparison.bound)
        return wording.say_count(TIMES_BETWEEN, comparison.high, low=low)
    return wording.say_count(TIMES[comparison.comparator], comparison.bound)


def say_did_not(node: DidNot, wording: Wording) -> str:
    """Never in the window."""
    return _plain("has not done {events} {window}", node, wording)


def say_first_did(node: FirstDid, wording: Wording) -> str:
    """The earliest of all."""
    return _plain("did {events} for the first time {window}", node, wording)


def say_last_did(node: LastDid, wording: Wording) -> str:
    """The newest of all."""
    return _plain("did {events} for the last time {window}", node, wording)


def _plain(message: str, node: DidNot | FirstDid | LastDid, wording: Wording) -> str:
    events, window = say_events(node.events, wording), say_window(node.window, wording)
    return wording.say(message, events=events, window=window)
