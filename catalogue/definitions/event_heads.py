"""did, did_not, count, first_did, last_did and the aggregates: what a customer did."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Literal, get_args

from catalogue.definitions import nodes
from catalogue.definitions.english.aggregates import say_aggregate
from catalogue.definitions.english.events import (
    say_count,
    say_did,
    say_did_not,
    say_first_did,
    say_last_did,
)
from catalogue.definitions.event_forms import (
    COMPARATORS,
    parse_comparison,
    parse_events,
    parse_times,
    write_events,
    write_times,
)
from catalogue.definitions.nodes import Aggregate, EventSelector, Node, Window
from catalogue.definitions.paths import parse_path, write_path
from catalogue.definitions.pieces import Faults, Piece
from catalogue.definitions.registry import Head, ParseNode, WriteNode
from catalogue.definitions.window_forms import EVENT_KEYS, KEYS, parse_window, write_window

Plain = nodes.DidNot | nodes.FirstDid | nodes.LastDid
Function = Literal["sum", "avg", "min", "max", "count_distinct"]


def _check_keys(piece: Piece, name: str, options: Iterable[str]) -> None:
    piece.only((name, "where", *options, *KEYS), f"“{name}”")


def _window(piece: Piece) -> Window | None:
    return parse_window(piece, EVENT_KEYS)


def _window_data(window: Window | None) -> dict[str, object]:
    return {} if window is None else write_window(window)


def _parse_did(piece: Piece, _: ParseNode) -> Node:
    faults = Faults()
    faults.read(_check_keys, piece, "did", ("times",))
    events = faults.read(parse_events, piece, "did")
    times = faults.read(parse_times, piece.at("times")) if "times" in piece.keys else ()
    window = faults.read(_window, piece)
    faults.raise_any()
    return nodes.Did(events=events, times=times, window=window)


def _write_did(node: nodes.Did, _: WriteNode) -> dict[str, object]:
    times: dict[str, object] = {"times": write_times(node.times)} if node.times else {}
    return write_events(node.events, "did") | times | _window_data(node.window)


def _parse_plain(name: str, node: type[Plain], piece: Piece, _: ParseNode) -> Node:
    faults = Faults()
    faults.read(_check_keys, piece, name, ())
    events = faults.read(parse_events, piece, name)
    window = faults.read(_window, piece)
    faults.raise_any()
    return node(events=events, window=window)


def _write_plain(name: str, node: Plain, _: WriteNode) -> dict[str, object]:
    return write_events(node.events, name) | _window_data(node.window)


def _parse_count(piece: Piece, _: ParseNode) -> Node:
    faults = Faults()
    faults.read(_check_keys, piece, "count", COMPARATORS)
    events = faults.read(parse_events, piece, "count")
    comparison = faults.read(parse_comparison, piece, "“count”")
    window = faults.read(_window, piece)
    faults.raise_any()
    return nodes.Count(events=events, comparison=comparison, window=window)


def _write_count(node: nodes.Count, _: WriteNode) -> dict[str, object]:
    comparison = write_times([node.comparison])
    return write_events(node.events, "count") | comparison | _window_data(node.window)


def _parse_aggregate(function: Function, piece: Piece, _: ParseNode) -> Node:
    faults = Faults()
    faults.read(_check_keys, piece, function, ("of", *COMPARATORS))
    prop = faults.read(parse_path, piece.at(function), f"The property of “{function}”")
    events = faults.read(_parse_of, function, piece)
    comparison = faults.read(parse_comparison, piece, f"“{function}”")
    window = faults.read(_window, piece)
    faults.raise_any()
    return Aggregate(
        function=function, prop=prop, events=events, comparison=comparison, window=window
    )


def _parse_of(function: Function, piece: Piece) -> EventSelector:
    if "of" not in piece.keys:
        raise piece.bad(f"“{function}” needs “of”, the event whose property it takes.")
    return parse_events(piece, "of")


def _write_aggregate(node: Aggregate, _: WriteNode) -> dict[str, object]:
    written: dict[str, object] = {node.function: write_path(node.prop)}
    written |= write_events(node.events, "of") | _window_data(node.window)
    return written | write_times([node.comparison])


def _plain(name: str, node: type[Plain], say: Callable[..., str]) -> Head:
    parse, write = partial(_parse_plain, name, node), partial(_write_plain, name)
    return Head(name=name, node=node, parse=parse, write=write, say=say)


def _aggregate(function: Function) -> Head:
    parse = partial(_parse_aggregate, function)
    return Head(
        name=function, node=Aggregate, parse=parse, write=_write_aggregate, say=say_aggregate
    )


HEADS = (
    Head(name="did", node=nodes.Did, parse=_parse_did, write=_write_did, say=say_did),
    _plain("did_not", nodes.DidNot, say_did_not),
    Head(name="count", node=nodes.Count, parse=_parse_count, write=_write_count, say=say_count),
    _plain("first_did", nodes.FirstDid, say_first_did),
    _plain("last_did", nodes.LastDid, say_last_did),
    *(_aggregate(function) for function in get_args(Function)),
)
