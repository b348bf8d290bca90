"""The feed of changes keeps a copy exactly in step, whatever happens meanwhile."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from catalogue import published
from catalogue.membership.changes import BadCursor
from catalogue.models import Customer, MembershipVersion, Segment, User
from catalogue.published import Place, PlaceExpired, Steps
from catalogue.published.checksums import checksum
from tests.catalogue.membership.ground import START, define, make_segment, publish

pytestmark = pytest.mark.django_db
KEPT = timedelta(days=90)


def customers(count: int) -> None:
    Customer.objects.bulk_create(
        Customer(ordinal=ordinal, external_id=f"cus_{ordinal}") for ordinal in range(count)
    )


def delete(*ordinals: int) -> None:
    Customer.objects.filter(ordinal__in=ordinals).update(deleted_at=timezone.now())


def read(segment: Segment, place: Place, *, limit: int = 100) -> Steps:
    return published.changes_after(
        segment, place, viewer=None, limit=limit, now=timezone.now(), kept=KEPT
    )


class Copy:
    """What somebody elsewhere holds, who does what the page about the API says."""

    def __init__(self, segment: Segment, *, limit: int = 3) -> None:
        self.segment, self.limit = segment, limit
        self.ids: set[str] = set()
        self.place = Place()

    def pull(self) -> None:
        version = published.newest(self.segment.key)
        assert version is not None
        self.ids, after, place = set(), -1, None
        while after is not None:
            page = published.members_page(
                version, viewer=None, after=after, size=self.limit, now=START
            )
            self.ids |= {member.id for member in page.members}
            place = place or published.place_after(version, page.told)
            after = page.last
        assert place is not None
        self.place = place

    def follow(self) -> Steps:
        while True:
            steps = read(self.segment, self.place, limit=self.limit)
            for step in steps.steps:
                if step.op == "entered":
                    self.ids.add(str(step.id))
                elif step.op == "left":
                    self.ids.discard(str(step.id))
            self.place = steps.place
            if not steps.has_more:
                return steps


def in_a_full_pull(segment: Segment) -> set[str]:
    copy = Copy(segment, limit=1000)
    copy.pull()
    return copy.ids


def test_a_reader_from_the_beginning_ends_with_what_a_full_pull_gives() -> None:
    customers(9)
    segment = make_segment()
    publish(segment, {1, 2, 3, 4}, day=0)
    publish(segment, {2, 3, 5}, day=1)

    copy = Copy(segment, limit=2)
    last = copy.follow()

    assert copy.ids == in_a_full_pull(segment) == {"cus_2", "cus_3", "cus_5"}
    assert (last.count, last.checksum) == (3, checksum(copy.ids))


def test_changes_come_in_order_and_say_when_and_in_which_version() -> None:
    customers(9)
    segment = make_segment()
    publish(segment, {1, 2}, day=0)
    publish(segment, {2, 3}, day=1)

    steps = read(segment, Place(version=2)).steps

    assert [(step.op, step.id, step.membership_version) for step in steps] == [
        ("entered", "cus_3", 2),
        ("left", "cus_1", 2),
    ]
    assert {step.at for step in steps} == {START + timedelta(days=1)}


def test_another_definition_is_announced_before_its_changes_and_only_once() -> None:
    customers(9)
    segment = make_segment()
    publish(segment, {1, 2}, day=0)
    publish(define(segment), {2, 3}, day=1)
    publish(define(segment), {2, 3}, day=2)

    first = read(segment, Place(version=2), limit=1)
    second = read(segment, first.place, limit=1)
    third = read(segment, second.place, limit=5)
    later = read(segment, third.place)

    assert [step.op for step in first.steps] == ["definition_changed", "entered"]
    assert first.steps[0].definition == (1, 2)
    assert [step.op for step in (*second.steps, *third.steps)] == ["left", "definition_changed"]
    assert (later.steps, later.has_more) == ((), False)


def test_a_deleted_customer_leaves_every_copy_before_the_next_refresh() -> None:
    customers(9)
    segment = make_segment()
    publish(segment, {1, 2, 3}, day=0)
    copy = Copy(segment)
    copy.pull()
    delete(2)

    told = read(segment, copy.place)

    assert [(step.op, step.id, step.reason) for step in told.steps] == [
        ("left", "cus_2", "deleted")
    ]
    assert (read(segment, told.place).steps, told.has_more) == ((), False)
    copy.follow()
    assert copy.ids == in_a_full_pull(segment) == {"cus_1", "cus_3"}


def test_a_customer_deleted_while_pages_are_pulled_leaves_the_copy_too() -> None:
    customers(9)
    segment = make_segment()
    publish(segment, {1, 2, 3, 4}, day=0)
    version = published.newest("payers")
    assert version is not None
    first = published.members_page(version, viewer=None, size=2, now=START)
    delete(1, 4)
    second = published.members_page(version, viewer=None, after=first.last or 0, size=2, now=START)
    copy = Copy(segment)
    copy.ids = {member.id for member in (*first.members, *second.members)}
    copy.place = published.place_after(version, first.told)

    last = copy.follow()

    assert copy.ids == in_a_full_pull(segment) == {"cus_2", "cus_3"}
    assert (last.count, last.checksum) == (2, checksum(copy.ids))


def test_somebody_deleted_is_never_said_to_enter_though_a_version_says_so() -> None:
    customers(9)
    segment = make_segment()
    publish(segment, {1}, day=0)
    publish(segment, {1, 2, 3}, day=1)
    delete(2)

    steps = read(segment, Place(version=2)).steps

    assert [(step.op, step.id) for step in steps] == [("entered", "cus_3"), ("left", "cus_2")]


def test_many_deletions_are_told_page_by_page() -> None:
    customers(30)
    segment = make_segment()
    publish(segment, set(range(30)), day=0)
    copy = Copy(segment, limit=4)
    copy.pull()
    delete(*range(3, 25))

    sizes = []
    steps = read(segment, copy.place, limit=4)
    while steps.steps:
        sizes.append(len(steps.steps))
        delete(25) if len(sizes) == 2 else None
        copy.ids -= {str(step.id) for step in steps.steps}
        steps = read(segment, steps.place, limit=4)

    assert max(sizes) == 4
    assert copy.ids == in_a_full_pull(segment)


def test_a_reader_too_far_behind_begins_anew_and_one_at_the_head_never_does() -> None:
    customers(9)
    segment = make_segment()
    publish(segment, {1}, day=0)
    publish(segment, {2}, day=1)
    later = MembershipVersion.objects.get(number=2).published_at + KEPT + timedelta(seconds=1)

    with pytest.raises(PlaceExpired):
        published.changes_after(
            segment, Place(version=2), viewer=None, limit=9, now=later, kept=KEPT
        )
    at_the_head = published.changes_after(
        segment, Place(version=3), viewer=None, limit=9, now=later, kept=KEPT
    )
    assert at_the_head.steps == ()


def test_a_place_in_the_future_was_never_given() -> None:
    segment = make_segment()
    publish(segment, set(), day=0)
    with pytest.raises(BadCursor):
        read(segment, Place(version=3))


def test_the_feed_is_for_those_who_may_see_people() -> None:
    segment = make_segment()
    publish(segment, set(), day=0)
    with pytest.raises(PermissionDenied):
        published.changes_after(
            segment,
            Place(),
            viewer=User.objects.create_user("vic"),
            limit=9,
            now=START,
            kept=KEPT,
        )


def test_a_copy_stays_in_step_through_any_order_of_refreshes_and_deletions() -> None:
    customers(60)
    segment = make_segment()
    dice = Random(7)
    publish(segment, set(range(0, 60, 2)), day=0)
    always, rarely = Copy(segment, limit=3), Copy(segment, limit=7)
    always.pull()
    for day in range(1, 40):
        if dice.random() < 0.3:
            delete(dice.randrange(60))
        alive = set(Customer.objects.filter(deleted_at=None).values_list("ordinal", flat=True))
        if dice.random() < 0.2:
            segment = define(segment)
        if dice.random() < 0.8:
            publish(segment, {one for one in alive if dice.random() < 0.5}, day=day)
        last = always.follow()
        assert always.ids == in_a_full_pull(segment)
        assert (last.count, last.checksum) == (len(always.ids), checksum(always.ids))
        if dice.random() < 0.15:
            rarely.follow()
            assert rarely.ids == always.ids
