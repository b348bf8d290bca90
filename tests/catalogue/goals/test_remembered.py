"""What was read of versions is not read again, and is never taken for what it is not."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import datetime, timedelta

import numpy as np
import pytest
from django.db import transaction
from pyroaring import BitMap

from catalogue.engine.local_times import microseconds, naive
from catalogue.goals import entries, seen
from catalogue.goals.entries import Entries, entries_until
from catalogue.goals.remembered import Memory
from catalogue.goals.seen import first_seen
from catalogue.membership import bitmaps
from catalogue.metrics.instants import NEVER
from catalogue.models import GoalSplit, Segment
from tests.catalogue.membership.ground import START, make_segment, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    fresh = Memory(1 << 20)
    monkeypatch.setattr(entries, "memory", fresh)
    return fresh


def told(found: Entries) -> dict[int, int]:
    return dict(zip(found.people.tolist(), found.at.tolist(), strict=True))


def at(day: int) -> int:
    return microseconds(naive(START + timedelta(days=day)))


def until(segment: Segment, day: int) -> dict[int, int]:
    return told(entries_until(segment, START + timedelta(days=day)))


def anew(segment: Segment, day: int, monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """The same, with nothing remembered."""
    with monkeypatch.context() as patched:
        patched.setattr(entries, "memory", Memory(0))
        return until(segment, day)


@pytest.mark.parametrize("back", [[0], [0, -1], [0, 0, 0, -3], [0, 0, -1, -2]])
@pytest.mark.parametrize("seed", range(3))
def test_what_follows_is_what_reading_everything_gives(
    seed: int, back: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    segment = make_segment()
    for step in range(12):
        # Refreshes go on, are done again as of the same day, or go back.
        day = max(0, step + rng.choice(back))
        publish(segment, {one for one in range(20) if rng.random() < 0.5}, day=day)
        asked = max(0, step + rng.choice([0, 0, 0, -3]))
        assert until(segment, asked) == anew(segment, asked, monkeypatch), step


def test_old_versions_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    segment = make_segment()
    for day in range(5):
        publish(segment, {day, day + 1}, day=day)
    until(segment, 4)
    publish(segment, {1, 9}, day=5)
    read: list[object] = []
    load = bitmaps.load
    monkeypatch.setattr(bitmaps, "load", lambda stored: read.append(stored) or load(stored))

    assert until(segment, 5) == {
        0: at(0),
        1: at(5),
        2: at(1),
        3: at(2),
        4: at(3),
        5: at(4),
        9: at(5),
    }
    # What entered and what left by one version, or its key frame.
    assert 0 < len(read) <= 2


def test_a_version_that_was_taken_back_is_not_remembered_as_the_one_in_its_place() -> None:
    segment = make_segment()
    with suppress(RuntimeError), transaction.atomic():
        publish(segment, {1, 2}, day=0)
        assert until(segment, 0) == {1: at(0), 2: at(0)}
        raise RuntimeError
    segment.refresh_from_db()
    publish(segment, {7}, day=0)

    assert until(segment, 0) == {7: at(0)}


def test_who_belonged_to_a_draft_is_forgotten_when_it_goes_live(memory: Memory) -> None:
    segment = make_segment()
    publish(segment, {1, 2}, day=0)
    assert until(segment, 0) == {1: at(0), 2: at(0)}
    publish(segment, {2}, day=1)
    segment.live_from = 2

    assert until(segment, 1) == {2: at(1)}


def test_no_more_is_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Memory(30)
    monkeypatch.setattr(entries, "memory", small)
    one, other = make_segment("one"), make_segment("other")
    for segment in (one, other):
        publish(segment, {1, 2}, day=0)
        until(segment, 0)
    assert small.of(one.pk) is None
    assert small.of(other.pk) is not None


def store_split(segment: Segment, there: set[int], day: int) -> None:
    """A split as of a day, in which these have reached the goal."""
    version = segment.membership
    assert version is not None
    reached = bitmaps.dump(BitMap(there))
    GoalSplit.objects.create(
        segment=segment,
        goal={},
        goal_hash="h",
        now=START + timedelta(days=day),
        membership=version,
        photo=version.photo,
        run=version.run,
        reached=reached,
        missed=b"",
        not_yet=b"",
        too_early=b"",
        reached_count=len(there),
        missed_count=0,
        not_yet_count=0,
        too_early_count=0,
        sha256=bitmaps.digest(reached),
    )


@pytest.mark.parametrize("back", [[0], [0, -1, -2], [0, 0, 0, -4]])
@pytest.mark.parametrize("seed", range(3))
def test_first_seen_is_what_reading_all_splits_gives(
    seed: int, back: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    monkeypatch.setattr(seen, "memory", Memory(1 << 20))
    segment = make_segment()
    everybody = set(range(20))
    publish(segment, everybody, day=0)
    for step in range(1, 14):
        some = {one for one in everybody if rng.random() < 0.7}
        store_split(segment, some, max(0, step + rng.choice(back)))
        now = START + timedelta(days=max(1, step + rng.choice([1, 1, 1, -2])))
        people = np.array(sorted(rng.sample(range(20), 12)), dtype=np.uint32)
        known = Entries(people=people, at=np.full(12, at(0)), members=BitMap(everybody))
        true = BitMap({one for one in everybody if rng.random() < 0.5})

        found = first_seen(segment, "h", known, true, now)

        with monkeypatch.context() as patched:
            patched.setattr(seen, "memory", Memory(0))
            expected = first_seen(segment, "h", known, true, now)
        assert found.tolist() == expected.tolist() == slow(segment, known, true, now), step


def slow(segment: Segment, known: Entries, true: BitMap, now: datetime) -> list[int]:
    """Split by split, as one would with a pencil."""
    first: dict[int, int] = {}
    for split in GoalSplit.objects.filter(segment=segment, now__lt=now).order_by("now", "pk"):
        there = set(bitmaps.load(split.reached))
        instant = microseconds(naive(split.now))
        first = {one: first.get(one, instant) for one in there}
    for one in true:
        first.setdefault(one, microseconds(naive(now)))
    return [
        max(first[one], start) if one in first else NEVER
        for one, start in zip(known.people.tolist(), known.at.tolist(), strict=True)
    ]
