"""Small worlds and short spellings of nodes for the engine's tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pyroaring import BitMap

from catalogue.definitions import nodes as n
from catalogue.engine.evaluate import evaluate
from catalogue.engine.inputs import Evaluation, Judged, Refused, SegmentInput
from catalogue.warehouse.given import GivenChange, GivenCustomer, GivenEvent, World
from catalogue.warehouse.memory import MemoryTables

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)


def world(*customers: GivenCustomer) -> World:
    return World(customers=customers)


def customer(id: str, *events: GivenEvent, **traits: object) -> GivenCustomer:
    changes = tuple(GivenChange(trait=name, value=value) for name, value in traits.items())
    return GivenCustomer(id=id, changes=changes, events=events)


def having(values: dict[str, object], trait: str = "value") -> World:
    """One customer per value, under the key of the value; a value of ... is no trait at all."""
    return world(
        *(
            GivenCustomer(id=id, changes=(GivenChange(trait=trait, value=value),))
            if value is not ...
            else GivenCustomer(id=id)
            for id, value in values.items()
        )
    )


def event(name: str, ago: timedelta = DAY, **props: object) -> GivenEvent:
    return GivenEvent(name=name, at=NOW - ago, props=props)


def trait(operator: str, operand: n.Operand, *path: str) -> n.Trait:
    return n.Trait(term=term(operator, operand, *(path or ("value",))))


def term(operator: str, operand: n.Operand, *path: str) -> n.Term:
    return n.Term(path=path, operator=n.Operator(operator), operand=operand)


def events(*names: str, where: tuple[n.Term, ...] = ()) -> n.EventSelector:
    exact = tuple(name for name in names if not name.endswith("*"))
    prefixes = tuple(name[:-1] for name in names if name.endswith("*"))
    return n.EventSelector(names=exact, prefixes=prefixes, where=where)


def last(count: int, unit: n.Unit = "day") -> n.InLast:
    return n.InLast(duration=n.Duration(count=count, unit=unit))


def is_(comparator: str, bound: float, high: float | None = None) -> n.Comparison:
    return n.Comparison(comparator=n.Comparator(comparator), bound=bound, high=high)


def segment(
    where: n.Node, zone: str = "UTC", adds: BitMap | None = None, removes: BitMap | None = None
) -> SegmentInput:
    return SegmentInput(
        definition=n.Definition(where=where, timezone=zone),
        adds=adds or BitMap(),
        removes=removes or BitMap(),
    )


def judge(segments: dict[str, SegmentInput], given: World, now: datetime = NOW) -> Evaluation:
    with MemoryTables.from_world(given) as tables:
        return evaluate(segments, tables, now=now)


def members(segments: dict[str, SegmentInput], given: World, now: datetime = NOW) -> dict[str, set]:
    """The ids of each segment's members; the code of its refusal where there are none."""
    with MemoryTables.from_world(given) as tables:
        outcomes = evaluate(segments, tables, now=now).outcomes
        return {key: _members(outcome, tables) for key, outcome in outcomes.items()}


def _members(outcome: Judged | Refused, tables: MemoryTables) -> set[str] | str:
    if isinstance(outcome, Refused):
        return str(outcome.error.code)
    return tables.ids(outcome.members)


def who(where: n.Node, given: World, now: datetime = NOW, zone: str = "UTC") -> set[str]:
    """The ids for whom a condition is true."""
    return members({"it": segment(where, zone)}, given, now)["it"]
