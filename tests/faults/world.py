"""One connector with its fake, a list, customers, and everything that a round of faults needs."""

from __future__ import annotations

import importlib
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.fakes.vendor import FakeVendor
from tests.faults.proxy import Proxy, proxied
from tests.faults.tally import Tally
from tests.zygote import Zygote

PEOPLE = 320
MOVED_FAR = 60
STRANGERS = 2
FIRST_STRANGER = PEOPLE
KEY = "risk"
TOOL = "tool"
Clock = Callable[[], datetime]


class Request:
    """As much of pytest's request as harnesses use."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def addfinalizer(self, end: Callable[[], object]) -> None:
        self._stack.callback(end)


class World:
    """The life of one list in one fake tool, over many rounds."""

    def __init__(
        self, name: str, folder: Path, seed: int, stack: ExitStack, *, is_slim: bool = False
    ) -> None:
        from integrations import registry

        self.name = name
        self.random = random.Random(f"{seed}-{name}")
        self.tally = Tally()
        self.manifest = registry.manifest(name)
        module = importlib.import_module(f"tests.integrations.connectors.{name}.harness")
        self.harness = module.open_harness(Request(stack), folder)
        assert isinstance(self.harness.fake, FakeVendor)
        self.fake: FakeVendor = self.harness.fake
        self.proxy: Proxy = stack.enter_context(proxied(self.fake.url))
        if not is_slim:
            # Some tools say in their answers where they live.
            self.fake.url = self.proxy.url
        self.target: set[int] = set()
        self.suppressed: set[int] = set()
        self.suppressed_at = float("inf")
        self.ever: set[int] = set()
        self.contacts_before = self._contacts()
        self.writes_per_change = 1.0
        self.steps = 0
        self.round = "no fault"
        self.measured = 0
        self._canonical: dict[int, str] = {}
        if is_slim:
            self._connect(batch_records="")
        else:
            self._prepare()
        self.zygote = stack.enter_context(Zygote(dict(os.environ)))

    # -- the ground ------------------------------------------------------------------------------

    def _prepare(self) -> None:
        from catalogue.warehouse.ingest import load_customers

        numbers = range(PEOPLE)
        ids = [self.customer(number) for number in numbers]
        emails = [self.email(number) for number in numbers]
        names = [f"Name {number}" for number in numbers]
        table = {"id": ids, "email": emails, "last_name": names, "name": names}
        load_customers(pa.table(table), as_of=datetime(2026, 1, 1, tzinfo=UTC))
        self._connect(batch_records=str(max(1, min(6, self.manifest.limits.claimed))))
        self.publish(set(range(60)))
        assert self.sync().state == "succeeded", self.last_sentence()
        for number in range(STRANGERS):
            self.harness.put(self.ref, self.harness.identity(FIRST_STRANGER + number))
        self.strangers = {self.canonical(FIRST_STRANGER + number) for number in range(STRANGERS)}

    def _connect(self, *, batch_records: str) -> None:
        """The tool, and a segment that wants to be there."""
        from tests.integrations.ground import audience_of, destination, live_segment

        options = self._options()
        if batch_records:
            options |= {"batch_records": batch_records, "timeout": "3"}
        destination(TOOL, self.name, options)
        self.segment = live_segment(KEY, to=TOOL)
        self.audience_id = audience_of(KEY).pk

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {}
        for name, value in self.harness.options.items():
            text = str(value)
            option = self.manifest.option(name)
            if option is not None and option.secret and text:
                os.environ[f"FAULTS_{name.upper()}"] = text
                text = f"env:FAULTS_{name.upper()}"
            # Fields are another subject: they would be written with every goal that moves.
            if not name.startswith("field_"):
                options[name] = text
        return options

    def _contacts(self) -> int:
        try:
            return int(self.harness.contacts())
        except NotImplementedError:
            return 0

    def customer(self, number: int) -> str:
        """The customer's id: what the tool knows them by, unless that is their address."""
        name = self.harness.identity(number)
        return f"customer-{number}" if "@" in name else str(name)

    def email(self, number: int) -> str:
        name = self.harness.identity(number)
        known = self.harness.contact(number).get("email", "")
        return name if "@" in name else known or f"customer-{number}@shop.example"

    @property
    def audience(self) -> Any:
        from integrations.models import Audience

        return Audience.objects.select_related("destination").get(pk=self.audience_id)

    @property
    def ref(self) -> Any:
        from integrations.protocol import AudienceRef

        row = self.audience
        return AudienceRef(remote_id=row.remote_id, name=row.name)

    def canonical(self, number: int) -> str:
        """The identity in the form that the tool shows."""
        if number not in self._canonical:
            from integrations.sync.destinations import open_destination

            connector = open_destination(self.audience.destination)
            for one in (*range(PEOPLE), *range(FIRST_STRANGER, FIRST_STRANGER + STRANGERS)):
                self._canonical[one] = connector.canonical(self.harness.identity(one))
        return self._canonical[number]

    # -- what happens ----------------------------------------------------------------------------

    def publish(self, target: set[int]) -> None:
        """The segment's next version."""
        from tests.integrations.ground import publish

        self.target = target
        self.ever |= target
        publish(self.segment, [self.customer(number) for number in sorted(target)])

    def move(self, *, far: bool = False) -> None:
        """A next version in which some of the members are others: `far`, so many that one request
        too many hardly counts."""
        leaving_count, entering_count = (MOVED_FAR, MOVED_FAR) if far else (4, 6)
        members = sorted(self.target)
        leaving = set(self.random.sample(members, min(leaving_count, len(members) // 2)))
        outside = [n for n in range(PEOPLE) if n not in self.target]
        entering = set(self.random.sample(outside, min(entering_count, len(outside))))
        self.publish((self.target - leaving) | entering)

    def suppress(self, number: int) -> None:
        """The person may not be sent from now on; committed when this returns."""
        from catalogue.models import SuppressionSource, Via
        from catalogue.privacy.suppressing import Entry, suppress

        entry = Entry(customer_id=self.customer(number), reason="asked us to")
        now = datetime.now(UTC)
        suppress(entry=entry, source=SuppressionSource.ADMIN, now=now, by=None, via=Via.COMMAND)
        self.suppressed.add(number)
        self.suppressed_at = time.monotonic()

    def lift_all(self) -> None:
        """Everybody may be sent again, so that later rounds have people to suppress."""
        from catalogue.models import Suppression, Via
        from catalogue.privacy.suppressing import lift

        for row in Suppression.objects.filter(lifted_at=None):
            now = datetime.now(UTC)
            lift(number=row.pk, reason="may be sent", now=now, by=None, via=Via.COMMAND)
        self.suppressed.clear()

    def sync(self, *, skew: timedelta = timedelta(0), **asked: Any) -> Any:
        """One sync in this process, by a clock that may be wrong."""
        from integrations.sync.run import sync_audience
        from integrations.sync.work import Asked

        def clock() -> datetime:
            return datetime.now(UTC) + skew

        done = sync_audience(
            audience_id=self.audience_id, clock=clock, asked=Asked(actor="faults", **asked)
        )
        self.last = done
        return done.run

    def last_sentence(self) -> str:
        return str(self.last.run.sentence)

    def measure(self) -> int:
        """What the timetable does from time to time: read the list, and compare. Returns how many
        people are missing or too many."""
        from integrations.sync.run import measure_drift

        report = measure_drift(audience_id=self.audience_id, clock=lambda: datetime.now(UTC))
        self.measured = report.missing + report.extra
        return self.measured

    def let_time_pass(self) -> None:
        """What hours of waiting would do: leases run out, and nobody asks us to wait any more."""
        from integrations.models import Audience, Destination, Rejection

        Audience.objects.update(lease_expires_at=None, not_before=None, retry_at=None)
        Destination.objects.update(
            lease_expires_at=None, not_before=None, resting_until=None, failures=0
        )
        Rejection.objects.update(at=datetime(2026, 1, 1, tzinfo=UTC))

    def heal(self) -> None:
        """The tool is well again."""
        self.fake.heal()
        self.fake.poison.clear()
        self.proxy.heal()

    def person_looks_after_it(self) -> None:
        """What stopped and waited for somebody goes on: the tool is well, so there is no reason."""
        from integrations.models import Audience, Destination

        Audience.objects.exclude(stopped_reason="").update(stopped_reason="")
        Destination.objects.exclude(off_reason="").update(off_reason="")

    def is_due(self) -> bool:
        from integrations.sync.wanted import due_audiences

        return self.audience_id in due_audiences(now=datetime.now(UTC))

    def held(self) -> set[str]:
        return set(self.harness.held(self.ref))

    def wanted(self) -> set[str]:
        """Whom the list should hold of ours, by identity."""
        return {self.canonical(number) for number in self.target - self.suppressed}

    def acknowledged(self) -> set[int]:
        """The numbers of those whom the tool has confirmed: only to choose whom to play with."""
        from catalogue.models import Customer

        rows = Customer.objects.filter(ordinal__in=list(self.audience.acknowledged_members()))
        known = set(rows.values_list("external_id", flat=True))
        numbers = {self.customer(number): number for number in range(PEOPLE)}
        return {numbers[name] for name in known}

    def restore_strangers(self) -> None:
        """Put the strangers back on a list that was made anew."""
        held = self.held()
        for number in range(STRANGERS):
            if self.canonical(FIRST_STRANGER + number) not in held:
                self.harness.put(self.ref, self.harness.identity(FIRST_STRANGER + number))

    def count(self, name: str, note: str) -> None:
        """One of what must be zero, and how it came about."""
        self.tally.counts[name] += 1
        self.note(f"{name}: {note}")

    def note(self, said: str) -> None:
        """What is told at once, and again at the end."""
        self.tally.notes.append(f"{self.name}: {said}")
        number = self.tally.faults.total()
        print(f"{self.name}, after {number} faults: {said}", file=sys.stderr, flush=True)
