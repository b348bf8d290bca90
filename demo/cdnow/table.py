"""The one table that the job prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One segment in one tool. `size`, `entered` and `left` are of the newest refresh, `held` and
    `drift` are what the tool was found to hold and by how many of our members that is wrong."""

    segment: str
    size: int
    entered: int
    left: int
    milliseconds: float
    destination: str
    held: int
    drift: int


def lines_of_text(table: Sequence[Line]) -> Iterator[str]:
    """The table for people: a head and one line per row, numbers to the right."""
    rows = [[_cell(value) for value in astuple(line)] for line in table]
    head = [field.name for field in fields(Line)]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    is_text = [field.type == "str" for field in fields(Line)]
    for row in [head, *rows]:
        cells = zip(row, widths, is_text, strict=True)
        yield "  ".join(c.ljust(w) if text else c.rjust(w) for c, w, text in cells).rstrip()


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
