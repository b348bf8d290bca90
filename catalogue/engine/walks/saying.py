"""Reasons of conditions on order and habit in a few words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from catalogue.definitions import nodes
from catalogue.definitions.english import walk_reasons as said
from catalogue.definitions.english.wording import Wording
from catalogue.engine.walks.reasons import (
    AttemptReason,
    HabitReason,
    NewestReason,
    StepsReason,
    WalkReason,
)


def say_walk_reason(
    reason: WalkReason | None, node: nodes.Node, wording: Wording, zone: ZoneInfo
) -> str:
    """The reason in a few words."""
    match reason:
        case StepsReason(steps=steps, of=of):
            return said.say_steps(steps, of, wording, zone)
        case AttemptReason(start=start, end=end, goal=goal, is_over=is_over):
            return said.say_attempt(start, end, goal, is_over, wording, zone)
        case NewestReason(one=one, other=other):
            if isinstance(node, nodes.Resumed):
                return said.say_return(one, other, wording, zone)
            return said.say_latest_event(one, one == other, wording, zone)
        case HabitReason(fitting=fitting, periods=periods, count=count):
            if isinstance(node, nodes.ActiveDays) and node.periods is None:
                return said.say_days(count, wording)
            return said.say_periods_reached(fitting, periods, wording)
    return wording.say("not begun")
