"""On which days everybody was there: a bit for each day of 24 hours back from `now`, from one pass
over the events in whatever order. For a million customers and three years that is 150 MB, however
many events there are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.streams import EventRows
from catalogue.metrics.engagement import MONTH, Activity
from catalogue.metrics.instants import DAY

Word = npt.NDArray[np.uint64]
BITS = 64
WORDS = 18
# Who was there before that is known to have been, and no more.
DAYS = BITS * WORDS


@dataclass(slots=True, kw_only=True)
class Days:
    """`words[k]`: of each of `size` + 1 ordinals whether they were there on the days 64 k … 64 k +
    63 before `now`, the newest in the lowest bit; absent while nobody was. `earlier`: who was there
    before all of that."""

    size: int
    now: int
    words: dict[int, Word] = field(default_factory=dict)
    earlier: Mask = field(init=False)

    def __post_init__(self) -> None:
        self.earlier = np.zeros(self.size + 1, dtype=bool)

    def add(self, rows: EventRows) -> None:
        """Take in events. An event exactly one day ago is still of day 0, as in the language."""
        if not len(rows):
            return
        # Times ascend, so all rows of one day stand together, the oldest first.
        oldest, newest = (self._age(int(at)) for at in rows.at[[0, -1]])
        ages = np.arange(oldest, newest - 1, -1)
        ends = np.searchsorted(rows.at, self.now - ages * DAY)
        ends[-1] = len(rows)
        for age, low, high in zip(ages.tolist(), [0, *ends[:-1]], ends, strict=True):
            if low < high:
                self._mark(age, rows.places[low:high])

    def _age(self, at: int) -> int:
        return min(max((self.now - at - 1) // DAY, 0), DAYS)

    def _mark(self, day: int, places: Integers) -> None:
        if day >= DAYS:
            self.earlier[places] = True
            return
        word, bit = divmod(day, BITS)
        if word not in self.words:
            self.words[word] = np.zeros(self.size + 1, dtype=np.uint64)
        self.words[word][places] |= np.uint64(1 << bit)

    def active(self, first: int, length: int) -> Mask:
        """Who was there on one of `length` days, the newest of them `first` days ago; all within
        the first word. Shape (size,)."""
        return np.asarray(self._window(first, length) != 0)

    def activity(self) -> Activity:
        """What engagement is read off."""
        month = self._window(0, MONTH)
        return Activity(
            day=self.active(0, 1),
            week=self.active(0, 7),
            month=month != 0,
            days=np.bitwise_count(month).astype(np.int64),
        )

    def _window(self, first: int, length: int) -> Word:
        word = self.words.get(0)
        if word is None:
            return np.zeros(self.size, dtype=np.uint64)
        return (word[: self.size] >> np.uint64(first)) & np.uint64((1 << length) - 1)
