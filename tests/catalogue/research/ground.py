"""Customers with a planted group: who uses Jira and set up a report subscribes far more often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from catalogue.warehouse.ingest import load_customers, load_events
from tests.catalogue.segments.ground import team
from tests.catalogue.workspace import define, refresh

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
START = NOW - timedelta(days=14)
PEOPLE = 800


def planted(seed: int = 1, *, with_group: bool = True) -> None:
    """`login` of everybody before START; `subscribed` in the 14 days after it, by 60 of 100 of the
    planted group and by 12 of 100 of all others (with_group False: by 25 of 100 of all)."""
    dice = np.random.default_rng(seed)
    ids = [f"c{number}" for number in range(PEOPLE)]
    jira = dice.random(PEOPLE) < 0.5
    reports = dice.random(PEOPLE) < 0.5
    rates = np.where(jira & reports, 0.6, 0.12) if with_group else np.full(PEOPLE, 0.25)
    reached = dice.random(PEOPLE) < rates
    team()
    load_customers(
        pa.table(
            {
                "id": ids,
                "tool": np.where(jira, "jira", "trello").tolist(),
                "seats": dice.integers(1, 30, PEOPLE).tolist(),
                "plan": ["pro"] * PEOPLE,
            }
        ),
        as_of=START - timedelta(days=60),
    )
    before = [START - timedelta(days=float(one)) for one in dice.uniform(1, 20, PEOPLE)]
    after = [START + timedelta(days=float(one)) for one in dice.uniform(0.1, 13, PEOPLE)]
    _events("login", ids, before)
    _events("report", *_some(ids, before, reports))
    _events("subscribed", *_some(ids, after, reached))
    # What follows from the goal: it must not be found as its reason.
    _events("invoice", *_some(ids, [one + timedelta(hours=1) for one in after], reached))


def everybody_at_start() -> None:
    """A segment of all of them that was refreshed as of START."""
    define("all", {"trait": "plan", "is": "pro"})
    refresh("all", now=START)


def _some(
    ids: list[str], times: list[datetime], chosen: np.ndarray
) -> tuple[list[str], list[datetime]]:
    places = np.flatnonzero(chosen)
    return [ids[place] for place in places], [times[place] for place in places]


def _events(name: str, ids: list[str], times: list[datetime]) -> None:
    table = pa.table({"customer": ids, "time": times})
    load_events(table, event=name, customer="customer", time="time")
