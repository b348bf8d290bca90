"""A child process that is killed at every step of a load, one step after the other.

    python -m tests.catalogue.warehouse.crash_loop KIND

First one load comes through. Then for k = 1, 2, 3 … a fork loads something new and kills itself at
the k-th step, until a load comes through again. After each, another fork looks at the workspace.
Prints one JSON line per look: how the load ended, and the counts. Nothing here may use Delta Lake
or DuckDB before the fork: their threads do not survive one.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import django

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TOO_MANY = 60


def load(kind: str, k: int) -> None:
    """The k-th load: always two new customers, and what its kind adds."""
    import pyarrow as pa

    from catalogue.warehouse import ingest

    new = [f"{kind}-{k}-a", f"{kind}-{k}-b"]
    if kind == "customers":
        table = pa.table({"id": new, "plan": ["x", "y"], "seats": [1, 2], "firm": new})
        ingest.load_customers(table, as_of=NOW, account="firm")
        return
    table = pa.table({"customer_id": new, "time": ["2026-01-01"] * 2, "name": ["one", "two"]})
    ids = table.append_column("key", pa.array(new))
    ingest.load_events(ids, event_column="name", event_id="key")


def look() -> dict[str, int]:
    """Counts that all have to be of the same moment."""
    from catalogue.models import Account, Customer, EventEntry, Load, OrdinalCounter
    from catalogue.warehouse.photos import newest_photo, open_photo

    photo = newest_photo()
    if photo is None:
        return {"loads": Load.objects.count(), "customers": Customer.objects.count()}
    tables = open_photo(photo)
    counts = {
        "loads": Load.objects.count(),
        "customers": Customer.objects.count(),
        "population": len(tables.customers),
        "counter": OrdinalCounter.objects.get(subject="customer").next,
        "accounts": Account.objects.count(),
        "said events": sum(EventEntry.objects.values_list("event_count", flat=True)),
    }
    for name in sorted(tables.event_names()):
        counts[f"rows of {name}"] = int(tables.events(name).table.count().execute())
    for name in ("plan", "seats"):
        changes = tables.trait_changes(name)
        counts[f"rows of {name}"] = int(changes.table.count().execute()) if changes else 0
    return counts


def in_fork(work: Callable[[], None]) -> int:
    """The exit code of a child that does the work; −9 when it was killed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            sys.stdout.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(kind: str) -> None:
    """Kill, look, go on; stop when a load ends by itself."""
    django.setup()
    # Imported once, used by every fork.
    import pandas  # noqa: F401, ICN001

    import catalogue.warehouse.ingest
    import catalogue.warehouse.photos  # noqa: F401

    def attempt(k: int) -> None:
        os.environ["CRASHPOINT"] = str(k) if k else ""
        load(kind, k)

    def say(ended: int) -> None:
        print(json.dumps({"ended": ended, **look()}))

    for k in range(TOO_MANY):
        ended = in_fork(lambda k=k: attempt(k))  # type: ignore[misc]
        in_fork(lambda ended=ended: say(ended))  # type: ignore[misc]
        if k and ended != -9:
            return


if __name__ == "__main__":
    main(sys.argv[1])
