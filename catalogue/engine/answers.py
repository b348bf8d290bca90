"""What conditions were answered with lately, so that a changed definition asks only what is new.

Kept are bitmaps of conditions, and the figures of those that compare one, so that another bound
is a comparison and no scan. Every key names all that decides: the data, the condition (with its
windows, which `now` and the zone made, and its `where`), and `now` where that is looked at besides.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from pyroaring import BitMap

from catalogue.engine.bitmaps import bytes_of, from_dense, from_mask
from catalogue.engine.conditions.accounts import Belonging
from catalogue.engine.conditions.aggregates import Comparisons
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.events import EventCondition, EventFigure
from catalogue.engine.conditions.held import HeldCondition
from catalogue.engine.conditions.numbers import InRange
from catalogue.engine.conditions.traits import TraitCondition, TraitFigure
from catalogue.engine.evaluate import find
from catalogue.engine.figures import Figure, Figures
from catalogue.engine.findings import Findings
from catalogue.engine.scans import Condition
from catalogue.engine.shelf import Shelf
from catalogue.engine.vectors.judging import Vector
from catalogue.warehouse.current import Accounts
from catalogue.warehouse.tables import Tables

# What the back end finds figures for, and not this process.
GROUPED = frozenset({"min", "max", "count_distinct"})
Answer = BitMap | Figures | Vector | Accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers on one photo as of `now`, in `kept`. `photo` is equal for the same data only."""

    kept: Shelf[Answer]
    photo: Hashable
    now: datetime

    def find(
        self,
        conditions: Iterable[Condition],
        tables: Tables,
        *,
        should_stop: Callable[[], bool] | None = None,
    ) -> Findings:
        """What `evaluate.find` finds, asking only what is not known. Raises what that raises."""
        wanted = list(dict.fromkeys(conditions))
        found = Findings()
        missing = [one for one in wanted if not self._recall(one, found, tables)]
        if missing:
            asked = dict.fromkeys(_figure_of(one) or one for one in missing)
            fresh = find(asked, tables, now=self.now, should_stop=should_stop, keep_vectors=True)
            self._take(missing, fresh, found, tables)
        return found

    def _recall(self, condition: Condition, found: Findings, tables: Tables) -> bool:
        """Put what is known of a condition into `found`; whether anything is."""
        known = self.kept.get(self._key(condition))
        if known is None:
            known = self._compared(condition, tables)
        if isinstance(known, BitMap):
            found.members[condition] = known
        elif isinstance(known, Figures) and isinstance(condition, EventFigure | TraitFigure):
            found.found[condition] = known
        elif isinstance(known, np.ndarray):
            found.accounts = known
        found.milliseconds[condition] = 0.0
        return known is not None

    def _compared(self, condition: Condition, tables: Tables) -> BitMap | None:
        """The members of a condition by the figures of one that differs in the bound only."""
        figure = _figure_of(condition)
        known = None if figure is None else self.kept.get(self._key(figure))
        if isinstance(known, Figures):
            return self._judged(condition, known, tables)
        if isinstance(condition, EventCondition):
            vector = self.kept.get(self._key(_measured(condition)))
            if isinstance(vector, Vector):
                members = from_dense(vector.judge(condition)[:-1]) & tables.customers
                self._keep(condition, members)
                return members
        return None

    def _judged(self, condition: Condition, known: Figures, tables: Tables) -> BitMap:
        members = from_mask(known.ordinals, _mask(condition, known)) & _live(condition, tables)
        self._keep(condition, members)
        return members

    def _take(
        self, missing: list[Condition], fresh: Findings, found: Findings, tables: Tables
    ) -> None:
        for counted, vector in fresh.vectors.items():
            self._keep(_measured(counted), vector)
        for figure, figures in fresh.found.items():
            self._keep(figure, figures)
        for condition in missing:
            asked = _figure_of(condition) or condition
            found.milliseconds[condition] = fresh.milliseconds[asked]
            if asked in fresh.errors:
                found.errors[condition] = fresh.errors[asked]
            elif isinstance(condition, EventFigure | TraitFigure):
                found.found[condition] = fresh.found[condition]
            elif asked is not condition:
                figures = fresh.found[_as_figure(asked)]
                found.members[condition] = self._judged(condition, figures, tables)
            elif not isinstance(condition, Belonging):
                found.members[condition] = fresh.members[condition]
                self._keep(condition, fresh.members[condition])
        if fresh.accounts is not None:
            found.accounts = fresh.accounts
            self._keep(Belonging(), fresh.accounts)
        found.reports = fresh.reports

    def _key(self, condition: Hashable) -> Hashable:
        # Conditions on events carry their time; what was said of somebody is looked up at `now`.
        is_timed = isinstance(condition, TraitCondition | TraitFigure | HeldCondition | Belonging)
        return self.photo, condition, self.now if is_timed else None

    def _keep(self, condition: Hashable, answer: Answer) -> None:
        self.kept.keep(self._key(condition), answer, _bytes(answer))


def _measured(condition: EventCondition) -> Hashable:
    return "vector", condition.selection, condition.measure


def _figure_of(condition: Condition) -> Figure | None:
    """What a condition compares with its bounds, where the back end finds that; else None."""
    if isinstance(condition, EventCondition) and condition.measure.function in GROUPED:
        return EventFigure(selection=condition.selection, measure=condition.measure)
    if isinstance(condition, TraitCondition) and isinstance(condition.test, InRange):
        return TraitFigure(path=condition.path, subject=condition.subject)
    return None


def _as_figure(asked: Condition) -> Figure:
    assert isinstance(asked, EventFigure | TraitFigure)  # noqa: S101 (_figure_of made it)
    return asked


def _mask(condition: Condition, known: Figures) -> Mask:
    if not known.columns:
        return np.zeros(len(known.ordinals), dtype=bool)
    if isinstance(condition, EventCondition) and isinstance(condition.accepted, Comparisons):
        return condition.accepted.judge(known.columns)
    assert isinstance(condition, TraitCondition)  # noqa: S101 (nothing else has figures)
    assert isinstance(condition.test, InRange)  # noqa: S101
    column = known.columns["value"]
    numbers = np.asarray(column.fill_null(0.0).to_numpy(), dtype=np.float64)
    return np.asarray(column.is_valid().to_numpy()) & condition.test.accepts(numbers)


def _live(condition: Condition, tables: Tables) -> BitMap:
    of_accounts = isinstance(condition, TraitCondition) and condition.subject == "account"
    return tables.accounts if of_accounts else tables.customers


def _bytes(answer: Answer) -> int:
    match answer:
        case BitMap():
            return bytes_of(answer)
        case Figures(ordinals=ordinals, columns=columns):
            return int(ordinals.nbytes + sum(one.nbytes for one in columns.values()))
        case Vector():
            return answer.bytes
    return int(answer.nbytes)
