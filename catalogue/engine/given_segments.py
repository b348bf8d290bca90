"""Segments and their answers by customer id, for workspaces that are given as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition
from catalogue.warehouse.given import World


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSegment:
    """A segment to judge: a definition or the ids of a static list, and its manual changes."""

    definition: Definition | None = None
    static: tuple[str, ...] | None = None
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()


# Ids of the members, or why nobody can say.
Answer = frozenset[str] | DefinitionError
# (segments by key, the workspace as `World.at` gives it, now) → an answer per segment.
Judge = Callable[[Mapping[str, GivenSegment], World, datetime], Mapping[str, Answer]]
