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

from django.db.models import Max
from django.utils import timezone

from catalogue.models import DefinitionVersion, Segment
from integrations.models import Audience, DriftReport, SyncRun, SyncState
from integrations.sync.newest import newest_of

Definition = Literal["current", "older", "different", "unknown"]
People = Literal["equal", "behind", "differs", "count_only", "unverifiable", "unknown"]
Connection = Literal[
    "working", "failing", "waiting", "resting", "paused", "braked", "stopped", "off", "unknown"
]
FAILING = {SyncState.FAILED, SyncState.INCOMPLETE}


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionTruth:
    """`held` and `current` are hashes of definitions; empty where there is none; the numbers are
    those of the definition versions, None where it is none of the segment's (`different`)."""

    state: Definition
    held: str
    current: str
    as_of: datetime | None
    evidence: str
    held_number: int | None = None
    current_number: int | None = None

    @property
    def behind(self) -> int | None:
        """How many definition versions lie between them; None where that is not known."""
        if self.held_number is None or self.current_number is None:
            return None
        return self.current_number - self.held_number


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
    """The same, for who has read the newest drift and sync of each list: one query or two."""
    segments = _segments([row.segment_key for row in rows])
    numbers = _numbers(rows, segments)
    return [
        Truth(
            destination=row.destination.key,
            segment=row.segment_key,
            name=row.name,
            definition=_definition(row, segments.get(row.segment_key), numbers),
            people=_people(row, segments.get(row.segment_key), drifts.get(row.pk)),
            connection=_connection(row, runs.get(row.pk)),
        )
        for row in rows
    ]


def _segments(keys: Sequence[str]) -> dict[str, Segment]:
    rows = Segment.objects.filter(key__in=keys).select_related("definition", "membership")
    fields = ("key", "definition__definition_hash", "definition__number", "membership__number")
    return {row.key: row for row in rows.only(*fields)}


def _numbers(
    rows: Sequence[Audience], segments: Mapping[str, Segment]
) -> Mapping[tuple[str, str], int]:
    """By segment key and hash: the newest definition version that says so. Asked of the database
    only where a list rests on another definition than the segment's own."""
    own = {
        (key, one.definition.definition_hash): one.definition.number
        for key, one in segments.items()
        if one.definition is not None
    }
    others = {(row.segment_key, row.definition_hash) for row in rows if row.definition_hash}
    hashes = {hash_ for key, hash_ in others - own.keys()}
    if not hashes:
        return own
    found = DefinitionVersion.objects.filter(
        segment__key__in=segments.keys(), definition_hash__in=hashes
    )
    last = found.values_list("segment__key", "definition_hash").annotate(last=Max("number"))
    return {(key, hash_): number for key, hash_, number in last} | own


def _definition(
    audience: Audience, segment: Segment | None, numbers: Mapping[tuple[str, str], int]
) -> DefinitionTruth:
    version = segment.definition if segment is not None else None
    current = version.definition_hash if version is not None else ""
    held = audience.definition_hash
    state: Definition = "unknown"
    evidence = "No sync has been confirmed to the last member yet."
    old = numbers.get((audience.segment_key, held))
    if held and held == current:
        state = "current"
        evidence = "The people it confirmed were judged by it."
    elif held and current:
        state = "different" if old is None else "older"
        evidence = (
            "The people it confirmed were judged by something that is none of its definitions."
            if old is None
            else "The people it confirmed were judged by an older definition."
        )
    return DefinitionTruth(
        state=state,
        held=held,
        current=current,
        as_of=audience.confirmed_at,
        evidence=evidence,
        held_number=old,
        current_number=numbers.get((audience.segment_key, current)),
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
    if report.count_only:
        said = f"It holds {report.held:,}, and {report.expected:,} are confirmed; whom it holds it"
        return "count_only", f"{said} does not say. {report.note}".strip()
    if not report.verifiable:
        return "unverifiable", report.note or "This tool cannot be read back."
    if report.is_different:
        return "differs", f"Read back: {report.missing:,} missing, {report.extra:,} extra."
    if newest is None or report.version != newest or audience.version != newest:
        held = "no version" if report.version is None else f"m{report.version}"
        return "behind", f"Read back: exactly {held}; the newest is m{newest}."
    return "equal", f"Read back: exactly m{newest}, {report.held:,} people."


def _connection(audience: Audience, run: SyncRun | None) -> ConnectionTruth:
    at = None if run is None else run.finished_at or run.started_at
    held_up = _held_up(audience)
    if held_up is not None:
        state, evidence = held_up
        return ConnectionTruth(state=state, as_of=at, evidence=evidence)
    if run is None or run.state == SyncState.RUNNING:
        said = "It was never synced." if run is None else "A sync is running."
        return ConnectionTruth(state="unknown", as_of=at, evidence=said)
    states: dict[str, Connection] = {SyncState.BRAKED: "braked", SyncState.STOPPED: "stopped"}
    state = states.get(run.state, "failing" if run.state in FAILING else "working")
    return ConnectionTruth(
        state=state, as_of=at, evidence=run.sentence or SyncState(run.state).label
    )


def _held_up(audience: Audience) -> tuple[Connection, str] | None:
    """Why nothing is sent though it may be due, and the sentence that says so; None if nothing is
    in the way."""
    tool = audience.destination
    if tool.off_reason:
        return "off", tool.off_reason
    if audience.paused_reason:
        return "paused", audience.paused_reason
    if audience.stopped_reason:
        return "stopped", audience.stopped_reason
    now = timezone.now()
    if tool.resting_until is not None and now < tool.resting_until:
        until = f"{tool.resting_until:%Y-%m-%d %H:%M} UTC"
        return "resting", f"It answered none of the last syncs, and is let rest until {until}."
    waits = [at for at in (audience.not_before, tool.not_before) if at is not None and now < at]
    if waits:
        return "waiting", f"It asked for no requests before {max(waits):%Y-%m-%d %H:%M:%S} UTC."
    return None
