"""An account of the test's own at a fake Salesforce."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from integrations.connectors.salesforce.client import SalesforceClient
from integrations.connectors.salesforce.config import Config
from integrations.http import Wire
from integrations.protocol import AudienceRef, Limits
from tests.fakes.vendor import running
from tests.integrations.connectors.salesforce.fake import CLIENT, FakeSalesforce
from tests.integrations.connectors.salesforce.schema import ID_FIELD, OTHERS
from tests.integrations.contract.harness import Harness

FIELDS = ("segment_key", "segment_name", "why", "message", "entered_at", "goal_state")


class SalesforceHarness(Harness):
    many = 250
    fake: FakeSalesforce

    def __init__(self, fake: FakeSalesforce) -> None:
        self.fake = fake

    @property
    def options(self) -> Mapping[str, Any]:
        return {
            "url": self.fake.url,
            "client_id": CLIENT[0],
            "client_secret": CLIENT[1],
            **{f"field_{name}": to for name, to in zip(FIELDS, OTHERS, strict=False)},
        }

    def contact(self, number: int) -> Mapping[str, str]:
        return {"last_name": f"Customer {number}", "email": f"c{number}@shop.example"}

    def put(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            self.fake.join(audience.remote_id, ContactId=self._contact(identity))

    def take(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            contact = self.fake.contact_of(identity)
            members = self.fake.state["members"].items()
            (member,) = [
                member
                for member, about in members
                if about == {"Id": member, "CampaignId": audience.remote_id, "ContactId": contact}
            ]
            self.fake.leave(member)

    def destroy(self, audience: AudienceRef) -> None:
        with self.fake.by_hand():
            self.fake.drop(audience.remote_id)

    def held(self, audience: AudienceRef) -> set[str]:
        return self.fake.members(audience.remote_id)

    def contacts(self) -> int:
        return len(self.fake.state["contacts"])

    def has_contact(self, identity: str) -> bool:
        return bool(self.fake.contact_of(identity))

    def fields_of(self, audience: AudienceRef, identity: str) -> Mapping[str, str]:
        return dict(self.fake.state["contacts"][self.fake.contact_of(identity)])

    def own(self, identity: str) -> object:
        with self.fake.by_hand():
            contact = self._contact(identity)
            self.fake.state["contacts"][contact].update(Title="Head of sales", FirstName="Jo")
            self.fake.join(self.fake.make_campaign("Their own"), ContactId=contact)
        return self.owned(identity)

    def owned(self, identity: str) -> object:
        contact = self.fake.contact_of(identity)
        members = self.fake.state["members"].values()
        campaigns = [one["CampaignId"] for one in members if one["ContactId"] == contact]
        return campaigns, dict(self.fake.state["contacts"][contact])

    def opt_out(self, audience: AudienceRef, identity: str) -> None:
        contact = self.fake.contact_of(identity)
        self.fake.state["contacts"][contact]["HasOptedOutOfEmail"] = True

    def make_unwritable(self, name: str) -> None:
        self.fake.make_campaign(name, editable=False)

    def poison(self, identity: str) -> None:
        self.fake.poison.add(identity)

    def request_sizes(self) -> list[int]:
        return [
            len(asked.json()["records"]) if asked.body else len(asked.query["ids"].split(","))
            for asked in self.fake.writes()
        ]

    def refuse_rights(self) -> None:
        self.fake.may_write = False

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"client_secret": "not the one"}

    def unknown_field(self) -> Mapping[str, Any]:
        return {"field_why": "Nowhere__c"}

    def read_only_field(self) -> Mapping[str, Any]:
        return {"field_why": "Score__c"}

    def _contact(self, identity: str) -> str:
        known = self.fake.contact_of(identity)
        return known or self.fake.make_contact(**{ID_FIELD: identity, "LastName": "By hand"})


def client_of(fake: FakeSalesforce, **options: str) -> SalesforceClient:
    """A client of the fake, with some options changed."""
    given = {"url": fake.url, "client_id": CLIENT[0], "client_secret": CLIENT[1], **options}
    blank = dict.fromkeys(("refresh_token", "account", "opt_out_field"), "")
    set_up = {"id_field": ID_FIELD, "adopt": "no", "timeout": "10"}
    wire = Wire(limits=Limits(records=200, bytes=100_000), private_hosts=frozenset({"127.0.0.1"}))
    return SalesforceClient(Config.parse({**blank, **set_up, **given}), wire=wire)


def open_harness(request: pytest.FixtureRequest, tmp_path: Any) -> SalesforceHarness:
    fake = FakeSalesforce()
    server = running(fake)
    server.__enter__()
    request.addfinalizer(lambda: server.__exit__(None, None, None))
    return SalesforceHarness(fake)
