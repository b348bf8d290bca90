"""A fake Slack workspace, and an admin's hands in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from integrations.protocol import AudienceRef
from tests.fakes.vendor import running
from tests.integrations.connectors.slack.fake import ADMIN, TOKEN, FakeSlack
from tests.integrations.contract.harness import Harness

IDS_ONLY = "a user group holds ids of users and keeps nothing beside them"
NO_MAKING = "the Web API makes no users: they join a workspace by themselves"
NO_DELETING = "the Web API deletes no users; who is erased leaves every group, see test_oddities"
NO_OPT_OUT = "members of a workspace cannot opt out of a user group"


class SlackHarness(Harness):
    many = 60
    exempt = {
        "a_field_that_does_not_exist_is_told_by_its_name": IDS_ONLY,
        "a_field_that_cannot_be_written_is_told_by_its_name": IDS_ONLY,
        "fields_are_written_and_written_anew": IDS_ONLY,
        "fields_of_one_are_not_those_of_another": IDS_ONLY,
        "enriching_writes_fields_and_touches_no_list": IDS_ONLY,
        "nobody_is_made_twice": NO_MAKING,
        "who_is_erased_is_gone_from_the_tool": NO_DELETING,
        "who_opted_out_over_there_is_told_to_us": NO_OPT_OUT,
    }

    def __init__(self, fake: FakeSlack) -> None:
        self.fake: FakeSlack = fake

    @property
    def options(self) -> Mapping[str, Any]:
        return {"url": self.fake.url, "token": TOKEN}

    def identity(self, number: int) -> str:
        return f"Customer-{number}@shop.example"

    def put(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            users = self.fake.state["groups"][audience.remote_id]["users"]
            self.fake.fill(audience.remote_id, [*users, self._id(identity)])

    def take(self, audience: AudienceRef, identity: str) -> None:
        with self.fake.by_hand():
            users = self.fake.state["groups"][audience.remote_id]["users"]
            gone = self._id(identity)
            self.fake.fill(audience.remote_id, [user for user in users if user != gone])

    def destroy(self, audience: AudienceRef) -> None:
        # What people call deleting a user group is disabling it.
        with self.fake.by_hand():
            self.fake.switch(audience.remote_id, is_on=False, by=ADMIN)

    def held(self, audience: AudienceRef) -> set[str]:
        return self.fake.members(audience.remote_id)

    def named(self, member: str) -> str:
        return self.fake.email(member)

    def contacts(self) -> int:
        return len(self.fake.state["users"])

    def has_contact(self, identity: str) -> bool:
        return self.fake.user(identity) is not None

    def own(self, identity: str) -> object:
        with self.fake.by_hand():
            user_id = self._id(identity)
            self.fake.fill(self.fake.found("Theirs"), ["U00099", user_id])
        return self.owned(identity)

    def owned(self, identity: str) -> object:
        groups = self.fake.state["groups"].values()
        theirs = next(group for group in groups if group["name"] == "Theirs")
        return list(theirs["users"]), theirs["date_delete"], self.fake.user(identity)

    def make_unwritable(self, name: str) -> None:
        self.fake.found(name, auto_type="admin", users=["U00001"])

    def poison(self, identity: str) -> None:
        self.fake.poison.add(identity.lower())

    def request_sizes(self) -> list[int]:
        forms = [asked.form() for asked in self.fake.writes()]
        return [len(form["users"][-1].split(",")) for form in forms if "users" in form]

    def refuse_rights(self) -> None:
        self.fake.scopes.discard("usergroups:write")

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"token": "xoxb-not-the-one"}

    def _id(self, identity: str) -> str:
        user = self.fake.user(identity)
        assert user is not None
        return str(user["id"])


def open_harness(request: pytest.FixtureRequest, tmp_path: Any) -> SlackHarness:
    opened = running(FakeSlack())
    fake = opened.__enter__()
    request.addfinalizer(lambda: opened.__exit__(None, None, None))
    assert isinstance(fake, FakeSlack)
    return SlackHarness(fake)
