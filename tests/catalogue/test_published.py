"""The one exit for people, and the facts integrations may read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from catalogue import published
from catalogue.models import Customer, Segment, User
from catalogue.published import Purpose, WantedSync
from catalogue.warehouse.ordinals import ordinals_of
from tests.catalogue.membership.ground import START, make_segment, publish
from tests.catalogue.workspace import NOW, load_workspace

pytestmark = pytest.mark.django_db


def published_segment(*ids: str) -> published.PublishedVersion:
    load_workspace()
    publish(make_segment(), set(ordinals_of(ids)[0]), day=0)
    version = published.newest("payers")
    assert version is not None
    return version


def test_people_are_named_in_the_order_of_their_ordinals() -> None:
    audience = published.people(
        published_segment("dan", "ada", "cleo"), purpose=Purpose.COMMAND, viewer=None
    )
    assert [customer_id for _, customer_id in audience.ids()] == ["ada", "cleo", "dan"]
    assert [ordinal for ordinal, _ in audience.ids()] == list(audience.ordinals)


def test_only_some_of_an_audience_may_be_asked_for_and_never_more_than_it() -> None:
    audience = published.people(published_segment("ada", "cleo"), purpose=Purpose.SYNC, viewer=None)
    some = ordinals_of(["cleo", "bob"])[0]
    assert [customer_id for _, customer_id in audience.ids(some)] == ["cleo"]


def test_a_deleted_customer_leaves_every_list_at_once() -> None:
    version = published_segment("ada", "cleo")
    Customer.objects.filter(external_id="ada").update(deleted_at=timezone.now())
    audience = published.people(version, purpose=Purpose.EXPORT, viewer=None)
    assert [customer_id for _, customer_id in audience.ids()] == ["cleo"]
    assert audience.withheld == 1


def test_people_are_for_those_with_the_right_to_see_them() -> None:
    version = published_segment("ada")
    viewer = User.objects.create_user("vic")
    with pytest.raises(PermissionDenied, match="how many people “Payers” holds, but not who"):
        published.people(version, purpose=Purpose.PAGE, viewer=viewer)
    viewer.user_permissions.add(Permission.objects.get(codename="see_people"))
    viewer = User.objects.get(pk=viewer.pk)
    assert published.people(version, purpose=Purpose.PAGE, viewer=viewer).ordinals


def test_traits_have_the_values_of_the_instant_asked_for() -> None:
    audience = published.people(
        published_segment("ada", "cleo", "dan"), purpose=Purpose.SYNC, viewer=None
    )
    named = dict(audience.ids())
    values = {
        named[ordinal]: traits
        for ordinal, traits in audience.traits(["email", "plan", "nothing"], now=NOW).items()
    }
    assert values == {
        "ada": {"email": "ada@x.example", "plan": "pro"},
        "cleo": {"plan": "pro"},
        "dan": {"email": "dan@x.example"},
    }
    assert audience.traits(["email"], now=START - timedelta(days=99)) == {}


def test_a_version_says_what_it_stands_for() -> None:
    version = published_segment("ada")
    assert (version.key, version.membership_version, version.definition_version) == ("payers", 1, 1)
    assert (version.size, version.now, len(version.sha256)) == (1, START, 64)
    assert published.as_of("payers", START - timedelta(days=1)) is None
    assert published.as_of("payers", START + timedelta(days=1)) == version
    assert published.newest("nobody") is None


def test_only_live_segments_that_name_a_destination_want_to_be_synced() -> None:
    make_segment("draft")
    make_segment("quiet")
    make_segment("loud")
    Segment.objects.filter(key__in=("draft", "loud")).update(
        sync_wanted=[{"to": "crm", "as": "Loud ones"}, {"to": "files"}]
    )
    Segment.objects.filter(key__in=("quiet", "loud")).update(status="live")
    cards = published.live_wanting_sync()
    assert [card.key for card in cards] == ["loud"]
    assert cards[0].wanted == (
        WantedSync(to="crm", called="Loud ones"),
        WantedSync(to="files", called=""),
    )
    assert cards[0].newest is None
