"""How large the measuring ground is, and as of which instant it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

NOW = datetime(2026, 9, 14, 6, tzinfo=UTC)
DAY = 86_400_000_000  # in microseconds, as all times of the ground
HOUR = DAY // 24
YEAR = 365 * DAY
ROWS_OF_A_FILE = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """So many customers with so many events in the year up to NOW. `edges`: how many customers
    stand on each side of each edge of a window; none of them is left out by chance."""

    customers: int
    events: int
    edges: int = 4

    @property
    def name(self) -> str:
        """Its folder's name."""
        return f"{self.customers}-customers-{self.events}-events"

    @property
    def files(self) -> int:
        """How many files its events come in."""
        return -(-self.events // ROWS_OF_A_FILE)

    def shrunk(self, by: int) -> Scale:
        """The same ground with a share of the customers and events, and some on edges."""
        edges = max(1, 2 * self.edges // by)
        return Scale(customers=self.customers // by, events=self.events // by, edges=edges)


SCALES = {
    "small": Scale(customers=100_000, events=2_000_000),
    "full": Scale(customers=1_000_000, events=50_000_000),
    "huge": Scale(customers=10_000_000, events=200_000_000),
}
# What a refresh takes when there is next to nothing to read.
SPECK = Scale(customers=200, events=2_000, edges=0)


def micros(instant: datetime) -> int:
    """An aware instant as microseconds since 1970."""
    passed = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
