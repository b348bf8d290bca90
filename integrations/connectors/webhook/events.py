"""What is told to a receiver: one event, as bytes and with an id of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.protocol import AudienceRef, Operation, Record, Stamp

TYPES = {
    Operation.ADD: "segment.members.added",
    Operation.REMOVE: "segment.members.removed",
    Operation.ENRICH: "segment.members.described",
}
OPENED = "segment.list.opened"
COMPLETED = "segment.list.completed"
ERASED = "people.erased"
PING = "ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`people` are the ids it is about, in order. `id` is the same as often as the same thing is
    said for the same `key`."""

    id: str
    body: bytes
    people: tuple[str, ...] = ()


def of_members(
    operation: Operation, audience: AudienceRef, stamp: Stamp, records: Sequence[Record], key: str
) -> Event:
    """Who came, who went, or (ENRICH) what is said of whom."""
    data = {
        **_about(audience, stamp),
        "members": [_person(record) for record in records],
    }
    return _event(TYPES[operation], stamp.as_of, data, key, records)


def of_list(kind: str, audience: AudienceRef, *, at: datetime, stamp: Stamp | None = None) -> Event:
    """A list is begun, or holds all of a version."""
    data = {"list": _named(audience)} if stamp is None else _about(audience, stamp)
    return _event(kind, at, data, at.isoformat(), ())


def of_erasure(records: Sequence[Record], *, at: datetime) -> Event:
    """People who are to be forgotten, on whatever list."""
    data = {"people": [{"id": record.identity} for record in records]}
    return _event(ERASED, at, data, at.isoformat(), records)


def ping(*, at: datetime) -> Event:
    """Whether anybody is there."""
    return _event(PING, at, {}, at.isoformat(), ())


def _event(
    kind: str, at: datetime, data: dict[str, Any], key: str, records: Sequence[Record]
) -> Event:
    content = {"type": kind, "timestamp": at.isoformat(), "data": data}
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(key.encode() + b"\0" + body).hexdigest()
    return Event(id=f"msg_{digest[:32]}", body=body, people=tuple(one.identity for one in records))


def _about(audience: AudienceRef, stamp: Stamp) -> dict[str, Any]:
    return {
        "list": _named(audience),
        "segment": stamp.segment_key,
        "version": stamp.membership_version,
        "as_of": stamp.as_of.isoformat(),
    }


def _named(audience: AudienceRef) -> dict[str, str]:
    return {"id": audience.remote_id, "name": audience.name}


def _person(record: Record) -> dict[str, Any]:
    person: dict[str, Any] = {"id": record.identity}
    if record.contact:
        person["contact"] = dict(record.contact)
    if record.fields:
        person["fields"] = dict(record.fields)
    return person
