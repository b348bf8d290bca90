"""What is stored beside the versions of a refresh, in its one transaction. Whoever keeps something
stands above this folder (goals) and registers here when the application starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from catalogue.definitions.errors import DefinitionError
from catalogue.membership.gathering import Gathered
from catalogue.membership.publication import Pinned, Step

# Writes, inside the transaction of the refresh, after its versions.
Write = Callable[[], None]


class Keeper(Protocol):
    """Something that is kept of every refresh."""

    def prepare(
        self,
        gathered: Gathered,
        steps: Sequence[Step],
        pinned: Pinned,
        refused: Mapping[str, DefinitionError],
    ) -> Write | None:
        """Work it out, while no transaction is open and everything has been judged; None when
        there is nothing to write. The parts of `gathered` are those that were judged, `refused`
        says by key what could not be."""


_registered: dict[str, Keeper] = {}


def register(name: str, keeper: Keeper) -> None:
    """Keep this from now on, in the place of an older one of the same name."""
    _registered[name] = keeper


def prepared(
    gathered: Gathered,
    steps: Sequence[Step],
    pinned: Pinned,
    refused: Mapping[str, DefinitionError],
) -> tuple[Write, ...]:
    """What every keeper has to write."""
    found = (one.prepare(gathered, steps, pinned, refused) for one in _registered.values())
    return tuple(write for write in found if write is not None)
