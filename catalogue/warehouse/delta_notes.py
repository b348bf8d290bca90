"""What Delta Lake says of a table at one version, read once in a process: a version never changes,
and of most tables the next photo names the same one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from threading import Lock

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from catalogue.warehouse.pieces import Piece, Pieces

# Versions of tables; some thousands of files each, of which each takes some hundred bytes.
MOST = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The Parquet files of a table, by path, and its columns."""

    pieces: Pieces
    schema: pa.Schema


@lru_cache(maxsize=MOST)
def noted(folder: Path, version: int) -> Noted:
    """What is noted of the table in a folder at a version."""
    with _opened(folder, version) as table:
        return Noted(pieces=_pieces(table, folder), schema=pa.schema(table.schema().to_arrow()))


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
        str(folder / path): Piece(size=size, rows=rows, newest=_rounded(at))
        for path, size, rows, at in told
    }


def _rounded(newest: datetime | None) -> datetime | None:
    # It may have been cut to milliseconds.
    return newest and newest + timedelta(milliseconds=1)
