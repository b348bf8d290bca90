"""Runs as lines of a list: everything in words, so that templates only place it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalogue.membership.run_list import RefreshLine, RunLine, SyncedLine
from catalogue.web.components.states import State
from catalogue.web.run_states import spell, state_of

ACTIVE = ("queued", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRun:
    """`line` is what it is about; `is_sync`: of a tool. `began` is None of one that still waits;
    `took` says how long, of one that runs how long so far; `said`: its error, or what it waits
    for."""

    line: RefreshLine | SyncedLine
    is_sync: bool
    state: State
    is_active: bool
    asked_at: datetime
    began: datetime | None
    took: str
    done: int
    total: int
    said: str


def shown_run(line: RunLine, *, now: datetime) -> ShownRun:
    """A run for the list."""
    return _refresh(line, now) if isinstance(line, RefreshLine) else _sync(line, now)


def took(began: datetime | None, ended: datetime | None, *, is_active: bool, now: datetime) -> str:
    """How long a run took, or takes so far; "" of one that never began."""
    if began is None or (ended is None and not is_active):
        return ""
    return spell(ended - began) if ended else f"{spell(now - began)} so far"


def _refresh(line: RefreshLine, now: datetime) -> ShownRun:
    is_active = line.state in ACTIVE
    # What waits for another attempt has begun once, and does not run.
    began = None if line.state == "queued" else line.started_at
    return ShownRun(
        line=line,
        is_sync=False,
        state=state_of(line.state, is_stuck=line.standing.is_stuck),
        is_active=is_active,
        asked_at=line.asked_at,
        began=began,
        took=took(began, line.finished_at, is_active=is_active, now=now),
        done=line.done,
        total=line.total,
        said=line.error or line.standing.sentence,
    )


def _sync(line: SyncedLine, now: datetime) -> ShownRun:
    sync, is_active = line.sync, line.sync.state in ACTIVE
    return ShownRun(
        line=line,
        is_sync=True,
        state=state_of(sync.state, is_stuck=sync.is_stuck),
        is_active=is_active,
        asked_at=sync.started_at,
        began=sync.started_at,
        took=took(sync.started_at, sync.finished_at, is_active=is_active, now=now),
        done=sync.done,
        total=sync.planned,
        said=sync.sentence,
    )
