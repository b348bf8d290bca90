"""The newest word of consent of many people at once, as arrays by ordinal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from catalogue.engine.bitmaps import from_dense

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
# Microseconds since 1970. Nobody said anything at NEVER_SAID, and what holds for ever ends at
# NO_END.
NEVER_SAID = np.iinfo(np.int64).min
NO_END = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Words in the order in which they were written, one at each place of the arrays."""

    ordinals: Numbers
    at: Numbers
    is_given: Flags
    ends: Numbers

    def __len__(self) -> int:
        return len(self.ordinals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who stands how at an instant: `given` and not expired; `withdrawn`. It stays so until `until`
    (microseconds), when the next one expires."""

    given: BitMap
    withdrawn: BitMap
    until: int


class Words:
    """By ordinal the newest word: when it was said, what, and until when it holds."""

    def __init__(self) -> None:
        self.at: Numbers = np.full(0, NEVER_SAID, dtype=np.int64)
        self.is_given: Flags = np.zeros(0, dtype=bool)
        self.ends: Numbers = np.full(0, NO_END, dtype=np.int64)

    def copy(self) -> Words:
        """The same, to be changed apart."""
        copy = Words()
        copy.at, copy.is_given, copy.ends = self.at.copy(), self.is_given.copy(), self.ends.copy()
        return copy

    def take(self, rows: Rows, *, only_newer: bool = False) -> None:
        """Take in words: of one person the newest counts, of two at one instant the later written;
        with `only_newer` one that is as old as what is known does not count."""
        if not len(rows):
            return
        self._grow(int(rows.ordinals.max()) + 1)
        order = np.lexsort((rows.at, rows.ordinals))  # stable: later written stays later
        ordinals = rows.ordinals[order]
        is_last = np.append(ordinals[1:] != ordinals[:-1], True)
        last, who = order[is_last], ordinals[is_last]
        known, said = self.at[who], rows.at[last]
        counts = said > known if only_newer else said >= known
        last, who = last[counts], who[counts]
        self.at[who] = rows.at[last]
        self.is_given[who] = rows.is_given[last]
        self.ends[who] = rows.ends[last]

    def follow(self, survivors: dict[int, int]) -> None:
        """Let what was said of somebody merged away count as said of whom they were merged into."""
        away = np.array([one for one in survivors if one < len(self.at)], dtype=np.int64)
        if not len(away):
            return
        into = np.array([survivors[one] for one in away.tolist()], dtype=np.int64)
        said = self.at[away] != NEVER_SAID
        moved = Rows(
            ordinals=into[said],
            at=self.at[away][said],
            is_given=self.is_given[away][said],
            ends=self.ends[away][said],
        )
        self.take(moved, only_newer=True)

    def standing(self, now: int) -> Standing:
        """How everybody stands at `now`."""
        said = self.at != NEVER_SAID
        given = said & self.is_given & (self.ends > now)
        ends = self.ends[given]
        return Standing(
            given=from_dense(given),
            withdrawn=from_dense(said & ~self.is_given),
            until=int(ends.min()) if len(ends) else NO_END,
        )

    def _grow(self, size: int) -> None:
        more = size - len(self.at)
        if more > 0:
            # Some room, so that the next ones need not move all again.
            more += size // 8
            self.at = np.append(self.at, np.full(more, NEVER_SAID, dtype=np.int64))
            self.is_given = np.append(self.is_given, np.zeros(more, dtype=bool))
            self.ends = np.append(self.ends, np.full(more, NO_END, dtype=np.int64))
