"""Walks of one customer: judged alike over that customer's rows, now or at a later instant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np
import pyarrow as pa

from catalogue.definitions import nodes
from catalogue.definitions.windows import Interval, events_until
from catalogue.engine.conditions.aggregates import Columns
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.events import EventCondition, Measure, Pick, Selection
from catalogue.engine.conditions.newest import NewestNode, TwoNewest, newest_condition
from catalogue.engine.conditions.terms import Frame
from catalogue.engine.one_customer import OneCustomer
from catalogue.engine.walks.conditions import WalkCondition, walk_condition
from catalogue.engine.walks.rows import Rows, read_rows

Told = EventCondition | TwoNewest | WalkCondition
NOBODY = Rows(
    people=np.array([], dtype=np.uint32),
    person=np.array([], dtype=np.int64),
    at=np.array([], dtype=np.int64),
    fits={},
)


def condition_at(node: nodes.Walk, frame: Frame) -> Told:
    """The condition as of the frame's instant."""
    if isinstance(node, NewestNode):
        return newest_condition(node, frame)
    return walk_condition(node, frame)


def picks_of(condition: Told) -> tuple[Pick, ...]:
    """The events that decide a condition."""
    if isinstance(condition, WalkCondition):
        return condition.picks
    return tuple(_pick(condition.selection, measure) for measure in condition.measures)


def _pick(selection: Selection, measure: Measure) -> Pick:
    return Pick(selection=selection, where=measure.where)


def rows_of(conditions: Iterable[Told], customer: OneCustomer, now: datetime) -> Rows:
    """All events of the customer, up to now, that decide any of the conditions."""
    picks = list(dict.fromkeys(pick for one in conditions for pick in picks_of(one)))
    known = customer.event_names()
    names = sorted(frozenset[str]().union(*(pick.selection.among(known) for pick in picks)))
    found = {name: customer.events(name) for name in names}
    sources = {name: table for name, table in found.items() if table is not None}
    if not sources:
        return NOBODY
    return read_rows(sources, picks, events_until(Interval(), now), customer)


def is_judged_true(condition: Told, rows: Rows) -> bool:
    """Whether a condition is true for the one customer of the rows."""
    if not len(rows.people):
        return condition.true_without_events
    mask = (
        condition.judge(rows)
        if isinstance(condition, WalkCondition)
        else condition.judge(_figures(condition, rows))
    )
    return bool(mask[0])


def _figures(condition: EventCondition | TwoNewest, rows: Rows) -> dict[Measure, Columns]:
    return {
        measure: _newest(rows.fits[_pick(condition.selection, measure)], measure, rows)
        for measure in condition.measures
    }


def _newest(fits: Mask, measure: Measure, rows: Rows) -> Columns:
    times = rows.at[fits & rows.inside(measure.interval)]
    newest = int(times[-1]) if len(times) else None
    return {"at": pa.chunked_array([pa.array([newest], pa.int64())])}
