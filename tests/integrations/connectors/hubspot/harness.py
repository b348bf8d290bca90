"""HubSpot's fake, and hands that change it behind the connector's back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from integrations.protocol import AudienceRef
from tests.fakes.vendor import running
from tests.integrations.connectors.hubspot.fake import READ_SCOPES, TOKEN, FakeHubspot
from tests.integrations.connectors.hubspot.fake_contacts import KEY
from tests.integrations.contract.harness import Harness

FIELDS = {
    "field_segment_key": "segment",
    "field_segment_name": "segment_title",
    "field_why": "segment_why",
    "field_message": "next_step",
    "field_entered_at": "segment_since",
    "field_goal_state": "goal",
}


class HubspotHarness(Harness):
    many = 260

    def __init__(self, fake: FakeHubspot) -> None:
        self.fake: FakeHubspot = fake

    @property
    def options(self) -> Mapping[str, Any]:
        return {"url": self.fake.url, "access_token": TOKEN, **FIELDS}

    def contact(self, number: int) -> Mapping[str, str]:
        # The second has no e-mail address: HubSpot lets a contact do without.
        return {} if number == 2 else {"email": f"Customer-{number}@shop.example"}

    def put(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            known = self.fake.contact(identity)
            contact_id = known or self.fake.make_contact(**{KEY: identity})
            self.fake.put(audience.remote_id, contact_id)

    def take(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.take(audience.remote_id, self.fake.contact(identity))

    def destroy(self, audience: AudienceRef) -> None:
        with self.fake.by_hand():
            del self.fake.state["lists"][audience.remote_id]

    def held(self, audience: AudienceRef) -> set[str]:
        return self.fake.members(audience.remote_id)

    def contacts(self) -> int:
        return len(self.fake.contacts())

    def has_contact(self, identity: str) -> bool:
        return bool(self.fake.contact(identity))

    def fields_of(self, audience: AudienceRef, identity: str) -> Mapping[str, str]:
        return self.fake.contacts()[self.fake.contact(identity)]

    def own(self, identity: str) -> object:
        with self.fake.by_hand():
            known = self.fake.contact(identity)
            contact_id = known or self.fake.make_contact(**{KEY: identity})
            self.fake.contacts()[contact_id]["favourite_colour"] = "green"
            self.fake.put(self.fake.make_list(f"Theirs {identity}"), contact_id)
            return self.owned(identity)

    def owned(self, identity: str) -> object:
        contact_id = self.fake.contact(identity)
        lists = [
            one["name"]
            for one in self.fake.state["lists"].values()
            if contact_id in one["members"] and one["name"].startswith("Theirs")
        ]
        return self.fake.contacts()[contact_id]["favourite_colour"], lists

    def opt_out(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.contacts()[self.fake.contact(identity)]["hs_email_optout"] = "true"

    def make_unwritable(self, name: str) -> None:
        with self.fake.by_hand():
            self.fake.make_list(name, kind="DYNAMIC")

    def poison(self, identity: str) -> None:
        self.fake.poison.add(identity)

    def request_sizes(self) -> list[int]:
        bodies = [asked.json() for asked in self.fake.writes() if asked.path != "/crm/v3/lists/"]
        return [len(body if isinstance(body, list) else body["inputs"]) for body in bodies]

    def refuse_rights(self) -> None:
        self.fake.state["tokens"][TOKEN] = list(READ_SCOPES)

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"access_token": "pat-eu1-not-the-one"}

    def unknown_field(self) -> Mapping[str, Any]:
        return {"field_why": "no_such_property"}

    def read_only_field(self) -> Mapping[str, Any]:
        return {"field_why": "hs_object_id"}


def open_harness(request: pytest.FixtureRequest, tmp_path: Any) -> HubspotHarness:
    server = running(FakeHubspot())
    fake = server.__enter__()
    request.addfinalizer(lambda: server.__exit__(None, None, None))
    assert isinstance(fake, FakeHubspot)
    return HubspotHarness(fake)
