"""What people did in their time, read from the events of one photo in one pass for each outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from catalogue.definitions.errors import Code, refuse
from catalogue.definitions.formula_checks import uses_of
from catalogue.definitions.formulas import Mean
from catalogue.definitions.windows import Interval
from catalogue.engine.bitmaps import Ordinals
from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.events import selection_of, where_of
from catalogue.engine.conditions.terms import Frame
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.per_person import Asked as PerPerson
from catalogue.engine.per_person import per_person
from catalogue.engine.streams import size_of
from catalogue.engine.vectors.asked import Asked
from catalogue.engine.vectors.rows import Rows, read
from catalogue.experiments.outcomes import EPOCH, MICROSECOND, Outcome
from catalogue.experiments.states import Counting, State
from catalogue.metrics.held_by import as_inputs, held
from catalogue.metrics.instants import NEVER
from catalogue.warehouse.tables import Tables

if TYPE_CHECKING:
    from catalogue.metrics.conversion import Attempts

Floats = npt.NDArray[np.float64]
# No segment has such a key.
STATE = "experiment:aim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Starters:
    """n people by rising ordinal, and when the time of each began, in microseconds since 1970 UTC;
    shapes (n,)."""

    ordinals: Ordinals
    started: Integers

    @classmethod
    def of(cls, began: Mapping[int, int]) -> Starters:
        """The people whose time began at these instants, by ordinal."""
        ordinals = sorted(began)
        return cls(
            ordinals=np.array(ordinals, dtype=np.uint32),
            started=np.array([began[one] for one in ordinals], dtype=np.int64),
        )

    def living(self, tables: Tables) -> npt.NDArray[np.bool_]:
        """Who is still a customer of their own: not deleted, not merged into somebody else."""
        there = BitMap(self.ordinals) & tables.customers
        return np.isin(self.ordinals, np.asarray(there.to_array(), dtype=np.uint32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """Of n people what they did in their time: `reached`, the first instant (NEVER without), and of
    an outcome that adds up `sums`, how much came together. `started`: when it began. All shapes
    (n,)."""

    started: Integers
    reached: Integers
    sums: Floats

    @property
    def attempts(self) -> Attempts:
        """The same as what conversions are worked out from."""
        from catalogue.metrics.conversion import Attempts

        return Attempts(started=self.started, reached=self.reached)


def deeds(outcome: Counting, who: Starters, tables: Tables, now: datetime) -> Deeds:
    """What these people did of the outcome, up to `now`; of a state, whether it is true of them
    now, or what it is. Raises DefinitionError when reading it is too expensive."""
    if isinstance(outcome, State):
        return _states(outcome, who, tables, now)
    first = np.full(len(who.ordinals), NEVER, dtype=np.int64)
    sums = np.zeros(len(who.ordinals))
    if len(who.ordinals):
        for rows in _rows(outcome, who, tables, now):
            place, at, numbers = _in_time(rows, outcome, who, tables)
            np.minimum.at(first, place, at)
            np.add.at(sums, place, numbers)
    return Deeds(started=who.started, reached=first, sums=sums)


def _states(state: State, who: Starters, tables: Tables, now: datetime) -> Deeds:
    nothing = np.full(len(who.ordinals), NEVER, dtype=np.int64)
    answers = per_person(
        _asked(state, now), tables, size=size_of(tables), now=now, zone=ZoneInfo(state.zone)
    )
    for refused in answers.refused.values():
        raise refused
    if isinstance(state.formula, Mean):
        sums = answers.numbers[STATE].values[who.ordinals]
        return Deeds(started=who.started, reached=nothing, sums=sums)
    true = np.asarray(answers.members[STATE].to_array(), dtype=np.uint32)
    reached = np.where(np.isin(who.ordinals, true), who.started, nothing)
    return Deeds(started=who.started, reached=reached, sums=np.zeros(len(reached)))


def _asked(state: State, now: datetime) -> PerPerson:
    if isinstance(state.formula, Mean):
        return PerPerson(measures={STATE: state.formula.measure}, conditions={}, segments={})
    named, damaged = uses_of(state.formula).segments, dict[str, str]()
    found = as_inputs(held(named, now, damaged)) if named else {}
    for why in damaged.values():
        raise refuse(Code.MISSING_REFERENCE, why, "/aim")
    return PerPerson(
        measures={},
        conditions={STATE: SegmentInput(definition=state.formula.condition)},
        segments=found,
    )


def micros(instant: datetime) -> int:
    """An instant in microseconds since 1970 UTC."""
    return (instant - EPOCH) // MICROSECOND


def _rows(outcome: Outcome, who: Starters, tables: Tables, now: datetime) -> Iterator[Rows]:
    names = selection_of(outcome.events).among(tables.event_names())
    found = [tables.events(name) for name in sorted(names)]
    sources = [table for table in found if table is not None]
    frame = Frame(now=now, zone=ZoneInfo("UTC"))
    asked = Asked(
        wheres=[where_of(outcome.events, frame)], props=[outcome.sum] if outcome.sum else []
    )
    since = EPOCH + int(who.started.min()) * MICROSECOND
    # What happens at this very instant counts.
    covered = Interval(start=since, end=now + timedelta(microseconds=1))
    yield from read(sources, asked, covered, tables, with_times=True)


def _in_time(
    rows: Rows, outcome: Outcome, who: Starters, tables: Tables
) -> tuple[Integers, Integers, Floats]:
    """(place among the people, when, how much) of each event that counts."""
    owners = _followed(rows.ordinals.astype(np.int64), tables)
    place = np.minimum(np.searchsorted(who.ordinals, owners), len(who.ordinals) - 1)
    began = who.started[place]
    counts = who.ordinals[place] == owners
    counts &= (rows.at >= began) & (rows.at - began <= outcome.length)
    (fits,) = rows.fits.values()
    if fits is not None:
        counts &= fits
    numbers = rows.numbers[outcome.sum] if outcome.sum else np.zeros(len(rows))
    return place[counts], rows.at[counts], np.nan_to_num(numbers[counts])


def _followed(ordinals: Integers, tables: Tables) -> Integers:
    """Whose these events are now, merges followed."""
    if not tables.survivors or not len(ordinals):
        return ordinals
    table = np.arange(int(ordinals.max()) + 1, dtype=np.int64)
    for merged, survivor in tables.survivors.items():
        if merged < len(table):
            table[merged] = survivor
    return table[ordinals]
