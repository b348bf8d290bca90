"""What is known of the people of some cohorts, as the columns that groups are cut from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from pyroaring import BitMap

from catalogue.definitions.nodes import Duration, EventSelector, InLast
from catalogue.discovery.columns import Column, EventColumn, People, TraitColumn
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.event_counts import Span, event_counts
from catalogue.research.cohorts import Cohort
from catalogue.warehouse.current import newest_at
from catalogue.warehouse.tables import Tables

WINDOW = Duration(count=28, unit="day")
# Of more people a sample says the same.
MOST_PEOPLE = 50_000
# Told before each step: what is looked at now.
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to look at: the goal is `event` within `days` days of the start of a cohort."""

    cohorts: Sequence[Cohort]
    event: str
    days: int
    traits: Sequence[str]
    events: Sequence[str]

    @property
    def steps(self) -> int:
        """How often `tell` is told."""
        return len(self.traits) + len(self.events) + 1


def know(asked: Asked, tables: Tables, tell: Tell, *, seed: int = 0) -> People:
    """The columns of all cohorts, one under the other. Events are counted in the 28 days before the
    start and before it at all; the goal's own event is no column. Raises DefinitionError when
    nobody, or all, reached the goal."""
    tell(f"who did {asked.event}")
    cohorts = [_there(cohort, asked, tables) for cohort in asked.cohorts]
    rows = _sampled(cohorts, seed)
    reached = _stacked(cohorts, rows, _reached(asked, tables))
    columns = [*_of_events(asked, tables, rows, tell), *_of_traits(asked, tables, rows, tell)]
    return People(columns=tuple(columns), reached=reached)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The ordinals of one cohort that are looked at, in their order."""

    cohort: Cohort
    ordinals: np.ndarray


def _there(cohort: Cohort, asked: Asked, tables: Tables) -> Cohort:
    """The cohort with its people: live ones."""
    if cohort.people is not None:
        return Cohort(start=cohort.start, people=cohort.people & tables.customers)
    size, span = _size(tables), [Span(start=None, end=cohort.start)]
    was_there = np.zeros(size, dtype=bool)
    for name in tables.event_names():
        was_there |= event_counts(tables, name, span, size)[0] > 0
    people = BitMap(np.flatnonzero(was_there).astype(np.uint32).data) & tables.customers
    return Cohort(start=cohort.start, people=people)


def _sampled(cohorts: Sequence[Cohort], seed: int) -> list[Rows]:
    total = sum(len(one.people or ()) for one in cohorts)
    dice, keep = np.random.default_rng(seed), min(1.0, MOST_PEOPLE / max(total, 1))
    found = []
    for one in cohorts:
        ordinals = np.asarray((one.people or BitMap()).to_array(), dtype=np.int64)
        if keep < 1:
            ordinals = ordinals[dice.random(len(ordinals)) < keep]
        found.append(Rows(cohort=one, ordinals=ordinals))
    return found


def _reached(asked: Asked, tables: Tables) -> np.ndarray:
    within = timedelta(days=asked.days)
    spans = [Span(start=one.start, end=one.start + within) for one in asked.cohorts]
    return event_counts(tables, asked.event, spans, _size(tables))


def _stacked(cohorts: Sequence[Cohort], rows: Sequence[Rows], counts: np.ndarray) -> Mask:
    parts = [counts[place][one.ordinals] > 0 for place, one in enumerate(rows)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)


def _of_events(
    asked: Asked, tables: Tables, rows: Sequence[Rows], tell: Tell
) -> Iterator[EventColumn]:
    before = timedelta(days=WINDOW.count)
    starts = [one.cohort.start for one in rows]
    spans = [Span(start=start - before, end=start) for start in starts]
    spans += [Span(start=None, end=start) for start in starts]
    for name in asked.events:
        tell(f"who did {name}")
        if name == asked.event:
            continue
        counts = event_counts(tables, name, spans, _size(tables))
        lately, ever = counts[: len(rows)], counts[len(rows) :]
        for window, found in ((InLast(duration=WINDOW), lately), (None, ever)):
            column = np.concatenate([found[place][one.ordinals] for place, one in enumerate(rows)])
            yield EventColumn(events=EventSelector(names=(name,)), window=window, counts=column)


def _of_traits(asked: Asked, tables: Tables, rows: Sequence[Rows], tell: Tell) -> Iterator[Column]:
    for name in asked.traits:
        tell(f"the trait {name}")
        values = _values(name, tables, rows)
        plain = [value if isinstance(value, str | int | float) else None for value in values]
        # Lists, objects and instants make no groups of this kind.
        if any(one is not None for one in plain) and plain == values:
            yield TraitColumn(path=(name,), values=tuple(plain))


def _values(name: str, tables: Tables, rows: Sequence[Rows]) -> list[object]:
    changes = tables.trait_changes(name)
    if changes is None:
        return []
    asked = [(BitMap(one.ordinals.astype(np.uint32).data), one.cohort.start) for one in rows]
    found = newest_at(tables, changes, asked)
    return [
        known.get(ordinal)
        for one, known in zip(rows, found, strict=True)
        for ordinal in one.ordinals.tolist()
    ]


def _size(tables: Tables) -> int:
    return tables.customers.max() + 1 if tables.customers else 0
