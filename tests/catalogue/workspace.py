"""A small loaded workspace: five customers, two traits, two events."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa

from catalogue.warehouse.ingest import load_customers, load_events

# Everything was known on 1 March 2026; judge as of NOW.
LOADED = datetime(2026, 3, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)

CUSTOMERS = {
    "id": ["ada", "bob", "cleo", "dan", "eve"],
    "plan": ["pro", "free", "pro", None, "free"],
    "email": ["ada@x.example", "bob@x.example", None, "dan@x.example", "eve@x.example"],
}
EVENTS = {
    "customer": ["ada", "ada", "bob", "eve"],
    "name": ["login", "purchase", "login", "login"],
    "time": [
        datetime(2026, 3, 17, 8, tzinfo=UTC),
        datetime(2026, 3, 16, 8, tzinfo=UTC),
        datetime(2026, 3, 10, 8, tzinfo=UTC),
        datetime(2026, 1, 2, 8, tzinfo=UTC),
    ],
    "amount": [None, 12.5, None, None],
}


def load_workspace() -> None:
    """Load the customers and events above."""
    load_customers(pa.table(CUSTOMERS), as_of=LOADED)
    load_events(pa.table(EVENTS), event_column="name", customer="customer", time="time")
