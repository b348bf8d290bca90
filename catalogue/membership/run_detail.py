"""One refresh: how far it is, what it found for each segment, and what stays published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from catalogue.definitions.nodes import Subject
from catalogue.membership.run_list import Outcome, outcome_of, results_for
from catalogue.membership.runs import hidden_keys
from catalogue.membership.standing import Standing, standings
from catalogue.models import MembershipVersion, RefreshRun, RunState, Segment, Status
from catalogue.permissions import Actor
from catalogue.segments.subjects import subject_of

NAMED = ("key", "name", "definition__subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentResult:
    """What a refresh found for one segment, which holds what `subject` says. `version` is the
    membership version that held after it, `is_new` whether this refresh made it; of a refused one
    `error` says why, and `size` and `version` are those it keeps."""

    key: str
    name: str
    subject: Subject
    size: int | None
    entered: int | None
    left: int | None
    milliseconds: float | None
    version: int | None
    is_new: bool
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetail:
    """`segments`: how many it was asked for that exist for whoever looks, None when it is of all.
    `data_as_of`: when the data it reads was loaded, as photo `photo`."""

    run: RefreshRun
    is_active: bool
    segments: int | None
    photo: int | None
    data_as_of: datetime | None
    outcome: Outcome
    results: tuple[Mapping[str, Any], ...]
    standing: Standing


def run_detail(run: RefreshRun, *, viewer: Actor, now: datetime) -> RunDetail:
    """The facts of a refresh that exists for `viewer` (see `runs.run_for`)."""
    hidden = hidden_keys(viewer)
    results = results_for(run, hidden)
    return RunDetail(
        run=run,
        is_active=run.state in (RunState.QUEUED, RunState.RUNNING),
        segments=len(set(run.keys) - hidden) if run.keys else None,
        photo=run.photo.pk if run.photo else None,
        data_as_of=run.photo.created_at if run.photo else None,
        outcome=outcome_of(results),
        # Whatever went wrong is looked for first.
        results=tuple(sorted(results, key=lambda one: (not one["error"], one["key"]))),
        standing=standings([run], now=now)[run.pk],
    )


def segment_results(
    run: RefreshRun, some: Sequence[Mapping[str, Any]], *, viewer: Actor
) -> list[SegmentResult]:
    """Some of the results, with the names that segments have now; in two queries."""
    keys = [one["key"] for one in some]
    shown = Segment.objects.visible_to(viewer).filter(key__in=keys)
    rows = {row.key: row for row in shown.select_related("definition").only(*NAMED)}
    made = MembershipVersion.objects.filter(run=run, segment__key__in=keys)
    new = set(made.values_list("segment__key", flat=True))
    return [_result(one, rows.get(one["key"]), new) for one in some]


def kept_segments(run: RefreshRun, *, viewer: Actor) -> QuerySet[Segment]:
    """The segments that an unfinished refresh is of, with what is published of each."""
    rows = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED)
    wanted = rows.filter(key__in=run.keys) if run.keys else rows
    light: QuerySet[Segment] = wanted.select_related("membership").only(
        *("key", "name", "refreshed_at", "membership__number", "membership__size"),
        *("membership__now", "membership__subject"),
    )
    return light.order_by("name", "key")


def _result(one: Mapping[str, Any], row: Segment | None, new: Collection[str]) -> SegmentResult:
    return SegmentResult(
        key=one["key"],
        name=row.name if row else one["key"],
        subject=subject_of(row.definition if row else None),
        size=one["size"],
        entered=one["entered"],
        left=one["left"],
        milliseconds=one["milliseconds"],
        version=one["version"],
        is_new=one["key"] in new,
        error=one["error"],
    )
