"""One segment as of several instants on one photo: what time alone does to it, as long as nothing
more is said or done than is known already. Judged anew at each instant by the engine itself; what
an instant does not change is asked once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir
from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.engine.conditions.accounts import Belonging
from catalogue.engine.conditions.held import HeldCondition
from catalogue.engine.conditions.traits import TraitCondition, TraitFigure
from catalogue.engine.evaluate import compose, find, plan_of
from catalogue.engine.findings import Findings
from catalogue.engine.inputs import Refused, SegmentInput
from catalogue.engine.local_times import naive
from catalogue.engine.scans import Condition
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.tables import Tables

# Conditions of so many instants are asked together: each window of each has its own vector.
AT_ONCE = 8
# A trait, and whose; None: whose customer somebody is.
Told = tuple[Subject, str] | None


def members_at(
    segments: Mapping[str, SegmentInput],
    key: str,
    tables: Tables,
    *,
    instants: Sequence[datetime],
    should_stop: Callable[[], bool] | None = None,
) -> Iterator[BitMap]:
    """The members of the segment `key` of `segments`, which hold all that it refers to, as of each
    of these aware instants, ascending. Raises DefinitionError when it cannot be judged, Stopped
    when `should_stop`, asked before each scan, said so, and ScanFailed."""
    plans = [(at, plan_of(segments, at)) for at in instants]
    lasting = _Lasting(tables, instants[0])
    found = Findings()
    for start in range(0, len(plans), AT_ONCE):
        some = plans[start : start + AT_ONCE]
        asked = dict.fromkeys(c for _, planned in some for c in planned.conditions)
        shared = [c for c in asked if lasting.holds(c) and not _is_known(c, found)]
        found = _joined(found, find(shared, tables, now=instants[0], should_stop=should_stop))
        for at, planned in some:
            own = [c for c in planned.conditions if not lasting.holds(c)]
            at_once = find(own, tables, now=at, should_stop=should_stop)
            outcome = compose(segments, planned, _joined(found, at_once), tables)[key]
            if isinstance(outcome, Refused):
                raise outcome.error
            yield outcome.members


class _Lasting:
    """Which conditions have the same answer whenever they are asked from `now` on. Conditions on
    events carry their own time; those on what was said of somebody look for the newest at an
    instant, which is the same from `now` on where nothing is said for later."""

    def __init__(self, tables: Tables, now: datetime) -> None:
        self._tables = tables
        self._later = ibis.literal(naive(now))
        self._is_still: dict[Told, bool] = {}

    def holds(self, condition: Condition) -> bool:
        """Whether it is one of them."""
        match condition:
            case TraitCondition(subject=subject) | TraitFigure(subject=subject):
                told = subject, condition.trait
            case HeldCondition():
                told = "customer", condition.trait
            case Belonging():
                return self._is_nothing_told_later(None)
            case _:
                return True
        return self._is_nothing_told_later(told)

    def _is_nothing_told_later(self, told: Told) -> bool:
        if told not in self._is_still:
            table = self._table(told)
            later = None if table is None else table.filter(table.at > self._later).limit(1)
            self._is_still[told] = later is None or not len(
                fetch(self._tables.connection, later.select("ordinal"))
            )
        return self._is_still[told]

    def _table(self, told: Told) -> ir.Table | None:
        if told is None:
            return self._tables.account_changes()
        subject, trait = told
        changes = self._tables.trait_changes(trait, subject)
        return None if changes is None else changes.table


def _is_known(condition: Condition, found: Findings) -> bool:
    if isinstance(condition, Belonging):
        return found.accounts is not None
    known: tuple[Collection[object], ...] = (found.members, found.errors, found.found)
    return any(condition in one for one in known)


def _joined(one: Findings, other: Findings) -> Findings:
    """What both found. Rankings are made anew: they depend on who is ranked."""
    return Findings(
        members={**one.members, **other.members},
        errors={**one.errors, **other.errors},
        milliseconds={**one.milliseconds, **other.milliseconds},
        found={**one.found, **other.found},
        accounts=one.accounts if other.accounts is None else other.accounts,
        reports=[*one.reports, *other.reports],
    )
