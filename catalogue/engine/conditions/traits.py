"""Conditions on traits: the newest known value at `now`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir

from catalogue.definitions.nodes import Path, Subject
from catalogue.engine.conditions.bench import Bench, Test
from catalogue.engine.conditions.readings import Reading, Readings
from catalogue.engine.local_times import naive
from catalogue.warehouse.tables import KINDS, TraitChanges, ValueColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitCondition:
    """The value at a path fits a test; negative operators are its complement in the formula. The
    trait is that of customers, or of accounts."""

    path: Path
    test: Test
    subject: Subject = "customer"

    @property
    def trait(self) -> str:
        """The trait the path starts at."""
        return self.path[0]

    @property
    def needs(self) -> frozenset[Reading]:
        """The readings of the value that `column` looks at."""
        return self.test.needs

    def column(self, value: Readings, bench: Bench) -> ir.Value:
        """Whether the value fits."""
        return self.test.holds(value, bench)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitFigure:
    """The value at a path as a number, for its own sake: customers are ranked by it."""

    path: Path
    subject: Subject = "customer"

    @property
    def trait(self) -> str:
        """The trait the path starts at."""
        return self.path[0]

    @property
    def needs(self) -> frozenset[Reading]:
        """The value read as a number."""
        return frozenset({Reading.NUMBER})

    def column(self, value: Readings, bench: Bench) -> ir.Value:
        """The number; null where the value reads as none."""
        return ibis.null("float64") if value.as_number is None else value.as_number


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitDate:
    """The value at a path as a date: an instant, or a local time."""

    path: Path
    reading: Reading

    @property
    def trait(self) -> str:
        """The trait the path starts at."""
        return self.path[0]

    @property
    def needs(self) -> frozenset[Reading]:
        """The value read so."""
        return frozenset({self.reading})

    def column(self, value: Readings, bench: Bench) -> ir.Value:
        """The timestamp; null where the value reads as none."""
        found = value.moment if self.reading is Reading.MOMENT else value.local
        return ibis.null("timestamp(6)") if found is None else found


def known(changes: TraitChanges, now: datetime) -> tuple[ir.Table, ValueColumns]:
    """The changes at or before `now`."""
    table = changes.table.filter(changes.table.at <= ibis.literal(naive(now)))
    kinds = {
        kind: one.get_name() for kind in KINDS if (one := getattr(changes.value, kind)) is not None
    }
    return table, ValueColumns(**{kind: table[name] for kind, name in kinds.items()})


def newest(changes: TraitChanges, now: datetime) -> tuple[ir.Table, ValueColumns]:
    """One row per customer (or account) with the value of the newest change at or before `now`, and
    `changes`, the number of changes that were looked at."""
    columns = {kind: getattr(changes.value, kind) for kind in KINDS}
    present = {kind: column for kind, column in columns.items() if column is not None}
    # Few stages on purpose: each costs more to compile than a small workspace takes to scan.
    known = changes.table.filter(changes.table.at <= ibis.literal(naive(now)))
    # Newest row first, not newest value: a change to missing must win too.
    newest_first = ibis.window(
        group_by="ordinal", order_by=[known.at.desc(), known.sequence.desc()]
    )
    ranked = known.select(
        "ordinal",
        place=ibis.row_number().over(newest_first),
        changes=known.count().over(ibis.window(group_by="ordinal")),
        **present,
    )
    latest = ranked.filter(ranked.place == 0)
    return latest, ValueColumns(**{kind: latest[kind] for kind in present})
