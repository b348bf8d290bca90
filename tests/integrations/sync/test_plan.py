"""The difference between two bitmaps, and how it is cut into batches."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from integrations.pieces import cut
from integrations.protocol import Limits, Record
from integrations.sync.plan import Plan, halves, plan, slices

members = st.sets(st.integers(0, 30)).map(BitMap)


def make(**parts: BitMap) -> Plan:
    empty = dict.fromkeys(("target", "acknowledged", "uncertain", "parked", "renamed"), BitMap())
    return plan(**(empty | parts))


def test_the_difference_is_what_is_wanted_minus_what_is_confirmed() -> None:
    steps = make(target=BitMap([1, 2, 3]), acknowledged=BitMap([3, 4]))
    assert (steps.to_add, steps.to_remove) == (BitMap([1, 2]), BitMap([4]))


def test_who_may_be_there_is_sent_again_or_taken_off() -> None:
    steps = make(target=BitMap([1]), uncertain=BitMap([1, 2]))
    assert (steps.to_add, steps.to_remove) == (BitMap([1]), BitMap([2]))


def test_who_was_refused_for_good_is_left_out() -> None:
    steps = make(target=BitMap([1, 2]), acknowledged=BitMap([3]), parked=BitMap([2, 3]))
    assert (steps.to_add, steps.to_remove) == (BitMap([1]), BitMap())


def test_who_is_there_under_an_old_identity_goes_and_comes_back() -> None:
    steps = make(target=BitMap([1, 2]), acknowledged=BitMap([1, 2]), renamed=BitMap([2, 9]))
    assert (steps.to_add, steps.to_remove) == (BitMap([2]), BitMap([2]))


@given(members, members, members, members)
def test_a_plan_that_is_carried_out_leaves_nothing_to_do(
    target: BitMap, acknowledged: BitMap, uncertain: BitMap, parked: BitMap
) -> None:
    parts = {"target": target, "uncertain": uncertain, "parked": parked}
    steps = plan(acknowledged=acknowledged, renamed=BitMap(), **parts)
    assert not steps.to_add & steps.to_remove
    assert steps.to_remove <= acknowledged | uncertain
    after = (acknowledged | steps.to_add) - steps.to_remove
    left = plan(
        target=target,
        acknowledged=after,
        uncertain=uncertain - steps.to_add - steps.to_remove,
        parked=parked,
        renamed=BitMap(),
    )
    assert left.is_empty
    assert after - parked == (target - parked) | ((acknowledged & target) - parked)


def test_slices_are_in_order_and_complete() -> None:
    assert [list(part) for part in slices(BitMap([5, 1, 9, 70_000]), 3)] == [[1, 5, 9], [70_000]]
    assert list(slices(BitMap(), 3)) == []


def records(*names: str) -> list[Record]:
    return [Record(ordinal=number, identity=name) for number, name in enumerate(names)]


def test_batches_keep_to_both_limits_and_bytes_are_counted_in_utf8() -> None:
    pieces = cut(records("aa", "bb", "éé", "c", "d", "e"), Limits(records=3, bytes=5))
    assert [[each.identity for each in piece] for piece in pieces] == [
        ["aa", "bb"],
        ["éé", "c"],
        ["d", "e"],
    ]


def test_a_record_beyond_the_limit_goes_alone() -> None:
    pieces = cut(records("a", "long" * 9, "b"), Limits(records=9, bytes=4))
    assert [len(piece) for piece in pieces] == [1, 1, 1]


def test_halves_lose_nobody() -> None:
    first, second = halves(records("a", "b", "c"))
    assert [each.identity for each in first + second] == ["a", "b", "c"]
    assert first
    assert second
