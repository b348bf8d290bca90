"""A list of the test's own on the one real Mailman."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from integrations.connectors.mailman.local_server import LocalMailman
from integrations.protocol import AudienceRef

_names = itertools.count(1)


class MailmanHarness:
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

    def audience_name(self) -> str:
        return f"At risk {next(_names)}"

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

    def held(self, list_id: str) -> set[str]:
        reply = self._hands.get(f"/lists/{list_id}/roster/member").raise_for_status()
        return {entry["email"] for entry in reply.json().get("entries", [])}


def open_harness(request: pytest.FixtureRequest, tmp_path: Any) -> MailmanHarness:
    return MailmanHarness(request.getfixturevalue("mailman"))
