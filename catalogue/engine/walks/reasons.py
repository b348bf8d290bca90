"""What decided conditions on order and habit for one customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from catalogue.engine.conditions.newest import TwoNewest
from catalogue.engine.local_times import EPOCH
from catalogue.engine.walks.drop_offs import DropOff
from catalogue.engine.walks.habits import Habit
from catalogue.engine.walks.of_one import Told, picks_of
from catalogue.engine.walks.rows import Rows
from catalogue.engine.walks.sequences import SequenceWalk


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsReason:
    """When the steps of a sequence were done, as far as they came, of the ways to go them one that
    comes furthest and ends last; `of`: how many steps there are."""

    steps: tuple[datetime, ...]
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptReason:
    """The attempt that decides: of those that are over the one that started last; where none is,
    the newest open one. `end`: until when it waits. `goal`: when it was won."""

    start: datetime
    end: datetime
    goal: datetime | None
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestReason:
    """The newest events of two kinds. `latest`: of all there are, and of those that have what is
    asked. `resumed`: since when one is to be back, and before that."""

    one: datetime | None
    other: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitReason:
    """In how many of the periods it was done as asked, and in the one that is the window how
    often."""

    fitting: int
    periods: int
    count: int


WalkReason = StepsReason | AttemptReason | NewestReason | HabitReason


def walk_reason(condition: Told, rows: Rows) -> WalkReason | None:
    """What decided a condition for the one customer of the rows; None when there is nothing to
    show."""
    match condition:
        case SequenceWalk():
            return _steps(condition, rows)
        case DropOff():
            return _attempt(condition, rows) if len(rows.at) else None
        case Habit():
            return _habit(condition, rows)
        case TwoNewest():
            return _newest(condition, rows)
    return None


def instant(number: int) -> datetime:
    """An instant from microseconds since 1970 UTC."""
    return (EPOCH + timedelta(microseconds=int(number))).replace(tzinfo=UTC)


def _steps(walk: SequenceWalk, rows: Rows) -> StepsReason:
    reached = walk.reached(rows) if len(rows.at) else []
    last = max((place for place, mask in enumerate(reached) if mask.any()), default=-1)
    at = rows.moments.at
    places: list[int] = []
    for place in range(last, -1, -1):
        found = np.flatnonzero(reached[place])
        if places:
            next_at = at[places[0]]
            ends = walk.steps[place + 1].ends(at[found])
            found = found[(found < places[0]) & (ends >= next_at)]
        places.insert(0, int(found[-1]))
    return StepsReason(steps=tuple(instant(at[place]) for place in places), of=len(walk.steps))


def _attempt(drop_off: DropOff, rows: Rows) -> AttemptReason | None:
    attempts = drop_off.attempts(rows)
    over = np.flatnonzero(attempts.over(drop_off.now))
    if not len(attempts.start):
        return None
    place = int(over[-1]) if len(over) else -1
    won = bool(attempts.won[place])
    return AttemptReason(
        start=instant(attempts.start[place]),
        end=instant(attempts.end[place]),
        goal=instant(attempts.goal[place]) if won else None,
        is_over=bool(len(over)),
    )


def _habit(habit: Habit, rows: Rows) -> HabitReason:
    if not len(rows.people):
        fitting = habit.periods if habit.true_without_events else 0
        return HabitReason(fitting=fitting, periods=habit.periods, count=0)
    count = int(habit.tally(rows).count.sum()) if habit.periods == 1 else 0
    fitting = int(habit.fitting(rows)[0])
    return HabitReason(fitting=fitting, periods=habit.periods, count=count)


def _newest(condition: TwoNewest, rows: Rows) -> NewestReason:
    if not len(rows.people):
        return NewestReason(one=None, other=None)
    masks = (
        rows.fits[pick] & rows.inside(measure.interval)
        for pick, measure in zip(picks_of(condition), condition.measures, strict=True)
    )
    one, other = (instant(rows.at[mask][-1]) if mask.any() else None for mask in masks)
    return NewestReason(one=one, other=other)
