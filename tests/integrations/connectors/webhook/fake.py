"""A receiver as its owner might write one: it verifies with the standardwebhooks library, keeps the
lists and the people it is told of, takes each event once, and can be asked what it holds."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.fakes.vendor import Answer, Asked, FakeVendor

OLD = "whsec_b2xkIG9sZCBvbGQgb2xkIG9sZCBvbGQgb2xkIG9s"
NEW = "whsec_bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3IG5l"
HOOK, LISTS = "/hooks/segments", "/lists"
MOST_BYTES = 20_000


class FakeReceiver(FakeVendor):
    """`secret` is the one it knows. It `talks` in its answers unless it is a plain receiver.
    `is_off` answers 410, `may_write` false 403. `poison` spoils an event as a whole, `unwanted`
    are refused one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.secret = NEW
        self.page = 200
        self.talks = True
        self.is_off = False
        self.may_write = True
        self.unwanted: set[str] = set()
        self.state: dict[str, Any] = {"lists": {}, "people": {}, "seen": {}, "sealed": {}}

    def is_write(self, asked: Asked) -> bool:
        return asked.method == "POST" and "members" in asked.json().get("type", "")

    def half(self, asked: Asked) -> Asked | None:
        said = asked.json()
        some = said["data"]["members"][: len(said["data"]["members"]) // 2]
        said["data"]["members"] = some
        body = json.dumps(said).encode()
        message = f"{asked.headers['webhook-id']}-half"
        headers = {**asked.headers, **signed(self.secret, message, body)}
        return replace(asked, body=body, headers=headers) if some else None

    def members(self, audience: str) -> set[str]:
        return set(self.state["lists"].get(audience, ()))

    # -- hands -----------------------------------------------------------------------------------

    def put(self, audience: str, person: str) -> None:
        held = self.state["lists"][audience]
        self.state["people"].setdefault(person, {})
        if person not in held:
            held[person] = True
            self.changed(audience, person, is_added=True)

    def take(self, audience: str, person: str) -> None:
        if self.state["lists"][audience].pop(person, None):
            self.changed(audience, person, is_added=False)

    def forget(self, person: str) -> None:
        for audience in self.state["lists"]:
            self.take(audience, person)
        self.state["people"].pop(person, None)

    # -- answers ---------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        try:
            Webhook(self.secret).verify(asked.body, dict(asked.headers), json_parse=False)
        except WebhookVerificationError as fault:
            return _no(401, str(fault))
        if asked.path == LISTS and asked.method == "GET":
            return self._list(asked)
        if asked.path != HOOK or asked.method != "POST":
            return _no(404, "nothing here")
        return self._event(asked)

    def _list(self, asked: Asked) -> Answer:
        name = asked.query.get("list", "")
        if name not in self.state["lists"]:
            return _no(404, "no such list")
        held = list(self.state["lists"][name])
        start = int(asked.query.get("after", 0))
        end = start + self.page
        said = {
            "list": name,
            "total": len(held),
            "members": held[start:end],
            "opted_out": [one for one in held[start:end] if self._is_out(one)],
            "next": str(end) if end < len(held) else None,
        }
        return Answer(content=said)

    def _event(self, asked: Asked) -> Answer:
        message = asked.headers["webhook-id"]
        if self.is_off:
            return _no(410, "gone")
        if not self.may_write:
            return _no(403, "not any more")
        if asked.headers.get("content-type") != "application/json" or "." in message:
            return _no(400, "not a Standard Webhook")
        if len(asked.body) > MOST_BYTES:
            return _no(413, "too large")
        if message in self.state["seen"]:
            return self.state["seen"][message]  # type: ignore[no-any-return]
        answer = self._taken(asked.json())
        if answer.status < 300:
            self.state["seen"][message] = answer
        return answer

    def _taken(self, event: Mapping[str, Any]) -> Answer:
        data, kind = event["data"], event["type"]
        people = data.get("members", data.get("people", []))
        if self.poison & {one["id"] for one in people}:
            return _no(422, "one of them cannot be stored")
        if kind == "segment.list.opened":
            self.state["lists"].setdefault(data["list"]["id"], {})
        elif "list" in data and data["list"]["id"] not in self.state["lists"]:
            return _no(404, "no such list")
        refused = [self._refusal(kind, one["id"]) for one in people]
        for one, why in zip(people, refused, strict=True):
            if why is None:
                self._take_in(kind, data, one)
        if kind == "segment.list.completed":
            self.state["sealed"][data["list"]["id"]] = data["version"]
        if not self.talks:
            return Answer(status=204)
        return Answer(content={"received": len(people), "refused": [why for why in refused if why]})

    def _refusal(self, kind: str, person: str) -> dict[str, Any] | None:
        if kind == "segment.members.described" and person not in self.state["people"]:
            return {"id": person, "reason": "nobody here has this id"}
        if kind == "segment.members.added" and person in self.unwanted:
            return {"id": person, "reason": "we do not take them"}
        if kind == "segment.members.added" and self._is_out(person):
            return {"id": person, "reason": "wants no messages", "opted_out": True}
        return None

    def _is_out(self, person: str) -> bool:
        return bool(self.state["people"].get(person, {}).get("opted_out"))

    def _take_in(self, kind: str, data: Mapping[str, Any], one: Mapping[str, Any]) -> None:
        person = one["id"]
        if kind == "people.erased":
            return self.forget(person)
        if kind == "segment.members.removed":
            self.take(data["list"]["id"], person)
        if kind == "segment.members.added":
            self.put(data["list"]["id"], person)
        if person in self.state["people"]:
            about = self.state["people"][person]
            about.update(one.get("contact", {}))
            about.setdefault("fields", {}).update(one.get("fields", {}))
        return None


def signed(secret: str, message: str, body: bytes) -> dict[str, str]:
    """Headers as the library signs them."""
    at = int(time.time())
    signature = Webhook(secret).sign(message, datetime.fromtimestamp(at, tz=UTC), body.decode())
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": signature,
    }


def _no(status: int, why: str) -> Answer:
    return Answer(status=status, content={"error": why})
