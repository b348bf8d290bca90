"""How a file of members is written: CSV for spreadsheets, JSON Lines for programs. Each begins with
a manifest that says what it is."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import IO, Protocol

from catalogue.definitions.nodes import Subject
from catalogue.definitions.static_list import COLUMNS
from catalogue.models import ExportFormat

# A spreadsheet takes a text that begins so for a formula, also in their wide East Asian forms.
FORMULA = (*"=+-@\t\r\n\0", *"＝＋－＠")
NOTE = (
    "A text that a spreadsheet could take for a formula begins with an apostrophe here; JSON Lines"
    " has every value as it is."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a file holds. `subject`: what its ids are of, customers or accounts. `count` rows,
    `withheld` members left out, `checksum`: the sum of the first 8 bytes of SHA-256 of each id,
    modulo 2^64. Times are ISO 8601."""

    segment: str
    name: str
    subject: Subject
    definition_version: int
    definition_hash: str
    membership_version: int
    as_of: str
    written_at: str
    count: int
    withheld: int
    checksum: str
    traits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One member. `since`: when they last entered; of `traits` what is missing is absent."""

    id: str
    since: datetime | None
    traits: Mapping[str, object]


class Writer(Protocol):
    """One format of one file."""

    def begin(self, manifest: Manifest) -> None:
        """The manifest, and what stands above the rows."""

    def write(self, rows: Iterable[Row]) -> None:
        """Some rows."""


def writer_of(format_: str, file: IO[str], traits: Sequence[str]) -> Writer:
    """The writer of an ExportFormat; what the ids are of is said by the manifest."""
    return JsonLines(file) if format_ == ExportFormat.JSONL else Csv(file, traits)


class Csv:
    """RFC 4180 with every text in quotes. The manifest is lines that begin with #."""

    def __init__(self, file: IO[str], traits: Sequence[str]) -> None:
        self._file = file
        self._traits = traits
        self._csv = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")

    def begin(self, manifest: Manifest) -> None:
        """Comment lines, then the names of the columns."""
        for name, value in {**asdict(manifest), "note": NOTE}.items():
            said = ", ".join(value) if isinstance(value, tuple) else value
            self._file.write(f"# {name}: {one_line(str(said))}\r\n")
        self._csv.writerow([COLUMNS[manifest.subject], "since", *map(safe, self._traits)])

    def write(self, rows: Iterable[Row]) -> None:
        """One line each."""
        self._csv.writerows(
            [safe(row.id), cell(row.since), *(cell(row.traits.get(name)) for name in self._traits)]
            for row in rows
        )


class JsonLines:
    """One JSON object a line: {"manifest": …}, then one for each member."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._id = COLUMNS["customer"]

    def begin(self, manifest: Manifest) -> None:
        """The first line."""
        self._id = COLUMNS[manifest.subject]
        self._line({"manifest": asdict(manifest)})

    def write(self, rows: Iterable[Row]) -> None:
        """One line each."""
        for row in rows:
            since = row.since.isoformat() if row.since else None
            self._line({self._id: row.id, "since": since, "traits": dict(row.traits)})

    def _line(self, value: object) -> None:
        self._file.write(json.dumps(value, ensure_ascii=False, default=plain) + "\n")


def cell(value: object) -> object:
    """A value as a cell: numbers stay numbers, everything else is a text nobody calculates."""
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return safe(value)
    return safe(plain(value) if isinstance(value, datetime) else _json(value))


def safe(text: str) -> str:
    """The text, which no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def plain(value: object) -> str:
    """What JSON has no form for, as text."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=plain)
