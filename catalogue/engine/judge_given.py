"""The real engine over a given workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import ibis
from pyroaring import BitMap

from catalogue.engine.evaluate import evaluate
from catalogue.engine.given_segments import Answer, GivenSegment
from catalogue.engine.inputs import Outcome, Refused, SegmentInput
from catalogue.warehouse.given import World
from catalogue.warehouse.memory import MemoryTables


def judge_given(
    segments: Mapping[str, GivenSegment],
    world: World,
    now: datetime,
    connection: ibis.BaseBackend | None = None,
) -> dict[str, Answer]:
    """The answer of the engine for every segment; `world` as `World.at` gives it. Judged on DuckDB
    in this process, or on the back end of `connection`."""
    with MemoryTables.from_world(world, connection) as tables:
        inputs = {key: _input(segment, tables) for key, segment in segments.items()}
        outcomes = evaluate(inputs, tables, now=now).outcomes
        return {key: _answer(outcome, segments[key], tables) for key, outcome in outcomes.items()}


def _input(segment: GivenSegment, tables: MemoryTables) -> SegmentInput:
    of_accounts = segment.subject == "account"
    known = tables.account_ordinals if of_accounts else tables.ordinals
    return SegmentInput(
        definition=segment.definition,
        static=None if segment.static is None else _ordinals(segment.static, known),
        adds=_ordinals(segment.adds, known),
        removes=_ordinals(segment.removes, known),
        list_of=segment.list_of,
    )


def _ordinals(ids: Iterable[str], known: Mapping[str, int]) -> BitMap:
    # Ids nobody has are without effect until somebody has them.
    return BitMap(known[each] for each in ids if each in known)


def _answer(outcome: Outcome, segment: GivenSegment, tables: MemoryTables) -> Answer:
    if isinstance(outcome, Refused):
        return outcome.error
    of_accounts = segment.subject == "account"
    ids = tables.account_ids if of_accounts else tables.customer_ids
    return frozenset(ids(outcome.members).values())
