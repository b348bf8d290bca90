"""A few rows of small files: to read them here takes a fraction of the time that a statement of the
back end takes, however little it has to read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import ibis
import numpy as np
import pyarrow as pa

from catalogue.definitions.nodes import Path
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.plain_tests import PlainTest, plain_test
from catalogue.engine.vectors.asked import Asked, Where
from catalogue.warehouse.parquet import FileBackend, is_small, open_small
from catalogue.warehouse.tables import EventTable, ValueColumns

MOST_FILES = 4


def few_rows(backend: ibis.BaseBackend, source: EventTable, asked: Asked) -> pa.Table | None:
    """All rows of small files, as `projection` gives them: `ordinal`, `at`, numbers as they are and
    whether they fit plain tests. None where files are large or many, or anything else is asked."""
    files = backend.files_of(source.table) if isinstance(backend, FileBackend) else ()
    tests = _tests(source, asked) if files else None
    if tests is None or not all(len(prop) == 1 for prop in asked.props):
        return None
    looked_at = (test.column for test in tests.values())
    needed = ["ordinal", "at", *_numbers(source, asked.props), *looked_at]
    columns = list(dict.fromkeys(name for name in needed if name is not None))
    try:
        return _answered(_read(files, columns), source, asked, tests) if _are_small(files) else None
    except (OSError, pa.ArrowException):
        # The back end says better what is wrong with a file.
        return None


# By criterion, how it is decided here.
Tests = Mapping[Criterion, PlainTest]


def _tests(source: EventTable, asked: Asked) -> Tests | None:
    """How each criterion is decided; None where one has to be worked out in the back end."""
    found: dict[Criterion, PlainTest] = {}
    for criterion in (one for where in asked.wheres for one in where):
        (name, *deeper) = criterion.path
        known = source.properties.get(name, ValueColumns())
        test = None if deeper else plain_test(criterion.test, known)
        if test is None:
            return None
        found[criterion] = test
    return found


def _numbers(source: EventTable, props: Sequence[Path]) -> list[str | None]:
    """The column of each number that is asked for."""
    found = (source.properties.get(prop[0]) for prop in props)
    return [None if one is None or one.number is None else one.number.get_name() for one in found]


def _are_small(files: Collection[str]) -> bool:
    return len(files) <= MOST_FILES and all(map(is_small, files))


def _read(files: Collection[str], columns: Sequence[str]) -> pa.Table:
    parts = [_rows(file, columns) for file in files]
    if len(parts) == 1:
        return parts[0]
    return pa.concat_tables(parts, promote_options="default").combine_chunks()


def _rows(file: str, columns: Sequence[str]) -> pa.Table:
    opened = open_small(file)
    # One of the files may lack a column that another one has.
    there = set(opened.schema_arrow.names)
    return opened.read([name for name in columns if name in there], use_threads=False)


def _answered(rows: pa.Table, source: EventTable, asked: Asked, tests: Tests) -> pa.Table:
    found = {"ordinal": rows["ordinal"], "at": rows["at"]}
    for i, name in enumerate(_numbers(source, asked.props)):
        if name in rows.column_names:
            found[f"v{i}"] = rows[name]
    for i, where in enumerate(asked.wheres):
        if where:
            found[f"w{i}"] = pa.array(_fitting(rows, where, tests))
    return pa.table(found)


def _fitting(rows: pa.Table, where: Where, tests: Tests) -> Mask:
    fits = np.ones(len(rows), dtype=bool)
    for criterion in where:
        fits &= tests[criterion].holds(rows) != criterion.negated
    return fits
