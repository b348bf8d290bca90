"""A workspace of Intercom of the test's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from integrations.protocol import AudienceRef
from tests.fakes.vendor import running
from tests.integrations.connectors.intercom.fake import TOKEN, FakeIntercom
from tests.integrations.contract.harness import Harness

KINDS = "a tag is an id and a name (the tag model of the API): every tag can be put on contacts"


class IntercomHarness(Harness):
    many = 25
    exempt = {"a_list_of_a_kind_that_cannot_be_written_to_is_refused": KINDS}

    def __init__(self, fake: FakeIntercom) -> None:
        self.fake: FakeIntercom = fake
        fake.page = 20

    @property
    def options(self) -> Mapping[str, Any]:
        names = ("key", "name", "why", "message", "since", "goal")
        fields = dict(zip(FIELDS, (f"segment_{name}" for name in names), strict=True))
        return {"url": self.fake.url, "token": TOKEN, **fields}

    def contact(self, number: int) -> Mapping[str, str]:
        return {"email": f"customer{number}@shop.example", "name": f"Customer {number}"}

    def put(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            contact_id = self.fake.id_of(identity) or self.fake.make_contact(external_id=identity)
            self.fake.tag(contact_id, audience.remote_id)

    def take(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.untag(self._id(identity), audience.remote_id)

    def destroy(self, audience: AudienceRef) -> None:
        with self.fake.by_hand():
            self.fake.drop_tag(audience.remote_id)

    def held(self, audience: AudienceRef) -> set[str]:
        return self.fake.members(audience.remote_id)

    def contacts(self) -> int:
        return len(self.fake.state["contacts"])

    def has_contact(self, identity: str) -> bool:
        return self.fake.id_of(identity) is not None

    def fields_of(self, audience: AudienceRef, identity: str) -> Mapping[str, str]:
        return dict(self.fake.state["contacts"][self._id(identity)]["custom_attributes"])

    def own(self, identity: str) -> object:
        with self.fake.by_hand():
            contact_id = self.fake.make_contact(
                external_id=identity, name="Ada", custom_attributes={"score": "7"}
            )
            self.fake.state["tags"].setdefault("1", "VIP")
            self.fake.tag(contact_id, "1")
        return self.owned(identity)

    def owned(self, identity: str) -> object:
        contact = self.fake.state["contacts"][self._id(identity)]
        return contact["name"], contact["custom_attributes"], contact["tags"]

    def opt_out(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.state["contacts"][self._id(identity)]["unsubscribed_from_emails"] = True

    def poison(self, identity: str) -> None:
        self.fake.poison.add(identity)

    def request_sizes(self) -> list[int]:
        return [1 for _ in self.fake.writes()]

    def refuse_rights(self) -> None:
        self.fake.may_write = False

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"token": "not the one"}

    def unknown_field(self) -> Mapping[str, Any]:
        return {"field_why": "segment_wyh"}

    def read_only_field(self) -> Mapping[str, Any]:
        return {"field_why": "computed"}

    def _id(self, identity: str) -> str:
        contact_id = self.fake.id_of(identity)
        assert contact_id is not None
        return contact_id


FIELDS = tuple(
    f"field_segment_{name}" if name in ("key", "name") else f"field_{name}"
    for name in ("key", "name", "why", "message", "entered_at", "goal_state")
)


def open_harness(request: pytest.FixtureRequest, tmp_path: Any) -> IntercomHarness:
    around = running(FakeIntercom())
    fake = around.__enter__()
    request.addfinalizer(lambda: around.__exit__(None, None, None))
    assert isinstance(fake, FakeIntercom)
    return IntercomHarness(fake)
