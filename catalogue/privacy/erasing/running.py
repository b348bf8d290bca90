"""Going through an erasure, from wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, transaction

from catalogue.crashpoint import crashpoint
from catalogue.membership import snapshots
from catalogue.membership.versions import DamagedVersion
from catalogue.models import Erasure, ErasureState, ErasureStep, Via
from catalogue.ports import erase_elsewhere
from catalogue.privacy.erasing import traces
from catalogue.privacy.erasing.members import clear_members, is_read_from_older_data
from catalogue.privacy.erasing.person import Done, Person
from catalogue.privacy.erasing.texts import clear_refusals, clear_texts
from catalogue.segments.changes import record
from catalogue.warehouse import leases
from catalogue.warehouse.erasing import ErasedRows, delete_replaced_files, erase_rows
from catalogue.warehouse.finding import Unreadable
from catalogue.warehouse.photos import newest_photo
from catalogue.warehouse.refusals import LoadError

LEASE = "erasure"
LEASE_SECONDS = 300
LONGEST_FAULT = 500
TOOLS, FORGET = "tools", "ids"
# What may go wrong without a mistake of ours: it is noted, and tried again by the next tick.
FAULTS = (LoadError, Unreadable, DamagedVersion, DatabaseError, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: its name in the ledger, and what does it."""

    name: str
    do: Callable[[Person, datetime], Done]


def _lake(person: Person, now: datetime) -> Done:
    if settings.WAREHOUSE_URL:
        return Done(
            answer="Traits and events are in the company's own warehouse, which only the company"
            " writes: delete them there. Whoever is still there is suppressed here."
        )

    def note(erased: ErasedRows) -> None:
        _note(person.erasure, "lake", _erased(erased), now)

    return _erased(erase_rows(person.ordinals, now=now, note=note))


def _erased(erased: ErasedRows) -> Done:
    return Done(
        count=erased.rows,
        answer=f"{erased.events} events and {erased.traits} rows of traits deleted.",
    )


def _files(person: Person, now: datetime) -> Done:
    if settings.WAREHOUSE_URL:
        return Done(answer="The catalogue keeps no files of traits and events.")
    photo = newest_photo()
    patience = timedelta(seconds=settings.ERASURE_READ_SECONDS)
    if patience and photo is not None and now < photo.created_at + patience:
        return Done(
            answer="The files replaced are left for who reads them just now.", is_done=False
        )
    if is_read_from_older_data():
        return Done(answer="A measuring still reads the data before.", is_done=False)
    # These hold rows of the same time, by number and not by name.
    remembered = snapshots.remove_all()
    count = delete_replaced_files()
    also = f" {remembered} files of what workers remembered deleted." if remembered else ""
    return Done(count=count, answer=f"{count} replaced files of the lake deleted.{also}")


STEPS = (
    Step(name="exports", do=lambda person, _: traces.delete_exports(person)),
    # While the lake still says which addresses they had.
    Step(name="texts", do=lambda person, _: clear_texts(person)),
    Step(name="lake", do=_lake),
    Step(name="members", do=clear_members),
    Step(name="rows", do=lambda p, _: _atomic(p)),
    Step(name="files", do=_files),
    Step(name="photos", do=lambda p, _: traces.clear_photos(p)),
)


def _atomic(person: Person) -> Done:
    with transaction.atomic():
        return traces.delete_rows(person)


def run_erasure(*, erasure_id: int, now: datetime) -> Erasure:
    """Go on with an erasure as far as it gets, and return it as it stands; one that is done, or
    that another worker is at, is left alone. What goes wrong without a mistake of ours is noted on
    it, and tried again by the next tick."""
    fence = leases.take(LEASE, leases.this_process(), LEASE_SECONDS)
    erasure = Erasure.objects.get(pk=erasure_id)
    if fence is None:
        return erasure
    try:
        if erasure.state != ErasureState.DONE:
            _go_on(erasure, now, fence)
    except FAULTS as fault:
        _note_fault(erasure, str(fault))
    finally:
        leases.release(LEASE, fence)
    return Erasure.objects.get(pk=erasure_id)


def _go_on(erasure: Erasure, now: datetime, fence: int) -> None:
    rows = Erasure.objects.filter(pk=erasure.pk)
    rows.update(state=ErasureState.RUNNING, fault="")
    person = Person(erasure)
    # Tools are asked before anything else, so that they take their time meanwhile.
    _ask_tools(person, now)
    is_all_done = True
    for step in _left(erasure):
        crashpoint(f"erase: before {step.name}")
        leases.renew(LEASE, fence, LEASE_SECONDS)
        done = step.do(person, now)
        _note(erasure, step.name, done, now)
        crashpoint(f"erase: after {step.name}")
        is_all_done = is_all_done and done.is_done
    are_tools_done = _ask_tools(person, now)
    if not is_all_done:
        return
    if not are_tools_done:
        rows.update(state=ErasureState.WAITING)
        return
    _end(person, now)


def _left(erasure: Erasure) -> Iterator[Step]:
    done = set(erasure.steps.filter(is_done=True, place="").values_list("name", flat=True))
    return (step for step in STEPS if step.name not in done)


def _ask_tools(person: Person, now: datetime) -> bool:
    """Ask every tool that ever held them; whether all have answered for good."""
    is_done = True
    for ordinal, name in person.ids.items():
        for one in erase_elsewhere(ordinal, name):
            answer = Done(count=one.count, answer=one.evidence, is_done=one.is_done)
            place = one.place if len(person.ids) == 1 else f"{one.place} (ordinal {ordinal})"
            _note(person.erasure, TOOLS, answer, now, place=place[:200])
            is_done = is_done and one.is_done
    crashpoint("erase: tools asked")
    return is_done


def _note(erasure: Erasure, name: str, done: Done, now: datetime, *, place: str = "") -> None:
    ErasureStep.objects.update_or_create(
        erasure=erasure,
        name=name,
        place=place,
        defaults={
            "is_done": done.is_done,
            "count": done.count,
            "answer": done.answer,
            "at": now,
        },
    )


def _end(person: Person, now: datetime) -> None:
    """Forget whose the numbers were, here too, in one transaction with saying that it is done."""
    crashpoint("erase: before the end")
    # A load may have refused them meanwhile, by name.
    clear_refusals(person)
    with transaction.atomic():
        done = traces.forget_ids(person)
        _note(person.erasure, FORGET, done, now)
        Erasure.objects.filter(pk=person.erasure.pk).update(
            state=ErasureState.DONE, done_at=now, who={}, fault=""
        )
        record(
            "erasure.done",
            by=None,
            via=Via.SYSTEM,
            object_type="erasure",
            object_key=str(person.erasure.pk),
        )
    crashpoint("erase: done")


def _note_fault(erasure: Erasure, fault: str) -> None:
    # A fault may quote what was looked for.
    for name in erasure.who.values():
        fault = fault.replace(name, "…")
    Erasure.objects.filter(pk=erasure.pk).update(fault=fault[:LONGEST_FAULT])
