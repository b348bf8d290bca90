"""Segments and their answers by customer id, for workspaces that are given as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition, Subject
from catalogue.warehouse.given import World


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSegment:
    """A segment to judge: a definition or the ids of a static list, and its manual changes. A list
    is one of customers, unless `list_of` says that it is one of accounts."""

    definition: Definition | None = None
    static: tuple[str, ...] | None = None
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    list_of: Subject = "customer"

    @property
    def subject(self) -> Subject:
        """What the segment holds: customers or accounts."""
        return self.list_of if self.definition is None else self.definition.subject


# Ids of the members, or why nobody can say.
Answer = frozenset[str] | DefinitionError
# (segments by key, the workspace as `World.at` gives it, now) → an answer per segment.
Judge = Callable[[Mapping[str, GivenSegment], World, datetime], Mapping[str, Answer]]
