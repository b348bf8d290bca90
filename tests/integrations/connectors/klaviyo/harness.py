"""An account of the test's own at a fake Klaviyo."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from integrations.protocol import AudienceRef
from tests.fakes.vendor import running
from tests.integrations.connectors.klaviyo.fake import KEY, FakeKlaviyo, rows_of
from tests.integrations.contract.harness import Harness

FIELDS = {
    "field_segment_key": "segment_key",
    "field_segment_name": "segment_name",
    "field_why": "segment_why",
    "field_message": "segment_message",
    "field_entered_at": "segment_entered_at",
    "field_goal_state": "segment_goal_state",
}


class KlaviyoHarness(Harness):
    many = 205
    exempt = {
        "a_list_of_a_kind_that_cannot_be_written_to_is_refused": (
            "every list takes profiles; segments of conditions are no lists at Klaviyo, and lists "
            "are looked for among lists only (Lists API, Segments API)"
        ),
        "a_field_that_does_not_exist_is_told_by_its_name": (
            "custom properties are key/value pairs that come to be by being written: there is none "
            "that does not exist (Bulk Import Profiles, attribute properties)"
        ),
    }

    def __init__(self, fake: FakeKlaviyo) -> None:
        self.fake: FakeKlaviyo = fake

    @property
    def options(self) -> Mapping[str, Any]:
        return {"url": self.fake.url, "key": KEY, **FIELDS}

    def contact(self, number: int) -> Mapping[str, str]:
        return {"email": f"Customer{number}@shop.example"}

    def _made(self, identity: str) -> dict[str, Any]:
        return self.fake.profile(identity) or self.fake.make(external_id=identity)

    def put(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.put(audience.remote_id, self._made(identity)["id"])

    def take(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.take(audience.remote_id, self._made(identity)["id"])

    def destroy(self, audience: AudienceRef) -> None:
        with self.fake.by_hand():
            del self.fake.state["lists"][audience.remote_id]

    def held(self, audience: AudienceRef) -> set[str]:
        return self.fake.members(audience.remote_id)

    def contacts(self) -> int:
        return len(self.fake.state["profiles"])

    def has_contact(self, identity: str) -> bool:
        return self.fake.profile(identity) is not None

    def fields_of(self, audience: AudienceRef, identity: str) -> Mapping[str, str]:
        return dict(self._made(identity)["properties"])

    def own(self, identity: str) -> object:
        with self.fake.by_hand():
            profile = self._made(identity)
            profile["properties"]["shoe_size"] = 43
            self.fake.put(self.fake.open_list("Theirs"), profile["id"])
        return self.owned(identity)

    def owned(self, identity: str) -> object:
        theirs = [
            number
            for number, one in self.fake.state["lists"].items()
            if one["name"] == "Theirs" and identity in self.fake.members(number)
        ]
        return self._made(identity)["properties"]["shoe_size"], theirs

    def opt_out(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            marketing = self._made(identity)["subscriptions"]["email"]["marketing"]
            marketing |= {"consent": "UNSUBSCRIBED", "can_receive_email_marketing": False}

    def poison(self, identity: str) -> None:
        self.fake.poison.add(identity)

    def request_sizes(self) -> list[int]:
        return [len(rows_of(asked)) for asked in self.fake.writes()]

    def refuse_rights(self) -> None:
        self.fake.state["may_write"] = False

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"key": "pk_wrong"}

    def read_only_field(self) -> Mapping[str, Any]:
        return {"field_why": "$consent"}


def open_harness(request: pytest.FixtureRequest, tmp_path: Any) -> KlaviyoHarness:
    fake, stack = FakeKlaviyo(), ExitStack()
    stack.enter_context(running(fake))
    request.addfinalizer(stack.close)
    return KlaviyoHarness(fake)
