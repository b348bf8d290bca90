"""sequence, dropped_off, stopped, resumed, regularly, active_days, latest: order and habit."""

from __future__ import annotations

from catalogue.definitions import nodes
from catalogue.definitions.dates import parse_duration, write_duration
from catalogue.definitions.english.walks import (
    say_active_days,
    say_dropped_off,
    say_latest,
    say_regularly,
    say_resumed,
    say_sequence,
    say_stopped,
)
from catalogue.definitions.event_forms import (
    COMPARATORS,
    parse_comparison,
    parse_events,
    parse_times,
    write_events,
    write_times,
)
from catalogue.definitions.nodes import EventSelector, Node
from catalogue.definitions.pieces import Faults, Piece
from catalogue.definitions.registry import Head, ParseNode, WriteNode
from catalogue.definitions.spans import Duration
from catalogue.definitions.term_forms import parse_terms, write_terms
from catalogue.definitions.terms import Term
from catalogue.definitions.walk_forms import (
    PERIOD_KEYS,
    needed,
    parse_ends,
    parse_periods,
    parse_steps,
    parse_when,
    parse_window_of_events,
    write_ends,
    write_periods,
    write_steps,
    write_window_of_events,
)
from catalogue.definitions.window_forms import KEYS

Found = dict[str, object]


def _only(piece: Piece, name: str, *options: str) -> None:
    piece.only((name, *options), f"“{name}”")


def _parse_sequence(piece: Piece, _: ParseNode) -> Node:
    faults = Faults()
    faults.read(_only, piece, "sequence", *KEYS)
    steps = faults.read(parse_steps, piece.at("sequence"))
    window = faults.read(parse_window_of_events, piece)
    faults.raise_any()
    return nodes.Sequence(steps=steps, window=window)


def _write_sequence(node: nodes.Sequence, _: WriteNode) -> Found:
    steps: Found = {"sequence": write_steps(node.steps)}
    return steps | write_window_of_events(node.window)


def _parse_dropped_off(piece: Piece, _: ParseNode) -> Node:
    faults = Faults()
    faults.read(_only, piece, "dropped_off", *KEYS)
    ends = faults.read(parse_ends, piece.at("dropped_off"))
    window = faults.read(parse_window_of_events, piece)
    faults.raise_any()
    start, goal, within = ends
    return nodes.DroppedOff(start=start, goal=goal, within=within, window=window)


def _write_dropped_off(node: nodes.DroppedOff, _: WriteNode) -> Found:
    ends: Found = {"dropped_off": write_ends(node.start, node.goal, node.within)}
    return ends | write_window_of_events(node.window)


def _parse_stopped(piece: Piece, _: ParseNode) -> Node:
    events, active, quiet = _parse_pause(piece, "stopped", "active_within", "quiet_for")
    place = piece.at("quiet_for")
    return place.checked(nodes.Stopped, events=events, active_within=active, quiet_for=quiet)


def _parse_resumed(piece: Piece, _: ParseNode) -> Node:
    events, back, quiet = _parse_pause(piece, "resumed", "back_within", "quiet_within")
    place = piece.at("back_within")
    return place.checked(nodes.Resumed, events=events, back_within=back, quiet_within=quiet)


def _parse_pause(
    piece: Piece, name: str, first: str, second: str
) -> tuple[EventSelector, Duration, Duration]:
    faults = Faults()
    faults.read(_only, piece, name, "where", first, second)
    events = faults.read(parse_events, piece, name)
    one = faults.read(needed, piece, first, "7 days", parse_duration)
    other = faults.read(needed, piece, second, "7 days", parse_duration)
    faults.raise_any()
    return events, one, other


def _write_stopped(node: nodes.Stopped, _: WriteNode) -> Found:
    return write_events(node.events, "stopped") | {
        "active_within": write_duration(node.active_within),
        "quiet_for": write_duration(node.quiet_for),
    }


def _write_resumed(node: nodes.Resumed, _: WriteNode) -> Found:
    return write_events(node.events, "resumed") | {
        "back_within": write_duration(node.back_within),
        "quiet_within": write_duration(node.quiet_within),
    }


def _parse_regularly(piece: Piece, _: ParseNode) -> Node:
    faults = Faults()
    faults.read(_only, piece, "regularly", "where", "times", *PERIOD_KEYS)
    events = faults.read(parse_events, piece, "regularly")
    times = faults.read(parse_times, piece.at("times")) if "times" in piece.keys else ()
    periods = faults.read(parse_periods, piece)
    faults.raise_any()
    return nodes.Regularly(events=events, times=times, periods=periods)


def _write_regularly(node: nodes.Regularly, _: WriteNode) -> Found:
    times: Found = {"times": write_times(node.times)} if node.times else {}
    return write_events(node.events, "regularly") | times | write_periods(node.periods)


def _parse_active_days(piece: Piece, _: ParseNode) -> Node:
    faults = Faults()
    options = ("where", *COMPARATORS, *PERIOD_KEYS, *KEYS)
    faults.read(_only, piece, "active_days", *options)
    events = faults.read(parse_events, piece, "active_days")
    comparison = faults.read(parse_comparison, piece, "“active_days”")
    when = faults.read(parse_when, piece)
    faults.raise_any()
    window, periods = when
    return nodes.ActiveDays(events=events, comparison=comparison, window=window, periods=periods)


def _write_active_days(node: nodes.ActiveDays, _: WriteNode) -> Found:
    written = write_events(node.events, "active_days") | write_window_of_events(node.window)
    written |= {} if node.periods is None else write_periods(node.periods)
    return written | write_times([node.comparison])


def _parse_latest(piece: Piece, _: ParseNode) -> Node:
    faults = Faults()
    faults.read(_only, piece, "latest", "where", "has", *KEYS)
    events = faults.read(parse_events, piece, "latest")
    has = faults.read(needed, piece, "has", "[{prop: status, is: open}]", _parse_has)
    window = faults.read(parse_window_of_events, piece)
    faults.raise_any()
    return nodes.Latest(events=events, has=has, window=window)


def _parse_has(piece: Piece) -> tuple[Term, ...]:
    return parse_terms(piece.shallow())


def _write_latest(node: nodes.Latest, _: WriteNode) -> Found:
    has: Found = {"has": write_terms(node.has)}
    return write_events(node.events, "latest") | has | write_window_of_events(node.window)


HEADS = (
    Head(
        name="sequence",
        node=nodes.Sequence,
        parse=_parse_sequence,
        write=_write_sequence,
        say=say_sequence,
    ),
    Head(
        name="dropped_off",
        node=nodes.DroppedOff,
        parse=_parse_dropped_off,
        write=_write_dropped_off,
        say=say_dropped_off,
    ),
    Head(
        name="stopped",
        node=nodes.Stopped,
        parse=_parse_stopped,
        write=_write_stopped,
        say=say_stopped,
    ),
    Head(
        name="resumed",
        node=nodes.Resumed,
        parse=_parse_resumed,
        write=_write_resumed,
        say=say_resumed,
    ),
    Head(
        name="regularly",
        node=nodes.Regularly,
        parse=_parse_regularly,
        write=_write_regularly,
        say=say_regularly,
    ),
    Head(
        name="active_days",
        node=nodes.ActiveDays,
        parse=_parse_active_days,
        write=_write_active_days,
        say=say_active_days,
    ),
    Head(
        name="latest",
        node=nodes.Latest,
        parse=_parse_latest,
        write=_write_latest,
        say=say_latest,
    ),
)
