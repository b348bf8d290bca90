"""A mirrored list holds the segment and nobody else: who was put there by others is taken off."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from catalogue.crashpoint import crashpoint
from integrations.models import Audience, SyncBatch, SyncRun
from integrations.models.audience import write_bitmap
from integrations.protocol import Operation, Record
from integrations.sync import ledger
from integrations.sync.brake import Steps, brake_sentence
from integrations.sync.plan import NOBODY
from integrations.sync.pushing import Answer, Line, people_of, push
from integrations.sync.read_back import strangers
from integrations.sync.setup import Setup
from integrations.sync.wires import limits_of
from integrations.sync.work import Work, stamp_of


def remove_strangers(work: Work, line: Line, setup: Setup) -> bool:
    """Take everybody off the list whom we did not put there; False if the brake holds that."""
    audience = Audience.objects.select_related("destination").get(pk=work.audience.pk)
    foreign = strangers(audience, line, setup)
    held = len(foreign) + audience.acknowledged_count
    weighed = Steps(acknowledged=held, target=held - len(foreign), to_remove=len(foreign))
    brake = brake_sentence(weighed)
    if brake and not (work.asked.approve or audience.is_approved(work.version.membership_version)):
        said = f"{len(foreign):,} people on the list are not ours. {brake}"
        SyncRun.objects.filter(pk=work.run.pk).update(sentence=said)
        work.run.sentence = said
        return False
    size = limits_of(audience.destination).claimed
    for start in range(0, len(foreign), size):
        _remove(work, line, foreign[start : start + size])
    return True


def _remove(work: Work, line: Line, foreign: Sequence[Record]) -> None:
    # They have no ordinals of ours, so the ledger counts them and names nobody.
    work.hold.write()
    number = SyncBatch.objects.filter(run=work.run).count() + 1
    batch = SyncBatch.objects.create(
        run=work.run,
        number=number,
        operation=Operation.REMOVE.value,
        members=write_bitmap(NOBODY),
        count=len(foreign),
        claimed_at=work.clock(),
    )
    crashpoint("sync.strangers")

    def take_off() -> Answer:
        with work.hold.pushing():
            return push(
                line,
                Operation.REMOVE,
                people_of(line, foreign),
                stamp=stamp_of(work.version, complete=True),
                key=f"{work.run.pk}-{batch.pk}",
            )

    with ThreadPoolExecutor(max_workers=1) as thread:
        answer = work.hold.await_push(thread.submit(take_off), keep=work.keep_turn)
    ledger.settle_strangers(work.hold, batch.pk, answer.outcomes, answer.error, now=work.clock())
    if answer.fault is not None:
        raise answer.fault
