"""Erasing customers from the lake: their rows leave every table, and then the files in which they
were. What a company's own warehouse holds is the company's to erase."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from django.conf import settings
from django.db.models import F
from django.db.models.functions import Greatest
from pyroaring import BitMap

from catalogue.models import Customer, EventEntry, Load, Photo, PrivacyState
from catalogue.warehouse import dictionary
from catalogue.warehouse.delta_notes import noted
from catalogue.warehouse.file_people import forget_people, note_people_of
from catalogue.warehouse.layout import CUSTOMER_ACCOUNTS, EVENTS, confirmed_key, key_of
from catalogue.warehouse.shares import counted_shares
from catalogue.warehouse.writer import COMMIT, KEEP_LOG, WRITING, Writer, writing

CUSTOMER_TRAITS = "traits/customer/"
WAIT_SECONDS = 20.0
LOG = "_delta_log"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedRows:
    """How many rows of `events` and of `traits` (with what only confirmed them, and accounts) were
    deleted."""

    events: int
    traits: int

    @property
    def rows(self) -> int:
        """All of them."""
        return self.events + self.traits


def erase_rows(
    ordinals: BitMap, *, now: datetime, note: Callable[[ErasedRows], None] = lambda _: None
) -> ErasedRows:
    """Delete every row of these customers and publish a photo without them; they are noted as
    deleted. `note` is told in the transaction that makes it visible. Raises LoadError when somebody
    else is writing, or the disk refuses."""
    with writing(wait=WAIT_SECONDS) as writer:
        writer.customers = writer.customers - ordinals
        writer.survivors = {
            away: into for away, into in writer.survivors.items() if away not in ordinals
        }
        deleted = {path: _erase_from(writer, path, ordinals) for path in sorted(writer.tables)}
        of_events = {p: count for p, count in deleted.items() if p.startswith(f"{EVENTS}/")}
        names = {path: writer.known.name(key_of(path)) for path in of_events}
        shares = counted_shares(writer, "customer")

        def record() -> None:
            PrivacyState.move_on()
            gone = Customer.objects.filter(pk__in=list(ordinals), deleted_at=None)
            gone.update(deleted_at=now)
            for path, count in of_events.items():
                _count_less(names[path], count)
            dictionary.record_traits("customer", {}, shares)

            note(erased)

        events = sum(of_events.values())
        total = sum(deleted.values())
        erased = ErasedRows(events=events, traits=total - events)
        load = Load(kind="erasure", file_name="", sha256="", as_of=now, rows_read=total)
        writer.publish(load, (), record)
    return erased


def _erase_from(writer: Writer, path: str, ordinals: BitMap) -> int:
    """Delete the rows of these customers from one table, and say how many."""
    key = key_of(path)
    if key == confirmed_key("customer"):
        return _erase_confirmations(writer, path, ordinals)
    if not key.startswith((f"{EVENTS}/", CUSTOMER_TRAITS)) and key != CUSTOMER_ACCOUNTS:
        return 0
    told: dict[str, int] = {}
    wanted = ", ".join(map(str, ordinals))

    def delete(table: DeltaTable) -> None:
        told.update(
            table.delete(
                f"ordinal IN ({wanted})",
                writer_properties=WRITING,
                commit_properties=COMMIT,
                post_commithook_properties=KEEP_LOG,
            )
        )

    added = writer.rewrite(path, delete)
    if key.startswith(f"{EVENTS}/"):
        note_people_of(added)
    return int(told["num_deleted_rows"])


def _erase_confirmations(writer: Writer, path: str, ordinals: BitMap) -> int:
    """Take these customers out of what says whose values loads only confirmed."""
    key = key_of(path)
    rows = pa.table(writer.known.table(key).to_pyarrow_table())
    stored = [BitMap.deserialize(one) for one in rows["ordinals"].to_pylist()]
    if not any(one & ordinals for one in stored):
        return 0
    left = pa.array([(one - ordinals).serialize() for one in stored], pa.binary())
    place = rows.column_names.index("ordinals")
    rows = rows.set_column(place, "ordinals", left)

    def overwrite(table: DeltaTable) -> None:
        write_deltalake(
            table,
            rows,
            mode="overwrite",
            writer_properties=WRITING,
            commit_properties=COMMIT,
            post_commithook_properties=KEEP_LOG,
        )

    writer.rewrite(path, overwrite)
    return sum(bool(one & ordinals) for one in stored)


def _count_less(event: str, count: int) -> None:
    if count:
        EventEntry.objects.filter(name=event).update(
            event_count=Greatest(F("event_count") - count, 0)
        )


def delete_replaced_files() -> int:
    """Delete every file of the lake that the newest photo does not need, and what the logs of
    tables say of them; how many files. Older photos cannot be opened any more after that, so no run
    may have pinned one. Raises LoadError."""
    with writing(wait=WAIT_SECONDS) as writer:
        photo = Photo.objects.order_by("-pk").first()
        tables: Mapping[str, int] = photo.tables if photo else {}
        found = 0
        for path, version in tables.items():
            writer.step("delete files: before a table")
            found += _delete_files(Path(settings.LAKE_DIR).resolve() / path, version)
    return found


def _delete_files(folder: Path, version: int) -> int:
    # What the writer put back on the way here has files of its own.
    newest = DeltaTable(folder).version()
    needed = {Path(file).name for one in {version, newest} for file in _files(folder, one)}
    replaced = [file for file in folder.glob("*.parquet") if file.name not in needed]
    if not replaced:
        return 0
    DeltaTable(folder, version=version).create_checkpoint()
    for file in replaced:
        file.unlink(missing_ok=True)
    forget_people(folder, but=needed)
    for old in _before(folder / LOG, version):
        old.unlink(missing_ok=True)
    return len(replaced)


def _files(folder: Path, version: int) -> Iterable[str]:
    return noted(folder, version).pieces


def _before(log: Path, version: int) -> list[Path]:
    """The commits and checkpoints before a version: they name the smallest and greatest values of
    files that are no more."""
    files = (*log.glob("*.json"), *log.glob("*.checkpoint*.parquet"))
    return [file for file in files if file.name[:20].isdigit() and int(file.name[:20]) < version]
