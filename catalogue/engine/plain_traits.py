"""Changes of a trait read by Arrow and judged here. Files keep texts as places in a list of the
different ones, and so they are read: a tenth of the time that a statement of the back end takes to
spell them out and compare each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.readings import Reading
from catalogue.engine.conditions.traits import TraitCondition, TraitDate, TraitFigure
from catalogue.engine.local_times import naive
from catalogue.engine.plain_tests import plain_test
from catalogue.engine.vectors.newest import are_distinct
from catalogue.warehouse.parquet import FileBackend
from catalogue.warehouse.tables import KINDS, Tables, TraitChanges

OnTrait = TraitCondition | TraitFigure | TraitDate
# Larger ones are left to the back end, which need not have all of them in memory.
MOST_ROWS = 1 << 24
# Of a text that is written as a place in a list of few, no more bytes are needed.
BYTES_OF_A_PLACE, BYTES_OF_A_LIST = 3, 4096
WHEN = ("ordinal", "at", "sequence")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRows:
    """Every change up to `now`, in whatever order. `rows`: `ordinal` of each, and `at` and
    `sequence` if there may be two of one customer; `answers`: for which of them a condition holds,
    or which date they say."""

    rows: pa.Table
    answers: Mapping[OnTrait, pa.ChunkedArray | Mask]


def plain_rows(
    changes: TraitChanges,
    conditions: Sequence[OnTrait],
    tables: Tables,
    now: datetime,
    *,
    with_changes: bool,
) -> PlainRows | None:
    """The changes of a trait whose values are all of one kind; None where files are too large, or
    anything is asked that has to be worked out by the back end. `with_changes`: `at` and
    `sequence` are wanted anyway."""
    backend = tables.connection
    files = backend.files_of(changes.table) if isinstance(backend, FileBackend) else ()
    answering = _answering(conditions, changes) if files else None
    if answering is None:
        return None
    try:
        rows = _rows(files, changes, now, with_changes=with_changes)
    except (OSError, pa.ArrowException):
        # The back end says better what is wrong with a file.
        return None
    if rows is None:
        return None
    answers = {one: answer(rows) for one, answer in answering.items()}
    return PlainRows(rows=rows, answers=answers)


# What all rows answer.
Answering = Callable[[pa.Table], pa.ChunkedArray | Mask]


def _answering(
    conditions: Sequence[OnTrait], changes: TraitChanges
) -> Mapping[OnTrait, Answering] | None:
    """How each is answered; None where one has to be worked out by the back end."""
    found: dict[OnTrait, Answering] = {}
    for one in conditions:
        answer = _answer(one, changes)
        if answer is None:
            return None
        found[one] = answer
    return found


def _answer(asked: OnTrait, changes: TraitChanges) -> Answering | None:
    match asked:
        case TraitCondition(path=(_,), test=test):
            plain = plain_test(test, changes.value)
            return None if plain is None else plain.holds
        case TraitDate(path=(_,), reading=reading):
            return _date(reading, changes)
    return None


def _date(reading: Reading, changes: TraitChanges) -> Answering | None:
    """Of instants; dates that are texts have to be read."""
    if not {kind for kind in KINDS if getattr(changes.value, kind) is not None} <= {"instant"}:
        return None
    column = changes.value.instant
    if reading is Reading.MOMENT and column is not None:
        name = column.get_name()
        return lambda rows: rows[name]
    return lambda rows: pa.chunked_array([pa.nulls(len(rows), pa.timestamp("us"))])


def _rows(
    files: Collection[str], changes: TraitChanges, now: datetime, *, with_changes: bool
) -> pa.Table | None:
    opened = {file: pq.read_metadata(file) for file in files}
    if sum(one.num_rows for one in opened.values()) > MOST_ROWS:
        return None
    if not all(map(_are_texts_few, opened.values())):
        return None
    values = [name for name in changes.value.names if name is not None]
    if not with_changes and len(opened) == 1:
        (only,) = opened.values()
        if _is_over(only, now):
            rows = _read(opened, ["ordinal", *values])
            # Hardly ever has one file two changes of somebody.
            if are_distinct(rows["ordinal"].to_numpy()):
                return rows
    return _until(_read(opened, [*WHEN, *values]), now)


def _read(opened: Mapping[str, pq.FileMetaData], columns: Sequence[str]) -> pa.Table:
    parts = []
    for file, metadata in opened.items():
        there = metadata.schema.names
        coded = ["text"] if "text" in there else None
        # Two traits may be read at once; reading ahead and by several threads takes more memory.
        with pq.ParquetFile(
            file, metadata=metadata, read_dictionary=coded, pre_buffer=False
        ) as one:
            parts.append(one.read([name for name in columns if name in there], use_threads=False))
    if len(parts) == 1:
        return parts[0]
    return pa.concat_tables(parts, promote_options="default").unify_dictionaries()


def _chunks(metadata: pq.FileMetaData, name: str) -> Iterator[pq.ColumnChunkMetaData]:
    if name in metadata.schema.names:
        place = metadata.schema.names.index(name)
        yield from (metadata.row_group(i).column(place) for i in range(metadata.num_row_groups))


def _are_texts_few(metadata: pq.FileMetaData) -> bool:
    """Whether texts are places in a list, and not written out one by one."""
    size = sum(one.total_uncompressed_size for one in _chunks(metadata, "text"))
    return bool(size <= BYTES_OF_A_PLACE * metadata.num_rows + BYTES_OF_A_LIST)


def _is_over(metadata: pq.FileMetaData, now: datetime) -> bool:
    """Whether it is known that no change is to come any more."""
    known = [one.statistics for one in _chunks(metadata, "at")]
    return all(one is not None and one.has_min_max and one.max <= naive(now) for one in known)


def _until(rows: pa.Table, now: datetime) -> pa.Table:
    return rows.filter(pc.less_equal(rows["at"], pa.scalar(naive(now), pa.timestamp("us"))))
