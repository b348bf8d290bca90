"""The whole way to an account: sync, change it behind our back, drift, repair, fields."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.models import RemoteContact
from integrations.protocol import AudienceRef
from integrations.sync.run import measure_drift
from tests.integrations.connectors.salesforce.harness import open_harness
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


def test_a_campaign_holds_exactly_the_segment_and_the_stranger_stays(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = open_harness(request, tmp_path)
    monkeypatch.setenv("SALESFORCE_SECRET", hands.options["client_secret"])
    make_customers(ids(0, 500))
    secret = {"client_secret": "env:SALESFORCE_SECRET", "contact_email": ""}
    destination("sales", "salesforce", {**hands.options, **secret})
    segment = live_segment("risk", to="sales", called="At risk")
    publish(segment, ids(0, 420))

    first = sync("risk")

    assert (first.run.state, first.run.added) == ("succeeded", 420)
    here = AudienceRef(remote_id=audience_of("risk").remote_id, name="At risk")
    assert hands.held(here) == set(ids(0, 420)) == acknowledged("risk")
    assert RemoteContact.objects.count() == 420
    assert hands.fields_of(here, "00001")["Segment__c"] == "risk"
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
    assert not hands.fields_of(here, "00001")["Segment__c"]
    hands.destroy(here)
    assert sync("risk").run.state == "stopped"
