"""What a head is: its name, and how its node is read from a file and written back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from catalogue.definitions.english.wording import Wording
from catalogue.definitions.nodes import Node
from catalogue.definitions.pieces import Piece

# How a head reads and writes the nodes inside its own.
ParseNode = Callable[[Piece], Node]
WriteNode = Callable[[Node], dict[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`parse` gets the mapping that holds the head's key; `write` gives such a mapping, in the
    canonical form (docs/language.md), for a `node`; `say` puts it in English (groups, which are
    laid out by `describe`, have none)."""

    name: str
    node: type
    parse: Callable[[Piece, ParseNode], Node]
    write: Callable[[Any, WriteNode], dict[str, object]]
    say: Callable[[Any, Wording], str] | None = None
