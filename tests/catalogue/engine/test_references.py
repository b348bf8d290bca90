"""in_segment: children first, final members, refusals that stay at home (clause 24)."""

from __future__ import annotations

import pytest
from pyroaring import BitMap

from catalogue.definitions import nodes as n
from catalogue.engine.inputs import SegmentInput
from tests.catalogue.engine.small_world import (
    NOW,
    customer,
    event,
    events,
    having,
    judge,
    members,
    segment,
    trait,
    world,
)

WORLD = having({"a": 1, "b": 2, "c": 3})


def of(key: str, part: str | None = None) -> n.InSegment:
    return n.InSegment(key=key, part=part)


def test_a_reference_takes_the_final_members_after_adds_and_removes():
    segments = {
        "outer": segment(of("inner")),
        "inner": segment(trait("lte", 2), adds=BitMap([2]), removes=BitMap([0])),
        "not-inner": segment(n.Not(child=of("inner"))),
        "static": SegmentInput(static=BitMap([1])),
        "of-static": segment(of("static")),
    }
    found = members(segments, WORLD)
    assert found["outer"] == found["inner"] == {"b", "c"}
    assert found["not-inner"] == {"a"}
    assert found["of-static"] == {"b"}


def test_a_diamond_is_legal():
    segments = {
        "top": segment(n.All(children=(of("left"), of("right")))),
        "left": segment(n.Any(children=(of("base"), trait("is", 3)))),
        "right": segment(n.Any(children=(of("base"), trait("is", 2)))),
        "base": segment(trait("is", 1)),
    }
    assert members(segments, WORLD)["top"] == {"a"}


def test_long_chains_are_judged():
    chain = {f"s{i}": segment(of(f"s{i + 1}")) for i in range(2000)}
    chain["s2000"] = segment(trait("is", 1))
    assert members(chain, WORLD)["s0"] == {"a"}


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"x": segment(of("nowhere"))}, "missing_reference"),
        ({"x": segment(of("good", "reached"))}, "missing_reference"),
        ({"x": segment(of("x"))}, "cycle"),
        ({"x": segment(of("y")), "y": segment(n.Not(child=of("x")))}, "cycle"),
        ({"x": segment(trait("matches", "("))}, "bad_value"),
        ({"x": segment(of("accounts"))}, "bad_value"),
    ],
)
def test_a_refused_segment_takes_with_it_what_is_built_on_it_and_nothing_else(broken, code):
    segments = {
        "good": segment(trait("is", 1)),
        "of-good": segment(of("good")),
        "of-x": segment(n.Any(children=(of("x"), n.Everyone()))),
        "of-of-x": segment(of("of-x")),
        "accounts": SegmentInput(static=BitMap(), list_of="account"),
        **broken,
    }
    found = members(segments, WORLD)
    assert {found[key] for key in (*broken, "of-x", "of-of-x")} == {code}
    assert found["good"] == found["of-good"] == {"a"}


def test_a_refusal_says_where_and_what_else_there_is():
    segments = {
        "power-users": segment(n.Everyone()),
        "it": segment(n.All(children=(n.Everyone(), n.Not(child=of("power-user"))))),
    }
    fault = judge(segments, WORLD).outcomes["it"].error.faults[0]
    assert fault.pointer == "/where/all/1/not/in_segment"
    assert fault.suggestion == "power-users"


def test_a_circle_is_named():
    segments = {"a": segment(of("b")), "b": segment(of("c")), "c": segment(of("a"))}
    error = judge(segments, WORLD).outcomes["b"].error
    assert "“b” → “c” → “a” → “b”" in str(error)


def test_references_are_judged_at_the_same_now():
    from datetime import timedelta

    given = world(customer("a", event("login", timedelta(days=10))))
    window = n.InLast(duration=n.Duration(count=7, unit="day"))
    segments = {
        "recent": segment(n.Did(events=events("login"), window=window)),
        "it": segment(of("recent")),
    }
    assert members(segments, given, NOW)["it"] == set()
    assert members(segments, given, NOW - timedelta(days=5))["it"] == {"a"}
