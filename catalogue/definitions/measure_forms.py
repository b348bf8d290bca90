"""Measures as written: a count, an aggregate or a trait without its comparison."""

from __future__ import annotations

from typing import cast, get_args

from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.event_forms import COMPARATORS, parse_events, write_events
from catalogue.definitions.measures import EventMeasure, Measure, MeasureFunction, TraitMeasure
from catalogue.definitions.paths import parse_path, write_path
from catalogue.definitions.pieces import Faults, Piece, nearest
from catalogue.definitions.term_forms import OPERATOR_KEYS
from catalogue.definitions.terms import EventSelector
from catalogue.definitions.window_forms import EVENT_KEYS, KEYS, parse_window, write_window

FUNCTIONS: tuple[str, ...] = get_args(MeasureFunction)
NAMES = (*FUNCTIONS, "trait")
# Conditions that are no measures, though somebody may mean a count by them.
LIKE_A_COUNT = ("did", "did_not", "active_days", "times")


def parse_measure(piece: Piece) -> Measure:
    """`{count: login, in_last: 30 days}`, `{sum: amount, of: order_paid}`, `{trait: seats}`."""
    if not isinstance(piece.value, dict) or not piece.value:
        raise piece.bad(
            "Write what to rank by, as in {count: login}, {sum: amount, of: order_paid} or"
            " {trait: seats}."
        )
    name = _name(piece.mapping("A measure"))
    return _parse_trait(piece) if name == "trait" else _parse_event(name, piece)


def _name(piece: Piece) -> str:
    names = [key for key in piece.keys if key in NAMES]
    if not names:
        raise _unknown(piece)
    if len(names) > 1:
        raise piece.at(names[1]).fault(
            Code.UNKNOWN_CONDITION,
            f"There is one measure; here are “{names[0]}” and “{names[1]}”. Keep one of them.",
        )
    return names[0]


def _unknown(piece: Piece) -> DefinitionError:
    first = piece.keys[0]
    near = "count" if first in LIKE_A_COUNT else nearest(first, NAMES)
    return piece.at(first).fault(
        Code.UNKNOWN_CONDITION,
        f"There is no measure “{first}”. Customers are ranked by count, sum, avg, min, max,"
        " count_distinct or trait.",
        suggestion=near,
    )


def _parse_trait(piece: Piece) -> Measure:
    faults = Faults()
    faults.read(_check_keys, piece, ("trait",), OPERATOR_KEYS)
    path = faults.read(parse_path, piece.at("trait"), "“trait”")
    faults.raise_any()
    return TraitMeasure(path=path)


def _parse_event(name: str, piece: Piece) -> Measure:
    is_count = name == "count"
    faults = Faults()
    faults.read(_check_keys, piece, (name, *(() if is_count else ("of",)), "where", *KEYS))
    prop = () if is_count else faults.read(parse_path, piece.at(name), f"The property of “{name}”")
    events = faults.read(_parse_events, piece, name)
    window = faults.read(parse_window, piece, EVENT_KEYS)
    faults.raise_any()
    function = cast("MeasureFunction", name)
    return EventMeasure(function=function, events=events, prop=prop, window=window)


def _parse_events(piece: Piece, name: str) -> EventSelector:
    if name == "count":
        return parse_events(piece, "count")
    if "of" not in piece.keys:
        raise piece.bad(f"“{name}” needs “of”, the event whose property it takes.")
    return parse_events(piece, "of")


def _check_keys(piece: Piece, allowed: tuple[str, ...], operators: tuple[str, ...] = ()) -> None:
    """Refuse keys that do not belong to a measure; comparisons with a word of their own."""
    comparing = (*COMPARATORS, *operators)
    faults = Faults()
    for key in piece.keys:
        if key in comparing and key not in allowed:
            with faults.collecting():
                raise piece.at(key).fault(
                    Code.UNKNOWN_OPERATOR,
                    f"A measure is not compared with anything: it ranks. Take “{key}” out, or put"
                    " that condition into “among”.",
                )
    with faults.collecting():
        piece.only((*allowed, *comparing), "A measure")
    faults.raise_any()


def write_measure(measure: Measure) -> dict[str, object]:
    """A measure as a file has it."""
    if isinstance(measure, TraitMeasure):
        return {"trait": write_path(measure.path)}
    window = {} if measure.window is None else write_window(measure.window)
    if measure.function == "count":
        return write_events(measure.events, "count") | window
    prop = {measure.function: write_path(measure.prop)}
    return prop | write_events(measure.events, "of") | window
