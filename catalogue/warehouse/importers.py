"""Files as sheets: CSV and Parquet read into columns, with the rows that cannot be read."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from catalogue.warehouse.kinds import split_column
from catalogue.warehouse.refusals import LoadError, Refusal

CHUNK = 1 << 20
PARQUET = b"PAR1"
BLOCK = 1 << 26  # of CSV bytes; a single row may not be longer
# Exactly as JSON would write the number back, with no more digits than a float64 surely keeps.
JSON_NUMBER = r"^(0|-?[1-9][0-9]{0,14}|-?0\.0{0,5}[1-9]([0-9]*[1-9])?|-?[1-9][0-9]*\.[0-9]*[1-9])$"
LONGEST_NUMBER = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file's rows. `table` has one chunk per column; `rows` are the rows' numbers as people count
    them; `unreadable` are rows that are not in the table. `as_text`: every cell is text (CSV)."""

    name: str
    table: pa.Table
    rows: np.ndarray
    sha256: str
    as_text: bool
    unreadable: list[Refusal] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        """All rows of the file, the unreadable ones too."""
        return len(self.rows) + len(self.unreadable)

    def column(self, name: str, option: str) -> pa.Array:
        """A column by name; LoadError names the option to set when there is none."""
        if name not in self.table.column_names:
            there = ", ".join(map(repr, self.table.column_names)) or "none"
            raise LoadError(
                f"{self.name} has no column {name!r}. It has: {there}. Say which one with {option}."
            )
        return whole(self.table.column(name))

    def values(self, name: str) -> dict[str, pa.Array]:
        """A column's values by kind."""
        column = whole(self.table.column(name))
        if self.as_text:
            return typed_text(column)
        try:
            return split_column(column)
        except (TypeError, pa.ArrowException) as error:
            raise LoadError(
                f"{self.name}: column {name!r} is of type {column.type}, which cannot be kept: "
                f"{error}. Turn it into text or numbers, or leave it out."
            ) from error


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    combined = column.combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined


def typed_text(column: pa.Array) -> dict[str, pa.Array]:
    """A CSV column: numbers or booleans when all its cells are, else text (see docs/decisions)."""
    if column.null_count == len(column):
        return {}
    if _all(pc.is_in(column, value_set=pa.array(["true", "false"]), skip_nulls=True), column):
        return {"boolean": pc.equal(column, "true")}
    short = pc.less_equal(pc.utf8_length(column), LONGEST_NUMBER)
    if _all(short, column) and _all(pc.match_substring_regex(column, JSON_NUMBER), column):
        return {"number": column.cast(pa.float64())}
    return {"text": column}


def _all(holds: pa.Array, column: pa.Array) -> bool:
    return bool(pc.sum(holds).as_py() == len(column) - column.null_count) and bool(
        pc.all(pc.or_kleene(holds, pc.is_null(column))).as_py()
    )


def read_file(path: Path) -> Sheet:
    """A CSV (UTF-8, commas, with a header) or Parquet file. Raises LoadError."""
    try:
        with path.open("rb") as file:
            is_parquet = file.read(4) == PARQUET
        checksum = _checksum(path)
        return _read_parquet(path, checksum) if is_parquet else _read_csv(path, checksum)
    except OSError as error:
        raise LoadError(f"{path} cannot be read: {error.strerror or error}.") from error


def sheet_of(table: pa.Table, *, name: str) -> Sheet:
    """A table made by a program, loaded as a file would be."""
    digest = hashlib.sha256(name.encode())
    for batch in table.to_batches():
        digest.update(batch.serialize())
    rows = np.arange(1, len(table) + 1)
    return Sheet(name=name, table=table, rows=rows, sha256=digest.hexdigest(), as_text=False)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_parquet(path: Path, checksum: str) -> Sheet:
    try:
        table = pyarrow.parquet.read_table(path, partitioning=None)
        table.validate(full=True)  # text in a Parquet file need not be UTF-8
    except (pa.ArrowException, OSError) as error:
        raise LoadError(
            f"{path.name} is no whole Parquet file: {error}. Export it again."
        ) from error
    _check_header(path.name, table.column_names)
    rows = np.arange(1, len(table) + 1)
    return Sheet(name=path.name, table=table, rows=rows, sha256=checksum, as_text=False)


