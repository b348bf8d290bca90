"""Everything about one segment that its first page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from catalogue.definitions.english.wording import Labels
from catalogue.definitions.linked import Span, linked_lines
from catalogue.definitions.nodes import Subject
from catalogue.models import (
    Account,
    Customer,
    DefinitionVersion,
    Evidence,
    Reading,
    RefreshRun,
    RunState,
    Segment,
    Status,
    Workspace,
)
from catalogue.permissions import Actor
from catalogue.ports import tool_states
from catalogue.segments.definition_versions import said_of
from catalogue.segments.queries.rows import SegmentRow, Shown, row_of, words
from catalogue.segments.queries.sizes import Trend, trends
from catalogue.segments.subjects import held_in, say_list, subject_of
from catalogue.segments.trees import segments_in, tree_of
from catalogue.segments.vocabulary import stored_labels

VERSIONS_SHOWN = 3
# How far back a run of this segment is looked for.
RUNS_LOOKED_AT = 50
# Readings that the number and its history say already.
SAID_ABOVE = ("size", "entered", "left")
WAITING = (RunState.QUEUED, RunState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionCard:
    """One version of who belongs."""

    number: int
    definition_hash: str
    message: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one function says."""

    function: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A reading for people: `Active share 28d`, `62.4 %`, measured on so many, how."""

    label: str
    value: str
    n: int
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A segment that this one is built on, or that is built on this one. `size` is None of one
    never refreshed; `is_there` is False of one that is gone or archived."""

    key: str
    name: str
    subject: Subject = "customer"
    size: int | None = None
    as_of: datetime | None = None
    is_there: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDraft:
    """The draft that waits to be published: `number` is what it would become."""

    number: int
    by: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The newest refresh of a segment. `keys`: of which segments, none for all; `done` and `total`
    count scans; `error` is why it, or this segment in it, failed."""

    id: int
    keys: tuple[str, ...]
    state: str
    done: int
    total: int
    error: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in WAITING

    @property
    def has_failed(self) -> bool:
        """Whether it ended without a number for this segment."""
        return bool(self.error) and not self.is_active


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentPage:
    """Everything about one segment. `lines` are (depth, spans); `population` is how many live
    customers, or accounts, there are."""

    row: SegmentRow
    lines: tuple[tuple[int, tuple[Span, ...]], ...]
    why: str
    evidence: tuple[Evidence, ...]
    messages: tuple[Message, ...]
    review: Mapping[str, Any] | None
    versions: tuple[DefinitionCard, ...]
    more_versions: int
    readings: tuple[Measured, ...]
    population: int
    built_on: tuple[Neighbour, ...]
    used_by: tuple[Neighbour, ...]
    draft: WaitingDraft | None
    run: Run | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentCount:
    """How many there are now, and what goes on: the part of the page that changes by itself."""

    row: SegmentRow
    population: int
    run: Run | None


def segment_page(segment: Segment, *, viewer: Actor, now: datetime) -> SegmentPage:
    """The page of a segment that `viewer` may see."""
    labels = stored_labels(viewer)
    versions = _versions(segment)
    return SegmentPage(
        row=_row(segment, labels, now=now),
        lines=_lines(segment.definition, labels),
        why=segment.why,
        evidence=tuple(segment.evidence.all()),
        messages=_messages(segment),
        review=segment.review,
        versions=versions[:VERSIONS_SHOWN],
        more_versions=max(len(versions) - VERSIONS_SHOWN, 0),
        readings=_readings(segment),
        population=_population(segment),
        built_on=_built_on(segment, viewer),
        used_by=_used_by(segment, viewer),
        draft=_draft(segment),
        run=newest_run(segment),
    )


def segment_count(segment: Segment, *, now: datetime) -> SegmentCount:
    """The number of a segment, without the rest of its page."""
    row = _row(segment, Labels(), now=now)
    return SegmentCount(row=row, population=_population(segment), run=newest_run(segment))


def newest_run(segment: Segment) -> Run | None:
    """The refresh that judges, or judged, this segment last; None when it is long ago."""
    recent = RefreshRun.objects.order_by("-pk").defer("results")[:RUNS_LOOKED_AT]
    found = next((run for run in recent if not run.keys or segment.key in run.keys), None)
    # A run of all segments from before this one was made says nothing about it.
    if found is None or found.created_at < segment.created_at:
        return None
    error = found.error or _refusal(found, segment.key)
    return Run(
        id=found.pk,
        keys=tuple(found.keys),
        state=found.state,
        done=found.progress_done,
        total=found.progress_total,
        error=error,
        asked_at=found.created_at,
        started_at=found.started_at,
        finished_at=found.finished_at,
    )


def _refusal(run: RefreshRun, key: str) -> str:
    if run.state in WAITING:
        return ""
    results = RefreshRun.objects.values_list("results", flat=True).get(pk=run.pk)
    return next((str(one["error"]) for one in results if one["key"] == key), "")


def _row(segment: Segment, labels: Labels, *, now: datetime) -> SegmentRow:
    trend = trends([segment], now=now).get(segment.pk, Trend())
    shown = Shown(labels=labels, now=now, workspace=Workspace.current())
    return row_of(segment, trend, tool_states([segment.key])[segment.key], shown)


def _population(segment: Segment) -> int:
    if subject_of(segment.definition) == "account":
        return Account.objects.filter(deleted_at=None).count()
    return Customer.objects.filter(deleted_at=None, merged_into=None).count()


def _lines(
    version: DefinitionVersion | None, labels: Labels
) -> tuple[tuple[int, tuple[Span, ...]], ...]:
    if version is None:
        return ()
    if version.canonical is None:
        return ((0, (Span(text=say_list(version)),)),)
    return tuple(linked_lines(tree_of(version.canonical), labels=labels))


def _messages(segment: Segment) -> tuple[Message, ...]:
    return tuple(
        Message(function=one.function, label=words(one.function), text=one.text)
        for one in segment.messages.all()
    )


def _versions(segment: Segment) -> tuple[DefinitionCard, ...]:
    rows = segment.definitions.select_related("created_by").defer("canonical", "source")
    found = list(rows.order_by("-number"))
    said = said_of(segment, found)
    return tuple(
        DefinitionCard(
            number=version.number,
            definition_hash=version.definition_hash,
            message=said[version.number],
            created_by=version.created_by.label if version.created_by else "",
            created_at=version.created_at,
        )
        for version in found
    )


def _readings(segment: Segment) -> tuple[Measured, ...]:
    rows = Reading.objects.filter(membership=segment.membership_id, measurement=None)
    found = rows.exclude(metric__in=SAID_ABOVE).order_by("metric")
    return tuple(
        Measured(label=words(r.metric), value=_value(r), n=r.n, method=r.method) for r in found
    )


def _value(reading: Reading) -> str:
    if reading.value is None:
        return "nobody to measure"
    return f"{reading.value:.1%}" if reading.unit == "share" else f"{reading.value:,.0f}"


def _built_on(segment: Segment, viewer: Actor) -> tuple[Neighbour, ...]:
    keys = segments_in(segment.definition)
    if not keys:
        return ()
    found = {one.key: one for one in _neighbours(Q(key__in=keys), viewer)}
    return tuple(
        found.get(key, Neighbour(key=key, name=key, is_there=False)) for key in sorted(keys)
    )


def _used_by(segment: Segment, viewer: Actor) -> tuple[Neighbour, ...]:
    # Every tree that names the key somewhere, then those that really refer to it.
    named = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED)
    candidates = named.filter(definition__canonical__contains=f'"{segment.key}"')
    rows = candidates.select_related("definition").only("definition__canonical")
    found = [row.pk for row in rows if segment.key in segments_in(row.definition)]
    return tuple(_neighbours(Q(pk__in=found), viewer)) if found else ()


def _neighbours(condition: Q, viewer: Actor) -> list[Neighbour]:
    rows = Segment.objects.visible_to(viewer).filter(condition).select_related("membership")
    fields = ("key", "name", "status", "refreshed_at", "membership__size", "membership__subject")
    shown = rows.only(*fields).order_by("name")
    return [
        Neighbour(
            key=row.key,
            name=row.name,
            subject=held_in(row.membership),
            size=row.membership.size if row.membership else None,
            as_of=row.refreshed_at,
            is_there=row.status != Status.ARCHIVED,
        )
        for row in shown
    ]


def _draft(segment: Segment) -> WaitingDraft | None:
    draft = getattr(segment, "draft", None)
    if draft is None:
        return None
    by = draft.created_by.label if draft.created_by else ""
    return WaitingDraft(number=draft.number, by=by, saved_at=draft.updated_at)
