"""Windows over the dates of a trait move with the clock, and nothing is read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from catalogue.engine.evaluate import evaluate
from catalogue.engine.inputs import Evaluation, Judged, SegmentInput
from catalogue.engine.kept.memory import Kept
from tests.catalogue.definitions.reading import definition
from tests.catalogue.engine.kept.written import again
from tests.generative.growing import GrowingTables, Said, State

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, EARLIER = timedelta(hours=1), NOW - timedelta(days=40)
MINUTE = timedelta(minutes=1)
WINDOWS = ("in_last: 1 hour", "in_last: 7 days", "older_than: 1 day", "before: today", "is: pro")


def asked(zone: str = "UTC") -> dict[str, SegmentInput]:
    return {
        window: SegmentInput(definition=definition(f"{{trait: plan, {window}}}", zone))
        for window in WINDOWS
    }


def said(
    ordinal: int, value: float | str | None, at: datetime = EARLIER, sequence: int = 0
) -> Said:
    return Said(ordinal=ordinal, at=at, sequence=sequence, value=value)


def begin() -> State:
    """Somebody with an instant, with a local time, with a text, a number, and nothing."""
    values = [
        *(NOW.isoformat(), (NOW - HOUR).isoformat(), (NOW + HOUR).isoformat()),
        *("2026-03-10T11:30:00", "2026-03-03", "2026-03-10T12:00:00+02:00", "pro", 4.0, None),
    ]
    state = State(customers=frozenset(range(12)), given=12)
    return state.with_changes("plan", [said(*pair) for pair in enumerate(values)])


def compared(state: State, now: datetime, kept: Kept) -> tuple[Evaluation, dict[str, list[int]]]:
    """What follows, and whom each window holds; the same as from nothing."""
    for zone in ("UTC", "Asia/Kolkata"):
        full = evaluate(asked(zone), GrowingTables(state), now=now)
        following = evaluate(asked(zone), GrowingTables(state), now=now, kept=kept)
        assert members(following) == members(full)
    return following, members(following)


def members(found: Evaluation) -> dict[str, list[int]]:
    judged = {key: one for key, one in found.outcomes.items() if isinstance(one, Judged)}
    assert judged.keys() == found.outcomes.keys()
    return {key: list(one.members) for key, one in judged.items()}


def test_windows_move_over_known_dates_without_a_scan() -> None:
    kept, state = Kept(1 << 30), begin()
    compared(state, NOW, kept)
    before = compared(state, NOW, kept)[1]
    following, after = compared(state, NOW + 2 * HOUR, kept)
    assert [(scan.is_update, scan.rows) for scan in following.scans] == [(True, 0)]
    assert before["in_last: 1 hour"] != after["in_last: 1 hour"] != []


@pytest.mark.parametrize(
    "value",
    [None, 7.0, "pro", (NOW - 2 * HOUR).isoformat(), "2026-03-10T11:45:00", "2027-01-01"],
)
@pytest.mark.parametrize("ordinal", [0, 3, 6, 8, 11])
def test_a_change_counts_for_whom_it_is_said(ordinal: int, value: float | str | None) -> None:
    kept, state = Kept(1 << 30), begin()
    compared(state, NOW, kept)
    changed = state.with_changes("plan", [said(ordinal, value, NOW - HOUR, 5)])
    following, _ = compared(changed, NOW + HOUR, kept)
    assert [scan.is_update for scan in following.scans] == [True]
    again = changed.with_changes("plan", [said(ordinal, "2026-03-09", NOW, 6)])
    compared(again, NOW + 2 * HOUR, kept)


def test_a_change_that_came_too_late_counts_for_nothing() -> None:
    kept, state = Kept(1 << 30), begin()
    compared(state, NOW, kept)
    before = compared(state, NOW + HOUR, kept)[1]
    late = state.with_changes("plan", [said(0, "pro", EARLIER - HOUR)])
    assert compared(late, NOW + HOUR, kept)[1] == before


def test_newcomers_and_those_who_went_are_as_in_a_full_refresh() -> None:
    kept, state = Kept(1 << 30), begin()
    compared(state, NOW, kept)
    state = replace(state, customers=frozenset(range(1, 15)), given=15).merged(2, 13)
    state = state.with_changes("plan", [said(14, NOW.isoformat(), NOW)])
    compared(state, NOW + HOUR, kept)


@pytest.mark.parametrize("is_read_again", [False, True], ids=["kept", "from a file"])
def test_many_dates_are_as_in_a_full_refresh_however_far_windows_move(
    is_read_again: bool, tmp_path: Path
) -> None:
    minutes = np.random.default_rng(11).integers(-60 * 24 * 9, 60 * 24 * 3, 900)
    people = [said(i, (NOW + int(m) * MINUTE).isoformat()) for i, m in enumerate(minutes)]
    empty = State(customers=frozenset(range(900)), given=900)
    kept, state = Kept(1 << 30), empty.with_changes("plan", people)
    for minute in (0, 1, 2, 2, 60, 61, 60 * 40, 60 * 40 + 7, 60 * 24 * 15, 60 * 24 * 15 + 1):
        compared(state, NOW + minute * MINUTE, kept)
        if is_read_again:
            kept = again(kept, state, tmp_path / f"after {minute}")
    assert not kept.is_empty
