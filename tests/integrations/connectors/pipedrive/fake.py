"""Pipedrive as its pages describe it, with what hurts: labels that an update replaces, persons that
a list leaves out in silence, fields that are never unique, and a gateway that shuts people out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from tests.fakes.vendor import Answer, Asked, FakeVendor

TOKEN = "0123456789abcdef0123456789abcdef01234567"  # noqa: S105
KEY_NAME = "Segment Catalogue ID"
KEY = "a" * 40
COLOUR = "c" * 40
WRITABLE = ("name", "emails", "phones", "label_ids", "custom_fields", "owner_id", "org_id")


class FakePipedrive(FakeVendor):
    """One company. `state` holds persons, labels, fields, tokens and rights. `page` is the most
    that a page of persons holds, whatever is asked for (Pipedrive: 500)."""

    page = 40

    def __init__(self) -> None:
        super().__init__()
        self.has_campaigns = True
        self.state = {
            "persons": {},
            "labels": {5: "Hot lead", 6: "Customer"},
            "next": 100,
            "tokens": {TOKEN},
            "refresh": set(),
            "may_write": True,
            "fields": {one["field_code"]: one for one in _fields()},
        }

    # -- for tests -------------------------------------------------------------------------------

    def persons(self) -> dict[int, dict[str, Any]]:
        """Those that are not deleted."""
        return {one: said for one, said in self.state["persons"].items() if not said["is_deleted"]}

    def known(self, identity: str) -> list[int]:
        """Persons with our id."""
        return [
            one for one, said in self.persons().items() if said["custom_fields"][KEY] == identity
        ]

    def make_person(self, identity: str = "", **about: Any) -> int:
        """A person made by hand; their id."""
        with self.lock:
            fields = {KEY: identity} if identity else {}
            return self._make({"name": "Ann", "custom_fields": fields, **about})

    def set_labels(self, person_id: int, labels: Iterable[int]) -> None:
        """Exactly these, as an update does."""
        person = self.state["persons"][person_id]
        before, after = set(person["label_ids"]), set(labels)
        person["label_ids"] = list(labels)
        self._touch(person)
        for label in sorted(before ^ after):
            self.changed(str(label), self._identity(person_id), is_added=label in after)

    def merge(self, gone: int, into: int) -> None:
        """Merge one person into another by hand: the labels of both stay, and the id that stays is
        the other's."""
        with self.lock:
            merged, left = self.state["persons"][gone], self.state["persons"][into]
            left["custom_fields"] = {
                code: left["custom_fields"][code] or merged["custom_fields"][code]
                for code in left["custom_fields"]
            }
            left["label_ids"] = [*dict.fromkeys([*left["label_ids"], *merged["label_ids"]])]
            self._touch(left)
            del self.state["persons"][gone]

    def delete(self, person_id: int) -> None:
        self.set_labels(person_id, [])
        self.state["persons"][person_id]["is_deleted"] = True

    def make_label(self, name: str) -> int:
        with self.lock:
            label = self._next()
            self.state["labels"][label] = name
            return label

    def members(self, audience: str) -> set[str]:
        with self.lock:
            return {
                self._identity(one)
                for one, said in self.persons().items()
                if int(audience) in said["label_ids"]
            }

    def is_write(self, asked: Asked) -> bool:
        return asked.method != "GET" and asked.path != "/oauth/token"

    # -- what it answers -------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/oauth/token":
            return self._refresh(asked)
        token = asked.headers.get("x-api-token") or asked.headers.get(
            "authorization", ""
        ).removeprefix("Bearer ")
        if token not in self.state["tokens"]:
            return _no(401, "unauthorized access")
        if asked.body and asked.headers.get("content-type") != "application/json":
            return _no(415, "Unsupported media type")
        for method, pattern, answer in self._routes():
            matched = re.fullmatch(pattern, asked.path)
            if matched and method == asked.method:
                if method != "GET" and not self.state["may_write"]:
                    return _no(403, "You do not have permissions to do this.")
                return answer(asked, *matched.groups())
        return _no(404, "Unknown method.")

    def _routes(self) -> Iterable[tuple[str, str, Callable[..., Answer]]]:
        yield "GET", "/api/v1/users/me", self._me
        yield "GET", "/api/v1/users/1/permissions", self._permissions
        yield "GET", "/api/v2/personFields", self._all_fields
        yield "GET", "/api/v2/personFields/([^/]+)", self._field
        yield "POST", "/api/v2/personFields/label_ids/options", self._add_labels
        yield "GET", "/api/v2/persons", self._list
        yield "POST", "/api/v2/persons", self._add
        yield "PATCH", "/api/v2/persons/([0-9]+)", self._update
        yield "DELETE", "/api/v2/persons/([0-9]+)", self._delete

    def _refresh(self, asked: Asked) -> Answer:
        form = {name: values[0] for name, values in asked.form().items()}
        # "app:app-secret" in base 64.
        is_app = asked.headers.get("authorization") == "Basic YXBwOmFwcC1zZWNyZXQ="
        known = form.get("refresh_token") in self.state["refresh"]
        if not is_app or not known or form.get("grant_type") != "refresh_token":
            return _no(400, "Invalid grant: refresh token is invalid")
        token = f"short-lived-{self._next()}"
        self.state["tokens"].add(token)
        said = {"access_token": token, "token_type": "Bearer", "expires_in": 3599}
        return Answer(content={**said, "refresh_token": form["refresh_token"]})

    def _me(self, asked: Asked) -> Answer:
        return _yes({"id": 1, "name": "Ann", "company_name": "Shop", "company_domain": "shop"})

    def _permissions(self, asked: Asked) -> Answer:
        return _yes({"can_modify_labels": self.state["may_write"], "can_bulk_edit_items": True})

    def _all_fields(self, asked: Asked) -> Answer:
        fields = [self._shown_field(code) for code in self.state["fields"]]
        start, limit = int(asked.query.get("cursor", 0)), min(int(asked.query["limit"]), 4)
        more = start + limit if start + limit < len(fields) else None
        return _yes(fields[start : start + limit], next_cursor=None if more is None else str(more))

    def _field(self, asked: Asked, code: str) -> Answer:
        if code not in self.state["fields"]:
            return _no(404, "Field not found")
        return _yes(self._shown_field(code))

    def _shown_field(self, code: str) -> dict[str, Any]:
        field = dict(self.state["fields"][code])
        if code == "label_ids":
            labels = self.state["labels"].items()
            field["options"] = [{"id": one, "label": name, "color": "red"} for one, name in labels]
        return field

    def _add_labels(self, asked: Asked) -> Answer:
        made = []
        for option in asked.json():
            if not 1 <= len(option.get("label", "")) <= 255:
                return _no(400, "Validation failed", "ERR_SCHEMA_VALIDATION_FAILED")
            made.append({"id": self.make_label(option["label"]), "label": option["label"]})
        return _yes(made)

    def _list(self, asked: Asked) -> Answer:
        query = asked.query
        if "include_fields" in query and not self.has_campaigns:
            return _no(403, "Campaigns is not enabled.", "feature_not_enabled")
        persons = sorted(self.persons().items())
        if "ids" in query:
            ids = [int(one) for one in query["ids"].split(",")]
            if len(ids) > 100:
                return _no(400, "Too many ids", "ERR_SCHEMA_VALIDATION_FAILED")
            persons = [(one, said) for one, said in persons if one in ids]
        if "updated_since" in query:
            moment = datetime.fromisoformat(query["updated_since"]).timestamp()
            persons = [(one, said) for one, said in persons if said["changed"] >= int(moment)]
        start = int(query.get("cursor") or 0)
        limit = min(int(query.get("limit", 100)), self.page)
        page = [self._shown(one, query) for one, _ in persons[start : start + limit]]
        more = str(start + limit) if start + limit < len(persons) else None
        return _yes(page, next_cursor=more)

    def _shown(self, person_id: int, query: Any) -> dict[str, Any]:
        said = self.state["persons"][person_id]
        wanted = query.get("custom_fields", "").split(",") if "custom_fields" in query else None
        fields = {
            code: value
            for code, value in said["custom_fields"].items()
            if wanted is None or code in wanted
        }
        moment = datetime.fromtimestamp(said["changed"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        hidden = ("changed", "marketing_status")
        shown = {name: value for name, value in said.items() if name not in hidden}
        if "marketing_status" in query.get("include_fields", ""):
            shown["marketing_status"] = said["marketing_status"]
        return {**shown, "id": person_id, "custom_fields": fields, "update_time": moment}

    def _add(self, asked: Asked) -> Answer:
        body = asked.json()
        if not body.get("name"):
            return _no(400, "Name must be given.", "ERR_SCHEMA_VALIDATION_FAILED")
        wrong = self._wrong(body)
        if wrong:
            return wrong
        made = self._make({**body, "label_ids": []})
        self.set_labels(made, body.get("label_ids", []))
        return Answer(status=201, content=_yes(self._shown(made, {})).content)

    def _update(self, asked: Asked, person_id: str) -> Answer:
        body, number = asked.json(), int(person_id)
        if number not in self.persons():
            return _no(404, "Person not found.")
        wrong = self._wrong(body) or self._poisoned(number)
        if wrong:
            return wrong
        person = self.state["persons"][number]
        person["custom_fields"] |= body.get("custom_fields", {})
        person |= {name: value for name, value in body.items() if name in ("name", "emails")}
        self._touch(person)
        if "label_ids" in body:
            self.set_labels(number, body["label_ids"])
        return _yes(self._shown(number, {}))

    def _wrong(self, body: Any) -> Answer | None:
        fields = body.get("custom_fields", {})
        if fields.get(KEY) in self.poison:
            return _no(400, "Validation failed", "ERR_SCHEMA_VALIDATION_FAILED")
        custom = {code for code, one in self.state["fields"].items() if one["is_custom_field"]}
        texts = all(value is None or isinstance(value, str) for value in fields.values())
        too_long = any(len(value or "") > 255 for value in fields.values() if texts)
        if set(body) - set(WRITABLE) or set(fields) - custom or not texts or too_long:
            return _no(400, "Validation failed", "ERR_SCHEMA_VALIDATION_FAILED")
        if set(body.get("label_ids", [])) - set(self.state["labels"]):
            return _no(400, "Label does not exist", "ERR_SCHEMA_VALIDATION_FAILED")
        return None

    def _poisoned(self, person_id: int) -> Answer | None:
        if self._identity(person_id) in self.poison:
            return _no(400, "Validation failed", "ERR_SCHEMA_VALIDATION_FAILED")
        return None

    def _delete(self, asked: Asked, person_id: str) -> Answer:
        if int(person_id) not in self.persons():
            return _no(404, "Person not found.")
        self.delete(int(person_id))
        return _yes({"id": int(person_id)})

    def _make(self, body: dict[str, Any]) -> int:
        person_id = self._next()
        blank = {code: None for code, one in self.state["fields"].items() if one["is_custom_field"]}
        self.state["persons"][person_id] = {
            "label_ids": [],
            "emails": [],
            "is_deleted": False,
            "marketing_status": "no_consent",
            **body,
            "custom_fields": {**blank, **body.get("custom_fields", {})},
            "changed": int(time.time()),
        }
        return person_id

    def _touch(self, person: dict[str, Any]) -> None:
        person["changed"] = int(time.time())

    def _identity(self, person_id: int) -> str:
        said = self.state["persons"].get(person_id, {"custom_fields": {}})
        return str(said["custom_fields"].get(KEY) or f"pipedrive:{person_id}")

    def _next(self) -> int:
        self.state["next"] += 1
        number: int = self.state["next"]
        return number


def _fields() -> Iterable[dict[str, Any]]:
    yield _field("name", "Name", is_custom=False)
    yield _field("add_time", "Created", kind="date", is_custom=False)
    yield _field("label_ids", "Label", kind="set", is_custom=False)
    yield _field(KEY, KEY_NAME)
    for letter, name in zip("cdef", ("Colour", "Segment", "Why", "Next step"), strict=True):
        yield _field(letter * 40, name)
    for letter, name in zip("0123", ("Segment name", "Since", "Goal", "Shared"), strict=True):
        yield _field(letter * 40, name)
    yield _field("4" * 40, "Shared")
    yield _field("5" * 40, "Revenue", kind="monetary")


def _field(
    code: str, name: str, *, kind: str = "varchar", is_custom: bool = True
) -> dict[str, Any]:
    return {
        "field_code": code,
        "field_name": name,
        "field_type": kind,
        "options": None,
        "is_custom_field": is_custom,
    }


def _yes(data: Any, **more: Any) -> Answer:
    return Answer(content={"success": True, "data": data, "additional_data": more or None})


def _no(status: int, error: str, code: str = "") -> Answer:
    said = {"success": False, "error": error, "error_info": "See the documentation."}
    return Answer(status=status, content={**said, **({"code": code} if code else {})})
