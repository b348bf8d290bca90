"""What is remembered of one trait: when everybody's newest change was, and for whom each condition
was true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.engine.bitmaps import Distinct
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.traits import TraitCondition
from catalogue.engine.local_times import naive
from catalogue.engine.trait_rows import TraitRows, trait_rows
from catalogue.warehouse.pieces import Pieces, TablesInPieces, may_be_after, size_of
from catalogue.warehouse.tables import TraitChanges

LATELY = timedelta(days=2)
EARLIER_THAN_ALL = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitQuestion:
    """`conditions` on one trait, of which there are changes, as of `now`."""

    name: str
    subject: Subject
    conditions: Sequence[TraitCondition]
    tables: TablesInPieces
    now: datetime

    def changes(self) -> TraitChanges:
        """All of them; opened by those who read them, for that takes its time."""
        found = self.tables.trait_changes(self.name, self.subject)
        assert found is not None  # noqa: S101 (there are pieces)
        return found

    def pieces(self) -> Pieces:
        """What its changes lie in."""
        return self.tables.trait_pieces(self.name, self.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundByTrait:
    """For whom each condition is true, alive or not; as `kept.events.Found`."""

    members: dict[TraitCondition, BitMap]
    rows: int
    update_size: int | None = None


class KeptTrait:
    """As of one photo and one `now`: for whom each condition is true, and which change said so."""

    def __init__(self, question: TraitQuestion, rows: TraitRows) -> None:
        self.pieces: frozenset[str] = frozenset()
        self.now: datetime | None = None
        self.newest = Newest()
        whose = Distinct(rows.ordinals)
        self.members = {
            one: whose.where(rows.answers[one].to_numpy()) for one in question.conditions
        }
        # When somebody last asked for each.
        self.wanted: dict[TraitCondition, datetime] = dict.fromkeys(
            question.conditions, question.now
        )

    @classmethod
    def scanned(cls, question: TraitQuestion) -> tuple[KeptTrait, FoundByTrait]:
        """All of it, by a scan of everything."""
        rows = trait_rows(question.changes(), question.conditions, question.tables, question.now)
        kept = cls(question, rows)
        return kept, kept._settled(question, rows.read, None)

    @property
    def nbytes(self) -> int:
        """The memory it takes, but for the bitmaps."""
        return self.newest.nbytes

    def can_follow(self, question: TraitQuestion) -> bool:
        """Whether only new changes decide: nothing asked moves with the clock, and no change that
        was still to come has come meanwhile."""
        pieces = question.pieces()
        known = {name: piece for name, piece in pieces.items() if name in self.pieces}
        return (
            self.now is not None
            and question.now >= self.now
            and len(known) == len(self.pieces)
            and not may_be_after(known, naive(self.now))
            and all(condition in self.members for condition in question.conditions)
        )

    def follow(self, question: TraitQuestion) -> FoundByTrait:
        """Go to the photo and the `now` of a question that it can follow. After any error it must
        not be used any more."""
        self._forget_the_unwanted(question)
        new = {n: piece for n, piece in question.pieces().items() if n not in self.pieces}
        changes = question.tables.trait_changes_in(question.name, question.subject, list(new))
        read = 0
        if changes is not None:
            rows = trait_rows(
                changes, list(self.members), question.tables, question.now, with_changes=True
            )
            self._take(rows, question)
            read = rows.read
        return self._settled(question, read, size_of(new))

    def _settled(self, question: TraitQuestion, read: int, size: int | None) -> FoundByTrait:
        self.pieces, self.now = frozenset(question.pieces()), question.now
        members = {one: self.members[one] for one in question.conditions}
        return FoundByTrait(members=members, rows=read, update_size=size)

    def _forget_the_unwanted(self, question: TraitQuestion) -> None:
        """Other segments ask at other times; what nobody asked for lately is let go."""
        self.wanted |= dict.fromkeys(question.conditions, question.now)
        since = question.now - LATELY
        self.wanted = {one: at for one, at in self.wanted.items() if at >= since}
        self.members = {one: self.members[one] for one in self.wanted}

    def _take(self, rows: TraitRows, question: TraitQuestion) -> None:
        """Let those rows decide that are newer than what was known."""
        if not self.newest.is_spread:
            self.newest.take(self._known(question))
        wins, whose = self.newest.take(rows), Distinct(rows.ordinals)
        winners = whose.where(wins)
        for condition, members in self.members.items():
            true = rows.answers[condition].to_numpy() & wins
            self.members[condition] = (members - winners) | whose.where(true)

    def _known(self, question: TraitQuestion) -> TraitRows:
        """What was scanned, once more: that a change comes is rare, so when everybody's newest one
        was is not remembered before."""
        assert self.now is not None  # noqa: S101 (it follows from a scan)
        tables, known = question.tables, list(self.pieces)
        changes = tables.trait_changes_in(question.name, question.subject, known)
        assert changes is not None  # noqa: S101 (there are pieces)
        return trait_rows(changes, question.conditions, tables, self.now, with_changes=True)


class Newest:
    """When everybody's newest change was. `at` and `sequence`: by ordinal, shape (n,)."""

    def __init__(self) -> None:
        self.is_spread = False
        self.at = np.zeros(0, dtype=np.int64)
        self.sequence = np.zeros(0, dtype=np.int64)

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        return self.at.nbytes + self.sequence.nbytes

    def take(self, rows: TraitRows) -> Mask:
        """Take in rows, one for each ordinal; which of them are newer than what was known."""
        self.is_spread = True
        if not len(rows.ordinals):
            return np.zeros(0, dtype=bool)
        self._make_room(int(rows.ordinals.max()) + 1)
        places = rows.ordinals.astype(np.intp)
        wins: Mask = (rows.at > self.at[places]) | (
            (rows.at == self.at[places]) & (rows.sequence > self.sequence[places])
        )
        self.at[places[wins]] = rows.at[wins]
        self.sequence[places[wins]] = rows.sequence[wins]
        return wins

    def _make_room(self, size: int) -> None:
        missing = size - len(self.at)
        if missing > 0:
            self.at = np.append(self.at, np.full(missing, EARLIER_THAN_ALL))
            self.sequence = np.append(self.sequence, np.full(missing, EARLIER_THAN_ALL))
