"""Lines of measured numbers as plain SVG geometry, with the band of their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from catalogue.metrics.comparing import Value
from catalogue.models import Whose
from catalogue.web.amounts import amount, interval
from catalogue.web.charts import Chart, ChartPair, ChartRow, Mark, Sparkline, text

TOP, FOOT, LEFT, RIGHT = 26, 26, 52, 62
LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Where a reading stands in a drawing."""

    value: Value
    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """A drawing: instants run from left to right, numbers from bottom to top."""

    width: int
    height: int
    first: datetime
    last: datetime
    floor: float
    top: float

    def across(self, at: datetime) -> float:
        """The place of an instant."""
        whole = (self.last - self.first).total_seconds() or 1
        return LEFT + (self.width - LEFT - RIGHT) * (at - self.first).total_seconds() / whole

    def up(self, number: float) -> float:
        """The place of a number."""
        span = self.height - TOP - FOOT
        return self.height - FOOT - span * (number - self.floor) / (self.top - self.floor)


def metric_chart(title: str, series: Sequence[Value]) -> ChartPair | None:
    """A metric over some time; None with fewer than two values. A line ends where the definition
    changed and begins anew, at the same instant where both definitions were measured at it."""
    known = [one for one in series if one.value is not None]
    if len({one.as_of for one in known}) < 2:
        return None
    return ChartPair(
        title=title,
        series=title.lower(),
        # Several stand side by side.
        wide=_drawing(known, width=450, height=210),
        slim=_drawing(known, width=350, height=210),
        headings=("As of", "Value", "95 % interval", "People", "Definition"),
        rows=tuple(ChartRow(at=one.as_of, cells=_cells(one)) for one in series),
    )


def _cells(one: Value) -> tuple[str, ...]:
    hidden = one.value is None
    definition = "" if one.definition is None else f"d{one.definition}"
    if one.whose == Whose.BEFORE:
        definition += ", at the same instant"
    shown = one.reason if hidden else amount(one.value, one.unit)
    return (shown, interval(one), f"{one.n:,}", definition)


def _drawing(known: Sequence[Value], *, width: int, height: int) -> Chart:
    floor, top = _scale(known)
    box = _Box(
        width=width,
        height=height,
        first=known[0].as_of,
        last=known[-1].as_of,
        floor=floor,
        top=top,
    )
    spots = [_spot(one, box) for one in known]
    lines = _lines(spots)
    end, unit = spots[-1], known[-1].unit
    levels = [floor + (top - floor) * i / LINES for i in range(LINES + 1)]
    return Chart(
        width=width,
        height=height,
        left=str(LEFT),
        right=str(width - RIGHT),
        bottom=str(height - FOOT),
        scale=tuple(
            Mark(x=str(LEFT - 8), y=text(box.up(level)), text=amount(level, unit))
            for level in levels
        ),
        dates=_dates(box, count=4 if width > 400 else 3),
        breaks=_breaks(lines),
        path="".join(_path(line) for line in lines),
        band="".join(_band(line) for line in lines if line[0].value.has_interval),
        end=Mark(x=text(end.x), y=text(end.y), text=amount(known[-1].value, unit)),
        words=in_words(known),
    )


def _spot(one: Value, box: _Box) -> _Spot:
    value = one.value or 0.0
    low, high = (value if end is None else end for end in (one.low, one.high))
    return _Spot(
        value=one, x=box.across(one.as_of), y=box.up(value), low=box.up(low), high=box.up(high)
    )


def _scale(known: Sequence[Value]) -> tuple[float, float]:
    """Round ends that hold every value and interval. It begins at 0 unless all of it lies in the
    upper half."""
    values = [one.value or 0.0 for one in known]
    low = min([*values, *(one.low for one in known if one.low is not None)])
    high = max([*values, *(one.high for one in known if one.high is not None)])
    floor = low if low > high / 2 else min(0.0, low)
    step = _step((high - floor) / LINES)
    start = math.floor(floor / step) * step
    while start + LINES * step < high:
        step = _step(step * 1.01)
        start = math.floor(floor / step) * step
    if known[0].unit == "share" and start + LINES * step > 1 >= high:
        return min(start, 1 - LINES * step) if start > 0 else start, max(1.0, high)
    return start, start + LINES * step


def _step(least: float) -> float:
    if least <= 0:
        return 0.25
    size = 10.0 ** math.floor(math.log10(least))
    return next(size * step for step in (1, 2, 2.5, 5, 10) if size * step >= least * 0.999)


def _lines(spots: Sequence[_Spot]) -> list[list[_Spot]]:
    """One line for each definition in a row."""
    lines = [[spots[0]]]
    for before, after in pairwise(spots):
        if before.value.definition == after.value.definition:
            lines[-1].append(after)
        else:
            lines.append([after])
    return lines


def _path(line: Sequence[_Spot]) -> str:
    return "M" + "L".join(f"{text(one.x)} {text(one.y)}" for one in line)


def _band(line: Sequence[_Spot]) -> str:
    there = [f"{text(one.x)} {text(one.high)}" for one in line]
    back = [f"{text(one.x)} {text(one.low)}" for one in reversed(line)]
    return "M" + "L".join([*there, *back]) + "Z" if len(line) > 1 else ""


def _breaks(lines: Sequence[Sequence[_Spot]]) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            x=text((before[-1].x + after[0].x) / 2),
            y="16",
            text=f"d{after[0].value.definition}",
        )
        for before, after in pairwise(lines)
    )


def _dates(box: _Box, *, count: int) -> tuple[Mark, ...]:
    steps = [(box.last - box.first) * i / (count - 1) for i in range(count)]
    instants = [box.first + step for step in steps]
    return tuple(
        Mark(x=text(box.across(at)), y=str(box.height - 8), text=f"{at.day} {at:%b}")
        for at in instants
    )


def in_words(known: Sequence[Value]) -> str:
    """`7 Sep to 23 Nov: 19.9 % to 21.3 %; definition changed`."""
    first, last = known[0], known[-1]
    changed = "; definition changed" if len({one.definition for one in known}) > 1 else ""
    stretch = f"{first.as_of.day} {first.as_of:%b} to {last.as_of.day} {last.as_of:%b}"
    numbers = f"{amount(first.value, first.unit)} to {amount(last.value, last.unit)}"
    return f"{stretch}: {numbers}{changed}"


def metric_spark(series: Sequence[Value]) -> Sparkline | None:
    """The trend of a metric without axes; None with fewer than two values."""
    known = [one for one in series if one.value is not None and one.whose != Whose.BEFORE]
    if len(known) < 2:
        return None
    values = [one.value or 0.0 for one in known]
    low, high = min(values), max(values)
    first, whole = known[0].as_of, (known[-1].as_of - known[0].as_of).total_seconds() or 1
    spots = [
        (
            3 + 90 * (one.as_of - first).total_seconds() / whole,
            21.5 - 18.5 * ((value - low) / (high - low) if high > low else 0.5),
        )
        for one, value in zip(known, values, strict=True)
    ]
    pieces = [f"M{text(spots[0][0])} {text(spots[0][1])}"]
    breaks = []
    for (before, after), (left, right) in zip(pairwise(known), pairwise(spots), strict=True):
        is_same = before.definition == after.definition
        pieces.append(f"{'L' if is_same else 'M'}{text(right[0])} {text(right[1])}")
        breaks += [] if is_same else [text((left[0] + right[0]) / 2)]
    end_x, end_y = (text(end) for end in spots[-1])
    return Sparkline(
        path="".join(pieces),
        end_x=end_x,
        end_y=end_y,
        words=in_words(known),
        breaks=tuple(breaks),
    )
