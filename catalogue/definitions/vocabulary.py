"""What is known in a workspace: the words a definition may use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """`traits`: name → type, or None when no value was seen yet. `events`: name → its properties
    with their types. `segments`: the keys that exist. Types: text, number, boolean, date, list,
    object, mixed."""

    traits: Mapping[str, str | None] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    segments: Collection[str] = ()
