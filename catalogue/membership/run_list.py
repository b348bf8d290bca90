"""Refreshes and syncs in one list, the newest first. The database puts them in order, so that a
page is found without reading those before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import CharField, F, QuerySet, Value

from catalogue.membership.runs import about, hidden_keys, runs_without
from catalogue.membership.standing import Standing, standings
from catalogue.models import RefreshRun, RunState, Segment
from catalogue.permissions import Actor
from catalogue.ports import SyncLine, SyncsAsked, sync_runs

# So many segments of a refresh are named.
NAMED = 3
# What a run is, when it came (asked for, or started), and its number among its kind.
Moment = tuple[str, datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsAsked:
    """Which runs are wanted; None and "" ask for all. `since` is the first instant wanted."""

    kind: Literal["refresh", "sync", ""] = ""
    state: str = ""
    segment: Segment | None = None
    tool: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a refresh came to over its segments: how many were judged, how many of those changed,
    people who entered and left (one for each segment they did), and how many were refused."""

    judged: int = 0
    changed: int = 0
    entered: int = 0
    left: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshLine:
    """One refresh. `names`: key and name of the first of its segments, none when it is of all;
    `more`: of how many others. `done` and `total` count scans."""

    number: int
    state: str
    is_all: bool
    names: tuple[tuple[str, str], ...]
    more: int
    done: int
    total: int
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rows_read: int
    error: str
    outcome: Outcome
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedLine:
    """One sync, and the name of its segment."""

    sync: SyncLine
    name: str


RunLine = RefreshLine | SyncedLine


def runs_found(asked: RunsAsked, *, viewer: Actor) -> QuerySet[Any, Moment]:
    """The runs wanted, of those that exist for somebody, the newest first."""
    hidden = hidden_keys(viewer)
    parts = [_refreshes(asked, hidden), _syncs(asked, hidden)]
    found = [part for part in parts if part is not None]
    if not found:
        return RefreshRun.objects.none().values_list("state", "created_at", "id")
    whole = found[0].union(found[1], all=True) if len(found) > 1 else found[0]
    return whole.order_by("-at", "kind", "-id")


def lines_of(moments: Iterable[Moment], *, viewer: Actor, now: datetime) -> list[RunLine]:
    """What is said of these runs, in their order; from the same queries however many they are."""
    places = list(moments)
    refreshes = {run.pk: run for run in _rows(_ids(places, "refresh"))}
    ledger = sync_runs()
    syncs = ledger.lines(_ids(places, "sync")) if ledger else {}
    names, hidden = _names(refreshes.values(), syncs.values(), viewer), hidden_keys(viewer)
    stand = standings(list(refreshes.values()), now=now)
    found: list[RunLine] = []
    for kind, _, number in places:
        if kind == "refresh" and number in refreshes:
            run = refreshes[number]
            found.append(_refresh_line(run, stand[number], names, hidden))
        elif kind == "sync" and number in syncs:
            key = syncs[number].segment
            found.append(SyncedLine(sync=syncs[number], name=names.get(key, key)))
    return found


def outcome_of(results: Sequence[Mapping[str, Any]]) -> Outcome:
    """The sums of a refresh's results."""
    judged = [one for one in results if not one["error"]]
    return Outcome(
        judged=len(judged),
        changed=sum(bool(one["entered"] or one["left"]) for one in judged),
        entered=sum(one["entered"] for one in judged),
        left=sum(one["left"] for one in judged),
        refused=len(results) - len(judged),
    )


def results_for(run: RefreshRun, hidden: Collection[str]) -> list[dict[str, Any]]:
    """The results of the segments that are not hidden."""
    return [one for one in run.results if one["key"] not in hidden]


def _refreshes(asked: RunsAsked, hidden: Collection[str]) -> QuerySet[Any, Moment] | None:
    if asked.kind == "sync" or asked.tool or asked.state not in ("", *RunState.values):
        return None
    runs = runs_without(hidden)
    if asked.segment is not None:
        runs = about(runs, asked.segment)
    if asked.state:
        runs = runs.filter(state=asked.state)
    if asked.since is not None:
        runs = runs.filter(created_at__gte=asked.since)
    moments = runs.annotate(kind=Value("refresh", CharField()), at=F("created_at"))
    return moments.values_list("kind", "at", "id")


def _syncs(asked: RunsAsked, hidden: Collection[str]) -> QuerySet[Any, Moment] | None:
    ledger = sync_runs()
    if ledger is None or asked.kind == "refresh":
        return None
    key = asked.segment.key if asked.segment else ""
    return ledger.moments(
        SyncsAsked(
            segment=key, tool=asked.tool, state=asked.state, since=asked.since, without=hidden
        )
    )


def _ids(places: Iterable[Moment], wanted: str) -> list[int]:
    return [number for kind, _, number in places if kind == wanted]


def _rows(numbers: Collection[int]) -> QuerySet[RefreshRun]:
    return RefreshRun.objects.filter(pk__in=numbers)


def _names(
    refreshes: Iterable[RefreshRun], syncs: Iterable[SyncLine], viewer: Actor
) -> dict[str, str]:
    keys = {key for run in refreshes for key in run.keys} | {one.segment for one in syncs}
    shown = Segment.objects.visible_to(viewer).filter(key__in=sorted(keys))
    return dict(shown.values_list("key", "name"))


def _refresh_line(
    run: RefreshRun, standing: Standing, names: Mapping[str, str], hidden: Collection[str]
) -> RefreshLine:
    shown = [(key, names[key]) for key in run.keys if key in names]
    return RefreshLine(
        number=run.pk,
        state=run.state,
        is_all=not run.keys,
        names=tuple(shown[:NAMED]),
        more=max(len(shown) - NAMED, 0),
        done=run.progress_done,
        total=run.progress_total,
        asked_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        rows_read=run.rows_read,
        error=run.error,
        outcome=outcome_of(results_for(run, hidden)),
        standing=standing,
    )
