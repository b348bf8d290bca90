"""A segment with a goal and enough people to show numbers: thirty enter, some subscribe."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa

from catalogue.models import Segment
from catalogue.warehouse.ingest import load_customers, load_events
from tests.catalogue.workspace import LOADED, NOW, define, refresh

DAY = timedelta(days=1)
GOAL = {
    "event": "subscribed",
    "within": "7 days",
    "at_least": "25%",
    "by": "2026-12-31",
    "steps": [{"did": "opened"}, {"did": "invited"}],
}


def thirty(goal: dict[str, object] | None = None) -> Segment:
    """Twenty of the thirty enter on day 0 and ten on day 10; as of day 14 the time of the twenty is
    over: five of them subscribed after 1 to 5 days. Two of the ten are there already. Of the twenty
    ten opened, and four of these invited somebody after it."""
    people = [f"p{number:02}" for number in range(30)]
    plans = ["trial"] * 20 + ["none"] * 10
    load_customers(pa.table({"id": people, "plan": plans}), as_of=LOADED)
    later = {"id": people[20:], "plan": ["trial"] * 10}
    load_customers(pa.table(later), as_of=NOW + 9 * DAY)
    did = [
        *((person, "subscribed", NOW + (at + 1) * DAY) for at, person in enumerate(people[:5])),
        *((person, "subscribed", NOW + 11 * DAY) for person in people[20:22]),
        *((person, "opened", NOW + DAY / 2) for person in people[:10]),
        *((person, "invited", NOW + DAY) for person in people[2:6]),
        # Before they opened, and after their time.
        (people[6], "invited", NOW + DAY / 4),
        (people[7], "invited", NOW + 8 * DAY),
        (people[8], "subscribed", NOW + 8 * DAY),
    ]
    columns = {"customer": [], "name": [], "time": []}
    for row in did:
        for name, value in zip(columns, row, strict=True):
            columns[name].append(value)
    load_events(pa.table(columns), event_column="name", customer="customer", time="time")
    segment = define("trying", {"trait": "plan", "is": "trial"}, goal=goal or GOAL)
    for day in (0, 10, 14):
        refresh("trying", now=NOW + day * DAY)
    segment.refresh_from_db()
    return segment
