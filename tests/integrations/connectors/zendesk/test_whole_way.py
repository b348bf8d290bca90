"""The whole way to a Zendesk: two segments as tags on the same users, changes behind our back."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.protocol import AudienceRef
from integrations.sync.run import measure_drift
from tests.integrations.connectors.zendesk.fake import TOKEN
from tests.integrations.connectors.zendesk.harness import ZendeskHarness, open_harness
from tests.integrations.ground import (
    Clock,
    audience_of,
    destination,
    live_segment,
    make_customers,
    publish,
    sync,
)

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("zendesk")]


def ids(start: int, stop: int) -> list[str]:
    return [f"{number:05}" for number in range(start, stop)]


@pytest.fixture
def hands(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ZendeskHarness:
    monkeypatch.setenv("ZENDESK_TOKEN", TOKEN)
    hands = open_harness(request, tmp_path)
    make_customers(ids(0, 300))
    destination("support", "zendesk", {**hands.options, "token": "env:ZENDESK_TOKEN"})
    return hands


def test_two_segments_are_tags_of_the_same_users(hands: ZendeskHarness) -> None:
    risk = live_segment("risk", to="support", called="at-risk")
    loyal = live_segment("loyal", to="support", called="loyal")
    publish(risk, ids(0, 120))
    publish(loyal, ids(100, 250))

    first, second = sync("risk"), sync("loyal")
    publish(risk, ids(10, 130))
    again = sync("risk")

    assert [one.run.state for one in (first, second, again)] == ["succeeded"] * 3
    assert hands.fake.members("at-risk") == set(ids(10, 130))
    assert hands.fake.members("loyal") == set(ids(100, 250))
    assert hands.contacts() == 250
    user = hands.fake.user("00110")
    assert user is not None
    assert user["tags"] == ["at-risk", "loyal"]
    assert user["user_fields"]["segment_key"] == "loyal", "one field holds what was written last"


def test_what_others_change_is_drift_and_is_repaired(hands: ZendeskHarness) -> None:
    segment = live_segment("risk", to="support", called="at-risk")
    publish(segment, ids(0, 120))
    sync("risk")
    here = AudienceRef(remote_id="at-risk", name="at-risk")
    hands.take(here, "00007")
    hands.put(here, "stranger")

    found = measure_drift(audience_id=audience_of("risk").pk, clock=Clock())
    again = sync("risk")

    assert (found.missing, found.extra, found.foreign) == (1, 0, 1)
    assert again.drift is not None
    assert (again.drift.missing, again.drift.extra, again.drift.foreign) == (0, 0, 1)
    assert hands.held(here) == {*ids(0, 120), "stranger"}


def test_a_search_that_is_behind_does_not_look_like_drift(hands: ZendeskHarness) -> None:
    hands.fake.search_is_behind = True
    segment = live_segment("risk", to="support", called="at-risk")
    publish(segment, ids(0, 120))

    done = sync("risk")

    assert done.drift is not None
    assert (done.drift.missing, done.drift.extra) == (0, 0)