def _read_csv(path: Path, checksum: str) -> Sheet:
    _check_encoding(path)
    unreadable: list[Refusal] = []
    names = _header(path)
    table = _parse_csv(path, names, unreadable)
    _check_last_quote(path, table, unreadable)
    numbers = np.arange(2, 2 + len(table) + len(unreadable))
    rows = np.setdiff1d(numbers, [refusal.row for refusal in unreadable], assume_unique=True)
    full = ~_blank(table)
    return Sheet(
        name=path.name,
        table=table.filter(pa.array(full)).combine_chunks(),
        rows=rows[full],
        sha256=checksum,
        as_text=True,
        unreadable=unreadable,
    )


def _blank(table: pa.Table) -> np.ndarray:
    empty = np.ones(len(table), dtype=bool)
    for column in table.columns:
        empty &= whole(column).is_null().to_numpy(zero_copy_only=False)
    return empty


def _parse_csv(path: Path, names: list[str], unreadable: list[Refusal]) -> pa.Table:
    def skip(row: pyarrow.csv.InvalidRow) -> str:
        why = f"the header has {row.expected_columns} cells, this row {row.actual_columns}"
        unreadable.append(Refusal(row=row.number, column="", why=why))
        return "skip"

    try:
        return pyarrow.csv.read_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=BLOCK),
            parse_options=pyarrow.csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=skip
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
                check_utf8=False,
            ),
        )
    except pa.ArrowException as error:
        raise LoadError(f"{path.name} is no CSV that can be read: {error}.") from error


def _header(path: Path) -> list[str]:
    """The column names, each there once."""
    options = pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
    with path.open("rb") as file:
        head = file.read(CHUNK)
    first = head.splitlines()[0] + b"\n" if head.strip() else b""
    try:
        names = pyarrow.csv.read_csv(pa.BufferReader(first), parse_options=options).column_names
    except pa.ArrowException as error:
        raise LoadError(f"{path.name} is empty: it has not even a header.") from error
    _check_header(path.name, names)
    if len(names) == 1 and ";" in names[0]:
        raise LoadError(f"{path.name} separates its columns with “;”. Save it with commas.")
    return list(names)


def _check_header(file_name: str, names: list[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise LoadError(f"{file_name} has the column {twice[0]!r} twice. Rename one of them.")
    for place, name in enumerate(names, start=1):
        if not name.strip() or len(name) > 500 or "\0" in name:
            raise LoadError(
                f"{file_name}: the name of column {place} is {shown_name(name)}. "
                "Give it a name of 1 to 500 characters."
            )


def shown_name(name: str) -> str:
    """A column's name for a sentence."""
    return "empty" if not name.strip() else f"{name[:40]!r}…"


def _check_encoding(path: Path) -> None:
    """Refuse what is not UTF-8, naming the line and byte."""
    offset, line, rest = 0, 1, b""
    with path.open("rb") as file:
        if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            raise LoadError(f"{path.name} is UTF-16. Save it as UTF-8.")
        file.seek(0)
        while chunk := file.read(CHUNK):
            data = rest + chunk
            try:
                data.decode("utf-8")
                rest = b""
            except UnicodeDecodeError as error:
                if error.end < len(data) or error.reason != "unexpected end of data":
                    _refuse_encoding(path, data, offset, line, error)
                rest = data[error.start :]
            done = data[: len(data) - len(rest)]
            offset, line = offset + len(done), line + done.count(b"\n")
    if rest:
        raise LoadError(
            f"{path.name} ends in the middle of a character (byte {offset}). Export it again."
        )


def _refuse_encoding(
    path: Path, data: bytes, offset: int, line: int, error: UnicodeDecodeError
) -> None:
    at_line = line + data.count(b"\n", 0, error.start)
    raise LoadError(
        f"{path.name} is not UTF-8: byte {offset + error.start} (line {at_line}) is "
        f"0x{data[error.start]:02x}. Save it as UTF-8."
    ) from error


def _check_last_quote(path: Path, table: pa.Table, unreadable: list[Refusal]) -> None:
    """A quote that is never closed makes one cell of all that follows; only the quotes' number and
    a line break in the last row give it away."""
    if _count_quotes(path) % 2 == 0:
        return
    last = table.slice(len(table) - 1).to_pylist() if len(table) else []
    broken = any("\n" in (value or "") for row in last for value in row.values())
    if broken or unreadable:
        row = 1 + len(table) + len(unreadable)
        raise LoadError(f"{path.name}: a quote opened in row {row} or before is never closed.")


def _count_quotes(path: Path) -> int:
    quotes = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            quotes += chunk.count(b'"')
    return quotes
