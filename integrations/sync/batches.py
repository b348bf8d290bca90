"""The batches of a sync, exactly as they would be sent now, without asking the tool."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyroaring import BitMap

from integrations.models import Audience
from integrations.pieces import cut
from integrations.protocol import Operation, Record
from integrations.sync.plan import slices
from integrations.sync.records import sent_records
from integrations.sync.run import Preview
from integrations.sync.sending import claimed_of, read_together
from integrations.sync.wires import limits_of
from integrations.sync.work import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBatch:
    """One batch: whom it holds, in how many requests it is sent."""

    number: int
    operation: Operation
    records: tuple[Record, ...]
    requests: int


def planned_batches(audience: Audience, found: Preview, *, clock: Clock) -> Iterator[PlannedBatch]:
    """The batches in the order in which they would be sent, of a list with its destination. Who
    cannot be sent is in none. People are in it: whoever shows them has looked up the right."""
    limits = limits_of(audience.destination)
    number = 0
    for operation, records in _pieces(audience, found, clock):
        for batch in cut(records, claimed_of(limits)):
            number += 1
            requests = sum(1 for _ in cut(batch, limits))
            yield PlannedBatch(number=number, operation=operation, records=batch, requests=requests)


def _pieces(
    audience: Audience, found: Preview, clock: Clock
) -> Iterator[tuple[Operation, tuple[Record, ...]]]:
    sheet, steps = found.target.sheet, found.plan
    together = read_together(limits_of(audience.destination))
    for some in slices(steps.to_remove, together):
        sent = sent_records(audience.pk, sheet.setup, some)
        yield Operation.REMOVE, tuple(sent[ordinal] for ordinal in some if ordinal in sent)
    for some in slices(steps.to_add - _moved(found), together):
        written = sheet.written(found.target.people, some, now=clock()).records
        yield Operation.ADD, tuple(written[one] for one in some if one in written)


def _moved(found: Preview) -> BitMap:
    """Those who only change their identity go first, and are added by the sync that follows."""
    return found.plan.to_add & found.plan.to_remove
