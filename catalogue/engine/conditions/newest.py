"""stopped, resumed, latest: what the newest events of two kinds say.

Each is told by newest events alone, so that the query that counts events answers it too, and no
event has to leave the back end (docs/decisions, on walks).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow.compute as pc

from catalogue.definitions import nodes
from catalogue.definitions.nodes import Duration
from catalogue.definitions.windows import Interval, events_until, shift
from catalogue.engine.conditions.aggregates import Columns, InTime
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.events import (
    EventCondition,
    Measure,
    Selection,
    selection_of,
    where_of,
)
from catalogue.engine.conditions.terms import Frame, criterion
from catalogue.engine.intervals import EVER, NEVER, events_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class BothIn:
    """Both times lie where they should."""

    one: InTime
    other: InTime

    def judge(self, one: Columns, other: Columns) -> Mask:
        """Where they do; false where one is null."""
        return self.one.judge(one) & self.other.judge(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """Both times are the same."""

    def judge(self, one: Columns, other: Columns) -> Mask:
        """Where they are; false where one is null."""
        same = pc.fill_null(pc.equal(one["at"], other["at"]), False)
        return np.asarray(same.to_numpy())


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoNewest:
    """The newest events of two measures, over the same selection, are accepted together."""

    selection: Selection
    measures: tuple[Measure, Measure]
    accepted: BothIn | Same

    @property
    def true_without_events(self) -> bool:
        """Nobody fits without an event."""
        return False

    def judge(self, figures: Mapping[Measure, Columns]) -> Mask:
        """Which customers, as the rows of the figures list them, fit."""
        one, other = self.measures
        return self.accepted.judge(figures[one], figures[other])


NewestNode = nodes.Stopped | nodes.Resumed | nodes.Latest


def newest_condition(node: NewestNode, frame: Frame) -> EventCondition | TwoNewest:
    """The condition of such a head."""
    match node:
        case nodes.Stopped():
            return _stopped(node, frame)
        case nodes.Resumed():
            return _resumed(node, frame)
        case nodes.Latest():
            return _latest(node, frame)


def _stopped(node: nodes.Stopped, frame: Frame) -> EventCondition:
    """Done in the one stretch and not since: the newest event lies in it."""
    active, quiet = (_ago(each, frame) for each in (node.active_within, node.quiet_for))
    measure = Measure(
        function="last",
        where=where_of(node.events, frame),
        interval=_until_now(active, frame),
    )
    return EventCondition(
        selection=selection_of(node.events),
        measure=measure,
        accepted=InTime.of(_between(active, quiet)),
    )


def _resumed(node: nodes.Resumed, frame: Frame) -> TwoNewest:
    """Done since `back`, and the newest event before that lies before the pause."""
    back, quiet = (_ago(each, frame) for each in (node.back_within, node.quiet_within))
    where = where_of(node.events, frame)
    since = Measure(function="last", where=where, interval=_until_now(back, frame))
    before = Measure(function="last", where=where, interval=Interval(end=back))
    return TwoNewest(
        selection=selection_of(node.events),
        measures=(since, before),
        accepted=BothIn(one=InTime.of(EVER), other=InTime.of(Interval(end=quiet))),
    )


def _latest(node: nodes.Latest, frame: Frame) -> TwoNewest:
    """The newest event that also has what is asked is as new as the newest of all."""
    interval = events_interval(node.window, frame.now, frame.zone)
    where = where_of(node.events, frame)
    has = where | {criterion(term, frame) for term in node.has}
    return TwoNewest(
        selection=selection_of(node.events),
        measures=(
            Measure(function="last", where=where, interval=interval),
            Measure(function="last", where=has, interval=interval),
        ),
        accepted=Same(),
    )


def _ago(duration: Duration, frame: Frame) -> datetime:
    return shift(frame.now, duration, frame.zone, sign=-1)


def _between(start: datetime, end: datetime) -> Interval:
    return Interval(start=start, end=end) if start < end else NEVER


def _until_now(start: datetime, frame: Frame) -> Interval:
    return events_until(Interval(start=start), frame.now)
