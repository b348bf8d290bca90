"""One measurement of syncs in a process of its own; its last line is JSON."""

from __future__ import annotations

import gc
import heapq
import json
import logging
import os
import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

LATENCY = 0.2
MOST_PEOPLE = 24_000
KEY, TOOL = "risk", "tool"


def main() -> None:
    what, *args, folder = sys.argv[1:]
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.core.management import call_command

    (Path(folder) / "data").mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)
    if what == "throughput":
        print(json.dumps(throughput(args[0], float(args[1]), Path(folder))))
    elif what == "first":
        print(json.dumps(first_sync()))
    else:
        print(json.dumps(million(int(args[0]), Path(folder))))


def million(count: int, folder: Path) -> dict[str, float]:
    """Planning, memory and time of a first sync of that many people to a file."""
    from catalogue.models import Customer
    from integrations.models import Audience
    from integrations.sync.planning import planned
    from integrations.sync.targets import target_of
    from tests.integrations.ground import audience_of, destination, live_segment

    rows = (Customer(ordinal=n, external_id=f"customer-{n}") for n in range(count))
    Customer.objects.bulk_create(rows, batch_size=10_000)
    out = folder / "out"
    out.mkdir()
    destination(TOOL, "files", {"directory": out})
    segment = live_segment(KEY, to=TOOL)
    publish_all(segment, count)
    audience_id = audience_of(KEY).pk
    from catalogue import published

    version = published.newest(KEY)
    assert version is not None
    now = datetime.now(UTC)

    def plan() -> float:
        began = time.perf_counter()
        audience = Audience.objects.select_related("destination").get(pk=audience_id)
        planned(audience, target_of(audience, version, now=now), now=now)
        return (time.perf_counter() - began) * 1000

    plan()
    took = statistics.median(plan() for _ in range(9))
    # In a process that has not made a million customers.
    command = [sys.executable, "-m", "tests.benchmarks.ground.syncing", "first", str(folder)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return {"plan_ms": took, **json.loads(said.splitlines()[-1])}


def first_sync() -> dict[str, float]:
    """How long the first sync takes, and how much memory it adds to a process that has only just
    started."""
    from integrations.sync.run import sync_audience
    from integrations.sync.work import Asked
    from tests.integrations.ground import audience_of

    audience_id = audience_of(KEY).pk
    before = peak_kib()
    began = time.perf_counter()
    run = sync_audience(
        audience_id=audience_id, clock=lambda: datetime.now(UTC), asked=Asked(actor="bench")
    ).run
    assert run.state == "succeeded", run.sentence
    took = time.perf_counter() - began
    return {"memory_mib": (peak_kib() - before) / 1024, "first_s": took}


def peak_kib() -> int:
    """The most memory that this process ever held; what `getrusage` says is its parent's too."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise AssertionError("this kernel does not say")


def publish_all(segment: Any, count: int) -> None:
    """A version that holds all of so many customers."""
    from pyroaring import BitMap

    from catalogue.membership import bitmaps
    from catalogue.models import MembershipVersion, Photo, RefreshRun, Segment
    from tests.integrations.ground import NOON

    stored = bitmaps.dump(BitMap(range(count)))
    photo = Photo.objects.create(customers=stored, accounts=bitmaps.dump(BitMap()))
    version = MembershipVersion.objects.create(
        segment=segment,
        number=1,
        subject="customer",
        definition=segment.definition,
        run=RefreshRun.objects.create(),
        photo=photo,
        now=NOON,
        size=count,
        entered_count=count,
        left_count=0,
        entered=stored,
        left=bitmaps.dump(BitMap()),
        key_frame=stored,
        sha256=bitmaps.digest(stored),
        published_at=NOON,
    )
    Segment.objects.filter(pk=segment.pk).update(membership=version)


def throughput(name: str, seconds: float, folder: Path) -> dict[str, Any]:
    """A sync of many people at 200 ms an answer, against what the manifest's limits allow. The list
    is made by a sync before, and has one member."""
    from catalogue.warehouse.ingest import load_customers
    from integrations import registry
    from integrations.turns import taking_turns
    from tests.faults.world import World
    from tests.integrations.ground import publish

    about = registry.manifest(name)
    with ExitStack() as stack:
        world = World(name, folder, 1, stack, is_slim=True)
        count = people_for(about, seconds)
        ids = [world.customer(number) for number in range(count)]
        table = {
            "id": ids,
            "email": [world.email(number) for number in range(count)],
            "last_name": ids,
            "name": ids,
        }
        load_customers(pa.table(table), as_of=datetime(2026, 1, 1, tzinfo=UTC))
        publish(world.segment, ids[:1])
        world.sync()
        earlier = len(world.fake.ledger)
        publish(world.segment, ids)
        world.fake.latency = LATENCY
        # The tool is in this process, and shall not stop to look for garbage, nor keep a question
        # waiting while it answers another one.
        gc.disable()
        with taking_turns():
            done = world.zygote.run("sync", KEY, "--approve")
        if done.code:
            return {"fault": (done.out + done.err)[-300:]}
        ledger = world.fake.ledger[earlier:]
        all_asked = [entry.asked.at for entry in ledger]
        sent = sending_of(world.fake, ledger)
        took = sent[-1] - sent[0] + LATENCY
        before = [at - sent[0] for at in all_asked if at < sent[0]]
        return {
            "requests": len(sent),
            "people": count,
            "took_s": took,
            "allowed_s": allowed(len(sent), about.rate, before),
            "limit": limit_of(about),
            "all_requests": len(all_asked),
        }


def people_for(about: Any, seconds: float) -> int:
    """So many people that sending them takes about that long."""
    rate = about.rate
    most = rate.concurrency / LATENCY
    per_second = min(most, rate.requests / rate.seconds) if rate.requests else most
    # Two batches at least, where that is a matter of seconds: between two is where time is lost.
    most = max(MOST_PEOPLE, 2 * about.limits.claimed)
    people = int(max(20, min(most, per_second * seconds / 2 * about.limits.records)))
    # Whole rounds, so that no request at the end has the tool to itself.
    one_round = about.limits.records * rate.concurrency
    return (people // one_round * one_round or people) + 1


def sending_of(fake: Any, ledger: Any) -> list[float]:
    """When the requests came that sent people: from the first write to the last."""
    writes = [entry.asked.number for entry in ledger if fake.is_write(entry.asked)]
    first, last = writes[0], writes[-1]
    return [entry.asked.at for entry in ledger if first <= entry.asked.number <= last]


def allowed(requests: int, rate: Any, before: Iterable[float] = ()) -> float:
    """Seconds that so many requests take at best, 200 ms each: no more at once than the tool lets
    us, no more in any window than its rate. `before` are the times of earlier requests of the same
    sync, in seconds before the first: the tool counts those too."""
    free = [0.0] * max(1, rate.concurrency)
    window = deque(sorted(before))
    end = 0.0
    for _ in range(requests):
        start = heapq.heappop(free)
        if rate.requests and len(window) >= rate.requests:
            start = max(start, window[-rate.requests] + rate.seconds)
        window.append(start)
        end = start + LATENCY
        heapq.heappush(free, end)
    return end


def limit_of(about: Any) -> str:
    """The limits that hold, and where they come from."""
    rate = about.rate
    often = f"{rate.requests} in {rate.seconds:g} s, " if rate.requests else ""
    source = rate.source
    return (
        f"{often}{rate.concurrency} at once, {about.limits.records} people a request"
        f" ({source.known}: {source.text[:120]})"
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    main()
