"""A workspace of Intercom, as its API's documentation describes it: contacts, tags and attributes.

Its semantics that hurt: a search sees new contacts late (`is_search_late`), a contact shows ten of
its tags, a second contact with an address that is known is refused, names of tags have no case, and
a 429 says when the window ends in a header of its own (`window_ends_at`) instead of Retry-After.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.vendor import Answer, Asked, FakeVendor

TOKEN = "dG9rOmludGVyY29t"  # noqa: S105
VERSIONS = ("2.13", "2.14", "2.15")
PER_PAGE = 150
SETTABLE = {
    "role",
    "external_id",
    "email",
    "phone",
    "name",
    "avatar",
    "signed_up_at",
    "last_seen_at",
    "owner_id",
    "unsubscribed_from_emails",
    "custom_attributes",
}


class FakeIntercom(FakeVendor):
    """`page` is the most of one answer to a search, whatever `per_page` asks for."""

    page = PER_PAGE

    def __init__(self) -> None:
        super().__init__()
        self.state: dict[str, Any] = {"contacts": {}, "tags": {}, "unindexed": set()}
        self.may_write = True
        self.is_search_late = False
        self.window_ends_at: int | None = None
        self.attributes = [
            _attribute("email", custom=False),
            _attribute("created_at", custom=False, api_writable=False, data_type="date"),
            *(_attribute(f"segment_{name}") for name in ("key", "name", "why", "message", "goal")),
            _attribute("segment_since"),
            _attribute("score", data_type="integer"),
            _attribute("computed", api_writable=False),
            _attribute("retired", archived=True),
        ]
        self._ids = itertools.count(0x63A0)

    # -- hands -----------------------------------------------------------------------------------

    def make_contact(self, **about: Any) -> str:
        """A contact made by hand; returns its id."""
        with self.lock:
            contact_id = f"63a07ddf{next(self._ids):016x}"
            empty: dict[str, Any] = {
                "role": "user",
                "external_id": None,
                "email": None,
                "custom_attributes": {},
            }
            self.state["contacts"][contact_id] = {
                **empty,
                "unsubscribed_from_emails": False,
                "archived": False,
                "tags": [],
                **about,
            }
            return contact_id

    def id_of(self, external_id: str) -> str | None:
        """The id of the contact of that external id."""
        with self.lock:
            for contact_id, contact in self.state["contacts"].items():
                if contact["external_id"] == external_id:
                    return str(contact_id)
            return None

    def tag(self, contact_id: str, tag_id: str) -> None:
        """Tag a contact."""
        contact = self.state["contacts"][contact_id]
        if tag_id not in contact["tags"]:
            contact["tags"].append(tag_id)
            self.changed(tag_id, _name(contact_id, contact), is_added=True)

    def untag(self, contact_id: str, tag_id: str) -> None:
        """Take a tag off a contact."""
        contact = self.state["contacts"][contact_id]
        if tag_id in contact["tags"]:
            contact["tags"].remove(tag_id)
            self.changed(tag_id, _name(contact_id, contact), is_added=False)

    def drop_tag(self, tag_id: str) -> None:
        """Delete a tag, and take it off everybody."""
        with self.lock:
            for contact_id in self.state["contacts"]:
                self.untag(contact_id, tag_id)
            del self.state["tags"][tag_id]

    def index(self) -> None:
        """The search catches up."""
        with self.lock:
            self.state["unindexed"].clear()

    def members(self, audience: str) -> set[str]:
        with self.lock:
            return {
                _name(contact_id, contact)
                for contact_id, contact in self.state["contacts"].items()
                if audience in contact["tags"]
            }

    # -- answers ---------------------------------------------------------------------------------

    def is_write(self, asked: Asked) -> bool:
        # A search is a POST; and nothing that is asked of contact 0 changes anybody.
        is_harmless = f"{asked.path}/".startswith(("/contacts/search/", "/contacts/0/"))
        return asked.method != "GET" and not is_harmless

    def answer(self, asked: Asked) -> Answer:
        said = self._turned_away(asked) or self._routed(asked)
        return Answer(
            status=said.status,
            content=said.content,
            headers={"X-RateLimit-Limit": "1666", "X-RateLimit-Remaining": "1", **said.headers},
        )

    def _turned_away(self, asked: Asked) -> Answer | None:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error(401, "unauthorized", "Access Token Invalid")
        if asked.headers.get("intercom-version", VERSIONS[0]) not in VERSIONS:
            return _error(400, "intercom_version_invalid", "The requested version does not exist")
        if self.window_ends_at is not None:
            answer = _error(429, "rate_limit_exceeded", "Exceeded rate limit")
            return Answer(
                status=429,
                content=answer.content,
                headers={"X-RateLimit-Reset": str(self.window_ends_at)},
            )
        is_search = asked.path == "/contacts/search"
        if not self.may_write and asked.method != "GET" and not is_search:
            return _error(403, "forbidden", "This app has no permission to do this")
        content_type = asked.headers.get("content-type", "")
        if asked.body and not content_type.startswith("application/json"):
            return _error(415, "media_type_not_supported", "The Content-Type must be JSON")
        return None

    def _routed(self, asked: Asked) -> Answer:
        method, parts = asked.method, asked.path.strip("/").split("/", 2)
        routes: Mapping[tuple[str, str, int], Callable[[Asked], Answer]] = {
            ("GET", "me", 1): lambda asked: Answer(content=_ME),
            ("GET", "data_attributes", 1): self._attributes,
            ("GET", "tags", 1): self._tags,
            ("POST", "tags", 1): self._make_tag,
            ("GET", "tags", 2): lambda asked: self._tag(parts[1]),
            ("POST", "contacts", 1): self._create,
        }
        route = routes.get((method, parts[0], len(parts)))
        if route is not None:
            return route(asked)
        if parts[0] == "contacts" and len(parts) > 1:
            return self._about_contact(asked, parts[1], parts[2] if len(parts) > 2 else "")
        return _missing("Resource Not Found")

    def _about_contact(self, asked: Asked, contact_id: str, rest: str) -> Answer:
        if (asked.method, contact_id, rest) == ("POST", "search", ""):
            return self._search(asked)
        if (asked.method, contact_id) == ("GET", "find_by_external_id"):
            found = self.id_of(rest)
            return _missing("User Not Found") if found is None else self._show(found)
        contact = self.state["contacts"].get(contact_id)
        if contact is None:
            return _missing("User Not Found")
        if rest:
            return self._about_tags(asked, contact_id, rest)
        if asked.method == "PUT":
            return self._write(asked, contact_id)
        if asked.method == "DELETE":
            return self._delete(contact_id)
        return self._show(contact_id) if asked.method == "GET" else _missing("Resource Not Found")

    def _about_tags(self, asked: Asked, contact_id: str, rest: str) -> Answer:
        if (asked.method, rest) == ("GET", "tags"):
            tags = self.state["contacts"][contact_id]["tags"]
            return Answer(content={"type": "list", "data": [self._a_tag(tag) for tag in tags]})
        if (asked.method, rest) == ("POST", "tags"):
            tag_id = str(asked.json().get("id"))
            if tag_id not in self.state["tags"]:
                return _missing("Resource Not Found")
            self.tag(contact_id, tag_id)
            return Answer(content=self._a_tag(tag_id))
        tag_id = rest.removeprefix("tags/")
        if asked.method != "DELETE" or tag_id not in self.state["contacts"][contact_id]["tags"]:
            return _missing("Resource Not Found")
        self.untag(contact_id, tag_id)
        return Answer(content=self._a_tag(tag_id))

    def _attributes(self, asked: Asked) -> Answer:
        if asked.query.get("model") != "contact":
            return Answer(content={"type": "list", "data": []})
        wanted = asked.query.get("include_archived") == "true"
        kept = [one for one in self.attributes if wanted or not one["archived"]]
        return Answer(content={"type": "list", "data": kept})

    def _tags(self, asked: Asked) -> Answer:
        return Answer(
            content={"type": "list", "data": [self._a_tag(tag) for tag in self.state["tags"]]}
        )

    def _tag(self, tag_id: str) -> Answer:
        if tag_id not in self.state["tags"]:
            return _missing("Resource Not Found")
        return Answer(content=self._a_tag(tag_id))

    def _a_tag(self, tag_id: str) -> dict[str, Any]:
        return {"type": "tag", "id": tag_id, "name": self.state["tags"][tag_id]}

    def _make_tag(self, asked: Asked) -> Answer:
        said = asked.json()
        if set(said) != {"name"} or not said["name"]:
            return _error(400, "parameter_invalid", "name is required")
        for tag_id, name in self.state["tags"].items():
            if name.lower() == said["name"].lower():
                return Answer(content=self._a_tag(tag_id))
        tag_id = str(7522900 + next(self._ids))
        self.state["tags"][tag_id] = said["name"]
        return Answer(content=self._a_tag(tag_id))

    def _create(self, asked: Asked) -> Answer:
        said = asked.json()
        fault = self._fault_in(said)
        if fault is not None:
            return fault
        if not {"role", "external_id", "email"} & set(said):
            return _error(400, "parameter_missing", "role, external_id or email is required")
        for contact_id, other in self.state["contacts"].items():
            if _is_same(said, other):
                what = "An archived contact" if other["archived"] else "A contact"
                sentence = f"{what} matching those details already exists with id={contact_id}"
                return _error(409, "conflict", sentence)
        contact_id = self.make_contact(**said)
        if self.is_search_late:
            self.state["unindexed"].add(contact_id)
        return self._show(contact_id)

    def _write(self, asked: Asked, contact_id: str) -> Answer:
        said, contact = asked.json(), self.state["contacts"][contact_id]
        fault = self._fault_in(said)
        if fault is not None:
            return fault
        attributes = {**contact["custom_attributes"], **said.pop("custom_attributes", {})}
        kept = {name: text for name, text in attributes.items() if text is not None}
        contact.update(said, custom_attributes=kept)
        return self._show(contact_id)

    def _fault_in(self, said: Any) -> Answer | None:
        if not isinstance(said, dict) or set(said) - SETTABLE:
            return _error(400, "parameter_invalid", "a parameter is not known")
        if self.poison & {said.get("external_id"), said.get("email")}:
            return _error(400, "parameter_invalid", f"{said.get('email')} is not valid.")
        writable = {one["name"] for one in self.attributes if one["custom"]}
        for name, text in said.get("custom_attributes", {}).items():
            if name not in writable:
                return _error(400, "parameter_invalid", f"Custom attribute '{name}' does not exist")
            if text is not None and not isinstance(text, str):
                return _error(400, "parameter_invalid", f"Custom attribute '{name}' is no text")
        return None

    def _show(self, contact_id: str) -> Answer:
        return Answer(content=self._a_contact(contact_id))

    def _a_contact(self, contact_id: str) -> dict[str, Any]:
        contact = self.state["contacts"][contact_id]
        tags = [{"type": "tag", "id": tag} for tag in contact["tags"]]
        shown = {"type": "list", "data": tags[:10], "total_count": len(tags)}
        return {**contact, "type": "contact", "id": contact_id, "tags": shown}

    def _delete(self, contact_id: str) -> Answer:
        contact = self.state["contacts"][contact_id]
        for tag_id in list(contact["tags"]):
            self.untag(contact_id, tag_id)
        del self.state["contacts"][contact_id]
        external_id = contact["external_id"]
        said = {"type": "contact", "id": contact_id, "external_id": external_id, "deleted": True}
        return Answer(content=said)

    def _search(self, asked: Asked) -> Answer:
        said = asked.json()
        paging = said.get("pagination", {})
        size = paging.get("per_page", 50)
        if set(said) - {"query", "pagination", "sort"} or not 1 <= size <= PER_PAGE:
            return _error(400, "parameter_invalid", "per_page must be between 1 and 150")
        found = [
            contact_id
            for contact_id, contact in self.state["contacts"].items()
            if contact_id not in self.state["unindexed"]
            and not contact["archived"]
            and _matches(said["query"], contact)
        ]
        start = found.index(paging["starting_after"]) + 1 if "starting_after" in paging else 0
        end = start + min(size, self.page)
        pages: dict[str, Any] = {
            "type": "pages",
            "per_page": size,
            "total_pages": -(-len(found) // size),
        }
        if end < len(found):
            pages["next"] = {"per_page": size, "starting_after": found[end - 1]}
        return Answer(
            content={
                "type": "list",
                "data": [self._a_contact(one) for one in found[start:end]],
                "total_count": len(found),
                "pages": pages,
            }
        )


_ME = {
    "type": "admin",
    "id": "991267",
    "email": "admin@example.com",
    "app": {"type": "app", "id_code": "abc", "name": "Shop", "region": "US"},
}


def _attribute(name: str, **about: Any) -> dict[str, Any]:
    return {
        "type": "data_attribute",
        "model": "contact",
        "name": name,
        "full_name": name,
        "label": name,
        "data_type": "string",
        "api_writable": True,
        "custom": True,
        "archived": False,
        **about,
    }


def _error(status: int, code: str, message: str) -> Answer:
    errors = [{"code": code, "message": message}]
    return Answer(status=status, content={"type": "error.list", "errors": errors})


def _missing(message: str) -> Answer:
    return _error(404, "not_found", message)


def _name(contact_id: str, contact: Mapping[str, Any]) -> str:
    return str(contact["external_id"] or f"intercom contact {contact_id}")


def _is_same(said: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a new contact would be the same as another: the external id, or the address of one
    who has no other external id."""
    if said.get("external_id") and said["external_id"] == other["external_id"]:
        return True
    both = said.get("external_id") and other["external_id"]
    return bool(said.get("email")) and said["email"] == other["email"] and not both


def _matches(query: Mapping[str, Any], contact: Mapping[str, Any]) -> bool:
    if query["operator"] == "AND":
        return all(_matches(one, contact) for one in query["value"])
    assert query["operator"] == "="
    if query["field"] == "tag_id":
        return query["value"] in contact["tags"]
    return bool(contact[query["field"]] == query["value"])
