"""What becomes of the copies that tools hold when a segment changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.ports import ToolState


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolPlan:
    """A tool and what becomes of its copy. `state` is None while it holds none."""

    name: str
    state: ToolState | None
    is_new: bool
    is_dropped: bool


def tool_plans(
    states: Sequence[ToolState], *, now: Sequence[str], wanted: Sequence[str]
) -> list[ToolPlan]:
    """Every tool that holds the segment, is to hold it `now`, or would be (`wanted`)."""
    known = {state.destination: state for state in states}
    return [
        ToolPlan(
            name=name,
            state=known.get(name),
            is_new=name in wanted and name not in now,
            is_dropped=name not in wanted,
        )
        for name in dict.fromkeys([*wanted, *now, *known])
    ]
