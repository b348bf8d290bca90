"""What is remembered of one trait: when everybody's newest change was, and for whom each condition
was true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from pyroaring import BitMap

from catalogue.definitions.nodes import Path, Subject
from catalogue.engine.bitmaps import Distinct
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.dates import InSpans
from catalogue.engine.conditions.traits import TraitCondition
from catalogue.engine.kept.dates import Dates, asked_for
from catalogue.engine.local_times import naive
from catalogue.engine.plain_traits import OnTrait
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

    @property
    def lasting(self) -> list[TraitCondition]:
        """The conditions that are the same as of another `now`, or are asked of the data anew."""
        return [one for one in self.conditions if not isinstance(one.test, InSpans)]

    @property
    def dated(self) -> list[Path]:
        """The paths of those that dates alone decide: where these are, whatever the clock says."""
        dated = (one.path for one in self.conditions if isinstance(one.test, InSpans))
        return list(dict.fromkeys(dated))

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
    """As of one photo and one `now`: for whom each condition is true, and which change said so. Of
    conditions that dates alone decide it is remembered what the dates are, by path."""

    def __init__(self, question: TraitQuestion, rows: TraitRows) -> None:
        self.pieces: frozenset[str] = frozenset()
        self.now: datetime | None = None
        self.newest = Newest()
        whose = Distinct(rows.ordinals)
        lasting = question.lasting
        self.members = {one: whose.where(rows.holds(one)) for one in lasting}
        # When somebody last asked for each.
        self.wanted: dict[TraitCondition, datetime] = dict.fromkeys(lasting, question.now)
        self.dates = {path: Dates.of(path, rows) for path in question.dated}
        self.looked_at: dict[Path, datetime] = dict.fromkeys(question.dated, question.now)

    @classmethod
    def scanned(cls, question: TraitQuestion) -> tuple[KeptTrait, FoundByTrait]:
        """All of it, by a scan of everything."""
        asked = _asked(question.lasting, question.dated)
        rows = trait_rows(question.changes(), asked, question.tables, question.now)
        kept = cls(question, rows)
        return kept, kept._settled(question, rows.read, None)

    @property
    def nbytes(self) -> int:
        """The memory it takes, but for the bitmaps."""
        return self.newest.nbytes + sum(one.nbytes for one in self.dates.values())

    def leave_the_file(self) -> None:
        """Take what lies in a file into memory."""
        self.newest.leave_the_file()
        for one in self.dates.values():
            one.leave_the_file()

    def can_follow(self, question: TraitQuestion) -> bool:
        """Whether only new changes decide: of what is asked nothing moves with the clock but spans
        over known dates, and no change that was still to come has come meanwhile."""
        pieces = question.pieces()
        known = {name: piece for name, piece in pieces.items() if name in self.pieces}
        return (
            self.now is not None
            and question.now >= self.now
            and len(known) == len(self.pieces)
            and not may_be_after(known, naive(self.now))
            and all(condition in self.members for condition in question.lasting)
            and all(path in self.dates for path in question.dated)
        )

    def follow(self, question: TraitQuestion) -> FoundByTrait:
        """Go to the photo and the `now` of a question that it can follow. After any error it must
        not be used any more."""
        self._forget_the_unwanted(question)
        new = {n: piece for n, piece in question.pieces().items() if n not in self.pieces}
        changes = question.tables.trait_changes_in(question.name, question.subject, list(new))
        read = 0
        if changes is not None:
            asked = _asked(list(self.members), list(self.dates))
            rows = trait_rows(changes, asked, question.tables, question.now, with_changes=True)
            self._take(rows, question)
            read = rows.read
        # Not before: nobody may ever follow.
        for dates in self.dates.values():
            dates.sort()
        return self._settled(question, read, size_of(new))

    def _settled(self, question: TraitQuestion, read: int, size: int | None) -> FoundByTrait:
        self.pieces, self.now = frozenset(question.pieces()), question.now
        members = {one: self._true_for(one) for one in question.conditions}
        return FoundByTrait(members=members, rows=read, update_size=size)

    def _true_for(self, condition: TraitCondition) -> BitMap:
        test = condition.test
        if isinstance(test, InSpans):
            return self.dates[condition.path].true_for(test)
        return self.members[condition]

    def _forget_the_unwanted(self, question: TraitQuestion) -> None:
        """Other segments ask at other times; what nobody asked for lately is let go."""
        self.wanted |= dict.fromkeys(question.lasting, question.now)
        since = question.now - LATELY
        self.wanted = {one: at for one, at in self.wanted.items() if at >= since}
        self.members = {one: self.members[one] for one in self.wanted}
        self.looked_at |= dict.fromkeys(question.dated, question.now)
        self.looked_at = {path: at for path, at in self.looked_at.items() if at >= since}
        self.dates = {path: self.dates[path] for path in self.looked_at}

    def _take(self, rows: TraitRows, question: TraitQuestion) -> None:
        """Let those rows decide that are newer than what was known."""
        if not self.newest.is_spread:
            self.newest.take(self._known(question))
        wins, whose = self.newest.take(rows), Distinct(rows.ordinals)
        winners = whose.where(wins)
        for condition, members in self.members.items():
            true = rows.holds(condition) & wins
            self.members[condition] = (members - winners) | whose.where(true)
        self.dates = {path: one.after(path, rows, wins) for path, one in self.dates.items()}

    def _known(self, question: TraitQuestion) -> TraitRows:
        """What was scanned, once more: that a change comes is rare, so when everybody's newest one
        was is not remembered before."""
        assert self.now is not None  # noqa: S101 (it follows from a scan)
        tables, known = question.tables, list(self.pieces)
        changes = tables.trait_changes_in(question.name, question.subject, known)
        assert changes is not None  # noqa: S101 (there are pieces)
        return trait_rows(changes, question.conditions, tables, self.now, with_changes=True)


def _asked(lasting: Sequence[TraitCondition], dated: Sequence[Path]) -> list[OnTrait]:
    return [*lasting, *(date for path in dated for date in asked_for(path))]


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

    def leave_the_file(self) -> None:
        """Take what lies in a file into memory."""
        self.at, self.sequence = self.at.copy(), self.sequence.copy()

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
