"""sequence: steps one after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalogue.definitions.windows import Interval
from catalogue.engine.clocks import LATEST, Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.events import Pick
from catalogue.engine.walks.reaches import Reach, furthest
from catalogue.engine.walks.rows import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtStep:
    """What a step is, and how long after the step before it may come; None: at any time."""

    pick: Pick
    reach: Reach | None = None

    def ends(self, at: Integers) -> Integers:
        """Until when this step may come after instants of the step before."""
        return np.full(len(at), LATEST) if self.reach is None else self.reach.ends(at)


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceWalk:
    """All steps at strictly increasing times in the interval."""

    steps: tuple[SoughtStep, ...]
    interval: Interval

    @property
    def picks(self) -> tuple[Pick, ...]:
        """What is asked of each event."""
        return tuple(step.pick for step in self.steps)

    @property
    def covered(self) -> Interval:
        """Where events matter."""
        return self.interval

    @property
    def true_without_events(self) -> bool:
        """Nobody fits without an event."""
        return False

    def judge(self, rows: Rows) -> Mask:
        """Which of the people have come to the last step."""
        return rows.moments.whose(self.reached(rows)[-1])

    def reached(self, rows: Rows) -> list[Mask]:
        """For each step the moments at which it can be the one that is taken."""
        moments = rows.moments
        inside = moments.inside(self.interval)
        found: list[Mask] = []
        for step in self.steps:
            fits = moments.fits[step.pick] & inside
            if found:
                ends = step.ends(moments.at[found[-1]])
                fits &= moments.at <= furthest(moments, found[-1], ends)
            found.append(fits)
        return found
