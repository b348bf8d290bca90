"""Members a page at a time, one by one, and the segments that somebody is in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from catalogue import published
from catalogue.models import ApiKey, Customer, Scope, Segment, Team, User
from catalogue.published.checksums import checksum
from catalogue.segments.keys import create_key
from catalogue.warehouse.ordinals import ordinals_of
from tests.catalogue.membership.ground import START, make_segment, publish
from tests.catalogue.workspace import NOW, load_workspace

pytestmark = pytest.mark.django_db


def version(key: str = "payers") -> published.PublishedVersion:
    found = published.newest(key)
    assert found is not None
    return found


def enter(segment: Segment, *ids: str, day: int = 0) -> None:
    publish(segment, set(ordinals_of(ids)[0]), day=day)


def key_with(*scopes: Scope) -> ApiKey:
    team = Team.objects.get(slug="growth")
    return create_key(team=team, name="crm", scopes=scopes, by=None, via="command")[0]


def test_the_checksum_is_the_documented_one_in_whatever_order() -> None:
    assert checksum(["cus_1", "cus_2", "cus_3"]) == "b5946576c1704b71"
    assert checksum(["cus_3", "cus_1", "cus_2"]) == "b5946576c1704b71"
    assert checksum([]) == "0" * 16
    assert checksum(["cus_1", "cus_1"]) not in {checksum(["cus_1"]), checksum([])}


def test_the_checksum_of_a_page_is_that_of_all_ids_whether_remembered_or_not() -> None:
    load_workspace()
    segment = make_segment()
    enter(segment, "ada", "bob")
    first = published.members_page(version(), viewer=None, size=1, now=NOW)
    enter(segment, "bob", "cleo", "eve", day=1)
    carried = published.members_page(version(), viewer=None, size=1, now=NOW)
    cache.clear()
    anew = published.members_page(version(), viewer=None, size=1, now=NOW)

    assert first.checksum == checksum(["ada", "bob"])
    assert carried.checksum == anew.checksum == checksum(["bob", "cleo", "eve"])


def test_pages_follow_one_another_and_end() -> None:
    load_workspace()
    enter(make_segment(), "ada", "bob", "cleo", "dan", "eve")
    names, after = [], -1
    while after is not None:
        page = published.members_page(version(), viewer=None, after=after, size=2, now=NOW)
        names += [member.id for member in page.members]
        after = page.last
    assert names == ["ada", "bob", "cleo", "dan", "eve"]


def test_a_member_says_since_when_it_is_in_this_time_and_the_traits_asked_for() -> None:
    load_workspace()
    segment = make_segment()
    enter(segment, "ada", "cleo", day=0)
    enter(segment, "cleo", day=1)
    enter(segment, "ada", "cleo", day=2)

    ada, cleo = published.members_page(
        version(), viewer=None, size=9, traits=["plan", "email"], now=NOW
    ).members

    assert (ada.since, cleo.since) == (START + timedelta(days=2), START)
    assert (ada.traits, cleo.traits) == (
        {"plan": "pro", "email": "ada@x.example"},
        {"plan": "pro"},
    )


def test_an_older_version_is_served_as_it_was() -> None:
    load_workspace()
    segment = make_segment()
    enter(segment, "ada", "cleo", day=0)
    enter(segment, "cleo", day=1)
    old = published.version("payers", 1)
    assert old is not None
    page = published.members_page(old, viewer=None, size=9, now=NOW)
    assert [member.id for member in page.members] == ["ada", "cleo"]


def test_the_deleted_are_neither_served_nor_counted() -> None:
    load_workspace()
    enter(make_segment(), "ada", "bob", "cleo")
    before = published.members_state(version())
    Customer.objects.filter(external_id="bob").update(deleted_at=timezone.now())
    page = published.members_page(version(), viewer=None, size=9, now=NOW)
    assert [member.id for member in page.members] == ["ada", "cleo"]
    assert (page.count, page.checksum) == (2, checksum(["ada", "cleo"]))
    assert published.members_state(version()) != before


def test_customers_are_in_out_or_unknown() -> None:
    load_workspace()
    enter(make_segment(), "ada", "bob")
    Customer.objects.filter(external_id="bob").update(deleted_at=timezone.now())
    Customer.objects.filter(external_id="cleo").update(
        merged_into=Customer.objects.get(external_id="dan")
    )
    Customer.objects.filter(external_id="dan").update(
        merged_into=Customer.objects.get(external_id="ada")
    )
    asked = ["ada", "bob", "cleo", "eve", "nobody", "ada"]
    assert published.check(version(), asked, viewer=None) == {
        "ada": "in",
        "bob": "unknown",
        "cleo": "in",
        "eve": "out",
        "nobody": "unknown",
    }


def test_a_key_may_be_given_for_checking_alone() -> None:
    load_workspace()
    enter(make_segment(), "ada")
    checking, reading = key_with(Scope.MEMBERS_CHECK), key_with(Scope.SEGMENTS_READ)

    assert published.check(version(), ["ada"], viewer=checking) == {"ada": "in"}
    with pytest.raises(PermissionDenied, match="members:check"):
        published.check(version(), ["ada"], viewer=reading)
    with pytest.raises(PermissionDenied, match="members:read"):
        published.members_page(version(), viewer=checking, size=1, now=NOW)


def test_somebody_is_in_these_segments_since_then() -> None:
    load_workspace()
    for key, ids in (("payers", ["ada"]), ("others", ["bob"]), ("alle", ["ada", "bob"])):
        enter(make_segment(key), *ids)
    make_segment("never-refreshed")

    found = published.segments_of("ada", viewer=None)

    assert found is not None
    assert [(one.key, one.since) for one in found] == [("alle", START), ("payers", START)]


def test_the_segments_of_nobody_are_not_an_empty_list() -> None:
    load_workspace()
    Customer.objects.filter(external_id="bob").update(deleted_at=timezone.now())
    assert published.segments_of("nobody", viewer=None) is None
    assert published.segments_of("bob", viewer=None) is None
    assert published.segments_of("ada", viewer=None) == []


def test_only_segments_whose_people_one_may_see_are_named() -> None:
    load_workspace()
    enter(make_segment("payers"), "ada")
    enter(make_segment("elsewhere"), "ada")
    Segment.objects.filter(key="elsewhere").update(team=Team.objects.create(slug="cs", name="CS"))
    found = published.segments_of("ada", viewer=key_with(Scope.MEMBERS_READ, Scope.SEGMENTS_DRAFT))
    assert [one.key for one in found or ()] == ["payers"]
    with pytest.raises(PermissionDenied):
        published.segments_of("ada", viewer=User.objects.create_user("vic"))
