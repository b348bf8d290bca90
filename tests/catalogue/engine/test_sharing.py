"""Each distinct condition is asked once, by few scans, and scans can be watched and stopped."""

from __future__ import annotations

from datetime import datetime

import pytest

from catalogue.definitions import nodes as n
from catalogue.definitions.errors import Code
from catalogue.engine.conditions import bench
from catalogue.engine.evaluate import evaluate
from catalogue.engine.inputs import Judged, Refused, Stopped
from catalogue.engine.plan import plan
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import (
    DAY,
    NOW,
    customer,
    event,
    events,
    having,
    is_,
    last,
    segment,
    term,
    trait,
    world,
)


def conditions(*wheres: n.Node, zones: tuple[str, ...] = ()) -> int:
    zones = zones or ("UTC",) * len(wheres)
    definitions = {
        f"s{i}": n.Definition(where=where, timezone=zone)
        for i, (where, zone) in enumerate(zip(wheres, zones, strict=True))
    }
    return len(plan(definitions, now=NOW).conditions)


LOGIN = events("login")


def did(
    window: n.Window | None = None, *where: n.Term, names: tuple[str, ...] = ("login",)
) -> n.Did:
    return n.Did(events=events(*names, where=where), window=window)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (did(last(1, "week")), did(last(7, "day"))),
        (did(last(1, "day")), did(last(24, "hour"))),
        (did(), n.DidNot(events=LOGIN)),
        (did(), n.Count(events=LOGIN, comparison=is_("gte", 1.0))),
        (did(names=("a", "b", "c*")), did(names=("c*", "b", "a", "a"))),
        (
            did(None, term("is", 1, "x"), term("is", 2, "y")),
            did(None, term("is", 2, "y"), term("is", 1, "x")),
        ),
        (trait("is", "x"), trait("is_not", "x")),
        (trait("is", "x"), trait("in", ("x", "x"))),
        (trait("in", ("a", "b")), trait("in", ("b", "a"))),
        (trait("is", 5), trait("is", 5.0)),
        (trait("contains", "ABC"), trait("not_contains", "abc")),
        (trait("is_set", True), trait("is_set", False)),
    ],
)
def test_conditions_that_mean_the_same_are_one(one, other):
    assert conditions(one, other) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (trait("is", 1), trait("is", True)),
        (trait("is", 1), trait("is", "1")),
        (trait("is", 0), trait("is", False)),
        (trait("is", "x", "a"), trait("is", "x", "b")),
        (trait("gt", 1), trait("gte", 1)),
        (did(last(1, "month")), did(last(30, "day"))),
        (did(), did(None, term("is_not", 1, "x"))),
        (did(None, term("is", 1, "x")), did(None, term("is_not", 1, "x"))),
        (did(names=("log",)), did(names=("log*",))),
    ],
)
def test_conditions_that_mean_something_else_are_two(one, other):
    assert conditions(one, other) == 2


def test_zones_matter_only_where_the_calendar_does():
    zones = ("UTC", "Asia/Tokyo")
    assert conditions(did(last(7)), did(last(7)), zones=zones) == 1
    today = n.SinceStartOfDay(days_ago=0)
    assert conditions(did(today), did(today), zones=zones) == 2
    on_today = trait("on", n.DateLiteral(word="today"))
    assert conditions(on_today, on_today, zones=zones) == 2


SEGMENTS = {
    "did": segment(did()),
    "week": segment(did(last(7))),
    "pdf": segment(did(None, term("is", "pdf", "format"))),
    "sum": segment(n.Aggregate(function="sum", prop=("n",), events=LOGIN, comparison=is_("gt", 1))),
    "first": segment(n.FirstDid(events=LOGIN, window=last(7))),
    "prefix": segment(did(names=("log*",))),
    "pro": segment(trait("is", "pro", "plan")),
    "free": segment(trait("is_not", "free", "plan")),
    "size": segment(trait("gt", 5, "plan", "size")),
    "group": segment(n.All(children=(did(), n.Not(child=did()), n.Everyone()))),
}
WORLD = world(
    customer("a", event("login", n=5), event("login", 30 * DAY), plan="pro"),
    customer("b", plan={"size": 9}),
)


def test_one_scan_answers_all_conditions_on_one_trait_or_one_selection_of_events():
    seen = []
    with MemoryTables.from_world(WORLD) as tables:
        answer = evaluate(SEGMENTS, tables, now=NOW, on_progress=lambda *step: seen.append(step))
    # `login` and `log*` select the same events here, so they are one scan; `plan` is the other.
    assert seen == [(0, 2), (1, 2), (2, 2)]
    assert answer.rows_read == 2 + 2
    assert all(isinstance(outcome, Judged) for outcome in answer.outcomes.values())


