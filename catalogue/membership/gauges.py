"""What is measured of every version when it is published. `catalogue.metrics` says what that is:
it stands above this folder and registers its gauges here when the application starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyroaring import BitMap

from catalogue.definitions.nodes import Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a gauge may look at: one version's bitmaps. `crowd` are those who fit the gauge's own
    definition at the same `now`, judged once for all segments; None without one. Of a version that
    holds accounts these are the accounts with such a customer."""

    members: BitMap
    entered: BitMap
    left: BitMap
    crowd: BitMap | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """One metric. `measure` gives its value, or None when there is nothing to measure."""

    metric: str
    unit: str  # people (of a version that holds accounts: accounts), share
    method: str
    measure: Callable[[Taken], float | None]
    crowd: Definition | None = None


_registered: dict[str, Gauge] = {}


def register(gauge: Gauge) -> None:
    """Measure this from now on; a gauge of the same metric takes the place of the older one."""
    _registered[gauge.metric] = gauge


def registered() -> tuple[Gauge, ...]:
    """All gauges, in the order of their registration."""
    return tuple(_registered.values())
