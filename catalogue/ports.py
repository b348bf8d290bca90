"""What the catalogue may ask of integrations: each port is empty until integrations answer it.

Integrations register their answers when the application starts, and the catalogue asks once per
page, never once per row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolState:
    """What one tool holds of one segment.

    `destination`: its name for people; `function`: who works with it (sales, marketing, …);
    `in_step_with`: the membership version it holds exactly, None when none; `held`: how many people
    it holds, `drift`: how many of those are missing or extra, each None until it was read back;
    `as_of`: when that was; `text`: the state as a short phrase."""

    destination: str
    function: str
    in_step_with: int | None
    held: int | None
    drift: int | None
    as_of: datetime | None
    text: str


ToolStates = Mapping[str, list[ToolState]]
_tool_states: list[Callable[[Collection[str]], ToolStates]] = []


def register_tool_states(answer: Callable[[Collection[str]], ToolStates]) -> None:
    """Answer `tool_states` with this function from now on."""
    _tool_states[:] = [answer]


def tool_states(keys: Collection[str]) -> ToolStates:
    """The tools that hold each of these segments, by segment key; every key is in the answer."""
    known = _tool_states[0](keys) if _tool_states and keys else {}
    return {key: list(known.get(key, ())) for key in keys}
