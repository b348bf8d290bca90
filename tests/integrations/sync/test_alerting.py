"""Who is told, of what, and once."""

from __future__ import annotations

import pytest

from catalogue.models import Notice, Segment, User
from integrations.models import Audience, Destination
from integrations.sync.alerting import tell_of_late_lists
from integrations.sync.run import measure_drift
from integrations.sync.wanted import due_audiences, due_measures
from tests.integrations.ground import Clock, audience_of, live_segment, publish, sync
from tests.integrations.sync.conftest import Opened, load, members

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("ada", email="ada@ours.example")


def owned(key: str, owner: User) -> Segment:
    segment = live_segment(key, to="crm")
    segment.owner = owner
    segment.save()
    return segment


def reasons() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("reason", flat=True))


def test_the_owner_is_told_of_the_brake_once_with_the_likely_cause(
    hubspot: Opened, owner: User
) -> None:
    hubspot()
    load("a", "b")
    segment = owned("risk", owner)
    publish(segment, ["a", "b"])
    sync("risk")
    publish(segment, [])

    for _ in range(2):
        assert sync("risk").run.state == "braked"

    (reason,) = reasons()
    assert reason.startswith("“risk” in crm: The segment is empty now")
    assert "The definition is the same: the likely cause is what customers did" in reason
    notice = Notice.objects.get()
    assert (notice.user, notice.link) == (owner, "/segments/risk/sync/")


def test_a_list_that_is_gone_is_told_to_its_owner_and_a_refused_token_to_admins(
    hubspot: Opened, owner: User
) -> None:
    fake = hubspot()
    load("a")
    admin = User.objects.create_superuser("root", email="root@ours.example", password="x" * 20)
    publish(owned("risk", owner), ["a"])
    sync("risk")
    fake.state["lists"].clear()
    sync("risk")
    assert [notice.user for notice in Notice.objects.all()] == [owner]

    Audience.objects.update(stopped_reason="")
    fake.break_all("401", times=50)
    sync("risk")
    sync_again_is_refused = Destination.objects.get().off_reason

    assert sync_again_is_refused
    told = Notice.objects.get(user=admin)
    assert told.reason.startswith("crm refuses our credentials")
    assert told.link == "/tools/crm/"


def test_a_list_that_nothing_confirms_any_more_is_an_alert_though_nothing_failed(
    hubspot: Opened, owner: User
) -> None:
    hubspot(promised_minutes="120")
    load("a")
    publish(owned("risk", owner), ["a"])
    clock = Clock()
    sync("risk", clock=clock)

    clock.advance(minutes=119)
    assert tell_of_late_lists(now=clock()) == []
    clock.advance(minutes=2)
    for _ in range(3):
        assert tell_of_late_lists(now=clock()) == [audience_of("risk").pk]

    (reason,) = reasons()
    assert "has not been confirmed since 2026-05-04 12:00 UTC" in reason
    measure_drift(audience_id=audience_of("risk").pk, clock=clock)
    assert tell_of_late_lists(now=clock()) == [], "a read-back that finds no difference confirms"


def test_lists_are_read_back_by_the_timetable_and_what_differs_is_put_right(
    hubspot: Opened, owner: User
) -> None:
    fake = hubspot()
    load("a", "b")
    publish(owned("risk", owner), ["a", "b"])
    clock = Clock()
    sync("risk", clock=clock)
    assert due_measures(now=clock()) == []
    (key,) = fake.state["lists"]
    with fake.by_hand():
        fake.take(key, fake.contact("a"))

    clock.advance(hours=7)
    (due,) = due_measures(now=clock())
    report = measure_drift(audience_id=due, clock=clock)

    assert (report.missing, report.extra) == (1, 0)
    assert due_audiences(now=clock()) == [due]
    sync("risk", clock=clock)
    assert members(fake, "risk") == {"a", "b"}
    assert reasons() == []


def test_what_differs_is_only_told_where_nobody_wants_it_put_right(
    hubspot: Opened, owner: User
) -> None:
    fake = hubspot(heals_drift="no")
    load("a", "b")
    publish(owned("risk", owner), ["a", "b"])
    clock = Clock()
    sync("risk", clock=clock)
    (key,) = fake.state["lists"]
    with fake.by_hand():
        fake.take(key, fake.contact("a"))

    measure_drift(audience_id=audience_of("risk").pk, clock=clock)

    assert due_audiences(now=clock()) == []
    assert members(fake, "risk") == {"b"}
    (reason,) = reasons()
    assert "1 people are missing and 0 are left over" in reason
