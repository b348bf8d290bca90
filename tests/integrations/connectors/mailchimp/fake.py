"""A Mailchimp account with one audience, which keeps what Mailchimp documents and what hurts:
addresses that are no contacts are passed over by segments, who was deleted for good cannot be
brought back, one address that is not an address at all spoils a request, and more than ten open
connections are answered with a 403 that is no problem document."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from tests.fakes.vendor import Answer, Asked, FakeVendor

KEY = "0123456789abcdef0123456789abcdef-us21"
LIST = "9e67587f52"
MOST_OPEN = 10
MOST_MEMBERS = 500
# Of a page that may be asked for 1,000: a reader must go by what came.
PAGE = 100
STATUSES = ("subscribed", "unsubscribed", "cleaned", "pending", "transactional")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
TYPES = {
    **dict.fromkeys(("FNAME", "LNAME", "WHY", "MESSAGE", "SEGKEY", "SEGNAME"), "text"),
    **dict.fromkeys(("ENTERED", "GOAL", "NOTE"), "text"),
    "BIRTHDAY": "birthday",
    "ADDRESS": "address",
}
FORGOTTEN = (
    "{} was permanently deleted and cannot be re-imported. "
    "The contact must re-subscribe to get back on the list."
)
COMPLIANCE = (
    "{} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be "
    "subscribed."
)


class FakeMailchimp(FakeVendor):
    """`state`: contacts by hash, segments by id, who was forgotten, who is under review, and the
    role of the key's user."""

    def __init__(self) -> None:
        super().__init__()
        self.state = {
            "role": "owner",
            "name": "Customers",
            "next": 1,
            "contacts": {},
            "segments": {},
            "forgotten": set(),
            "review": set(),
        }

    # -- hands and eyes of tests -----------------------------------------------------------------

    def members(self, audience: str) -> set[str]:
        with self.lock:
            inside = self.state["segments"].get(audience, {}).get("members", set())
            contacts = self.state["contacts"]
            return {contacts[name]["email_address"].lower() for name in inside}

    def contact(self, address: str) -> dict[str, Any] | None:
        """The contact of an address, or None."""
        found: dict[str, Any] | None = self.state["contacts"].get(hashed(address))
        return found

    def make(self, address: str, status: str = "subscribed") -> dict[str, Any]:
        """A contact, made unless there is one."""
        fields = dict.fromkeys(TYPES, "")
        new = {"email_address": address, "status": status, "merge_fields": fields}
        made: dict[str, Any] = self.state["contacts"].setdefault(hashed(address), new)
        return made

    def put(self, segment: str, address: str) -> None:
        """Put a contact into a segment."""
        inside = self.state["segments"][segment]["members"]
        if hashed(address) not in inside:
            inside.add(hashed(address))
            self.changed(segment, address.lower(), is_added=True)

    def take(self, segment: str, address: str) -> None:
        """Take a contact out of a segment."""
        inside = self.state["segments"][segment]["members"]
        if hashed(address) in inside:
            inside.discard(hashed(address))
            self.changed(segment, address.lower(), is_added=False)

    def open_segment(self, name: str, kind: str = "static") -> str:
        """A segment made now; returns its id."""
        number = str(self.state["next"])
        self.state["next"] += 1
        self.state["segments"][number] = {"name": name, "type": kind, "members": set()}
        return number

    # -- answers ---------------------------------------------------------------------------------

    def is_write(self, asked: Asked) -> bool:
        return asked.method != "GET" and not asked.path.endswith("/segments")

    def half(self, asked: Asked) -> Asked | None:
        body = asked.json() or {}
        for key in ("members", "members_to_add", "members_to_remove"):
            if body.get(key):
                kept = {**body, key: body[key][: max(1, len(body[key]) // 2)]}
                return replace(asked, body=json.dumps(kept).encode())
        return None

    def answer(self, asked: Asked) -> Answer:
        if self._open > MOST_OPEN:
            return Answer(status=403, content=b"<html>Forbidden</html>")
        refused = self._let_in(asked)
        if refused is not None:
            return refused
        for method, pattern, act in ROUTES:
            found = re.fullmatch(f"/3.0{pattern}", asked.path)
            if found and method == asked.method:
                return act(self, asked, *found.groups())
        return problem(404, "Resource Not Found", "The requested resource could not be found.")

    def _let_in(self, asked: Asked) -> Answer | None:
        kind, _, secret = asked.headers.get("authorization", "").partition(" ")
        known = base64.b64decode(secret or "").decode().partition(":")[2] == KEY
        if kind.lower() != "basic" or not known:
            return problem(401, "API Key Invalid", "Your API key may be invalid.")
        if asked.method != "GET" and self.state["role"] in ("viewer", "author"):
            return problem(403, "Forbidden", "You don't have permission to access this resource.")
        if asked.body and asked.headers.get("content-type") != "application/json":
            return problem(400, "Bad Request", "The body is no JSON.")
        return None

    def _root(self, asked: Asked) -> Answer:
        return say({"account_name": "Shop", "role": self.state["role"]})

    def _list(self, asked: Asked, list_id: str) -> Answer:
        if list_id != LIST:
            return lost()
        return say({"id": LIST, "name": self.state["name"]})

    def _fields(self, asked: Asked, list_id: str) -> Answer:
        fields = [{"tag": tag, "type": kind} for tag, kind in TYPES.items()]
        return lost() if list_id != LIST else say({"merge_fields": fields})

    def _upsert(self, asked: Asked, list_id: str) -> Answer:
        """POST /lists/{id}: at most 500, each told of; a body that the schema refuses does
        nothing."""
        body = asked.json()
        members = body.get("members")
        if list_id != LIST:
            return lost()
        if not isinstance(members, list) or len(members) > MOST_MEMBERS:
            return problem(400, "Invalid Resource", "Schema describes at most 500 members.")
        for index, one in enumerate(members):
            # The poison of tests is what the schema would not take.
            if one["email_address"].lower() in self.poison or not one["email_address"]:
                field = {"field": f"members.item:{index}.email_address", "message": "not a string"}
                return problem(400, "Invalid Resource", "The resource is invalid.", errors=[field])
        return say(self._upserted(members, bool(body.get("update_existing"))))

    def _upserted(self, members: list[dict[str, Any]], update: bool) -> dict[str, Any]:
        new, updated, errors = [], [], []
        for one in members:
            address = one["email_address"]
            there = self.contact(address)
            error = self._why_not(one, there, update)
            if error:
                errors.append(failed(address, error))
                continue
            contact = there or self.make(address, one.get("status") or one.get("status_if_new"))
            if there and one.get("status"):
                contact["status"] = one["status"]
            contact["merge_fields"].update(one.get("merge_fields", {}))
            (updated if there else new).append(self._shown(address))
        return {
            "new_members": new,
            "updated_members": updated,
            "errors": errors,
            "total_created": len(new),
            "total_updated": len(updated),
            "error_count": len(errors),
        }

    def _why_not(self, one: dict[str, Any], there: Any, update: bool) -> str:
        address = one["email_address"]
        if hashed(address) in self.state["forgotten"]:
            return FORGOTTEN.format(address)
        if address.lower() in self.state["review"]:
            return COMPLIANCE.format(address)
        if not _ADDRESS.fullmatch(address):
            return f"{address} looks fake or invalid, please enter a real email address."
        if there and not update:
            return f"{address} is already a list member. Use PUT to insert or update list members."
        if there and one.get("status") == "subscribed" and there["status"] == "unsubscribed":
            return COMPLIANCE.format(address)
        if not there and (one.get("status") or one.get("status_if_new")) not in STATUSES:
            return "The status of a new contact is missing."
        return self._wrong_fields(one.get("merge_fields", {}))

    def _wrong_fields(self, fields: dict[str, str]) -> str:
        if any(TYPES.get(tag) != "text" or len(text) > 255 for tag, text in fields.items()):
            return "Your merge fields were invalid."
        return ""

    def _shown(self, address: str) -> dict[str, Any]:
        contact = self.state["contacts"][hashed(address)]
        segments = self.state["segments"].items()
        tags = [
            {"id": int(number), "name": one["name"]}
            for number, one in segments
            if hashed(address) in one["members"]
        ]
        return {**contact, "id": hashed(address), "tags": tags, "tags_count": len(tags)}

    def _segments(self, asked: Asked, list_id: str) -> Answer:
        if list_id != LIST:
            return lost()
        found = [self._segment(number) for number in self.state["segments"]]
        return say({"segments": page(asked, found), "total_items": len(found)})

    def _segment(self, number: str) -> dict[str, Any]:
        one = self.state["segments"][number]
        shown = {"id": int(number), "name": one["name"], "type": one["type"], "list_id": LIST}
        return {**shown, "member_count": len(one["members"])}

    def _make_segment(self, asked: Asked, list_id: str) -> Answer:
        body = asked.json()
        if list_id != LIST:
            return lost()
        if not isinstance(body.get("static_segment"), list):
            return problem(400, "Invalid Resource", "Neither static_segment nor options is there.")
        if any(one["name"] == body["name"] for one in self.state["segments"].values()):
            return problem(400, "Bad Request", "Sorry, that tag already exists.")
        return say(self._segment(self.open_segment(body["name"])))

    def _get_segment(self, asked: Asked, list_id: str, number: str) -> Answer:
        known = list_id == LIST and number in self.state["segments"]
        return say(self._segment(number)) if known else lost()

    def _change(self, asked: Asked, list_id: str, number: str) -> Answer:
        """POST /lists/{id}/segments/{id}: who is no contact is passed over without a word."""
        segment = self.state["segments"].get(number)
        if list_id != LIST or segment is None:
            return lost()
        if segment["type"] != "static":
            return problem(400, "Bad Request", "This segment is not static.")
        body = asked.json()
        add, remove = body.get("members_to_add", []), body.get("members_to_remove", [])
        if max(len(add), len(remove)) > MOST_MEMBERS:
            return problem(400, "Invalid Resource", "Schema describes at most 500 members.")
        added = [self._in(number, one) for one in add if self._joins(number, one)]
        removed = [self._out(number, one) for one in remove if self._leaves(number, one)]
        said = {"members_added": added, "total_added": len(added)}
        out = {"members_removed": removed, "total_removed": len(removed)}
        return say({**said, **out, "errors": [], "error_count": 0})

    def _joins(self, number: str, address: str) -> bool:
        inside = self.state["segments"][number]["members"]
        return self.contact(address) is not None and hashed(address) not in inside

    def _leaves(self, number: str, address: str) -> bool:
        return hashed(address) in self.state["segments"][number]["members"]

    def _in(self, number: str, address: str) -> dict[str, Any]:
        self.put(number, address)
        return self._shown(address)

    def _out(self, number: str, address: str) -> dict[str, Any]:
        self.take(number, address)
        return self._shown(address)

    def _segment_members(self, asked: Asked, list_id: str, number: str) -> Answer:
        segment = self.state["segments"].get(number)
        if list_id != LIST or segment is None:
            return lost()
        hidden = {
            status
            for status in ("cleaned", "transactional", "unsubscribed")
            if asked.query.get(f"include_{status}") != "true"
        }
        names = sorted(segment["members"])
        found = [self.state["contacts"][name] for name in names]
        shown = [one for one in found if one["status"] not in hidden]
        return say({"members": page(asked, shown), "total_items": len(shown)})

    def _member(self, asked: Asked, list_id: str, name: str) -> Answer:
        contact = self.state["contacts"].get(name)
        if list_id != LIST or contact is None:
            return lost()
        return say(self._shown(contact["email_address"]))

    def _patch(self, asked: Asked, list_id: str, name: str) -> Answer:
        contact = self.state["contacts"].get(name)
        if list_id != LIST or contact is None:
            return lost()
        fields = asked.json().get("merge_fields", {})
        if self._wrong_fields(fields):
            return problem(400, "Invalid Resource", self._wrong_fields(fields))
        contact["merge_fields"].update(fields)
        return say(self._shown(contact["email_address"]))

    def _forget(self, asked: Asked, list_id: str, name: str) -> Answer:
        contact = self.state["contacts"].get(name)
        if list_id != LIST or contact is None:
            return lost()
        for number in self.state["segments"]:
            self.take(number, contact["email_address"])
        del self.state["contacts"][name]
        self.state["forgotten"].add(name)
        return Answer(status=204)


@cache
def hashed(address: str) -> str:
    """Mailchimp's name of a contact."""
    return hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest()


def say(content: Any) -> Answer:
    """A good answer."""
    return Answer(content=content, headers={"Content-Type": "application/json; charset=utf-8"})


def problem(status: int, title: str, detail: str, **more: Any) -> Answer:
    """A refusal, as a problem document."""
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Answer(
        status=status, content=content, headers={"Content-Type": "application/problem+json"}
    )


def lost() -> Answer:
    """Nothing is there."""
    return problem(404, "Resource Not Found", "The requested resource could not be found.")


def failed(address: str, error: str) -> dict[str, str]:
    """One line of a batch's errors."""
    exists = "already a list member" in error
    code = "ERROR_CONTACT_EXISTS" if exists else "ERROR_GENERIC"
    return {"email_address": address, "error": error, "error_code": code}


def page(asked: Asked, found: list[Any]) -> list[Any]:
    """The part of a list that was asked for."""
    start = int(asked.query.get("offset", 0))
    return found[start : start + min(int(asked.query.get("count", 10)), PAGE)]


Act = Callable[..., Answer]
ROUTES: tuple[tuple[str, str, Act], ...] = (
    ("GET", "/", FakeMailchimp._root),
    ("GET", "/lists/([^/]+)", FakeMailchimp._list),
    ("POST", "/lists/([^/]+)", FakeMailchimp._upsert),
    ("GET", "/lists/([^/]+)/merge-fields", FakeMailchimp._fields),
    ("GET", "/lists/([^/]+)/segments", FakeMailchimp._segments),
    ("POST", "/lists/([^/]+)/segments", FakeMailchimp._make_segment),
    ("GET", "/lists/([^/]+)/segments/([^/]+)", FakeMailchimp._get_segment),
    ("POST", "/lists/([^/]+)/segments/([^/]+)", FakeMailchimp._change),
    ("GET", "/lists/([^/]+)/segments/([^/]+)/members", FakeMailchimp._segment_members),
    ("GET", "/lists/([^/]+)/members/([^/]+)", FakeMailchimp._member),
    ("PATCH", "/lists/([^/]+)/members/([^/]+)", FakeMailchimp._patch),
    ("POST", "/lists/([^/]+)/members/([^/]+)/actions/delete-permanent", FakeMailchimp._forget),
)
