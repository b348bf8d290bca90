"""Scale out: a real Spark of a master and two workers holds the same members as DuckDB."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
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


@contextmanager
def started(*command: str, says: str, log: Path) -> Iterator[str]:
    """A part of Spark on this machine; what the pattern finds in its log."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(home / "bin" / "spark-class"), *command], env=environment, stdout=out, stderr=out
        )
    try:
        yield _awaited(says, log)
    finally:
        process.terminate()
        process.wait(30)


def _awaited(says: str, log: Path) -> str:
    for _ in range(1200):
        found = re.search(says, log.read_text(errors="replace"))
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"Spark did not say {says}: {log.read_text(errors='replace')}")


@pytest.fixture
def master(tmp_path: Path) -> Iterator[str]:
    deploy = "org.apache.spark.deploy"
    with ExitStack() as parts:
        address = parts.enter_context(
            started(
                f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", "0",
                "--webui-port", "0",
                says=r"Starting Spark master at (spark://\S+)", log=tmp_path / "master",
            )
        )  # fmt: skip
        for worker in ("one", "two"):
            parts.enter_context(
                started(
                    f"{deploy}.worker.Worker", "--host", "127.0.0.1", "--webui-port", "0",
                    "--cores", "1", "--memory", "1g", "--work-dir", str(tmp_path / f"of {worker}"),
                    address, says="Successfully (registered) with master", log=tmp_path / worker,
                )
            )  # fmt: skip
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
