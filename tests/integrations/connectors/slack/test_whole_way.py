"""The whole way to a Slack: a segment as a user group, emptied and filled again."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.protocol import AudienceRef
from integrations.sync.run import measure_drift
from tests.integrations.connectors.slack.fake import TOKEN
from tests.integrations.connectors.slack.harness import SlackHarness, open_harness
from tests.integrations.ground import (
    Clock,
    audience_of,
    destination,
    live_segment,
    make_customers,
    publish,
    sync,
)

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("slack")]


def ids(start: int, stop: int) -> list[str]:
    return [f"customer-{number}" for number in range(start, stop)]


def addresses(start: int, stop: int) -> set[str]:
    return {f"{name}@shop.example" for name in ids(start, stop)}


@pytest.fixture
def hands(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SlackHarness:
    monkeypatch.setenv("SLACK_TOKEN", TOKEN)
    hands = open_harness(request, tmp_path)
    make_customers(ids(0, 500))
    options = {"token": "env:SLACK_TOKEN", "identity": "{customer_id}@shop.example"}
    # One for each test: fifty requests a minute are kept to, and the count outlives a test.
    for key in ("one", "two", "three"):
        destination(key, "slack", {**hands.options, **options})
    return hands


def test_a_group_holds_the_segment_and_the_stranger_stays(hands: SlackHarness) -> None:
    segment = live_segment("partners", to="one", called="Partners")
    # The last one is nobody in the workspace.
    publish(segment, [*ids(0, 12), "customer-499"])
    first = sync("partners")
    here = AudienceRef(remote_id=audience_of("partners").remote_id, name="Partners")
    hands.take(here, "customer-7@shop.example")
    hands.put(here, "customer-90@shop.example")

    found = measure_drift(audience_id=audience_of("partners").pk, clock=Clock())
    publish(segment, ids(2, 14))
    again = sync("partners")

    assert (first.run.added, first.run.rejected) == (12, 1)
    assert (found.missing, found.extra, found.foreign) == (1, 0, 1)
    assert again.drift is not None
    assert (again.drift.missing, again.drift.extra, again.drift.foreign) == (0, 0, 1)
    assert hands.held(here) == {*addresses(2, 14), "customer-90@shop.example"}


def test_a_group_is_emptied_and_filled_again(hands: SlackHarness) -> None:
    segment = live_segment("partners", to="two", called="Partners")
    publish(segment, ids(0, 5))
    sync("partners")
    publish(segment, [])
    emptied = sync("partners", approve=True)
    here = AudienceRef(remote_id=audience_of("partners").remote_id, name="Partners")
    assert hands.held(here) == set()

    publish(segment, ids(5, 8))
    filled = sync("partners")

    assert [emptied.run.state, filled.run.state] == ["succeeded", "succeeded"]
    assert hands.held(here) == addresses(5, 8)


def test_a_group_that_comes_back_with_its_people_loses_who_left_meanwhile(
    hands: SlackHarness,
) -> None:
    segment = live_segment("partners", to="three", called="Partners")
    publish(segment, ids(0, 5))
    sync("partners")
    here = AudienceRef(remote_id=audience_of("partners").remote_id, name="Partners")
    hands.put(here, "customer-90@shop.example")
    hands.destroy(here)
    publish(segment, ids(2, 7))
    stopped = sync("partners")

    again = sync("partners", recreate=True)

    assert [stopped.run.state, again.run.state] == ["stopped", "succeeded"]
    assert hands.held(here) == {*addresses(2, 7), "customer-90@shop.example"}
    assert again.drift is not None
    assert (again.drift.missing, again.drift.extra, again.drift.foreign) == (0, 0, 1)
