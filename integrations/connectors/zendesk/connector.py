"""Tags of Zendesk's users: members are users, known by their external id."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integrations.connectors.zendesk.check import check_account, check_field_tags
from integrations.connectors.zendesk.client import User, ZendeskClient
from integrations.connectors.zendesk.config import Config
from integrations.connectors.zendesk.writing import Writing
from integrations.http import Wire
from integrations.pieces import send_pieces
from integrations.protocol import (
    Accepted,
    AudienceRef,
    Batch,
    Limits,
    Observed,
    Outcome,
    Record,
    Stamp,
)

_UNSAFE = re.compile(r"[^a-z0-9_-]+")
# The search learns of changes "up to a few minutes" later: so long we ask about our own by name.
SEARCH_LAGS = 900.0
LAG = (
    "Zendesk's search may be a few minutes behind: what others changed just now may not be seen yet"
)
ONE_BY_ONE = Limits(records=1, bytes=1_000_000)


class ZendeskConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, client: ZendeskClient, config: Config, wire: Wire) -> None:
        self._client = client
        self._config = config
        self._wire = wire
        # {(tag, identity): when we last wrote it}, in seconds of `time.monotonic`.
        self._written: dict[tuple[str, str], float] = {}

    def check(self) -> str:
        who = check_account(self._client, self._config)
        return f"Zendesk answers at {self._config.url} as {who}."

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        tag = remembered_id or tag_of(name)
        check_field_tags(self._client, tag, name)
        if remembered_id:
            return AudienceRef(remote_id=tag, name=name)
        # A tag is made by being used: it is new where nobody has it.
        return AudienceRef(remote_id=tag, name=name, created=self._client.count(tag) == 0)

    def push(self, batch: Batch) -> Sequence[Outcome]:
        writing = Writing(self._client, self._config, batch.operation, batch.audience.remote_id)
        now = time.monotonic()
        for record in batch.records:
            self._written[writing.tag, self.canonical(record.identity)] = now
        return send_pieces(batch.records, writing.send, wire=self._wire)

    def read_back(self, audience: AudienceRef) -> Observed:
        tag = audience.remote_id
        found = {user.id: user for user in self._client.tagged(tag)}
        for user in self._ours_lately(tag):
            found.pop(user.id, None)
            if tag in user.tags:
                found[user.id] = user
        return Observed((user.called for user in found.values()), notes=(LAG,))

    def _ours_lately(self, tag: str) -> Iterator[User]:
        """Those whom we wrote to so lately that the search may not know it, as they are now."""
        since = time.monotonic() - SEARCH_LAGS
        self._written = {who: at for who, at in self._written.items() if at > since}
        lately = [identity for of, identity in self._written if of == tag]
        yield from self._client.find(lately).values()

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        return send_pieces(records, self._erase_one, wire=self._wire, limits=ONE_BY_ONE)

    def _erase_one(self, records: Sequence[Record]) -> list[Outcome]:
        for record in records:
            user = self._client.find([record.identity]).get(self.canonical(record.identity))
            user_id = str(user.id) if user else record.remote_id
            if user:
                self._client.delete(user.id)
            # Somebody may have been deleted, and not for good, by an attempt that broke off.
            if user_id.isdigit():
                self._client.forget(int(user_id))
        return [Accepted()] * len(records)

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """A tag can keep no note."""

    def canonical(self, identity: str) -> str:
        # Zendesk finds external ids without regard to case.
        return identity.lower()


def tag_of(name: str) -> str:
    """The tag for the name of an audience: small letters and no blanks, as Zendesk writes tags;
    two names never share one."""
    safe = _UNSAFE.sub("_", name.lower()).strip("_")
    if safe == name and len(safe) <= 60:
        return safe
    return f"{safe[:50] or 'tag'}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def open_connector(options: Mapping[str, Any], *, wire: Wire) -> ZendeskConnector:
    """The connector for one Zendesk account."""
    config = Config.parse(options)
    return ZendeskConnector(ZendeskClient(config, wire=wire), config, wire)
