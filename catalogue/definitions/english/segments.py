"""References to other segments, and everyone."""

from __future__ import annotations

from catalogue.definitions.english.wording import Wording, capitalised
from catalogue.definitions.nodes import Everyone, InSegment


def say_in_segment(node: InSegment, wording: Wording) -> str:
    """`is in segment “Power users”`"""
    segment = wording.segment(node.key)
    match node.part:
        case None:
            return wording.say("is in segment {segment}", segment=segment)
        case "reached":
            return wording.say("is in segment {segment}, goal reached", segment=segment)
        case "not_reached":
            return wording.say("is in segment {segment}, goal not reached", segment=segment)
    part = wording.quoted(capitalised(node.part))
    return wording.say("is in part {part} of segment {segment}", part=part, segment=segment)


def say_not_in_segment(node: InSegment, wording: Wording) -> str:
    """`is not in segment “Power users”`"""
    segment = wording.segment(node.key)
    if node.part is None:
        return wording.say("is not in segment {segment}", segment=segment)
    part = wording.quoted(_part_name(node.part))
    return wording.say("is not in part {part} of segment {segment}", part=part, segment=segment)


def _part_name(part: str) -> str:
    # “Is not in X, goal not reached” could be read either way.
    is_of_goal = part in ("reached", "not_reached")
    return capitalised(f"goal_{part}" if is_of_goal else part)


def say_everyone(_: Everyone, wording: Wording) -> str:
    """The whole population."""
    if wording.about == "account":
        return wording.say("is any account")
    return wording.say("is any customer")
