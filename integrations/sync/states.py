"""What the catalogue's pages may know of tools: one question per page, the same few
queries however many lists there are."""

from __future__ import annotations

from collections.abc import Collection

from catalogue.ports import ToolState, ToolStates
from integrations import registry
from integrations.errors import ConfigError
from integrations.models import Audience, DriftReport, SyncRun, SyncState
from integrations.sync.newest import newest_of
from integrations.sync.truth import truths_by


def tool_states(keys: Collection[str]) -> ToolStates:
    """The state of every list of these segments, by segment key and destination."""
    audiences = _audiences(keys)
    drifts, runs = newest_of(DriftReport, audiences), newest_of(SyncRun, audiences)
    found: dict[str, list[ToolState]] = {}
    for each, truth in zip(audiences, truths_by(audiences, drifts, runs), strict=True):
        state = _state(each, runs.get(each.pk), drifts.get(each.pk), truth.people.state)
        found.setdefault(each.segment_key, []).append(state)
    return found


def _audiences(keys: Collection[str]) -> list[Audience]:
    rows = Audience.objects.filter(segment_key__in=keys).select_related("destination")
    heavy = ("acknowledged", "uncertain", "sent")
    return list(rows.defer(*heavy).order_by("segment_key", "destination__key"))


def _state(
    audience: Audience, run: SyncRun | None, drift: DriftReport | None, verdict: str
) -> ToolState:
    seen = drift if drift is not None and drift.verifiable else None
    in_step = run is not None and run.state == SyncState.SUCCEEDED and not audience.repair_due
    return ToolState(
        destination=audience.destination.key,
        function=_function(audience.destination.connector),
        in_step_with=audience.version if in_step else None,
        held=None if seen is None else seen.held,
        drift=None if seen is None else seen.missing + seen.extra,
        as_of=None if seen is None else seen.as_of,
        text=_text(audience, run),
        verdict=verdict,
    )


def _function(connector: str) -> str:
    try:
        return registry.manifest(connector).works_for
    except ConfigError:
        return connector


def _text(audience: Audience, run: SyncRun | None) -> str:
    if audience.destination.off_reason:
        return "switched off"
    if audience.stopped_reason:
        return "stopped"
    if run is None:
        return "not synced yet"
    if run.state == SyncState.SUCCEEDED:
        return "differs; the next sync repairs it" if audience.repair_due else "in step"
    return {
        SyncState.RUNNING: "syncing",
        SyncState.INCOMPLETE: "not finished",
        SyncState.BRAKED: "waits for approval",
    }.get(SyncState(run.state), "failed")
