"""Segments laid over each other, by what was published of each."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from catalogue.membership.known_members import forget_published
from catalogue.membership.overlap import (
    MOST_FOR_REGIONS,
    NeverRefreshed,
    NoSuchSegment,
    NotComparable,
    overlap,
)
from catalogue.membership.versions import DamagedVersion
from catalogue.models import DefinitionVersion, Segment, Status
from tests.catalogue.membership.ground import START, make_segment, publish
from tests.catalogue.membership.test_versions import without_triggers
from tests.catalogue.segments.ground import seat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    forget_published()


def published(**members: set[int]) -> None:
    for key, some in members.items():
        publish(make_segment(key), some, day=0)


def of_accounts(key: str) -> Segment:
    segment = make_segment(key)
    segment.definition = DefinitionVersion.objects.create(
        segment=segment,
        number=2,
        subject="account",
        canonical='{"everyone":true}',
        definition_hash="2" * 64,
    )
    segment.save()
    return segment


def test_two_segments_say_what_they_share_and_what_each_has_alone() -> None:
    published(buyers={1, 2, 3, 4}, readers={3, 4, 5})
    found = overlap(["buyers", "readers"], viewer=None)
    (pair,) = found.pairs()
    assert (pair.one, pair.other, pair.both) == ("buyers", "readers", 2)
    assert (pair.jaccard, pair.share_of_smaller) == (2 / 5, 2 / 3)
    assert found.regions is not None
    assert {one.keys: one.size for one in found.regions} == {
        ("buyers",): 2,
        ("readers",): 1,
        ("buyers", "readers"): 2,
    }
    assert (found.subject, found.union) == ("customer", 5)
    assert [(one.key, one.version, one.now, one.size) for one in found.circles] == [
        ("buyers", 1, START, 4),
        ("readers", 1, START, 3),
    ]


def test_every_number_is_that_of_plain_sets() -> None:
    draw = random.Random(3)  # noqa: S311
    sets = {f"s{i}": {o for o in range(90) if draw.random() < i / 6} for i in range(5)}
    published(**sets)
    for count in (3, MOST_FOR_REGIONS):
        keys = list(sets)[-count:]
        found = overlap(keys, viewer=None)
        both = {(one.one, one.other): one.both for one in found.pairs()}
        assert both == {(a, b): len(sets[a] & sets[b]) for a, b in combinations(keys, 2)}
        assert found.regions is not None
        for region in found.regions:
            inside = set.intersection(*(sets[key] for key in region.keys))
            outside = set[int]().union(*(sets[key] for key in keys if key not in region.keys))
            assert region.size == len(inside - outside), region
        assert len(found.regions) == 2**count - 1
        assert sum(one.size for one in found.regions) == found.union


def test_of_many_segments_there_are_pairs_and_no_regions() -> None:
    keys = [f"s{number}" for number in range(MOST_FOR_REGIONS + 1)]
    published(**{key: {1} for key in keys})
    found = overlap([*keys, keys[0]], viewer=None)
    assert (found.regions, len(list(found.pairs()))) == (None, 15)


def test_empty_segments_have_no_shares() -> None:
    published(nobody=set(), noone=set(), some={1})
    found = overlap(["nobody", "noone", "some"], viewer=None)
    pairs = {(one.one, one.other): one for one in found.pairs()}
    assert pairs["nobody", "noone"].jaccard is None
    assert pairs["nobody", "some"].jaccard == 0
    assert pairs["nobody", "some"].share_of_smaller is None


def test_what_was_published_meanwhile_is_taken_next_time() -> None:
    published(buyers={1, 2}, readers={2})
    assert overlap(["buyers", "readers"], viewer=None).circles[1].version == 1
    publish(Segment.objects.get(key="readers"), {1, 2}, day=1)
    found = overlap(["buyers", "readers"], viewer=None)
    assert (found.circles[1].version, found.circles[1].size) == (2, 2)
    assert next(found.pairs()).both == 2


def test_damaged_members_are_never_counted() -> None:
    published(buyers={1, 2}, readers={2})
    without_triggers(
        "UPDATE catalogue_membershipversion SET sha256 = %s WHERE size = 2", ["0" * 64]
    )
    with pytest.raises(DamagedVersion, match="version 1 of segment “buyers”"):
        overlap(["buyers", "readers"], viewer=None)


def test_whatever_cannot_be_compared_is_refused_with_what_to_do() -> None:
    published(buyers={1}, readers={2})
    publish(of_accounts("firms"), {1}, day=0)
    make_segment("fresh")
    with pytest.raises(NotComparable, match="at least two"):
        overlap(["buyers", "buyers"], viewer=None)
    with pytest.raises(NoSuchSegment, match="Did you mean “readers”"):
        overlap(["buyers", "raeders"], viewer=None)
    with pytest.raises(NoSuchSegment):
        overlap(["buyers", "read\x00ers"], viewer=None)
    with pytest.raises(NeverRefreshed, match="Fresh.*Refresh it"):
        overlap(["buyers", "fresh"], viewer=None)
    with pytest.raises(NotComparable, match="“Buyers” holds customers and “Firms” holds accounts"):
        overlap(["buyers", "firms"], viewer=None)
    Segment.objects.filter(key="readers").update(status=Status.ARCHIVED)
    with pytest.raises(NotComparable, match="archived"):
        overlap(["buyers", "readers"], viewer=None)


def test_a_draft_that_is_private_to_others_does_not_exist() -> None:
    published(buyers={1}, secret={1})
    Segment.objects.filter(key="secret").update(is_private=True)
    with pytest.raises(NoSuchSegment, match="no segment “secret”"):
        overlap(["buyers", "secret"], viewer=seat("reader", None))
