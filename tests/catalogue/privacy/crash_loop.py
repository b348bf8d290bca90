"""A child process that is killed at every step of an erasure, one step after the other.

    python -m tests.catalogue.privacy.crash_loop

For k = 1, 2, 3 … one fork asks for somebody to be erased and kills itself at the k-th step, and
another goes on with it without being killed, until an erasure comes through by itself. After each,
a fork looks for what is left. Prints one JSON line per look. Nothing here may use Delta Lake or
DuckDB before the fork: their threads do not survive one.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import django

from tests.catalogue.warehouse.crash_loop import in_fork

TOO_MANY = 60


def person(k: int) -> tuple[str, str]:
    """The k-th one's id and address."""
    return f"person-{k:04}", f"person-{k:04}@x.example"


def prepare(k: int) -> None:
    """Load the k-th person, with a neighbour, and publish two versions with both."""
    from datetime import UTC, datetime

    import pyarrow as pa

    from catalogue.models import Segment
    from catalogue.warehouse.ingest import load_customers, load_events
    from catalogue.warehouse.ordinals import ordinals_of
    from tests.catalogue.membership.ground import make_segment, publish

    os.environ["CRASHPOINT"] = ""
    customer_id, address = person(k)
    ids = [customer_id, f"neighbour-{k:04}"]
    table = pa.table({"id": ids, "email": [address, None], "plan": ["pro", "pro"]})
    load_customers(table, as_of=datetime(2026, 3, 1, tzinfo=UTC))
    events = pa.table({"customer_id": ids, "time": ["2026-03-02"] * 2})
    load_events(events, event="login")
    segment = Segment.objects.filter(key="payers").first() or make_segment()
    everybody = set(ordinals_of(ids)[0])
    publish(segment, everybody, day=2 * k)
    publish(segment, everybody - {min(everybody)}, day=2 * k + 1)


def erase(k: int, crash_at: int) -> None:
    """Ask, and go through it as far as one gets."""
    from django.utils import timezone

    from catalogue.models import Lease
    from catalogue.privacy.erasing.asking import request_erasure
    from catalogue.privacy.erasing.running import run_erasure

    # As if it were later: the leases of whoever was killed are over by then.
    Lease.objects.update(expires_at=None)
    asked = request_erasure(
        customer_id=person(k)[0], reason="Letter.", now=timezone.now(), by=None, via="command"
    )
    os.environ["CRASHPOINT"] = str(crash_at) if crash_at else ""
    run_erasure(erasure_id=asked.pk, now=timezone.now())


def look(k: int) -> dict[str, Any]:
    """What is left of the k-th person, and whether all versions can be trusted."""
    from django.apps import apps
    from django.conf import settings

    from catalogue.membership.versions import members_of
    from catalogue.models import Erasure, MembershipVersion, VersionErasure

    customer_id, address = person(k)
    rows = [
        json.dumps(row, default=str)
        for model in apps.get_app_config("catalogue").get_models()
        for row in model._default_manager.values()
    ]
    files = [p.read_bytes() for p in Path(settings.LAKE_DIR).rglob("*") if p.is_file()]
    for version in MembershipVersion.objects.select_related("segment"):
        members_of(version)
    newest = Erasure.objects.order_by("-pk")[0]
    return {
        "k": k,
        "state": newest.state,
        "rows": sum(customer_id in row for row in rows),
        "files": sum(address.encode() in content for content in files),
        "open": VersionErasure.objects.filter(is_open=True).count(),
        "neighbours": sum(f'"neighbour-{k:04}"' in row for row in rows),
        "steps": list(newest.steps.filter(is_done=True).values_list("name", flat=True)),
    }


def main() -> None:
    """Kill, go on, look; stop when an erasure comes through by itself."""
    os.environ["ERASURE_READ_SECONDS"] = "0"
    django.setup()
    # Imported once, used by every fork.
    import pandas  # noqa: F401, ICN001

    import catalogue.privacy.erasing.running
    import catalogue.warehouse.ingest  # noqa: F401

    def say(k: int, ended: int) -> None:
        print(json.dumps({"ended": ended, **look(k)}))

    for k in range(1, TOO_MANY):
        assert in_fork(lambda k=k: prepare(k)) == 0  # type: ignore[misc]
        ended = in_fork(lambda k=k: erase(k, k))  # type: ignore[misc]
        if ended == -9:
            in_fork(lambda k=k: erase(k, 0))  # type: ignore[misc]
        in_fork(lambda k=k, ended=ended: say(k, ended))  # type: ignore[misc]
        if ended != -9:
            return


if __name__ == "__main__":
    main()
