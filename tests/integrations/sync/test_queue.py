"""Batches come in order, cut as they are asked for; halves of a refused one come first."""

from __future__ import annotations

from collections.abc import Iterator

from integrations.protocol import Limits, Record
from integrations.sync.queue import Queue

THREE = Limits(records=3, bytes=1_000)


def records(*ordinals: int) -> tuple[Record, ...]:
    return tuple(Record(ordinal=one, identity=f"c{one}") for one in ordinals)


def next_of(queue: Queue) -> list[int]:
    return [record.ordinal for record in next(iter(queue), ())]


def test_slices_are_cut_each_for_itself_and_only_when_they_are_needed() -> None:
    asked: list[int] = []

    def slices() -> Iterator[tuple[Record, ...]]:
        for start in (0, 10):
            asked.append(start)
            yield records(*range(start, start + 4))

    queue = Queue(slices(), THREE)
    assert asked == []
    assert [next_of(queue), next_of(queue), asked] == [[0, 1, 2], [3], [0]]
    assert [next_of(queue), next_of(queue), asked] == [[10, 11, 12], [13], [0, 10]]
    assert next_of(queue) == []


def test_halves_come_before_all_others_in_their_order() -> None:
    queue = Queue(iter([records(0, 1, 2, 3)]), THREE)
    refused = next(iter(queue))

    queue.return_halves(refused)

    assert [next_of(queue), next_of(queue), next_of(queue)] == [[0], [1, 2], [3]]


def test_half_of_one_is_one_and_nobody_is_nothing() -> None:
    queue = Queue(iter(()), THREE)
    queue.return_halves(records(7))
    queue.return_halves(())
    assert [next_of(queue), next_of(queue)] == [[7], []]
