"""Steps, ends and periods as written, and how they are written back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from catalogue.definitions import walk_rules
from catalogue.definitions.dates import parse_duration, write_duration
from catalogue.definitions.event_forms import parse_events, write_events
from catalogue.definitions.pieces import Faults, Piece, every
from catalogue.definitions.spans import Duration, Window
from catalogue.definitions.terms import EventSelector
from catalogue.definitions.walks import Periods, Step
from catalogue.definitions.window_forms import EVENT_KEYS, KEYS, parse_window, write_window

T = TypeVar("T")
PERIOD_KEYS = ("per", "in_at_least", "of_last")


def needed(piece: Piece, key: str, example: str, read: Callable[[Piece], T]) -> T:
    """What stands under a key that cannot be left out."""
    if key not in piece.keys:
        raise piece.bad(f"“{key}” is missing. Write it as in “{key}: {example}”.")
    return read(piece.at(key))


def parse_window_of_events(piece: Piece) -> Window | None:
    """The window of a condition on events; None when it has none."""
    return parse_window(piece, EVENT_KEYS)


def write_window_of_events(window: Window | None) -> dict[str, object]:
    """The keys a file has for it."""
    return {} if window is None else write_window(window)


def parse_steps(piece: Piece) -> tuple[Step, ...]:
    """`[{did: a}, {did: b, within: 7 days}]`"""
    steps = every(piece.items("The steps of a sequence"), _parse_step)
    piece.checked(walk_rules.check_steps, [step.within is not None for step in steps])
    return steps


def _parse_step(piece: Piece) -> Step:
    if "did" not in piece.keys:
        raise piece.bad("A step says what was done, as in {did: demo_requested, within: 7 days}.")
    faults = Faults()
    faults.read(piece.mapping("A step").only, ("did", "where", "within"), "A step")
    events = faults.read(parse_events, piece, "did")
    is_bounded = "within" in piece.keys
    within = faults.read(parse_duration, piece.at("within")) if is_bounded else None
    faults.raise_any()
    return Step(events=events, within=within)


def write_steps(steps: tuple[Step, ...]) -> list[dict[str, object]]:
    """Steps as a file has them."""
    return [_write_step(step) for step in steps]


def _write_step(step: Step) -> dict[str, object]:
    written = write_events(step.events, "did")
    return written if step.within is None else written | {"within": write_duration(step.within)}


def parse_ends(piece: Piece) -> tuple[EventSelector, EventSelector, Duration]:
    """`{from: a, to: {did: b, where: […]}, within: 24 hours}`"""
    faults = Faults()
    faults.read(piece.mapping("“dropped_off”").only, ("from", "to", "within"), "“dropped_off”")
    start = faults.read(_parse_end, piece, "from", "checkout_started")
    goal = faults.read(_parse_end, piece, "to", "order_paid")
    within = faults.read(needed, piece, "within", "24 hours", parse_duration)
    faults.raise_any()
    return start, goal, within


def _parse_end(piece: Piece, key: str, example: str) -> EventSelector:
    """A name or a list of names, or a mapping that also has `where`."""
    end = needed(piece, key, example, lambda found: found)
    if not isinstance(end.value, dict):
        return parse_events(piece, key)
    faults = Faults()
    faults.read(end.only, ("did", "where"), f"“{key}”")
    events = faults.read(parse_events, end, "did")
    faults.raise_any()
    return events


def write_ends(start: EventSelector, goal: EventSelector, within: Duration) -> dict[str, object]:
    """The same as a file has it; an end without `where` is its name alone."""
    return {"from": _write_end(start), "to": _write_end(goal), "within": write_duration(within)}


def _write_end(events: EventSelector) -> object:
    written = write_events(events, "did")
    return written if events.where else written["did"]


def parse_when(piece: Piece) -> tuple[Window | None, Periods | None]:
    """Where days are counted: in a window or in periods, never both."""
    window = parse_window_of_events(piece)
    if not any(key in piece.keys for key in PERIOD_KEYS):
        return window, None
    if window is not None:
        first = next(key for key in piece.keys if key in KEYS)
        piece.at(first).checked(walk_rules.check_when, True, True)
    return window, parse_periods(piece)


def parse_periods(piece: Piece) -> Periods:
    """`per`, `in_at_least` and `of_last`, which go together."""
    faults = Faults()
    per = faults.read(needed, piece, "per", "7 days", parse_duration)
    least = faults.read(needed, piece, "in_at_least", "3", _parse_count)
    last = faults.read(needed, piece, "of_last", "4", _parse_count)
    faults.raise_any()
    place = piece.at("in_at_least")
    return place.checked(Periods, per=per, in_at_least=least, of_last=last)


def _parse_count(piece: Piece) -> int:
    count = piece.number()
    piece.checked(walk_rules.check_count, count)
    return int(count)


def write_periods(periods: Periods) -> dict[str, object]:
    """The keys a file has for periods."""
    return {
        "per": write_duration(periods.per),
        "in_at_least": periods.in_at_least,
        "of_last": periods.of_last,
    }
