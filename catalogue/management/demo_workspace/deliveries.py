"""How events arrive: in files, every four weeks; some late, some twice, as senders do."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from catalogue.management.demo_workspace.activity import Happenings
from catalogue.management.demo_workspace.people import People
from catalogue.management.demo_workspace.span import DAY_US, Instants, Span

LATE_SHARE, DOUBLE_SHARE = 0.02, 0.006


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What was received in (since, until], in microseconds: one table per event name with the
    columns event_id, customer_id, time and the properties."""

    since: int
    until: int
    tables: dict[str, pa.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    name: str
    table: pa.Table
    received: Instants


def deliver(
    span: Span, people: People, happenings: list[Happenings], ends: list[int]
) -> list[Delivery]:
    """One delivery between each two of `ends`. What is not received by the last is in none."""
    dice = span.dice(7)
    sent = [_send(dice, span, people, number, h) for number, h in enumerate(happenings)]
    return [
        Delivery(since=since, until=until, tables=_received(sent, since, until))
        for since, until in pairwise(ends)
    ]


def _send(
    dice: np.random.Generator, span: Span, people: People, number: int, events: Happenings
) -> _Sent:
    there = (events.at >= span.first_us) & (events.at <= span.now_us)
    events = events.only(there)
    events = events.only(np.argsort(events.at, kind="stable"))
    ids = np.array([f"{number:02d}-{row:07d}" for row in range(len(events))], dtype=object)
    late = dice.random(len(events)) < LATE_SHARE
    delay = np.where(late, dice.uniform(1.0, 6.0, len(events)) * DAY_US, 0).astype(np.int64)
    again = np.flatnonzero(dice.random(len(events)) < DOUBLE_SHARE)
    rows = np.concatenate([np.arange(len(events)), again])
    second = (dice.uniform(0.1, 4.0, len(again)) * DAY_US).astype(np.int64)
    received = np.concatenate([events.at + delay, (events.at + delay)[again] + second])
    return _Sent(name=events.name, table=_table(people, events, ids).take(rows), received=received)


def _table(people: People, events: Happenings, ids: np.ndarray) -> pa.Table:
    columns = {name: pa.array(values) for name, values in events.properties.items()}
    return pa.table(
        {
            "event_id": pa.array(ids, pa.string()),
            "customer_id": pa.array(people.id[events.person], pa.string()),
            "time": pa.array(events.at, pa.timestamp("us", tz="UTC")),
            **columns,
        }
    )


def _received(sent: list[_Sent], since: int, until: int) -> dict[str, pa.Table]:
    tables = {}
    for part in sent:
        rows = np.flatnonzero((part.received > since) & (part.received <= until))
        if len(rows):
            tables[part.name] = part.table.take(rows[np.argsort(part.received[rows])])
    return tables
