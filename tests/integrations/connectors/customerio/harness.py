"""A workspace of Customer.io of the test's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from integrations.protocol import AudienceRef
from tests.fakes.vendor import running
from tests.integrations.connectors.customerio.fake import (
    APP_KEY,
    SITE_ID,
    TRACK_KEY,
    FakeCustomerio,
)
from tests.integrations.contract.harness import Harness

FREE = "attributes need not exist: Customer.io makes them when they are first sent (Track API)"


class CustomerioHarness(Harness):
    many = 25
    exempt = {"a_field_that_does_not_exist_is_told_by_its_name": FREE}

    def __init__(self, fake: FakeCustomerio) -> None:
        self.fake: FakeCustomerio = fake
        fake.page = 20

    @property
    def options(self) -> Mapping[str, Any]:
        return {
            "url": self.fake.url,
            "site_id": SITE_ID,
            "track_key": TRACK_KEY,
            "app_key": APP_KEY,
            "patience": "0.3",
            "field_segment_key": "segment_key",
            "field_segment_name": "segment_name",
            "field_why": "segment_why",
            "field_message": "segment_message",
            "field_entered_at": "segment_since",
            "field_goal_state": "segment_goal",
        }

    def contact(self, number: int) -> Mapping[str, str]:
        return {"email": f"customer{number}@shop.example", "first_name": "Ada"}

    def put(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            cio_id = self.fake.cio_id(identity) or self.fake.make_person(id=identity)
            self.fake.put(cio_id, int(audience.remote_id))

    def take(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.put(self.fake.cio_id(identity), int(audience.remote_id), is_on=False)

    def destroy(self, audience: AudienceRef) -> None:
        with self.fake.by_hand():
            self.fake.drop_segment(int(audience.remote_id))

    def held(self, audience: AudienceRef) -> set[str]:
        return self.fake.members(audience.remote_id)

    def contacts(self) -> int:
        return len(self.fake.state["people"])

    def has_contact(self, identity: str) -> bool:
        return bool(self.fake.cio_id(identity))

    def fields_of(self, audience: AudienceRef, identity: str) -> Mapping[str, str]:
        return dict(self._person(identity)["attributes"])

    def own(self, identity: str) -> object:
        with self.fake.by_hand():
            cio_id = self.fake.make_person(id=identity, attributes={"plan": "gold"})
            self.fake.put(cio_id, self.fake.make_segment("VIP"))
        return self.owned(identity)

    def owned(self, identity: str) -> object:
        person = self._person(identity)
        return person["email"], dict(person["attributes"]), list(person["segments"])

    def opt_out(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self._person(identity)["attributes"]["unsubscribed"] = "true"

    def make_unwritable(self, name: str) -> None:
        self.fake.make_segment(name, "dynamic")

    def poison(self, identity: str) -> None:
        self.fake.poison.add(identity)

    def request_sizes(self) -> list[int]:
        bodies = [asked.json() for asked in self.fake.writes()]
        return [len(body.get("ids") or body.get("batch") or [0]) for body in bodies]

    def refuse_rights(self) -> None:
        # A Track API key may do everything of the Track API until it is deactivated; the App API's
        # key stays good, and cannot change who is on a segment.
        self.fake.track_key = "another one"

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"app_key": "not the one"}

    def read_only_field(self) -> Mapping[str, Any]:
        return {"field_why": "cio_id"}

    def _person(self, identity: str) -> dict[str, Any]:
        person: dict[str, Any] = self.fake.state["people"][self.fake.cio_id(identity)]
        return person


def open_harness(request: pytest.FixtureRequest, tmp_path: Any) -> CustomerioHarness:
    around = running(FakeCustomerio())
    fake = around.__enter__()
    request.addfinalizer(lambda: around.__exit__(None, None, None))
    assert isinstance(fake, FakeCustomerio)
    return CustomerioHarness(fake)
