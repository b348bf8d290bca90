"""Four hundred customers on trial, an experiment on them, and what they did of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from catalogue.experiments.enrolling import people_of
from catalogue.experiments.planning import plan_experiment, prepare
from catalogue.experiments.running import start_experiment
from catalogue.models import Experiment, Segment
from catalogue.warehouse.ingest import load_customers, load_events
from catalogue.warehouse.ordinals import ids_of
from tests.catalogue.workspace import NOW, define, refresh

TRIALS, OTHERS = "trials", "others"
EARLY = NOW - timedelta(days=90)
ENTERED = NOW - timedelta(days=30)
LATER = NOW + timedelta(days=15)
PEOPLE = [f"c{number:03}" for number in range(400)]
ON_TRIAL = {"trait": "status", "is": "trial"}
TWO_WEEKS = "14 days"
DESIGN: dict[str, Any] = {
    "name": "Call before the trial ends",
    "hypothesis": "We believe a call brings more trials to a first project.",
    "segment": TRIALS,
    "aim": {"event": "project_created", "within": TWO_WEEKS},
    "effect": 0.2,
    "arms": [
        {"key": "email", "share": "45%", "name": "E-mail checklist"},
        {"key": "call", "share": "45%", "name": "Personal call", "message": "Ten minutes?"},
    ],
    "holdout": "10%",
}


def join(ids: Iterable[str], at: datetime = EARLY, status: str = "trial") -> None:
    """These customers are on trial from now on."""
    listed = list(ids)
    load_customers(pa.table({"id": listed, "status": [status] * len(listed)}), as_of=at)


def do(event: str, ids: Iterable[str], at: datetime, amount: float | None = None) -> None:
    """These customers did something at an instant."""
    listed = list(ids)
    rows = {"customer": listed, "name": [event] * len(listed), "time": [at] * len(listed)}
    if amount is not None:
        rows["amount"] = [amount] * len(listed)  # type: ignore[list-item]
    load_events(pa.table(rows), event_column="name", customer="customer", time="time")


def set_stage() -> Segment:
    """The segment, refreshed thirty days ago and now; of its people one in five has created a
    project within two weeks of entering."""
    join(PEOPLE)
    do("project_created", PEOPLE[::5], ENTERED + timedelta(days=3))
    do("ticket_opened", PEOPLE[:4], ENTERED)
    do("order_paid", PEOPLE[:4], ENTERED + timedelta(days=1), amount=10.0)
    define(TRIALS, ON_TRIAL, name="Trials", goal={"event": "project_created", "within": TWO_WEEKS})
    define(OTHERS, {"trait": "status", "is": "paying"}, name="Others")
    refresh(now=ENTERED)
    refresh(now=NOW)
    return Segment.objects.get(key=TRIALS)


def planned(**changes: Any) -> Experiment:
    """A draft on the stage."""
    document = {key: one for key, one in {**DESIGN, **changes}.items() if one is not None}
    made = plan_experiment(prepared=prepare(document=document, by=None), by=None, via="command")
    # Else every run of the tests would deal people out in another way, some to a fault of chance.
    if "salt" not in document:
        Experiment.objects.filter(pk=made.pk).update(salt=f"stage {made.number}")
    return Experiment.objects.get(pk=made.pk)


def started(**changes: Any) -> Experiment:
    """A draft, started now."""
    return start_experiment(experiment=planned(**changes), now=NOW, by=None, via="command")


def ids_in(experiment: Experiment, key: str) -> list[str]:
    """Who is in an arm, by id."""
    return sorted(id_ for _, id_ in ids_of(people_of(experiment.arms.get(key=key))))


def play(experiment: Experiment, shares: dict[str, float], event: str = "project_created") -> None:
    """Of each arm this share of people, the first ones, does it three days after the start; then
    everybody's two weeks pass, and the segment is refreshed."""
    for key, share in shares.items():
        ids = ids_in(experiment, key)
        if some := ids[: round(len(ids) * share)]:
            do(event, some, NOW + timedelta(days=3))
    refresh(now=LATER)
