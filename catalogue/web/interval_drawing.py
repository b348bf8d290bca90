"""A share with its interval as a line on a scale from 0 to `most`, drawn on the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Places from the left in a box of 160 × 14, as text for attributes; `base` is a share to
    compare with, "" without one. Decoration: the numbers beside it say the same."""

    low: str
    high: str
    at: str
    base: str


def scale_of(shares: Sequence[float]) -> float:
    """The end of a scale that fits all of them, in tenths."""
    highest = max(shares, default=0.0)
    return min(1.0, (int(highest * 10) + 1) / 10)


def drawing(
    at: float, low: float, high: float, *, most: float, base: float | None = None
) -> Drawing:
    """The drawing of one share."""
    return Drawing(
        low=_place(low, most),
        high=_place(high, most),
        at=_place(at, most),
        base="" if base is None else _place(base, most),
    )


def _place(share: float, most: float) -> str:
    return f"{min(max(share / most, 0.0), 1.0) * (WIDTH - 8) + 4:.1f}"