def test_an_answer_does_not_depend_on_what_else_is_asked():
    with MemoryTables.from_world(WORLD) as tables:
        together = evaluate(SEGMENTS, tables, now=NOW).outcomes
        for key, asked in SEGMENTS.items():
            alone = evaluate({key: asked}, tables, now=NOW).outcomes[key]
            assert alone.members == together[key].members
            assert together[key].milliseconds > 0


def test_only_rows_that_can_count_are_read():
    with MemoryTables.from_world(WORLD) as tables:
        assert evaluate({"it": SEGMENTS["week"]}, tables, now=NOW).rows_read == 1


def test_members_are_ones_own():
    with MemoryTables.from_world(WORLD) as tables:
        segments = {"one": segment(n.Everyone()), "other": segment(n.Everyone())}
        answer = evaluate(segments, tables, now=NOW).outcomes
        answer["one"].members.clear()
        assert len(answer["other"].members) == len(tables.customers) == 2


def test_an_evaluation_can_be_stopped_between_scans():
    seen: list[int] = []
    with MemoryTables.from_world(WORLD) as tables, pytest.raises(Stopped):
        evaluate(
            SEGMENTS,
            tables,
            now=NOW,
            on_progress=lambda done, total: seen.append(done),
            should_stop=lambda: len(seen) == 1,
        )
    assert seen == [0]


def test_too_many_lists_to_look_into_refuse_only_those_conditions(monkeypatch):
    monkeypatch.setattr(bench, "DISTINCT_LIMIT", 2)
    given = having({str(i): ["vip", i] for i in range(3)})
    segments = {
        "lists": segment(trait("has_any", ("vip",))),
        "built on it": segment(n.InSegment(key="lists")),
        "others": segment(n.Everyone()),
    }
    with MemoryTables.from_world(given) as tables:
        answer = evaluate(segments, tables, now=NOW).outcomes
    assert isinstance(answer["others"], Judged)
    for key in ("lists", "built on it"):
        assert isinstance(answer[key], Refused)
        assert answer[key].error.code == Code.TOO_EXPENSIVE


EXTREMES = [
    datetime.fromisoformat(t)
    for t in (
        "0001-01-01T00:00:00+00:00",
        "9999-12-31T23:59:59.999999+00:00",
        "9999-12-31T12:00:00+00:00",
        "0001-01-02T00:00:00+00:00",
        "1969-12-31T23:59:59.999999+00:00",
    )
]
LONG = n.Duration(count=10**9, unit="year")
WINDOWS: list[n.Window] = [
    n.InLast(duration=LONG),
    n.OlderThan(duration=LONG),
    n.InLast(duration=n.Duration(count=1, unit="second")),
    n.AgoToAgo(start=LONG, end=LONG),
    n.SinceStartOfDay(days_ago=0),
    n.SinceStartOfDay(days_ago=10**9),
    n.Since(start=n.DateLiteral(word="yesterday")),
    n.BetweenDates(first=datetime.min.date(), last=datetime.max.date()),  # noqa: DTZ901
    *(
        n.During(which=which, unit=unit)
        for which in ("last", "this", "next")
        for unit in ("day", "week", "month", "quarter", "year")
    ),
]


@pytest.mark.parametrize("now", EXTREMES, ids=str)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_no_now_raises(now, zone):
    words = [n.DateLiteral(word=word) for word in ("today", "yesterday", "tomorrow")]
    leaves = [
        *(did(window) for window in WINDOWS),
        *(n.FirstDid(events=LOGIN, window=window) for window in WINDOWS[:3]),
        *(trait("within", w, "when") for w in WINDOWS if not isinstance(w, n.SinceStartOfDay)),
        trait("within", n.InNext(duration=LONG), "when"),
        trait("anniversary_in_next", LONG, "when"),
        *(
            trait(operator, word, "when")
            for word in words
            for operator in ("before", "after", "on", "anniversary_on")
        ),
    ]
    given = world(
        customer("a", event("login"), when="2026-01-01"),
        customer("b", when="0001-01-01T00:00+14:00"),
        customer("c", when="9999-12-31T23:59:59.999999-12:00"),
    )
    segments = {str(i): segment(leaf, zone) for i, leaf in enumerate(leaves)}
    with MemoryTables.from_world(given) as tables:
        outcomes = evaluate(segments, tables, now=now).outcomes
    assert all(isinstance(outcome, Judged) for outcome in outcomes.values())
