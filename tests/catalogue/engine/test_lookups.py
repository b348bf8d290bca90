"""What is asked of an engine that does not read values: never a pattern, never a word of a text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import ibis.expr.types as ir
import psycopg
import pytest

from catalogue.definitions.parse import parse_definition
from catalogue.engine.evaluate import evaluate
from catalogue.engine.inputs import Judged, Refused, SegmentInput
from catalogue.warehouse.given import GivenChange, GivenCustomer, World
from catalogue.warehouse.memory import MemoryTables
from catalogue.warehouse.postgres import ReadingBackend
from tests.engines import READ_ONLY

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
VALUES = ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "12", "2026-03-18T00:30:00+02:00", 7.5, True]
WORLD = World(
    customers=tuple(
        GivenCustomer(id=f"c{i}", changes=(GivenChange(trait="t", value=value),))
        for i, value in enumerate(VALUES)
    )
)


class Overheard(ReadingBackend):
    """Keeps what it sends."""

    def compile(self, expr: ir.Expr, /, **how: object) -> str:
        """The query, as it is sent."""
        query: str = super().compile(expr, **how)
        self.sent = [*getattr(self, "sent", []), query]
        return query


@pytest.fixture
def server(postgres: str) -> Iterator[Overheard]:
    with psycopg.connect(postgres, autocommit=True, options=READ_ONLY) as connection:
        yield Overheard.from_connection(connection)


def judged(where: object, server: Overheard) -> Judged | Refused:
    segments = {"s": SegmentInput(definition=parse_definition(where))}
    with MemoryTables.from_world(WORLD, server) as tables:
        return evaluate(segments, tables, now=NOW).outcomes["s"]


def test_a_pattern_is_never_sent(server: Overheard) -> None:
    # The classic of patterns that take for ever where they are tried one way after another.
    outcome = judged({"trait": "t", "matches": "^(a+)+$"}, server)
    assert isinstance(outcome, Judged)
    assert not outcome.members
    assert server.sent
    assert not [query for query in server.sent if "(a+)+" in query or " ~ " in query]


@pytest.mark.parametrize(
    ("where", "members"),
    [
        ({"trait": "t", "matches": "^a+!$"}, {0}),
        ({"trait": "t", "gt": 7}, {1, 3}),
        ({"trait": "t", "contains": "RU"}, {4}),
        ({"trait": "t", "starts_with": "7."}, {3}),
        ({"trait": "t", "on": "yesterday"}, {2}),
        ({"trait": "t", "after": "2026-03-17T22:00:00Z"}, {2}),
    ],
)
def test_values_are_read_as_everywhere(server: Overheard, where: object, members: set[int]) -> None:
    outcome = judged(where, server)
    assert isinstance(outcome, Judged)
    assert set(outcome.members) == members


def test_too_many_different_values_refuse_the_segment(
    server: Overheard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalogue.engine.conditions.bench.DISTINCT_LIMIT", 2)
    outcome = judged({"trait": "t", "matches": "a"}, server)
    assert isinstance(outcome, Refused)
    assert "more than 2 different values to look into" in str(outcome.error.faults[0].sentence())
