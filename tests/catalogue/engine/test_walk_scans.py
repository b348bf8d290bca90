"""Walks ask the back end once for all that look at the same events, and for no more than counts."""

from __future__ import annotations

import pytest

from catalogue.definitions import nodes as n
from catalogue.definitions.errors import Code
from catalogue.engine.evaluate import evaluate
from catalogue.engine.inputs import Judged, Refused
from catalogue.engine.plan import plan
from catalogue.engine.walks import rows
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import (
    DAY,
    NOW,
    customer,
    event,
    events,
    is_,
    last,
    segment,
    term,
    who,
    world,
)
from tests.catalogue.engine.test_sql_shape import HOSTILE, shape, statements


def days(count: int, unit: n.Unit = "day") -> n.Duration:
    return n.Duration(count=count, unit=unit)


def steps(*names: str, within: n.Duration | None = None, where: tuple = ()) -> n.Sequence:
    first, *rest = (events(name, where=where) for name in names)
    return n.Sequence(
        steps=(n.Step(events=first), *(n.Step(events=one, within=within) for one in rest))
    )


def stopped(active: n.Duration, quiet: n.Duration) -> n.Stopped:
    return n.Stopped(events=events("a"), active_within=active, quiet_for=quiet)


def regularly(per: n.Duration, least: int = 1, of_last: int = 2, times: tuple = ()) -> n.Regularly:
    periods = n.Periods(per=per, in_at_least=least, of_last=of_last)
    return n.Regularly(events=events("a"), periods=periods, times=times)


def active(window: n.Window | None = None, comparison: n.Comparison | None = None) -> n.ActiveDays:
    return n.ActiveDays(events=events("a"), window=window, comparison=comparison or is_("gte", 2))


def latest(*has: n.Term, window: n.Window | None = None) -> n.Latest:
    return n.Latest(events=events("a"), has=has, window=window)


def dropped(within: n.Duration, window: n.Window | None = None) -> n.DroppedOff:
    return n.DroppedOff(start=events("a"), goal=events("b"), within=within, window=window)


def conditions(*wheres: n.Node, zones: tuple[str, ...] = ("UTC", "UTC")) -> int:
    definitions = {
        str(i): n.Definition(where=where, timezone=zone)
        for i, (where, zone) in enumerate(zip(wheres, zones, strict=True))
    }
    return len(plan(definitions, now=NOW).conditions)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (steps("a", "b", within=days(7)), steps("a", "b", within=days(1, "week"))),
        (steps("a", "b", within=days(3, "month")), steps("a", "b", within=days(1, "quarter"))),
        (dropped(days(1)), dropped(days(24, "hour"))),
        (stopped(days(14), days(7)), stopped(days(2, "week"), days(1, "week"))),
        (regularly(days(7)), regularly(days(1, "week"), times=(is_("gte", 1),))),
        (active(last(7)), active(last(1, "week"))),
        (latest(term("is", 1, "x"), term("is", 2, "y")),
         latest(term("is", 2, "y"), term("is", 1, "x"))),
    ],
)  # fmt: skip
def test_walks_that_mean_the_same_are_one(one: n.Node, other: n.Node) -> None:
    assert conditions(one, other) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (steps("a", "b"), steps("b", "a")),
        (steps("a", "b"), steps("a", "b", within=days(7))),
        (steps("a", "b", within=days(1, "month")), steps("a", "b", within=days(30))),
        (latest(term("is", 1, "x")), latest(term("is_not", 1, "x"))),
        (regularly(days(7)), regularly(days(7), of_last=3)),
    ],
)
def test_walks_that_mean_something_else_are_two(one: n.Node, other: n.Node) -> None:
    assert conditions(one, other) == 2


def test_zones_matter_only_where_the_calendar_does() -> None:
    zones = ("UTC", "Asia/Tokyo")
    for node, count in (
        (steps("a", "b", within=days(7)), 1),
        (steps("a", "b", within=days(1, "month")), 2),
        (regularly(days(7)), 1),
        (active(last(7)), 2),
        (stopped(days(14), days(7)), 1),
    ):
        assert conditions(node, node, zones=zones) == count, node


