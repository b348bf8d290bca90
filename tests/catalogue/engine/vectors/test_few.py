"""Small files are read here, with the rows that the back end finds."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalogue.definitions.windows import Interval
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.numbers import InRange
from catalogue.engine.conditions.values import IsSet, equal_to
from catalogue.engine.vectors import few, rows
from catalogue.engine.vectors.asked import Asked
from catalogue.warehouse import parquet
from catalogue.warehouse.connection import open_connection
from catalogue.warehouse.parquet import open_files
from catalogue.warehouse.tables import EventTable, Tables, ValueColumns

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR, MICRO = timedelta(hours=1), timedelta(microseconds=1)
KNOWN = pa.schema(
    {"ordinal": pa.int32(), "at": pa.timestamp("us"), "v.number": pa.float64()},
)
ASKED = Asked(wheres=[frozenset()], props=[("v",), ("never",)])


class OnFiles:
    """Of Tables what the reader looks at."""

    def __init__(self, folder: Path) -> None:
        self.connection = open_connection(lake=folder)

    def events(self, *files: str) -> EventTable:
        table = open_files(self.connection, files, KNOWN)
        kinds = {"number": table["v.number"]} if "v.number" in table.columns else {}
        return EventTable(table=table, properties={"v": ValueColumns(**kinds)})


def write(folder: Path, name: str, instants: list[datetime], numbers: list[float | None]) -> str:
    columns = {
        "ordinal": list(range(len(instants))),
        "at": [at.replace(tzinfo=None) for at in instants],
        "v.number": numbers,
    }
    columns = {key: values for key, values in columns.items() if values}
    schema = pa.schema([KNOWN.field(key) for key in columns])
    pq.write_table(pa.table(columns, schema=schema), folder / name)
    return str(folder / name)


def found(tables: Tables, source: EventTable, covered: Interval) -> list[tuple[object, ...]]:
    read = []
    with closing(rows.read([source], ASKED, covered, tables, with_times=True)) as stream:
        for some in stream:
            numbers = some.numbers[("v",)]
            assert np.isnan(some.numbers[("never",)]).all()
            assert (np.diff(some.at) >= 0).all()
            read += list(
                zip(some.at.tolist(), some.ordinals.tolist(), map(str, numbers), strict=True)
            )
    return sorted(read)


INTERVALS = [
    Interval(),
    Interval(start=NOON),
    Interval(end=NOON),
    Interval(start=NOON, end=NOON + HOUR),
    Interval(start=NOON + MICRO, end=NOON + HOUR + MICRO),
    Interval(start=NOON + 9 * HOUR, end=NOON + 10 * HOUR),
]


@pytest.mark.parametrize("covered", INTERVALS)
def test_the_same_rows_are_found_as_by_the_back_end(
    covered: Interval, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = OnFiles(tmp_path)
    edges = [NOON + HOUR, NOON, NOON - MICRO, NOON + MICRO, NOON + HOUR - MICRO, NOON + 5 * HOUR]
    source = tables.events(
        write(tmp_path, "one.parquet", edges, [1.0, None, -2.5, float("inf"), 4.0, 0.0]),
        write(tmp_path, "other.parquet", edges[::-1], []),
        write(tmp_path, "third.parquet", [NOON], [7.0]),
    )
    here = found(tables, source, covered)
    assert few.few_rows(tables.connection, source, ASKED) is not None
    monkeypatch.setattr(few, "MOST_FILES", 0)
    assert few.few_rows(tables.connection, source, ASKED) is None
    assert here == found(tables, source, covered)


def test_large_files_are_left_to_the_back_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = OnFiles(tmp_path)
    source = tables.events(write(tmp_path, "one.parquet", [NOON], [1.0]))
    monkeypatch.setattr(parquet, "SMALL_BYTES", 10)
    assert few.few_rows(tables.connection, source, ASKED) is None


def test_a_damaged_file_is_left_to_the_back_end(tmp_path: Path) -> None:
    tables = OnFiles(tmp_path)
    file = write(tmp_path, "one.parquet", [NOON], [1.0])
    source = tables.events(file)
    Path(file).write_bytes(b"PAR1 no more PAR1")
    assert few.few_rows(tables.connection, source, ASKED) is None
    Path(file).unlink()
    assert few.few_rows(tables.connection, source, ASKED) is None


TEXTS = [["pro"], ["pro", "free"], ["1"], ["true", ""], ["none of them"]]
WHERES = [
    *(
        frozenset({Criterion(path=("kind",), test=equal_to(texts), negated=negated)})
        for texts in TEXTS
        for negated in (False, True)
    ),
    frozenset({Criterion(path=("v",), test=InRange(low=0.0, high=4.0))}),
    frozenset({Criterion(path=("v",), test=InRange(low=0.0, open=True), negated=True)}),
    frozenset({Criterion(path=("v",), test=equal_to([7, -2.5]))}),
    frozenset({Criterion(path=("v",), test=IsSet()), Criterion(path=("kind",), test=IsSet())}),
    frozenset({Criterion(path=("never",), test=IsSet(), negated=True)}),
]
KINDS = ["pro", None, "free", "1", "", "true"]


def with_kinds(folder: Path, name: str, numbers: list[float | None] | None) -> str:
    columns = {
        "ordinal": pa.array(range(len(KINDS)), pa.int32()),
        "at": pa.array([NOON.replace(tzinfo=None)] * len(KINDS), pa.timestamp("us")),
        "kind.text": pa.array(KINDS, pa.string()),
    }
    if numbers is not None:
        columns["v.number"] = pa.array(numbers, pa.float64())
    pq.write_table(pa.table(columns), folder / name)
    return str(folder / name)


def test_plain_tests_fit_the_rows_that_they_fit_in_the_back_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = OnFiles(tmp_path)
    files = [
        with_kinds(tmp_path, "one.parquet", [1.0, None, -2.5, 0.0, 4.0, 7.0]),
        with_kinds(tmp_path, "other.parquet", None),
    ]
    known = pa.schema([*KNOWN, pa.field("kind.text", pa.string())])
    table = open_files(tables.connection, files, known)
    properties = {
        "v": ValueColumns(number=table["v.number"]),
        "kind": ValueColumns(text=table["kind.text"]),
    }
    source = EventTable(table=table, properties=properties)
    asked = Asked(wheres=WHERES, props=[("v",)])

    def fitting() -> list[list[tuple[int, bool]]]:
        read = rows.read([source], asked, Interval(), cast("Tables", tables), with_times=True)
        found = list(read)
        masks = [
            np.concatenate([np.asarray(some.fits[where]) for some in found]) for where in WHERES
        ]

        whose = np.concatenate([some.ordinals for some in found]).tolist()
        return [sorted(zip(whose, mask.tolist(), strict=True)) for mask in masks]

    assert few.few_rows(tables.connection, source, asked) is not None
    here = fitting()
    assert any(fits for one in here for _, fits in one)
    monkeypatch.setattr(few, "MOST_FILES", 0)
    assert here == fitting()


@pytest.mark.parametrize(
    "criterion",
    [
        Criterion(path=("kind",), test=equal_to([1])),
        Criterion(path=("kind",), test=InRange(low=0.0)),
        Criterion(path=("kind", "deeper"), test=equal_to(["pro"])),
    ],
)
def test_what_has_to_be_worked_out_is_left_to_the_back_end(
    criterion: Criterion, tmp_path: Path
) -> None:
    tables = OnFiles(tmp_path)
    known = pa.schema([*KNOWN, pa.field("kind.text", pa.string())])
    table = open_files(tables.connection, [with_kinds(tmp_path, "one.parquet", None)], known)
    source = EventTable(table=table, properties={"kind": ValueColumns(text=table["kind.text"])})
    asked = Asked(wheres=[frozenset({criterion})], props=[])
    assert few.few_rows(tables.connection, source, asked) is None
