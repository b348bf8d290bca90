"""How fast the engine is, measured beside others in the same run on the same machine.

    python -m tests.benchmarks.engine        SIZE=small (default), full or huge; BENCH_DIR=var/bench

One JSON line for each row of `ground/rows.py`, and at the end the rows that were not measured.
Members are compared before anything is timed. Exit 1 when a row does not hold."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from tests.benchmarks.ground import rows
from tests.benchmarks.ground.contestant import different, read_members
from tests.benchmarks.ground.runner import ROOT, ContestantFailed, Runner
from tests.benchmarks.ground.scale import SCALES, SPECK, Scale
from tests.benchmarks.ground.segments import HUNDRED, TWO_HUNDRED
from tests.benchmarks.ground.turns import medians

GIBI = 1024
ROUNDS = 3
# Others by name, with what their tasks begin with.
Others = dict[str, tuple[Runner, str]]
QUESTIONS = {"small": 12, "full": 40}


class Bench:
    """One run: its figures, and who found other members than the product."""

    def __init__(self, scale: Scale, folder: Path) -> None:
        self.scale, self.folder = scale, folder
        self.figures: dict[str, float] = {}
        self.wrong: set[str] = set()
        self.is_good = True
        self._hours = 0
        self._told: list[rows.Row] = []

    @property
    def tables(self) -> dict[str, str]:
        """By what their figures are called: how tasks on the tables of others begin. On a small
        ground those with numbers, which have no target, are left out."""
        of_all = {"": "", "_lake": "lake_"}
        return of_all if self.scale == SCALES["small"] else {**of_all, "_numbered": "numbered_"}

    def runner(self, who: str, scale: Scale) -> Runner:
        """A contestant in a process of its own."""
        return Runner(who, scale, self.folder)

    def prepare(self, *scales: Scale) -> None:
        """Make the files and load the workspaces, before any process is measured: the first alone,
        for that is timed, the others side by side."""
        with self.runner("product", scales[0]) as product:
            product.ready()
        with ExitStack() as processes:
            others = [processes.enter_context(self.runner("product", one)) for one in scales[1:]]
            for other in others:
                other.ready()

    def refresh(self, product: Runner, count: int = HUNDRED) -> float:
        """Seconds of a refresh one hour later than the one before."""
        self._hours += 1
        return product.ask("refresh", count=count, hours=self._hours).seconds

    def compare(self, product: Runner, others: Others) -> Others:
        """Check that all others find the members that the product publishes as of NOW; those who
        found any, right or wrong."""
        able: Others = {}
        with tempfile.TemporaryDirectory() as folder:
            ours, theirs = Path(folder) / "ours.npz", Path(folder) / "theirs.npz"
            product.ask("members", count=HUNDRED, path=str(ours))
            for name, (runner, prefix) in others.items():
                try:
                    runner.ask(f"{prefix}members", count=HUNDRED, path=str(theirs))
                except ContestantFailed as failed:
                    self._complain(f"{name} found nobody: {failed}")
                    continue
                able[name] = (runner, prefix)
                found = different(read_members(ours), read_members(theirs))
                if found:
                    self.wrong.add(name)
                    self._complain("\n".join([f"{name} disagrees with the product:", *found]))
        return able

    def _complain(self, why: str) -> None:
        self.is_good = False
        print(why, file=sys.stderr, flush=True)

    def contest(self) -> None:
        """Everything at the full scale, and at half of it."""
        half = self.scale.shrunk(2)
        with ExitStack() as processes:
            enter = processes.enter_context
            product = enter(self.runner("product", self.scale))
            smaller = enter(self.runner("product", half))
            duckdb = enter(self.runner("duckdb", self.scale))
            clickhouse = enter(self.runner("clickhouse", self.scale))
            self.figures["loaded"] = product.ask("loaded").found
            # The first thing that its process does, so that nothing else is in the figure.
            product.ask("refresh", count=HUNDRED)
            self.figures["peak"] = product.ask("peak").found / GIBI
            others: Others = {
                f"{name}{table}": (runner, prefix)
                for name, runner in (("duckdb", duckdb), ("clickhouse", clickhouse))
                for table, prefix in self.tables.items()
            }
            others = self.compare(product, others)
            self.refresh(smaller)
            self.figures |= medians(
                {
                    "refresh": lambda: self.refresh(product),
                    "evaluate": lambda: product.ask("evaluate", count=HUNDRED).seconds,
                    "refresh_200": lambda: self.refresh(product, TWO_HUNDRED),
                    "half": lambda: self.refresh(smaller),
                    "bare_scan": lambda: duckdb.ask("bare_scan").seconds,
                    **{name: _asking(*other) for name, other in others.items()},
                },
                ROUNDS,
            )
            self.figures["metrics"] = self.measure(product)
            self.ask_questions(product)

    def contest_over_time(self) -> None:
        """One refresh after another, in a process that has done nothing else."""
        # A process that opens the workspace finds it as it was loaded; and within a day nothing is
        # done twice to compare but the first refresh that follows.
        self._hours = 0
        with self.runner("product", self.scale) as product:
            self.refresh(product)
            product.ask("write_down")
            self.figures["hour_kept"] = self.follow(product)
            self.figures["resident"] = product.ask("resident").found / GIBI
            self.figures["hour_read"] = self.follow_from_files(product)

    def measure(self, product: Runner) -> float:
        """Seconds of measuring everything as of the refresh before; the median of some, without the
        first, which loads what every process loads once."""
        took = [
            product.ask("measure", count=HUNDRED, hours=self._hours).seconds
            for _ in range(ROUNDS + 1)
        ]
        return statistics.median(took[1:])

    def follow(self, product: Runner) -> float:
        """Seconds of a refresh an hour after another one, with the events of that hour; by the
        process that did the other one. The median of some."""
        took = []
        for _ in range(ROUNDS + 1):
            self._hours += 1
            product.ask("load_an_hour", hours=self._hours)
            hour = product.ask("refresh", count=HUNDRED, hours=self._hours, remembers=True)
            took.append(hour.seconds)
            product.ask("write_down")  # what a worker does when all is published, if it is due
        # The first one of a day is done twice, to compare.
        return statistics.median(took[1:])

    def follow_from_files(self, product: Runner) -> float:
        """Seconds of the same in a process that has just started, and has only the files and the
        database of the one that did the refresh before, and ended as workers do. Its own start is
        not counted."""
        product.ask("write_down", is_last=True)
        self._hours += 1
        product.ask("load_an_hour", hours=self._hours)
        with self.runner("continued", self.scale) as fresh:
            fresh.ask("evaluate", count=1)  # what every process reads and opens once
            took = fresh.ask("refresh", count=HUNDRED, hours=self._hours, remembers=True)
        return took.seconds

    def ask_questions(self, product: Runner) -> None:
        """What people wait for."""
        times = QUESTIONS["small" if self.scale == SCALES["small"] else "full"]
        for task in ("change", "move", "explain"):
            took = product.ask(task, times=times).found
            self.figures[task] = float(np.percentile(took, 95))
        took = product.ask("overlaps", times=times).found
        self.figures["overlaps"] = float(np.median(took)) / 1000

    def contest_on_a_tenth(self) -> None:
        """Those who would take too long on everything."""
        tenth = self.scale.shrunk(10)
        with ExitStack() as processes:
            enter = processes.enter_context
            product = enter(self.runner("product", tenth))
            names = ("postgres", "pandas")
            others: Others = {name: (enter(self.runner(name, tenth)), "") for name in names}
            product.ask("refresh", count=HUNDRED)
            others = self.compare(product, others)
            self.figures |= medians(
                {
                    "tenth": lambda: self.refresh(product),
                    **{name: _asking(*other) for name, other in others.items()},
                },
                ROUNDS,
            )

    def measure_fixed_cost(self) -> None:
        """A refresh of a workspace with next to nothing in it, and set algebra without one."""
        with self.runner("product", SPECK) as product, self.runner("algebra", SPECK) as algebra:
            product.ask("refresh", count=HUNDRED)
            self.figures |= medians({"speck": lambda: self.refresh(product)}, ROUNDS)
            algebra.ask("members")
            took = medians({"algebra": lambda: algebra.ask("members").seconds}, 2 * ROUNDS)
            self.figures["algebra"] = took["algebra"] * 1000

    def contest_when_huge(self) -> None:
        """The refresh that must fit a small machine, against a bare scan at the full scale."""
        full = SCALES["full"]
        self.prepare(full, self.scale)
        with self.runner("product", self.scale) as product, self.runner("duckdb", full) as duckdb:
            product.ask("refresh", count=HUNDRED)
            self.figures["huge_peak"] = product.ask("peak").found / GIBI
            self.figures |= medians(
                {
                    "huge": lambda: self.refresh(product),
                    "bare_scan_full": lambda: duckdb.ask("bare_scan").seconds,
                },
                ROUNDS,
            )

    def run(self) -> None:
        """Measure what belongs to the scale."""
        if self.scale == SCALES["huge"]:
            self.contest_when_huge()
            self.tell()
            return
        self.prepare(self.scale, self.scale.shrunk(2), self.scale.shrunk(10), SPECK)
        parts = (
            self.contest,
            # Not before, for it adds to the data that the others read.
            self.contest_over_time,
            self.contest_on_a_tenth,
            self.measure_fixed_cost,
        )
        for part in parts:
            part()
            self.tell()

    def tell(self) -> None:
        """Print the lines of all rows whose figures have come."""
        ease = 2 if self.scale == SCALES["small"] else 1
        for line in rows.lines(self.figures, ease=ease, wrong=frozenset(self.wrong)):
            if line.row not in self._told:
                self._told.append(line.row)
                self.is_good = self.is_good and line.ok
                print(line.json(), flush=True)


def _asking(runner: Runner, prefix: str) -> Callable[[], float]:
    return lambda: runner.ask(f"{prefix}refresh", count=HUNDRED).seconds


def main() -> int:
    """Print the lines; 1 when one of them does not hold."""
    size = os.environ.get("SIZE", "small")
    if size not in SCALES:
        print(f"SIZE is one of {', '.join(SCALES)}, not {size}.", file=sys.stderr)
        return 2
    folder = Path(os.environ.get("BENCH_DIR") or ROOT / "var" / "bench").resolve()
    bench = Bench(SCALES[size], folder)
    bench.run()
    left = [row.measure for row in rows.ROWS if rows.missing(row, bench.figures)]
    print(json.dumps({"not_measured": left}, ensure_ascii=False))
    return 0 if bench.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
