"""Conditions on the history of a trait: since when an operator holds on it without a break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import ibis
import ibis.expr.types as ir

from catalogue.definitions.nodes import Held, Path
from catalogue.definitions.windows import MICROSECOND, Interval, shift
from catalogue.engine.columns import Values
from catalogue.engine.conditions.aggregates import InTime
from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.readings import Readings
from catalogue.engine.conditions.terms import Frame, criterion
from catalogue.engine.local_times import naive
from catalogue.warehouse.tables import KINDS, TraitChanges, ValueColumns

# Changes before this hold since ever: nobody knows when they were made.
FIRST_KNOWN = datetime(2, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCondition:
    """The criterion holds, and began to at an accepted instant that is known."""

    criterion: Criterion
    accepted: InTime

    @property
    def trait(self) -> str:
        """The trait whose history it looks at."""
        return self.criterion.path[0]


def held_condition(node: Held, frame: Frame) -> HeldCondition:
    """The condition of the head `held`. Raises DefinitionError as `criterion` does."""
    began = began_within(node, frame)
    return HeldCondition(criterion=criterion(node.term, frame), accepted=InTime.of(began))


def began_within(node: Held, frame: Frame) -> Interval:
    """When the operator must have begun to hold."""
    # Just after the newest instant that is the whole duration ago.
    after = shift(frame.now, node.duration, frame.zone, sign=-1) + MICROSECOND
    if node.lasting == "for_at_least":
        return Interval(start=FIRST_KNOWN, end=max(after, FIRST_KNOWN))
    return Interval(start=max(after, FIRST_KNOWN))


def beginnings(
    changes: TraitChanges, criteria: Sequence[Criterion], now: datetime, bench: Bench
) -> ir.Table:
    """One row per customer with changes up to `now`: for each criterion since when it holds without
    a break (`s0`, `s1`, … in their order; null where it does not hold now), and `changes`, the
    number of changes that were looked at."""
    values = Values(((one.path, one.test.needs) for one in criteria), bench)
    known, value = _values_had(changes, now)
    rows, readings = values.spread(
        known, ("ordinal", "at", "changes"), {criteria[0].path[0]: value}
    )
    rows = rows.select("ordinal", "at", "changes", **_holding(criteria, readings, bench))
    everything = ibis.window(group_by="ordinal")
    breaks = {f"b{i}": _at(rows, ~rows[f"h{i}"]).max().over(everything) for i in _places(criteria)}
    rows = rows.mutate(**breaks)
    begun = {f"s{i}": _at(rows, _unbroken(rows, i)).min() for i in _places(criteria)}
    return rows.group_by("ordinal").agg(changes=rows.changes.max(), **begun)


def _values_had(changes: TraitChanges, now: datetime) -> tuple[ir.Table, ValueColumns]:
    """The changes up to `now`; of several at one instant only the newest was ever the value."""
    columns = {kind: getattr(changes.value, kind) for kind in KINDS}
    present = {kind: column for kind, column in columns.items() if column is not None}
    known = changes.table.filter(changes.table.at <= ibis.literal(naive(now)))
    oldest_first = ibis.window(group_by="ordinal", order_by=[known.at, known.sequence])
    rows = known.select(
        "ordinal",
        "at",
        following=known.at.lead().over(oldest_first),
        changes=known.count().over(ibis.window(group_by="ordinal")),
        **present,
    )
    had = rows.filter(rows.following.isnull() | (rows.following != rows.at))
    return had, ValueColumns(**{kind: had[kind] for kind in present})


def _holding(
    criteria: Sequence[Criterion], readings: Mapping[Path, Readings], bench: Bench
) -> dict[str, ir.BooleanValue]:
    found = {}
    for i, one in enumerate(criteria):
        fits = one.test.holds(readings[one.path], bench)
        found[f"h{i}"] = ~fits if one.negated else fits
    return found


def _at(rows: ir.Table, condition: ir.BooleanValue) -> ir.TimestampValue:
    return condition.ifelse(rows.at, ibis.null(rows.at.type()))


def _unbroken(rows: ir.Table, place: int) -> ir.BooleanValue:
    """Whether a row lies after the last one that does not hold."""
    last = rows[f"b{place}"]
    return last.isnull() | (rows.at > last)


def _places(criteria: Sequence[Criterion]) -> range:
    return range(len(criteria))
