"""How long customers stay, as a falling step line."""

from __future__ import annotations

from catalogue.metrics.comparing import Value
from catalogue.web.amounts import amount
from catalogue.web.charts import Chart, Mark, text

TITLE = "Still coming, by days since the first visit"


class StayingChart:
    """The curve twice, so that its text never shrinks, and its points as rows of a table."""

    def __init__(self, value: Value) -> None:
        self.points = [tuple(point) for point in value.points]
        self.n = value.n
        self.title = TITLE
        self.wide = _drawing(self.points, width=450, height=210)
        self.slim = _drawing(self.points, width=350, height=210)
        self.rows = [
            (f"{day:.0f}", amount(share, "share"), _ends(low, high), f"{watched:,.0f}")
            for day, share, low, high, watched in self.points
        ]


def staying_chart(value: Value | None) -> StayingChart | None:
    """The curve that a reading keeps; None of one with fewer than two points."""
    return None if value is None or len(value.points) < 2 else StayingChart(value)


def _ends(low: float, high: float) -> str:
    return f"{100 * low:.1f}–{100 * high:.1f}"


def _drawing(points: list[tuple[float, ...]], *, width: int, height: int) -> Chart:
    left, right, top, bottom = 52, width - 62, 26, height - 26
    last_day = points[-1][0]

    def across(day: float) -> float:
        return left + (right - left) * day / last_day

    def up(share: float) -> float:
        return bottom - (bottom - top) * share

    steps = [(across(day), up(share)) for day, share, *_ in points]
    path = f"M{text(steps[0][0])} {text(steps[0][1])}"
    path += "".join(f"H{text(x)}V{text(y)}" for x, y in steps[1:])
    shares = (0, 0.25, 0.5, 0.75, 1)
    days = [day for day in (0, 28, 84, 168, 252, 364) if day <= last_day]
    end = points[-1][1]
    return Chart(
        width=width,
        height=height,
        left=str(left),
        right=str(right),
        bottom=str(bottom),
        scale=tuple(
            Mark(x=str(left - 8), y=text(up(share)), text=f"{share:.0%}".replace("%", " %"))
            for share in shares
        ),
        dates=tuple(
            Mark(x=text(across(day)), y=str(height - 8), text=f"day {day}") for day in days
        ),
        breaks=(),
        path=path,
        band=_band([(across(day), up(low), up(high)) for day, _, low, high, _ in points]),
        end=Mark(x=text(steps[-1][0]), y=text(steps[-1][1]), text=amount(end, "share")),
        words=f"day 0 to day {last_day:.0f}: 100 % to {amount(end, 'share')}",
    )


def _band(ends: list[tuple[float, float, float]]) -> str:
    """Between the lower and the upper ends, both of which hold until the next point."""
    there = f"M{text(ends[0][0])} {text(ends[0][2])}"
    there += "".join(f"H{text(x)}V{text(high)}" for x, _, high in ends[1:])
    back = f"V{text(ends[-1][1])}"
    steps = zip(ends[-2::-1], ends[:0:-1], strict=True)
    return there + back + "".join(f"V{text(low)}H{text(x)}" for (x, low, _), _ in steps) + "Z"
