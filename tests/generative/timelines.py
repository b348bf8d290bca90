"""Random timelines of a workspace: loads, late and future events, merges, deletions, edits of
segments, and jumps of the clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from catalogue.engine.inputs import SegmentInput
from tests.catalogue.definitions.reading import definition
from tests.generative.growing import GrowingTables, Happened, Said, State

BEGIN = datetime(2026, 3, 1, 9, tzinfo=UTC)
EVENTS = ("login", "paid", "invited")
TRAITS = ("plan", "seats")
JUMPS = (
    *(timedelta(0), timedelta(microseconds=1), timedelta(hours=1), timedelta(hours=1)),
    *(timedelta(hours=1), timedelta(hours=5), timedelta(days=1), timedelta(days=8)),
    *(timedelta(days=45), timedelta(days=200)),
)
# Windows have these lengths, so events are put exactly there and a microsecond beside it.
AGES = (timedelta(0), timedelta(hours=1), *(timedelta(days=days) for days in (1, 7, 8, 30, 90)))
BESIDE = (timedelta(0), timedelta(microseconds=-1), timedelta(microseconds=1), timedelta(hours=-2))

WINDOWS = (
    *("in_last: 1 day", "in_last: 7 days", "in_last: 30 days", "in_last: 90 days"),
    *("in_last: 1 hour", "older_than: 7 days", "older_than: 30 days", "during: last_week"),
    *("during: this_month", "during: this_day", "since: 2026-02-20"),
    *("between_dates: [2026-01-10, 2026-02-20]", "between_dates: [2026-03-05, 2026-03-20]"),
)
MEASURED = (
    *("did: {e}", "did_not: {e}", "count: {e}, gte: 2", "count: {e}, lt: 2"),
    *("did: {e}, times: {{between: [1, 2]}}", "did: {e}, where: [{{prop: v, gte: 3}}]"),
    *(
        "count: {e}, where: [{{prop: v, lt: 5}}], gte: 1",
        "did_not: {e}, where: [{{prop: v, is: 4}}]",
    ),
    *("sum: v, of: {e}, gt: 6", "sum: v, of: {e}, lte: 0", "avg: v, of: {e}, gte: 3.5"),
    *("max: v, of: {e}, gt: 8", "count_distinct: v, of: {e}, gte: 2"),
    "sum: v, of: {e}, where: [{{prop: v, gt: 1}}], between: [2, 9]",
)
# Heads with a window of another meaning, or none at all.
OTHERS = (
    *("first_did: {e}, in_last: 7 days", "first_did: {e}, older_than: 30 days"),
    *("last_did: {e}, older_than: 7 days", "last_did: {e}, in_last: 30 days"),
    *("last_did: {e}, between_dates: [2026-02-01, 2026-03-10]", "did: {e}", "did_not: {e}"),
    *("count: {e}, gte: 4", "sum: v, of: {e}, gte: 10", "avg: v, of: {e}, lt: 4"),
    "did: [login, paid], in_last: 7 days",
    "did: '*', in_last: 1 day",
    *("trait: plan, is: pro", "trait: plan, is_not: pro", "trait: plan, is_set: false"),
    *("trait: seats, gte: 5", "trait: seats, in: [1, 2, 3]", "trait: plan, in_last: 30 days"),
    *(
        "sample: 30%, salt: x",
        "sample: 50%",
        "sample: 50%",
        "held: plan, is: pro, for_at_least: 7 days",
    ),
    "top: 3, by: {{count: {e}}}",
    "stopped: {e}, active_within: 14 days, quiet_for: 7 days",
    "sequence: [{{did: login}}, {{did: paid, within: 7 days}}]",
)

# Windows that move over dates which stay; every timeline has all of them, always due.
DATED = (
    *("in_last: 1 hour", "in_last: 30 days", "older_than: 7 days", "in_next: 90 days"),
    *("before: today", "on: today", "after: 2026-02-20", "during: this_month"),
)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The workspace as of `now`, and the segments to be judged."""

    now: datetime
    tables: GrowingTables
    segments: dict[str, SegmentInput]


