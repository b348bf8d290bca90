"""One connector, with an empty list of its own at its tool, as scenarios use it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from integrations.errors import IntegrationError, RateLimited, TransientError
from integrations.http import Exchange, Wire
from integrations.protocol import (
    Accepted,
    AudienceRef,
    Batch,
    BrokenOff,
    Connector,
    Manifest,
    Observed,
    Operation,
    Outcome,
    Record,
    RetryAfter,
    Split,
    Stamp,
    Unknown,
)
from integrations.throttle import Throttle
from tests.fakes.vendor import FakeVendor
from tests.integrations.contract.harness import Harness

LOOPBACK = frozenset({"127.0.0.1"})
STAMP = Stamp(
    segment_key="at-risk",
    definition_hash="d" * 64,
    membership_version=7,
    as_of=datetime(2026, 5, 4, 12, tzinfo=UTC),
    complete=False,
)
Opener = Callable[..., Connector]


@dataclass
class Subject:
    """`remote_ids` is what the core would remember; `exchanges` every request that was made."""

    manifest: Manifest
    harness: Harness
    opener: Opener
    connector: Connector
    audience: AudienceRef
    remote_ids: dict[str, str] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def fake(self) -> FakeVendor:
        assert self.harness.fake is not None, "this scenario needs a fake, or an exemption"
        return self.harness.fake

    def reopened(self, **options: Any) -> Connector:
        """Another connector to the same account, with some options changed."""
        return open_with(self, {**self.harness.options, **options})

    def record(self, number: int, identity: str = "", **about: Any) -> Record:
        name = identity or self.harness.identity(number)
        return Record(
            ordinal=number,
            identity=name,
            remote_id=self.remote_ids.get(name, ""),
            contact=dict(self.harness.contact(number)),
            **about,
        )

    def send(self, operation: Operation, records: Iterable[Record]) -> list[Outcome]:
        """One push, and what the core learns from it."""
        batch = Batch(
            audience=self.audience,
            operation=operation,
            records=tuple(records),
            stamp=STAMP,
            key="k",
        )
        outcomes = list(self.connector.push(batch))
        assert len(outcomes) == len(batch.records), "one outcome for each record"
        for record, outcome in zip(batch.records, outcomes, strict=True):
            if isinstance(outcome, Accepted) and outcome.remote_id:
                self.remote_ids[record.identity] = outcome.remote_id
        return outcomes

    def add(self, *numbers: int, fields: Mapping[str, str] | None = None) -> list[Outcome]:
        records = [self.record(number, fields=fields or {}) for number in numbers]
        return self.send(Operation.ADD, records)

    def remove(self, *numbers: int) -> list[Outcome]:
        return self.send(Operation.REMOVE, [self.record(number) for number in numbers])

    def try_to_add(self, *numbers: int) -> list[Outcome]:
        """As `add`, with errors as the core counts them."""
        try:
            return self.add(*numbers)
        except RateLimited as fault:
            return [RetryAfter(fault.retry_after)] * len(numbers)
        except TransientError as fault:
            return [Unknown(fault.sentence)] * len(numbers)
        except BrokenOff as broken:
            return list(broken.outcomes)
        except IntegrationError as fault:
            return [Split(fault.sentence)] * len(numbers)

    def settle(self, *numbers: int) -> None:
        """Add until everybody is accepted, as the next syncs would; at most five times."""
        waiting = list(numbers)
        for _ in range(5):
            outcomes = self.try_to_add(*waiting)
            pairs = zip(waiting, outcomes, strict=True)
            waiting = [number for number, outcome in pairs if not isinstance(outcome, Accepted)]
            if not waiting:
                return
        raise AssertionError(f"not accepted after five times: {waiting}")

    def read(self) -> list[str]:
        """The members that a read-back names, as identities."""
        observed = self.connector.read_back(self.audience)
        assert isinstance(observed, Observed)
        return sorted(self.harness.named(member) for member in observed.identities)

    def expected(self, *numbers: int) -> list[str]:
        return sorted(self.connector.canonical(self.harness.identity(n)) for n in numbers)

    def holds(self, *numbers: int) -> None:
        """The tool holds exactly these, and its read-back says so."""
        assert sorted(self.harness.held(self.audience)) == self.expected(*numbers)
        if self.manifest.read_back == "full":
            assert self.read() == self.expected(*numbers)


def open_subject(manifest: Manifest, harness: Harness, opener: Opener) -> Subject:
    """A connector at work, and a new list of its own."""
    nowhere = AudienceRef(remote_id="", name="")
    made = Subject(manifest, harness, opener, connector=None, audience=nowhere)  # type: ignore[arg-type]
    made.connector = open_with(made, harness.options)
    made.audience = made.connector.ensure_audience(harness.audience_name(), "")
    return made


def open_with(subject: Subject, options: Mapping[str, Any]) -> Connector:
    """A connector whose requests are noted in `exchanges`; rates are not waited for."""
    rate = replace(subject.manifest.rate, requests=0)
    wire = Wire(
        limits=subject.manifest.limits,
        private_hosts=LOOPBACK,
        throttle=Throttle(name=subject.manifest.name, rate=rate),
        # Retries are tried in the tests of `http`; here they would only take time.
        attempts=1,
        record=subject.exchanges.append,
    )
    defaults = {option.name: option.default for option in subject.manifest.options}
    filled = {**defaults, **{name: str(value) for name, value in options.items()}}
    return subject.opener(filled, wire=wire)


def kinds(outcomes: Sequence[Outcome]) -> set[type]:
    """Which kinds of outcomes there are."""
    return {type(outcome) for outcome in outcomes}
