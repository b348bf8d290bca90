"""The whole way to an account: sync, change it behind our back, drift, repair, fields."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.protocol import AudienceRef
from integrations.sync.run import measure_drift
from tests.integrations.connectors.mailchimp.fake import KEY
from tests.integrations.connectors.mailchimp.harness import open_harness
from tests.integrations.ground import (
    Clock,
    audience_of,
    destination,
    live_segment,
    make_customers,
    publish,
    sync,
)

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("mailchimp")]


def ids(start: int, stop: int) -> list[str]:
    return [f"{number:05}" for number in range(start, stop)]


def named(start: int, stop: int) -> set[str]:
    return {f"{name}@shop.example" for name in ids(start, stop)}


def test_a_segment_holds_exactly_the_segment_and_the_stranger_stays(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOOL_KEY", KEY)
    hands = open_harness(request, tmp_path)
    make_customers(ids(0, 500))
    own = {"key": "env:TOOL_KEY", "identity": "{customer_id}@shop.example"}
    destination("news", "mailchimp", {**hands.options, **own})
    segment = live_segment("risk", to="news", called="At risk")
    publish(segment, ids(0, 420))

    first = sync("risk")

    assert (first.run.state, first.run.added) == ("succeeded", 420)
    here = AudienceRef(remote_id=audience_of("risk").remote_id, name="At risk")
    assert hands.held(here) == named(0, 420)
    assert hands.fields_of(here, "00001@shop.example")["SEGKEY"] == "risk"
    hands.take(here, "00007@shop.example")
    hands.put(here, "stranger@shop.example")

    found = measure_drift(audience_id=audience_of("risk").pk, clock=Clock())

    assert (found.missing, found.extra, found.foreign) == (1, 0, 1)
    publish(segment, ids(10, 430))
    again = sync("risk")
    assert again.run.state == "succeeded"
    assert hands.held(here) == {*named(10, 430), "stranger@shop.example"}
    assert not hands.fields_of(here, "00001@shop.example")["SEGKEY"]


def test_who_opted_out_over_there_is_parked_and_not_sent_again(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOOL_KEY", KEY)
    hands = open_harness(request, tmp_path)
    make_customers(ids(0, 20))
    own = {"key": "env:TOOL_KEY", "identity": "{customer_id}@shop.example"}
    destination("news", "mailchimp", {**hands.options, **own})
    publish(live_segment("risk", to="news", called="At risk"), ids(0, 10))
    nowhere = AudienceRef(remote_id="", name="")
    hands.opt_out(nowhere, "00003@shop.example")

    done = sync("risk")

    assert (done.run.added, done.run.rejected) == (9, 1)
    here = AudienceRef(remote_id=audience_of("risk").remote_id, name="At risk")
    assert hands.held(here) == named(0, 10) - {"00003@shop.example"}
