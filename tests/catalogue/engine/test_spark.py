"""Scale out: a real Spark of a master and two workers holds the same members as DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import django
import pytest

from catalogue.definitions.parse import parse_definition
from catalogue.engine.given_segments import Answer, GivenSegment
from catalogue.engine.judge_given import judge_given
from catalogue.warehouse.given import GivenChange, GivenCustomer, GivenEvent, World
from tests.engines import spark_judge
from tests.spark_cluster import spark_cluster

pytestmark = pytest.mark.spark
NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
WORLD = World(
    customers=tuple(
        GivenCustomer(
            id=f"c{i}",
            changes=(GivenChange(trait="plan", value=["pro", "free", 7, "07", None][i % 5]),),
            events=tuple(
                GivenEvent(name="paid", at=NOW - timedelta(days=i + k), props={"amount": k + i / 8})
                for k in range(i % 4)
            ),
        )
        for i in range(200)
    )
)
WHERE: dict[str, object] = {
    "pro": {"trait": "plan", "is": "pro"},
    "seven": {"trait": "plan", "is": 7},
    "pattern": {"trait": "plan", "matches": "^(fr|0)"},
    "paid": {"did": "paid", "in_last": "30 days"},
    "much": {"sum": "amount", "of": "paid", "gte": 20},
    "most": {"top": "10%", "by": {"sum": "amount", "of": "paid"}},
    "twice": {"sequence": [{"did": "paid"}, {"did": "paid", "within": "2 days"}]},
    "neither": {"none": [{"in_segment": "pro"}, {"in_segment": "paid"}]},
}


@pytest.fixture
def master(tmp_path: Path) -> Iterator[str]:
    with spark_cluster(tmp_path) as address:
        yield address


def judged_on(master: str) -> dict[str, Answer]:
    """The answers of the cluster at `master`."""
    with spark_judge(master) as judge:
        return dict(judge(segments(), WORLD, NOW))


def segments() -> dict[str, GivenSegment]:
    return {key: GivenSegment(definition=parse_definition(where)) for key, where in WHERE.items()}


def test_a_master_and_two_workers_hold_the_same_members_as_duckdb(master: str) -> None:
    # In a process of its own: in each there is one Spark at most, and here it may be that of specs.
    fresh = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, initializer=django.setup) as pool:
        found = pool.submit(judged_on, master).result()

    assert found == judge_given(segments(), WORLD, NOW)
    assert all(found.values())
