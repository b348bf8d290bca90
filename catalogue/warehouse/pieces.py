"""The pieces that rows lie in: files that are written once and never changed. So of two states of
the data, the newer one has all pieces of the older one, and what is new lies in the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeGuard, runtime_checkable

from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.warehouse.tables import EventTable, Kinds, Tables, TraitChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """`size`: its bytes; `rows`: how many it has; `newest`: no row of it is later than that (naive
    UTC), None: not known."""

    size: int
    rows: int
    newest: datetime | None


# By name: a name stands for the same rows for ever.
Pieces = Mapping[str, Piece]


@runtime_checkable
class InPieces(Protocol):
    """Tables whose rows lie in pieces. (Methods only: to ask for the class must cost nothing.)"""

    def event_kinds(self, name: str) -> Kinds | None:
        """Of which kinds the values of each property of an event are, without opening it; None when
        there was never such an event."""

    def event_pieces(self, name: str) -> Pieces:
        """The pieces of one event; none when there is no such event."""

    def events_in(self, name: str, pieces: Collection[str]) -> EventTable | None:
        """The rows of one event that lie in some of its pieces; None when these are none."""

    def people_in(self, name: str, piece: str) -> BitMap | None:
        """Whose rows lie in one piece of an event, merges not followed; None where nobody kept
        that."""

    def trait_pieces(self, name: str, subject: Subject) -> Pieces:
        """The pieces of one trait; none when there is no such trait."""

    def trait_changes_in(
        self, name: str, subject: Subject, pieces: Collection[str]
    ) -> TraitChanges | None:
        """The changes that lie in some pieces of one trait; None when these are none."""


class TablesInPieces(Tables, InPieces, Protocol):
    """Tables of which it is known in which pieces their rows lie."""


def are_in_pieces(tables: Tables) -> TypeGuard[TablesInPieces]:
    """Whether newer states of these tables can be told apart by their pieces."""
    return tables.has_near_rows and isinstance(tables, InPieces)


def size_of(pieces: Pieces) -> int:
    """Their bytes together."""
    return sum(one.size for one in pieces.values())


def may_be_after(pieces: Pieces, instant: datetime) -> list[str]:
    """Which of them may hold a row after an instant (naive UTC)."""
    return [name for name, one in pieces.items() if one.newest is None or one.newest > instant]
