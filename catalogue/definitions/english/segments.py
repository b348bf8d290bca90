"""References to other segments, and everyone."""

from __future__ import annotations

from catalogue.definitions.english.wording import Wording, capitalised
from catalogue.definitions.nodes import Everyone, InSegment


def say_in_segment(node: InSegment, wording: Wording) -> str:
    """`is in segment “Power users”`"""
    segment = wording.segment(node.key)
    if node.part is None:
        return wording.say("is in segment {segment}", segment=segment)
    part = wording.quoted(capitalised(node.part))
    return wording.say("is in part {part} of segment {segment}", part=part, segment=segment)


def say_not_in_segment(node: InSegment, wording: Wording) -> str:
    """`is not in segment “Power users”`"""
    segment = wording.segment(node.key)
    if node.part is None:
        return wording.say("is not in segment {segment}", segment=segment)
    part = wording.quoted(capitalised(node.part))
    return wording.say("is not in part {part} of segment {segment}", part=part, segment=segment)


def say_everyone(_: Everyone, wording: Wording) -> str:
    """The whole population."""
    if wording.about == "account":
        return wording.say("is any account")
    return wording.say("is any customer")
