"""How to use a word of the dictionary in a definition: a condition to copy, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.definitions.describe import Labels
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.linked import Span, linked_line
from catalogue.definitions.parse import parse_definition
from catalogue.definitions.paths import write_path
from catalogue.models import EventEntry, PropertyEntry, TraitEntry, ValueType
from catalogue.segments.documents import to_yaml

# One operator for each type, with a value that only shows what kind of value belongs there.
BY_TYPE: Mapping[str, Mapping[str, Any]] = {
    ValueType.TEXT: {"is": "some value"},
    ValueType.NUMBER: {"gte": 10},
    ValueType.BOOLEAN: {"is": True},
    ValueType.DATE: {"in_last": "30 days"},
    ValueType.LIST: {"has_any": ["one value", "another"]},
}
# Of what has parts, or no type yet, it can be asked whether it is known.
ANY_TYPE: Mapping[str, Any] = {"is_set": True}
RECENTLY = {"in_last": "30 days"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A condition as YAML, and in English."""

    yaml: str
    english: tuple[Span, ...]


def examples_of_trait(entry: TraitEntry, labels: Labels) -> list[Example]:
    """Conditions on a trait of customers, or of their accounts: by its type, and for those it is
    not known of."""
    path = write_path((entry.name,))
    head = "account_trait" if entry.subject == "account" else "trait"
    wanted = [BY_TYPE.get(entry.type, ANY_TYPE), {"is_set": False}]
    return _said([{head: path, **operator} for operator in wanted], labels)


def examples_of_event(
    entry: EventEntry, properties: Iterable[PropertyEntry], labels: Labels
) -> list[Example]:
    """Conditions on an event: that it happened, often, never, and with a property."""
    name = entry.name
    conditions: list[dict[str, Any]] = [
        {"did": name, **RECENTLY},
        {"did": name, "times": {"gte": 3}, **RECENTLY},
        {"did_not": name, **RECENTLY},
    ]
    first = next(iter(properties), None)
    if first is not None:
        term = {"prop": write_path((first.name,)), **BY_TYPE.get(first.type, ANY_TYPE)}
        conditions.insert(1, {"did": name, "where": [term], **RECENTLY})
    return _said(conditions, labels)


def _said(conditions: Iterable[Mapping[str, Any]], labels: Labels) -> list[Example]:
    found = []
    for condition in conditions:
        try:
            tree = parse_definition(dict(condition))
        except DefinitionError:
            # Some names that systems sent cannot be written in a definition.
            continue
        english = linked_line(tree, labels=labels)
        found.append(Example(yaml=to_yaml(condition), english=english))
    return found
