"""The size that an experiment needs, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue.experiments.planning import Prepared
from catalogue.web.experiment_words import change


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeShown:
    """`findable`: the smallest change that the members there are now are enough for, "" for none.
    `base`: what the segment does without it; measured on `n` people `as_of` an instant, or written
    (n = 0). `power`: in how many of 100 such experiments the effect is seen."""

    segment: str
    people: int
    members: int
    is_enough: bool
    findable: str
    arms: Sequence[tuple[str, int]]
    base: str
    n: int
    as_of: datetime | None
    method: str
    power: int


def size_shown(prepared: Prepared) -> SizeShown:
    """The size of what was prepared."""
    design, found = prepared.design, prepared.found
    size, names = found.size, {arm.key: arm.name for arm in design.arms}
    return SizeShown(
        segment=prepared.segment.name,
        people=size.people,
        members=size.members,
        is_enough=size.is_enough,
        findable=effect_words(size.findable, is_mean=design.outcome.is_mean),
        arms=[(names[key], count) for key, count in size.arms.items()],
        base=base_words(found.base.value, found.base.spread, is_mean=design.outcome.is_mean),
        n=found.base.n,
        as_of=found.base.as_of,
        method=found.base.method,
        power=round(design.power * 100),
    )


def effect_words(effect: float | None, *, is_mean: bool) -> str:
    """`+4.2 points`; nothing when there is none."""
    unit = "per person" if is_mean else "points"
    return "" if effect is None else f"{change(effect, is_mean=is_mean)} {unit}"


def base_words(value: float | None, spread: float | None, *, is_mean: bool) -> str:
    """What it is measured against."""
    if is_mean:
        return f"people differ by {spread or 0:,.2f} (standard deviation)"
    return f"{(value or 0) * 100:.1f} % reach it without"
