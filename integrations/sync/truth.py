"""How true the copies of segments are, each on three axes that are never one light: does the tool
hold our current definition, does it hold our current people, and is the connection working?

Every answer says what it rests on and when that was so. Nothing is equal without proof: people are
equal only when the tool was read back and held exactly the newest members.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from catalogue.models import Segment
from integrations.models import Audience, DriftReport, SyncRun, SyncState
from integrations.sync.newest import newest_of

Definition = Literal["current", "older", "unknown"]
People = Literal["equal", "behind", "differs", "unknown"]
Connection = Literal["working", "failing", "stopped", "off", "unknown"]
FAILING = {SyncState.FAILED, SyncState.INCOMPLETE}
STOPPED = {SyncState.STOPPED, SyncState.BRAKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionTruth:
    """`held` and `current` are hashes of definitions; empty where there is none."""

    state: Definition
    held: str
    current: str
    as_of: datetime | None
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleTruth:
    """Numbers are of the last read-back; None where the tool was never read back, or cannot be.
    `held_version` is the membership version that the tool has confirmed to the last member."""

    state: People
    held: int | None
    missing: int | None
    extra: int | None
    foreign: int | None
    held_version: int | None
    newest_version: int | None
    as_of: datetime | None
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionTruth:
    """How the last sync went."""

    state: Connection
    as_of: datetime | None
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One segment in one tool; `name` is what its list is called there."""

    destination: str
    segment: str
    name: str
    definition: DefinitionTruth
    people: PeopleTruth
    connection: ConnectionTruth


def truths(audiences: Sequence[Audience]) -> list[Truth]:
    """The copies in their order, from three queries; each comes with its destination."""
    rows = list(audiences)
    return truths_by(rows, newest_of(DriftReport, rows), newest_of(SyncRun, rows))


def truths_by(
    rows: Sequence[Audience], drifts: Mapping[int, DriftReport], runs: Mapping[int, SyncRun]
) -> list[Truth]:
    """The same, from one query, for who has read the newest drift and sync of each list."""
    segments = _segments([row.segment_key for row in rows])
    return [
        Truth(
            destination=row.destination.key,
            segment=row.segment_key,
            name=row.name,
            definition=_definition(row, segments.get(row.segment_key)),
            people=_people(row, segments.get(row.segment_key), drifts.get(row.pk)),
            connection=_connection(row, runs.get(row.pk)),
        )
        for row in rows
    ]


def _segments(keys: Sequence[str]) -> dict[str, Segment]:
    rows = Segment.objects.filter(key__in=keys).select_related("definition", "membership")
    fields = ("key", "definition__definition_hash", "membership__number")
    return {row.key: row for row in rows.only(*fields)}


def _definition(audience: Audience, segment: Segment | None) -> DefinitionTruth:
    version = segment.definition if segment is not None else None
    current = version.definition_hash if version is not None else ""
    held = audience.definition_hash
    if not held or not current:
        state: Definition = "unknown"
        evidence = "No sync has been confirmed to the last member yet."
    elif held == current:
        state, evidence = "current", "The people it confirmed were judged by it."
    else:
        state, evidence = "older", "The people it confirmed were judged by an older definition."
    return DefinitionTruth(
        state=state, held=held, current=current, as_of=audience.confirmed_at, evidence=evidence
    )


def _people(audience: Audience, segment: Segment | None, report: DriftReport | None) -> PeopleTruth:
    newest = segment.membership.number if segment is not None and segment.membership else None
    seen = report if report is not None and report.verifiable else None
    state, evidence = _verdict(audience, report, newest)
    return PeopleTruth(
        state=state,
        held=seen.held if seen else None,
        missing=seen.missing if seen else None,
        extra=seen.extra if seen else None,
        foreign=seen.foreign if seen else None,
        held_version=audience.version,
        newest_version=newest,
        as_of=report.as_of if report else None,
        evidence=evidence,
    )


def _verdict(
    audience: Audience, report: DriftReport | None, newest: int | None
) -> tuple[People, str]:
    if report is None:
        return "unknown", "The tool was never read back."
    if not report.verifiable:
        return "unknown", report.note or "This tool cannot be read back."
    if report.is_different:
        return "differs", f"Read back: {report.missing:,} missing, {report.extra:,} extra."
    if newest is None or report.version != newest or audience.version != newest:
        held = "no version" if report.version is None else f"m{report.version}"
        return "behind", f"Read back: exactly {held}; the newest is m{newest}."
    return "equal", f"Read back: exactly m{newest}, {report.held:,} people."


def _connection(audience: Audience, run: SyncRun | None) -> ConnectionTruth:
    at = None if run is None else run.finished_at or run.started_at
    if audience.destination.off_reason:
        return ConnectionTruth(state="off", as_of=at, evidence=audience.destination.off_reason)
    if audience.stopped_reason:
        return ConnectionTruth(state="stopped", as_of=at, evidence=audience.stopped_reason)
    if run is None or run.state == SyncState.RUNNING:
        said = "It was never synced." if run is None else "A sync is running."
        return ConnectionTruth(state="unknown", as_of=at, evidence=said)
    state: Connection = "working"
    if run.state in FAILING | STOPPED:
        state = "failing" if run.state in FAILING else "stopped"
    return ConnectionTruth(
        state=state, as_of=at, evidence=run.sentence or SyncState(run.state).label
    )
