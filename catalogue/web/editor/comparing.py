"""Two documents of a segment side by side: what they say in English, and every other fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.definitions.describe import Labels
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition
from catalogue.segments.changes import changed_fields
from catalogue.segments.differences import Line, english_difference

LABELS = {
    "why": "Why",
    "models": "Based on",
    "evidence": "Evidence",
    "sync": "Tools",
    "messages": "Messages",
    "refresh": "Refreshed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """A fact in two documents, as lines for people; empty where it is not there."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`english` has all lines of both definitions, and is empty where they are the same; so is
    `facts`."""

    english: tuple[Line, ...]
    facts: tuple[FactChange, ...]

    @property
    def is_none(self) -> bool:
        """Whether both say the same."""
        return not self.english and not self.facts


def compare(
    before: Mapping[str, Any], after: Mapping[str, Any], *, labels: Labels, timezone: str
) -> Difference:
    """What `after` says otherwise than `before`. A definition that is refused counts as none."""
    trees = [_tree(document.get("definition"), timezone) for document in (before, after)]
    lines = english_difference(*trees, labels=labels) if trees[0] != trees[1] else []
    zones = tuple("" if tree is None else tree.timezone for tree in trees)
    facts = [
        FactChange(label=_label(name), before=_lines(old), after=_lines(new))
        for name, (old, new) in changed_fields(dict(before), dict(after)).items()
        if name != "status"
    ]
    if all(zones) and zones[0] != zones[1]:
        facts.append(FactChange(label="Calendar of", before=zones[:1], after=zones[1:]))
    return Difference(english=tuple(lines), facts=tuple(facts))


def _tree(data: object, timezone: str) -> Definition | None:
    try:
        return parse_definition(data, default_timezone=timezone)
    except DefinitionError:
        return None


def _label(name: str) -> str:
    return LABELS.get(name, name.replace("_", " ").capitalize())


def _lines(value: Any) -> tuple[str, ...]:
    """A value of a document as lines people read."""
    if value in (None, "", [], {}):
        return ()
    if isinstance(value, dict):
        return tuple(f"{_words(key)}: {_text(one)}" for key, one in value.items())
    if isinstance(value, list):
        return tuple(_text(one) for one in value)
    return (str(value),)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_words(key)} {_text(one)}" for key, one in value.items())
    return str(value)


def _words(name: str) -> str:
    return str(name).replace("_", " ")
