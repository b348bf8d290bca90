"""An account of the test's own at a fake Mailchimp."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from integrations.protocol import AudienceRef
from tests.fakes.vendor import running
from tests.integrations.connectors.mailchimp.fake import KEY, LIST, PAGE, FakeMailchimp
from tests.integrations.contract.harness import Harness

FIELDS = {
    "field_segment_key": "SEGKEY",
    "field_segment_name": "SEGNAME",
    "field_why": "WHY",
    "field_message": "MESSAGE",
    "field_entered_at": "ENTERED",
    "field_goal_state": "GOAL",
}


class MailchimpHarness(Harness):
    many = 2 * PAGE + 5

    def __init__(self, fake: FakeMailchimp) -> None:
        self.fake: FakeMailchimp = fake

    @property
    def options(self) -> Mapping[str, Any]:
        return {"url": self.fake.url, "key": KEY, "list": LIST, **FIELDS}

    def identity(self, number: int) -> str:
        return f"Customer{number}@shop.example"

    def put(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.make(identity)
            self.fake.put(audience.remote_id, identity)

    def take(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.take(audience.remote_id, identity)

    def destroy(self, audience: AudienceRef) -> None:
        with self.fake.by_hand():
            del self.fake.state["segments"][audience.remote_id]

    def held(self, audience: AudienceRef) -> set[str]:
        return self.fake.members(audience.remote_id)

    def contacts(self) -> int:
        return len(self.fake.state["contacts"])

    def has_contact(self, identity: str) -> bool:
        return self.fake.contact(identity) is not None

    def fields_of(self, audience: AudienceRef, identity: str) -> Mapping[str, str]:
        return dict((self.fake.contact(identity) or {}).get("merge_fields", {}))

    def own(self, identity: str) -> object:
        with self.fake.by_hand():
            self.fake.make(identity, "pending")["merge_fields"]["NOTE"] = "theirs"
            self.fake.put(self.fake.open_segment("Theirs"), identity)
        return self.owned(identity)

    def owned(self, identity: str) -> object:
        contact = self.fake.contact(identity) or {}
        theirs = [
            number
            for number, one in self.fake.state["segments"].items()
            if one["name"] == "Theirs" and identity.lower() in self.fake.members(number)
        ]
        return contact["merge_fields"]["NOTE"], contact["status"], theirs

    def opt_out(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.make(identity)["status"] = "unsubscribed"

    def make_unwritable(self, name: str) -> None:
        with self.fake.by_hand():
            self.fake.open_segment(name, kind="saved")

    def poison(self, identity: str) -> None:
        self.fake.poison.add(identity.lower())

    def request_sizes(self) -> list[int]:
        keys = ("members", "members_to_add", "members_to_remove")
        bodies = [asked.json() or {} for asked in self.fake.writes()]
        return [len(body[key]) for body in bodies for key in keys if key in body]

    def refuse_rights(self) -> None:
        self.fake.state["role"] = "viewer"

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"key": "ffffffffffffffff-us21"}

    def unknown_field(self) -> Mapping[str, Any]:
        return {"field_why": "NOSUCH"}

    def read_only_field(self) -> Mapping[str, Any]:
        return {"field_why": "BIRTHDAY"}


def open_harness(request: pytest.FixtureRequest, tmp_path: Any) -> MailchimpHarness:
    fake, stack = FakeMailchimp(), ExitStack()
    stack.enter_context(running(fake))
    request.addfinalizer(stack.close)
    return MailchimpHarness(fake)
