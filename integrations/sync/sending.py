"""Sends a plan: removals first, batch by batch, each claimed before and settled after."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from pyroaring import BitMap

from catalogue import published
from catalogue.crashpoint import crashpoint
from integrations.errors import (
    AuthError,
    ConfigError,
    IntegrationError,
    PermanentError,
    RateLimited,
    TransientError,
)
from integrations.models import Audience, SyncRun
from integrations.pieces import cut
from integrations.protocol import (
    Accepted,
    AudienceRef,
    Batch,
    BrokenOff,
    Connector,
    Limits,
    Operation,
    Outcome,
    Record,
    RetryAfter,
    Split,
    Stamp,
    Unknown,
)
from integrations.sync import ledger
from integrations.sync.eligibility import audience_of
from integrations.sync.identities import Template, name_members, name_sent
from integrations.sync.plan import Plan, halves, slices

# So many batches in a row without a single answer, and the tool is taken to be down.
MOST_SILENT_BATCHES = 2


class Stopped(Exception):
    """Nothing more is sent in this run. `wait` are the seconds that the tool asks for."""

    def __init__(self, sentence: str, *, wait: float = 0.0) -> None:
        self.sentence = sentence
        self.wait = wait
        super().__init__(sentence)


class Cancelled(Stopped):
    """Somebody asked for the run to end."""

    def __init__(self) -> None:
        super().__init__(
            "The sync was cancelled. What the tool confirmed until then stays; the rest follows"
            " when somebody syncs the list again."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An open connector and the list it writes to."""

    connector: Connector
    ref: AudienceRef


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What came of one push. `fault` is raised again once the outcomes are written."""

    outcomes: list[Outcome]
    error: str = ""
    fault: IntegrationError | None = None


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends one plan under one lease. LeaseLost, AuthError and ConfigError go through."""

    hold: ledger.Hold
    run: SyncRun
    line: Line
    version: published.PublishedVersion
    stamp: Stamp
    template: Template
    limits: Limits
    clock: Callable[[], datetime]
    ends_by: datetime | None
    _number: int = 0
    _silent: int = 0

    def send(self, steps: Plan) -> None:
        """All of the plan, or Stopped. Afterwards every record sent has its outcome written."""
        self._remove(steps.to_remove)
        # Who moves to a new identity is added under it once the old one is certainly gone.
        audience = Audience.objects.get(pk=self.hold.audience_id)
        there = audience.acknowledged_members() | audience.uncertain_members()
        self._add(steps.to_add - (steps.to_remove & there))

    def _remove(self, members: BitMap) -> None:
        if not members:
            return
        names = name_sent(self.hold.audience_id, members, self.template)
        lost = dict.fromkeys(members - BitMap(names), "is no longer known, so cannot be removed")
        self._park(Operation.REMOVE, lost)
        shared = self._still_needed(members)
        canonical = self.line.connector.canonical
        spared = {o: name for o, name in names.items() if canonical(name) in shared}
        for some in slices(BitMap(spared), self.limits.claimed):
            self._drop_unsent(_records(spared, some))
        for some in slices(BitMap(names) - BitMap(spared), self.limits.claimed):
            self._deliver(Operation.REMOVE, _records(names, some))

    def _still_needed(self, leaving: BitMap) -> set[str]:
        """Identities of those who stay: somebody else may share the address of one who leaves."""
        audience = Audience.objects.get(pk=self.hold.audience_id)
        staying = audience.acknowledged_members() - leaving
        names = name_sent(self.hold.audience_id, staying, self.template)
        return {self.line.connector.canonical(name) for name in names.values()}

    def _drop_unsent(self, records: tuple[Record, ...]) -> None:
        claim = self._claim(Operation.REMOVE, records)
        self._settle(claim, _Answer(outcomes=[Accepted()] * len(records), error="address shared"))

    def _add(self, members: BitMap) -> None:
        for some in slices(members, self.limits.claimed):
            people = audience_of(self.version)
            named = name_members(people, some, self.template, now=self.clock())
            self._park(Operation.ADD, named.faults)
            self._deliver(Operation.ADD, _records(named.identities, some))

    def _park(self, operation: Operation, faults: Mapping[int, str]) -> None:
        if faults:
            ledger.park_unsendable(
                hold=self.hold, operation=operation, faults=faults, now=self.clock()
            )

    def _deliver(self, operation: Operation, records: tuple[Record, ...]) -> None:
        waiting = deque(cut(records, _claimed(self.limits)))
        while waiting:
            refused = self._deliver_one(operation, waiting.popleft())
            if refused:
                waiting.extendleft(piece for piece in reversed(halves(refused)) if piece)

    def _deliver_one(self, operation: Operation, records: tuple[Record, ...]) -> tuple[Record, ...]:
        """Send one batch and write what came of it. Returns those that have to be sent again in
        halves, since one of them spoils a request."""
        if self.ends_by is not None and self.clock() >= self.ends_by:
            raise Stopped("The time for one run is over; the rest follows with the next.")
        if SyncRun.objects.filter(pk=self.run.pk, cancel_asked=True).exists():
            raise Cancelled
        claim = self._claim(operation, records)
        if not claim.records:
            return ()
        crashpoint("sync.claimed")
        answer = self._push(claim)
        crashpoint("sync.pushed")
        settled = self._settle(claim, answer)
        crashpoint("sync.settled")
        if answer.fault is not None:
            raise answer.fault
        self._look_at(settled, answer)
        return tuple(record for record in claim.records if record.ordinal in settled.split)

    def _claim(self, operation: Operation, records: tuple[Record, ...]) -> ledger.Claim:
        self._number += 1
        with transaction.atomic():
            if operation is Operation.ADD:
                # Looked up again with the claim: who was suppressed a moment ago is not sent.
                allowed = audience_of(self.version).ordinals
                records = tuple(record for record in records if record.ordinal in allowed)
            return ledger.claim(
                hold=self.hold,
                run=self.run,
                number=self._number,
                operation=operation,
                records=records,
                keep_identities=bool(self.template.traits),
                now=self.clock(),
            )

    def _settle(self, claim: ledger.Claim, answer: _Answer) -> ledger.Settled:
        settled = ledger.sort_outcomes(claim.records, answer.outcomes)
        ledger.settle(
            hold=self.hold,
            run=self.run,
            claim=claim,
            settled=settled,
            error=answer.error,
            now=self.clock(),
        )
        return settled

    def _push(self, claim: ledger.Claim) -> _Answer:
        count = len(claim.records)
        try:
            return _Answer(outcomes=self._push_distinct(claim))
        except BrokenOff as broken:
            fault = broken.fault
            return _Answer(outcomes=list(broken.outcomes), error=str(fault), fault=fault)
        except RateLimited as fault:
            return _Answer(outcomes=[RetryAfter(fault.retry_after)] * count, error=str(fault))
        except TransientError as fault:
            return _Answer(outcomes=[Unknown(fault.sentence)] * count, error=str(fault))
        except (AuthError, ConfigError) as fault:
            unknown: list[Outcome] = [Unknown(fault.sentence)] * count
            return _Answer(outcomes=unknown, error=str(fault), fault=fault)
        except PermanentError as fault:
            split: list[Outcome] = [Split(fault.sentence)] * count
            return _Answer(outcomes=split, error=str(fault))

    def _push_distinct(self, claim: ledger.Claim) -> list[Outcome]:
        """Push each identity once; people who share one share its outcome."""
        first: dict[str, Record] = {}
        for record in claim.records:
            first.setdefault(self.line.connector.canonical(record.identity), record)
        batch = Batch(
            audience=self.line.ref,
            operation=claim.operation,
            records=tuple(first.values()),
            stamp=self.stamp,
            key=f"{self.run.pk}-{claim.batch_id}",
        )
        try:
            return self._shared(claim, first, self.line.connector.push(batch))
        except BrokenOff as broken:
            shared = self._shared(claim, first, broken.outcomes)
            raise BrokenOff(broken.fault, shared) from broken

    def _shared(
        self, claim: ledger.Claim, first: Mapping[str, Record], outcomes: Sequence[Outcome]
    ) -> list[Outcome]:
        if len(outcomes) != len(first):
            return [Unknown("not one outcome per record")] * len(claim.records)
        said = dict(zip(first, outcomes, strict=True))
        canonical = self.line.connector.canonical
        return [said[canonical(record.identity)] for record in claim.records]

    def _look_at(self, settled: ledger.Settled, answer: _Answer) -> None:
        if settled.postponed:
            raise Stopped(
                answer.error or "The tool did not take the whole batch.", wait=settled.wait
            )
        answered = settled.accepted or settled.rejected or settled.split
        self._silent = 0 if answered else self._silent + 1
        if self._silent >= MOST_SILENT_BATCHES:
            raise Stopped(answer.error or "The tool gives no certain answer any more.")


def _claimed(limits: Limits) -> Limits:
    """What one batch may hold, where `limits` are those of one request."""
    requests = -(-limits.claimed // limits.records)
    return Limits(records=limits.claimed, bytes=limits.bytes * requests)


def _records(names: Mapping[int, str], members: Iterable[int]) -> tuple[Record, ...]:
    return tuple(
        Record(ordinal=ordinal, identity=names[ordinal]) for ordinal in members if ordinal in names
    )
