"""A small loaded workspace: five customers, two traits, two events."""

from __future__ import annotations

import copy
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
from django.conf import settings
from django.db import connection
from django.db.models import Model

from catalogue.definitions.canonical import canonical_json, definition_hash
from catalogue.definitions.parse import parse_definition
from catalogue.membership.refresh import request_refresh, run_refresh
from catalogue.models import (
    Account,
    Customer,
    DefinitionVersion,
    EventEntry,
    Lease,
    Load,
    OrdinalCounter,
    Photo,
    PropertyEntry,
    RefreshRun,
    Segment,
    Team,
    TraitEntry,
)
from catalogue.published import Purpose, newest, people
from catalogue.warehouse.ingest import load_accounts, load_customers, load_events
from config.settings.test import DATA_DIR

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


# All that a load writes besides the lake, in an order in which it can be written again.
WRITTEN: tuple[type[Model], ...] = (
    OrdinalCounter,
    Customer,
    Account,
    Photo,
    Load,
    TraitEntry,
    EventEntry,
    PropertyEntry,
    Lease,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A loaded workspace to be laid out again: its lake, and its rows."""

    lake: Path
    rows: tuple[Model, ...]


_kept: list[Kept] = []


def load_workspace() -> None:
    """Load the customers and events above. A process loads them once, which takes most of the time
    of many a test, and after that lays out what came of it in the lake and database of each."""
    # On PostgreSQL the next row of a table would get the number of one that was laid out.
    is_laid_out_well = connection.vendor == "sqlite" and not _has_rows()
    if is_laid_out_well and _kept:
        lay_out(_kept[0])
        return
    load_customers(pa.table(CUSTOMERS), as_of=LOADED)
    load_events(pa.table(EVENTS), event_column="name", customer="customer", time="time")
    if is_laid_out_well:
        _kept.append(keep())


# On top of those above. Numbers of accounts begin at 0 like those of customers: each account has
# that of a customer who is not its own.
ACCOUNTS = {
    "id": ["empty", "solo", "acme"],
    "tier": ["business", "free", "business"],
    "name": ["Nobody Inc", None, "Acme Ltd"],
}
BELONGS = {"id": ["ada", "bob", "cleo"], "firm": ["acme", "acme", "solo"]}


def load_accounts_too() -> None:
    """The customers and events above, and their accounts: ada and bob are of acme, cleo of solo."""
    load_workspace()
    add_accounts()


def add_accounts() -> None:
    """The accounts, and who is of which, for customers who are there."""
    load_accounts(pa.table(ACCOUNTS), as_of=LOADED)
    load_customers(pa.table(BELONGS), as_of=LOADED, account="firm")


def _has_rows() -> bool:
    return any(model._default_manager.exists() for model in WRITTEN)


def keep() -> Kept:
    """What was loaded, to be laid out again."""
    lake = Path(tempfile.mkdtemp(dir=DATA_DIR)) / "lake"  # gone with the run
    shutil.copytree(settings.LAKE_DIR, lake)
    rows = tuple(row for model in WRITTEN for row in model._default_manager.order_by("pk"))
    return Kept(lake, rows)


def lay_out(kept: Kept) -> None:
    """The lake and the rows of a workspace as they were kept."""
    shutil.copytree(kept.lake, settings.LAKE_DIR, dirs_exist_ok=True)
    for model in WRITTEN:
        rows = [copy.deepcopy(row) for row in kept.rows if type(row) is model]
        model._default_manager.bulk_create(rows)


def define(key: str, where: object, **facts: object) -> Segment:
    """A segment with this tree as its newest definition version; further ones on later calls."""
    team, _ = Team.objects.get_or_create(slug="growth", defaults={"name": "Growth"})
    segment, _ = Segment.objects.get_or_create(key=key, defaults={"name": key, "team": team})
    tree = parse_definition(where)
    segment.definition = DefinitionVersion.objects.create(
        segment=segment,
        number=segment.definitions.count() + 1,
        subject=tree.subject,
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
