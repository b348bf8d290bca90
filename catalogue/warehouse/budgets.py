"""What one run may take before it is stopped: time, memory of the calculator, and rows to read."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from django.conf import settings

from catalogue.definitions.errors import Code, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What `what` (“a refresh”) may take. `setting`: how the names of its settings begin."""

    what: str
    setting: str
    seconds: float
    memory_mib: int
    rows: int


def refresh_budget() -> Budget:
    """That of one refresh."""
    return Budget(
        what="a refresh",
        setting="REFRESH",
        seconds=settings.REFRESH_SECONDS,
        memory_mib=settings.REFRESH_MEMORY_MIB,
        rows=settings.REFRESH_ROWS,
    )


def estimate_budget() -> Budget:
    """That of one estimate, and of whatever else somebody waits for."""
    return Budget(
        what="an estimate",
        setting="ESTIMATE",
        seconds=settings.ESTIMATE_SECONDS,
        memory_mib=settings.ESTIMATE_MEMORY_MIB,
        rows=settings.ESTIMATE_ROWS,
    )


class Meter:
    """Counts the rows that one run sets out to read, as the files say before they are read. For any
    number of threads."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.rows = 0
        self._lock = Lock()

    def take(self, name: str, rows: int) -> None:
        """Set out to read the rows of an event, or the changes of a trait, called `name`. Raises
        `too_expensive` when they do not fit; then they are not counted."""
        with self._lock:
            self._take(name, rows)

    def _take(self, name: str, rows: int) -> None:
        budget = self.budget
        if self.rows + rows > budget.rows:
            taken = f", {self.rows:,} of which other conditions have taken" if self.rows else ""
            raise refuse(
                Code.TOO_EXPENSIVE,
                f"reading “{name}” would take {rows:,} rows, and {budget.what} may read"
                f" {budget.rows:,} in all{taken}; ask for something rarer, or raise"
                f" {budget.setting}_ROWS",
            )
        self.rows += rows
