"""HubSpot as its pages describe it, with what hurts: whole batches refused because of one contact,
207 with errors, contacts passed over in silence, merged contacts, a blocklist, rights by scope."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from tests.fakes.vendor import Answer, Asked, FakeVendor

READ_SCOPES = ("crm.objects.contacts.read", "crm.lists.read")
WRITE_SCOPES = ("crm.objects.contacts.write", "crm.lists.write")
KEY = "segment_catalogue_id"
TOKEN = "pat-eu1-11111111-2222-3333"  # noqa: S105
MOST_INPUTS = 100


class FakeHubspot(FakeVendor):
    """One account. `state` holds contacts, lists, properties, tokens and the blocklist.

    `is_multi_status`: a batch of which some are refused is written but for those (207), as with
    `objectWriteTraceId`; otherwise it is refused as a whole (400). `unmentioned` are contacts that
    a batch answers nothing about, as was seen of batch endpoints that answer 200.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_multi_status = False
        self.unmentioned: set[str] = set()
        self.state = {
            "contacts": {},
            "lists": {},
            "next": 501,
            "tokens": {TOKEN: [*READ_SCOPES, *WRITE_SCOPES]},
            "refresh": {},
            "blocked": set(),
            "merged": {},
            "properties": dict(_properties()),
        }

    # -- for tests -------------------------------------------------------------------------------

    def contact(self, identity: str) -> str:
        """HubSpot's id of the contact that keeps our id; blank without."""
        found = (one for one, about in self.contacts().items() if about.get(KEY) == identity)
        return next(found, "")

    def contacts(self) -> dict[str, dict[str, str]]:
        contacts: dict[str, dict[str, str]] = self.state["contacts"]
        return contacts

    def make_contact(self, **properties: str) -> str:
        """A contact made by hand; HubSpot's id."""
        with self.lock:
            return self._make(properties)

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
        properties; the old ids stay known and are on no list."""
        with self.lock:
            contacts = self.contacts()
            merged = self._make({**contacts.pop(second), **contacts.pop(first)})
            for one in self.state["lists"].values():
                if one["members"].keys() & {first, second}:
                    one["members"].pop(first, None)
                    one["members"].pop(second, None)
                    one["members"][merged] = True
            self.state["merged"] |= {first: merged, second: merged}
            return merged

    def put(self, list_id: str, contact_id: str) -> None:
        members = self.state["lists"][list_id]["members"]
        if contact_id not in members:
            members[contact_id] = True
            self.changed(list_id, self._identity(contact_id), is_added=True)

    def take(self, list_id: str, contact_id: str) -> None:
        if self.state["lists"][list_id]["members"].pop(contact_id, None):
            self.changed(list_id, self._identity(contact_id), is_added=False)

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
            return _error(401, "INVALID_AUTHENTICATION")
        if asked.body and asked.headers.get("content-type") != "application/json":
            return _error(415, "UNSUPPORTED_MEDIA_TYPE")
        for method, pattern, scope, answer in self._routes():
            matched = re.fullmatch(pattern, asked.path)
            if matched and method == asked.method:
                if scope and scope not in scopes:
                    return _error(403, "MISSING_SCOPES")
                return answer(asked, *matched.groups())
        return _error(404, "NOT_FOUND")

    def _routes(self) -> Iterable[tuple[str, str, str, Callable[..., Answer]]]:
        contacts, lists = "/crm/v3/objects/contacts", "/crm/v3/lists"
        read_contacts, read_lists = READ_SCOPES
        write_contacts, write_lists = WRITE_SCOPES
        yield "POST", "/oauth/v2/private-apps/get/access-token-info", "", self._token_info
        yield "GET", "/oauth/v1/access-tokens/(.+)", "", self._oauth_info
        yield "GET", "/crm/v3/properties/contacts/(.+)", read_contacts, self._property
        yield "POST", f"{contacts}/batch/upsert", write_contacts, self._upsert
        yield "POST", f"{contacts}/batch/update", write_contacts, self._update
        yield "POST", f"{contacts}/batch/read", read_contacts, self._read
        yield "POST", f"{contacts}/gdpr-delete", write_contacts, self._forget
        yield "PATCH", f"{contacts}/([0-9]+)", write_contacts, self._patch
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
            return _error(400, "BAD_REFRESH_TOKEN")
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
        return _error(404, "OBJECT_NOT_FOUND") if known is None else Answer(content=known)

    # -- contacts

    def _upsert(self, asked: Asked) -> Answer:
        return self._batch(asked, self._upsert_one)

    def _update(self, asked: Asked) -> Answer:
        return self._batch(asked, self._update_one)

    def _batch(self, asked: Asked, one: Callable[[Mapping[str, Any]], Any]) -> Answer:
        inputs = (asked.json() or {}).get("inputs")
        if not inputs or len(inputs) > MOST_INPUTS:
            return _error(400, "VALIDATION_ERROR")
        if len({each["id"] for each in inputs}) < len(inputs):
            return _error(400, "VALIDATION_ERROR")
        wrong = {each["id"]: self._wrong(each) for each in inputs}
        refused = [each for each in inputs if wrong[each["id"]]]
        if refused and not self.is_multi_status:
            return _error(*wrong[refused[0]["id"]])
        good = [each for each in inputs if not wrong[each["id"]]]
        results = [one(each) for each in good]
        said = [
            result
            for each, result in zip(good, results, strict=True)
            if each["id"] not in self.unmentioned
        ]
        errors = [
            _batch_error(*wrong[each["id"]], objectWriteTraceId=[each["objectWriteTraceId"]])
            for each in refused
        ]
        return _batch_answer(said, errors)

    def _wrong(self, each: Mapping[str, Any]) -> tuple[Any, ...]:
        """Status, category and code of the refusal of one contact; () if there is none."""
        properties, known = each.get("properties", {}), self.state["properties"]
        if not all(isinstance(value, str) for value in (each["id"], *properties.values())):
            return 400, "VALIDATION_ERROR", "INVALID_TYPE"
        if each["id"] in self.poison or properties.get(KEY) in self.poison:
            return 400, "VALIDATION_ERROR", "INVALID_EMAIL"
        for name in properties:
            if name not in known:
                return 400, "VALIDATION_ERROR", "PROPERTY_DOESNT_EXIST"
            if known[name]["modificationMetadata"]["readOnlyValue"]:
                return 400, "VALIDATION_ERROR", "READ_ONLY_VALUE"
        if "idProperty" not in each:
            unknown = each["id"] not in self.contacts()
            return (404, "OBJECT_NOT_FOUND", "OBJECT_NOT_FOUND") if unknown else ()
        if not known.get(each["idProperty"], {}).get("hasUniqueValue"):
            return 400, "VALIDATION_ERROR", "NON_UNIQUE_PROPERTY"
        return self._email_wrong(self.contact(each["id"]), properties.get("email", ""))

    def _email_wrong(self, contact_id: str, email: str) -> tuple[Any, ...]:
        others = [about for one, about in self.contacts().items() if one != contact_id]
        if email and any(about.get("email") == email.lower() for about in others):
            return 409, "CONFLICT", ""
        if email.lower() in self.state["blocked"]:
            return 400, "VALIDATION_ERROR", "BLOCKLISTED_EMAIL"
        return ()

    def _upsert_one(self, each: Mapping[str, Any]) -> dict[str, Any]:
        known = self.contact(each["id"])
        made = {each["idProperty"]: each["id"], **each["properties"]}
        contact_id = known or self._make(made)
        self._write(contact_id, each["properties"])
        return {**self._shown(contact_id, {*made}), "new": not known}

    def _update_one(self, each: Mapping[str, Any]) -> dict[str, Any]:
        self._write(each["id"], each["properties"])
        return self._shown(each["id"], set(each["properties"]))

    def _patch(self, asked: Asked, contact_id: str) -> Answer:
        properties = asked.json()["properties"]
        wrong = self._wrong({"id": contact_id, "properties": properties})
        if wrong:
            return _error(*wrong)
        self._write(contact_id, properties)
        return Answer(content=self._shown(contact_id, set(properties)))

    def _write(self, contact_id: str, properties: Mapping[str, str]) -> None:
        # An empty text empties a property; e-mail addresses are kept in small letters.
        for name, text in properties.items():
            self.contacts()[contact_id][name] = text.lower() if name == "email" else text

    def _make(self, properties: Mapping[str, str]) -> str:
        contact_id = str(self._next())
        self.contacts()[contact_id] = {}
        self._write(contact_id, properties)
        return contact_id

    def _shown(self, contact_id: str, names: set[str]) -> dict[str, Any]:
        about = self.contacts()[contact_id]
        shown = {name: about.get(name) or None for name in names}
        return {
            "id": contact_id,
            "properties": {**shown, "hs_object_id": contact_id},
            "createdAt": "2026-01-01T00:00:00Z",
            "updatedAt": "2026-01-01T00:00:00Z",
            "archived": False,
        }

    def _read(self, asked: Asked) -> Answer:
        body = asked.json()
        ids = [each["id"] for each in body["inputs"]]
        if len(ids) > MOST_INPUTS:
            return _error(400, "VALIDATION_ERROR")
        found = {one: self._found(one, body.get("idProperty", "")) for one in ids}
        names = set(body["properties"])
        said = [self._shown(one, names) for key, one in found.items() if self._mentions(key, one)]
        absent = [key for key, one in found.items() if not one and key not in self.unmentioned]
        error = _batch_error(404, "OBJECT_NOT_FOUND", ids=absent)
        return _batch_answer(said, [error] if absent else [])

    def _mentions(self, key: str, contact_id: str) -> bool:
        return bool(contact_id) and key not in self.unmentioned

    def _found(self, value: str, key: str) -> str:
        if not key:
            return value if value in self.contacts() else ""
        if key == "email":
            value = value.lower()
        found = (one for one, about in self.contacts().items() if about.get(key) == value)
        return next(found, "")

    def _forget(self, asked: Asked) -> Answer:
        contact_id = asked.json()["objectId"]
        if contact_id not in self.contacts():
            return _error(404, "OBJECT_NOT_FOUND")
        for list_id in self.state["lists"]:
            self.take(list_id, contact_id)
        about = self.contacts().pop(contact_id)
        self.state["blocked"] |= {about["email"]} if about.get("email") else set()
        return Answer(status=204)

    # -- lists

    def _make_list(self, asked: Asked) -> Answer:
        body = asked.json()
        if not body.get("name") or body.get("processingType") not in ("MANUAL", "SNAPSHOT"):
            return _error(400, "VALIDATION_ERROR")
        if any(one["name"] == body["name"] for one in self.state["lists"].values()):
            return _error(400, "VALIDATION_ERROR", "ILS.DUPLICATE_LIST_NAMES")
        made = self.make_list(body["name"], body["processingType"], body["objectTypeId"])
        return Answer(content=self._list_shown(made))

    def _named_list(self, asked: Asked, object_type: str, name: str) -> Answer:
        for list_id, one in self.state["lists"].items():
            if (one["objectTypeId"], one["name"]) == (object_type, name):
                return Answer(content=self._list_shown(list_id))
        return _error(404, "OBJECT_NOT_FOUND")

    def _list(self, asked: Asked, list_id: str) -> Answer:
        if list_id not in self.state["lists"]:
            return _error(404, "OBJECT_NOT_FOUND")
        return Answer(content=self._list_shown(list_id))

    def _list_shown(self, list_id: str) -> dict[str, Any]:
        about = self.state["lists"][list_id]
        return {"list": {key: value for key, value in about.items() if key != "members"}}

    def _page(self, asked: Asked, list_id: str) -> Answer:
        if list_id not in self.state["lists"]:
            return _error(404, "OBJECT_NOT_FOUND")
        limit, start = int(asked.query.get("limit", 100)), int(asked.query.get("after", 0))
        if not 1 <= limit <= 250:
            return _error(400, "VALIDATION_ERROR")
        ids = sorted(self.state["lists"][list_id]["members"], key=int)
        page = [{"recordId": one, "membershipTimestamp": "2026-01-01T00:00:00Z"} for one in ids]
        content: dict[str, Any] = {"results": page[start : start + limit], "total": len(ids)}
        if start + limit < len(ids):
            content["paging"] = {"next": {"after": str(start + limit), "link": "?after="}}
        return Answer(content=content)

    def _change(self, asked: Asked, list_id: str, what: str) -> Answer:
        if list_id not in self.state["lists"]:
            return _error(404, "OBJECT_NOT_FOUND")
        if self.state["lists"][list_id]["processingType"] == "DYNAMIC":
            return _error(400, "VALIDATION_ERROR", "ILS.INVALID_LIST_PROCESSING_TYPE")
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
        return _batch_answer(results, [])

    def _identity(self, contact_id: str) -> str:
        about = self.contacts().get(contact_id, {})
        return about.get(KEY) or f"hubspot:{contact_id}"

    def _next(self) -> int:
        self.state["next"] += 1
        number: int = self.state["next"]
        return number


def _properties() -> Iterable[tuple[str, dict[str, Any]]]:
    writable = ("email", "firstname", "lastname", KEY, "favourite_colour")
    mapped = ("segment", "segment_title", "segment_why", "segment_since", "goal", "next_step")
    for name in (*writable, *mapped, "hs_email_optout", "hs_object_id"):
        yield name, _property(name, is_read_only=name.startswith("hs_"))


def _property(name: str, *, is_read_only: bool) -> dict[str, Any]:
    return {
        "name": name,
        "label": name.title(),
        "type": "string",
        "fieldType": "text",
        "hasUniqueValue": name in (KEY, "email"),
        "calculated": False,
        "modificationMetadata": {"readOnlyValue": is_read_only, "archivable": True},
    }


def _batch_answer(results: list[Any], errors: list[Any]) -> Answer:
    content = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": "2026-01-01T00:00:00Z",
        "completedAt": "2026-01-01T00:00:00Z",
    }
    if not errors:
        return Answer(content=content)
    return Answer(status=207, content={**content, "errors": errors, "numErrors": len(errors)})


def _batch_error(status: int, category: str, code: str = "", **context: Any) -> dict[str, Any]:
    said = {"status": "error", "category": category, "message": "no", "context": context}
    return {**said, "errors": [{"code": code, "message": "no"}] if code else []}


def _error(status: int, category: str, code: str = "") -> Answer:
    return Answer(status=status, content=_batch_error(status, category, code))
