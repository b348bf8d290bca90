"""Manual segments of Customer.io: members are people, known by their id."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from catalogue.crashpoint import crashpoint
from integrations.connectors.customerio.client import CustomerioClient, unwritable
from integrations.connectors.customerio.config import Config
from integrations.connectors.customerio.replies import NAMELESS
from integrations.errors import ConfigError, redact
from integrations.http import Wire
from integrations.pieces import send_pieces
from integrations.protocol import (
    Accepted,
    AudienceRef,
    Batch,
    Observed,
    Operation,
    Outcome,
    Record,
    Rejected,
    Stamp,
    Unknown,
)

# Attributes that mean something to Customer.io itself.
ITS_OWN = frozenset(
    {
        "id",
        "cio_id",
        "anonymous_id",
        "email",
        "phone",
        "created_at",
        "timezone",
        "unsubscribed",
        "cio_subscription_preferences",
        "cio_relationships",
    }
)
NAME_BYTES = 150
# Seconds between two looks at people just made, at first.
PAUSE = 0.1


class CustomerioConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, client: CustomerioClient, config: Config, wire: Wire) -> None:
        self._client = client
        self._config = config
        self._wire = wire

    def check(self) -> str:
        for name in self._config.fields:
            _check_field(name)
        region = self._client.region()
        if self._config.region not in ("", region):
            raise ConfigError(
                f"The account is hosted in the region {region}: set region={region}.",
                vendor="customerio",
            )
        count = len(self._client.segments())
        return f"Customer.io answers in the region {region}; the workspace has {count} segments."

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        if remembered_id:
            self._client.segment(remembered_id)
            return AudienceRef(remote_id=remembered_id, name=name)
        same = [one for one in self._client.segments() if one.name == name]
        for segment in same:
            if segment.is_manual:
                return AudienceRef(remote_id=segment.id, name=name)
        if same:
            raise unwritable(name)
        return AudienceRef(remote_id=self._client.make_segment(name).id, name=name, created=True)

    def push(self, batch: Batch) -> Sequence[Outcome]:
        segment_id = batch.audience.remote_id
        write: Mapping[Operation, Callable[[Sequence[Record]], list[Outcome]]] = {
            Operation.ADD: lambda records: self._add(segment_id, records),
            Operation.REMOVE: lambda records: self._remove(segment_id, records),
            Operation.ENRICH: self._enrich,
        }
        return send_pieces(batch.records, write[batch.operation], wire=self._wire)

    def _add(self, segment_id: str, records: Sequence[Record]) -> list[Outcome]:
        """Who is new is made first: an id that nobody has is passed over without a word."""
        settled = _unsendable(records)
        known = self._client.people([one.identity for one in _left(records, settled)])
        settled |= {
            one.id: Rejected("They unsubscribed at Customer.io.", opted_out=True)
            for one in known.values()
            if one.is_unsubscribed
        }
        new = [one for one in _left(records, settled) if one.identity not in known]
        settled |= self._owned(new)
        changed = [one for one in _left(records, settled) if one.fields and one.identity in known]
        new = list(_left(new, settled))
        settled |= self._written([*map(_made, new), *map(_changed, changed)], [*new, *changed])
        settled |= self._missing([one.identity for one in _left(new, settled)])
        crashpoint("customerio.made")
        self._client.add(segment_id, [one.identity for one in _left(records, settled)])
        return [settled.get(one.identity, Accepted()) for one in records]

    def _owned(self, records: Sequence[Record]) -> dict[str, Outcome]:
        """Those whose address is somebody else's: made, they would become that person."""
        if self._config.adopts:
            return {}
        addresses = {one.identity: one.contact.get("email", "").lower() for one in records}
        owned = self._client.owned([address for address in addresses.values() if address])
        why = (
            "Another person at Customer.io has this e-mail address; give that one our id there, or"
            " set adopt=yes."
        )
        return {one: Rejected(why) for one, address in addresses.items() if address in owned}

    def _written(
        self, entities: Sequence[Mapping[str, Any]], records: Sequence[Record]
    ) -> dict[str, Outcome]:
        """Those who were refused when they were written to."""
        failed = self._client.send(entities)
        return {
            records[place].identity: Rejected(f"Customer.io refuses: {redact(why)}.")
            for place, why in failed.items()
        }

    def _missing(self, ids: Sequence[str]) -> dict[str, Outcome]:
        """Those just made who do not show up in time: suppressed there, or still to come."""
        ends_at, pause, missing = time.monotonic() + self._config.patience, PAUSE, list(ids)
        while missing:
            found = self._client.people(missing)
            missing = [one for one in missing if one not in found]
            left = ends_at - time.monotonic()
            if not missing or left <= 0:
                break
            time.sleep(min(pause, left))
            pause *= 2
        why = "Customer.io took the person and does not show them: late, or suppressed there"
        return dict.fromkeys(missing, Unknown(why))

    def _remove(self, segment_id: str, records: Sequence[Record]) -> list[Outcome]:
        ids = [one.identity for one in records]
        ours = [one for one in ids if not one.startswith(NAMELESS)]
        others = [one.removeprefix(NAMELESS) for one in ids if one.startswith(NAMELESS)]
        self._client.remove(segment_id, ours)
        self._client.remove(segment_id, others, id_type="cio_id")
        if any(one.fields for one in records):
            self._enrich([one for one in records if one.fields])
        # Who is not on the segment, or not at Customer.io at all, is off it.
        return [Accepted()] * len(records)

    def _enrich(self, records: Sequence[Record]) -> list[Outcome]:
        settled = _unsendable(records)
        known = self._client.people([one.identity for one in _left(records, settled)])
        nobody = Rejected("Customer.io has nobody with this id, and nobody is made here.")
        settled |= {
            one.identity: nobody for one in _left(records, settled) if one.identity not in known
        }
        written = list(_left(records, settled))
        settled |= self._written([_changed(one) for one in written], written)
        return [settled.get(one.identity, Accepted()) for one in records]

    def read_back(self, audience: AudienceRef) -> Observed:
        self._client.segment(audience.remote_id)
        return Observed(
            (one.id for one in self._client.members(audience.remote_id)),
            opted_out=[one.id for one in self._client.unsubscribed(audience.remote_id)],
        )

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        return send_pieces(records, self._suppress, wire=self._wire)

    def _suppress(self, records: Sequence[Record]) -> list[Outcome]:
        failed = self._written([_person(one, "suppress") for one in records], records)
        return [failed.get(one.identity, Accepted()) for one in records]

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """A segment's description cannot be changed through the API."""

    def canonical(self, identity: str) -> str:
        # Ids are compared letter by letter.
        return identity


