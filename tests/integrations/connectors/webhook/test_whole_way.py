"""The whole way to a receiver: sync, change it behind our back, drift, repair."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.protocol import AudienceRef
from integrations.sync.run import measure_drift
from tests.integrations.connectors.webhook.harness import WebhookHarness, open_harness
from tests.integrations.ground import (
    Clock,
    acknowledged,
    audience_of,
    destination,
    live_segment,
    make_customers,
    publish,
    sync,
)

pytestmark = pytest.mark.django_db


def ids(start: int, stop: int) -> list[str]:
    return [f"{number:05}" for number in range(start, stop)]


@pytest.fixture
def hands(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> WebhookHarness:
    harness = open_harness(request, tmp_path)
    monkeypatch.setenv("HOOK_SECRET", harness.options["secret"])
    make_customers(ids(0, 500))
    return harness


def test_a_receiver_holds_exactly_the_segment_and_the_stranger_stays(hands: WebhookHarness) -> None:
    destination("hook", "webhook", {**hands.options, "secret": "env:HOOK_SECRET"})
    segment = live_segment("risk", to="hook", called="At risk")
    publish(segment, ids(0, 420))

    first = sync("risk")

    assert (first.run.state, first.run.added) == ("succeeded", 420)
    here = AudienceRef(remote_id=audience_of("risk").remote_id, name="At risk")
    assert hands.held(here) == set(ids(0, 420)) == acknowledged("risk")
    hands.take(here, "00007")
    hands.put(here, "stranger")

    found = measure_drift(audience_id=audience_of("risk").pk, clock=Clock())

    assert (found.missing, found.extra, found.foreign) == (1, 0, 1)
    publish(segment, ids(10, 430))
    again = sync("risk")
    assert again.run.state == "succeeded"
    assert again.drift is not None
    assert (again.drift.missing, again.drift.extra, again.drift.foreign) == (0, 0, 1)
    assert hands.held(here) == {*ids(10, 430), "stranger"}
    assert hands.fake.state["sealed"] == {here.remote_id: 2}
    hands.destroy(here)
    assert sync("risk").run.state == "stopped"


def test_a_plain_receiver_gets_exactly_the_segment(hands: WebhookHarness) -> None:
    hands.fake.talks = False
    plain = {"secret": "env:HOOK_SECRET", "read_url": "", "answers": "status"}
    destination("hook", "webhook", {**hands.options, **plain})
    segment = live_segment("risk", to="hook", called="At risk")
    publish(segment, ids(0, 100))
    first = sync("risk")
    publish(segment, ids(5, 105))

    second = sync("risk")

    assert [first.run.state, second.run.state] == ["succeeded", "succeeded"]
    here = AudienceRef(remote_id=audience_of("risk").remote_id, name="At risk")
    assert hands.held(here) == set(ids(5, 105)) == acknowledged("risk")
