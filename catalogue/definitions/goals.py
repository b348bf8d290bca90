"""The goal of a segment: what its people should do or be, by when, and how many of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

from catalogue.definitions.canonical import node_data
from catalogue.definitions.dates import parse_day, parse_duration, write_duration
from catalogue.definitions.describe import say_line
from catalogue.definitions.documents import step
from catalogue.definitions.english.events import say_events
from catalogue.definitions.english.wording import Wording
from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.event_forms import parse_events, write_events
from catalogue.definitions.nodes import Definition, Duration, EventSelector, Share, Subject
from catalogue.definitions.parse import parse_node
from catalogue.definitions.pieces import Faults, Piece, every
from catalogue.definitions.share_forms import parse_share, write_share
from catalogue.definitions.validate import unknown_events, validate
from catalogue.definitions.vocabulary import Vocabulary

KEYS = ("event", "where", "condition", "within", "at_least", "by", "steps")
MOST_STEPS = 10
OF_ACCOUNTS = (
    "Customers have events, and this segment holds accounts. Write the goal as a condition on the"
    " account, as in {condition: {customers: any, where: {did: order_paid}}}."
)
NO_EVENT = "The event of the goal is missing. Name one, as in “event: order_paid”."


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Either `events`, or a `condition` that becomes true. `within`: how long each has, from when
    they entered; without it all have until the end of the day `by`. With it, `by` is the day by
    which `at_least` so many of them should have reached it. `steps`: events on the way to it."""

    events: EventSelector | None = None
    condition: Definition | None = None
    within: Duration | None = None
    by: date | None = None
    at_least: Share | None = None
    steps: tuple[EventSelector, ...] = ()


def parse_goal(piece: Piece) -> Goal:
    """{event, where | condition, within, by, at_least, steps}, about whom the piece is about.
    Raises DefinitionError with every fault found."""
    piece.mapping("“goal”")
    faults = Faults()
    faults.read(piece.only, KEYS, "“goal”")
    events = condition = None
    with faults.collecting():
        events, condition = _parse_aim(piece)
    goal = Goal(
        events=events,
        condition=condition,
        within=_read(piece, "within", parse_duration, faults),
        by=_read(piece, "by", parse_day, faults),
        at_least=_read(piece, "at_least", parse_share, faults),
        steps=_read(piece, "steps", _parse_steps, faults) or (),
    )
    faults.raise_any()
    _check_end(piece)
    return goal


def _read(piece: Piece, key: str, parse: Any, faults: Faults) -> Any:
    return None if piece.at(key).value is None else faults.read(parse, piece.at(key))


def _parse_aim(piece: Piece) -> tuple[EventSelector | None, Definition | None]:
    if piece.at("condition").value is None:
        if piece.about == "account":
            raise piece.at("event").bad(OF_ACCOUNTS)
        if piece.at("event").value is None:
            raise piece.at("event").bad(NO_EVENT)
        return parse_events(piece, "event"), None
    if piece.at("event").value is not None:
        raise piece.at("event").bad("A goal is an event or a condition, not both. Remove one.")
    return None, _parse_condition(piece.at("condition"))


def _parse_condition(piece: Piece) -> Definition:
    where = parse_node(piece)
    return piece.checked(Definition, where=where, subject=piece.about, timezone=piece.zone.key)


def _check_end(piece: Piece) -> None:
    if piece.at("within").value is None and piece.at("by").value is None:
        raise piece.fault(
            Code.BAD_WINDOW,
            "The goal never ends, so nobody could miss it. Write how long each has after entering,"
            " as in “within: 14 days”, or “by: 2026-12-31” for all.",
        )


def _parse_steps(piece: Piece) -> tuple[EventSelector, ...]:
    found = piece.items("“steps”")
    if len(found) > MOST_STEPS:
        raise piece.fault(Code.TOO_LARGE, f"A goal has at most {MOST_STEPS} steps.")
    return every(found, _parse_step)


def _parse_step(piece: Piece) -> EventSelector:
    piece.mapping("A step").only(("did", "where"), "A step")
    return parse_events(piece, "did")


def write_goal(goal: Goal) -> dict[str, object]:
    """The goal in plain values; `parse_goal` makes the same of it."""
    written: dict[str, object] = {}
    if goal.events is not None:
        written |= write_events(goal.events, "event")
    if goal.condition is not None:
        written["condition"] = node_data(goal.condition.where)
    if goal.within is not None:
        written["within"] = write_duration(goal.within)
    if goal.at_least is not None:
        written["at_least"] = write_share(goal.at_least)
    if goal.by is not None:
        written["by"] = goal.by.isoformat()
    if goal.steps:
        written["steps"] = [write_events(one, "did") for one in goal.steps]
    return written


def goal_hash(goal: Goal, timezone: str) -> str:
    """SHA-256, in hexadecimal, of what decides who reached it when: two goals that only ask for
    different shares have the same."""
    decides = replace(goal, at_least=None, by=None if goal.within else goal.by)
    text = rfc8785.dumps({"goal": write_goal(decides), "timezone": timezone})  # type: ignore[dict-item]
    return hashlib.sha256(text).hexdigest()


def goal_faults(goal: Goal, vocabulary: Vocabulary, *, pointer: str = "/goal") -> Iterator[Fault]:
    """Everything in a goal that nobody knows: events, and what its condition names."""
    if goal.events is not None:
        yield from unknown_events(goal.events, step(pointer, "event"), vocabulary)
    for place, one in enumerate(goal.steps):
        yield from unknown_events(one, f"{pointer}/steps/{place}/did", vocabulary)
    if goal.condition is not None:
        try:
            validate(goal.condition, vocabulary, pointer=step(pointer, "condition"))
        except DefinitionError as error:
            yield from error.faults


def read_goal(data: object, *, subject: Subject = "customer", timezone: str = "UTC") -> Goal:
    """The goal of a segment that holds such, as its file or the database has it; `timezone` is that
    of its definition. Raises DefinitionError."""
    return parse_goal(Piece(value=data, pointer="/goal", zone=ZoneInfo(timezone), about=subject))


def say_goal(goal: Goal, wording: Wording) -> str:
    """`“Subscription started” within 14 days of entering; at least 25% by 31 December 2026.`"""
    aim = _say_aim(goal, wording)
    day = "" if goal.by is None else wording.day(goal.by)
    share = "" if goal.at_least is None else write_share(goal.at_least)
    if goal.within is None:
        message = "{aim} by {day}; at least {share}." if share else "{aim} by {day}."
        return wording.say(message, aim=aim, day=day, share=share)
    ends = {
        (True, True): "{aim} within {within} of entering; at least {share} by {day}.",
        (True, False): "{aim} within {within} of entering; at least {share}.",
        (False, True): "{aim} within {within} of entering; by {day}.",
        (False, False): "{aim} within {within} of entering.",
    }
    message = ends[bool(share), bool(day)]
    within = wording.duration(goal.within)
    return wording.say(message, aim=aim, within=within, share=share, day=day)


def _say_aim(goal: Goal, wording: Wording) -> str:
    if goal.events is not None:
        return say_events(goal.events, wording)
    assert goal.condition is not None  # noqa: S101 (a goal has the one or the other)
    text = say_line(goal.condition, wording)
    return text[:1].upper() + text[1:]
