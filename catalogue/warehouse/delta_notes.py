"""What Delta Lake says of a table at one version, read once in a process: a version never changes,
and of most tables the next photo names the same one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from catalogue.warehouse.delta_commits import added_by, rounded
from catalogue.warehouse.pieces import Piece, Pieces

# Versions of tables; some thousands of files each, of which each takes some hundred bytes.
MOST = 256
# Of more commits than this the library reads the checkpoint.
MOST_COMMITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The Parquet files of a table, by path, and its columns."""

    pieces: Pieces
    schema: pa.Schema


@lru_cache(maxsize=MOST)
def noted(folder: Path, version: int) -> Noted:
    """What is noted of the table in a folder at a version."""
    found = _from_the_last(folder, version)
    if found is None:
        with _opened(folder, version) as table:
            schema = pa.schema(table.schema().to_arrow())
            found = Noted(pieces=_pieces(table, folder), schema=schema)
    with _lock:
        _newest.pop(folder, None)
        _newest[folder] = version, found
        while len(_newest) > MOST:
            _newest.pop(next(iter(_newest)))
    return found


def note_again(folder: Path, version: int, found: Noted) -> None:
    """Take over what another process noted, unless something is noted here: then only the commits
    since are read."""
    with _lock:
        if len(_newest) < MOST:
            _newest.setdefault(folder, (version, found))


# By folder the version that was noted last, with what was noted.
_newest: dict[Path, tuple[int, Noted]] = {}


def _from_the_last(folder: Path, version: int) -> Noted | None:
    """What was noted last and what the commits since have added; None where they did more, or are
    many."""
    with _lock:
        last, known = _newest.get(folder, (version, None))
    if known is None or not last <= version <= last + MOST_COMMITS:
        return None
    pieces = dict(known.pieces)
    for one in range(last + 1, version + 1):
        added = added_by(folder, one)
        if added is None:
            return None
        pieces |= added
    return Noted(pieces=pieces, schema=known.schema)


# The tables that were read last, by process (a forked one must not use those of its parent).
_kept: dict[tuple[int, Path], DeltaTable] = {}
_lock = Lock()


@contextmanager
def _opened(folder: Path, version: int) -> Iterator[DeltaTable]:
    """A table at a version. One that was read at an earlier version is moved on by what was
    committed since, for opening it reads all commits since its last checkpoint."""
    name = (os.getpid(), folder)
    with _lock:
        # Taken out: should anything go wrong, the next one opens it.
        table = _kept.pop(name, None)
        if table is not None and table.version() < version:
            table = _moved_on(table)
        if table is None or table.version() != version:
            table = DeltaTable(folder, version=version)
        yield table
        while len(_kept) >= MOST:
            _kept.pop(next(iter(_kept)))
        _kept[name] = table


def _moved_on(table: DeltaTable) -> DeltaTable | None:
    """The table at its newest version; None when what was committed since cannot be followed, for
    its old commits are deleted once somebody was erased from it."""
    try:
        table.update_incremental()
    except DeltaError:
        return None
    return table


def _pieces(table: DeltaTable, folder: Path) -> Pieces:
    actions = pa.table(table.get_add_actions(flatten=True))
    newest = actions["max.at"] if "max.at" in actions.column_names else pa.nulls(len(actions))
    told = zip(
        actions["path"].to_pylist(),
        actions["size_bytes"].to_pylist(),
        actions["num_records"].to_pylist(),
        newest.cast(pa.timestamp("us")).to_pylist(),
        strict=True,
    )
    return {
        str(folder / path): Piece(size=size, rows=rows, newest=rounded(at))
        for path, size, rows, at in told
    }
