"""What a destination may do with a list: managed, mirror, additive, enrich; and whose people come
first where segments overlap."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from catalogue.models import SuppressionSource, Via
from catalogue.privacy.suppressing import Entry, suppress
from integrations.models import Audience, RemoteContact, SyncRun
from integrations.sync.run import NotNow, preview
from integrations.sync.wanted import due_audiences
from tests.integrations.connectors.hubspot.fake import FakeHubspot
from tests.integrations.connectors.hubspot.fake_contacts import KEY
from tests.integrations.ground import (
    Clock,
    acknowledged,
    audience_of,
    live_segment,
    publish,
    sync,
)
from tests.integrations.sync.conftest import Opened, load, members

pytestmark = pytest.mark.django_db(transaction=True)


def put_stranger(fake: FakeHubspot, *names: str, list_name: str = "risk") -> None:
    lists = fake.state["lists"]
    (key,) = [key for key, one in lists.items() if one["name"] == list_name]
    with fake.by_hand():
        for name in names:
            fake.put(key, fake.make_contact(**{KEY: name}))


def suppressed(customer_id: str, *, now: datetime, purpose: str = "") -> None:
    entry = Entry(customer_id=customer_id, purpose=purpose, reason="asked us to")
    suppress(entry=entry, source=SuppressionSource.ADMIN, now=now, by=None, via=Via.COMMAND)


def test_a_tool_with_ids_of_its_own_tells_them_and_they_are_kept(hubspot: Opened) -> None:
    fake = hubspot()
    load("a", "b", "c")
    publish(live_segment("risk", to="crm"), ["a", "b"])

    done = sync("risk")

    assert done.run.state == "succeeded"
    assert done.drift
    assert (done.drift.missing, done.drift.extra, done.drift.foreign) == (0, 0, 0)
    assert members(fake, "risk") == acknowledged("risk") == {"a", "b"}
    told = dict(RemoteContact.objects.values_list("ordinal", "remote_id"))
    assert set(told.values()) == set(fake.contacts())


def test_an_answer_that_was_lost_makes_nobody_a_stranger(hubspot: Opened) -> None:
    fake = hubspot()
    load("a", "b", "c")
    segment = live_segment("risk", to="crm")
    publish(segment, ["a", "b"])
    fake.break_writes("writes, then resets", times=50, skip=2)
    assert sync("risk").run.state == "incomplete"
    fake.heal()
    publish(segment, ["b", "c"])

    clock = Clock()
    clock.advance(days=1)
    done = sync("risk", clock=clock)

    assert (done.run.state, members(fake, "risk")) == ("succeeded", {"b", "c"})
    assert done.drift
    assert done.drift.foreign == 0


def test_a_managed_list_keeps_strangers_and_a_mirror_does_not(hubspot: Opened) -> None:
    managed, mirror = hubspot(), hubspot("copy", mode="mirror")
    load("a", "b", "c")
    first, second = live_segment("risk", to="crm"), live_segment("loyal", to="copy")
    for segment in (first, second):
        publish(segment, ["a", "b"])
        sync(segment.key)
    put_stranger(managed, "x", "y")
    put_stranger(mirror, "x", "y", list_name="loyal")
    for segment in (first, second):
        publish(segment, ["b", "c"])

    kept, mirrored = sync("risk"), sync("loyal")

    assert members(managed, "risk") == {"b", "c", "x", "y"}
    assert members(mirror, "loyal") == {"b", "c"}
    assert kept.drift
    assert kept.drift.foreign == 2
    assert mirrored.drift
    assert mirrored.drift.foreign == 0


def test_a_mirror_that_would_remove_very_many_strangers_waits_for_a_person(
    hubspot: Opened,
) -> None:
    fake = hubspot(mode="mirror")
    load("a", "b")
    publish(live_segment("risk", to="crm"), ["a", "b"])
    sync("risk")
    put_stranger(fake, *(f"x{number}" for number in range(101)))

    held = sync("risk")
    assert "101 people on the list are not ours" in held.run.sentence
    assert len(members(fake, "risk")) == 103

    sync("risk", approve=True)
    assert members(fake, "risk") == {"a", "b"}


def test_an_additive_list_loses_only_those_who_may_not_be_sent(hubspot: Opened) -> None:
    fake = hubspot(mode="additive")
    load("a", "b", "c", "d")
    segment = live_segment("risk", to="crm")
    publish(segment, ["a", "b", "c"])
    sync("risk")
    clock = Clock()
    suppressed("a", now=clock())
    publish(segment, ["c", "d"])

    done = sync("risk", clock=clock)

    assert (done.run.state, members(fake, "risk")) == ("succeeded", {"b", "c", "d"})


def test_enriching_writes_fields_of_contacts_that_are_there_and_makes_none(
    hubspot: Opened,
) -> None:
    fake = hubspot(mode="enrich", fields=True)
    load("a", "b")
    with fake.by_hand():
        known = fake.make_contact(**{KEY: "a"})
    segment = live_segment("risk", to="crm")
    segment.why = "They stop using it"
    segment.save()
    publish(segment, ["a", "b"])

    done = sync("risk")

    assert done.run.state == "succeeded"
    assert done.drift
    assert not done.drift.verifiable
    assert fake.contacts()[known]["segment_why"] == "They stop using it"
    assert len(fake.contacts()) == 1
    assert members(fake, "risk") == set()
    assert acknowledged("risk") == {"a"}

    publish(segment, ["b"])
    sync("risk")
    assert not fake.contacts()[known].get("segment_why")


def test_where_segments_overlap_one_list_has_each_person(hubspot: Opened) -> None:
    fake = hubspot(priority="gold,silver")
    load("a", "b", "c", "d")
    gold, silver = live_segment("gold", to="crm"), live_segment("silver", to="crm")
    publish(gold, ["a", "b"])
    publish(silver, ["b", "c", "d"])
    for key in ("gold", "silver"):
        sync(key)
    assert (members(fake, "gold"), members(fake, "silver")) == ({"a", "b"}, {"c", "d"})
    assert due_audiences(now=Clock()()) == []

    publish(gold, ["a", "c"])

    due = set(due_audiences(now=Clock()()))
    assert due == {audience_of("gold").pk, audience_of("silver").pk}
    for key in ("gold", "silver"):
        sync(key)
    assert (members(fake, "gold"), members(fake, "silver")) == ({"a", "c"}, {"b", "d"})


def test_who_is_suppressed_leaves_every_list_without_a_new_version(hubspot: Opened) -> None:
    fake = hubspot()
    load("a", "b", "c")
    publish(live_segment("risk", to="crm"), ["a", "b", "c"])
    sync("risk")
    clock = Clock()
    assert due_audiences(now=clock()) == []

    suppressed("b", now=clock())

    assert due_audiences(now=clock()) == [audience_of("risk").pk]
    done = sync("risk", clock=clock)
    assert members(fake, "risk") == {"a", "c"}
    assert done.run.waterfall["suppressed"] == 1
    assert due_audiences(now=clock()) == []


def test_what_is_written_to_fields_follows_what_it_says(hubspot: Opened) -> None:
    fake = hubspot(fields=True)
    load("a", "b")
    segment = live_segment("risk", to="crm")
    segment.name, segment.why = "At risk", "They stop using it"
    segment.save()
    publish(segment, ["a", "b"])
    sync("risk")
    one = fake.contacts()[fake.contact("a")]
    assert (one["segment_title"], one["segment"]) == ("At risk", "risk")
    assert one["segment_since"].startswith("2026-05-04T13:00")
    assert due_audiences(now=Clock()()) == []

    segment.why = "They call support too often"
    segment.save()

    assert due_audiences(now=Clock()()) == [audience_of("risk").pk]
    sync("risk")
    for name in ("a", "b"):
        contact = fake.contacts()[fake.contact(name)]
        assert contact["segment_why"] == "They call support too often"


def test_who_was_refused_is_tried_again_after_the_days_that_are_said(hubspot: Opened) -> None:
    fake = hubspot(retry_rejected_days="3")
    load("a", "b")
    fake.poison.add("b")
    publish(live_segment("risk", to="crm"), ["a", "b"])
    clock = Clock()
    sync("risk", clock=clock)
    fake.poison.clear()

    clock.advance(days=2)
    assert due_audiences(now=clock()) == []
    sync("risk", clock=clock)
    assert members(fake, "risk") == {"a"}

    clock.advance(days=2)
    assert due_audiences(now=clock()) == [audience_of("risk").pk]
    sync("risk", clock=clock)
    assert members(fake, "risk") == {"a", "b"}


def test_two_segments_are_not_let_write_to_one_list(hubspot: Opened) -> None:
    fake = hubspot()
    load("a", "b")
    publish(live_segment("risk", to="crm"), ["a"])
    publish(live_segment("loyal", to="crm"), ["b"])
    sync("risk")
    Audience.objects.filter(pk=audience_of("loyal").pk).update(
        remote_id=Audience.objects.get(segment_key="risk").remote_id
    )

    run = sync("loyal").run

    assert run.state == "stopped"
    assert "is that of the segment risk already" in run.sentence
    assert members(fake, "risk") == {"a"}


def test_a_full_resync_sends_everybody_again(hubspot: Opened) -> None:
    fake = hubspot()
    load("a", "b")
    publish(live_segment("risk", to="crm"), ["a", "b"])
    sync("risk")
    Audience.objects.update(full_due=True)
    before = len(fake.writes())

    run = sync("risk").run

    assert (run.to_add, run.state) == (2, "succeeded")
    assert len(fake.writes()) > before
    assert not Audience.objects.get().full_due


def test_a_paused_list_is_left_alone(hubspot: Opened) -> None:
    hubspot()
    load("a")
    publish(live_segment("risk", to="crm"), ["a"])
    audience = audience_of("risk")
    Audience.objects.update(paused_reason="Ada: the campaign is being rewritten.")

    assert due_audiences(now=Clock()()) == []
    with pytest.raises(NotNow, match="campaign is being rewritten"):
        sync("risk")
    assert preview(audience_id=audience.pk, clock=Clock()).plan.to_add


def test_what_a_run_asked_of_its_tool_is_counted(hubspot: Opened) -> None:
    fake = hubspot()
    load("a", "b")
    publish(live_segment("risk", to="crm"), ["a", "b"])

    sync("risk")

    run = SyncRun.objects.get()
    assert sum(run.requests.values()) <= len(fake.ledger)
    assert any(name.startswith("PUT 200") for name in run.requests)


def test_a_tool_that_answers_nobody_is_let_rest_and_tried_again(hubspot: Opened) -> None:
    fake = hubspot()
    load("a")
    publish(live_segment("risk", to="crm"), ["a"])
    fake.break_all("500", times=10_000)
    clock = Clock(datetime(2026, 5, 4, tzinfo=UTC))
    for _ in range(5):
        assert sync("risk", clock=clock).run.state == "incomplete"
        clock.advance(seconds=30)

    with pytest.raises(NotNow, match="no requests before"):
        sync("risk", clock=clock)
    fake.heal()
    clock.advance(minutes=31)
    assert sync("risk", clock=clock).run.state == "succeeded"
    assert members(fake, "risk") == {"a"}
