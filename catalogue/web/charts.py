"""Charts as plain SVG geometry, drawn on the server. Coordinates are text, ready for attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from catalogue.segments.queries.sizes import Size

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparkline:
    """A line without axes in a box of 96 × 26, and what it says in words. `breaks`: where the
    definition changed, from the left."""

    path: str
    end_x: str
    end_y: str
    words: str
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A label at a place."""

    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A line with a scale. `breaks` stand where the definition changed; `band` is the outline of
    what is uncertain, where that is drawn."""

    width: int
    height: int
    left: str
    right: str
    bottom: str
    scale: tuple[Mark, ...]
    dates: tuple[Mark, ...]
    breaks: tuple[Mark, ...]
    path: str
    end: Mark
    words: str
    band: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """A point of the chart as a row of its table."""

    at: datetime
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPair:
    """A chart drawn twice, so that its text never shrinks, and the same as a table. `series` names
    the line; `headings` begin with that of the time."""

    title: str
    series: str
    wide: Chart
    slim: Chart
    headings: tuple[str, ...]
    rows: tuple[ChartRow, ...]


def size_chart(sizes: Sequence[Size]) -> ChartPair | None:
    """The size of a segment over some weeks; None with fewer than two."""
    wide = history_chart(sizes, width=760, height=230)
    slim = history_chart(sizes, width=350, height=220)
    if wide is None or slim is None:
        return None
    return ChartPair(
        title="People in the segment",
        series="people in the segment",
        wide=wide,
        slim=slim,
        headings=("As of", "People", "Definition"),
        rows=tuple(
            ChartRow(at=size.at, cells=(f"{size.size:,}", f"d{size.definition}")) for size in sizes
        ),
    )


def sparkline(sizes: Sequence[Size]) -> Sparkline | None:
    """The trend of some weeks; None with fewer than two."""
    if len(sizes) < 2:
        return None
    low, high = min(s.size for s in sizes), max(s.size for s in sizes)
    spots = _spots(sizes, box=(3, 93, 21.5, 3), low=low, high=high)
    return Sparkline(
        path=_path(sizes, spots),
        end_x=text(spots[-1][0]),
        end_y=text(spots[-1][1]),
        words=in_words(sizes),
        breaks=tuple(mark.x for mark in _breaks(sizes, spots)),
    )


def history_chart(sizes: Sequence[Size], *, width: int, height: int) -> Chart | None:
    """The sizes with a scale from 0; None with fewer than two."""
    if len(sizes) < 2:
        return None
    left, right, top, bottom = 44, width - 52, 26, height - 26
    step = _step(max(s.size for s in sizes))
    high = step * 4
    spots = _spots(sizes, box=(left, right, bottom, top), low=0, high=high)
    every = 1 if width > 500 else 3
    return Chart(
        width=width,
        height=height,
        left=str(left),
        right=str(right),
        bottom=str(bottom),
        scale=tuple(
            Mark(x=str(left - 8), y=text(bottom - (bottom - top) * i / 4), text=f"{step * i:,}")
            for i in range(5)
        ),
        dates=tuple(
            Mark(x=text(x), y=str(height - 8), text=f"{size.at.day} {size.at:%b}")
            for size, (x, _) in list(zip(sizes, spots, strict=True))[:: -2 * every]
        ),
        breaks=_breaks(sizes, spots),
        path=_path(sizes, spots),
        end=Mark(x=text(spots[-1][0]), y=text(spots[-1][1]), text=f"{sizes[-1].size:,}"),
        words=in_words(sizes),
    )


def in_words(sizes: Sequence[Size]) -> str:
    """`12 weeks: 118 to 182, up 54 %; definition changed`."""
    first, last = sizes[0].size, sizes[-1].size
    changed = "; definition changed" if len({s.definition for s in sizes}) > 1 else ""
    return f"{len(sizes)} weeks: {first:,} to {last:,}, {_trend(first, last)}{changed}"


def _trend(first: int, last: int) -> str:
    if first == last:
        return "unchanged"
    direction = "up" if last > first else "down"
    return direction if first == 0 else f"{direction} {abs(last - first) / first:.0%}"


def _spots(
    sizes: Sequence[Size], *, box: tuple[float, float, float, float], low: int, high: int
) -> list[tuple[float, float]]:
    left, right, bottom, top = box
    across = (right - left) / (len(sizes) - 1)
    # A flat line lies in the middle of the box.
    share = [(s.size - low) / (high - low) if high > low else 0.5 for s in sizes]
    return [(left + i * across, bottom - (bottom - top) * part) for i, part in enumerate(share)]


def _path(sizes: Sequence[Size], spots: Sequence[tuple[float, float]]) -> str:
    # Two definitions are never joined by a line.
    pieces = [f"M{text(spots[0][0])} {text(spots[0][1])}"]
    for (before, after), (x, y) in zip(pairwise(sizes), spots[1:], strict=True):
        pieces.append(f"{'L' if before.definition == after.definition else 'M'}{text(x)} {text(y)}")
    return "".join(pieces)


def _breaks(sizes: Sequence[Size], spots: Sequence[tuple[float, float]]) -> tuple[Mark, ...]:
    places = zip(pairwise(sizes), pairwise(spots), strict=True)
    return tuple(
        Mark(x=text((left[0] + right[0]) / 2), y="16", text=f"d{after.definition}")
        for (before, after), (left, right) in places
        if before.definition != after.definition
    )


def _step(highest: int) -> int:
    # The smallest of 1, 2, 2.5, 5 × 10ⁿ whose fourfold holds the highest value.
    size = 1
    while True:
        for step in (size, size * 2, size * 5 // 2, size * 5):
            if step * 4 >= highest:
                return step
        size *= 10


def text(number: float) -> str:
    """A coordinate, ready for an attribute."""
    return f"{number:.1f}"