def _left(records: Iterable[Record], settled: Mapping[str, Outcome]) -> list[Record]:
    return [one for one in records if one.identity not in settled]


def _unsendable(records: Iterable[Record]) -> dict[str, Outcome]:
    why = f"Ids that begin with {NAMELESS} are Customer.io's own."
    return {one.identity: Rejected(why) for one in records if one.identity.startswith(NAMELESS)}


def _person(record: Record, action: str, **about: Any) -> dict[str, Any]:
    identifiers = {"id": record.identity}
    if record.identity.startswith(NAMELESS):
        identifiers = {"cio_id": record.identity.removeprefix(NAMELESS)}
    return {"type": "person", "identifiers": identifiers, "action": action, **about}


def _made(record: Record) -> dict[str, Any]:
    return _person(record, "identify", attributes={**record.contact, **record.fields})


def _changed(record: Record) -> dict[str, Any]:
    # An empty text takes the attribute away.
    return _person(record, "identify", attributes=dict(record.fields))


def _check_field(name: str) -> None:
    if name in ITS_OWN or name.startswith("_"):
        raise ConfigError(
            f"The attribute {name!r} is Customer.io's own and cannot be mapped; map another one.",
            vendor="customerio",
        )
    if len(name.encode()) > NAME_BYTES:
        raise ConfigError(
            f"The attribute {name!r} has more than {NAME_BYTES} bytes in its name, which "
            "Customer.io refuses.",
            vendor="customerio",
        )


def open_connector(options: Mapping[str, str], *, wire: Wire) -> CustomerioConnector:
    """The connector for one workspace of Customer.io."""
    config = Config.parse(options)
    return CustomerioConnector(CustomerioClient(config, wire=wire), config, wire)
