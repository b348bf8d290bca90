"""All that a process remembers, in one file, so that another one can begin with it."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, cast

from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.engine.kept.encoding import NotStored, decoded, encoded
from catalogue.engine.kept.memory import Kept
from catalogue.engine.kept.snapshot_file import (
    SnapshotFile,
    SnapshotWriter,
    Unusable,
)
from catalogue.warehouse.pieces import TablesInPieces

ENGINE = Path(__file__).resolve().parents[1]
SOURCES: tuple[Path, ...] = (ENGINE, ENGINE.parent / "definitions", ENGINE.parent / "warehouse")
PACKAGES = ("numpy", "pyroaring", "pyarrow", "duckdb")
# What a document says it is of: whatever makes the same rows mean the same people.
Lineage = Mapping[str, object]
# What whoever writes knows besides, by name.
Beside = dict[str, Any]


@cache
def made_by() -> str:
    """What is equal for two processes only if both would remember the same of the same data: the
    sources of the engine, of what it reads and of the language, and what they run on."""
    found = hashlib.sha256(platform.python_version().encode())
    for package in PACKAGES:
        found.update(f"{package} {version(package)}\n".encode())
    for folder in SOURCES:
        for source in sorted(folder.rglob("*.py")):
            found.update(source.read_bytes())
    return found.hexdigest()


def write_snapshot(
    kept: Kept, tables: TablesInPieces, lineage: Lineage, beside: Beside, file: BinaryIO
) -> None:
    """Write what is remembered and can still be followed on a photo; nothing of rows that are no
    more, and nobody who was deleted is in a sample. Raises OSError."""
    writer = SnapshotWriter(file, made_by())
    sources: list[object] = []
    for kind, name, one in _sources(kept, tables):
        # What has no form is left out, and scanned by whoever begins from here.
        try:
            sources.append([kind, encoded(name, writer), encoded(one, writer)])
        except NotStored:
            continue
    writer.finish(
        {
            "lineage": dict(lineage),
            "sources": sources,
            "beside": encoded(beside, writer),
            "drawn": encoded(_drawn(kept, tables.customers), writer),
        }
    )


def _sources(kept: Kept, tables: TablesInPieces) -> Iterator[tuple[str, Any, object]]:
    for names, of_events in kept.events.items():
        if of_events.pieces <= {p for name in names for p in tables.event_pieces(name)}:
            yield "events", names, of_events
    for (name, subject), of_trait in kept.traits.items():
        if of_trait.pieces <= tables.trait_pieces(name, cast("Subject", subject)).keys():
            yield "traits", (name, subject), of_trait


def _drawn(kept: Kept, alive: BitMap) -> dict[object, tuple[BitMap, BitMap]]:
    return {one: (drawn & alive, true & alive) for one, (drawn, true) in kept.drawn.items()}


def open_snapshot(file: BinaryIO) -> SnapshotFile:
    """A file that is whole and was written by this version. Raises Unusable and OSError."""
    return SnapshotFile(file, made_by())


def read_snapshot(kept: Kept, snapshot: SnapshotFile, is_ours: Callable[[Lineage], bool]) -> Beside:
    """Begin with what a file holds, if it `is_ours`; what was written beside it. Raises Unusable,
    with nothing changed."""
    document = snapshot.document
    if not is_ours(cast("Lineage", document["lineage"])):
        raise Unusable("it is not of the data that there is")
    found: dict[str, dict[Any, Any]] = {"events": {}, "traits": {}}
    for kind, name, one in cast("list[Any]", document["sources"]):
        found[kind][decoded(name, snapshot)] = decoded(one, snapshot)
    drawn, beside = (decoded(document[name], snapshot) for name in ("drawn", "beside"))
    kept.begin_from_file(found["events"], found["traits"], drawn)
    return cast("Beside", beside)
