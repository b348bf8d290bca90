"""did, did_not, count, first_did and last_did, to the microsecond (clauses 11–16)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalogue.definitions import nodes as n
from catalogue.warehouse.given import GivenEvent
from tests.catalogue.engine.small_world import (
    DAY,
    MICROSECOND,
    NOW,
    customer,
    event,
    events,
    is_,
    last,
    term,
    who,
    world,
)

WEEK = timedelta(days=7)
EDGES = world(
    customer("never"),
    customer("future", event("login", -MICROSECOND)),
    customer("now", event("login", timedelta(0))),
    customer("start", event("login", WEEK)),
    customer("before start", event("login", WEEK + MICROSECOND)),
    customer("other event", event("logout")),
)
EVERYONE = {"never", "future", "now", "start", "before start", "other event"}
LOGIN = events("login")


def ago(count: int, unit: n.Unit = "day") -> n.Duration:
    return n.Duration(count=count, unit=unit)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (None, {"now", "start", "before start"}),
        (last(7), {"now", "start"}),
        (last(1, "week"), {"now", "start"}),
        (n.OlderThan(duration=ago(7)), {"before start"}),
        (n.AgoToAgo(start=ago(7), end=ago(1)), {"start"}),
        (n.AgoToAgo(start=ago(9), end=ago(7)), {"start", "before start"}),
        (n.Since(start=n.DateLiteral(instant=NOW - WEEK)), {"now", "start"}),
        (
            n.FromTo(start=n.DateLiteral(instant=NOW - WEEK), end=n.DateLiteral(instant=NOW + DAY)),
            {"now", "start"},
        ),
        (n.BetweenDates(first=NOW.date(), last=NOW.date()), {"now"}),
        (n.SinceStartOfDay(days_ago=0), {"now"}),
        (n.SinceStartOfDay(days_ago=7), {"now", "start", "before start"}),
        (n.During(which="last", unit="week"), {"start", "before start"}),
        (n.During(which="this", unit="year"), {"now", "start", "before start"}),
        (n.During(which="next", unit="day"), set()),
    ],
)
def test_did_looks_into_exactly_its_window(window, expected):
    assert who(n.Did(events=LOGIN, window=window), EDGES) == expected
    assert who(n.DidNot(events=LOGIN, window=window), EDGES) == EVERYONE - expected


def days(count: int) -> tuple[GivenEvent, ...]:
    return tuple(event("login", (i + 1) * DAY) for i in range(count))


COUNTS = world(*(customer(str(count), *days(count)) for count in range(5)))


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        (is_("eq", 0), {"0"}),
        (is_("neq", 0), {"1", "2", "3", "4"}),
        (is_("lt", 2), {"0", "1"}),
        (is_("lte", 1.5), {"0", "1"}),
        (is_("gt", 2), {"3", "4"}),
        (is_("gte", 0), {"0", "1", "2", "3", "4"}),
        (is_("between", 0, 2), {"0", "1", "2"}),
        (is_("between", 2, 3), {"2", "3"}),
        (is_("gt", 2**53), set()),
    ],
)
def test_count_is_plain_arithmetic_and_includes_zero(comparison, expected):
    assert who(n.Count(events=LOGIN, comparison=comparison), COUNTS) == expected


def test_did_means_at_least_once_also_under_an_upper_bound():
    assert who(n.Did(events=LOGIN, times=(is_("lte", 1),)), COUNTS) == {"1"}
    assert who(n.Did(events=LOGIN, times=(is_("gte", 2), is_("lt", 4))), COUNTS) == {"2", "3"}


def test_events_under_several_names_and_prefixes_are_counted_together():
    given = world(
        customer("a", event("test_one"), event("test_two"), event("pass")),
        customer("b", event("test_one")),
        customer("c", event("pass"), event("pass", 2 * DAY)),
    )
    twice = (is_("gte", 2),)
    assert who(n.Did(events=events("test_*"), times=twice), given) == {"a"}
    assert who(n.Did(events=events("test_*", "pass"), times=twice), given) == {"a", "c"}
    assert who(n.Did(events=events("test_one", "never"), times=(is_("eq", 1),)), given) == {
        "a",
        "b",
    }
    assert who(n.DidNot(events=events("never*")), given) == {"a", "b", "c"}
    assert who(n.Count(events=events("never"), comparison=is_("lt", 1)), given) == {"a", "b", "c"}


def test_a_name_is_not_its_own_prefix_and_no_pattern():
    given = world(
        customer("a", event("log")), customer("b", event("login")), customer("c", event("%"))
    )
    assert who(n.Did(events=events("log")), given) == {"a"}
    assert who(n.Did(events=events("log*")), given) == {"a", "b"}
    assert who(n.Did(events=events("%*")), given) == {"c"}


def test_all_terms_of_where_hold_on_the_same_event():
    given = world(
        customer("one event", event("order", status="paid", total=50)),
        customer("two events", event("order", status="paid", total=1), event("order", total=50)),
    )
    where = (term("is", "paid", "status"), term("gte", 50, "total"))
    assert who(n.Did(events=events("order", where=where)), given) == {"one event"}


def test_a_negative_term_is_true_for_an_event_without_the_property():
    given = world(
        customer("without", event("order")),
        customer("fits", event("order", format="csv")),
        customer("does not", event("order", format="pdf")),
    )
    where = (term("is_not", "pdf", "format"),)
    assert who(n.Did(events=events("order", where=where)), given) == {"without", "fits"}
    unknown = (term("is_not", "pdf", "never sent"),)
    assert len(who(n.Did(events=events("order", where=unknown)), given)) == 3
    assert who(n.Did(events=events("order", where=(term("is", 1, "never sent"),))), given) == set()


def test_properties_of_several_events_may_have_different_kinds():
    given = world(
        customer("text", event("a_one", size="10")),
        customer("number", event("a_two", size=10)),
        customer("none", event("a_three")),
    )
    assert who(n.Did(events=events("a_*", where=(term("gte", 10, "size"),))), given) == {
        "text",
        "number",
    }


def test_first_and_last_look_at_all_history_before_the_window_is_asked():
    given = world(
        customer("new", event("login", DAY)),
        customer("back", event("login", DAY), event("login", 100 * DAY)),
        customer("gone", event("login", 100 * DAY)),
        customer("never"),
        customer("from now on", event("login", -DAY), event("login", 50 * DAY)),
    )
    month = last(30)
    older = n.OlderThan(duration=ago(30))
    assert who(n.FirstDid(events=LOGIN, window=month), given) == {"new"}
    assert who(n.LastDid(events=LOGIN, window=month), given) == {"new", "back"}
    assert who(n.LastDid(events=LOGIN, window=older), given) == {"gone", "from now on"}
    assert who(n.FirstDid(events=LOGIN), given) == {"new", "back", "gone", "from now on"}


def test_first_and_last_are_of_the_events_that_fit_where():
    given = world(customer("a", event("buy", DAY, plan="pro"), event("buy", 90 * DAY, plan="free")))
    pro = events("buy", where=(term("is", "pro", "plan"),))
    assert who(n.FirstDid(events=pro, window=last(30)), given) == {"a"}
    assert who(n.FirstDid(events=events("buy"), window=last(30)), given) == set()


@pytest.mark.parametrize(("distance", "inside"), [(WEEK, True), (WEEK + MICROSECOND, False)])
def test_first_and_last_are_exact_to_the_microsecond(distance, inside):
    given = world(customer("a", event("login", distance)))
    expected = {"a"} if inside else set()
    assert who(n.FirstDid(events=LOGIN, window=last(7)), given) == expected
    assert who(n.LastDid(events=LOGIN, window=last(7)), given) == expected