def timeline(rng: Random, steps: int) -> Iterator[Moment]:
    """Moment after moment of one workspace."""
    state, now = _first(rng), BEGIN
    segments = {f"s{place}": _segment(rng) for place in range(14)}
    dated = {f"d{place}": _dated(one) for place, one in enumerate(DATED)}
    for _ in range(steps):
        # Segments have timetables of their own.
        due = {key: one for key, one in segments.items() if rng.random() < 0.8}
        yield Moment(now=now, tables=GrowingTables(state), segments=due | dated)
        now += rng.choice(JUMPS)
        for _ in range(rng.randrange(4)):
            state = rng.choice(
                (_loaded, _loaded, _loaded, _said, _said, _newcomers, _merged, _deleted)
            )(rng, state, now)
        if rng.random() < 0.3:
            segments[f"s{rng.randrange(16)}"] = _segment(rng)
        if rng.random() < 0.1:
            segments.pop(f"s{rng.randrange(16)}", None)


def _segment(rng: Random) -> SegmentInput:
    event = rng.choice(EVENTS)
    if rng.random() < 0.55:
        text = f"{rng.choice(MEASURED)}, {rng.choice(WINDOWS)}"
    else:
        text = rng.choice(OTHERS)
    zone = rng.choice(("UTC", "Europe/Berlin", "America/New_York"))
    return SegmentInput(definition=definition("{" + text.format(e=event) + "}", zone))


def _dated(window: str) -> SegmentInput:
    zone = "UTC" if len(window) % 2 else "Europe/Berlin"
    return SegmentInput(definition=definition(f"{{trait: plan, {window}}}", zone))


def _first(rng: Random) -> State:
    state = State(customers=frozenset(range(40)), given=40)
    for name in EVENTS:
        state = state.with_events(name, [_event(rng, state, BEGIN) for _ in range(120)])
    for name in TRAITS:
        state = state.with_changes(name, [_change(rng, state, BEGIN) for _ in range(30)])
    return state


def _loaded(rng: Random, state: State, now: datetime) -> State:
    rows = [_event(rng, state, now) for _ in range(rng.choice((1, 3, 30)))]
    return state.with_events(rng.choice((*EVENTS, "invited again")), rows)


def _said(rng: Random, state: State, now: datetime) -> State:
    rows = [_change(rng, state, now) for _ in range(rng.choice((1, 8)))]
    return state.with_changes(rng.choice(TRAITS), rows)


def _newcomers(rng: Random, state: State, now: datetime) -> State:
    given = state.given + rng.randrange(1, 5)
    new = frozenset(range(state.given, given))
    state = replace(state, customers=state.customers | new, given=given)
    return _loaded(rng, state, now)


def _merged(rng: Random, state: State, now: datetime) -> State:
    away, last = rng.sample(sorted(state.customers), 2)
    return state.merged(away, last)


def _deleted(rng: Random, state: State, now: datetime) -> State:
    return replace(state, customers=state.customers - {rng.choice(sorted(state.customers))})


def _event(rng: Random, state: State, now: datetime) -> Happened:
    return Happened(ordinal=_who(rng, state), at=_when(rng, now), value=_number(rng))


def _change(rng: Random, state: State, now: datetime) -> Said:
    said = (rows for pieces in state.traits.values() for rows in pieces.values())
    value = rng.choice(("pro", "free", None, 2.0, 7.0, "2026-02-20", "2026-03-01T10:00:00Z"))
    who, at = _who(rng, state), _when(rng, now)
    if value == "free":
        value = _date(Random(f"{who} {at}"), now)
    return Said(
        ordinal=who,
        at=at,
        sequence=sum(map(len, said)) + rng.randrange(1000),
        value=value,
    )


def _date(rng: Random, now: datetime) -> str:
    """A date on an edge of a window, or near one; with an offset or without."""
    at = now - rng.choice((1, -1)) * rng.choice(AGES) + rng.choice(BESIDE)
    return at.isoformat() if rng.random() < 0.5 else at.replace(tzinfo=None).isoformat()


def _who(rng: Random, state: State) -> int:
    # Events come for those too who were merged away meanwhile.
    return rng.choice([*sorted(state.customers), *sorted(state.survivors)])


def _when(rng: Random, now: datetime) -> datetime:
    if rng.random() < 0.5:
        return now - rng.choice(AGES) + rng.choice(BESIDE)
    if rng.random() < 0.15:
        return now + rng.choice(AGES)  # still to come
    return now - timedelta(seconds=rng.randrange(100 * 86_400))


def _number(rng: Random) -> float | None:
    return rng.choice((None, -2.5, 0.000001, 1.0, 3.0, 4.0, 9.0))


_HAPPENINGS = (_loaded, _loaded, _loaded, _said, _said, _newcomers, _merged, _deleted)
