"""Mailing lists of GNU Mailman 3: members are e-mail addresses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from catalogue.crashpoint import crashpoint
from integrations.connectors.mailman.client import MailmanClient
from integrations.connectors.mailman.config import Config
from integrations.errors import AudienceGone
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
    Stamp,
    Unknown,
)

_UNSAFE = re.compile(r"[^a-z0-9_-]+")


class MailmanConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, client: MailmanClient, config: Config, wire: Wire) -> None:
        self._client = client
        self._config = config
        self._wire = wire

    def check(self) -> str:
        return f"{self._client.version()} answers at {self._config.url}."

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        local = local_part(name)
        list_id = remembered_id or f"{local}.{self._config.domain}"
        if self._client.find_list(list_id):
            return AudienceRef(remote_id=list_id, name=name)
        if remembered_id:
            raise AudienceGone(
                f"The list {list_id} is no longer at Mailman, though we made or found it. If it "
                "was deleted by mistake, have it made again with --recreate.",
                vendor="mailman",
            )
        self._client.ensure_domain(self._config.domain)
        created = self._client.make_list(local, self._config.domain, self._config.style)
        return AudienceRef(remote_id=list_id, name=name, created=created)

    def push(self, batch: Batch) -> Sequence[Outcome]:
        if batch.operation is Operation.REMOVE:
            return self._remove(batch)
        return self._add(batch)

    def _add(self, batch: Batch) -> list[Outcome]:
        """One call per member."""
        list_id = batch.audience.remote_id

        def add(records: Sequence[Record]) -> list[Outcome]:
            for record in records:
                self._client.add_member(list_id, self.canonical(record.identity))
                crashpoint("mailman.added")
            return [Accepted()] * len(records)

        return send_pieces(batch.records, add, wire=self._wire)

    def _remove(self, batch: Batch) -> list[Outcome]:
        addresses = [self.canonical(record.identity) for record in batch.records]
        said = self._client.remove_members(batch.audience.remote_id, addresses)
        # False means that the address was not on the list: gone is what was asked for.
        return [
            Accepted() if address in said else Unknown("Mailman did not mention the address")
            for address in addresses
        ]

    def read_back(self, audience: AudienceRef) -> Observed:
        return Observed(iter(dict.fromkeys(self._client.members(audience.remote_id))))

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        return send_pieces(records, self._erase_one, wire=self._wire)

    def _erase_one(self, records: Sequence[Record]) -> list[Outcome]:
        for record in records:
            self._client.delete_user(self.canonical(record.identity))
        return [Accepted()] * len(records)

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """Mailman keeps no note of ours."""

    def canonical(self, identity: str) -> str:
        # Mailman finds addresses without regard to case, and shows them in small letters.
        return identity.strip().lower()


def local_part(name: str) -> str:
    """The name of a list for the name of an audience; two names never share a list."""
    safe = _UNSAFE.sub("-", name.lower()).strip("-")
    if safe == name and len(safe) <= 60:
        return safe
    return f"{safe[:50] or 'list'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def open_connector(options: Mapping[str, str], *, wire: Wire) -> MailmanConnector:
    """The connector for one Mailman."""
    config = Config.parse(options)
    return MailmanConnector(MailmanClient(config, wire=wire), config, wire)
