"""What is asked of the rows of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.definitions.nodes import Path
from catalogue.engine.conditions.lists import Criterion

Where = frozenset[Criterion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is read of every row: whether it fits each of the wheres, and its numbers of props."""

    wheres: Sequence[Where]
    props: Sequence[Path]

    @property
    def is_plain(self) -> bool:
        """Whether nothing is asked but columns as they are."""
        return not any(self.wheres) and all(len(prop) == 1 for prop in self.props)
