"""The newest rows of some events in memory: those that windows will move over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from catalogue.engine.conditions.bench import Mask
from catalogue.engine.vectors.asked import Where
from catalogue.engine.vectors.rows import Rows

# So many sorted runs are looked through for every edge; more are merged.
MOST_RUNS = 48


class Log:
    """The rows from `start` on, as sorted runs in any order. Microseconds since 1970."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.runs: list[Rows] = []

    def add(self, rows: Rows) -> None:
        """Take in rows with times; those before the start are left out."""
        low = int(np.searchsorted(rows.at, self.start))
        if low < len(rows.at):
            self.runs.append(_from(rows, low))
        if len(self.runs) > MOST_RUNS:
            self._merge()

    def between(self, start: int, end: int) -> list[Rows]:
        """The rows of [start, end), run by run; `start` is not before that of the log."""
        within = (run for run in self.runs if run.at[0] < end and run.at[-1] >= start)
        found = (run.between(start, end) for run in within)
        return [rows for rows in found if len(rows)]

    def forget_before(self, start: int) -> None:
        """Let go of what no window will move over any more."""
        self.start = max(self.start, start)
        kept = []
        for run in self.runs:
            low = int(np.searchsorted(run.at, self.start))
            if low < len(run):
                kept.append(_from(run, low) if low > len(run) // 2 else run)
        self.runs = kept

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        return sum(run.nbytes for run in self.runs)

    def leave_the_file(self) -> None:
        """Take runs that lie in a file into memory."""
        self.runs = [run.chosen(np.arange(len(run))) for run in self.runs]

    def _merge(self) -> None:
        """Merge the smaller half of the runs into one."""
        by_size = sorted(self.runs, key=len)
        half = len(by_size) // 2
        self.runs = [joined(by_size[:half]), *by_size[half:]]


def _from(rows: Rows, low: int) -> Rows:
    # A slice holds on to all of the block that it is cut from, a copy costs what is copied.
    return rows.chosen(slice(low, None) if low <= len(rows) // 2 else np.arange(low, len(rows)))


def joined(runs: Sequence[Rows]) -> Rows:
    """Rows that asked for the same, in one run."""
    first = runs[0]
    together = Rows(
        at=np.concatenate([run.at for run in runs]),
        ordinals=np.concatenate([run.ordinals for run in runs]),
        fits={
            where: np.concatenate([_or_all(run, where) for run in runs])
            if any(run.fits[where] is not None for run in runs)
            else None
            for where in first.fits
        },
        numbers={
            prop: np.concatenate([run.numbers[prop] for run in runs]) for prop in first.numbers
        },
    )
    return together.chosen(np.argsort(together.at, kind="stable"))


def _or_all(rows: Rows, where: Where) -> Mask:
    fits = rows.fits[where]
    return np.ones(len(rows), dtype=bool) if fits is None else fits
