"""Who has rows in a Parquet file, kept beside it: whoever asks only who ever did something need not
read the file. A file is never changed, so neither is this; where it is missing the file is read."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyroaring import BitMap

# Delta Lake leaves names alone that begin so.
FOLDER = "_people"
DIGEST_BYTES = 32
logger = logging.getLogger(__name__)


def note_people(files: Iterable[Path], rows: pa.Table) -> None:
    """Keep who is in new files, which together hold these rows. What cannot be kept is left out: by
    now the rows are written, and no load fails for want of this."""
    files = list(files)
    try:
        for file in files:
            ordinals = rows["ordinal"] if len(files) == 1 else _ordinals(file)
            _write(_place(file), BitMap(np.unique(ordinals.to_numpy()).astype(np.uint32).data))
    except OSError as error:
        logger.warning("who is in %s could not be kept: %s", ", ".join(map(str, files)), error)


def note_people_of(files: Iterable[Path]) -> None:
    """The same of files that were rewritten, which are read for it."""
    for file in files:
        note_people([file], pq.read_table(file, columns=["ordinal"]))


def forget_people(folder: Path, *, but: Collection[str]) -> None:
    """Delete what is kept of files of a folder that are no more; `but`: the names of those that
    are."""
    for place in (folder / FOLDER).glob("*"):
        if place.name.removesuffix(".roaring") not in but:
            place.unlink(missing_ok=True)


def people_of(file: Path) -> BitMap | None:
    """The ordinals, as they were written, of all rows of a file; None where that was not kept, or
    is damaged."""
    try:
        told = _place(file).read_bytes()
    except OSError:
        return None
    digest, stored = told[:DIGEST_BYTES], told[DIGEST_BYTES:]
    if hashlib.sha256(stored).digest() != digest:
        logger.warning("who is in %s is damaged; the file is read instead", file)
        return None
    return BitMap.deserialize(stored)


def _place(file: Path) -> Path:
    return file.parent / FOLDER / f"{file.name}.roaring"


def _ordinals(file: Path) -> pa.ChunkedArray:
    return pq.read_table(file, columns=["ordinal"])["ordinal"]


def _write(place: Path, people: BitMap) -> None:
    people.run_optimize()
    stored = people.serialize()
    place.parent.mkdir(exist_ok=True)
    half = place.with_suffix(".half")
    half.write_bytes(hashlib.sha256(stored).digest() + stored)
    half.replace(place)
