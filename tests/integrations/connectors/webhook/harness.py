"""A receiver of the test's own, which answers in full and can be asked what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from integrations.protocol import AudienceRef
from tests.fakes.vendor import running
from tests.integrations.connectors.webhook.fake import HOOK, LISTS, NEW, OLD, FakeReceiver
from tests.integrations.contract.harness import Harness

FREE = "an event carries the names that are mapped; the specification lets a receiver declare none"


class WebhookHarness(Harness):
    many = 250
    fake: FakeReceiver
    exempt = {
        "a_list_of_a_kind_that_cannot_be_written_to_is_refused": (
            "the specification knows events, and no kinds of lists"
        ),
        "a_field_that_does_not_exist_is_told_by_its_name": FREE,
        "a_field_that_cannot_be_written_is_told_by_its_name": FREE,
    }

    def __init__(self, fake: FakeReceiver) -> None:
        self.fake = fake

    @property
    def options(self) -> Mapping[str, Any]:
        return {
            "url": f"{self.fake.url}{HOOK}",
            "read_url": f"{self.fake.url}{LISTS}",
            "secret": NEW,
            "answers": "body",
            "field_why": "why",
            "field_segment_key": "segment",
            "field_segment_name": "name",
            "field_message": "message",
            "field_entered_at": "since",
            "field_goal_state": "goal",
        }

    def contact(self, number: int) -> Mapping[str, str]:
        return {"email": f"c{number}@shop.example"}

    def put(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.put(audience.remote_id, identity)

    def take(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.take(audience.remote_id, identity)

    def destroy(self, audience: AudienceRef) -> None:
        with self.fake.by_hand():
            self.fake.state["lists"].pop(audience.remote_id)

    def held(self, audience: AudienceRef) -> set[str]:
        return self.fake.members(audience.remote_id)

    def contacts(self) -> int:
        return len(self.fake.state["people"])

    def has_contact(self, identity: str) -> bool:
        return identity in self.fake.state["people"]

    def fields_of(self, audience: AudienceRef, identity: str) -> Mapping[str, str]:
        return dict(self.fake.state["people"][identity].get("fields", {}))

    def own(self, identity: str) -> object:
        with self.fake.by_hand():
            self.fake.state["lists"].setdefault("their own", {})
            self.fake.put("their own", identity)
            self.fake.state["people"][identity]["colour"] = "green"
        return self.owned(identity)

    def owned(self, identity: str) -> object:
        is_there = identity in self.fake.members("their own")
        return is_there, self.fake.state["people"][identity]["colour"]

    def opt_out(self, audience: AudienceRef, identity: str) -> None:
        self.fake.state["people"][identity]["opted_out"] = True

    def poison(self, identity: str) -> None:
        self.fake.poison.add(identity)

    def request_sizes(self) -> list[int]:
        return [len(asked.json()["data"]["members"]) for asked in self.fake.writes()]

    def refuse_rights(self) -> None:
        self.fake.may_write = False

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"secret": OLD}


def open_harness(request: pytest.FixtureRequest, tmp_path: Any) -> WebhookHarness:
    fake = FakeReceiver()
    server = running(fake)
    server.__enter__()
    request.addfinalizer(lambda: server.__exit__(None, None, None))
    return WebhookHarness(fake)
