"""A fake Zendesk account, and an agent's hands in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from integrations.connectors.zendesk.connector import tag_of
from integrations.protocol import AudienceRef
from tests.fakes.vendor import running
from tests.integrations.connectors.zendesk.fake import TOKEN, USER, FakeZendesk
from tests.integrations.contract.harness import Harness

A_WORD = "a tag is a word on users (an array of strings in the API): it has no object that could go"
NO_CONSENT = "Zendesk's users have no consent or subscription; suspending one blocks a sender"
FIELDS = {
    "field_segment_key": "segment_key",
    "field_segment_name": "segment",
    "field_why": "why_here",
    "field_message": "what_to_say",
    "field_entered_at": "since",
    "field_goal_state": "goal",
}


class ZendeskHarness(Harness):
    many = 110
    exempt = {
        "a_list_that_is_gone_is_reported_and_not_made_again": A_WORD,
        "who_opted_out_over_there_is_told_to_us": NO_CONSENT,
    }

    def __init__(self, fake: FakeZendesk) -> None:
        self.fake: FakeZendesk = fake

    @property
    def options(self) -> Mapping[str, Any]:
        return {"url": self.fake.url, "user": USER, "token": TOKEN, "poll": "0.001", **FIELDS}

    def contact(self, number: int) -> Mapping[str, str]:
        return {"name": f"Customer {number}"}

    def put(self, audience: AudienceRef, identity: str) -> None:
        self._tag(identity, audience.remote_id, is_on=True)

    def take(self, audience: AudienceRef, identity: str) -> None:
        self._tag(identity, audience.remote_id, is_on=False)

    def _tag(self, identity: str, tag: str, *, is_on: bool) -> None:
        with self.fake.by_hand():
            user = self.fake.user(identity)
            user_id = user["id"] if user else self.fake.make(external_id=identity)
            tags = set(user["tags"] if user else ())
            self.fake.set_tags(user_id, sorted(tags | {tag} if is_on else tags - {tag}))

    def held(self, audience: AudienceRef) -> set[str]:
        return self.fake.members(audience.remote_id)

    def contacts(self) -> int:
        return len(self.fake.state["users"])

    def has_contact(self, identity: str) -> bool:
        deleted = [user["external_id"] for user in self.fake.state["deleted"].values()]
        return self.fake.user(identity) is not None or identity in deleted

    def fields_of(self, audience: AudienceRef, identity: str) -> Mapping[str, str]:
        return dict((self.fake.user(identity) or {}).get("user_fields", {}))

    def own(self, identity: str) -> object:
        with self.fake.by_hand():
            user = self.fake.user(identity)
            user_id = user["id"] if user else self.fake.make(external_id=identity, name="Theirs")
            self.fake.set_tags(user_id, ["theirs", "vip"])
            self.fake.state["users"][user_id]["user_fields"]["goal"] = "theirs"
        return self.owned(identity)

    def owned(self, identity: str) -> object:
        user = self.fake.user(identity) or {}
        return user["name"], user["tags"], user["user_fields"]

    def make_unwritable(self, name: str) -> None:
        option = {"name": "One of theirs", "value": tag_of(name)}
        field = {"key": "plan", "type": "dropdown", "active": True}
        self.fake.fields.append({**field, "custom_field_options": [option]})

    def poison(self, identity: str) -> None:
        self.fake.poison.add(identity)

    def request_sizes(self) -> list[int]:
        return [len((asked.json() or {}).get("users", ())) for asked in self.fake.writes()]

    def refuse_rights(self) -> None:
        self.fake.may_write = False
        self.fake.me = {"id": 1, "role": "agent", "custom_role_id": None}

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"token": "not the one"}

    def unknown_field(self) -> Mapping[str, Any]:
        return {"field_why": "no_such_field"}

    def read_only_field(self) -> Mapping[str, Any]:
        return {"field_why": "is_vip"}


def open_harness(request: pytest.FixtureRequest, tmp_path: Any) -> ZendeskHarness:
    opened = running(FakeZendesk())
    fake = opened.__enter__()
    request.addfinalizer(lambda: opened.__exit__(None, None, None))
    assert isinstance(fake, FakeZendesk)
    return ZendeskHarness(fake)
