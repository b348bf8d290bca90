"""A workspace of sixty customers with sixty days of events, and what was measured of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from django.db import connection

from catalogue.metrics.asking import request_measurement
from catalogue.metrics.measuring import run_measurement
from catalogue.models import Measurement, Reading, Whose, Workspace
from catalogue.warehouse.ingest import load_customers, load_events
from tests.catalogue.workspace import LOADED, NOW, Kept, keep, lay_out

PEOPLE = 60
EUROS = {"event": "paid", "property": "amount", "currency": "EUR"}
PROS = {"trait": "plan", "is": "pro"}
SETTINGS: dict[str, Any] = {
    "converted_events": ["subscribed"],
    "cancelled_events": ["cancelled"],
    "revenue": EUROS,
}
_kept: list[Kept] = []


def events() -> pd.DataFrame:
    """Sessions of all, and payments, subscriptions and cancellations of some."""
    rng = np.random.default_rng(11)
    parts = []
    for name, count in (("session", 900), ("paid", 300), ("subscribed", 40), ("cancelled", 20)):
        ages = rng.uniform(0.01, 60, count)
        parts.append(
            pd.DataFrame(
                {
                    "who": rng.integers(0, PEOPLE - 5, count),
                    "name": name,
                    "at": [NOW - timedelta(days=float(age)) for age in ages],
                    "amount": rng.gamma(2, 20, count).round(2) if name == "paid" else np.nan,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def load(found: pd.DataFrame, **columns: list[Any]) -> None:
    """The customers, every third of them a pro, and these events."""
    people = list(range(PEOPLE))
    plans = ["pro" if one % 3 == 0 else "free" for one in people]
    names = [f"c{one:02d}" for one in people]
    load_customers(pa.table({"id": names, "plan": plans, "seats": people}), as_of=LOADED)
    table = pa.table(
        {
            "customer": [f"c{one:02d}" for one in found["who"]],
            "name": found["name"].tolist(),
            "time": found["at"].tolist(),
            "amount": found["amount"].tolist(),
            **columns,
        }
    )
    load_events(table, event_column="name", customer="customer", time="time")


def load_once() -> pd.DataFrame:
    """The events, loaded; a process loads them once, and after that lays out what came of it."""
    found = events()
    if _kept and connection.vendor == "sqlite":
        lay_out(_kept[0])
    else:
        load(found)
        _kept.append(keep())
    return found


def settle(**settings: Any) -> None:
    """The settings of the workspace."""
    Workspace.objects.update_or_create(pk=1, defaults={**SETTINGS, **settings})


def measure(*keys: str, now: datetime = NOW) -> Measurement:
    """Measure as the command does."""
    asked = request_measurement(keys=list(keys), now=now)
    return run_measurement(measurement_id=asked.pk)


def reading(metric: str, key: str = "pros", whose: Whose = Whose.MEMBERS) -> Reading:
    """The newest reading of a metric."""
    rows = Reading.objects.filter(metric=metric, whose=whose, measurement__isnull=False)
    rows = rows if whose == Whose.EVERYONE else rows.filter(segment__key=key)
    return rows.select_related("definition", "membership").order_by("-as_of", "-pk")[0]
