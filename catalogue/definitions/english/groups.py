"""Groups in two layouts: a heading over a block of lines, or joined on one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalogue.definitions import nodes
from catalogue.definitions.english.wording import Wording
from catalogue.definitions.nodes import Group, Node

FIRST_LINES: Mapping[type[Node], str] = {
    nodes.All: "A customer belongs when all of these are true:",
    nodes.Any: "A customer belongs when at least one of these is true:",
    nodes.None_: "A customer belongs when none of these are true:",
    nodes.Not: "A customer belongs when this is not true:",
}
FIRST_LINE = "A customer belongs when this is true:"
ACCOUNT_FIRST_LINES: Mapping[type[Node], str] = {
    nodes.All: "An account belongs when all of these are true:",
    nodes.Any: "An account belongs when at least one of these is true:",
    nodes.None_: "An account belongs when none of these are true:",
    nodes.Not: "An account belongs when this is not true:",
}
ACCOUNT_FIRST_LINE = "An account belongs when this is true:"
HEADINGS: Mapping[type[Node], str] = {
    nodes.All: "all of these are true:",
    nodes.Any: "at least one of these is true:",
    nodes.None_: "none of these are true:",
    nodes.Not: "this is not true:",
}
PAIRS: Mapping[type[Node], str] = {
    nodes.All: "{first} and {second}",
    nodes.Any: "{first} or {second}",
    nodes.None_: "{first}; {second}",
}


def say_first_line(node: Group | None, wording: Wording) -> str:
    """What stands above everything else: over the lines of a group, or over one condition."""
    one, several = FIRST_LINE, FIRST_LINES
    if wording.about == "account":
        one, several = ACCOUNT_FIRST_LINE, ACCOUNT_FIRST_LINES
    return wording.say(one if node is None else several[type(node)])


def say_heading(node: Group, wording: Wording) -> str:
    """What stands above the lines of a group."""
    return wording.say(HEADINGS[type(node)])


def say_joined(node: Group, parts: Sequence[str], wording: Wording) -> str:
    """A group on one line; `parts` are its children, in brackets where they are groups."""
    joined = parts[0]
    for part in parts[1:]:
        joined = wording.say(PAIRS[type(node)], first=joined, second=part)
    if isinstance(node, nodes.Not):
        return wording.say("not true: {condition}", condition=joined)
    if isinstance(node, nodes.None_):
        return wording.say("none of these: {conditions}", conditions=joined)
    return joined


def in_brackets(text: str, wording: Wording) -> str:
    """A group inside another."""
    return wording.say("({condition})", condition=text)