SEGMENTS = {
    "order": segment(steps("a", "b")),
    "fast": segment(steps("a", "b", within=days(1))),
    "lost": segment(dropped(days(1))),
    "pdf": segment(steps("a", "b", where=(term("is", "pdf", "format"),))),
    "steady": segment(regularly(days(7))),
    "days": segment(active()),
    "paused": segment(stopped(days(14), days(7))),
    "back": segment(n.Resumed(events=events("a"), back_within=days(2), quiet_within=days(7))),
    "newest": segment(latest(term("is", "pdf", "format"))),
    "done": segment(n.Did(events=events("a"))),
}
WORLD = world(
    customer("ada", event("a", 9 * DAY), event("b", 8 * DAY), event("a", DAY, format="pdf")),
    customer("bob", event("a", 30 * DAY)),
)


def test_one_query_answers_all_walks_over_the_same_events() -> None:
    seen = []
    with MemoryTables.from_world(WORLD) as tables:
        found = evaluate(SEGMENTS, tables, now=NOW, on_progress=lambda *step: seen.append(step))
    # a as it is counted, with stopped, resumed and latest; a and b in their order; a alone.
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    # Of a alone, once counted here and once by the back end.
    assert found.rows_read == 3 + 3 + 4 + 3
    assert all(isinstance(outcome, Judged) for outcome in found.outcomes.values())


def test_an_answer_does_not_depend_on_what_else_is_asked() -> None:
    with MemoryTables.from_world(WORLD) as tables:
        together = evaluate(SEGMENTS, tables, now=NOW).outcomes
        for key, asked in SEGMENTS.items():
            alone = evaluate({key: asked}, tables, now=NOW).outcomes[key]
            assert alone.members == together[key].members, key


def test_only_rows_that_can_count_are_read() -> None:
    def read(where: n.Node) -> int:
        with MemoryTables.from_world(WORLD) as tables:
            return evaluate({"it": segment(where)}, tables, now=NOW).rows_read

    assert read(active(last(7))) == 1
    assert read(regularly(days(7), of_last=2)) == 2
    # What wins an attempt lies after its start, and so after the start of the window.
    assert read(dropped(days(1), window=last(9))) == 3
    assert read(steps("a", "b", where=(term("is", "pdf", "format"),))) == 1
    assert read(stopped(days(14), days(7))) == 2


def test_events_nobody_ever_did_are_no_obstacle() -> None:
    given = world(customer("ada", event("b")), customer("bob"))
    assert who(steps("a", "b"), given) == set()
    assert who(active(comparison=is_("lt", 2)), given) == {"ada", "bob"}
    assert who(latest(term("is_not", 1, "x")), world(customer("ada"))) == set()
    assert who(dropped(days(1)), world(customer("ada"))) == set()


def test_too_many_events_are_refused_and_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 3)
    with MemoryTables.from_world(WORLD) as tables:
        asked = {"order": SEGMENTS["order"], "newest": SEGMENTS["newest"]}
        found = evaluate(asked, tables, now=NOW).outcomes
    assert isinstance(found["newest"], Judged)
    assert isinstance(found["order"], Refused)
    assert found["order"].error.code == Code.TOO_EXPENSIVE
    assert "narrow its window" in str(found["order"].error)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_shape_of_the_sql_does_not_depend_on_texts_or_names(text: str) -> None:
    def asked(word: str, name: str) -> list[n.Node]:
        where = (term("is", word, name),)
        both = (n.Step(events=events(name, where=where)), n.Step(events=events(name)))
        return [
            n.Sequence(steps=both),
            n.Latest(events=events(name), has=(term("contains", word, name),)),
        ]

    plain = statements(asked("plain", "login"), ("login", "login"))
    hostile = statements(asked(text, text), (text, text))
    assert len(plain) == 2
    assert [shape(sql) for sql in hostile] == [shape(sql) for sql in plain]
