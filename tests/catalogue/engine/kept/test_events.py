"""What is remembered of events does not grow while nothing but time goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from catalogue.definitions.parse import parse_definition
from catalogue.engine.evaluate import evaluate
from catalogue.engine.inputs import Evaluation, Judged, SegmentInput
from catalogue.engine.kept.memory import Kept
from tests.generative.growing import GrowingTables, Happened, State

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOWS = [
    {"did": "paid", "in_last": "30 days"},
    # Its edge lies a microsecond after that of the first one.
    {"last_did": "paid", "older_than": "30 days"},
    {"did": "paid", "in_last": "24 hours"},
    # An hour later its edge is where that of the one before was.
    {"did": "paid", "in_last": "25 hours"},
]


def members(found: Evaluation) -> dict[str, object]:
    return {key: one.members for key, one in found.outcomes.items() if isinstance(one, Judged)}


def test_windows_that_lie_close_together_leave_no_vectors_behind_as_time_goes_on() -> None:
    segments = {
        f"s{place}": SegmentInput(definition=parse_definition({"where": where}))
        for place, where in enumerate(WINDOWS)
    }
    rows = [
        Happened(ordinal=one, at=NOW - timedelta(days=one, minutes=30), value=None)
        for one in range(60)
    ]
    state = State(customers=frozenset(range(60)), given=60).with_events("paid", rows)
    kept, taken = Kept(1 << 20), []
    for hours in range(6):
        now, tables = NOW + hours * HOUR, GrowingTables(state)
        found = evaluate(segments, tables, now=now, kept=kept)
        full = evaluate(segments, tables, now=now)
        assert members(found) == members(full)
        assert all(scan.is_update for scan in found.scans) == (hours > 0)
        taken.append(kept.nbytes)
    assert max(taken) == taken[0]
