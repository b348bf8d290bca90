"""The parts of Customer.io's Track API (people, membership) and App API (segments, reading) that
are needed here.

https://docs.customer.io/integrations/api/track/ and https://docs.customer.io/integrations/api/app/
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from integrations.connectors.customerio import replies
from integrations.connectors.customerio.apis import Apis
from integrations.connectors.customerio.config import Config
from integrations.connectors.customerio.replies import Person, Segment
from integrations.errors import AudienceGone, ConfigError
from integrations.http import Reply, Wire

# Ids of one look-up, people of one page of a search, and of one page of a segment (30,000 at most).
LOOKED_UP = 100
FOUND = 1_000
LISTED = 10_000
# The people of one request in bytes: less than 500 kB.
SENT_BYTES = 490_000

Some = TypeVar("Some")


class CustomerioClient:
    """Calls Customer.io. Raises what `Transport` raises, PermanentError for what Customer.io
    refuses, and the errors named at each method. May be used by several threads at once."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self._apis = Apis(config, wire=wire)

    def region(self) -> str:
        """Where the account of the Track API's key is hosted: "us" or "eu"."""
        reply = self._apis.track("GET", "/api/v1/accounts/region")
        return str(replies.read(reply, "data_center")["data_center"]).lower()

    # -- segments --------------------------------------------------------------------------------

    def segments(self) -> list[Segment]:
        """All segments of the workspace; Customer.io gives them in one answer."""
        reply = self._apis.app("GET", "/v1/segments")
        found = replies.read(reply, "segments")["segments"]
        if not isinstance(found, list):
            raise reply.senseless("Customer.io's list of segments makes no sense.")
        return [replies.segment(one, reply) for one in found]

    def segment(self, segment_id: str) -> Segment:
        """The manual segment of that id. AudienceGone if there is none, ConfigError if it is
        driven by data."""
        reply = self._apis.app("GET", f"/v1/segments/{segment_id}")
        if reply.status == 404:
            raise AudienceGone(
                f"The segment {segment_id} is no longer at Customer.io, though we wrote to it. "
                "Nothing more is sent. If it was deleted by mistake, have it made again with "
                "--recreate.",
                **reply.story(),
            )
        found = replies.segment(replies.read(reply, "segment")["segment"], reply)
        if found.id != segment_id:
            raise reply.senseless("Customer.io answered about another segment.")
        if not found.is_manual:
            raise unwritable(found.name)
        return found

    def make_segment(self, name: str) -> Segment:
        """Make a manual segment. Not tried again by itself: it would be made twice."""
        about = {"name": name, "description": "Kept by the segment catalogue."}
        reply = self._apis.app_once("POST", "/v1/segments", body={"segment": about})
        return replies.segment(replies.read(reply, "segment")["segment"], reply)

    def add(self, segment_id: str, ids: Sequence[str]) -> None:
        """Put people on a segment, 1,000 at most; ids that nobody has are passed over. ConfigError
        where the two keys are of different workspaces."""
        self._change(segment_id, "add_customers", "id", ids)

    def remove(self, segment_id: str, ids: Sequence[str], *, id_type: str = "id") -> None:
        """Take people off a segment, 1,000 at most. `id_type` is "id" or "cio_id"."""
        self._change(segment_id, "remove_customers", id_type, ids)

    def _change(self, segment_id: str, verb: str, id_type: str, ids: Sequence[str]) -> None:
        if not ids:
            return
        path, params = f"/api/v1/segments/{segment_id}/{verb}", {"id_type": id_type}
        reply = self._apis.track("POST", path, params=params, body={"ids": list(ids)})
        if reply.status >= 400:
            # The segment may be the reason; the Track API does not say so clearly.
            self.segment(segment_id)
        if reply.status == 404:
            raise ConfigError(
                f"The segment {segment_id} is there for the App API's key and not for the Track "
                "API's: take both keys from the same workspace.",
                **reply.story(),
            )
        replies.accepted(reply)

    # -- people ----------------------------------------------------------------------------------

    def people(self, ids: Sequence[str]) -> Mapping[str, Person]:
        """Those of these ids who are there, by id."""
        found: dict[str, Person] = {}
        for some in _cut(ids, LOOKED_UP):
            path, params = "/v1/customers/attributes", {"id_type": "id"}
            reply = self._apis.app("POST", path, params=params, body={"ids": some})
            found |= {one: about for one, about in replies.people(reply).items() if one in some}
        return found

    def owned(self, addresses: Sequence[str]) -> set[str]:
        """Those of these addresses that somebody is known by, in small letters; none where the
        workspace knows people by their ids alone."""
        found: set[str] = set()
        for some in _cut(addresses, LOOKED_UP):
            either = [_has("email", address) for address in some]
            found |= {one.email.lower() for one in self._search({"or": either})}
        return found - {""}

    def send(self, entities: Sequence[Mapping[str, Any]]) -> Mapping[int, str]:
        """Make, write or forget people, in as few requests as they fit in. Which of them were
        refused, {place in `entities`: why}."""
        failed: dict[int, str] = {}
        for first, bodies in _packed(entities):
            content = b'{"batch":[' + b",".join(bodies) + b"]}"
            headers = {"Content-Type": "application/json"}
            reply = self._apis.track("POST", "/api/v2/batch", body=content, headers=headers)
            refused = replies.failures(reply, len(bodies))
            failed |= {first + place: why for place, why in refused.items()}
        return failed

    def members(self, segment_id: str) -> Iterator[Person]:
        """All people on a segment, each once."""
        path = f"/v1/segments/{segment_id}/membership"
        return _all(LISTED, lambda params: self._apis.app("GET", path, params=params))

    def unsubscribed(self, segment_id: str) -> Iterator[Person]:
        """Those on a segment who want no messages, each once."""
        on_it = {"segment": {"id": int(segment_id)}}
        return self._search({"and": [on_it, _has("unsubscribed", "true")]})

    def _search(self, wanted: Mapping[str, Any]) -> Iterator[Person]:
        body = {"filter": wanted}
        return _all(
            FOUND,
            lambda params: self._apis.app("POST", "/v1/customers", params=params, body=body),
        )


