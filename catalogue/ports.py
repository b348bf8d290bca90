"""What the catalogue may ask of integrations: each port is empty until integrations answer it.

Integrations register their answers when the application starts, and the catalogue asks once per
page, never once per row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolState:
    """What one tool holds of one segment.

    `destination`: its name for people; `function`: who works with it (sales, marketing, …);
    `in_step_with`: the membership version it holds exactly, None when none; `held`: how many people
    it holds, `drift`: how many of those are missing or extra, each None until it was read back;
    `as_of`: when that was; `text`: the state as a short phrase. `verdict`: what is proven against
    the newest version: equal, behind (it holds exactly an older one), differs or unknown; empty
    when whoever answers says only what was read back."""

    destination: str
    function: str
    in_step_with: int | None
    held: int | None
    drift: int | None
    as_of: datetime | None
    text: str
    verdict: str = ""


ToolStates = Mapping[str, list[ToolState]]
_tool_states: list[Callable[[Collection[str]], ToolStates]] = []


def register_tool_states(answer: Callable[[Collection[str]], ToolStates]) -> None:
    """Answer `tool_states` with this function from now on."""
    _tool_states[:] = [answer]


def tool_states(keys: Collection[str]) -> ToolStates:
    """The tools that hold each of these segments, by segment key; every key is in the answer."""
    known = _tool_states[0](keys) if _tool_states and keys else {}
    return {key: list(known.get(key, ())) for key in keys}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncsAsked:
    """Which syncs are wanted. None and "" ask for all; `without` are keys of segments whose syncs
    are left out; `since` is the first instant wanted."""

    segment: str = ""
    tool: str = ""
    state: str = ""
    since: datetime | None = None
    without: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncLine:
    """One sync: a segment's list in one tool brought in step with a membership version.

    `tool`: its name for people; `state`: running, succeeded, incomplete, braked, stopped or failed;
    `planned`, `done`: people to be added and removed, and those the tool confirmed, of whom `added`
    and `removed`; `rejected`: those it refused; `sentence`: what a person should know; `is_stuck`:
    it runs, but nobody works on it."""

    id: int
    segment: str
    tool: str
    state: str
    actor: str
    to_version: int
    planned: int
    done: int
    added: int
    removed: int
    rejected: int
    started_at: datetime
    finished_at: datetime | None
    sentence: str
    is_stuck: bool


class SyncRuns(Protocol):
    """What integrations know of syncs."""

    def moments(self, asked: SyncsAsked) -> QuerySet[Any, tuple[str, datetime, int]]:
        """("sync", when it started, id) of the syncs wanted, in no order and not asked for yet, so
        that the database itself can put them among other rows of that shape."""

    def lines(self, ids: Collection[int]) -> Mapping[int, SyncLine]:
        """Those syncs, by id."""

    def tools(self) -> Collection[str]:
        """The names of all tools, in order."""


_sync_runs: list[SyncRuns] = []


def register_sync_runs(answer: SyncRuns) -> None:
    """Let this answer for syncs from now on."""
    _sync_runs[:] = [answer]


def sync_runs() -> SyncRuns | None:
    """Who knows of syncs; None when nobody does."""
    return _sync_runs[0] if _sync_runs else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ElsewhereStep:
    """What one tool did about somebody who is to be erased. `place`: its name for people;
    `is_done`: whether nothing more is waited for; `count`: how many records it removed or deleted;
    `evidence`: its own answer as a sentence, without who it is about."""

    place: str
    is_done: bool
    count: int
    evidence: str


class ErasureElsewhere(Protocol):
    """What integrations do about somebody who is to be erased."""

    def ask(self, ordinal: int, external_id: str) -> Sequence[ElsewhereStep]:
        """Have every tool that ever held this customer remove them, and delete them where it can;
        one step for each of these tools, with how far it is. Asked again until all are done, so it
        begins what is not begun, says how far the rest is, and does nothing twice. The customer is
        suppressed by then, and their id is known for as long as a step is not done."""


_erasure_elsewhere: list[ErasureElsewhere] = []


def register_erasure_elsewhere(answer: ErasureElsewhere) -> None:
    """Have this erase people in tools from now on."""
    _erasure_elsewhere[:] = [answer]


def erase_elsewhere(ordinal: int, external_id: str) -> list[ElsewhereStep]:
    """How far every tool is that ever held this customer; none where nobody knows of tools."""
    if not _erasure_elsewhere:
        return []
    return list(_erasure_elsewhere[0].ask(ordinal, external_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """One kind of rows or files that is deleted by its age. `name` for programs, `label` and `kept`
    (how long, in words) for people; `count(now)`: how many are older than that at `now`;
    `delete(now)`: delete these, and say how many."""

    name: str
    label: str
    kept: str
    count: Callable[[datetime], int]
    delete: Callable[[datetime], int]


_retained_elsewhere: list[Callable[[], Sequence[Retained]]] = []


def register_retained(answer: Callable[[], Sequence[Retained]]) -> None:
    """Have these kinds of rows deleted by their age too, from now on."""
    _retained_elsewhere[:] = [answer]


def retained_elsewhere() -> list[Retained]:
    """What integrations keep for a time only."""
    return list(_retained_elsewhere[0]()) if _retained_elsewhere else []
