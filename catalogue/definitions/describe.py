"""A definition in plain English, as a block of lines, on one line or node by node; order as
written."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.definitions.english.accounts import say_members, say_members_heading
from catalogue.definitions.english.groups import (
    in_brackets,
    say_first_line,
    say_heading,
    say_joined,
)
from catalogue.definitions.english.ranks import say_rank_heading, say_ranked
from catalogue.definitions.english.segments import say_not_in_segment
from catalogue.definitions.english.wording import Labels as Labels
from catalogue.definitions.english.wording import Wording
from catalogue.definitions.heads import head_of
from catalogue.definitions.nodes import (
    AccountMembers,
    Bottom,
    Customers,
    Definition,
    Everyone,
    Group,
    InSegment,
    Node,
    Not,
    Rank,
    Top,
    children,
)
from catalogue.definitions.places import ROOT, places_below


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """`lines`: (depth, text), from the first line at depth 0 down."""

    lines: list[tuple[int, str]]

    def __str__(self) -> str:
        return "\n".join("  " * depth + text for depth, text in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One node in English: the condition, or what stands above the lines of a group. `pointer` is
    where the node stands (`/where/all/0`). `folded`: the sentence of the node above says it too
    (*is not in segment …*), so a reader needs only that one."""

    pointer: str
    depth: int
    text: str
    folded: bool = False


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
    where, wording = definition.where, wording.of(definition.subject)
    first, *below = _sentences(where, ROOT, 0, wording)
    lines = [(one.depth, one.text) for one in below if not one.folded]
    if isinstance(where, Group) and say_alone(where, wording) is None:
        return Block(lines=[(0, say_first_line(where, wording)), *lines])
    lines = [(depth + 1, text) for depth, text in lines]
    return Block(lines=[(0, say_first_line(None, wording)), (1, first.text), *lines])


def sentences(
    definition: Definition,
    *,
    labels: Labels | None = None,
    translations: gettext.NullTranslations | None = None,
) -> list[Sentence]:
    """Every node of the tree in English, in the order of the document, the root at depth 0."""
    return say_sentences(definition, _wording(labels, translations))


def say_sentences(definition: Definition, wording: Wording) -> list[Sentence]:
    """Every node of the tree, in this wording."""
    return list(_sentences(definition.where, ROOT, 0, wording.of(definition.subject)))


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
    return _joined(definition.where, wording.of(definition.subject).short())


def _wording(labels: Labels | None, translations: gettext.NullTranslations | None) -> Wording:
    return Wording(
        labels=labels or Labels(), translations=translations or gettext.NullTranslations()
    )


def _sentences(node: Node, pointer: str, depth: int, wording: Wording) -> Iterator[Sentence]:
    alone = say_alone(node, wording)
    if alone is not None:
        yield Sentence(pointer=pointer, depth=depth, text=alone)
        yield from _folded(node, pointer, depth, wording)
    elif isinstance(node, Group | Top | Bottom):
        yield Sentence(pointer=pointer, depth=depth, text=_heading(node, wording))
        for place, child in places_below(node, pointer):
            yield from _sentences(child, place, depth + 1, wording)
    elif isinstance(node, AccountMembers | Customers):
        yield Sentence(pointer=pointer, depth=depth, text=say_members_heading(node, wording))
        below = wording.of("customer")
        yield from _sentences(node.where, f"{pointer}/where", depth + 1, below)


def _folded(node: Node, pointer: str, depth: int, wording: Wording) -> Iterator[Sentence]:
    """Everything below a node that says it all."""
    for place, child in places_below(node, pointer):
        said = say_alone(child, wording) or ""
        yield Sentence(pointer=place, depth=depth + 1, text=said, folded=True)
        yield from _folded(child, place, depth + 1, wording)


def _heading(node: Group | Rank, wording: Wording) -> str:
    if isinstance(node, Top | Bottom):
        return say_rank_heading(node, wording)
    return say_heading(node, wording)


def say_alone(node: Node, wording: Wording) -> str | None:
    """What is said in one sentence: a condition, and being outside a segment; None of what has
    nodes below it that take more than one."""
    if isinstance(node, Not) and isinstance(node.child, InSegment):
        return say_not_in_segment(node.child, wording)
    if isinstance(node, Top | Bottom):
        among = say_alone(node.among, wording)
        return None if among is None else say_ranked(node, among, wording)
    say = head_of(node).say
    return None if say is None else say(node, wording)


def _joined(node: Node, wording: Wording) -> str:
    text = say_alone(node, wording)
    if isinstance(node, AccountMembers | Customers):
        return say_members(node, _joined(node.where, wording.of("customer")), wording)
    if text is None and isinstance(node, Top | Bottom):
        return say_ranked(node, in_brackets(_joined(node.among, wording), wording), wording)
    if text is not None or not isinstance(node, Group):
        return text or ""
    return say_joined(node, [_part(child, node, wording) for child in children(node)], wording)


def _part(child: Node, parent: Node, wording: Wording) -> str:
    text = _joined(child, wording)
    is_long = say_alone(child, wording) is None or _is_among_some(child)
    return in_brackets(text, wording) if is_long and len(children(parent)) > 1 else text


def _is_among_some(node: Node) -> bool:
    return isinstance(node, Top | Bottom) and not isinstance(node.among, Everyone)
