"""Changing a Mailman list behind the catalogue's back, through Mailman's own REST API."""

from __future__ import annotations

import httpx

from integrations.connectors.mailman.local_server import LocalMailman

STRANGER = "stranger@elsewhere.example"
PAGE = 1000


class BackDoor:
    """What Mailman itself says and does about its only list, without any of our code between."""

    def __init__(self, server: LocalMailman) -> None:
        self._http = httpx.Client(
            base_url=f"{server.url}/3.1", auth=(server.user, server.password), timeout=30
        )
        (found,) = self._http.get("/lists").raise_for_status().json()["entries"]
        self._list_id = found["list_id"]

    def members(self) -> set[str]:
        """Every address on the list."""
        found: set[str] = set()
        for page in range(1, 100):
            path = f"/lists/{self._list_id}/roster/member"
            reply = self._http.get(path, params={"count": PAGE, "page": page}).raise_for_status()
            entries = reply.json().get("entries", [])
            found |= {entry["email"] for entry in entries}
            if len(found) >= reply.json()["total_size"]:
                break
        return found

    def remove(self, address: str) -> None:
        """Take one address off the list."""
        path = f"/lists/{self._list_id}/member/{address}"
        self._http.delete(path).raise_for_status()

    def add(self, address: str) -> None:
        """Put one address on the list."""
        form = {
            "list_id": self._list_id,
            "subscriber": address,
            "pre_verified": "true",
            "pre_confirmed": "true",
            "pre_approved": "true",
            "send_welcome_message": "false",
        }
        self._http.post("/members", data=form).raise_for_status()
