"""The one writer of the lake: takes the lease, undoes what a dead writer left, appends to tables,
and makes all of it visible at once by a photo. No transaction is open while files are written.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake import (
    ColumnProperties,
    CommitProperties,
    DeltaTable,
    PostCommitHookProperties,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import CommitFailedError, DeltaError
from django.conf import settings
from django.db import DatabaseError, transaction
from pyroaring import BitMap

from catalogue.crashpoint import crashpoint
from catalogue.models import Load, Photo
from catalogue.warehouse import leases
from catalogue.warehouse.connection import Calculator
from catalogue.warehouse.file_people import note_people
from catalogue.warehouse.lake import PinnedLake, pack_merges, unpack_merges
from catalogue.warehouse.layout import EVENTS, key_of, made_by, path_of, paths_on_disk
from catalogue.warehouse.ordinals import Roll
from catalogue.warehouse.photos import newest_photo
from catalogue.warehouse.refusals import LoadError
from catalogue.warehouse.turns import HOLD_SECONDS, LEASE, take_turn

RENEW_EVERY = 20.0
# Times are packed as differences; what is nearly unique gains nothing from a dictionary.
PLAIN = ColumnProperties(dictionary_enabled=False)
WRITING = WriterProperties(
    compression="LZ4",
    column_properties={
        "at": ColumnProperties(dictionary_enabled=False, encoding="DELTA_BINARY_PACKED"),
        "ordinal": PLAIN,
        "event_id": PLAIN,
    },
)
# One writer at a time: a commit of somebody else is a fault, never something to retry after.
COMMIT = CommitProperties(max_commit_retries=0)
# An old photo needs its log entries however old they are.
KEEP_LOG = PostCommitHookProperties(cleanup_expired_logs=False)
UNDOES = "undoesEverythingAfter"
AGAIN = "Nothing was loaded. Load the file again."
LOST = f"This load was held up for so long that another writer took over. {AGAIN}"


class Writer:
    """What the next photo will say, while it is being made. See `writing`."""

    def __init__(self, lake_dir: Path, fence: int) -> None:
        self.lake_dir = lake_dir
        self.fence = fence
        self._renewed = time.monotonic()
        photo = newest_photo()
        self.tables: dict[str, int] = dict(photo.tables) if photo else {}
        self.customers = BitMap.deserialize(bytes(photo.customers)) if photo else BitMap()
        self.accounts = BitMap.deserialize(bytes(photo.accounts)) if photo else BitMap()
        self.survivors = unpack_merges(bytes(photo.merges)) if photo else {}
        self.calculator = Calculator(lake_dir)
        self._opened: dict[str, DeltaTable] = {}
        self._unsynced: set[Path] = set()

    @cached_property
    def known(self) -> PinnedLake:
        """What was in the lake before this writer; to be asked for after rolling back."""
        return PinnedLake(dict(self.tables), self.lake_dir)

    def step(self, name: str) -> None:
        """Between two steps: keep the lease, and let tests stop the process here."""
        crashpoint(name)
        if time.monotonic() - self._renewed > RENEW_EVERY:
            if not leases.renew(LEASE, self.fence, HOLD_SECONDS):
                raise LoadError(LOST)
            self._renewed = time.monotonic()

    def roll_back(self) -> None:
        """Undo what no photo names: folders are removed, tables put back to their version. Only
        folders and versions that no reader can have seen are touched."""
        for path in paths_on_disk(self.lake_dir):
            # A younger fence is another writer's, who took over while we were held up.
            if path not in self.tables and made_by(path) <= self.fence:
                self.step("roll back: remove a table")
                shutil.rmtree(self.lake_dir / path)
        for path, version in self.tables.items():
            self._put_back(path, version)

    def _put_back(self, path: str, version: int) -> None:
        if not _log_file(self.lake_dir / path, version + 1).exists():
            return
        table = DeltaTable(self.lake_dir / path)
        if _undone(table, version):
            self.tables[path] = table.version()
            return
        self.step("roll back: restore a table")
        note = CommitProperties(custom_metadata={UNDOES: str(version)}, max_commit_retries=0)
        table.restore(version, commit_properties=note, post_commithook_properties=KEEP_LOG)
        self.tables[path] = table.version()

    def append(self, key: str, rows: pa.Table, *, name: str) -> None:
        """Add rows to the table of a key; a new table keeps `name`, for long ones do not fit."""
        if not len(rows):
            return
        path = next((p for p in self.tables if key_of(p) == key), path_of(key, self.fence))
        self.step("append: before")
        table = self._table(path)
        try:
            write_deltalake(
                table or self.lake_dir / path,
                rows.combine_chunks(),
                mode="append",
                schema_mode="merge",
                name=name,
                writer_properties=WRITING,
                commit_properties=COMMIT,
                post_commithook_properties=KEEP_LOG,
            )
        except CommitFailedError as error:
            raise _somebody_else(path) from error
        self.step("append: after")
        added = self._note(path, table or DeltaTable(self.lake_dir / path))
        if key.startswith(f"{EVENTS}/"):
            note_people(added, rows)

    def rewrite(self, path: str, change: Callable[[DeltaTable], object]) -> list[Path]:
        """Have `change` write a table anew by one commit, or by none; the files that it added."""
        table = self._table(path)
        assert table is not None  # noqa: S101 (whoever asks read the path from us)
        self.step("rewrite: before")
        try:
            change(table)
        except CommitFailedError as error:
            raise _somebody_else(path) from error
        self.step("rewrite: after")
        return self._note(path, table) if table.version() != self.tables[path] else []

    def _table(self, path: str) -> DeltaTable | None:
        """The table as it is for this writer, opened once; None when it is still to be made."""
        if path in self.tables and path not in self._opened:
            self._opened[path] = self.known.hand_over(key_of(path))
        return self._opened.get(path)

    def _note(self, path: str, table: DeltaTable) -> list[Path]:
        """Take note of the version just written; the files that it added."""
        if table.version() != self.tables.get(path, -1) + 1:
            raise _somebody_else(path)
        self.tables[path], self._opened[path] = table.version(), table
        folder = self.lake_dir / path
        log = _log_file(folder, table.version())
        # At once: after a power cut the next writer must be able to read it to undo it.
        _sync(log)
        above = (f for f in folder.parents if f.is_relative_to(self.lake_dir))
        added = _added(log)
        self._unsynced.update((*added, log.parent, folder, *above))
        return added

    def _harden(self) -> None:
        """See everything written safely on the disk."""
        while self._unsynced:
            _sync(self._unsynced.pop())

    def live(self, subject: str) -> BitMap:
        """The ordinals that are live in the photo we started from."""
        return self.customers if subject == "customer" else self.accounts

    def live_after(self, subject: str, rolls: tuple[Roll, ...]) -> BitMap:
        """The ordinals that will be live once these rolls are entered."""
        new = (roll.new.values() for roll in rolls if roll.subject == subject)
        return self.live(subject).union(*(BitMap(list(numbers)) for numbers in new))

    def publish(self, load: Load, rolls: tuple[Roll, ...], record: Callable[[], None]) -> Photo:
        """Make everything visible in one transaction: photo, ids, dictionary (`record`), load."""
        self.customers = self.live_after("customer", rolls)
        self.accounts = self.live_after("account", rolls)
        self._harden()
        self.step("publish: before")
        with transaction.atomic():
            # Renewing takes the row: until we commit, nobody can take the lease over.
            if not leases.renew(LEASE, self.fence, HOLD_SECONDS):
                raise LoadError(LOST)
            for roll in rolls:
                roll.enter()
            crashpoint("publish: ids written")
            load.photo = self._photo()
            crashpoint("publish: photo written")
            record()
            load.save()
            crashpoint("publish: all written")
        crashpoint("publish: committed")
        return load.photo

    def _photo(self) -> Photo:
        return Photo.objects.create(
            tables=self.tables,
            customers=_packed(self.customers),
            accounts=_packed(self.accounts),
            merges=pack_merges(self.survivors),
        )


def _packed(bitmap: BitMap) -> bytes:
    bitmap.run_optimize()
    return bitmap.serialize()


def _log_file(folder: Path, version: int) -> Path:
    return folder / "_delta_log" / f"{version:020}.json"


def _added(log: Path) -> list[Path]:
    """The Parquet files that a commit added."""
    actions = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return [log.parents[1] / action["add"]["path"] for action in actions if "add" in action]


def _undone(table: DeltaTable, version: int) -> bool:
    """Whether the newest commit already put the table back to this version."""
    return bool(table.history(1)[0].get(UNDOES) == str(version))


def _somebody_else(path: str) -> LoadError:
    return LoadError(f"Somebody else wrote to the lake ({path}) during this load. {AGAIN}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def writing(*, wait: float = 60.0, lake_dir: Path | None = None) -> Iterator[Writer]:
    """The only writer for as long as the block lasts. Waits up to `wait` seconds for another one.

    What the block does not publish is undone, at its end or by the next writer. Raises LoadError
    when somebody else is writing, and when the disk or the database refuses."""
    folder = Path(lake_dir or settings.LAKE_DIR)
    with _in_sentences(folder):
        fence = take_turn(wait)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            writer = Writer(folder, fence)
            crashpoint("lease taken")
            writer.roll_back()
            with closing(writer.calculator):
                yield writer
        except BaseException:
            _tidy(folder, fence)
            raise
        finally:
            with suppress(DatabaseError):
                leases.release(LEASE, fence)


def _tidy(folder: Path, fence: int) -> None:
    """Make room at once; should it fail, the next writer does it."""
    with suppress(OSError, DeltaError, DatabaseError, LoadError):
        if leases.renew(LEASE, fence, HOLD_SECONDS):
            Writer(folder, fence).roll_back()


@contextmanager
def _in_sentences(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, DeltaError, duckdb.Error) as error:
        raise LoadError(
            f"The lake in {folder} could not be written: {error}. Nothing was loaded. See that the "
            "disk has room and the folder may be written to, then load the file again."
        ) from error
    except DatabaseError as error:
        raise LoadError(
            f"The database could not be written: {error}. Nothing was loaded. See that it has room "
            "and can be reached, then load the file again."
        ) from error
