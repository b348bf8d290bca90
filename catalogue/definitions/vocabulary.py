"""What is known in a workspace: the words a definition may use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from catalogue.definitions.nodes import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """`traits`, of customers, and `account_traits`: name → type, or None when no value was seen
    yet. `events`: name → its properties with their types. `segments`: the keys that exist, of which
    `account_segments` hold accounts. `parts`: by key, the names of a segment's parts; None where
    nobody knows, and then any may be named. Types: text, number, boolean, date, list, object,
    mixed."""

    traits: Mapping[str, str | None] = field(default_factory=dict)
    account_traits: Mapping[str, str | None] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    segments: Collection[str] = ()
    account_segments: Collection[str] = ()
    parts: Mapping[str, Collection[str]] | None = None

    def traits_of(self, about: Subject) -> Mapping[str, str | None]:
        """The traits of customers, or of accounts."""
        return self.account_traits if about == "account" else self.traits

    def segments_of(self, about: Subject) -> set[str]:
        """The keys of those segments that hold customers, or accounts."""
        accounts = set(self.account_segments)
        return set(self.segments) & accounts if about == "account" else {*self.segments} - accounts
