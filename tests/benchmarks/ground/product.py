"""The product itself, in the open workspace: refreshed by its own service, read as published."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from tests.benchmarks.ground.contestant import Members, rising
from tests.benchmarks.ground.files import Files, an_hour
from tests.benchmarks.ground.scale import NOW
from tests.benchmarks.ground.segments import TWO_HUNDRED, segments
from tests.benchmarks.ground.workspace import numbers_by_ordinal


class NotMeasured(Exception):
    """A measuring ended otherwise than well."""


class NotRefreshed(Exception):
    """A refresh ended otherwise than well."""


def keys(count: int) -> tuple[str, ...]:
    """Of the first so many segments."""
    return _all_keys()[:count]


@cache
def _all_keys() -> tuple[str, ...]:
    # Drawn once, for that is no part of a refresh.
    return tuple(segments(TWO_HUNDRED))


def refresh(count: int, hours: int = 0, *, remembers: bool = False) -> None:
    """From due to published, as of so many hours after NOW: at the same instant a second refresh
    would find nothing to publish. What the process `remembers` of the one before is forgotten
    first, unless that is what is measured. Raises NotRefreshed."""
    from catalogue.membership.gathered_before import READ
    from catalogue.membership.known_members import forget_published
    from catalogue.membership.refresh import request_refresh, run_refresh
    from catalogue.membership.remembering import forget, memory

    if not remembers:
        READ.clear()
        forget_published()
        with memory() as kept:
            forget(kept)
    now = NOW + timedelta(hours=hours)
    asked = request_refresh(keys=keys(count), now=now)
    run = run_refresh(run_id=asked.pk, clock_now=now)
    refused = [result for result in run.results if result["error"]]
    if run.state != "succeeded" or len(run.results) != count or refused:
        raise NotRefreshed(f"{run.state}: {run.error} {refused}")


def write_down(*, is_last: bool = False) -> None:
    """What a worker does after a refresh, when all is published; and before it ends."""
    from catalogue.membership.remembering import write_down as write
    from catalogue.models import RefreshRun

    write(RefreshRun.objects.latest("pk"), is_last=is_last)


def evaluate(count: int) -> None:
    """The same without publishing: definitions are read, the photo is opened, everybody judged."""
    from catalogue.engine.evaluate import evaluate as judge
    from catalogue.membership.gathering import gather
    from catalogue.warehouse import photos
    from catalogue.warehouse.budgets import refresh_budget

    photo = photos.newest_photo()
    assert photo is not None
    # On the connection that a process keeps open for refreshes.
    tables = photos.open_photo(photo, budget=refresh_budget(), is_alone=True)
    judge(gather(keys(count)).inputs, tables, now=NOW)


OWN = {
    "orders": {"mean": {"count": "order_paid", "in_last": "90 days"}},
    "reporters": {"share": {"did": "report_exported", "in_last": "28 days"}},
    "order_value": {
        "ratio": [{"sum": "amount", "of": "order_paid"}, {"count": "order_paid"}],
    },
}


def measure(count: int, hours: int) -> None:
    """All metrics of the first so many segments as of so many hours after NOW, the standard ones
    and three of the company's own. Raises NotMeasured when one of them has no numbers."""
    from catalogue.metrics.asking import request_measurement
    from catalogue.metrics.measuring import run_measurement
    from catalogue.models import Metric, Workspace

    Workspace.objects.update_or_create(
        pk=1,
        defaults={
            "revenue": {"event": "order_paid", "property": "amount", "currency": "EUR"},
            "converted_events": ["order_paid"],
            "cancelled_events": ["refund_given"],
        },
    )
    for key, definition in OWN.items():
        Metric.objects.get_or_create(key=key, defaults={"name": key, "definition": definition})
    asked = request_measurement(keys=keys(count), now=NOW + timedelta(hours=hours))
    done = run_measurement(measurement_id=asked.pk)
    if done.state != "succeeded" or done.faults:
        raise NotMeasured(f"{done.state}: {done.error} {done.faults}")


def load_an_hour(ground: Files, hours: int) -> int:
    """Load what arrives in the hour that ends so many hours after NOW; how many events it is."""
    from catalogue.warehouse import ingest
    from catalogue.warehouse.importers import read_file

    load = ingest.load_events(read_file(an_hour(ground, hours)), event_column="event")
    return load.rows_loaded


def members(count: int) -> Members:
    """Whom the newest version of each segment holds."""
    from catalogue.membership.versions import members_of
    from catalogue.models import Segment

    numbers = numbers_by_ordinal()
    found = Segment.objects.filter(key__in=keys(count)).select_related("membership__segment")
    return {
        one.key: rising(numbers[members_of(one.membership).to_array()])
        for one in found.order_by("key")
    }
