"""HubSpot as its pages describe it, with what hurts: whole batches refused because of one contact,
207 with errors, contacts passed over in silence, merged contacts, a blocklist, rights by scope."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from tests.fakes.vendor import Answer, Asked
from tests.integrations.connectors.hubspot.fake_contacts import KEY as KEY
from tests.integrations.connectors.hubspot.fake_contacts import (
    FakeContacts,
    batch_answer,
    refusal,
)

READ_SCOPES = ("crm.objects.contacts.read", "crm.lists.read")
WRITE_SCOPES = ("crm.objects.contacts.write", "crm.lists.write")
TOKEN = "pat-eu1-11111111-2222-3333"  # noqa: S105


class FakeHubspot(FakeContacts):
    """One account. `state` holds contacts, lists, properties, tokens and the blocklist."""

    def __init__(self) -> None:
        super().__init__()
        self.state |= {"tokens": {TOKEN: [*READ_SCOPES, *WRITE_SCOPES]}, "refresh": {}}

    # -- for tests -------------------------------------------------------------------------------

    def make_list(self, name: str, kind: str = "MANUAL", object_type: str = "0-1") -> str:
        """A list made by hand; its id."""
        with self.lock:
            list_id = str(self._next())
            self.state["lists"][list_id] = {
                "listId": list_id,
                "name": name,
                "processingType": kind,
                "objectTypeId": object_type,
                "members": {},
            }
            return list_id

    def merge(self, first: str, second: str) -> str:
        """Merge two contacts by hand: a third comes of it, on all their lists, with the first's
        properties; the old ids are gone."""
        with self.lock:
            contacts = self.contacts()
            merged = self._make({**contacts.pop(second), **contacts.pop(first)})
            for one in self.state["lists"].values():
                if one["members"].keys() & {first, second}:
                    one["members"].pop(first, None)
                    one["members"].pop(second, None)
                    one["members"][merged] = True
            return merged

    def members(self, audience: str) -> set[str]:
        with self.lock:
            return {self._identity(one) for one in self.state["lists"][audience]["members"]}

    def half(self, asked: Asked) -> Asked | None:
        body = asked.json()
        if isinstance(body, list):
            return replace(asked, body=json.dumps(body[: len(body) // 2]).encode())
        if isinstance(body, dict) and "inputs" in body:
            body["inputs"] = body["inputs"][: len(body["inputs"]) // 2]
            return replace(asked, body=json.dumps(body).encode())
        return None

    def is_write(self, asked: Asked) -> bool:
        reads = ("/batch/read", "access-token-info", "/oauth/v1/token")
        return asked.method != "GET" and not asked.path.endswith(reads)

    # -- what it answers -------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/oauth/v1/token":
            return self._refresh(asked)
        scopes = self._scopes(asked)
        if scopes is None:
            return refusal(401, "INVALID_AUTHENTICATION")
        if asked.body and asked.headers.get("content-type") != "application/json":
            return refusal(415, "UNSUPPORTED_MEDIA_TYPE")
        for method, pattern, scope, answer in self._routes():
            matched = re.fullmatch(pattern, asked.path)
            if matched and method == asked.method:
                if scope and scope not in scopes:
                    return refusal(403, "MISSING_SCOPES")
                return answer(asked, *matched.groups())
        return refusal(404, "NOT_FOUND")

    def _routes(self) -> Iterable[tuple[str, str, str, Callable[..., Answer]]]:
        contacts, lists = "/crm/v3/objects/contacts", "/crm/v3/lists"
        read_contacts, read_lists = READ_SCOPES
        write_contacts, write_lists = WRITE_SCOPES
        yield "POST", "/oauth/v2/private-apps/get/access-token-info", "", self._token_info
        yield "GET", "/oauth/v1/access-tokens/(.+)", "", self._oauth_info
        yield "GET", "/crm/v3/properties/contacts/(.+)", read_contacts, self._property
        yield "POST", f"{contacts}/batch/upsert", write_contacts, self.upsert
        yield "POST", f"{contacts}/batch/update", write_contacts, self.update
        yield "POST", f"{contacts}/batch/read", read_contacts, self.read
        yield "POST", f"{contacts}/gdpr-delete", write_contacts, self.forget
        yield "PATCH", f"{contacts}/([0-9]+)", write_contacts, self.patch
        yield "POST", f"{lists}/", write_lists, self._make_list
        yield "POST", f"{lists}/records/memberships/batch/read", read_lists, self._memberships
        yield "GET", f"{lists}/object-type-id/([^/]+)/name/(.+)", read_lists, self._named_list
        yield "GET", f"{lists}/([0-9]+)", read_lists, self._list
        yield "GET", f"{lists}/([0-9]+)/memberships", read_lists, self._page
        yield "PUT", f"{lists}/([0-9]+)/memberships/(add|remove)", write_lists, self._change

    def _scopes(self, asked: Asked) -> list[str] | None:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        scopes: list[str] | None = self.state["tokens"].get(token)
        return scopes

    def _refresh(self, asked: Asked) -> Answer:
        form = {name: values[0] for name, values in asked.form().items()}
        known = self.state["refresh"].get(form.get("refresh_token", ""))
        wanted = {"grant_type": "refresh_token", "client_id": "app", "client_secret": "app-secret"}
        if known is None or any(form.get(name) != text for name, text in wanted.items()):
            return refusal(400, "BAD_REFRESH_TOKEN")
        token = f"short-lived-{self._next()}"
        self.state["tokens"][token] = known
        content = {"access_token": token, "refresh_token": form["refresh_token"]}
        return Answer(content={**content, "token_type": "bearer", "expires_in": 1800})

    def _token_info(self, asked: Asked) -> Answer:
        scopes = self.state["tokens"].get(asked.json().get("tokenKey"))
        return Answer(content={"userId": 1, "hubId": 777, "appId": 3, "scopes": scopes})

    def _oauth_info(self, asked: Asked, token: str) -> Answer:
        scopes = self.state["tokens"].get(token)
        return Answer(content={"hub_id": 777, "scopes": scopes, "token_type": "access"})

    def _property(self, asked: Asked, name: str) -> Answer:
        known = self.state["properties"].get(name)
        return refusal(404, "OBJECT_NOT_FOUND") if known is None else Answer(content=known)

    # -- lists

    def _make_list(self, asked: Asked) -> Answer:
        body = asked.json()
        if not body.get("name") or body.get("processingType") not in ("MANUAL", "SNAPSHOT"):
            return refusal(400, "VALIDATION_ERROR")
        if any(one["name"] == body["name"] for one in self.state["lists"].values()):
            return refusal(400, "VALIDATION_ERROR", "ILS.DUPLICATE_LIST_NAMES")
        made = self.make_list(body["name"], body["processingType"], body["objectTypeId"])
        return Answer(content=self._list_shown(made))

    def _named_list(self, asked: Asked, object_type: str, name: str) -> Answer:
        for list_id, one in self.state["lists"].items():
            if (one["objectTypeId"], one["name"]) == (object_type, name):
                return Answer(content=self._list_shown(list_id))
        return refusal(404, "OBJECT_NOT_FOUND")

    def _list(self, asked: Asked, list_id: str) -> Answer:
        if list_id not in self.state["lists"]:
            return refusal(404, "OBJECT_NOT_FOUND")
        return Answer(content=self._list_shown(list_id))

    def _list_shown(self, list_id: str) -> dict[str, Any]:
        about = self.state["lists"][list_id]
        return {"list": {key: value for key, value in about.items() if key != "members"}}

    def _page(self, asked: Asked, list_id: str) -> Answer:
        if list_id not in self.state["lists"]:
            return refusal(404, "OBJECT_NOT_FOUND")
        limit, start = int(asked.query.get("limit", 100)), int(asked.query.get("after", 0))
        if not 1 <= limit <= 250:
            return refusal(400, "VALIDATION_ERROR")
        ids = sorted(self.state["lists"][list_id]["members"], key=int)
        page = [{"recordId": one, "membershipTimestamp": "2026-01-01T00:00:00Z"} for one in ids]
        content: dict[str, Any] = {"results": page[start : start + limit], "total": len(ids)}
        if start + limit < len(ids):
            content["paging"] = {"next": {"after": str(start + limit), "link": "?after="}}
        return Answer(content=content)

    def _change(self, asked: Asked, list_id: str, what: str) -> Answer:
        if list_id not in self.state["lists"]:
            return refusal(404, "OBJECT_NOT_FOUND")
        if self.state["lists"][list_id]["processingType"] == "DYNAMIC":
            return refusal(400, "VALIDATION_ERROR", "ILS.INVALID_LIST_PROCESSING_TYPE")
        ids, before = asked.json(), set(self.state["lists"][list_id]["members"])
        known = [one for one in ids if one in self.contacts()]
        wanted = [one for one in known if one not in self.unmentioned]
        for one in wanted:
            (self.put if what == "add" else self.take)(list_id, one)
        changed = before ^ set(self.state["lists"][list_id]["members"])
        said = [one for one in wanted if one in changed]
        content = {
            "recordsIdsAdded": said if what == "add" else [],
            "recordIdsRemoved": said if what == "remove" else [],
            "recordIdsMissing": [one for one in ids if one not in known],
        }
        return Answer(content=content)

    def _memberships(self, asked: Asked) -> Answer:
        results = [
            {
                "objectTypeId": each["objectTypeId"],
                "recordId": each["recordId"],
                "recordListMemberships": [
                    {"listId": int(list_id), "listVersion": 1}
                    for list_id, one in self.state["lists"].items()
                    if each["recordId"] in one["members"]
                ],
            }
            for each in asked.json()["inputs"]
        ]
        return batch_answer(results, [])
