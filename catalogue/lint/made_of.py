"""What definitions are made of, with all that they are built on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.definitions.dependencies import (
    account_traits_used,
    event_prefixes_used,
    events_used,
    references,
    traits_used,
)
from catalogue.definitions.nodes import (
    Count,
    Definition,
    DidNot,
    DroppedOff,
    Node,
    None_,
    Not,
    Stopped,
    walk,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeOf:
    """`events` are named ones, `prefixes` how others begin; `has_negative`: somebody belongs who
    did not do something, so that an event that is missing from the data adds people. `missing`:
    keys of segments that it is built on and that are not there to be looked at."""

    events: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    account_traits: frozenset[str] = frozenset()
    has_negative: bool = False
    missing: frozenset[str] = frozenset()

    @property
    def looks_at_usage(self) -> bool:
        """Whether it asks for anything that people did."""
        return bool(self.events or self.prefixes)

    def joined(self, other: MadeOf) -> MadeOf:
        """Both of them."""
        return MadeOf(
            events=self.events | other.events,
            prefixes=self.prefixes | other.prefixes,
            traits=self.traits | other.traits,
            account_traits=self.account_traits | other.account_traits,
            has_negative=self.has_negative or other.has_negative,
            missing=self.missing | other.missing,
        )


def made_of(
    definition: Definition, others: Mapping[str, Definition], seen: frozenset[str] = frozenset()
) -> MadeOf:
    """Of a definition and, by their keys in `others`, of those it is built on."""
    found = _own(definition)
    for key in sorted({one.key for one in references(definition.where)} - seen):
        built_on = others.get(key)
        more = (
            MadeOf(missing=frozenset({key}))
            if built_on is None
            else made_of(built_on, others, seen | {key})
        )
        found = found.joined(more)
    return found


def _own(definition: Definition) -> MadeOf:
    where, about = definition.where, definition.subject
    return MadeOf(
        events=events_used(where),
        prefixes=event_prefixes_used(where),
        traits=traits_used(where, about),
        account_traits=account_traits_used(where, about),
        has_negative=any(_is_negative(node) for node in walk(where)),
    )


def _is_negative(node: Node) -> bool:
    # Under `not` and `none`, and by an upper bound, an absence counts for whoever is judged.
    if isinstance(node, Count):
        return node.comparison.comparator in ("lt", "lte", "eq", "between")
    return isinstance(node, DidNot | Stopped | DroppedOff | Not | None_)
