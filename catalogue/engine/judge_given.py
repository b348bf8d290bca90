"""The real engine over a given workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from pyroaring import BitMap

from catalogue.engine.evaluate import evaluate
from catalogue.engine.given_segments import Answer, GivenSegment
from catalogue.engine.inputs import Outcome, Refused, SegmentInput
from catalogue.warehouse.given import World
from catalogue.warehouse.memory import MemoryTables


def judge_given(
    segments: Mapping[str, GivenSegment], world: World, now: datetime
) -> dict[str, Answer]:
    """The answer of the engine for every segment; `world` as `World.at` gives it."""
    with MemoryTables.from_world(world) as tables:
        inputs = {key: _input(segment, tables) for key, segment in segments.items()}
        outcomes = evaluate(inputs, tables, now=now).outcomes
        return {key: _answer(outcome, tables) for key, outcome in outcomes.items()}


def _input(segment: GivenSegment, tables: MemoryTables) -> SegmentInput:
    return SegmentInput(
        definition=segment.definition,
        static=None if segment.static is None else _ordinals(segment.static, tables),
        adds=_ordinals(segment.adds, tables),
        removes=_ordinals(segment.removes, tables),
    )


def _ordinals(ids: Iterable[str], tables: MemoryTables) -> BitMap:
    # Ids nobody has are without effect until such a customer exists.
    return BitMap(tables.ordinals[each] for each in ids if each in tables.ordinals)


def _answer(outcome: Outcome, tables: MemoryTables) -> Answer:
    if isinstance(outcome, Refused):
        return outcome.error
    return frozenset(tables.customer_ids(outcome.members).values())
