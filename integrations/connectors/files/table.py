"""A CSV file of members: ids in the first column, and beside them whatever is known."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


class NoTable(Exception):
    """The bytes are no such file; the message says why not."""


@dataclass(slots=True)
class Table:
    """`rows`: {id: cells beside it}, one for each of `columns`. Changed in place, for a file may
    have a million lines."""

    columns: tuple[str, ...] = ()
    rows: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def widen(self, columns: Iterable[str]) -> None:
        """Have these columns too, after those that are there; what is not known is blank."""
        new = [name for name in dict.fromkeys(columns) if name not in self.columns]
        if new:
            blank = ("",) * len(new)
            self.columns = (*self.columns, *new)
            self.rows = {name: (*cells, *blank) for name, cells in self.rows.items()}

    def narrow(self, columns: Iterable[str]) -> None:
        """Have these columns no longer."""
        gone = set(columns)
        kept = [at for at, name in enumerate(self.columns) if name not in gone]
        if len(kept) < len(self.columns):
            self.columns = tuple(self.columns[at] for at in kept)
            rows = self.rows.items()
            self.rows = {name: tuple(cells[at] for at in kept) for name, cells in rows}

    def write(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        """Put these texts, {id: {column: text}}, in place of those that were there. Other cells
        stay; ids that are not there are added."""
        blank = ("",) * len(self.columns)
        for identity, own in texts.items():
            cells = zip(self.columns, self.rows.get(identity, blank), strict=True)
            self.rows[identity] = tuple(own.get(name, text) for name, text in cells)

    def remove(self, identities: Iterable[str]) -> None:
        """Take out the lines of these."""
        for identity in identities:
            self.rows.pop(identity, None)


@dataclass(frozen=True, slots=True)
class Held:
    """What a file holds, and the sha256 of its bytes."""

    table: Table
    checksum: str

    def facts(self) -> dict[str, Any]:
        """What a manifest says of it."""
        return {"count": len(self.table.rows), "sha256": self.checksum}


def as_bytes(table: Table, *, column: str) -> bytes:
    """The file, its lines in the order of their ids."""
    lines = _Lines()
    # This ending has the module quote cells with either of its characters in them.
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow((column, *table.columns))
    writer.writerows((identity, *table.rows[identity]) for identity in sorted(table.rows))
    return lines.data.getvalue()


class _Lines:
    """Takes one line at a time and ends it in a single character."""

    def __init__(self) -> None:
        self.data = io.BytesIO()

    def write(self, line: str) -> None:
        self.data.write(f"{line[:-2]}\n".encode())


def from_bytes(data: bytes, *, column: str) -> Table:
    """What such a file holds. Lines that are too short are filled up. Raises NoTable."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    try:
        return _table(csv.reader(text, strict=True), column)
    except (UnicodeDecodeError, csv.Error) as fault:
        raise NoTable("is not a CSV file in UTF-8 any more") from fault


def _table(lines: Iterator[list[str]], column: str) -> Table:
    header = next(lines, [])
    if header[:1] != [column] or len(set(header)) != len(header):
        raise NoTable(f"does not begin with the column {column!r} that we wrote")
    table = Table(tuple(header[1:]))
    # Most lines say the same beside their ids: each such text is held once.
    same: dict[tuple[str, ...], tuple[str, ...]] = {}
    for line in lines:
        if not 0 < len(line) <= len(header):
            raise NoTable("has lines that are longer than its header, or empty")
        cells = (*line[1:], *("",) * (len(header) - len(line)))
        table.rows[line[0]] = same.setdefault(cells, cells)
    return table


def checksum(data: bytes) -> str:
    """The sha256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()
