"""What a run counted. Zeros are only worth something beside the opportunities there were."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

# Each must be zero.
ZEROS = (
    "lost",
    "duplicated",
    "suppressed_sent",
    "foreign_removed",
    "stale_writes",
    "invented",
    "asked_too_early",
    "remade_lists",
    "sent_past_the_brake",
    "unexplained_drift",
    "drift_missed",
)
# Which opportunities each zero rests on; all are printed.
OPPORTUNITIES = (
    "suppressed_between_plan_and_claim",
    "suppressed_after_sending",
    "foreign_present",
    "stale_workers_woken",
    "answers_lost",
    "removed_by_hand",
    "lists_deleted",
    "emptied_sources",
)


@dataclass
class Tally:
    """Counts of one connector, or of all."""

    counts: Counter[str] = field(default_factory=Counter)
    opportunities: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    recovery: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take another one in."""
        for mine, theirs in (
            (self.counts, other.counts),
            (self.opportunities, other.opportunities),
            (self.faults, other.faults),
        ):
            mine.update(theirs)
        self.recovery += other.recovery
        self.notes += other.notes

    @property
    def is_clean(self) -> bool:
        return not any(self.counts[name] for name in (*ZEROS, "broken_runs"))

    def row(self) -> dict[str, Any]:
        """What travels between processes."""
        return {
            "counts": dict(self.counts),
            "opportunities": dict(self.opportunities),
            "faults": dict(self.faults),
            "recovery": self.recovery,
            "notes": self.notes,
        }

    @classmethod
    def read(cls, row: dict[str, Any]) -> Tally:
        return cls(
            counts=Counter(row["counts"]),
            opportunities=Counter(row["opportunities"]),
            faults=Counter(row["faults"]),
            recovery=list(row["recovery"]),
            notes=list(row["notes"]),
        )

    def summary(self, seed: int) -> dict[str, Any]:
        """The last line of a run."""
        done = sorted(self.recovery)
        needed, more = self.counts["writes_needed"], self.counts["writes_more"]
        return {
            "seed": seed,
            "faults": self.faults.total(),
            "expected": self.counts["expected"],
            **{name: self.counts[name] for name in ZEROS},
            "broken_runs": self.counts["broken_runs"],
            "drift_found": self.counts["drift_found"],
            "drift_healed": self.counts["drift_healed"],
            "extra_requests": round(more / needed, 4) if needed else 0.0,
            "recovery_p50_s": _quantile(done, 0.5),
            "recovery_p99_s": _quantile(done, 0.99),
            "opportunities": {name: self.opportunities[name] for name in OPPORTUNITIES},
            "by_fault": dict(sorted(self.faults.items())),
        }


def _quantile(values: list[float], share: float) -> float | None:
    if not values:
        return None
    return round(values[min(int(share * len(values)), len(values) - 1)], 3)
