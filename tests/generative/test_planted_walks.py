"""Faults planted in walks, which need no back end to be judged: many histories in a second."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from catalogue.definitions.windows import MICROSECOND, Interval
from catalogue.engine.clocks import DAY
from catalogue.engine.conditions import newest
from catalogue.engine.walks import conditions as walk_conditions
from catalogue.engine.walks import drop_offs, habits, reaches, sequences
from tests.generative.histories import disagreements, histories

MOST_HISTORIES = 2_000
UTC = ZoneInfo("UTC")
Patch = pytest.MonkeyPatch


def gap_without_its_last_instant(patch: Patch) -> None:
    right = sequences.furthest
    patch.setattr(sequences, "furthest", lambda *given: right(*given) - 1)


def several_steps_at_one_instant(patch: Patch) -> None:
    right = sequences.furthest

    def at_once(moments: object, before: object, ends: object) -> object:
        found = right(moments, before, ends)
        return np.where(before, np.maximum(found, moments.at), found)

    patch.setattr(sequences, "furthest", at_once)


def months_of_a_reach_taken_for_thirty_days(patch: Patch) -> None:
    def in_days(self: reaches.Months, at: object) -> object:
        return reaches.Elapsed(microseconds=self.months * 30 * DAY).ends(at)

    patch.setattr(reaches.Months, "ends", in_days)


def an_open_attempt_hides_what_was_before(patch: Patch) -> None:
    def whatever(self: drop_offs.Attempts, now: int) -> object:
        return np.ones(len(self.start), dtype=bool)

    patch.setattr(drop_offs.Attempts, "over", whatever)


def lost_an_instant_too_soon(patch: Patch) -> None:
    right = drop_offs.Attempts.over
    patch.setattr(drop_offs.Attempts, "over", lambda self, now: right(self, now + 1))


def a_goal_at_the_start_wins(patch: Patch) -> None:
    right = drop_offs._next
    patch.setattr(drop_offs, "_next", lambda goals, starts, rows: right(goals, starts - 1, rows))


def days_of_utc(patch: Patch) -> None:
    right = habits.local_days
    patch.setattr(habits, "local_days", lambda at, zone: right(at, UTC))


def every_event_taken_for_a_day(patch: Patch) -> None:
    patch.setattr(habits, "_once_a_day", lambda cells, days: cells)


def periods_without_their_ends_before_now(patch: Patch) -> None:
    right = walk_conditions._edges

    def shifted(*given: object) -> object:
        starts = right(*given)
        return [*(start + MICROSECOND for start in starts[:-1]), starts[-1]]

    patch.setattr(walk_conditions, "_edges", shifted)


def back_without_having_been_there_before(patch: Patch) -> None:
    patch.setattr(newest.BothIn, "judge", lambda self, one, other: self.one.judge(one))


def stopped_without_a_pause(patch: Patch) -> None:
    patch.setattr(newest, "_between", lambda start, end: Interval(start=start))


FAULTS_OF_WALKS = [
    gap_without_its_last_instant,
    several_steps_at_one_instant,
    months_of_a_reach_taken_for_thirty_days,
    an_open_attempt_hides_what_was_before,
    lost_an_instant_too_soon,
    a_goal_at_the_start_wins,
    days_of_utc,
    every_event_taken_for_a_day,
    periods_without_their_ends_before_now,
    back_without_having_been_there_before,
    stopped_without_a_pause,
]


@pytest.mark.parametrize("plant", FAULTS_OF_WALKS, ids=lambda plant: plant.__name__)
def test_a_fault_planted_in_walks_is_found(
    plant: Callable[[Patch], None], monkeypatch: Patch
) -> None:
    plant(monkeypatch)

    assert any(any(disagreements(histories(Random(seed)))) for seed in range(MOST_HISTORIES))
