"""The contacts of the fake HubSpot, and how it answers about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.fakes.vendor import Answer, Asked, FakeVendor

KEY = "segment_catalogue_id"
UNIQUE = (KEY, "email")
MOST_INPUTS = 100


class FakeContacts(FakeVendor):
    """Contacts, and the lists they are on, as far as contacts need them.

    `is_multi_status`: a batch of which some are refused is written but for those (207), as with
    `objectWriteTraceId`; otherwise it is refused as a whole (400). `unmentioned` are contacts that
    a batch answers nothing about, as was seen of batch endpoints that answer 200.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_multi_status = False
        self.unmentioned: set[str] = set()
        self._index: dict[tuple[str, str], str] | None = None
        self.state = {
            "contacts": {},
            "lists": {},
            "next": 501,
            "blocked": set(),
            "properties": dict(_properties()),
        }

    # -- for tests -------------------------------------------------------------------------------

    def contact(self, identity: str) -> str:
        """HubSpot's id of the contact that keeps our id; blank without."""
        return self._whose(KEY, identity)

    def _whose(self, name: str, value: str) -> str:
        """The contact with this value of a unique property; blank without."""
        if self._index is not None and name in UNIQUE:
            return self._index.get((name, value), "")
        found = (one for one, about in self.contacts().items() if about.get(name) == value)
        return next(found, "")

    @contextmanager
    def _indexed(self) -> Iterator[None]:
        """While one request is answered, contacts are looked up in an index of all of them."""
        self._index = {
            (name, about[name]): one
            for one, about in self.contacts().items()
            for name in UNIQUE
            if about.get(name)
        }
        try:
            yield
        finally:
            self._index = None

    def contacts(self) -> dict[str, dict[str, str]]:
        contacts: dict[str, dict[str, str]] = self.state["contacts"]
        return contacts

    def make_contact(self, **properties: str) -> str:
        """A contact made by hand; HubSpot's id."""
        with self.lock:
            return self._make(properties)

    def put(self, list_id: str, contact_id: str) -> None:
        members = self.state["lists"][list_id]["members"]
        if contact_id not in members:
            members[contact_id] = True
            self.changed(list_id, self._identity(contact_id), is_added=True)

    def take(self, list_id: str, contact_id: str) -> None:
        if self.state["lists"][list_id]["members"].pop(contact_id, None):
            self.changed(list_id, self._identity(contact_id), is_added=False)

    # -- what it answers -------------------------------------------------------------------------

    def upsert(self, asked: Asked) -> Answer:
        return self._batch(asked, self._upsert_one)

    def update(self, asked: Asked) -> Answer:
        return self._batch(asked, self._update_one)

    def _batch(self, asked: Asked, one: Callable[[Mapping[str, Any]], Any]) -> Answer:
        inputs = (asked.json() or {}).get("inputs")
        if not inputs or len(inputs) > MOST_INPUTS:
            return refusal(400, "VALIDATION_ERROR")
        if len({each["id"] for each in inputs}) < len(inputs):
            return refusal(400, "VALIDATION_ERROR")
        with self._indexed():
            return self._batch_of(inputs, one)

    def _batch_of(self, inputs: Any, one: Callable[[Mapping[str, Any]], Any]) -> Answer:
        wrong = {each["id"]: self._wrong(each) for each in inputs}
        refused = [each for each in inputs if wrong[each["id"]]]
        if refused and not self.is_multi_status:
            return refusal(*wrong[refused[0]["id"]])
        good = [each for each in inputs if not wrong[each["id"]]]
        results = [one(each) for each in good]
        said = [
            result
            for each, result in zip(good, results, strict=True)
            if each["id"] not in self.unmentioned
        ]
        errors = [
            batch_error(*wrong[each["id"]], objectWriteTraceId=[each["objectWriteTraceId"]])
            for each in refused
        ]
        return batch_answer(said, errors)

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
        if email and self._whose("email", email.lower()) not in ("", contact_id):
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

    def patch(self, asked: Asked, contact_id: str) -> Answer:
        properties = asked.json()["properties"]
        wrong = self._wrong({"id": contact_id, "properties": properties})
        if wrong:
            return refusal(*wrong)
        self._write(contact_id, properties)
        return Answer(content=self._shown(contact_id, set(properties)))

    def _write(self, contact_id: str, properties: Mapping[str, str]) -> None:
        # An empty text empties a property; e-mail addresses are kept in small letters.
        for name, text in properties.items():
            value = text.lower() if name == "email" else text
            self.contacts()[contact_id][name] = value
            if self._index is not None and name in UNIQUE:
                self._index[name, value] = contact_id

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

    def read(self, asked: Asked) -> Answer:
        body = asked.json()
        ids = [each["id"] for each in body["inputs"]]
        if len(ids) > MOST_INPUTS:
            return refusal(400, "VALIDATION_ERROR")
        with self._indexed():
            found = {one: self._found(one, body.get("idProperty", "")) for one in ids}
        names = set(body["properties"])
        said = [self._shown(one, names) for key, one in found.items() if self._mentions(key, one)]
        absent = [key for key, one in found.items() if not one and key not in self.unmentioned]
        error = batch_error(404, "OBJECT_NOT_FOUND", ids=absent)
        return batch_answer(said, [error] if absent else [])

    def _mentions(self, key: str, contact_id: str) -> bool:
        return bool(contact_id) and key not in self.unmentioned

    def _found(self, value: str, key: str) -> str:
        if not key:
            return value if value in self.contacts() else ""
        if key == "email":
            value = value.lower()
        return self._whose(key, value)

    def forget(self, asked: Asked) -> Answer:
        contact_id = asked.json()["objectId"]
        if contact_id not in self.contacts():
            return refusal(404, "OBJECT_NOT_FOUND")
        for list_id in self.state["lists"]:
            self.take(list_id, contact_id)
        about = self.contacts().pop(contact_id)
        self.state["blocked"] |= {about["email"]} if about.get("email") else set()
        return Answer(status=204)

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
        "hasUniqueValue": name in UNIQUE,
        "calculated": False,
        "modificationMetadata": {"readOnlyValue": is_read_only, "archivable": True},
    }


def batch_answer(results: list[Any], errors: list[Any]) -> Answer:
    content = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": "2026-01-01T00:00:00Z",
        "completedAt": "2026-01-01T00:00:00Z",
    }
    if not errors:
        return Answer(content=content)
    return Answer(status=207, content={**content, "errors": errors, "numErrors": len(errors)})


def batch_error(status: int, category: str, code: str = "", **context: Any) -> dict[str, Any]:
    said = {"status": "error", "category": category, "message": "no", "context": context}
    return {**said, "errors": [{"code": code, "message": "no"}] if code else []}


def refusal(status: int, category: str, code: str = "") -> Answer:
    return Answer(status=status, content=batch_error(status, category, code))
