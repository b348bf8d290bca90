"""What is published is read back exactly, or not at all."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from pyroaring import BitMap

from catalogue.membership import bitmaps
from catalogue.membership.history import sizes_of
from catalogue.membership.publication import FRAME_EVERY
from catalogue.membership.versions import (
    DamagedVersion,
    members_as_of,
    members_of,
    version_as_of,
)
from catalogue.models import MembershipVersion
from tests.catalogue.membership.ground import (
    START,
    define,
    make_segment,
    publish,
    version,
    without_triggers,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_the_first_version_is_number_one_and_everybody_entered() -> None:
    segment = make_segment()
    publish(segment, {1, 2, 3}, day=0)
    first = version(segment, 1)
    assert set(members_of(first)) == {1, 2, 3}
    assert (first.size, first.entered_count, first.left_count) == (3, 3, 0)
    assert first.key_frame is not None
    assert segment.membership == first
    assert segment.refreshed_at == START


def test_a_version_keeps_who_entered_and_who_left() -> None:
    segment = make_segment()
    publish(segment, {1, 2, 3}, day=0)
    publish(segment, {2, 3, 4, 5}, day=1)
    second = version(segment, 2)
    assert set(bitmaps.load(second.entered)) == {4, 5}
    assert set(bitmaps.load(second.left)) == {1}
    assert (second.size, second.entered_count, second.left_count) == (4, 2, 1)


def test_an_unchanged_refresh_makes_no_version_but_is_remembered() -> None:
    segment = make_segment()
    publish(segment, {1, 2}, day=0)
    publish(segment, {1, 2}, day=1)
    assert segment.memberships.count() == 1
    assert segment.refreshed_at == START + timedelta(days=1)


def test_the_same_members_by_another_definition_are_a_new_version_without_changes() -> None:
    segment = make_segment()
    publish(segment, {1, 2}, day=0)
    publish(define(segment), {1, 2}, day=1)
    second = version(segment, 2)
    assert (second.entered_count, second.left_count, second.size) == (0, 0, 2)
    assert second.definition.number == 2
    assert second.sha256 == version(segment, 1).sha256


def test_an_empty_segment_has_a_version_too() -> None:
    segment = make_segment()
    publish(segment, set(), day=0)
    assert version(segment, 1).size == 0
    assert set(members_of(version(segment, 1))) == set()


def test_every_version_of_a_long_history_reads_back_across_key_frames() -> None:
    segment = make_segment()
    dice = random.Random(5)
    expected: list[set[int]] = []
    members = set(dice.sample(range(100_000), 3000))
    for day in range(FRAME_EVERY * 2 + 5):
        members = (members - {dice.choice(sorted(members))}) | {200_000 + day}
        publish(segment, members, day=day)
        expected.append(set(members))
    for number, wanted in enumerate(expected, start=1):
        assert set(members_of(version(segment, number))) == wanted
    frames = list(
        segment.memberships.filter(key_frame__isnull=False).values_list("number", flat=True)
    )
    assert frames[0] == 1
    assert 3 <= len(frames) < len(expected) / 4
    assert all(b - a <= FRAME_EVERY for a, b in zip(frames, frames[1:], strict=False))


def test_a_key_frame_is_kept_when_differences_outweigh_it() -> None:
    segment = make_segment()
    publish(segment, set(range(0, 3000, 3)), day=0)
    publish(segment, {7}, day=1)
    assert version(segment, 2).key_frame is not None


def test_the_same_set_has_the_same_bytes_however_it_came_about() -> None:
    straight = BitMap(range(10, 70_000))
    patched = BitMap(range(0, 70_000, 2)) | BitMap(range(1, 70_000, 2))
    patched -= BitMap(range(10))
    assert bitmaps.dump(straight) == bitmaps.dump(patched)
    grown = BitMap(range(20_000))
    for ordinal in range(100, 20_000):
        grown.remove(ordinal)
    assert bitmaps.dump(grown) == bitmaps.dump(BitMap(range(100)))


def test_the_past_is_read_from_the_version_that_describes_it() -> None:
    segment = make_segment()
    publish(segment, {1}, day=0)
    publish(segment, {1, 2}, day=10)
    assert members_as_of(segment, START - timedelta(microseconds=1)) is None
    assert set(members_as_of(segment, START) or ()) == {1}
    assert set(members_as_of(segment, START + timedelta(days=9)) or ()) == {1}
    assert set(members_as_of(segment, START + timedelta(days=10)) or ()) == {1, 2}


def test_a_backfilled_past_is_published_in_order_and_read_by_its_instant() -> None:
    segment = make_segment()
    publish(segment, {1, 2}, day=10)
    publish(segment, {1}, day=5)
    assert segment.membership is not None
    assert segment.membership.number == 2
    assert set(members_as_of(segment, START + timedelta(days=7)) or ()) == {1}
    assert set(members_as_of(segment, START + timedelta(days=12)) or ()) == {1, 2}


def test_after_going_back_in_time_the_present_is_published_again_even_if_equal() -> None:
    segment = make_segment()
    publish(segment, {1, 2}, day=10)
    publish(segment, {1}, day=5)
    publish(segment, {1}, day=11)
    assert set(members_as_of(segment, START + timedelta(days=11)) or ()) == {1}
    assert segment.membership is not None
    assert segment.membership.number == 3


def test_of_two_versions_of_one_instant_the_higher_number_is_read() -> None:
    segment = make_segment()
    publish(segment, {1}, day=0)
    publish(segment, {2}, day=0)
    found = version_as_of(segment, START)
    assert found is not None
    assert found.number == 2


def test_sizes_come_in_the_order_of_publishing() -> None:
    segment = make_segment()
    publish(segment, {1}, day=0)
    publish(segment, {1, 2, 3}, day=1)
    publish(segment, {3}, day=2)
    rows = [(row.number, row.size, row.entered, row.left) for row in sizes_of(segment)]
    assert rows == [(1, 1, 1, 0), (2, 3, 2, 0), (3, 1, 0, 2)]
    assert [row.number for row in sizes_of(segment, newest=2)] == [2, 3]


# ── damage ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("entered", bitmaps.dump(BitMap({4, 9}))),
        ("size", 4),
        ("sha256", "0" * 64),
        ("left", b"junk"),
    ],
    ids=["entered", "size", "sha256", "left"],
)
def test_a_version_that_was_damaged_is_never_served(column: str, value: object) -> None:
    segment = make_segment()
    publish(segment, set(range(0, 900, 3)), day=0)
    publish(segment, {*range(0, 900, 3), 200}, day=1)
    assert version(segment, 2).key_frame is None
    without_triggers(
        f'UPDATE catalogue_membershipversion SET "{column}" = %s WHERE number = 2', [value]
    )
    with pytest.raises(DamagedVersion, match=r"Membership version 2 of segment “payers”"):
        members_of(version(segment, 2))
    assert set(members_of(version(segment, 1))) == set(range(0, 900, 3))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("number", 9),
        ("size", 1),
        ("sha256", "0" * 64),
        ("entered", b""),
        ("left", b""),
        ("key_frame", None),
        ("definition_id", 1),
        ("now", START),
    ],
)
def test_the_database_refuses_to_change_a_membership_version(column: str, value: object) -> None:
    segment = make_segment()
    publish(segment, {1, 2}, day=0)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        MembershipVersion.objects.filter(segment=segment).update(**{column: value})


@pytest.mark.parametrize("column", ["canonical", "definition_hash", "number", "source", "message"])
def test_the_database_refuses_to_change_a_definition_version(column: str) -> None:
    segment = make_segment()
    value = 9 if column == "number" else "x"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        segment.definitions.update(**{column: value})


def test_a_number_cannot_be_given_twice() -> None:
    segment = make_segment()
    publish(segment, {1}, day=0)
    copy = version(segment, 1)
    copy.pk = None
    with pytest.raises(DatabaseError), transaction.atomic():
        copy.save(force_insert=True)
