"""A list of the test's own on the one real Mailman."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from integrations.connectors.mailman.local_server import LocalMailman
from integrations.protocol import AudienceRef
from tests.integrations.contract import answers
from tests.integrations.contract.harness import Harness

REAL = "GNU Mailman core, started on loopback by local_server.py"
WELL = (
    "the real server does not answer badly; its fake does, in tests/integrations/sync/test_faults"
)
ADDRESSES = "Mailman knows addresses, and keeps nothing beside them that we could write"


class MailmanHarness(Harness):
    many = 60
    exempt = {
        **{scenario.__name__: WELL for scenario in answers.SCENARIOS},
        "a_list_that_was_renamed_over_there_is_found_by_its_id": "a list's id is its name",
        "a_list_of_a_kind_that_cannot_be_written_to_is_refused": "every list takes members",
        "fields_are_written_and_written_anew": ADDRESSES,
        "fields_of_one_are_not_those_of_another": ADDRESSES,
        "enriching_writes_fields_and_touches_no_list": ADDRESSES,
        "who_opted_out_over_there_is_told_to_us": "who leaves a list is simply not on it any more",
        "removal_takes_off_the_list_and_keeps_the_contact": ADDRESSES,
        "what_a_tool_keeps_of_its_own_is_left_alone": ADDRESSES,
        "who_is_known_already_is_matched_and_not_made_again": ADDRESSES,
        "nobody_is_made_twice": ADDRESSES,
        "rights_that_are_missing_are_told": "there is one REST user, who may do everything",
        "a_field_that_does_not_exist_is_told_by_its_name": ADDRESSES,
        "a_field_that_cannot_be_written_is_told_by_its_name": ADDRESSES,
        "a_check_writes_nothing": WELL,
        "a_tool_that_does_not_answer_is_told": WELL,
    }

    def __init__(self, server: LocalMailman) -> None:
        self.server = server
        self._hands = httpx.Client(
            base_url=f"{server.url}/3.1", auth=(server.user, server.password), timeout=30
        )

    @property
    def options(self) -> Mapping[str, Any]:
        return {
            "url": self.server.url,
            "password": self.server.password,
            "domain": "lists.example.org",
        }

    def identity(self, number: int) -> str:
        return f"Customer{number}@shop.example"

    def put(self, audience: AudienceRef, identity: str) -> None:
        yes = {"pre_verified": True, "pre_confirmed": True, "pre_approved": True}
        form = {"list_id": audience.remote_id, "subscriber": identity, **yes}
        self._hands.post("/members", data=form).raise_for_status()

    def take(self, audience: AudienceRef, identity: str) -> None:
        path = f"/lists/{audience.remote_id}/member/{identity}"
        self._hands.delete(path).raise_for_status()

    def destroy(self, audience: AudienceRef) -> None:
        self._hands.delete(f"/lists/{audience.remote_id}").raise_for_status()

    def held(self, audience: AudienceRef | str) -> set[str]:
        list_id = audience if isinstance(audience, str) else audience.remote_id
        reply = self._hands.get(f"/lists/{list_id}/roster/member").raise_for_status()
        return {entry["email"] for entry in reply.json().get("entries", [])}

    def has_contact(self, identity: str) -> bool:
        return self._hands.get(f"/addresses/{identity}").status_code == 200

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"password": "not the one"}


def open_harness(request: pytest.FixtureRequest, tmp_path: Any) -> MailmanHarness:
    return MailmanHarness(request.getfixturevalue("mailman"))
