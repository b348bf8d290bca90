"""Sends a plan: removals first, batch by batch, each claimed before and settled after."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
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
from integrations.protocol import (
    Accepted,
    AudienceRef,
    Batch,
    Connector,
    Limits,
    Operation,
    Outcome,
    Record,
    Rejected,
    RetryAfter,
    Stamp,
    Unknown,
)
from integrations.sync import ledger
from integrations.sync.eligibility import audience_of
from integrations.sync.identities import Template, name_members, name_sent
from integrations.sync.plan import Plan, cut, halves, slices

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
    split: bool = False
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
        for some in slices(BitMap(spared), self.limits.records):
            self._drop_unsent(_records(spared, some))
        for some in slices(BitMap(names) - BitMap(spared), self.limits.records):
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
        for some in slices(members, self.limits.records):
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
        waiting = deque(cut(records, self.limits))
        while waiting:
            piece = waiting.popleft()
            if self._deliver_one(operation, piece):
                waiting.extendleft(reversed(halves(piece)))

    def _deliver_one(self, operation: Operation, records: tuple[Record, ...]) -> bool:
        """Send one batch and write what came of it. True if it has to be sent again in halves."""
        if self.ends_by is not None and self.clock() >= self.ends_by:
            raise Stopped("The time for one run is over; the rest follows with the next.")
        if SyncRun.objects.filter(pk=self.run.pk, cancel_asked=True).exists():
            raise Cancelled
        claim = self._claim(operation, records)
        if not claim.records:
            return False
        crashpoint("sync.claimed")
        answer = self._push(claim)
        crashpoint("sync.pushed")
        settled = self._settle(claim, answer)
        crashpoint("sync.settled")
        if answer.fault is not None:
            raise answer.fault
        if not answer.split:
            self._look_at(settled, answer)
        return answer.split

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
        records, count = claim.records, len(claim.records)
        try:
            return _Answer(outcomes=self._push_distinct(claim))
        except RateLimited as fault:
            return _Answer(outcomes=[RetryAfter(fault.retry_after)] * count, error=str(fault))
        except TransientError as fault:
            return _Answer(outcomes=[Unknown(fault.sentence)] * count, error=str(fault))
        except (AuthError, ConfigError) as fault:
            unknown: list[Outcome] = [Unknown(fault.sentence)] * count
            return _Answer(outcomes=unknown, error=str(fault), fault=fault)
        except PermanentError as fault:
            if len(records) > 1:
                outcomes: list[Outcome] = [RetryAfter()] * count
                return _Answer(outcomes=outcomes, error=str(fault), split=True)
            return _Answer(outcomes=[Rejected(fault.sentence)], error=str(fault))

    def _push_distinct(self, claim: ledger.Claim) -> list[Outcome]:
        """Push each identity once; people who share one share its outcome."""
        first: dict[str, Record] = {}
        for record in claim.records:
            first.setdefault(self.line.connector.canonical(record.identity), record)
        distinct = tuple(first.values())
        outcomes = self.line.connector.push(
            Batch(
                audience=self.line.ref,
                operation=claim.operation,
                records=distinct,
                stamp=self.stamp,
                key=f"{self.run.pk}-{claim.batch_id}",
            )
        )
        if len(outcomes) != len(distinct):
            return [Unknown("not one outcome per record")] * len(claim.records)
        said = dict(zip(first, outcomes, strict=True))
        canonical = self.line.connector.canonical
        return [said[canonical(record.identity)] for record in claim.records]

    def _look_at(self, settled: ledger.Settled, answer: _Answer) -> None:
        if settled.postponed:
            raise Stopped(
                answer.error or "The tool did not take the whole batch.", wait=settled.wait
            )
        answered = settled.accepted or settled.rejected
        self._silent = 0 if answered else self._silent + 1
        if self._silent >= MOST_SILENT_BATCHES:
            raise Stopped(answer.error or "The tool gives no certain answer any more.")


def _records(names: Mapping[int, str], members: Iterable[int]) -> tuple[Record, ...]:
    return tuple(
        Record(ordinal=ordinal, identity=names[ordinal]) for ordinal in members if ordinal in names
    )