def unwritable(name: str) -> ConfigError:
    """A segment of that name is there and cannot be written to."""
    return ConfigError(
        f"The segment {name} at Customer.io is driven by data: nobody can be put on it. Rename it "
        "there, or give this destination another name for its segment.",
        vendor="customerio",
    )


def _all(size: int, ask: Callable[[Mapping[str, Any]], Reply]) -> Iterator[Person]:
    """The people of all pages, each once. TransientError if the pages do not end."""
    seen: set[str] = set()
    start = ""
    while True:
        reply = ask({"limit": size, **({"start": start} if start else {})})
        found, following = replies.page(reply)
        yield from (one for one in found if one.id not in seen)
        seen.update(one.id for one in found)
        if not following:
            return
        if following == start:
            raise reply.senseless("Customer.io names the same page as the next one again.")
        start = following


def _has(attribute: str, value: str) -> dict[str, Any]:
    return {"attribute": {"field": attribute, "operator": "eq", "value": value}}


def _cut(some: Sequence[Some], size: int) -> Iterator[list[Some]]:
    for start in range(0, len(some), size):
        yield list(some[start : start + size])


def _packed(entities: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, list[bytes]]]:
    """What fits into each request as JSON, and the place of its first."""
    first, bodies, weight = 0, list[bytes](), 0
    for place, entity in enumerate(entities):
        body = json.dumps(entity, ensure_ascii=False, separators=(",", ":")).encode()
        if bodies and weight + len(body) + 1 > SENT_BYTES:
            yield first, bodies
            first, bodies, weight = place, [], 0
        bodies.append(body)
        weight += len(body) + 1
    if bodies:
        yield first, bodies
