"""dropped_off: attempts that were not finished in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalogue.definitions.windows import Interval
from catalogue.engine.clocks import LATEST, Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.events import Pick
from catalogue.engine.walks.reaches import Reach
from catalogue.engine.walks.rows import Rows


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """Sorted by customer and start. `person`: whose; `start`: when; `end`: until when it waits;
    `goal`: the first goal after the start, LATEST + 1 where there is none; all int64, (m,)."""

    person: Integers
    start: Integers
    end: Integers
    goal: Integers

    @property
    def won(self) -> Mask:
        """Which reached the goal in time."""
        return self.goal <= self.end

    def over(self, now: int) -> Mask:
        """Which are won or lost as of now; the others are open."""
        return self.won | (self.end < now)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropOff:
    """Of the attempts that are over, the one that started last was not won. `now` is in
    microseconds since 1970 UTC; `covered` reaches from the first start to now."""

    start: Pick
    goal: Pick
    reach: Reach
    interval: Interval
    covered: Interval
    now: int

    @property
    def picks(self) -> tuple[Pick, ...]:
        """What is asked of each event."""
        return self.start, self.goal

    @property
    def true_without_events(self) -> bool:
        """Nobody fits without an event."""
        return False

    def judge(self, rows: Rows) -> Mask:
        """Which of the people have dropped off."""
        attempts = self.attempts(rows)
        over = np.flatnonzero(attempts.over(self.now))
        owners = attempts.person[over]
        is_last = np.append(np.diff(owners) != 0, True)[: len(owners)]
        lost = np.zeros(len(rows.people), dtype=bool)
        lost[owners[is_last]] = ~attempts.won[over[is_last]]
        return lost

    def attempts(self, rows: Rows) -> Attempts:
        """All attempts, the open ones too."""
        moments = rows.moments
        starts = np.flatnonzero(moments.fits[self.start] & moments.inside(self.interval))
        goals = np.flatnonzero(moments.fits[self.goal] & moments.inside(self.covered))
        at, person = moments.at[starts], moments.person[starts]
        return Attempts(
            person=person,
            start=at,
            end=self.reach.ends(at),
            goal=_next(goals, starts, moments),
        )


def _next(goals: Integers, starts: Integers, moments: Rows) -> Integers:
    """When the first goal after each start happened, of the same customer."""
    if not len(goals):
        return np.full(len(starts), LATEST + 1)
    place = np.searchsorted(goals, starts, side="right")
    after = goals[np.minimum(place, len(goals) - 1)]
    known = (place < len(goals)) & (moments.person[after] == moments.person[starts])
    return np.where(known, moments.at[after], LATEST + 1)
