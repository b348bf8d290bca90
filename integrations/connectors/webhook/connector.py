"""A webhook: a receiver is told who comes onto a list and who goes off it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from catalogue.crashpoint import crashpoint
from integrations.connectors.webhook import events
from integrations.connectors.webhook.client import WebhookClient
from integrations.connectors.webhook.config import Config
from integrations.errors import AudienceGone, ConfigError, TransientError
from integrations.http import Wire
from integrations.pieces import send_pieces
from integrations.protocol import (
    AudienceRef,
    Batch,
    Observed,
    Outcome,
    Record,
    Stamp,
    Unverifiable,
)

NOBODY = "nobody.answers"
_UNSAFE = re.compile(r"[^a-z0-9]+")


class WebhookConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, client: WebhookClient, config: Config, wire: Wire) -> None:
        self._client = client
        self._config = config
        self._wire = wire

    def check(self) -> str:
        try:
            self._client.deliver(events.ping(at=datetime.now(UTC)))
        except AudienceGone as fault:
            raise ConfigError(
                "There is no receiver at url: a ping is answered with 404.", vendor="webhook"
            ) from fault
        if not self._config.read_url:
            return f"The receiver at {self._client.host} answers; it cannot be asked what it holds."
        self._client.has_list(NOBODY)
        return f"The receiver at {self._client.host} answers, and tells what it holds."

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        audience = AudienceRef(remote_id=remembered_id or list_id(name), name=name)
        is_there = bool(self._config.read_url) and self._client.has_list(audience.remote_id)
        if is_there or (remembered_id and not self._config.read_url):
            return audience
        if remembered_id:
            raise AudienceGone(
                f"The receiver no longer keeps the list {remembered_id}, though we had it opened."
                " If it was deleted by mistake, have it made again with --recreate.",
                vendor="webhook",
            )
        self._open(audience)
        return AudienceRef(remote_id=audience.remote_id, name=name, created=True)

    def _open(self, audience: AudienceRef) -> None:
        self._client.deliver(events.of_list(events.OPENED, audience, at=datetime.now(UTC)))
        if self._config.read_url and not self._client.has_list(audience.remote_id):
            raise TransientError(
                "The receiver took a new list, and does not tell of it when it is asked: it may"
                " need more time, or read_url is not where it tells what it holds.",
                vendor="webhook",
            )

    def push(self, batch: Batch) -> Sequence[Outcome]:
        def send(records: Sequence[Record]) -> list[Outcome]:
            event = events.of_members(
                batch.operation, batch.audience, batch.stamp, records, batch.key
            )
            outcomes = self._client.deliver(event)
            crashpoint("webhook.delivered")
            return outcomes

        return send_pieces(batch.records, send, wire=self._wire)

    def read_back(self, audience: AudienceRef) -> Observed | Unverifiable:
        if not self._config.read_url:
            return Unverifiable("this receiver offers no address to ask what it holds")
        members: dict[str, None] = {}
        opted_out: dict[str, None] = {}
        for page in self._client.pages(audience.remote_id):
            members |= dict.fromkeys(page.members)
            opted_out |= dict.fromkeys(page.opted_out)
        return Observed(iter(members), opted_out=tuple(opted_out))

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        def send(some: Sequence[Record]) -> list[Outcome]:
            return self._client.deliver(events.of_erasure(some, at=datetime.now(UTC)))

        return send_pieces(records, send, wire=self._wire)

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        event = events.of_list(events.COMPLETED, audience, at=stamp.as_of, stamp=stamp)
        self._client.deliver(event)

    def canonical(self, identity: str) -> str:
        # JSON keeps a text as it is, and so must the receiver.
        return identity


def list_id(name: str) -> str:
    """The id of a list for the name of an audience; two names never share one."""
    readable = _UNSAFE.sub("-", name.lower()).strip("-")[:40].strip("-") or "list"
    return f"{readable}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def open_connector(options: Mapping[str, str], *, wire: Wire) -> WebhookConnector:
    """The connector for one receiver."""
    config = Config.parse(options, wire.private_hosts)
    return WebhookConnector(WebhookClient(config, wire=wire), config, wire)
