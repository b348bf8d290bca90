"""Of those who had their time, how many reached the goal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.metrics.instants import NEVER, check_length
from catalogue.metrics.measured import Reading
from catalogue.metrics.shares import share

METHOD = "reached within the time, of those whose time is over; 95 % interval by Wilson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Of n people the instant each one's time began and the instant of the goal, NEVER without;
    both have shape (n,). A goal before the beginning is none."""

    started: Integers
    reached: Integers

    def decided(self, within: int, now: int) -> Mask:
        """Whose time is over at `now`, whether they reached the goal or not."""
        # Whoever reached it early does not count early: else the share would begin at 100 %.
        return np.asarray(self.started <= now - within)

    def reached_within(self, within: int) -> Mask:
        """Who reached the goal within so many microseconds, the last one included."""
        in_time = self.reached - self.started <= within
        return np.asarray((self.reached != NEVER) & (self.reached >= self.started) & in_time)


def conversion(attempts: Attempts, within: int, now: int) -> Reading:
    """The share that reached the goal `within` microseconds. `n` are those whose time is over.

    Raises DefinitionError when the time has no length."""
    check_length(within, "/goal/within")
    decided = attempts.decided(within, now)
    reached = attempts.reached_within(within) & decided
    return share(int(reached.sum()), int(decided.sum()), METHOD)
