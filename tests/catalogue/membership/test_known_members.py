"""What a process published it need not read again; once a day it does nevertheless."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from catalogue.membership import judging, publication
from catalogue.membership.known_members import (
    Published,
    forget_published,
    keep_members,
    keep_newest,
    known_members,
)
from catalogue.membership.published_before import (
    NOTHING,
    Before,
    Identity,
    Memory,
    SinceFrame,
    befores,
)
from catalogue.membership.remembering import memory
from catalogue.membership.versions import DamagedVersion, members_of
from catalogue.models import MembershipVersion, Segment
from tests.catalogue.membership.ground import without_triggers
from tests.catalogue.membership.logins import login, refresh_at
from tests.catalogue.workspace import NOW, define, load_workspace

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def workspace() -> Iterator[None]:
    forget()
    load_workspace()
    define("recent", {"did": "login", "in_last": "7 days"})
    yield
    forget()


def forget() -> None:
    forget_published()
    with memory() as kept:
        kept.forget()


def newest() -> MembershipVersion:
    version = Segment.objects.get(key="recent").membership
    assert version is not None
    return version


def before_of(now: datetime, memory: Memory) -> Before:
    ((_, before),) = befores([Segment.objects.get(key="recent")], now, memory)
    return before


def same(before: Before) -> tuple[object, ...]:
    """What is the same whether it is remembered or read."""
    return before.newest, before.read, before.since_frame, before.sha256, before.members()


def damage() -> None:
    """Nobody could say any more from what is stored who is in the newest version."""
    without_triggers(
        "UPDATE catalogue_membershipversion SET key_frame = %s WHERE key_frame IS NOT NULL",
        [b"nothing that anybody could read"],
    )


def test_a_version_is_known_after_it_was_published_and_no_other_one_is() -> None:
    refresh_at(NOW)
    first = newest()
    assert known_members(first) == members_of(first)
    login("cleo", NOW + HOUR / 2)
    refresh_at(NOW + HOUR)
    assert known_members(newest()) == members_of(newest())
    assert known_members(newest()) != known_members(first)
    keep_members(first, members_of(first))
    forget_published()
    assert known_members(first) is None


def test_what_was_published_just_now_is_not_read_again() -> None:
    refresh_at(NOW)
    refresh_at(NOW + HOUR)
    damage()
    login("cleo", NOW + 3 * HOUR / 2)
    third = refresh_at(NOW + 2 * HOUR)
    assert third.results[0]["error"] == ""
    assert (third.results[0]["entered"], third.results[0]["left"]) == (1, 0)


@pytest.mark.parametrize("later", [timedelta(days=1), 2 * HOUR])
def test_damage_is_found_by_the_first_refresh_of_a_day_and_by_a_process_that_knows_nothing(
    later: timedelta,
) -> None:
    refresh_at(NOW)
    refresh_at(NOW + HOUR)
    damage()
    login("cleo", NOW + 3 * HOUR / 2)
    if later < timedelta(days=1):
        forget_published()
    found = refresh_at(NOW + later)
    assert "cannot be trusted" in found.results[0]["error"]
    assert newest().number == 1


def test_known_or_read_what_was_published_before_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # So few people are spelt out anew by each version, or nothing would lie after a key frame.
    monkeypatch.setattr(publication, "_is_frame_due", lambda *_: False)
    for hours in range(4):
        login("cleo" if hours % 2 else "dan", NOW + hours * HOUR - HOUR / 2)
        refresh_at(NOW + hours * HOUR)
    remembered = before_of(NOW + DAY, Published())
    known = Published().newest(Identity.of(newest()))
    assert known is not None
    assert remembered.newest is remembered.read is known.version
    assert same(remembered) == same(before_of(NOW + DAY, NOTHING))
    assert not remembered.chain
    assert remembered.since_frame.versions == newest().number - 1
    differences = MembershipVersion.objects.filter(key_frame=None)
    stored = [len(one.entered) + len(one.left) for one in differences]
    assert remembered.since_frame.bytes == sum(stored) > 0


def test_the_bitmaps_of_a_version_that_is_remembered_stay_in_the_database() -> None:
    refresh_at(NOW)
    known = Published().newest(Identity.of(newest()))
    assert known is not None
    assert known.version.get_deferred_fields() >= {"entered", "left", "key_frame"}
    assert bytes(known.version.key_frame or b"") == bytes(newest().key_frame or b"!")


def test_a_version_that_another_process_published_is_read() -> None:
    refresh_at(NOW)
    first = newest()
    login("cleo", NOW + HOUR / 2)
    refresh_at(NOW + HOUR)
    keep_newest(first, SinceFrame())
    assert before_of(NOW + DAY, Published()).newest == newest() != first
    assert same(before_of(NOW + DAY, Published())) == same(before_of(NOW + DAY, NOTHING))


def test_after_a_refresh_back_in_time_each_instant_has_the_version_that_describes_it() -> None:
    refresh_at(NOW)
    login("cleo", NOW + HOUR / 2)
    refresh_at(NOW + 2 * HOUR)
    login("dan", NOW + HOUR / 3)
    refresh_at(NOW + HOUR)
    assert newest().now == NOW + HOUR
    for later in (timedelta(0), HOUR, 2 * HOUR, DAY):
        found = before_of(NOW + later, Published())
        assert same(found) == same(before_of(NOW + later, NOTHING))
        assert (found.read == found.newest) == (later == HOUR)


def test_a_version_of_which_the_database_says_something_else_is_read() -> None:
    refresh_at(NOW)
    without_triggers("UPDATE catalogue_membershipversion SET sha256 = %s", ["another"])
    assert before_of(NOW, Published()).sha256 == "another"
    with pytest.raises(DamagedVersion):
        before_of(NOW, Published()).members()


def test_a_full_refresh_reads_what_was_published_though_it_is_known() -> None:
    refresh_at(NOW)
    damage()
    with memory() as kept:
        kept.forget()
    login("cleo", NOW + HOUR / 2)
    assert known_members(newest()) is not None
    found = refresh_at(NOW + HOUR)
    assert not any(scan["update"] for scan in found.scans)
    assert "cannot be trusted" in found.results[0]["error"]


def test_while_a_check_that_is_due_cannot_be_made_what_was_published_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refresh_at(NOW)
    damage()
    login("cleo", NOW + HOUR / 2)
    monkeypatch.setattr(judging, "checked", lambda run, followed, anew: (followed, None))
    found = refresh_at(NOW + HOUR)
    assert any(scan["update"] for scan in found.scans)
    assert "cannot be trusted" in found.results[0]["error"]
