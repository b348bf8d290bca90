"""What a process published it need not read again; once a day it does nevertheless."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from catalogue.membership import judging, publication
from catalogue.membership.known_members import KNOWN, keep_members, known_members
from catalogue.membership.published_before import befores
from catalogue.membership.remembering import memory
from catalogue.membership.versions import members_of
from catalogue.models import MembershipVersion, Segment
from tests.catalogue.membership.ground import without_triggers
from tests.catalogue.membership.logins import login, refresh_at
from tests.catalogue.workspace import NOW, define, load_workspace

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def workspace() -> Iterator[None]:
    forget()
    load_workspace()
    define("recent", {"did": "login", "in_last": "7 days"})
    yield
    forget()


def forget() -> None:
    KNOWN.clear()
    with memory() as kept:
        kept.forget()


def newest() -> MembershipVersion:
    version = Segment.objects.get(key="recent").membership
    assert version is not None
    return version


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
    KNOWN.clear()
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
        KNOWN.clear()
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
    segments = list(Segment.objects.select_related("membership"))
    read = [before for _, before in befores(segments, NOW)]
    known = [before for _, before in befores(segments, NOW, known_members)]
    assert [one.members() for one in read] == [one.members() for one in known]
    assert [one.newest for one in read] == [one.newest for one in known] == [newest()]
    assert [one.read for one in read] == [one.read for one in known]
    (only,) = known
    assert not only.chain
    assert only.since_frame.versions == newest().number - 1
    differences = MembershipVersion.objects.filter(key_frame=None)
    stored = [len(one.entered) + len(one.left) for one in differences]
    assert only.since_frame.bytes == sum(stored) > 0


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
