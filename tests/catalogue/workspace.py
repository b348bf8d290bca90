"""A small loaded workspace: five customers, two traits, two events."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa

from catalogue.definitions.canonical import canonical_json, definition_hash
from catalogue.definitions.parse import parse_definition
from catalogue.membership.refresh import request_refresh, run_refresh
from catalogue.models import DefinitionVersion, RefreshRun, Segment, Team
from catalogue.published import Purpose, newest, people
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


def define(key: str, where: object, **facts: object) -> Segment:
    """A segment with this tree as its newest definition version; further ones on later calls."""
    team, _ = Team.objects.get_or_create(slug="growth", defaults={"name": "Growth"})
    segment, _ = Segment.objects.get_or_create(key=key, defaults={"name": key, "team": team})
    tree = parse_definition(where)
    segment.definition = DefinitionVersion.objects.create(
        segment=segment,
        number=segment.definitions.count() + 1,
        canonical=canonical_json(tree),
        definition_hash=definition_hash(tree),
    )
    for name, value in facts.items():
        setattr(segment, name, value)
    segment.save()
    return segment


def refresh(*keys: str, now: datetime = NOW) -> RefreshRun:
    """Refresh as the command does."""
    run = request_refresh(keys=keys, now=now)
    return run_refresh(run_id=run.pk, clock_now=now)


def ids(key: str) -> set[str]:
    """The ids of the newest members, checked as every reader checks them."""
    version = newest(key)
    assert version is not None
    audience = people(version, purpose=Purpose.COMMAND, viewer=None)
    return {customer_id for _, customer_id in audience.ids()}
