"""Sends a plan: removals first, batch by batch, each claimed before and settled after."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from pyroaring import BitMap

from catalogue import published
from catalogue.crashpoint import crashpoint
from integrations.models import Audience, Destination, LeaseLost, SyncMode, SyncRun
from integrations.pieces import cut
from integrations.protocol import Accepted, Limits, Operation, Record, Stamp
from integrations.sync import ledger
from integrations.sync.eligibility import allowed_people
from integrations.sync.plan import Plan, halves, slices
from integrations.sync.pushing import Answer, Line, push
from integrations.sync.records import sent_records
from integrations.sync.setup import Setup
from integrations.sync.targets import Target

# So many batches in a row without a single answer, and the tool is taken to be down.
MOST_SILENT_BATCHES = 2
# Members whose names are read together: many batches at most of tools.
READ_TOGETHER = 10_000


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


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends one plan under one lease. LeaseLost, AuthError and ConfigError go through. `turn` is
    the fence of a tool that only one worker may speak to, None of others."""

    hold: ledger.Hold
    run: SyncRun
    line: Line
    target: Target
    stamp: Stamp
    limits: Limits
    clock: Callable[[], datetime]
    ends_by: datetime | None
    turn: int | None = None
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
        shared = self._still_needed(members)
        for some in slices(members, READ_TOGETHER):
            records = sent_records(self.hold.audience_id, self._setup, some)
            lost = some - BitMap(records)
            why = "is no longer known, so cannot be removed"
            self._park(Operation.REMOVE, dict.fromkeys(lost, why))
            spared = [o for o, record in records.items() if self.line.key_of(record) in shared]
            for part in slices(BitMap(spared), self.limits.claimed):
                self._drop_unsent(_chosen(records, part))
            self._deliver(Operation.REMOVE, _chosen(records, BitMap(records) - BitMap(spared)))

    def _still_needed(self, leaving: BitMap) -> set[str]:
        """Identities of those who stay, where people may share one: somebody else may have the
        address of one who leaves."""
        if not self._setup.identity.traits:
            return set()
        audience = Audience.objects.get(pk=self.hold.audience_id)
        staying = audience.acknowledged_members() - leaving
        records = sent_records(self.hold.audience_id, self._setup, staying)
        return {self.line.key_of(record) for record in records.values()}

    def _drop_unsent(self, records: tuple[Record, ...]) -> None:
        claim = self._claim(Operation.REMOVE, records)
        self._settle(claim, Answer(outcomes=[Accepted()] * len(records), error="address shared"))
        # Whoever is seen there under it from now on is the other one.
        ledger.forget_names(self.hold.audience_id, BitMap(r.ordinal for r in records))

    def _add(self, members: BitMap) -> None:
        for some in slices(members, READ_TOGETHER):
            people = self._allowed()
            written = self.target.sheet.written(people, some, now=self.clock())
            self._park(Operation.ADD, written.faults)
            self._deliver(Operation.ADD, _chosen(written.records, some))

    def _park(self, operation: Operation, faults: Mapping[int, str]) -> None:
        if faults:
            ledger.park_unsendable(
                hold=self.hold, operation=operation, faults=faults, now=self.clock()
            )

    def _deliver(self, operation: Operation, records: tuple[Record, ...]) -> None:
        waiting = deque(cut(records, claimed_of(self.limits)))
        while waiting:
            refused = self._deliver_one(operation, waiting.popleft())
            if refused:
                waiting.extendleft(piece for piece in reversed(halves(refused)) if piece)

    def _deliver_one(self, operation: Operation, records: tuple[Record, ...]) -> tuple[Record, ...]:
        """Send one batch and write what came of it. Returns those that have to be sent again in
        halves, since one of them spoils a request."""
        self._check_may_go_on()
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

    def _check_may_go_on(self) -> None:
        now = self.clock()
        if self.ends_by is not None and now >= self.ends_by:
            raise Stopped("The time for one run is over; the rest follows with the next.")
        if SyncRun.objects.filter(pk=self.run.pk, cancel_asked=True).exists():
            raise Cancelled
        tool = Destination.objects.filter(pk=self._setup.destination_id)
        if self.turn is not None and not Destination.objects.keep(
            self._setup.destination_id, fence=self.turn, seconds=self.hold.seconds
        ):
            raise LeaseLost("Another worker speaks to this tool by now.")
        stopped = tool.filter(~Q(off_reason="") | Q(not_before__gt=now)).first()
        if stopped is not None:
            until = stopped.not_before
            wait = (until - now).total_seconds() if until is not None and until > now else 0.0
            raise Stopped(stopped.off_reason or "The tool asked us to wait.", wait=wait)

    def _claim(self, operation: Operation, records: tuple[Record, ...]) -> ledger.Claim:
        self._number += 1
        with transaction.atomic():
            if operation is Operation.ADD:
                # Looked up again with the claim: who was suppressed a moment ago is not sent.
                allowed = self._allowed().ordinals
                records = tuple(record for record in records if record.ordinal in allowed)
            return ledger.claim(
                hold=self.hold,
                run=self.run,
                number=self._number,
                operation=operation,
                records=records,
                keep_identities=bool(self._setup.identity.traits),
                now=self.clock(),
            )

    def _push(self, claim: ledger.Claim) -> Answer:
        return push(
            self.line,
            Operation.ENRICH if self._setup.mode == SyncMode.ENRICH else claim.operation,
            claim.records,
            stamp=self.stamp,
            key=f"{self.run.pk}-{claim.batch_id}",
        )

    def _settle(self, claim: ledger.Claim, answer: Answer) -> ledger.Settled:
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

    def _look_at(self, settled: ledger.Settled, answer: Answer) -> None:
        if settled.postponed:
            raise Stopped(
                answer.error or "The tool did not take the whole batch.", wait=settled.wait
            )
        answered = settled.accepted or settled.rejected or settled.split
        self._silent = 0 if answered else self._silent + 1
        if self._silent >= MOST_SILENT_BATCHES:
            raise Stopped(answer.error or "The tool gives no certain answer any more.")

    def _allowed(self) -> published.Audience:
        version, consent = self.target.sheet.version, self._setup.consent
        return allowed_people(version, consent=consent, now=self.clock())

    @property
    def _setup(self) -> Setup:
        return self.target.sheet.setup


def claimed_of(limits: Limits) -> Limits:
    """What one batch may hold, where `limits` are those of one request."""
    requests = -(-limits.claimed // limits.records)
    return replace(limits, records=limits.claimed, bytes=limits.bytes * requests)


def _chosen(records: Mapping[int, Record], some: Iterable[int]) -> tuple[Record, ...]:
    return tuple(records[ordinal] for ordinal in some if ordinal in records)
