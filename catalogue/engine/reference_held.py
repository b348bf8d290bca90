"""How long a trait has been what it is (clause 21), slowly and obviously."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from catalogue.definitions import windows
from catalogue.definitions.nodes import Held
from catalogue.engine.reference_dates import FIRST, AsOf
from catalogue.engine.reference_values import holds, value_at
from catalogue.warehouse.given import GivenChange


def held(node: Held, changes: Sequence[GivenChange], as_of: AsOf) -> bool:
    """Whether the operator holds now and began to as long ago as it should have."""
    begun = _begun(node, changes, as_of)
    if begun is None or begun.year == FIRST.year:
        return False
    is_long = begun <= windows.shift(as_of.now, node.duration, as_of.zone, sign=-1)
    return is_long if node.lasting == "for_at_least" else not is_long


def _begun(node: Held, changes: Sequence[GivenChange], as_of: AsOf) -> datetime | None:
    """When the operator began to hold, if it holds now."""
    begun = None
    for at, value in _values(node.term.path[0], changes, as_of.now):
        if not holds(node.term, value_at({node.term.path[0]: value}, node.term.path), as_of):
            begun = None
        elif begun is None:
            begun = at
    return begun


def _values(
    trait: str, changes: Sequence[GivenChange], now: datetime
) -> list[tuple[datetime, object]]:
    """Every value a trait ever had up to now and from when on, oldest first."""
    found: dict[datetime, object] = {}
    for change in changes:
        at = change.at or FIRST
        if change.trait == trait and at <= now:
            found[at] = change.value  # the later one at one instant is the newer
    return sorted(found.items(), key=lambda entry: entry[0])
