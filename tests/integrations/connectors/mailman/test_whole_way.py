"""The whole way to a real Mailman: sync, change it behind our back, drift, repair."""

from __future__ import annotations

import pytest

from integrations.connectors.mailman.local_server import LocalMailman
from integrations.protocol import AudienceRef
from integrations.sync.run import measure_drift
from tests.integrations.connectors.mailman.harness import MailmanHarness
from tests.integrations.ground import (
    Clock,
    audience_of,
    destination,
    live_segment,
    make_customers,
    publish,
    sync,
)

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("mailman")]

LIST = "whole-way.cdnow.example"


def addresses(start: int, stop: int) -> set[str]:
    return {f"{number:05}@cdnow.example" for number in range(start, stop)}


def ids(start: int, stop: int) -> list[str]:
    return [f"{number:05}" for number in range(start, stop)]


def test_a_real_list_holds_exactly_the_segment_and_the_stranger_stays(
    mailman: LocalMailman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILMAN_PASSWORD", mailman.password)
    make_customers(ids(0, 200))
    options = {
        "url": mailman.url,
        "password": "env:MAILMAN_PASSWORD",
        "domain": "cdnow.example",
        "identity": "{customer_id}@cdnow.example",
    }
    destination("news", "mailman", options)
    hands = MailmanHarness(mailman)
    segment = live_segment("risk", to="news", called="whole-way")
    publish(segment, ids(0, 120))

    first = sync("risk")

    assert (first.run.state, first.run.added) == ("succeeded", 120)
    assert hands.held(LIST) == addresses(0, 120)
    here = AudienceRef(remote_id=LIST, name="whole-way")
    hands.take(here, "00007@cdnow.example")
    hands.put(here, "stranger@else.example")

    found = measure_drift(audience_id=audience_of("risk").pk, clock=Clock())

    assert (found.missing, found.extra, found.foreign) == (1, 0, 1)
    publish(segment, ids(10, 130))
    again = sync("risk")
    assert again.run.state == "succeeded"
    assert again.drift is not None
    assert (again.drift.missing, again.drift.extra, again.drift.foreign) == (0, 0, 1)
    assert hands.held(LIST) == {*addresses(10, 130), "stranger@else.example"}
    hands.destroy(here)
    assert sync("risk").run.state == "stopped"
