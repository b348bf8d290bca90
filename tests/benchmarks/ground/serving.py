"""A contestant in a process of its own: it does what it is asked, a JSON line each on its standard
input, and answers with how long that took.

    python -m tests.benchmarks.ground.serving WHO FOLDER CUSTOMERS EVENTS EDGES
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.benchmarks.ground import contestant
from tests.benchmarks.ground.contestant import Contestant
from tests.benchmarks.ground.files import Files, files, place
from tests.benchmarks.ground.lake import LakeFiles, place_of
from tests.benchmarks.ground.scale import Scale

Tasks = Mapping[str, Callable[..., object]]


def asked_for(judge: Contestant, prefix: str = "") -> dict[str, Callable[..., object]]:
    """The two things that everybody is asked for."""

    def members(count: int, path: str) -> None:
        contestant.write_members(judge.members(count), Path(path))

    return {f"{prefix}members": members, f"{prefix}refresh": judge.refresh}


def peak_mebibytes() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident_mebibytes() -> float:
    """The memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / (1 << 20)


@contextlib.contextmanager
def product(ground: Files) -> Iterator[Tasks]:
    """The product, which makes the ground for all and loads it."""
    from tests.benchmarks.ground import workspace

    loaded = workspace.open_workspace(files(ground.scale, ground.folder.parents[1]))
    lake = place_of(ground)
    if not lake.exists():
        workspace.lake_files(lake.parent).write(lake)
    yield {"loaded": lambda: loaded.events / loaded.seconds, **_tasks(ground)}


@contextlib.contextmanager
def continued(ground: Files) -> Iterator[Tasks]:
    """The product in a process that has just started, with what another one left: that one loaded
    it, refreshed it, and may still be there."""
    from tests.benchmarks.ground import workspace

    workspace.continue_workspace(files(ground.scale, ground.folder.parents[1]))
    yield _tasks(ground)


def _tasks(ground: Files) -> Tasks:
    # A worker has loaded its tasks before the first one comes, and knows what its sources are.
    import catalogue.tasks  # noqa: F401
    from catalogue.engine.kept.snapshot import made_by
    from tests.benchmarks.ground import product as ours
    from tests.benchmarks.ground import questions

    made_by()

    return {
        "members": lambda count, path: contestant.write_members(ours.members(count), Path(path)),
        "refresh": ours.refresh,
        "write_down": ours.write_down,
        "load_an_hour": lambda hours: ours.load_an_hour(ground, hours),
        "evaluate": ours.evaluate,
        "measure": ours.measure,
        "peak": peak_mebibytes,
        "resident": resident_mebibytes,
        "change": questions.after_changing_a_condition,
        "move": questions.moving_a_threshold,
        "overlaps": questions.laying_all_over_each_other,
        "explain": questions.explaining_a_customer,
    }


@contextlib.contextmanager
def duckdb(ground: Files) -> Iterator[Tasks]:
    """DuckDB on its own tables and on the product's files, and the bare scan of these."""
    from tests.benchmarks.ground import duckdb_contestant as theirs

    lake = LakeFiles.read(place_of(ground))
    own, numbered = theirs.own_table(ground), theirs.numbered_table(ground)
    on_lake = theirs.on_lake(ground, lake)
    yield {
        **asked_for(own),
        **asked_for(numbered, "numbered_"),
        **asked_for(on_lake, "lake_"),
        "bare_scan": theirs.BareScan(lake).run,
    }


@contextlib.contextmanager
def clickhouse(ground: Files) -> Iterator[Tasks]:
    """ClickHouse on its own tables and on the product's files."""
    from tests.benchmarks.ground.clickhouse_contestant import ClickHouse

    both = ClickHouse(ground, LakeFiles.read(place_of(ground)))
    yield {
        **asked_for(both.own),
        **asked_for(both.numbered, "numbered_"),
        **asked_for(both.on_lake, "lake_"),
    }


@contextlib.contextmanager
def pandas(ground: Files) -> Iterator[Tasks]:
    """pandas."""
    from tests.benchmarks.ground.pandas_contestant import Pandas

    yield asked_for(Pandas(ground))


@contextlib.contextmanager
def postgres(ground: Files) -> Iterator[Tasks]:
    """A PostgreSQL that is gone with the process."""
    from tests.benchmarks.ground import postgres_contestant as theirs
    from tests.postgres import running_postgres

    with running_postgres() as address:
        yield asked_for(theirs.statements(address, ground))


@contextlib.contextmanager
def algebra(_: Files) -> Iterator[Tasks]:
    """Set algebra without any data."""
    from tests.benchmarks.ground.algebra import Algebra

    yield {"members": Algebra().members}


OTHERS = (duckdb, clickhouse, pandas, postgres, algebra)
WHO = {one.__name__: one for one in (product, continued, *OTHERS)}


def serve(tasks: Tasks, answers: Callable[[str], object]) -> None:
    """Answer every line of the standard input; a task that fails is answered with why."""
    for line in sys.stdin:
        asked = json.loads(line)
        started = time.perf_counter()
        try:
            found = tasks[asked.pop("task")](**asked)
            answer = {"seconds": time.perf_counter() - started, "found": found}
        except Exception:  # noqa: BLE001 (whatever it is, the other process says it)
            answer = {"error": traceback.format_exc()}
        answers(json.dumps(answer))


def main() -> None:
    """Until the input ends."""
    # Libraries that print must not get between the answers.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    who, folder, *numbers = sys.argv[1:]
    customers, events, edges = map(int, numbers)
    scale = Scale(customers=customers, events=events, edges=edges)
    with WHO[who](place(scale, Path(folder))) as tasks:
        out.write(json.dumps({"seconds": 0, "found": "ready"}) + "\n")
        serve(tasks, lambda text: out.write(text + "\n"))
    # What is left to be tidied up is memory, and a contestant's takes a second.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
