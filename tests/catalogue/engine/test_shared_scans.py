"""How much each scan has still to read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from catalogue.engine.evaluate import evaluate, plan_of
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.kept.memory import NOTHING_KEPT, Kept
from catalogue.engine.shared_scans import shared_scans
from tests.catalogue.definitions.reading import definition
from tests.generative.growing import GrowingTables, Happened, Said, State

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ASKED = {
    "recent": SegmentInput(definition=definition("{did: login, in_last: 7 days}")),
    "pro": SegmentInput(definition=definition("{trait: plan, is: pro}")),
}


def unread(state: State, kept: Kept) -> dict[str, tuple[int | None, int]]:
    """By kind of scan, the bytes of all it may read, and of what is not remembered."""
    conditions = plan_of(ASKED, NOW).conditions
    scans = shared_scans(conditions, GrowingTables(state), NOW, kept)
    return {scan.source.kind: (scan.size, scan.unread) for scan in scans}


def said(ordinal: int, value: str) -> Said:
    return Said(ordinal=ordinal, at=NOW - HOUR, sequence=ordinal, value=value)


def happened(ordinal: int) -> Happened:
    return Happened(ordinal=ordinal, at=NOW - HOUR, value=None)


def test_what_is_remembered_is_not_to_be_read_again() -> None:
    state = State(customers=frozenset(range(5)), given=5)
    state = state.with_changes("plan", [said(0, "pro"), said(1, "free")])
    state = state.with_events("login", [happened(2), happened(3)])
    kept = Kept(1 << 30)
    sizes = unread(state, kept)
    assert all(size == new and new > 0 for size, new in sizes.values())
    evaluate(ASKED, GrowingTables(state), now=NOW, kept=kept)
    known = unread(state, kept)
    assert {kind: new for kind, (_, new) in known.items()} == {"events": 0, "trait": 0}
    assert {kind: size for kind, (size, _) in known.items()} == {
        kind: size for kind, (size, _) in sizes.items()
    }

    state = state.with_events("login", [happened(4)])
    (size, new), (_, trait) = (unread(state, kept)[kind] for kind in ("events", "trait"))
    assert size is not None
    assert 0 < new < size
    assert trait == 0
    assert unread(state, NOTHING_KEPT)["events"] == (size, size)


def test_where_something_that_was_remembered_is_gone_all_is_to_be_read() -> None:
    state = State(customers=frozenset(range(5)), given=5)
    state = state.with_events("login", [happened(2)]).with_events("login", [happened(3)])
    state = state.with_changes("plan", [said(0, "pro")])
    kept = Kept(1 << 30)
    evaluate(ASKED, GrowingTables(state), now=NOW, kept=kept)
    first, *rest = state.events["login"]
    left = {name: state.events["login"][name] for name in rest}
    size, new = unread(replace(state, events={"login": left}), kept)["events"]
    assert first not in left
    assert size == new
    assert new > 0
