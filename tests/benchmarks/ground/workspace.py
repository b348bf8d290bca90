"""A workspace of the product over the ground: loaded by its own loader, with its own segments. It
is kept as it was after loading, and begins so whenever it is opened."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from tests.benchmarks.ground.files import STAMP, Files
from tests.benchmarks.ground.lake import LakeFiles
from tests.benchmarks.ground.scale import NOW
from tests.benchmarks.ground.segments import TWO_HUNDRED, document, segments

ROOT = Path(__file__).resolve().parents[3]
# What was loaded by other sources than these is loaded anew.
LOADED_BY = ("warehouse", "models", "migrations", "segments", "definitions")
NOBODY = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """How long the product's loader took: `events` rows in `seconds`, files to photo; and from
    which sources and files that was."""

    made_by: str
    events: int
    seconds: float


def continue_workspace(files: Files) -> None:
    """Make the workspace of these files that of this process as another process left it, which may
    have it open still."""
    from demo.cdnow.workspace import open_workspace as open_folder

    open_folder(files.folder.parent / "workspace")


def open_workspace(files: Files) -> Loaded:
    """Make the workspace of these files that of this process; loads them if that is not done, and
    is reset to what was loaded: nobody else may have it open."""
    from demo.cdnow.workspace import open_workspace as open_folder

    folder, made_by = files.folder.parent / "workspace", _digest(files)
    stamp, database = folder / STAMP, folder / "catalogue.sqlite3"
    loaded = Loaded(**json.loads(stamp.read_text())) if stamp.exists() else None
    if loaded is None or loaded.made_by != made_by:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _open_empty(folder, files.folder.parents[1])
        loaded = Loaded(made_by=made_by, events=files.scale.events, seconds=load(files))
        define(TWO_HUNDRED)
        _close_database()
        shutil.copy(database, database.with_suffix(".loaded"))
        stamp.write_text(json.dumps(asdict(loaded)))
    for journal in folder.glob("catalogue.sqlite3-*"):
        journal.unlink()
    shutil.copy(database.with_suffix(".loaded"), database)
    open_folder(folder)
    return loaded


def _open_empty(folder: Path, kept: Path) -> None:
    """An empty workspace. All migrations take seconds, so a data base after them is kept."""
    from demo.cdnow.workspace import open_workspace as open_folder

    empty = kept / f"empty-{_sources(('migrations',)).hexdigest()[:12]}.sqlite3"
    database = folder / "catalogue.sqlite3"
    if empty.exists():
        shutil.copy(empty, database)
    open_folder(folder)
    if not empty.exists():
        _close_database()
        shutil.copy(database, empty)


def _digest(files: Files) -> str:
    found = _sources(LOADED_BY)
    found.update((files.folder / STAMP).read_bytes())
    return found.hexdigest()


def _sources(folders: Iterable[str]) -> hashlib._Hash:
    found = hashlib.sha256()
    for folder in folders:
        for path in sorted((ROOT / "catalogue" / folder).rglob("*.py")):
            found.update(path.read_bytes())
    return found


def _close_database() -> None:
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def load(files: Files) -> float:
    """Load all files into the open workspace; the seconds that the events took."""
    from catalogue.warehouse import ingest
    from catalogue.warehouse.importers import read_file

    ingest.load_customers(read_file(files.first), as_of=NOW - timedelta(days=400))
    ingest.load_customers(read_file(files.later), as_of=NOW - timedelta(days=7))
    started = time.perf_counter()
    for file in files.happened:
        ingest.load_events(read_file(file), event_column="event")
    return time.perf_counter() - started


def define(count: int) -> None:
    """Apply the first so many segments, as files would be."""
    from catalogue.definitions.segment_file import parse_segment_document
    from catalogue.segments.services import apply_files

    written = (
        {
            "apiVersion": "segment-catalogue/v1",
            "kind": "Segment",
            "key": key,
            "team": "ground",
            "definition": {"timezone": "UTC", "where": document(tree)},
        }
        for key, tree in segments(count).items()
    )
    apply_files([parse_segment_document(one, file_name=one["key"]) for one in written], by=None)


def lake_files(folder: Path) -> LakeFiles:
    """The open workspace's newest photo, for others to read; writes who is who into the folder."""
    from django.conf import settings

    from catalogue.warehouse.lake import PinnedLake
    from catalogue.warehouse.photos import newest_photo

    photo = newest_photo()
    assert photo is not None
    lake = PinnedLake(photo.tables, Path(settings.LAKE_DIR))
    places: dict[str, dict[str, list[str]]] = {"events": {}, "traits": {}}
    for key in lake.keys:
        kind = key.partition("/")[0]
        if kind in places:
            places[kind][lake.name(key)] = sorted(lake.files(key))
    numbers = folder / "numbers.npy"
    np.save(numbers, numbers_by_ordinal())
    return LakeFiles(events=places["events"], traits=places["traits"], numbers=str(numbers))


def numbers_by_ordinal() -> np.ndarray:
    """The ground's number of every ordinal of the open workspace."""
    from catalogue.models import Customer

    pairs = list(Customer.objects.values_list("ordinal", "external_id").iterator(50_000))
    ordinals = np.array([ordinal for ordinal, _ in pairs], dtype=np.int64)
    found = np.full(ordinals.max() + 1, NOBODY, dtype=np.uint32)
    found[ordinals] = np.array([name[1:] for _, name in pairs]).astype(np.uint32)
    return found
