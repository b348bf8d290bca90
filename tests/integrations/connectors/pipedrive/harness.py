"""Pipedrive's fake, and hands that change it behind the connector's back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from integrations.protocol import AudienceRef
from tests.fakes.vendor import running
from tests.integrations.connectors.pipedrive.fake import COLOUR, TOKEN, FakePipedrive
from tests.integrations.contract.harness import Harness

THEIRS = 5
FIELDS = {
    "field_segment_key": "Segment",
    "field_segment_name": "Segment name",
    "field_why": "Why",
    "field_message": "Next step",
    "field_entered_at": "Since",
    "field_goal_state": "2" * 40,
}


class PipedriveHarness(Harness):
    many = 50
    exempt = {
        "a_list_of_a_kind_that_cannot_be_written_to_is_refused": (
            "labels are the options of one field of persons, and every one can be given"
        ),
    }

    def __init__(self, fake: FakePipedrive) -> None:
        self.fake: FakePipedrive = fake

    @property
    def options(self) -> Mapping[str, Any]:
        return {"url": self.fake.url, "api_token": TOKEN, "campaigns": "yes", **FIELDS}

    def contact(self, number: int) -> Mapping[str, str]:
        return {"name": f"Customer {number}", "email": f"customer-{number}@shop.example"}

    def put(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            person = self._person(identity)
            labels = self.fake.persons()[person]["label_ids"]
            self.fake.set_labels(person, [*labels, int(audience.remote_id)])

    def take(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            (person,) = self.fake.known(identity)
            labels = self.fake.persons()[person]["label_ids"]
            self.fake.set_labels(person, [one for one in labels if one != int(audience.remote_id)])

    def _person(self, identity: str) -> int:
        known = self.fake.known(identity)
        return known[0] if known else self.fake.make_person(identity)

    def destroy(self, audience: AudienceRef) -> None:
        with self.fake.by_hand():
            label = int(audience.remote_id)
            del self.fake.state["labels"][label]
            for person, said in self.fake.persons().items():
                self.fake.set_labels(person, [one for one in said["label_ids"] if one != label])

    def held(self, audience: AudienceRef) -> set[str]:
        return self.fake.members(audience.remote_id)

    def contacts(self) -> int:
        return len(self.fake.persons())

    def has_contact(self, identity: str) -> bool:
        return bool(self.fake.known(identity))

    def fields_of(self, audience: AudienceRef, identity: str) -> Mapping[str, str]:
        (person,) = self.fake.known(identity)
        held = self.fake.persons()[person]["custom_fields"]
        names = {code: one["field_name"] for code, one in self.fake.state["fields"].items()}
        return {names[code]: value for code, value in held.items()} | held

    def own(self, identity: str) -> object:
        with self.fake.by_hand():
            person = self._person(identity)
            self.fake.persons()[person]["custom_fields"][COLOUR] = "green"
            labels = self.fake.persons()[person]["label_ids"]
            self.fake.set_labels(person, [*labels, THEIRS])
            return self.owned(identity)

    def owned(self, identity: str) -> object:
        (person,) = self.fake.known(identity)
        said = self.fake.persons()[person]
        return said["name"], said["custom_fields"][COLOUR], THEIRS in said["label_ids"]

    def opt_out(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            (person,) = self.fake.known(identity)
            self.fake.persons()[person]["marketing_status"] = "unsubscribed"

    def poison(self, identity: str) -> None:
        self.fake.poison.add(identity)

    def request_sizes(self) -> list[int]:
        return [1 for asked in self.fake.writes() if "/persons" in asked.path]

    def refuse_rights(self) -> None:
        self.fake.state["may_write"] = False

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"api_token": "not-the-one"}

    def unknown_field(self) -> Mapping[str, Any]:
        return {"field_why": "No such field"}

    def read_only_field(self) -> Mapping[str, Any]:
        return {"field_why": "Created"}


def open_harness(request: pytest.FixtureRequest, tmp_path: Any) -> PipedriveHarness:
    server = running(FakePipedrive())
    fake = server.__enter__()
    request.addfinalizer(lambda: server.__exit__(None, None, None))
    assert isinstance(fake, FakePipedrive)
    return PipedriveHarness(fake)
