"""A CSV file of members: ids in the first column, and beside them whatever is known."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


class NoTable(Exception):
    """The bytes are no such file; the message says why not."""


@dataclass(frozen=True, slots=True)
class Table:
    """`rows`: {id: cells beside it}, one for each of `columns`."""

    columns: tuple[str, ...] = ()
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def widened(self, columns: Iterable[str]) -> Table:
        """With these columns too, after those that are there; what is not known is blank."""
        new = [name for name in dict.fromkeys(columns) if name not in self.columns]
        if not new:
            return self
        blank = ("",) * len(new)
        rows = {identity: (*cells, *blank) for identity, cells in self.rows.items()}
        return Table((*self.columns, *new), rows)

    def narrowed(self, columns: Iterable[str]) -> Table:
        """Without these columns."""
        gone = set(columns)
        kept = [at for at, name in enumerate(self.columns) if name not in gone]
        if len(kept) == len(self.columns):
            return self
        rows = {name: tuple(cells[at] for at in kept) for name, cells in self.rows.items()}
        return Table(tuple(self.columns[at] for at in kept), rows)

    def written(self, texts: Mapping[str, Mapping[str, str]]) -> Table:
        """With these texts, {id: {column: text}}, in place of those that were there. Other cells
        stay; ids that are not there are added."""
        rows = dict(self.rows)
        blank = ("",) * len(self.columns)
        for identity, own in texts.items():
            cells = zip(self.columns, rows.get(identity, blank), strict=True)
            rows[identity] = tuple(own.get(name, text) for name, text in cells)
        return Table(self.columns, rows)

    def without(self, identities: Iterable[str]) -> Table:
        """Without the lines of these."""
        gone = set(identities)
        kept = {name: cells for name, cells in self.rows.items() if name not in gone}
        return Table(self.columns, kept)


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
    return lines.text.getvalue().encode("utf-8")


class _Lines:
    """Takes one line at a time and ends it in a single character."""

    def __init__(self) -> None:
        self.text = io.StringIO(newline="")

    def write(self, line: str) -> None:
        self.text.write(f"{line[:-2]}\n")


def from_bytes(data: bytes, *, column: str) -> Table:
    """What such a file holds. Lines that are too short are filled up. Raises NoTable."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as fault:
        raise NoTable("is not a CSV file in UTF-8 any more") from fault
    if not rows or rows[0][:1] != [column] or len(set(rows[0])) != len(rows[0]):
        raise NoTable(f"does not begin with the column {column!r} that we wrote")
    width = len(rows[0])
    if any(not 0 < len(row) <= width for row in rows):
        raise NoTable("has lines that are longer than its header, or empty")
    blank = ("",) * width
    return Table(tuple(rows[0][1:]), {row[0]: (*row[1:], *blank[len(row) :]) for row in rows[1:]})


def checksum(data: bytes) -> str:
    """The sha256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()
