"""A workspace of Customer.io, Track API and App API behind one address, as the documentation
describes them.

Their semantics that hurt: ids that nobody has, or of another type, are passed over when a segment
is changed; people who were sent are there later (`late_by` requests to the App API); a batch of
people answers 207 and names the refused ones by their place; suppressed ids are taken and dropped;
whoever has the address of a person without an id becomes that person; a segment that is driven by
data takes nobody.
"""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.fakes.vendor import Answer, Asked, FakeVendor

SITE_ID = "5f2b3c"
TRACK_KEY = "dHJhY2s"
APP_KEY = "YXBw"
BATCH_BYTES = 500_000
ACTIONS = ("identify", "delete", "suppress", "unsuppress")


class FakeCustomerio(FakeVendor):
    """`page` is the most people of one page; `spoils` are ids for which a whole batch is refused.
    `has_emails`: people are known by their addresses too. `is_elsewhere`: the Track API's key is of
    another workspace."""

    page = 30_000

    def __init__(self) -> None:
        super().__init__()
        self.state: dict[str, Any] = {
            "people": {},
            # Customer.io's own id by ours, and by address in small letters.
            "id": {},
            "email": {},
            "segments": {},
            "suppressed": [],
            "queue": [],
        }
        self.has_emails = True
        self.is_elsewhere = False
        self.late_by = 0
        self.spoils: set[str] = set()
        self.track_key = TRACK_KEY
        self._ids = itertools.count(1)

    # -- hands -----------------------------------------------------------------------------------

    def make_person(self, **about: Any) -> str:
        """A person made by hand; returns Customer.io's own id of them."""
        with self.lock:
            cio_id = f"03{next(self._ids):08x}"
            person = {"id": "", "email": "", "attributes": {}, "segments": [], **about}
            self.state["people"][cio_id] = person
            self._name(cio_id, person["id"], person["email"])
            return cio_id

    def _name(self, cio_id: str, own_id: str, email: str) -> None:
        person = self.state["people"][cio_id]
        person["id"], person["email"] = own_id, email
        self.state["id"][own_id] = cio_id
        self.state["email"][email.lower()] = cio_id

    def _forget(self, cio_id: str) -> None:
        for segment_id in list(self.state["people"][cio_id]["segments"]):
            self.put(cio_id, segment_id, is_on=False)
        person = self.state["people"].pop(cio_id)
        self.state["id"].pop(person["id"], None)
        self.state["email"].pop(person["email"].lower(), None)

    def make_segment(self, name: str, kind: str = "manual") -> int:
        """A segment made by hand; returns its id."""
        with self.lock:
            segment_id = next(self._ids)
            self.state["segments"][segment_id] = {"name": name, "type": kind}
            return segment_id

    def drop_segment(self, segment_id: int) -> None:
        """Delete a segment."""
        with self.lock:
            for cio_id in self.state["people"]:
                self.put(cio_id, segment_id, is_on=False)
            del self.state["segments"][segment_id]

    def cio_id(self, value: str, kind: str = "id") -> str:
        """Customer.io's own id of somebody; blank if there is nobody."""
        with self.lock:
            if kind == "cio_id":
                return value if value in self.state["people"] else ""
            wanted = value if kind == "id" else value.lower()
            return str(self.state[kind].get(wanted, "")) if wanted else ""

    def put(self, cio_id: str, segment_id: int, *, is_on: bool = True) -> None:
        """Put somebody on a segment, or take them off."""
        person = self.state["people"][cio_id]
        if (segment_id in person["segments"]) == is_on:
            return
        if is_on:
            person["segments"].append(segment_id)
        else:
            person["segments"].remove(segment_id)
        self.changed(str(segment_id), _named(cio_id, person), is_added=is_on)

    def members(self, audience: str) -> set[str]:
        with self.lock:
            return {
                _named(cio_id, person)
                for cio_id, person in self.state["people"].items()
                if int(audience) in person["segments"]
            }

    # -- answers ---------------------------------------------------------------------------------

    def is_write(self, asked: Asked) -> bool:
        # The App API looks people up by POST.
        return asked.method == "POST" and not asked.path.startswith("/v1/customers")

    def half(self, asked: Asked) -> Asked | None:
        said = asked.json()
        name = "batch" if "batch" in said else "ids"
        kept = said[name][: len(said[name]) // 2]
        if not kept:
            return None
        return replace(asked, body=json.dumps({name: kept}).encode())

    def answer(self, asked: Asked) -> Answer:
        is_track = asked.path.startswith("/api/")
        if asked.headers.get("authorization") != self._credentials(is_track=is_track):
            return _error(401, "Unauthorized")
        if asked.body and not asked.headers.get("content-type", "").startswith("application/json"):
            return _error(415, "Content-Type must be application/json")
        if is_track:
            return self._track(asked)
        self._catch_up()
        return self._app(asked)

    def _credentials(self, *, is_track: bool) -> str:
        if not is_track:
            return f"Bearer {APP_KEY}"
        pair = base64.b64encode(f"{SITE_ID}:{self.track_key}".encode()).decode()
        return f"Basic {pair}"

    def _catch_up(self) -> None:
        waiting = [(left - 1, entity) for left, entity in self.state["queue"]]
        self.state["queue"] = [one for one in waiting if one[0] > 0]
        for left, entity in waiting:
            if left <= 0:
                self._process(entity)

    # -- the Track API ---------------------------------------------------------------------------

    def _track(self, asked: Asked) -> Answer:
        parts = asked.path.split("/")[2:]
        if (asked.method, parts) == ("GET", ["v1", "accounts", "region"]):
            about = {"url": "track.customer.io", "data_center": "us", "environment_id": "1"}
            return Answer(content=about)
        if (asked.method, parts) == ("POST", ["v2", "batch"]):
            return self._batch(asked)
        if asked.method == "POST" and parts[:2] == ["v1", "segments"] and len(parts) == 4:
            return self._change(asked, parts[2], parts[3])
        return _error(404, "not found")

    def _batch(self, asked: Asked) -> Answer:
        said = asked.json()
        if len(asked.body) >= BATCH_BYTES or set(said) != {"batch"} or not said["batch"]:
            errors = [{"reason": "invalid", "field": "batch", "message": "must be below 500kb"}]
            return Answer(status=400, content={"errors": errors})
        ids = {one["identifiers"].get("id") for one in said["batch"]}
        if self.spoils & ids:
            errors = [{"reason": "invalid", "field": "identifiers", "message": "cannot be read"}]
            return Answer(status=400, content={"errors": errors})
        failed = []
        for place, entity in enumerate(said["batch"]):
            fault = self._fault_in(entity)
            if fault:
                failed.append({"batch_index": place, **fault})
            elif self.late_by:
                self.state["queue"].append((self.late_by, entity))
            else:
                self._process(entity)
        return Answer(status=207, content={"errors": failed}) if failed else Answer(content={})

    def _fault_in(self, entity: Mapping[str, Any]) -> dict[str, str]:
        identifiers = entity.get("identifiers", {})
        if entity.get("type") != "person" or entity.get("action") not in ACTIONS:
            return {"reason": "invalid", "field": "action", "message": "is not known"}
        if len(identifiers) != 1 or set(identifiers) - {"id", "email", "cio_id"}:
            return {"reason": "required", "field": "identifiers", "message": "one is needed"}
        if set(identifiers.values()) & self.poison:
            return {"reason": "invalid", "field": "id", "message": "is not valid"}
        for name, text in entity.get("attributes", {}).items():
            if len(name.encode()) > 150 or len(str(text).encode()) > 1_000:
                message = f"value for attribute '{name}' cannot be longer than 1000 bytes"
                return {"reason": "invalid", "field": "attributes", "message": message}
        return {}

    def _process(self, entity: Mapping[str, Any]) -> None:
        ((kind, value),) = entity["identifiers"].items()
        if kind == "id" and value in self.state["suppressed"]:
            return
        cio_id = self.cio_id(value, kind)
        if entity["action"] == "identify":
            self._identify(cio_id, kind, value, dict(entity.get("attributes", {})))
            return
        if entity["action"] == "suppress" and kind == "id":
            self.state["suppressed"].append(value)
        if cio_id:
            self._forget(cio_id)

    def _identify(self, cio_id: str, kind: str, value: str, attributes: dict[str, Any]) -> None:
        email = str(attributes.pop("email", ""))
        same = self._of_address(email)
        if not cio_id and kind != "cio_id":
            is_adopted = same and not self.state["people"][same]["id"]
            cio_id = same if is_adopted else self.make_person()
        if not cio_id:
            return
        person = self.state["people"][cio_id]
        # An address that is somebody else's is dropped: the request was fine, the update fails.
        kept_email = email if email and same in ("", cio_id) else person["email"]
        self._name(cio_id, value if kind == "id" else person["id"], kept_email)
        kept = {**person["attributes"], **attributes}
        person["attributes"] = {name: text for name, text in kept.items() if text != ""}

    def _of_address(self, email: str) -> str:
        return self.cio_id(email, "email") if self.has_emails else ""

    def _change(self, asked: Asked, segment: str, verb: str) -> Answer:
        segment_id, ids = int(segment), asked.json().get("ids")
        kind = asked.query.get("id_type", "id")
        if segment_id not in self.state["segments"] or self.is_elsewhere:
            return _error(404, "segment not found")
        if self.state["segments"][segment_id]["type"] != "manual":
            return _error(400, "segment is not a manual segment")
        if verb not in ("add_customers", "remove_customers") or kind not in (
            "id",
            "email",
            "cio_id",
        ):
            return _error(400, "id_type is not known")
        if not isinstance(ids, list) or not 1 <= len(ids) <= 1_000:
            return _error(400, "ids must be 1 to 1000 values")
        for value in ids:
            cio_id = self.cio_id(value, kind)
            if cio_id:
                self.put(cio_id, segment_id, is_on=verb == "add_customers")
        return Answer(content={})

    # -- the App API -----------------------------------------------------------------------------

    def _app(self, asked: Asked) -> Answer:
        parts = asked.path.strip("/").split("/")[1:]
        if parts == ["segments"]:
            return self._segments(asked)
        if parts[:1] == ["segments"] and asked.method == "GET":
            return self._about_segment(asked, int(parts[1]), parts[2:])
        if (asked.method, parts) == ("POST", ["customers", "attributes"]):
            return self._look_up(asked)
        if (asked.method, parts) == ("POST", ["customers"]):
            return self._page(asked, self._found(asked.json()["filter"]), 1_000)
        return _error(404, "not found")

    def _found(self, wanted: Mapping[str, Any]) -> list[str]:
        """Those whom a filter finds; many addresses are looked up instead of tried on all."""
        addresses = [one["attribute"]["value"] for one in wanted.get("or", ())]
        if addresses:
            found = (self.cio_id(address, "email") for address in addresses)
            return [cio_id for cio_id in dict.fromkeys(found) if cio_id]
        return [cio_id for cio_id, one in self.state["people"].items() if _matches(wanted, one)]

    def _segments(self, asked: Asked) -> Answer:
        if asked.method == "GET":
            found = [self._a_segment(one) for one in self.state["segments"]]
            return Answer(content={"segments": found})
        about = asked.json().get("segment", {})
        if not about.get("name") or set(about) - {"name", "description"}:
            return _error(400, "name cannot be blank")
        return Answer(content={"segment": self._a_segment(self.make_segment(about["name"]))})

    def _a_segment(self, segment_id: int) -> dict[str, Any]:
        about = self.state["segments"][segment_id]
        return {"id": segment_id, "state": "events", "progress": None, "tags": None, **about}

    def _about_segment(self, asked: Asked, segment_id: int, rest: list[str]) -> Answer:
        if segment_id not in self.state["segments"]:
            return _error(404, "not found")
        if not rest:
            return Answer(content={"segment": self._a_segment(segment_id)})
        people = self.state["people"].items()
        found = [cio_id for cio_id, one in people if segment_id in one["segments"]]
        return self._page(asked, found, 30_000)

    def _page(self, asked: Asked, found: list[str], most: int) -> Answer:
        limit = int(asked.query.get("limit", 50))
        if not 1 <= limit <= most:
            return _error(400, f"limit must be {most} at most")
        start = int(asked.query.get("start", 0))
        end = start + min(limit, self.page)
        shown = [self._identifiers(one) for one in found[start:end]]
        following = str(end) if end < len(found) else ""
        ids = [one["id"] or "" for one in shown]
        return Answer(content={"identifiers": shown, "ids": ids, "next": following})

    def _identifiers(self, cio_id: str) -> dict[str, Any]:
        person = self.state["people"][cio_id]
        address = {"email": person["email"] or None} if self.has_emails else {}
        return {"cio_id": cio_id, "id": person["id"] or None, **address}

    def _look_up(self, asked: Asked) -> Answer:
        ids = asked.json().get("ids")
        if asked.query.get("id_type", "id") != "id" or not 1 <= len(ids) <= 100:
            return _error(400, "up to 100 ids")
        found = [self._profile(one) for one in map(self.cio_id, ids) if one]
        return Answer(content={"customers": found})

    def _profile(self, cio_id: str) -> dict[str, Any]:
        person = self.state["people"][cio_id]
        own = {"id": person["id"], "cio_id": cio_id, "email": person["email"]}
        return {
            "customer": {
                "id": person["id"],
                "attributes": {**person["attributes"], **own},
                "timestamps": {},
                "unsubscribed": person["attributes"].get("unsubscribed") == "true",
                "devices": [],
            }
        }


def _error(status: int, message: str) -> Answer:
    return Answer(status=status, content={"meta": {"error": message}})


def _named(cio_id: str, person: Mapping[str, Any]) -> str:
    return str(person["id"] or f"cio_{cio_id}")


def _matches(wanted: Mapping[str, Any], person: Mapping[str, Any]) -> bool:
    """Whether somebody is what a filter asks for: only what is asked here is understood."""
    ((kind, value),) = wanted.items()
    if kind == "and":
        return all(_matches(one, person) for one in value)
    if kind == "segment":
        return value["id"] in person["segments"]
    assert (kind, value["operator"]) == ("attribute", "eq")
    return bool(person["attributes"].get(value["field"]) == value["value"])
