"""Erasing somebody from every tool that ever held them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalogue.models import Erasure, Via
from catalogue.privacy.erasing.asking import request_erasure
from catalogue.privacy.erasing.running import run_erasure
from integrations.models import Audience, RemoteContact, SyncBatch, ToolErasure
from integrations.models.audience import read_bitmap
from tests.integrations.ground import Clock, live_segment, publish, sync
from tests.integrations.sync.conftest import Opened, load, members

pytestmark = pytest.mark.django_db(transaction=True)


def erase(customer_id: str, clock: Clock) -> Erasure:
    asked = request_erasure(
        customer_id=customer_id, reason="asked us to", now=clock(), by=None, via=Via.COMMAND
    )
    return run_erasure(erasure_id=asked.pk, now=clock())


def tools_that_are_done(erasure: Erasure) -> dict[str, bool]:
    """Each tool that was asked, and whether nothing more is waited for."""
    return dict(erasure.steps.filter(name="tools").values_list("place", "is_done"))


def test_every_tool_that_ever_held_somebody_deletes_them_and_its_answer_is_kept(
    hubspot: Opened,
) -> None:
    first, second, third = hubspot(), hubspot("copy"), hubspot("never")
    load("a", "b")
    for key, tool in (("risk", "crm"), ("loyal", "copy")):
        publish(live_segment(key, to=tool), ["a", "b"])
        sync(key)
    clock = Clock()

    done = erase("a", clock)

    assert tools_that_are_done(done) == {"crm": True, "copy": True}
    assert first.contact("a") == second.contact("a") == ""
    assert members(first, "risk") == members(second, "loyal") == {"b"}
    assert not third.ledger
    kept = dict(ToolErasure.objects.values_list("destination__key", "evidence"))
    said = "The tool deleted the contact, or had none."
    assert kept == {"crm": said, "copy": said}


def test_no_number_of_the_person_is_left_in_what_we_keep_of_tools(hubspot: Opened) -> None:
    hubspot()
    load("a", "b")
    publish(live_segment("risk", to="crm"), ["a", "b"])
    sync("risk")

    erase("a", Clock())

    audience = Audience.objects.get()
    kept = [audience.acknowledged_members(), audience.uncertain_members(), audience.sent_members()]
    kept += [read_bitmap(bytes(batch.members)) for batch in SyncBatch.objects.all()]
    assert all(0 not in one for one in kept)
    assert list(RemoteContact.objects.values_list("ordinal", flat=True)) == [1]
    assert sync("risk").run.state == "succeeded"


def test_a_tool_that_is_down_is_asked_again_until_it_has_answered(hubspot: Opened) -> None:
    fake = hubspot()
    load("a", "b")
    publish(live_segment("risk", to="crm"), ["a", "b"])
    sync("risk")
    fake.break_all("500", times=1_000)
    clock = Clock()

    waiting = erase("a", clock)

    assert tools_that_are_done(waiting) == {"crm": False}
    assert ToolErasure.objects.get().done_at is None
    assert fake.contact("a")
    fake.heal()
    clock.advance(hours=1)
    again = run_erasure(erasure_id=waiting.pk, now=clock())
    assert tools_that_are_done(again) == {"crm": True}
    assert not fake.contact("a")


def test_who_was_erased_and_is_loaded_again_is_not_sent_again(hubspot: Opened) -> None:
    fake = hubspot()
    load("a", "b")
    segment = live_segment("risk", to="crm")
    publish(segment, ["a", "b"])
    sync("risk")
    clock = Clock()
    erase("a", clock)

    load("a", day=2)
    publish(segment, ["a", "b"])
    clock.advance(seconds=timedelta(days=1).total_seconds())
    sync("risk", clock=clock)

    assert members(fake, "risk") == {"b"}
    assert not fake.contact("a")
