"""The canonical form: the same tree, the same text, the same hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785

from catalogue.definitions.heads import head_of
from catalogue.definitions.nodes import Definition, Node
from catalogue.definitions.parse import parse_definition
from catalogue.definitions.rules import EXACT_TO


def to_data(definition: Definition) -> dict[str, object]:
    """The long form in plain values: defaults filled, durations as `30 day`, shortest numbers,
    lists in their order. `parse_definition` makes the same tree of it."""
    return {
        "subject": definition.subject,
        "timezone": definition.timezone,
        "where": node_data(definition.where),
    }


def node_data(node: Node) -> dict[str, object]:
    """The same for a node alone; also a key for telling conditions apart."""
    return head_of(node).write(node, node_data)


def canonical_json(definition: Definition) -> str:
    """The RFC 8785 text of `to_data`."""
    return rfc8785.dumps(_floats(to_data(definition))).decode("utf-8")


def definition_hash(definition: Definition) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(definition).encode("utf-8")).hexdigest()


def from_canonical(text: str) -> Definition:
    """The tree of a canonical JSON text."""
    return parse_definition(json.loads(text))


def _floats(data: object) -> Any:
    # 2**53 itself is exact, but the library stops one below.
    if isinstance(data, dict):
        return {key: _floats(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_floats(value) for value in data]
    is_edge = isinstance(data, int) and not isinstance(data, bool) and abs(data) == EXACT_TO
    return float(data) if isinstance(data, int) and is_edge else data
