"""Whether a source still sends: how many events came lately, against how many used to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import ibis

from catalogue.warehouse.tables import EventTable, Tables

RECENT, BEFORE = timedelta(days=7), timedelta(days=28)
# What is rare may stay away by chance: where 20 are expected, 4 or fewer come twice in 100,000.
FEWEST_EXPECTED = 20
QUIET_SHARE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Events of one name by their own times: `recent` in the last 7 days, `before` in the 28 days
    before those."""

    recent: int
    before: int

    @property
    def expected(self) -> float:
        """How many the last 7 days would have at the rate of before."""
        return self.before * (RECENT / BEFORE)

    @property
    def is_quiet(self) -> bool:
        """Whether so few came that something is likely to be wrong with the source."""
        return self.expected >= FEWEST_EXPECTED and self.recent <= QUIET_SHARE * self.expected


def arrivals(tables: Tables, names: Iterable[str], now: datetime) -> Mapping[str, Arrival]:
    """The arrival of each event that there is, as of `now`."""
    found = {name: tables.events(name) for name in sorted(set(names))}
    return {name: _arrival(table, now) for name, table in found.items() if table is not None}


def _arrival(events: EventTable, now: datetime) -> Arrival:
    end = now.astimezone(UTC).replace(tzinfo=None)
    at = events.table.at
    recent = (at > ibis.literal(end - RECENT)) & (at <= ibis.literal(end))
    before = (at > ibis.literal(end - RECENT - BEFORE)) & (at <= ibis.literal(end - RECENT))
    counted = events.table.filter(recent | before).aggregate(
        recent=recent.sum().fill_null(0), before=before.sum().fill_null(0)
    )
    row = cast("dict[str, Any]", counted.to_pyarrow().to_pylist()[0])
    return Arrival(recent=int(row["recent"]), before=int(row["before"]))
