"""A definition in plain English, as a block of lines or on one line; order as written."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.definitions.english.groups import (
    in_brackets,
    say_first_line,
    say_heading,
    say_joined,
)
from catalogue.definitions.english.segments import say_not_in_segment
from catalogue.definitions.english.wording import Labels as Labels
from catalogue.definitions.english.wording import Wording
from catalogue.definitions.heads import head_of
from catalogue.definitions.nodes import Definition, Group, InSegment, Node, Not, children


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """`lines`: (depth, text), from the first line at depth 0 down."""

    lines: list[tuple[int, str]]

    def __str__(self) -> str:
        return "\n".join("  " * depth + text for depth, text in self.lines)


def describe(
    definition: Definition,
    *,
    labels: Labels | None = None,
    translations: gettext.NullTranslations | None = None,
) -> Block:
    """The definition as lines, one per condition and one above each group."""
    return say_block(definition, _wording(labels, translations))


def say_block(definition: Definition, wording: Wording) -> Block:
    """The definition as lines, in this wording."""
    where = definition.where
    alone = say_alone(where, wording)
    if alone is None and isinstance(where, Group):
        return Block(lines=[(0, say_first_line(where, wording)), *_below(where, 1, wording)])
    return Block(lines=[(0, say_first_line(None, wording)), (1, alone or "")])


def one_line(
    definition: Definition,
    *,
    labels: Labels | None = None,
    translations: gettext.NullTranslations | None = None,
) -> str:
    """The definition on one line: `Country is DE and has not done “Login” at any time`. Long lists
    of values are cut."""
    return say_line(definition, _wording(labels, translations))


def say_line(definition: Definition, wording: Wording) -> str:
    """The definition on one line, in this wording."""
    return _joined(definition.where, wording.short())


def _wording(labels: Labels | None, translations: gettext.NullTranslations | None) -> Wording:
    return Wording(
        labels=labels or Labels(), translations=translations or gettext.NullTranslations()
    )


def _below(node: Group, depth: int, wording: Wording) -> Iterator[tuple[int, str]]:
    for child in children(node):
        text = say_alone(child, wording)
        if text is not None:
            yield depth, text
        elif isinstance(child, Group):
            yield depth, say_heading(child, wording)
            yield from _below(child, depth + 1, wording)


def say_alone(node: Node, wording: Wording) -> str | None:
    """What is said in one sentence: any condition, and being outside a segment; None of groups."""
    if isinstance(node, Not) and isinstance(node.child, InSegment):
        return say_not_in_segment(node.child, wording)
    say = head_of(node).say
    return None if say is None else say(node, wording)


def _joined(node: Node, wording: Wording) -> str:
    text = say_alone(node, wording)
    if text is not None or not isinstance(node, Group):
        return text or ""
    return say_joined(node, [_part(child, node, wording) for child in children(node)], wording)


def _part(child: Node, parent: Group, wording: Wording) -> str:
    text = _joined(child, wording)
    is_group = say_alone(child, wording) is None
    return in_brackets(text, wording) if is_group and len(children(parent)) > 1 else text
