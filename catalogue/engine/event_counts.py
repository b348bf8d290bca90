"""How often everybody has done something in several spans of time, from one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from catalogue.warehouse.connection import fetch
from catalogue.warehouse.tables import Tables

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `start` (None: since ever) up to, and not including, `end`; both aware."""

    start: datetime | None
    end: datetime


def event_counts(tables: Tables, name: str, spans: Sequence[Span], size: int) -> Counts:
    """Shape (spans, size): by ordinal, how many such events each has in each span. Events of
    customers who were merged away are those of who they became."""
    counts = np.zeros((len(spans), size), dtype=np.int64)
    events = tables.events(name)
    if events is None or not spans:
        return counts
    rows = events.table.filter(events.table.at < _naive(max(span.end for span in spans)))
    inside = {}
    for place, span in enumerate(spans):
        holds = rows.at < _naive(span.end)
        if span.start is not None:
            holds &= rows.at >= _naive(span.start)
        inside[f"s{place}"] = holds.cast("int64").sum()
    found = fetch(tables.connection, rows.group_by("ordinal").aggregate(**inside))
    ordinals = _survived(found["ordinal"].to_numpy().astype(np.int64), tables)
    is_known = ordinals < size
    for place in range(len(spans)):
        column = found[f"s{place}"].fill_null(0).to_numpy().astype(np.int64)
        np.add.at(counts[place], ordinals[is_known], column[is_known])
    return counts


def _survived(ordinals: Counts, tables: Tables) -> Counts:
    survivors = tables.survivors
    if not survivors:
        return ordinals
    return np.array([survivors.get(int(one), int(one)) for one in ordinals], dtype=np.int64)


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
