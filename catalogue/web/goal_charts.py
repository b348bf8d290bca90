"""The two charts of a goal: the share by week of entering, and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from catalogue.goals.reading import Point, Week
from catalogue.segments.goal_states import SIGN
from catalogue.web.charts import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A line with a band around it. `target`: the height of what is asked for; "" where nothing is
    or where it would lie outside."""

    width: int
    height: int
    left: str
    right: str
    scale: tuple[Mark, ...]
    along: tuple[Mark, ...]
    path: str
    band: str
    dots: tuple[Mark, ...]
    end: Mark
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalChart:
    """A chart drawn twice, and the same as a table; `words` says it to who does not see it."""

    title: str
    series: str
    words: str
    wide: Drawing
    slim: Drawing
    target: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Shares, 0 to 1, at a place along the chart."""

    along: float
    share: float
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    width: int
    height: int
    first: float
    last: float
    top: float

    @property
    def right(self) -> int:
        return self.width - 52

    def x(self, along: float) -> float:
        """Where something lies, from the left."""
        across = self.last - self.first
        return 44 + (self.right - 44) * ((along - self.first) / across if across else 0.5)

    def y(self, share: float) -> float:
        """Where a share lies, from above."""
        bottom = self.height - 26
        return bottom - (bottom - 14) * share / self.top


def weeks_chart(weeks: Sequence[Week], target: float | None) -> GoalChart | None:
    """The share by week of entering; None with fewer than two weeks that may be shown."""
    spots = [
        _Spot(
            along=week.start.toordinal(),
            share=week.share,
            low=week.low,
            high=week.high,
            label=_day(week.start),
        )
        for week in weeks
        if week.share is not None and week.low is not None and week.high is not None
    ]
    if len(spots) < 2:
        return None
    words = (
        f"{_percent(spots[0].share)} of those who entered in the week of {spots[0].label},"
        f" {_percent(spots[-1].share)} in that of {spots[-1].label}."
    )
    return _chart(
        spots,
        title="Share that reached it, by week of entering",
        series="reached in time, band is the 95 % interval",
        words=words,
        target=target,
        headings=("Week of", "Reached", "95 % interval", "n"),
        rows=tuple(_week_row(week) for week in weeks),
    )


def _week_row(week: Week) -> tuple[str, ...]:
    if week.share is None or week.low is None or week.high is None:
        return _day(week.start), "hidden", "too few people", "–"
    return _day(week.start), _percent(week.share), _between(week.low, week.high), f"{week.n:,}"


def curve_chart(points: Sequence[Point]) -> GoalChart | None:
    """The share that had got there after so many days; None with fewer than two points."""
    if len(points) < 2:
        return None
    spots = [
        _Spot(along=one.day, share=one.share, low=one.low, high=one.high, label=f"day {one.day:g}")
        for one in points
    ]
    words = f"{_percent(spots[-1].share)} have got there by {spots[-1].label}."
    return _chart(
        spots,
        title="How long it takes",
        series="have got there by then, band is the 95 % interval",
        words=words,
        target=None,
        headings=("After", "Have got there", "95 % interval", "Still watched"),
        rows=tuple(
            (f"{p.day:g} days", _percent(p.share), _between(p.low, p.high), f"{p.watched:,}")
            for p in points
        ),
        is_steps=True,
    )


def _chart(
    spots: Sequence[_Spot],
    *,
    title: str,
    series: str,
    words: str,
    target: float | None,
    headings: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    is_steps: bool = False,
) -> GoalChart:
    # The curve stands in the narrower column, so that text is as large in both.
    full = 520 if is_steps else 720
    wide, slim = (
        _drawing(spots, width, height, target, is_steps=is_steps)
        for width, height in ((full, 250), (350, 230))
    )
    return GoalChart(
        title=title,
        series=series,
        words=words,
        wide=wide,
        slim=slim,
        target="" if target is None else f"goal {_percent(target)}",
        headings=headings,
        rows=rows,
    )


def _drawing(
    spots: Sequence[_Spot], width: int, height: int, target: float | None, *, is_steps: bool
) -> Drawing:
    highest = max([target or 0, *(spot.high for spot in spots)])
    top = min(max(ceil(highest * 10) / 10, 0.1), 1.0)
    box = _Box(width=width, height=height, first=spots[0].along, last=spots[-1].along, top=top)
    line = [(box.x(spot.along), box.y(spot.share)) for spot in spots]
    upper = [(box.x(spot.along), box.y(spot.high)) for spot in spots]
    lower = [(box.x(spot.along), box.y(spot.low)) for spot in spots]
    if is_steps:
        line, upper, lower = _stepped(line), _stepped(upper), _stepped(lower)
    every = ceil(len(spots) / (6 if width > 400 else 3))
    end_x, end_y = line[-1]
    return Drawing(
        width=width,
        height=height,
        left="44",
        right=str(box.right),
        scale=tuple(
            Mark(x="36", y=_text(box.y(top * part / 4)), text=_percent(top * part / 4))
            for part in range(5)
        ),
        along=tuple(
            Mark(x=_text(box.x(spot.along)), y=str(height - 8), text=spot.label)
            for spot in spots[::every]
        ),
        path=_joined(line),
        band=f"{_joined(upper)}L{_joined(lower[::-1])[1:]}Z",
        dots=() if is_steps else tuple(Mark(x=_text(x), y=_text(y), text="") for x, y in line),
        end=Mark(x=_text(end_x), y=_text(end_y), text=_percent(spots[-1].share)),
        target="" if target is None or target > top else _text(box.y(target)),
    )


def _stepped(spots: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """A step holds from each place to the next one."""
    found = [spots[0]]
    for x, y in spots[1:]:
        found += [(x, found[-1][1]), (x, y)]
    return found


def _joined(spots: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_text(x)} {_text(y)}" for x, y in spots)


def _between(low: float, high: float) -> str:
    return f"{100 * low:.1f}–{_percent(high)}"


def _percent(share: float) -> str:
    digits = 1 if round(1000 * share) % 10 else 0
    return f"{100 * share:.{digits}f}{SIGN}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _text(number: float) -> str:
    return f"{number:.1f}"
