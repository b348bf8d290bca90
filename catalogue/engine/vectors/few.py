"""A few rows of small files: to read them here takes a fraction of the time that a statement of the
back end takes, however little it has to read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from os import stat

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from catalogue.engine.vectors.asked import Asked
from catalogue.warehouse.parquet import FileBackend
from catalogue.warehouse.tables import EventTable

MOST_FILES, MOST_BYTES = 4, 1 << 20


def few_rows(backend: ibis.BaseBackend, source: EventTable, asked: Asked) -> pa.Table | None:
    """All rows of small files, as `projection` gives them: `ordinal`, `at` and numbers as they are.
    None where files are large or many, or anything is to be worked out."""
    files = backend.files_of(source.table) if isinstance(backend, FileBackend) else ()
    if not files or not asked.is_plain:
        return None
    numbers = dict(_numbers(source, asked))
    try:
        return _read(files, numbers) if _are_small(files) else None
    except (OSError, pa.ArrowException):
        # The back end says better what is wrong with a file.
        return None


def _numbers(source: EventTable, asked: Asked) -> Iterator[tuple[str, str]]:
    """The column of each number that is asked for, by the name that it is given."""
    for i, (prop,) in enumerate(asked.props):
        number = source.properties[prop].number if prop in source.properties else None
        if number is not None:
            yield f"v{i}", number.get_name()


def _are_small(files: Collection[str]) -> bool:
    return len(files) <= MOST_FILES and sum(stat(file).st_size for file in files) <= MOST_BYTES


def _read(files: Collection[str], numbers: dict[str, str]) -> pa.Table:
    parts = [_rows(file, numbers) for file in files]
    return pa.concat_tables(parts, promote_options="default").combine_chunks()


def _rows(file: str, numbers: dict[str, str]) -> pa.Table:
    # One of the files may lack a column that another one has.
    with pq.ParquetFile(file) as opened:
        there = set(opened.schema_arrow.names)
        names = {"ordinal": "ordinal", "at": "at"}
        names |= {name: column for name, column in numbers.items() if column in there}
        found = opened.read(columns=list(dict.fromkeys(names.values())), use_threads=False)
    return pa.table({name: found[column] for name, column in names.items()})
