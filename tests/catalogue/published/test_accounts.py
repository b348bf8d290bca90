"""Accounts leave the house as accounts: by their own ids, and never where people are wanted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue import published
from catalogue.models import Account, Segment
from catalogue.published import NotPeople, Place, Purpose
from catalogue.published.checksums import checksum
from catalogue.published.customers import customer_segments
from catalogue.published.rosters import members_roster, moved_roster, period_between
from tests.catalogue.workspace import NOW, define, load_accounts_too, refresh

pytestmark = pytest.mark.django_db
BUSINESS = {"subject": "account", "where": {"trait": "tier", "is": "business"}}


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_accounts_too()
    define("business", BUSINESS, status="live")
    define("everyone", {"everyone": True}, status="live")
    refresh()


def newest(key: str = "business") -> published.PublishedVersion:
    version = published.newest(key)
    assert version is not None
    return version


def test_a_version_says_what_it_holds() -> None:
    assert (newest().subject, newest("everyone").subject) == ("account", "customer")


def test_members_are_ids_and_traits_of_accounts() -> None:
    audience = published.people(newest(), purpose=Purpose.EXPORT, viewer=None)
    assert {name for _, name in audience.ids()} == {"acme", "empty"}
    assert sorted(audience.traits(["name", "plan"], now=NOW).values(), key=str) == [
        {"name": "Acme Ltd"},
        {"name": "Nobody Inc"},
    ]


def test_they_are_never_given_out_for_a_sync() -> None:
    with pytest.raises(NotPeople, match="“business” holds accounts, and tools take people"):
        published.people(newest(), purpose=Purpose.SYNC, viewer=None)


def test_a_page_of_members_is_of_accounts() -> None:
    page = published.members_page(newest(), viewer=None, size=10, traits=["tier"], now=NOW)
    assert {one.id: one.traits for one in page.members} == {
        "acme": {"tier": "business"},
        "empty": {"tier": "business"},
    }
    assert (page.count, page.checksum) == (2, checksum(["acme", "empty"]))


def test_a_deleted_account_is_left_out_though_a_customer_has_its_number() -> None:
    Account.objects.filter(external_id="empty").update(deleted_at=timezone.now())
    page = published.members_page(newest(), viewer=None, size=10, now=NOW)
    assert [one.id for one in page.members] == ["acme"]
    assert page.checksum == checksum(["acme"])
    everyone = published.members_page(newest("everyone"), viewer=None, size=10, now=NOW)
    assert everyone.count == 5
    assert published.check(newest(), ["empty"], viewer=None) == {"empty": "unknown"}


def test_accounts_are_checked_by_their_ids() -> None:
    asked = ["acme", "solo", "ada", "nobody"]
    assert published.check(newest(), asked, viewer=None) == {
        "acme": "in",
        "solo": "out",
        "ada": "unknown",
        "nobody": "unknown",
    }


def test_the_feed_tells_of_accounts() -> None:
    segment = Segment.objects.get(key="business")
    define("business", {"subject": "account", "where": {"trait": "tier", "is": "free"}})
    refresh("business", now=NOW + timedelta(hours=1))
    steps = published.changes_after(
        segment, Place(), viewer=None, limit=50, now=timezone.now(), kept=timedelta(days=90)
    )
    told = [(one.op, one.id, one.membership_version) for one in steps.steps if one.id]
    assert sorted(told) == [
        ("entered", "acme", 1),
        ("entered", "empty", 1),
        ("entered", "solo", 2),
        ("left", "acme", 2),
        ("left", "empty", 2),
    ]
    assert steps.checksum == checksum(["solo"])


def test_the_feed_tells_of_an_account_that_was_deleted_since() -> None:
    Account.objects.filter(external_id="acme").update(deleted_at=timezone.now())
    steps = published.changes_after(
        Segment.objects.get(key="business"),
        Place(version=2),
        viewer=None,
        limit=50,
        now=timezone.now(),
        kept=timedelta(days=90),
    )
    assert [(one.op, one.id, one.reason) for one in steps.steps] == [("left", "acme", "deleted")]


def test_nobody_is_in_a_segment_of_accounts_by_the_number_they_share() -> None:
    for name in ("ada", "bob", "cleo"):
        found = published.segments_of(name, viewer=None)
        assert found is not None
        assert [one.key for one in found] == ["everyone"]
        told = customer_segments(name, viewer=None, now=NOW)
        assert told is not None
        assert [one.key for one in told.inside] == ["everyone"]
        assert told.outside == ()
        assert {move.key for move in told.moves} == {"everyone"}
        assert set(published.explain_each(name, viewer=None, now=NOW).segments) == {"everyone"}


def test_an_account_is_explained_by_its_id() -> None:
    found = published.explain("business", "acme", viewer=None, now=NOW)
    assert (found.subject, found.customer_id) == ("account", "acme")
    assert found.segments["business"].is_in  # type: ignore[union-attr]
    customer = published.explain("business", "ada", viewer=None, now=NOW)
    assert customer.customer_id is None
    assert customer.sentence.startswith("There is no account “ada”.")
    Account.objects.filter(external_id="acme").update(deleted_at=NOW)
    gone = published.explain("business", "acme", viewer=None, now=NOW)
    assert gone.sentence == "The account “acme” was deleted on 2026-03-18, so it is in no segment."


def test_a_roster_lists_accounts_with_their_names() -> None:
    roster = members_roster(newest(), viewer=None, size=10, traits=["name"])
    assert {one.id: one.traits.get("name") for one in roster.members} == {
        "acme": "Acme Ltd",
        "empty": "Nobody Inc",
    }
    period = period_between("business", 0, 1)
    assert period is not None
    moved = moved_roster(period, "entered", viewer=None, size=10, traits=["name"])
    assert {one.id: one.traits.get("name") for one in moved.members} == {
        "acme": "Acme Ltd",
        "empty": "Nobody Inc",
    }
