"""Sends a plan: removals first, batch by batch, each claimed before and settled after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from pyroaring import BitMap

from catalogue import published
from catalogue.crashpoint import crashpoint
from catalogue.garbage import without_collecting
from integrations.errors import IntegrationError
from integrations.models import Audience, Destination, LeaseLost, SyncMode, SyncRun
from integrations.protocol import Accepted, Limits, Operation, Record, Stamp
from integrations.sync import ledger
from integrations.sync.eligibility import allowed_people
from integrations.sync.hold import Hold
from integrations.sync.plan import Plan, slices
from integrations.sync.pushing import Answer, Line, People, people_of, push
from integrations.sync.queue import Queue
from integrations.sync.records import sent_records
from integrations.sync.setup import Setup
from integrations.sync.targets import Target

# So many batches in a row without a single answer, and the tool is taken to be down.
MOST_SILENT_BATCHES = 2
# Members whose names are read together, about: many batches at most of tools.
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


# What ends a delivery once the batch at the tool is settled. After anything else, a mistake of ours
# then, what was claimed stays uncertain, and the next sync finds out.
ENDINGS = (Stopped, LeaseLost, IntegrationError)


@dataclass(frozen=True, slots=True)
class Ready:
    """A claimed batch, and who in it is one person over there: worked out while another batch is at
    the tool."""

    claim: ledger.Claim
    people: People


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends one plan under one lease. LeaseLost, AuthError and ConfigError go through. `keep_turn`
    keeps up the turn at a tool that only one worker may speak to."""

    hold: Hold
    run: SyncRun
    line: Line
    target: Target
    stamp: Stamp
    limits: Limits
    clock: Callable[[], datetime]
    ends_by: datetime | None
    keep_turn: Callable[[], None]
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
        if members:
            self._deliver(Operation.REMOVE, self._leaving(members))

    def _leaving(self, members: BitMap) -> Iterator[tuple[Record, ...]]:
        shared = self._still_needed(members)
        for some in slices(members, read_together(self.limits)):
            records = sent_records(self.hold.audience_id, self._setup, some)
            lost = some - BitMap(records)
            why = "is no longer known, so cannot be removed"
            self._park(Operation.REMOVE, dict.fromkeys(lost, why))
            spared = [o for o, record in records.items() if self.line.key_of(record) in shared]
            for part in slices(BitMap(spared), self.limits.claimed):
                self._drop_unsent(_chosen(records, part))
            yield _chosen(records, BitMap(records) - BitMap(spared))

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
        if members:
            self._deliver(Operation.ADD, self._entering(members))

    def _entering(self, members: BitMap) -> Iterator[tuple[Record, ...]]:
        for some in slices(members, read_together(self.limits)):
            people = self._allowed()
            written = self.target.sheet.written(people, some, now=self.clock())
            self._park(Operation.ADD, written.faults)
            yield _chosen(written.records, some)

    def _park(self, operation: Operation, faults: Mapping[int, str]) -> None:
        if faults:
            ledger.park_unsendable(
                hold=self.hold, operation=operation, faults=faults, now=self.clock()
            )

    def _deliver(self, operation: Operation, some: Iterator[tuple[Record, ...]]) -> None:
        """Push batch after batch. While one is at the tool, the next is claimed; one is settled
        before the next goes out."""
        queue = Queue(some, claimed_of(self.limits))
        with ThreadPoolExecutor(max_workers=1) as line:
            ready, fault = self._claimed(operation, queue)
            while ready is not None:
                answer = line.submit(self._push, ready)
                ahead, fault = self._claimed(operation, queue)
                fault = self._settled(ready.claim, answer, queue) or fault
                if ahead is not None and fault is None:
                    ahead, fault = self._looked_at_again(ahead)
                if ahead is None and fault is None:
                    # Halves may have come back, or nobody was left of the batch claimed ahead.
                    ahead, fault = self._claimed(operation, queue)
                if ahead is not None and fault is not None:
                    self._give_back(ahead.claim)
                    break
                ready = ahead
        if fault is not None:
            raise fault

    def _claimed(self, operation: Operation, queue: Queue) -> tuple[Ready | None, Exception | None]:
        """The next batch of which anybody may still be sent, claimed; None without one, and what
        stands against going on."""
        try:
            for records in queue:
                self._check_may_go_on()
                claim = self._claim(operation, records)
                if claim.records:
                    crashpoint("sync.claimed")
                    return self._ready(claim), None
                self._give_back(claim)
        except ENDINGS as fault:
            # Raised again by the caller, once the batch that is at the tool is settled.
            return None, fault
        return None, None

    def _ready(self, claim: ledger.Claim) -> Ready:
        return Ready(claim, people_of(self.line, claim.records))

    def _looked_at_again(self, ready: Ready) -> tuple[Ready | None, Exception | None]:
        """A batch that was claimed while another was at the tool, as it may be sent now: without
        who was suppressed meanwhile, and not at all against a wish to stop or by a worker whose
        lease is another's by now."""
        claim = ready.claim
        try:
            self._check_may_go_on()
            self.hold.write()
            if claim.operation is not Operation.ADD:
                return ready, None
            if BitMap(record.ordinal for record in claim.records) <= self._allowed().ordinals:
                return ready, None
            self._give_back(claim)
            claim = self._claim(claim.operation, claim.records)
        except ENDINGS as fault:
            return ready, fault
        if claim.records:
            return self._ready(claim), None
        self._give_back(claim)
        return None, None

    def _settled(self, claim: ledger.Claim, push: Future[Answer], queue: Queue) -> Exception | None:
        """Wait for what came of a batch and write it down. Returns why nothing more is to be sent;
        who was refused because of somebody else goes back into the queue."""
        answer = self.hold.await_push(push, keep=self.keep_turn)
        crashpoint("sync.pushed")
        settled = self._settle(claim, answer)
        crashpoint("sync.settled")
        queue.return_halves(tuple(r for r in claim.records if r.ordinal in settled.split))
        return self._why_stop(settled, answer)

    def _give_back(self, claim: ledger.Claim) -> None:
        # Whoever took the lease over finds out about the batch by itself.
        with suppress(LeaseLost):
            ledger.give_back(hold=self.hold, claim=claim, now=self.clock())

    def _check_may_go_on(self) -> None:
        now = self.clock()
        if self.ends_by is not None and now >= self.ends_by:
            raise Stopped("The time for one run is over; the rest follows with the next.")
        if SyncRun.objects.filter(pk=self.run.pk, cancel_asked=True).exists():
            raise Cancelled
        tool = Destination.objects.filter(pk=self._setup.destination_id)
        self.keep_turn()
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

    def _push(self, ready: Ready) -> Answer:
        claim = ready.claim
        # Requests side by side would all stand still while one looks for garbage.
        with without_collecting(), self.hold.pushing():
            return push(
                self.line,
                Operation.ENRICH if self._setup.mode == SyncMode.ENRICH else claim.operation,
                ready.people,
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

    def _why_stop(self, settled: ledger.Settled, answer: Answer) -> Exception | None:
        if answer.fault is not None:
            return answer.fault
        if settled.postponed:
            said = answer.error or "The tool did not take the whole batch."
            return Stopped(said, wait=settled.wait)
        answered = settled.accepted or settled.rejected or settled.split
        self._silent = 0 if answered else self._silent + 1
        if self._silent >= MOST_SILENT_BATCHES:
            return Stopped(answer.error or "The tool gives no certain answer any more.")
        return None

    def _allowed(self) -> published.Audience:
        version, consent = self.target.sheet.version, self._setup.consent
        return allowed_people(version, consent=consent, now=self.clock())

    @property
    def _setup(self) -> Setup:
        return self.target.sheet.setup


def read_together(limits: Limits) -> int:
    """How many members' names are read together: whole batches."""
    return limits.claimed * max(1, READ_TOGETHER // limits.claimed)


def claimed_of(limits: Limits) -> Limits:
    """What one batch may hold, where `limits` are those of one request."""
    requests = -(-limits.claimed // limits.records)
    return replace(limits, records=limits.claimed, bytes=limits.bytes * requests)


def _chosen(records: Mapping[int, Record], some: Iterable[int]) -> tuple[Record, ...]:
    return tuple(records[ordinal] for ordinal in some if ordinal in records)
