"""Forest charts: effects with their intervals, one under the other, around a line of no effect."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.web.charts import MINUS, Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One effect and the ends of its interval, in the unit of the chart. `text` is all three for
    people; `is_main`: what the experiment is about."""

    label: str
    value: float
    low: float
    high: float
    text: str
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A spread drawn: the interval from `x` on, `width` wide, the effect at `middle`. From
    `clear_y` on no line is drawn through the label of a slim chart."""

    spread: Spread
    x: str
    width: str
    middle: str
    y: str
    label_y: str
    clear_y: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The chart in one width; `zero` is where nothing differs."""

    width: int
    height: int
    bottom: str
    zero: str
    grid: tuple[Mark, ...]
    bars: tuple[Bar, ...]
    is_slim: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """A chart drawn twice, so that its text never shrinks, and its rows for the table."""

    title: str
    unit: str
    wide: Drawing
    slim: Drawing
    spreads: tuple[Spread, ...]
    words: str


def forest(spreads: Sequence[Spread], *, title: str, unit: str) -> Forest | None:
    """The chart of these effects; None of none."""
    if not spreads:
        return None
    return Forest(
        title=title,
        unit=unit,
        wide=_drawing(spreads, width=760, box=(250, 560), step=38, is_slim=False),
        slim=_drawing(spreads, width=350, box=(16, 334), step=58, is_slim=True),
        spreads=tuple(spreads),
        words=". ".join(f"{one.label}: {one.text}" for one in spreads),
    )


def _drawing(
    spreads: Sequence[Spread], *, width: int, box: tuple[int, int], step: int, is_slim: bool
) -> Drawing:
    every = _every(spreads, most=5 if is_slim else 7)
    low = math.floor(min(0.0, *(one.low for one in spreads)) / every) * every
    high = math.ceil(max(0.0, *(one.high for one in spreads)) / every) * every
    left, right = box
    scale = (right - left) / (high - low)

    def place(value: float) -> float:
        return left + (value - low) * scale

    bottom = 26 + step * len(spreads)
    ticks = [low + every * i for i in range(round((high - low) / every) + 1)]
    return Drawing(
        width=width,
        height=bottom + 24,
        bottom=str(bottom),
        zero=_text(place(0)),
        grid=tuple(Mark(x=_text(place(one)), y=str(bottom + 16), text=_tick(one)) for one in ticks),
        bars=tuple(
            _bar(one, place(one.low), place(one.high), place(one.value), _row(i, step, is_slim))
            for i, one in enumerate(spreads)
        ),
        is_slim=is_slim,
    )


def _row(place: int, step: int, is_slim: bool) -> tuple[float, float]:
    """Where the bar and its label stand: of the slim one the label is above."""
    top = 26 + step * place
    return (top + 40, top + 20) if is_slim else (top + step / 2, top + step / 2 + 4)


def _bar(spread: Spread, low: float, high: float, middle: float, at: tuple[float, float]) -> Bar:
    y, label_y = at
    return Bar(
        spread=spread,
        x=_text(low),
        width=_text(max(high - low, 1)),
        middle=_text(middle),
        y=_text(y),
        label_y=_text(label_y),
        clear_y=_text(label_y - 14),
    )


def _every(spreads: Sequence[Spread], *, most: int) -> float:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ that needs no more lines than `most`."""
    span = max(0.0, *(one.high for one in spreads)) - min(0.0, *(one.low for one in spreads))
    size = 10 ** math.floor(math.log10(span / most)) if span else 1.0
    return next(size * one for one in (1, 2, 2.5, 5, 10, 20) if span <= size * one * (most - 1))


def _tick(value: float) -> str:
    text = f"{value:+g}" if abs(value) > 1e-9 else "0"
    return text.replace("-", MINUS)


def _text(number: float) -> str:
    return f"{number:.1f}"
